"""Carries out one operation of nats-py for each line of stdin, and answers on stdout."""

import asyncio
import json
import sys
from importlib.metadata import version

import consumers
import consuming
import core
import key_value
import objects
import services
import streams
from session import Session

FAMILIES = (core, services, streams, consumers, consuming, key_value, objects)
OPERATIONS = {name: operation for family in FAMILIES for name, operation in family.OPERATIONS.items()}
UNSUPPORTED = {
    "stream.names": "the library lists streams, not their names",
    "direct.batch": "the library has no batched direct get",
    "consumer.names": "the library lists consumers, not their names",
    "consumer.unpin": "the library has no priority groups",
    "consume.priority": "the library has no priority groups",
    "consume.messages": "the library has no continuous pull",
    "consume.fetch_bytes": "the library fetches numbers of messages only",
    "consume.fetch_no_wait": "the library has no pull without waiting",
    "kv.watch_many": "a watch takes one filter",
    "kv.update_bucket": "the library has no update of a bucket's configuration",
    "kv.list_buckets": "the library does not list buckets",
    "object.link": "the library makes no links",
    "object.list_buckets": "the library does not list object stores",
}


def write(answer):
    print(json.dumps(answer), flush=True)


async def read():
    """The next line of stdin, empty at its end. The tasks of the connection run meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


async def proceed():
    return json.loads(await read() or "{}")


async def answer(session, line):
    try:
        request = json.loads(line)
    except ValueError as error:
        return {"error": f"the line is not JSON: {error}", "violations": []}
    name = request.get("op")
    if name == "version":
        names = sorted(["connect", *OPERATIONS])
        return {"ok": {"library": "nats-py", "version": version("nats-py"), "operations": names}}
    if name == "state":
        return {"ok": await session.state_when(request["wanted"])}
    if name == "connect":
        return await session.perform(request, Session.connect)
    if name in OPERATIONS:
        return await session.perform(request, OPERATIONS[name])
    return {"unsupported": UNSUPPORTED.get(name, f"no operation {name} in this driver")}


async def main():
    session = Session(ready=lambda: write({"ready": True}), proceed=proceed)
    while line := await read():
        if line.strip():
            write(await answer(session, line))
    await session.close()


asyncio.run(main())
