from hmac import compare_digest


def same_secret(presented: str | None, expected: str) -> bool:
    """Whether a secret that a client presented is the expected one. The time depends only on the
    length of the presented secret, so that a client that measures it learns nothing about the
    expected secret.

    An empty secret never matches, nor does one that was not presented: a forgotten password must
    not admit anyone.

    If there is no secret to compare with, such as the password of an unknown user, compare with
    some other text anyway: otherwise the time would tell which users exist.
    """
    # The time of compare_digest depends on its second argument.
    same = compare_digest(_bytes(expected), _bytes(presented or ""))
    return same and expected != ""


def _bytes(text: str) -> bytes:
    """JSON strings can contain what UTF-8 cannot: half of a surrogate pair."""
    return text.encode("utf-8", "surrogatepass")
