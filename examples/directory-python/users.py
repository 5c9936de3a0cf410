"""``users.json``, in a form that needs no work in a decision."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from hashes import hash_prefix
from portcullis import (
    UNLIMITED_MESSAGES,
    UNLIMITED_MS,
    Access,
    AccountDefaults,
    ConfigurationError,
    Entry,
    Grant,
    Only,
    Permissions,
    ResponseRule,
    SubjectRules,
)
from portcullis.abilities import check_ability, check_subject, check_subscription

I64_MIN, I64_MAX = -(2**63), 2**63 - 1
NANOSECONDS_PER_MS = 1_000_000


@dataclass(slots=True)
class User:
    password: str
    account: str
    access: Access

    def grant(self, name: str) -> Grant:
        return Grant(self.account, self.access, name)


def read_users(entry: Entry) -> dict[str, User]:
    users = {}
    for name, user in entry.items():
        if not name:
            raise entry.fault("a user without a name")
        user.only("pass", "account", "permissions", "can", "inbox", "jetstream_api")
        users[name] = User(read_password(user["pass"]), user["account"].text(), read_access(user))
    return users


def read_password(entry: Entry) -> str:
    password = entry.text()
    prefix = hash_prefix(password)
    if prefix is not None:
        raise entry.fault(
            f"this is a hash ({prefix}...), and the policy compares plain text: whoever shows the "
            "hash would be admitted; write the password itself"
        )
    return password


def read_access(user: Entry) -> Access:
    """Neither permissions nor abilities: the account's defaults."""
    permissions, can = user.get("permissions"), user.get("can")
    inbox, jetstream_api = read_prefix(user, "inbox"), read_prefix(user, "jetstream_api")
    if can is None and (inbox is not None or jetstream_api is not None):
        # A prefix alone would have no effect except to remove the account's defaults.
        raise user.fault("inbox and jetstream_api belong to abilities: add can")
    if inbox is not None and inbox.startswith("$"):
        raise user["inbox"].fault(
            "begins with $, which is reserved for the server; choose another, such as _INBOX_name"
        )
    if permissions is None and can is None:
        return AccountDefaults()
    named = Permissions(inbox=inbox, jetstream_api=jetstream_api)
    if can is not None:
        named.abilities = read_list(can, check_ability)
    if permissions is not None:
        permissions.only("pub", "sub", "resp")
        named.publish = read_subjects(permissions.get("pub"), check_subject)
        named.subscribe = read_subjects(permissions.get("sub"), check_subscription)
        named.responses = read_responses(permissions.get("resp"))
    return Only(named)


def read_list(entry: Entry | None, check: Callable[[str], None]) -> list[str]:
    return [] if entry is None else [read_checked(one, check) for one in entry.entries()]


def read_checked(entry: Entry, check: Callable[[str], None]) -> str:
    text = entry.text()
    try:
        check(text)
    except ConfigurationError as error:
        raise entry.fault(str(error)) from None
    return text


def read_prefix(user: Entry, key: str) -> str | None:
    """Tokens to which the host adds others."""
    entry = user.get(key)
    if entry is None:
        return None
    prefix = entry.text()
    if "" in prefix.split(".") or re.search(r"[\s\x00-\x1f\x7f-\x9f*>]", prefix):
        raise entry.fault("must be tokens with dots between them, without wildcards and blanks")
    return prefix


def read_subjects(entry: Entry | None, check: Callable[[str], None]) -> SubjectRules:
    if entry is None:
        return SubjectRules()
    entry.only("allow", "deny")
    return SubjectRules(read_list(entry.get("allow"), check), read_list(entry.get("deny"), check))


def read_responses(entry: Entry | None) -> ResponseRule | None:
    """Zero is the server's default, a negative value means no limit. The server counts in
    nanoseconds; a fraction of a millisecond counts as one."""
    if entry is None:
        return None
    entry.only("max", "ttl")
    replies, ttl = entry.get("max"), entry.get("ttl")
    messages = replies.integer(I64_MIN, I64_MAX) if replies else 0
    nanoseconds = ttl.integer(I64_MIN, I64_MAX) if ttl else 0
    return ResponseRule(
        min(messages, UNLIMITED_MESSAGES) if messages >= 0 else UNLIMITED_MESSAGES,
        -(-nanoseconds // NANOSECONDS_PER_MS) if nanoseconds >= 0 else UNLIMITED_MS,
    )
