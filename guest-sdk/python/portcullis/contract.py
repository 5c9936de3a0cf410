"""The types of the contract (``wit/types.wit``), the same in a test and in WebAssembly.

``Request`` and what is in it come from the host; a policy makes a ``Grant`` and the decisions.
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
"""As ``ResponseRule.max_messages``: any number of replies."""

UNLIMITED_MS = 2**64 - 1
"""As ``ResponseRule.expires_in_ms``: for as long as the client is connected."""


class Transport(Enum):
    """How a client reaches the server."""

    NATS = 0
    """The NATS protocol over TCP or TLS."""
    WEBSOCKET = 1
    """The NATS protocol over WebSocket."""
    MQTT = 2
    """MQTT, also over WebSocket."""
    LEAFNODE = 3
    """A server that joins as a leafnode."""


@dataclass(slots=True)
class Server:
    """The nats-server that asks on the client's behalf."""

    id: str
    """Public nkey of the server process. It changes whenever the server starts."""
    name: str
    host: str
    """Address that it listens on, as configured: often "0.0.0.0"."""
    version: str
    cluster: str | None
    tags: list[str]


@dataclass(slots=True)
class Sentinel:
    """Operator mode: the JWT with which the client got as far as the callout, verified."""

    user: str
    """Public nkey of the sentinel user."""
    account: str
    """Public nkey of the account that it belongs to."""
    name: str | None = None
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Client:
    """The connection that wants in. What a client says of itself proves nothing."""

    id: int
    """Number of the connection, unique within its server process."""
    host: str
    """Address of the peer, without the port."""
    transport: Transport | None
    """Absent if the server names none that the contract knows."""
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
        """Without the secrets, which have no place in a log."""
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
    """SHA-256 of the public key alone, which may outlive the certificate."""
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
    """One client that wants in. The host has verified where the request comes from, ``nkey`` and
    ``certificate``; user name, password, token and JWT are the policy's to check."""

    received_at: int
    """When the host received the request, in seconds since 1970: the policy's clock."""
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
        """The user name that the client gives."""
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
        """The public nkey, which the client has proved to hold the seed of."""
        return self.credentials.nkey

    @property
    def host(self) -> str:
        """The address of the client, without the port."""
        return self.client.host

    @property
    def transport(self) -> Transport | None:
        """How the client reaches the server, if it is a way that the contract knows."""
        return self.client.transport

    @property
    def certificate(self) -> Certificate | None:
        """The client's own certificate, if the server verified it."""
        return self.tls.verified[0] if self.tls and self.tls.verified else None

    def attribute(self, name: str) -> str | None:
        """A further fact, by its name."""
        return next((value for known, value in self.attributes if known == name), None)


@dataclass(slots=True)
class SubjectRules:
    """Subjects, wildcards included. Nothing is allowed that no entry allows."""

    allow: list[str] = field(default_factory=list)
    deny: list[str] = field(default_factory=list)
    """Never these, whatever allows them."""


@dataclass(slots=True)
class ResponseRule:
    """Leave to answer received messages. Zero is the server's own default (one reply, two
    minutes); ``UNLIMITED_MESSAGES`` and ``UNLIMITED_MS`` are no limit."""

    max_messages: int = 0
    expires_in_ms: int = 0


@dataclass(slots=True)
class Permissions:
    """What the client may do. All of it empty: nothing, it may only stay connected."""

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
    """Operator mode: those of one of the account's scoped signing keys."""

    value: str


@dataclass(slots=True)
class AccountDefaults:
    """The account's default permissions; where it has none, everything in the account."""


Access = Only | Role | AccountDefaults
"""Where the permissions come from."""


class Terms(TypedDict, total=False):
    """How long, from where, and under which name a grant holds."""

    name: str | None
    """The name by which the server shows the connection."""
    expires_in: int | timedelta | None
    """When the server ends the connection, in seconds; less than one admits nobody. The default,
    and the most that the host accepts, are the operator's."""
    transports: Iterable[Transport]
    """Over which the grant holds; empty: the one that the client uses."""
    source_networks: str | Iterable[str]
    """CIDR blocks from which the grant holds; empty: wherever the client is."""
    tags: str | Iterable[str]
    """For the operator's eyes."""
    options: Mapping[str, str] | Iterable[tuple[str, str]]
    """For newer hosts; a name that the host does not know is a denial."""


@dataclass(slots=True)
class Grant:
    """Leave to connect. ``only``, ``account_defaults`` and ``role`` make one."""

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
        """Into this account, with what is named here and nothing else.

        ``can`` takes abilities, a sentence each (``wit/abilities.md``): ``"kv read settings"``,
        ``"request orders.*"``. Make those that contain a name from the request with ``ability``.
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
        """Into this account, with its default permissions; where it has none, with everything in
        the account."""
        return _grant(account, AccountDefaults(), **terms)

    @classmethod
    def role(cls, account: str, role: str, **terms: Unpack[Terms]) -> Grant:
        """Into this account, with the permissions of one of its scoped signing keys, by the name
        that the operator gave it. Operator mode only."""
        return _grant(account, Role(role), **terms)


@dataclass(slots=True)
class Deny:
    """Out, at once. The text is short and fixed for each cause; the client never sees it."""

    value: str


@dataclass(slots=True)
class Ignore:
    """Out, without an answer: the client waits until the server's timeout."""

    value: str


@dataclass(slots=True)
class Pass:
    """The next policy of the chain decides. The end of the chain is a denial."""


@dataclass(slots=True)
class Allow:
    """In, with this grant and no more."""

    value: Grant


Decision = Deny | Ignore | Pass | Allow
"""What becomes of the client."""


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
    """Whole seconds: a fraction is cut off, and what is over is denied either way."""
    seconds = lifetime if isinstance(lifetime, (int, float)) else lifetime.total_seconds()
    return min(max(int(seconds), 0), U32_MAX)


def _list(entries: str | Iterable[str]) -> list[str]:
    """A text would be a list of its letters."""
    return [entries] if isinstance(entries, str) else list(entries)
