"""The connection of the operations, and what the server reported while one of them ran."""

import asyncio
import time

import nats
from nats.aio.client import Client

# These wait for the caller, for as long as it takes.
TWO_PHASES = ("core.reply", "service.offer")


class Recording(Client):
    """A connection that remembers its subscriptions, because the library leaves some when an
    operation fails."""

    def __init__(self):
        super().__init__()
        self.opened = []

    async def subscribe(self, subject, *args, **kwargs):
        subscription = await super().subscribe(subject, *args, **kwargs)
        # The wildcard inbox of all requests stays as long as the connection.
        if not (subject.startswith(self._inbox_prefix.decode()) and subject.endswith(".*")):
            self.opened.append(subscription)
        return subscription

    async def drop_leftovers(self):
        for subscription in self.opened:
            state = getattr(subscription, "_jsi", None)
            for task in (getattr(state, "_hbtask", None), getattr(state, "_fctask", None)):
                if task is not None:
                    task.cancel()
            try:
                await subscription.unsubscribe()
            except (nats.errors.BadSubscriptionError, nats.errors.ConnectionClosedError):
                pass
        self.opened.clear()


class Session:
    def __init__(self, ready, proceed):
        self._ready = ready
        self._proceed = proceed
        self._violations = []
        self._options = {}
        self.nc = None
        self.timeout = 1.0

    async def perform(self, request, operation):
        """Runs one operation. It answers after a flush, so that every refusal of the server has
        arrived."""
        self._violations = []
        limit = None if request["op"] in TWO_PHASES else 3 * self.timeout
        try:
            if self.nc is None and operation is not Session.connect:
                raise RuntimeError("there is no connection: connect comes first")
            outcome = {"ok": await asyncio.wait_for(operation(self, request), limit)}
        except Exception as error:
            outcome = {"error": describe(error)}
        try:
            if self.nc is not None:
                await self.nc.drop_leftovers()
                await self.flush()
        except Exception as error:
            outcome = {"error": outcome.get("error") or f"the connection is gone: {describe(error)}"}
        return {**outcome, "violations": list(self._violations)}

    async def connect(self, request):
        await self.close()
        self.timeout = request.get("timeout_ms", 1000) / 1000
        self._options = {"timeout": self.timeout}
        if request.get("domain"):
            self._options["domain"] = request["domain"]
        if request.get("api_prefix"):
            self._options["prefix"] = request["api_prefix"]
        options = {"inbox_prefix": request["inbox"]} if request.get("inbox") else {}
        if request.get("password_file"):
            options |= coming_back(request)
        else:
            options |= {"password": request.get("password"), "allow_reconnect": False}
        connection = Recording()
        await connection.connect(
            request["url"],
            user=request.get("user"),
            error_cb=self._on_error,
            **options,
        )
        self.nc = connection

    def jetstream(self):
        """The JetStream context, made as in the library's documentation."""
        return self.nc.jetstream(**self._options)

    async def listening(self):
        """Reports that the operation listens, and waits until it may end."""
        await self.flush()
        self.must_be_allowed()
        self._ready()
        line = await self._proceed()
        if line.get("op") != "continue":
            raise RuntimeError(f"expected the operation continue, not {line.get('op')}")

    def must_be_allowed(self):
        """An error if the server refused something: the library reports it only to the error
        callback."""
        if self._violations:
            raise PermissionError("; ".join(self._violations))

    async def flush(self):
        """Waits until the server has received everything, and its errors have arrived here."""
        await self.nc.flush(timeout=3 * self.timeout + 1)
        await asyncio.sleep(0)

    async def state_when(self, wanted):
        """The state of the connection, once it is the one that is wanted or the time for it is over."""
        deadline = time.monotonic() + 20
        while self._state() != wanted and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        return self._state()

    def _state(self):
        if self.nc is None or self.nc.is_closed:
            return "closed"
        return "connected" if self.nc.is_connected else "reconnecting"

    async def close(self):
        connection, self.nc = self.nc, None
        if connection is not None and not connection.is_closed:
            await connection.close()

    async def _on_error(self, error):
        # The library writes the server's text in lower case, after its own name.
        text = str(error).removeprefix("nats: ")
        if "permissions violation" in text.lower():
            self._violations.append(text)


def coming_back(request):
    """What a client sets that has to come back by itself: a credential that is read for each connect, and reconnects
    without a limit."""

    def password():
        with open(request["password_file"], encoding="utf-8") as file:
            return file.read()

    return {"password": password, "max_reconnect_attempts": -1, "reconnect_time_wait": 0.1}


def describe(error):
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def must_be_some(values, count, timeout):
    """What arrived; an error if something was wanted and nothing arrived."""
    if not values and count > 0:
        raise TimeoutError(f"nothing arrived within {timeout:.1f} s")
    return values
