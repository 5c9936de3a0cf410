"""What a client may do, in sentences. ``wit/abilities.md`` has them all, with their limits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from .errors import ConfigurationError

_FORMS = [
    ("publish", "SUBJECT"),
    ("subscribe", "SUBJECT [QUEUE]"),
    ("request", "SUBJECT"),
    ("reply", "SUBJECT [QUEUE]"),
    ("service offer", "NAME"),
    ("service find", "[NAME]"),
    ("stream publish", "SUBJECT"),
    ("stream view", "STREAM"),
    ("stream consume", "STREAM [CONSUMER]"),
    ("stream manage", "STREAM"),
    ("kv read", "BUCKET [KEY...]"),
    ("kv write", "BUCKET [KEY...]"),
    ("kv manage", "BUCKET"),
    ("object read", "BUCKET"),
    ("object write", "BUCKET"),
    ("object manage", "BUCKET"),
    ("mqtt publish", "TOPIC-FILTER"),
    ("mqtt subscribe", "TOPIC-FILTER"),
]

_SPACE_OR_CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")
_ASSET_BYTES_MAX = 255
_SUBJECT_BYTES_MAX = 1_024
_SUBJECT_TOKENS_MAX = 32
_KEY_TOKENS_MAX = 23


def ability(words: str, *names: str) -> str:
    """Makes a sentence with names from elsewhere: ``ability("kv read", "users", name)``.

    A name that is empty or contains a space would be read as no name or as several. It gives a
    sentence that begins with a word with which no ability begins, so that the client is denied. A
    value that the client chose may also contain ``*``, ``>`` or ``.``: check it before you put it
    into a subject or a key.
    """
    for name in names:
        if not name or _SPACE_OR_CONTROL.search(name):
            return f'invalid name "{name}" for {words}'
    return " ".join((words, *names))


def check_ability(sentence: str) -> None:
    """Checks that this is an ability with valid names; if not, a ``ConfigurationError`` says why.
    For policies that read abilities from their settings or data."""
    fault = _fault(sentence)
    if fault is not None:
        raise ConfigurationError(f'"{sentence}" is not an ability; {fault}')


def check_subject(subject: str) -> None:
    """Checks that this is an entry of a list for publishing, which is one subject, wildcards
    included; if not, a ``ConfigurationError`` says why. For policies that read subjects from their
    settings or data."""
    fault = name_fault("SUBJECT", subject)
    if not subject:
        fault = "is empty; write a subject"
    elif _SPACE_OR_CONTROL.search(subject):
        fault = "has white space or control characters; write each subject as an entry of its own"
    if fault is not None:
        raise ConfigurationError(f"{_quoted(subject)} {fault}")


def check_subscription(entry: str) -> None:
    """As ``check_subject``, for an entry of a list for subscribing: ``subject`` or ``subject
    queue``."""
    subject, blank, queue = entry.partition(" ")
    if not blank:
        check_subject(entry)
        return
    fault = name_fault("SUBJECT", subject) or name_fault("QUEUE", queue)
    if not subject or not queue or _SPACE_OR_CONTROL.search(subject + queue):
        fault = 'has white space or control characters; write "subject" or "subject queue"'
    elif len(entry.encode()) > _SUBJECT_BYTES_MAX:
        fault = "is longer than 1,024 bytes"
    if fault is not None:
        raise ConfigurationError(f"{_quoted(entry)} {fault}")


def name_fault(kind: str, name: str) -> str | None:
    """Why such a name cannot exist, in words that follow the name; None if it can."""
    if not name:
        return "is empty"
    if _SPACE_OR_CONTROL.search(name):
        return "has white space or control characters"
    return _FAULTS[kind](name)


def _quoted(text: str) -> str:
    """With the escapes of JSON, as the policy's files have it."""
    return json.dumps(text, ensure_ascii=False)


def _fault(sentence: str) -> str | None:
    said = sentence.split(" ")
    if len(said) > 1 and "" in said:
        return "separate words by one space"
    for words, form in _FORMS:
        length = len(words.split(" "))
        if said[:length] == words.split(" "):
            names, slots = said[length:], form.split(" ")
            if _fits(slots, len(names)):
                return _names_fault(words, slots, names)
    return f"use {_forms_like(said[0])}"


def _fits(slots: list[str], names: int) -> bool:
    least = sum(not slot.startswith("[") for slot in slots)
    return least <= names and (slots[-1].endswith("...]") or names <= len(slots))


def _names_fault(words: str, slots: list[str], names: list[str]) -> str | None:
    kinds = [slot.strip("[.]") for slot in slots]
    for number, name in enumerate(names):
        kind = kinds[min(number, len(kinds) - 1)]
        if kind in ("BUCKET", "TOPIC-FILTER"):
            kind = f"{words} {kind}"
        fault = name_fault(kind, name)
        if fault is not None:
            return f'"{name}" {fault}'
    return None


def _forms_like(first: str) -> str:
    """The forms that begin with the same word; if there are none, all first words."""
    alike = [f"{words} {form}" for words, form in _FORMS if words.split(" ")[0] == first]
    forms = alike or list(dict.fromkeys(words.split(" ")[0] for words, _ in _FORMS))
    return forms[0] if len(forms) == 1 else f"{', '.join(forms[:-1])} or {forms[-1]}"


def _subject_fault(subject: str) -> str | None:
    """As the host checks it: nats-server would read a wildcard inside a token as a letter."""
    tokens = subject.split(".")
    if len(subject.encode()) > _SUBJECT_BYTES_MAX:
        return "is longer than 1,024 bytes"
    if len(tokens) > _SUBJECT_TOKENS_MAX:
        return "has more than 32 tokens"
    if "" in tokens:
        return "has an empty token; dots only separate tokens"
    if any(len(token) > 1 and ("*" in token or ">" in token) for token in tokens):
        return 'has a wildcard inside a token; "*" and ">" are tokens of their own'
    if ">" in tokens[:-1]:
        return 'has ">" before its end; ">" is the last token or none'
    return None


def _key_fault(key: str) -> str | None:
    """Where a server uses the key as a wildcard, a client would also reach deeper keys."""
    fault = _subject_fault(key)
    if fault is not None:
        return fault
    if key == "*" or key.endswith(".*"):
        return (
            "ends with *, which would also reach deeper keys; "
            "end with > or name the keys"
        )
    if len(key.split(".")) > _KEY_TOKENS_MAX:
        return "has more than 23 tokens, too many for a subject that contains it"
    return None


def _service_fault(name: str) -> str | None:
    """ADR-32 of NATS."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", name):
        return None
    return "is not a service name: use ASCII letters, digits, - and _"


def _asset_fault(prefix: str) -> Callable[[str], str | None]:
    """nats-server, ``isValidAssetName``; the server puts the stream's prefix before a bucket."""

    def fault(name: str) -> str | None:
        if len((prefix + name).encode()) > _ASSET_BYTES_MAX:
            return "is too long: 255 bytes at most, with the prefix of its stream if it is a bucket"
        if re.search(r"[.*>/\\]", name):
            return "has one of . * > / \\, which a name cannot have"
        return None

    return fault


def _topic_filter_fault(topic: str) -> str | None:
    """MQTT 3.1.1, 4.7.1. ``*`` and ``>`` would be NATS wildcards in a subject."""
    levels = topic.split("/")
    if any(len(level) > 1 and ("+" in level or "#" in level) for level in levels):
        return 'has a wildcard inside a level; "+" and "#" are levels of their own'
    if "#" in levels[:-1]:
        return 'has "#" before its end; "#" is the last level or none'
    if "*" in topic or ">" in topic:
        return "has * or >, the wildcards of NATS; those of MQTT are + and #"
    return None


def _heard_topic_filter_fault(topic: str) -> str | None:
    if topic == "+":
        return "would also reach deeper levels; write # or name the topics"
    return _topic_filter_fault(topic)


_FAULTS: dict[str, Callable[[str], str | None]] = {
    "SUBJECT": _subject_fault,
    "QUEUE": _subject_fault,
    "NAME": _service_fault,
    "STREAM": _asset_fault(""),
    "CONSUMER": _asset_fault(""),
    "KEY": _key_fault,
    "kv read BUCKET": _asset_fault("KV_"),
    "kv write BUCKET": _asset_fault("KV_"),
    "kv manage BUCKET": _asset_fault("KV_"),
    "object read BUCKET": _asset_fault("OBJ_"),
    "object write BUCKET": _asset_fault("OBJ_"),
    "object manage BUCKET": _asset_fault("OBJ_"),
    "mqtt publish TOPIC-FILTER": _topic_filter_fault,
    "mqtt subscribe TOPIC-FILTER": _heard_topic_filter_fault,
}
