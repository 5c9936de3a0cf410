"""A rule of ``rules.toml``: its conditions, and its result."""

import re
from dataclasses import dataclass

from conditions import Hours, Networks, Patterns, read_days, weekday
from portcullis import ConfigurationError, Entry, Grant, Request, same_secret
from portcullis.abilities import check_ability

NOBODYS_PASSWORD = "not the password of anybody"
EXPIRES_IN_MAX = 2**32 - 1

CONDITIONS = ("users", "networks", "dns-names", "days", "hours", "utc-offset")
GRANT = ("account", "can", "inbox", "expires-in", "passwords")


@dataclass(slots=True)
class Rule:
    """In a grant, ``{user}`` is the user name of the client, and ``{name}`` the first label of its
    DNS name."""

    name: str
    users: Patterns | None
    dns_names: Patterns | None
    networks: Networks | None
    days: frozenset[int] | None
    hours: Hours | None
    offset: int
    deny: str | None
    passwords: dict[str, str] | None
    account: str
    can: list[str]
    inbox: str | None
    expires_in: int | None

    def fits(self, request: Request) -> dict[str, str] | None:
        """The names that the client proved or claimed, if all conditions are met."""
        names: dict[str, str] = {}
        if self.users is not None:
            if not self.users.fit(request.user):
                return None
            names["user"] = request.user or ""
        if self.dns_names is not None:
            certificate = request.certificate
            fitting = certificate and next(filter(self.dns_names.fit, certificate.dns_names), None)
            if not fitting:
                return None
            names["name"] = fitting.split(".")[0]
        if self.networks is not None and not self.networks.contain(request.host):
            return None
        now = request.received_at + self.offset
        if self.days is not None and weekday(now) not in self.days:
            return None
        if self.hours is not None and not self.hours.contain(now):
            return None
        return names

    def right_password(self, request: Request) -> bool:
        """An unknown user takes as long as a wrong password."""
        if self.passwords is None:
            return True
        expected = self.passwords.get(request.user or "")
        right = same_secret(request.password, expected or NOBODYS_PASSWORD)
        return right and expected is not None

    def grant(self, names: dict[str, str]) -> Grant:
        return Grant.only(
            self.account,
            can=[sentence.format_map(names) for sentence in self.can],
            inbox=self.inbox and self.inbox.format_map(names),
            name=names.get("user") or names.get("name"),
            expires_in=self.expires_in,
        )


def read_rule(entry: Entry) -> Rule:
    name = entry["name"].text()
    # From here on, faults name the rule.
    rule = Entry(entry.value, f'rules.toml, rule "{name}"')
    rule.only("name", "deny", *CONDITIONS, *GRANT)
    users, dns_names = Patterns.read(rule.get("users")), Patterns.read(rule.get("dns-names"))
    read = Rule(
        name=name,
        users=users,
        dns_names=dns_names,
        networks=Networks.read(rule.get("networks")),
        days=read_days(rule.get("days")),
        hours=Hours.read(rule.get("hours")),
        offset=read_offset(rule),
        deny=None,
        passwords=None,
        account="",
        can=[],
        inbox=None,
        expires_in=None,
    )
    known = {"user"} if users else set()
    known |= {"name"} if dns_names else set()
    read_outcome(rule, read, known)
    return read


def read_outcome(rule: Entry, read: Rule, known: set[str]) -> None:
    cause = rule.get("deny")
    if cause is not None:
        for key in GRANT:
            if rule.get(key) is not None:
                raise rule.fault(f"has both deny and {key}: a rule that denies grants nothing")
        read.deny = cause.text()
        return
    if rule.get("account") is None:
        raise rule.fault('says nothing: add account = "NAME", or deny = "CAUSE"')
    read.account = rule["account"].text()
    for sentence in rule["can"].entries():
        read.can.append(read_template(sentence, known))
    inbox, expires_in = rule.get("inbox"), rule.get("expires-in")
    if inbox is not None:
        read.inbox = read_template(inbox, known, ability=False)
    if expires_in is not None:
        read.expires_in = expires_in.integer(1, EXPIRES_IN_MAX)
    read.passwords = read_passwords(rule, read)


def read_passwords(rule: Entry, read: Rule) -> dict[str, str] | None:
    """A name has to be proved by a certificate or by a password."""
    passwords = rule.get("passwords")
    if passwords is None:
        if read.users is not None and read.dns_names is None:
            raise rule.fault(
                "believes a user name without proof: add passwords = { NAME = SECRET }, "
                "or dns-names"
            )
        if read.dns_names is None and read.networks is None:
            raise rule.fault(
                "admits every client: add a condition (users, dns-names, networks), or deny"
            )
        return None
    if read.users is None:
        raise rule.fault("passwords need user names: add users = [PATTERN]")
    return {name: secret.text() for name, secret in passwords.items()}


def read_template(entry: Entry, known: set[str], *, ability: bool = True) -> str:
    """A text with ``{user}`` or ``{name}``, which has to be valid with a plain name in their
    place."""
    template = entry.text()
    for place in re.findall(r"\{([^}]*)\}?", template):
        if place not in known:
            names = " or ".join(f"{{{name}}}" for name in sorted(known)) or "none"
            raise entry.fault(f"{{{place}}} is unknown in this rule; known: {names}")
    try:
        filled = template.format_map(dict.fromkeys(known, "x"))
        if ability:
            check_ability(filled)
    except ConfigurationError as error:
        raise entry.fault(str(error)) from None
    except ValueError as error:
        raise entry.fault(f"write {{user}} or {{name}}, and no other braces ({error})") from None
    return template


def read_offset(rule: Entry) -> int:
    """The hours and days in the time zone of the rule, in seconds."""
    entry = rule.get("utc-offset")
    if entry is None:
        return 0
    found = re.fullmatch(r"([+-])(0\d|1[0-4]):([0-5]\d)", entry.text())
    if found is None:
        raise entry.fault('write it as "+02:00"')
    seconds = int(found[2]) * 3_600 + int(found[3]) * 60
    return -seconds if found[1] == "-" else seconds
