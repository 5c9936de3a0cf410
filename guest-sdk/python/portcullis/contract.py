"""The types of the contract (``wit/types.wit``), the same in a test and in WebAssembly.

``Request`` and its parts come from the host; a policy makes a ``Grant`` and the decisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from datetime import timedelta
    from typing import Unpack

U32_MAX = 2**32 - 1

UNLIMITED_MESSAGES = U32_MAX
"""For ``ResponseRule.max_messages``: any number of replies."""

UNLIMITED_MS = 2**64 - 1
"""For ``ResponseRule.expires_in_ms``: while the client is connected."""


class Transport(Enum):
    """How a client connects to the server."""

    NATS = 0
    """The NATS protocol over TCP or TLS."""
    WEBSOCKET = 1
    """The NATS protocol over WebSocket."""
    MQTT = 2
    """MQTT, also over WebSocket."""
    LEAFNODE = 3
    """A server that connects as a leafnode."""


@dataclass(slots=True)
class Server:
    """The nats-server that asks on behalf of the client."""

    id: str
    """Public nkey of the server process. It changes whenever the server starts."""
    name: str
    host: str
    """Address that it listens on, as configured; often "0.0.0.0"."""
    version: str
    cluster: str | None
    tags: list[str]


@dataclass(slots=True)
class Sentinel:
    """Operator mode: the user JWT that lets the client reach the callout, verified."""

    user: str
    """Public nkey of the sentinel user."""
    account: str
    """Public nkey of the account of the sentinel user."""
    name: str | None = None
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Client:
    """The connection that wants to be admitted. What a client says about itself proves nothing."""

    id: int
    """Number of the connection, unique within its server process."""
    host: str
    """Address of the peer, without the port."""
    transport: Transport | None
    """Absent if the server names no transport that the contract knows."""
    name: str | None
    lang: str | None
    version: str | None
    mqtt_client_id: str | None


@dataclass(slots=True)
class Credentials:
    """What the client presented; what it did not send is None. Only ``nkey`` is verified."""

    user: str | None
    password: str | None
    token: str | None
    jwt: str | None
    nkey: str | None

    def __repr__(self) -> str:
        """Shows no secrets, because they must not be logged."""
        return f"Credentials(user={self.user!r}, nkey={self.nkey!r}, ...)"


@dataclass(slots=True)
class Certificate:
    """One X.509 certificate, parsed by the host. Names are in the form of RFC 4514; hexadecimal
    is lower case; the times are seconds since 1970."""

    subject: str
    issuer: str
    serial: str
    dns_names: list[str]
    ip_addresses: list[str]
    emails: list[str]
    uris: list[str]
    not_before: int
    not_after: int
    fingerprint: str
    """SHA-256 of the DER form."""
    key_fingerprint: str
    """SHA-256 of the public key alone, which can stay the same in a renewed certificate."""
    pem: str


@dataclass(slots=True)
class Tls:
    """The TLS session between client and server."""

    version: str
    cipher: str
    verified: list[Certificate]
    """The chain that the server verified, leaf first; empty if it verified none."""
    presented: list[Certificate]
    """What the client sent, verified or not."""


@dataclass(slots=True)
class Request:
    """One client that wants to connect. The host has verified where the request comes from,
    ``nkey`` and ``certificate``; the policy has to check user name, password, token and JWT."""

    received_at: int
    """When the host received the request, in seconds since 1970. This is the policy's clock."""
    server: Server
    client: Client
    credentials: Credentials
    tls: Tls | None
    sentinel: Sentinel | None
    user_nkey: str
    """Public nkey that the server made for this connection and this request."""
    attributes: list[tuple[str, str]]
    """Further facts by name, from hosts newer than this package."""

    @property
    def user(self) -> str | None:
        """The user name."""
        return self.credentials.user

    @property
    def password(self) -> str | None:
        """The password. Compare it with ``same_secret``."""
        return self.credentials.password

    @property
    def token(self) -> str | None:
        """The token. Compare it with ``same_secret``."""
        return self.credentials.token

    @property
    def jwt(self) -> str | None:
        """The JWT as sent, not verified. In operator mode it is the sentinel's."""
        return self.credentials.jwt

    @property
    def nkey(self) -> str | None:
        """The public nkey. The client has proved that it holds the seed."""
        return self.credentials.nkey

    @property
    def host(self) -> str:
        """The address of the client, without the port."""
        return self.client.host

    @property
    def transport(self) -> Transport | None:
        """How the client connects to the server, if the contract knows the transport."""
        return self.client.transport

    @property
    def certificate(self) -> Certificate | None:
        """The client's own certificate, if the server verified it."""
        return self.tls.verified[0] if self.tls and self.tls.verified else None

    def attribute(self, name: str) -> str | None:
        """A further fact, by name."""
        return next((value for known, value in self.attributes if known == name), None)


@dataclass(slots=True)
class SubjectRules:
    """Subjects, wildcards included. Only what an entry allows is allowed."""

    allow: list[str] = field(default_factory=list)
    deny: list[str] = field(default_factory=list)
    """Forbidden, whatever allows it."""


@dataclass(slots=True)
class ResponseRule:
    """Permission to reply to received messages. Zero is the server's own default (one reply, two
    minutes); ``UNLIMITED_MESSAGES`` and ``UNLIMITED_MS`` mean no limit."""

    max_messages: int = 0
    expires_in_ms: int = 0


@dataclass(slots=True)
class Permissions:
    """What the client may do. If everything is empty, it may only stay connected."""

    abilities: list[str] = field(default_factory=list)
    publish: SubjectRules = field(default_factory=SubjectRules)
    subscribe: SubjectRules = field(default_factory=SubjectRules)
    responses: ResponseRule | None = None
    inbox: str | None = None
    jetstream_api: str | None = None


@dataclass(slots=True)
class Only:
    """These permissions and no others."""

    value: Permissions


@dataclass(slots=True)
class Role:
    """Operator mode: the permissions of one of the account's scoped signing keys."""

    value: str


@dataclass(slots=True)
class AccountDefaults:
    """No rules of its own: everything in the account. The operator can forbid it."""


Access = Only | Role | AccountDefaults
"""Where the permissions come from."""


class Terms(TypedDict, total=False):
    """How long a grant is valid, from where, and under which name."""

    name: str | None
    """The name by which the server shows the connection."""
    expires_in: int | timedelta | None
    """When the server ends the connection, in seconds; less than one admits no client. The operator
    sets the default and the maximum."""
    transports: Iterable[Transport]
    """Transports for which the grant is valid; empty: the one that the client uses."""
    source_networks: str | Iterable[str]
    """CIDR blocks for which the grant is valid; empty: any address."""
    tags: str | Iterable[str]
    """Tags for the operator."""
    options: Mapping[str, str] | Iterable[tuple[str, str]]
    """For newer hosts; a name that the host does not know denies the client."""


@dataclass(slots=True)
class Grant:
    """Permission to connect. Make one with ``only``, ``account_defaults`` or ``role``."""

    account: str
    access: Access
    name: str | None = None
    expires_in: int | None = None
    transports: list[Transport] = field(default_factory=list)
    source_networks: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def only(
        cls,
        account: str,
        *,
        can: str | Iterable[str] = (),
        publish: str | Iterable[str] = (),
        deny_publish: str | Iterable[str] = (),
        subscribe: str | Iterable[str] = (),
        deny_subscribe: str | Iterable[str] = (),
        responses: ResponseRule | None = None,
        inbox: str | None = None,
        jetstream_api: str | None = None,
        **terms: Unpack[Terms],
    ) -> Grant:
        """A grant for this account, with only what is named here.

        ``can`` takes abilities, one sentence each (``wit/abilities.md``): ``"kv read settings"``,
        ``"request orders.*"``. Make sentences with a name from the request with ``ability``.
        ``publish`` and the like take subjects, wildcards included. ``inbox`` and
        ``jetstream_api`` are the prefixes for the abilities, by default ``_INBOX`` and
        ``$JS.API``; the client has to use the same.
        """
        permissions = Permissions(
            _list(can),
            SubjectRules(_list(publish), _list(deny_publish)),
            SubjectRules(_list(subscribe), _list(deny_subscribe)),
            responses,
            inbox,
            jetstream_api,
        )
        return _grant(account, Only(permissions), **terms)

    @classmethod
    def account_defaults(cls, account: str, **terms: Unpack[Terms]) -> Grant:
        """A grant for this account without rules of its own: everything in the account.
        nats-server applies no ``default_permissions`` to clients of the callout. The operator can
        forbid it."""
        return _grant(account, AccountDefaults(), **terms)

    @classmethod
    def role(cls, account: str, role: str, **terms: Unpack[Terms]) -> Grant:
        """A grant for this account, with the permissions of one of its scoped signing keys, by the
        name that the operator gave it. Operator mode only."""
        return _grant(account, Role(role), **terms)


@dataclass(slots=True)
class Deny:
    """Denied at once. The text is short and fixed for each cause; the client never sees it."""

    value: str


@dataclass(slots=True)
class Ignore:
    """Denied without an answer: the client waits until the server's timeout."""

    value: str


@dataclass(slots=True)
class Pass:
    """Left to the next policy of the chain. At the end of the chain the client is denied."""


@dataclass(slots=True)
class Allow:
    """Admitted with this grant."""

    value: Grant


Decision = Deny | Ignore | Pass | Allow
"""What happens to the client."""


def _grant(
    account: str,
    access: Access,
    *,
    name: str | None = None,
    expires_in: int | timedelta | None = None,
    transports: Iterable[Transport] = (),
    source_networks: str | Iterable[str] = (),
    tags: str | Iterable[str] = (),
    options: Mapping[str, str] | Iterable[tuple[str, str]] = (),
) -> Grant:
    pairs = options.items() if isinstance(options, Mapping) else options
    return Grant(
        account,
        access,
        name,
        None if expires_in is None else _seconds(expires_in),
        list(transports),
        _list(source_networks),
        _list(tags),
        list(pairs),
    )


def _seconds(lifetime: int | timedelta) -> int:
    """Whole seconds: a fraction is cut off; negative values become 0, which is a denial."""
    seconds = lifetime if isinstance(lifetime, (int, float)) else lifetime.total_seconds()
    return min(max(int(seconds), 0), U32_MAX)


def _list(entries: str | Iterable[str]) -> list[str]:
    """A string would be taken for the list of its letters."""
    return [entries] if isinstance(entries, str) else list(entries)
