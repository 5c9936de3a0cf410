"""Streams: publishing into them, managing them, reading single messages."""

import asyncio


async def publish(session, request):
    ack = await session.jetstream().publish(request["subject"], request.get("payload", "").encode())
    return ack.seq


async def publish_async(session, request):
    future = await session.jetstream().publish_async(request["subject"], request.get("payload", "").encode())
    return (await asyncio.wait_for(future, session.timeout)).seq


async def info(session, request):
    return (await session.jetstream().stream_info(request["stream"])).config.name


async def list_streams(session, _request):
    return [stream.config.name for stream in await session.jetstream().streams_info()]


async def by_subject(session, request):
    return await session.jetstream().find_stream_name_by_subject(request["subject"])


async def account_info(session, _request):
    return (await session.jetstream().account_info()).streams


def get(direct):
    async def operation(session, request):
        message = await session.jetstream().get_msg(request["stream"], seq=request["seq"], direct=direct)
        return text(message)

    return operation


def get_last(direct):
    async def operation(session, request):
        message = await session.jetstream().get_last_msg(request["stream"], request["subject"], direct=direct)
        return text(message)

    return operation


def text(message):
    return (message.data or b"").decode()


async def create(session, request):
    stream = await session.jetstream().add_stream(
        name=request["stream"], subjects=request["subjects"], allow_direct=True
    )
    return stream.config.name


async def update(session, request):
    js = session.jetstream()
    config = (await js.stream_info(request["stream"])).config
    return (await js.update_stream(config, subjects=request["subjects"])).config.name


async def purge(session, request):
    return await session.jetstream().purge_stream(request["stream"])


async def purge_subject(session, request):
    return await session.jetstream().purge_stream(request["stream"], subject=request["subject"])


async def delete(session, request):
    return await session.jetstream().delete_stream(request["stream"])


async def delete_message(session, request):
    return await session.jetstream().delete_msg(request["stream"], request["seq"])


OPERATIONS = {
    "stream.publish": publish,
    "stream.publish_async": publish_async,
    "stream.info": info,
    "stream.list": list_streams,
    "stream.by_subject": by_subject,
    "account.info": account_info,
    "stream.get": get(direct=False),
    "stream.get_last": get_last(direct=False),
    "direct.get": get(direct=True),
    "direct.get_last": get_last(direct=True),
    "stream.create": create,
    "stream.update": update,
    "stream.purge": purge,
    "stream.purge_subject": purge_subject,
    "stream.delete": delete,
    "stream.delete_message": delete_message,
}
