"""The words in which a policy answers."""

from .contract import Allow, Deny, Grant, Ignore, Pass


def allow(grant: Grant) -> Allow:
    """The client is in, with this grant and no more."""
    return Allow(grant)


def deny(cause: str) -> Deny:
    """The client is out, at once. The cause is a short, fixed text ("wrong password"): the operator
    reads it and the host counts by it, the client never sees it."""
    return Deny(cause)


def ignore(cause: str) -> Ignore:
    """The client is out and hears nothing until the server's timeout, which slows down guessing.
    The cause as in ``deny``."""
    return Ignore(cause)


def pass_() -> Pass:
    """The next policy of the chain decides. The end of the chain is a denial."""
    return Pass()
