"""The object store. Each operation opens its store by name, as in the library's documentation."""

from nats.js.api import ObjectMeta


def opened(operation):
    async def on_store(session, request):
        store = await session.jetstream().object_store(request["bucket"])
        return await operation(store, request, session)

    return on_store


async def put(store, request, _session):
    return (await store.put(request["name"], b"x" * request["size"])).size


async def get(store, request, _session):
    return len((await store.get(request["name"])).data)


async def info(store, request, _session):
    return (await store.get_info(request["name"])).size


async def list_objects(store, _request, _session):
    return [entry.name for entry in await store.list()]


async def watch(store, _request, session):
    """Counts the existing objects: the watcher marks their end with None."""
    watcher = await store.watch()
    seen = 0
    while await watcher.updates(timeout=session.timeout) is not None:
        seen += 1
    await watcher.stop()
    return seen


async def delete(store, request, _session):
    await store.delete(request["name"])


async def update_meta(store, request, _session):
    meta = ObjectMeta(name=request["name"], description=request["description"])
    await store.update_meta(request["name"], meta)


async def status(store, _request, _session):
    return (await store.status()).size


async def seal(store, _request, _session):
    await store.seal()


async def create_bucket(session, request):
    await session.jetstream().create_object_store(request["bucket"])


async def delete_bucket(session, request):
    return await session.jetstream().delete_object_store(request["bucket"])


OPERATIONS = {
    "object.put": opened(put),
    "object.get": opened(get),
    "object.info": opened(info),
    "object.list": opened(list_objects),
    "object.watch": opened(watch),
    "object.delete": opened(delete),
    "object.update_meta": opened(update_meta),
    "object.status": opened(status),
    "object.seal": opened(seal),
    "object.create_bucket": create_bucket,
    "object.delete_bucket": delete_bucket,
}
