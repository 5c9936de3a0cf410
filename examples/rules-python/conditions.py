"""The conditions of rules: each is parsed once, and evaluated in each decision."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from portcullis import Entry

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_SECONDS = 86_400
PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


@dataclass(slots=True)
class Patterns:
    """Patterns of names, in which ``*`` stands for any characters except dots."""

    expression: re.Pattern[str]

    def fit(self, name: str | None) -> bool:
        """Only plain names match: others could become NATS wildcards in a subject."""
        return (
            name is not None
            and PLAIN_NAME.fullmatch(name) is not None
            and self.expression.fullmatch(name) is not None
        )

    @classmethod
    def read(cls, entry: Entry | None) -> Patterns | None:
        if entry is None:
            return None
        patterns = []
        for pattern in entry.entries():
            if not re.fullmatch(r"[A-Za-z0-9_.*-]+", pattern.text()):
                raise pattern.fault("a pattern may contain only letters, digits, - _ . and *")
            patterns.append(re.escape(pattern.text()).replace(r"\*", r"[^.]*"))
        return cls(re.compile("|".join(patterns) or r"(?!)"))


@dataclass(slots=True)
class Networks:
    networks: list[IPv4Network | IPv6Network]

    def contain(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self.networks)

    @classmethod
    def read(cls, entry: Entry | None) -> Networks | None:
        if entry is None:
            return None
        networks = []
        for block in entry.entries():
            try:
                networks.append(ip_network(block.text()))
            except ValueError as error:
                raise block.fault(f'{error}; write it as "10.20.0.0/16"') from None
        return cls(networks)


@dataclass(slots=True)
class Hours:
    """From the first second up to the last, which is excluded; crosses midnight if it begins
    later."""

    opens: int
    closes: int

    def contain(self, now: int) -> bool:
        second = now % DAY_SECONDS
        if self.opens <= self.closes:
            return self.opens <= second < self.closes
        return second >= self.opens or second < self.closes

    @classmethod
    def read(cls, entry: Entry | None) -> Hours | None:
        if entry is None:
            return None
        clock = r"([01]\d|2[0-3]):([0-5]\d)"
        found = re.fullmatch(f"{clock}-{clock}", entry.text())
        if found is None:
            raise entry.fault('write it as "08:00-18:00", in UTC or with utc-offset')
        hours = cls(*(int(found[n]) * 3_600 + int(found[n + 1]) * 60 for n in (1, 3)))
        if hours.opens == hours.closes:
            raise entry.fault("ends when it begins: leave it out for the whole day")
        return hours


def read_days(entry: Entry | None) -> frozenset[int] | None:
    if entry is None:
        return None
    for day in entry.entries():
        if day.text() not in DAYS:
            raise day.fault(f"is not a day; use one of {', '.join(DAYS)}")
    return frozenset(DAYS.index(day) for day in entry.texts())


def weekday(now: int) -> int:
    """1970-01-01 was a Thursday."""
    return (now // DAY_SECONDS + 3) % 7
