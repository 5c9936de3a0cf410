"""Functions that make decisions."""

from .contract import Allow, Deny, Grant, Ignore, Pass


def allow(grant: Grant) -> Allow:
    """Admits the client with this grant."""
    return Allow(grant)


def deny(cause: str) -> Deny:
    """Denies the client at once. The cause is a short, fixed text ("wrong password"). The operator
    reads it and the host counts by it; the client never sees it."""
    return Deny(cause)


def ignore(cause: str) -> Ignore:
    """Denies the client without an answer until the server's timeout, which slows down guessing.
    The cause is as in ``deny``."""
    return Ignore(cause)


def pass_() -> Pass:
    """Leaves the decision to the next policy of the chain. At its end the client is denied."""
    return Pass()
