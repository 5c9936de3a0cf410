"""Receiving messages from consumers, by pull and by push."""

import asyncio

import nats.errors
from nats.js.api import ConsumerConfig

from session import must_be_some


async def fetch(session, request, count=None):
    subscription = await bind(session, request)
    messages = await subscription.fetch(count or request["count"], timeout=session.timeout)
    for message in messages:
        await message.ack()
    return payloads(messages)


async def next_message(session, request):
    return (await fetch(session, request, count=1))[0]


async def ack_variants(session, request):
    subscription = await bind(session, request)
    messages = await subscription.fetch(5, timeout=session.timeout)
    for message, acknowledge in zip(messages, ACKNOWLEDGEMENTS):
        await acknowledge(message, session.timeout)
    return len(messages)


async def bind(session, request):
    js = session.jetstream()
    return await js.pull_subscribe_bind(consumer=request["consumer"], stream=request["stream"])


async def working_then_ack(message, _timeout):
    await message.in_progress()
    await message.ack()


ACKNOWLEDGEMENTS = (
    lambda message, _: message.ack(),
    lambda message, timeout: message.ack_sync(timeout=timeout),
    working_then_ack,
    lambda message, _: message.nak(),
    lambda message, _: message.term(),
)


async def ordered(session, request):
    config = {}
    if request.get("filters"):
        config["config"] = ConsumerConfig(filter_subjects=request["filters"])
    subscription = await session.jetstream().subscribe(
        request.get("filter") or ">", stream=request["stream"], ordered_consumer=True, **config
    )
    return payloads(await take(session, subscription, request["count"]))


async def push_ephemeral(session, request):
    subject = request.get("filter") or ">"
    subscription = await session.jetstream().subscribe(subject, stream=request["stream"])
    return await take_and_ack(session, subscription, request["count"])


async def push_durable(session, request):
    subscription = await session.jetstream().subscribe(
        ">", stream=request["stream"], durable=request["consumer"], manual_ack=True
    )
    return await take_and_ack(session, subscription, request["count"])


async def pull_subscribe(session, request):
    subscription = await session.jetstream().pull_subscribe(
        request["subject"], durable=request["consumer"], stream=named_stream(request)
    )
    messages = await subscription.fetch(request["count"], timeout=session.timeout)
    for message in messages:
        await message.ack()
    return payloads(messages)


async def push_subscribe(session, request):
    subscription = await session.jetstream().subscribe(request["subject"], stream=named_stream(request))
    return await take_and_ack(session, subscription, request["count"])


def named_stream(request):
    return None if request.get("lookup") else request.get("stream")


async def take_and_ack(session, subscription, count):
    messages = await take(session, subscription, count)
    for message in messages:
        await message.ack()
    return payloads(messages)


async def take(session, subscription, count):
    messages = []
    ends = asyncio.get_running_loop().time() + session.timeout
    try:
        while len(messages) < count:
            left = ends - asyncio.get_running_loop().time()
            messages.append(await subscription.next_msg(timeout=max(left, 0.001)))
    except nats.errors.TimeoutError:
        pass
    await subscription.unsubscribe()
    return must_be_some(messages, count, session.timeout)


def payloads(messages):
    return [message.data.decode() for message in messages]


OPERATIONS = {
    "consume.fetch": fetch,
    "consume.next": next_message,
    "consume.ack_variants": ack_variants,
    "consume.ordered": ordered,
    "consume.push_ephemeral": push_ephemeral,
    "consume.push_durable": push_durable,
    "consume.pull_subscribe_legacy": pull_subscribe,
    "consume.push_subscribe_legacy": push_subscribe,
}
