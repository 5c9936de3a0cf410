"""Every field of the request, one on each line."""

from collections.abc import Iterator

from portcullis import Certificate, Request, Tls

CERTIFICATE_FIELDS = (
    "subject",
    "issuer",
    "serial",
    "dns_names",
    "ip_addresses",
    "emails",
    "uris",
    "not_before",
    "not_after",
    "fingerprint",
    "key_fingerprint",
    "pem",
)


def lines(request: Request) -> Iterator[str]:
    yield f"received-at={request.received_at}"
    server = ("id", "name", "host", "version", "cluster", "tags")
    yield from fields("server", request.server, server)
    yield from fields("client", request.client, ("id", "host"))
    if request.transport is not None:
        yield f"client.transport={request.transport.name.lower()}"
    client = ("name", "lang", "version", "mqtt_client_id")
    yield from fields("client", request.client, client)
    credentials = ("user", "password", "token", "jwt", "nkey")
    yield from fields("credentials", request.credentials, credentials)
    if request.tls is not None:
        yield from tls_lines(request.tls)
    if request.sentinel is not None:
        sentinel = ("user", "account", "name", "tags")
        yield from fields("sentinel", request.sentinel, sentinel)
    yield f"user-nkey={request.user_nkey}"
    for name, value in request.attributes:
        yield f"attributes.{name}={value}"


def tls_lines(tls: Tls) -> Iterator[str]:
    yield from fields("tls", tls, ("version", "cipher"))
    yield from certificates("verified", tls.verified)
    yield from certificates("presented", tls.presented)


def certificates(name: str, chain: list[Certificate]) -> Iterator[str]:
    for number, certificate in enumerate(chain):
        yield from fields(f"tls.{name}.{number}", certificate, CERTIFICATE_FIELDS)


def fields(path: str, record: object, names: tuple[str, ...]) -> Iterator[str]:
    """Absent fields have no line, lists have one for each element."""
    for name in names:
        value = getattr(record, name)
        values = value if isinstance(value, list) else [] if value is None else [value]
        for each in values:
            yield f"{path}.{name.replace('_', '-')}={each}"
