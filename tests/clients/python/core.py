"""Publish, subscribe, request and reply, and raw requests for probes."""


async def publish(session, request):
    await session.nc.publish(request["subject"], request.get("payload", "").encode())


async def subscribe(session, request):
    subscription = await session.nc.subscribe(request["subject"], queue=request.get("queue") or "")
    await session.flush()
    await subscription.unsubscribe()
    session.must_be_allowed()


async def ask(session, request):
    payload = request.get("payload", "").encode()
    message = await session.nc.request(request["subject"], payload, timeout=session.timeout)
    return message.data.decode()


async def reply(session, request):
    answered = 0

    async def pong(message):
        nonlocal answered
        await message.respond(b"pong")
        answered += 1

    subscription = await session.nc.subscribe(request["subject"], queue=request.get("queue") or "", cb=pong)
    await session.listening()
    await subscription.unsubscribe()
    return answered


async def raw_publish(session, request):
    payload = request.get("payload", "").encode()
    await session.nc.publish(request["subject"], payload, headers=request.get("headers"))


OPERATIONS = {
    "core.publish": publish,
    "core.subscribe": subscribe,
    "core.request": ask,
    "core.reply": reply,
    "trace.raw": ask,
    "trace.raw_publish": raw_publish,
}
