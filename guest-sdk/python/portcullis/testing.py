"""Requests and settings for a policy's own tests.

request = testing.request(user="alice", password="secret")
assert policy.decide(request) == deny("wrong password")
"""

from __future__ import annotations

import json as _json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .abilities import check_ability, check_subject, check_subscription, name_fault
from .contract import (
    Allow,
    Certificate,
    Client,
    Credentials,
    Decision,
    Grant,
    Only,
    Permissions,
    Request,
    Sentinel,
    Server,
    SubjectRules,
    Tls,
    Transport,
)
from .errors import ConfigurationError
from .policy import Policy
from .settings import Settings

_P = TypeVar("_P", bound=Policy)

__all__ = ["certificate", "check", "configured", "request", "settings"]


def request(
    user: str | None = None,
    password: str | None = None,
    *,
    token: str | None = None,
    jwt: str | None = None,
    nkey: str | None = None,
    certificate: Certificate | None = None,
    sentinel: Sentinel | None = None,
    host: str = "127.0.0.1",
    transport: Transport | None = Transport.NATS,
    name: str | None = None,
    received_at: int = 1_767_225_600,
    attributes: Mapping[str, str] | None = None,
) -> Request:
    """A request of a client that presents only what is named: over the NATS protocol, from
    127.0.0.1, without TLS, on 2026-01-01 at 00:00 UTC, a Thursday. With a certificate, the client
    uses TLS and the server verified it."""
    chain = [certificate] if certificate else []
    tls = Tls("1.3", "TLS_AES_128_GCM_SHA256", chain, list(chain)) if certificate else None
    return Request(
        received_at,
        Server(f"NA{_EXAMPLE}", "nats-1", "0.0.0.0", "2.15.2", None, []),
        Client(1, host, transport, name, None, None, None),
        Credentials(user, password, token, jwt, nkey),
        tls,
        sentinel,
        f"UA{_EXAMPLE}",
        list((attributes or {}).items()),
    )


def certificate(**fields: Any) -> Certificate:
    """A certificate with a name and otherwise empty. Set what matters:
    ``testing.certificate(dns_names=["billing.internal"])``."""
    plain: dict[str, Any] = {
        "subject": "CN=client",
        "issuer": "CN=authority",
        "serial": "01",
        "dns_names": [],
        "ip_addresses": [],
        "emails": [],
        "uris": [],
        "not_before": 0,
        "not_after": 2**64 - 1,
        "fingerprint": "00" * 32,
        "key_fingerprint": "00" * 32,
        "pem": "",
    }
    return Certificate(**(plain | fields))


def settings(
    json: str | Mapping[str, Any] | None = None, data: Mapping[str, Any] | None = None
) -> Settings:
    """Settings with this table, and these data files by name: bytes and strings are contents;
    anything else is written as JSON."""
    table = json if isinstance(json, str) else _json.dumps(json or {})
    files = [(name, _contents(value)) for name, value in sorted((data or {}).items())]
    return Settings(table, files)


def configured(
    policy: type[_P],
    json: str | Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> _P:
    """The policy, configured with these settings."""
    made = policy()
    made.configure(settings(json, data))
    return made


def check(decision: Decision) -> None:
    """Checks that the host would understand the decision: known abilities with valid names, valid
    subjects, an account, and a lifetime. It does not check the operator's bounds, which a policy
    does not know. Raises the first fault as a ``ConfigurationError``."""
    if isinstance(decision, Allow):
        _check_grant(decision.value)


_EXAMPLE = "EXAMPLE" * 7 + "EXAMP"


def _contents(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else _json.dumps(value)).encode()


def _check_grant(grant: Grant) -> None:
    if not grant.account:
        raise ConfigurationError("account: must not be empty")
    if grant.expires_in == 0:
        raise ConfigurationError("expires_in: less than one second admits no client")
    if isinstance(grant.access, Only):
        _check_permissions(grant.access.value)


def _check_permissions(permissions: Permissions) -> None:
    for sentence in permissions.abilities:
        check_ability(sentence)
    _check_rules("publish", permissions.publish, check_subject)
    _check_rules("subscribe", permissions.subscribe, check_subscription)
    _check_prefix("inbox", permissions.inbox)
    if permissions.inbox is not None and permissions.inbox.startswith("$"):
        raise ConfigurationError(
            f'inbox: "{permissions.inbox}" begins with $, which is reserved for the server'
        )
    _check_prefix("jetstream_api", permissions.jetstream_api)


def _check_rules(field: str, rules: SubjectRules, check_entry: Callable[[str], None]) -> None:
    for entry in rules.allow + rules.deny:
        try:
            check_entry(entry)
        except ConfigurationError as error:
            raise ConfigurationError(f"{field}: {error}") from None


def _check_prefix(field: str, prefix: str | None) -> None:
    """Checks a subject to which the host adds tokens."""
    if prefix is None:
        return
    fault = name_fault("SUBJECT", prefix)
    if fault is None and ("*" in prefix or ">" in prefix):
        fault = "has a wildcard; a prefix cannot have one"
    if fault is not None:
        raise ConfigurationError(f'{field}: "{prefix}" {fault}')
