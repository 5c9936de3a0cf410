from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from .errors import ConfigurationError

_T = TypeVar("_T")
_PLAIN = re.compile(r"[\w-]+")


class Entry:
    """A value in a decoded document, and its place there.

    Each method says what the value has to be. If it is something else, the method raises a
    ``ConfigurationError`` with the file and the entry: ``users.json: bob.pass: expected a string,
    found a number``. Errors show no values, which may be secrets.

        for name, user in settings.data_entry("users.json").items():
            user.only("pass", "account")
            users[name] = user["pass"].text(), user["account"].text()
    """

    __slots__ = ("_path", "_source", "value")

    def __init__(self, value: Any, source: str, path: str = "") -> None:
        self.value = value
        self._source = source
        self._path = path

    def only(self, *known: str) -> None:
        """An object with only these keys."""
        names = ", ".join(known)
        for key in self._expect(dict, f"an object with {names}"):
            if key not in known:
                raise self._at(key).fault(f"unknown key; use one of {names}")

    def items(self) -> Iterator[tuple[str, Entry]]:
        """The keys of an object, each with its entry."""
        return ((key, self._at(key)) for key in self._table())

    def __getitem__(self, key: str) -> Entry:
        """The entry under this key of an object; it is an error if there is none."""
        if key not in self._table():
            raise self.fault(f"{_quoted(key)} is missing")
        return self._at(key)

    def get(self, key: str) -> Entry | None:
        """The entry under this key of an object, or None. ``null`` is an entry."""
        return self._at(key) if key in self._table() else None

    def entries(self) -> list[Entry]:
        """The entries of a list."""
        values = self._expect(list, "a list")
        where = self._path
        return [Entry(value, self._source, f"{where}[{n}]") for n, value in enumerate(values)]

    def text(self) -> str:
        """A text that is not empty."""
        text = self._expect(str, "a string")
        if not text:
            raise self.fault("must not be empty")
        return text

    def texts(self) -> list[str]:
        """A list of texts that are not empty."""
        return [entry.text() for entry in self.entries()]

    def integer(self, least: int, most: int) -> int:
        """A whole number between these two."""
        number = self._expect(int, "a whole number")
        if not least <= number <= most:
            raise self.fault(f"must be between {least} and {most}")
        return number

    def fault(self, text: str) -> ConfigurationError:
        """An error about this entry, to be raised."""
        where = f"{self._source}: {self._path}" if self._path else self._source
        return ConfigurationError(f"{where}: {text}")

    def _table(self) -> dict[str, Any]:
        return self._expect(dict, "an object")

    def _expect(self, kind: type[_T], words: str) -> _T:
        if not isinstance(self.value, kind) or (kind is int and isinstance(self.value, bool)):
            raise self.fault(f"expected {words}, found {_kind(self.value)}")
        return self.value

    def _at(self, key: str) -> Entry:
        dot = "." if self._path else ""
        return Entry(self.value[key], self._source, f"{self._path}{dot}{_quoted(key)}")


def _quoted(key: str) -> str:
    """Unchanged, or quoted if it has special characters."""
    return key if _PLAIN.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case dict():
            return "an object"
    return "something else"
