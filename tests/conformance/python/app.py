"""The conformance policy in Python: ``../README.md`` describes it."""

import random
import secrets
import sys
import time
from collections.abc import Callable, Iterable
from typing import NoReturn

import echo
import mirror
from portcullis import (
    ConfigurationError,
    Decision,
    Grant,
    Policy,
    Request,
    Settings,
    allow,
    deny,
    export,
    log,
    pass_,
)


class Conformance(Policy):
    count = 0

    def configure(self, settings: Settings) -> None:
        names = settings.data_names()
        for name in names:
            if name == "refuse":
                raise ConfigurationError(settings.data_text(name))
            if name == "print":
                print_both("printed while configured", "warned while configured")
            if name in HARM:
                HARM[name]()
        log.info(f"configured with {len(names)} files")
        self.settings = settings

    def decide(self, request: Request) -> Decision:
        command = request.user
        name = request.client.name or ""
        if command in HARM:
            HARM[command]()
        match command:
            case "echo":
                return answer(echo.lines(request))
            case "settings":
                return answer(settings_lines(self.settings))
            case "mirror":
                return mirror.decision(request)
            case "count":
                Conformance.count += 1
                return answer([f"count={Conformance.count}"])
            case "random":
                return answer(random_lines())
            case "clock":
                return answer([f"wall={int(time.time())}"])
            case "flood":
                for _ in range(1_000):
                    log.info("x" * 100)
            case "log":
                for write in (log.debug, log.info, log.warn, log.error):
                    write(name)
            case "print":
                print_both(name, name)
            case "grow":
                bytearray(b"1") * (1 << 20)
            case _:
                return deny("unknown command")
        return pass_()


def answer(lines: Iterable[str]) -> Decision:
    return allow(Grant.only("ECHO", tags=lines))


def settings_lines(settings: Settings) -> list[str]:
    files = [(name, settings.data(name)) for name in settings.data_names()]
    return [f"json={settings.json_text()}"] + [f"data.{name}={held.hex()}" for name, held in files]


def random_lines() -> list[str]:
    secure = [f"secure={secrets.token_hex(8)}" for _ in range(2)]
    return [*secure, f"default={random.random()}"]


def print_both(out: str, error: str) -> None:
    print(out, flush=True)
    print(error, file=sys.stderr, flush=True)


def trap() -> NoReturn:
    raise RuntimeError("trapped on request")


def loop() -> NoReturn:
    while True:
        pass


def hoard() -> NoReturn:
    held = []
    while True:
        held.append(bytearray(b"1") * (1 << 20))


def recurse(depth: int = 0) -> int:
    return recurse(depth + 1) + 1


HARM: dict[str | None, Callable[[], object]] = {
    "trap": trap,
    "loop": loop,
    "hoard": hoard,
    "recurse": recurse,
}

# The class that the host calls.
Authorizer = export(Conformance)
