from hmac import compare_digest


def same_secret(presented: str | None, expected: str) -> bool:
    """Whether a secret that a client presented is the expected one, in a time that depends on the
    length of the presented one alone. A client that measures it learns nothing of the expected
    secret.

    An empty secret is never the same as anything: a forgotten password must not become an open
    door. Neither is one that was not presented.

    Where there may be none to compare with, such as the password of an unknown user, compare with
    some other text all the same: the time would tell which users there are.
    """
    # compare_digest takes the time that its second argument does.
    same = compare_digest(_bytes(expected), _bytes(presented or ""))
    return same and expected != ""


def _bytes(text: str) -> bytes:
    """JSON has texts that UTF-8 has not: half of a pair of surrogates."""
    return text.encode("utf-8", "surrogatepass")
