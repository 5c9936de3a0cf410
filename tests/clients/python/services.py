"""Micro services: offering one, and discovering existing ones (by the documented subjects)."""

import asyncio

import nats.micro

GATHER_SECONDS = 0.15


async def offer(session, request):
    async def pong(question):
        await question.respond(b"pong")

    service = await nats.micro.add_service(session.nc, name=request["name"], version="1.0.0")
    try:
        await service.add_endpoint(name="endpoint", subject=request["subject"], handler=pong)
        await session.listening()
    finally:
        await service.stop()


async def find(session, request):
    found = {}
    for verb in ("PING", "INFO", "STATS"):
        name = request.get("name")
        subject = f"$SRV.{verb}.{name}" if name else f"$SRV.{verb}"
        inbox = session.nc.new_inbox()
        subscription = await session.nc.subscribe(inbox)
        await session.nc.publish(subject, reply=inbox)
        await asyncio.sleep(GATHER_SECONDS)
        found[verb.lower()] = subscription.pending_msgs
        no_responders = await is_status(subscription)
        await subscription.unsubscribe()
        if no_responders or found[verb.lower()] == 0:
            raise TimeoutError(f"no service answered {verb}")
    return found


async def is_status(subscription):
    """Whether the only answer is the server's message that nobody listens."""
    if subscription.pending_msgs != 1:
        return False
    return not (await subscription.next_msg(timeout=1)).data


OPERATIONS = {"service.offer": offer, "service.find": find}
