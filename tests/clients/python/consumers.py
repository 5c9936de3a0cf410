"""Consumers: creating, changing and deleting them."""

from datetime import datetime, timedelta, timezone

PAUSE = timedelta(minutes=1)


async def list_consumers(session, request):
    return [consumer.name for consumer in await session.jetstream().consumers_info(request["stream"])]


async def info(session, request):
    return (await session.jetstream().consumer_info(request["stream"], request["consumer"])).name


async def create(session, request):
    """With `named`, the name of the consumer is also given, and the library asks on another
    subject."""
    js = session.jetstream()
    name = {"name": request["consumer"]} if request.get("named") else {}
    consumer = await js.add_consumer(request["stream"], durable_name=request["consumer"], **name, **filters(request))
    return consumer.name


async def create_ephemeral(session, request):
    return (await session.jetstream().add_consumer(request["stream"], **filters(request))).name


def filters(request):
    """The fields of a consumer's configuration that filter its subjects."""
    if request.get("filters"):
        return {"filter_subjects": request["filters"]}
    if request.get("filter"):
        return {"filter_subject": request["filter"]}
    return {}


async def update(session, request):
    js = session.jetstream()
    config = (await js.consumer_info(request["stream"], request["consumer"])).config
    return (await js.add_consumer(request["stream"], config, description="changed")).name


async def delete(session, request):
    return await session.jetstream().delete_consumer(request["stream"], request["consumer"])


async def pause(session, request):
    js = session.jetstream()
    until = (datetime.now(timezone.utc) + PAUSE).strftime("%Y-%m-%dT%H:%M:%SZ")
    await js.pause_consumer(request["stream"], request["consumer"], until)
    await js.resume_consumer(request["stream"], request["consumer"])


OPERATIONS = {
    "consumer.list": list_consumers,
    "consumer.info": info,
    "consumer.create": create,
    "consumer.create_ephemeral": create_ephemeral,
    "consumer.update": update,
    "consumer.delete": delete,
    "consumer.pause": pause,
}
