"""The key-value store. Each operation opens its bucket by name, as in the library's
documentation."""

import asyncio

import nats.errors

from session import must_be_some

HISTORY = 5


def opened(operation):
    async def on_bucket(session, request):
        kv = await session.jetstream().key_value(request["bucket"])
        return await operation(kv, request, session)

    return on_bucket


async def open_bucket(_kv, _request, _session):
    return True


async def get(kv, request, _session):
    return text(await kv.get(request["key"]))


async def get_revision(kv, request, _session):
    return text(await kv.get(request["key"], revision=request["revision"]))


def text(entry):
    return (entry.value or b"").decode()


async def put(kv, request, _session):
    return await kv.put(request["key"], request["value"].encode())


async def create(kv, request, _session):
    return await kv.create(request["key"], request["value"].encode())


async def create_ttl(kv, request, _session):
    return await kv.create(request["key"], request["value"].encode(), msg_ttl=-(-request["ttl_ms"] // 1000))


async def update(kv, request, _session):
    return await kv.update(request["key"], request["value"].encode(), last=request["revision"])


async def delete(kv, request, _session):
    return await kv.delete(request["key"])


async def delete_revision(kv, request, _session):
    return await kv.delete(request["key"], last=request["revision"])


async def purge(kv, request, _session):
    return await kv.purge(request["key"])


async def keys(kv, request, _session):
    # The library watches all keys and keeps those that contain the filter's text, so it can filter
    # by a prefix.
    wanted = request.get("filter")
    return await kv.keys(filters=[wanted.removesuffix(">")] if wanted else None)


async def history(kv, request, _session):
    return len(await kv.history(request["key"]))


async def watch(kv, request, session):
    return await count_updates(await kv.watch(request["key"]), request["count"], session)


async def watch_all(kv, request, session):
    return await count_updates(await kv.watchall(), request["count"], session)


async def count_updates(watcher, count, session):
    seen = []
    ends = asyncio.get_running_loop().time() + session.timeout
    try:
        while len(seen) < count:
            left = ends - asyncio.get_running_loop().time()
            update = await watcher.updates(timeout=max(left, 0.001))
            if update is None:
                break
            seen.append(update)
    except nats.errors.TimeoutError:
        pass
    await watcher.stop()
    return len(must_be_some(seen, count, session.timeout))


async def status(kv, _request, _session):
    return (await kv.status()).values


async def purge_deletes(kv, _request, _session):
    return await kv.purge_deletes()


async def create_bucket(session, request):
    options = {"history": HISTORY, "direct": True}
    if request.get("marker_ttl_ms"):
        options["limit_marker_ttl"] = request["marker_ttl_ms"] / 1000
    await session.jetstream().create_key_value(bucket=request["bucket"], **options)


async def delete_bucket(session, request):
    return await session.jetstream().delete_key_value(request["bucket"])


OPERATIONS = {
    "kv.open": opened(open_bucket),
    "kv.get": opened(get),
    "kv.get_revision": opened(get_revision),
    "kv.put": opened(put),
    "kv.create": opened(create),
    "kv.create_ttl": opened(create_ttl),
    "kv.update": opened(update),
    "kv.delete": opened(delete),
    "kv.delete_revision": opened(delete_revision),
    "kv.purge": opened(purge),
    "kv.keys": opened(keys),
    "kv.history": opened(history),
    "kv.watch": opened(watch),
    "kv.watch_all": opened(watch_all),
    "kv.watch_large": opened(watch),
    "kv.status": opened(status),
    "kv.purge_deletes": opened(purge_deletes),
    "kv.create_bucket": create_bucket,
    "kv.delete_bucket": delete_bucket,
}
