from __future__ import annotations

import json
from typing import Any, NoReturn

from .entries import Entry
from .errors import ConfigurationError


class Settings:
    """What the operator configured for the policy: a table of settings, and data files."""

    __slots__ = ("_data", "_json")

    def __init__(self, json: str, data: list[tuple[str, bytes]]) -> None:
        self._json = json
        self._data = data

    def json(self) -> Any:
        """The ``settings`` table of the policy, decoded; an empty dict if there is none."""
        return _decode(self._json, "settings")

    def json_text(self) -> str:
        """The JSON text of the ``settings`` table."""
        return self._json

    def entry(self) -> Entry:
        """The ``settings`` table, to be read entry by entry."""
        return Entry(self.json(), "settings")

    def data(self, name: str) -> bytes:
        """The bytes of a data file.

        An error says that the file is missing, how to pass it, and which files there are.
        """
        for known, contents in self._data:
            if known == name:
                return contents
        given = ", ".join(self.data_names()) or "none"
        raise ConfigurationError(
            f"{name}: the policy needs this data file: give it with --data {name}, or "
            f"--data {name}=FILE if it has another name (given: {given})"
        )

    def data_text(self, name: str) -> str:
        """A data file that contains UTF-8 text."""
        try:
            return self.data(name).decode()
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"{name}: not UTF-8 after byte {error.start}") from None

    def data_json(self, name: str) -> Any:
        """A data file that contains JSON, decoded.

        An error names the line that is not valid JSON, or the key that appears twice in an object,
        because one of its values would be lost.
        """
        return _decode(self.data_text(name), name)

    def data_entry(self, name: str) -> Entry:
        """A data file that contains JSON, to be read entry by entry: see ``Entry``."""
        return Entry(self.data_json(name), name)

    def data_names(self) -> list[str]:
        """The names of all data files, in order."""
        return [name for name, _ in self._data]


def _decode(text: str, source: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        decoded = dict(pairs)
        if len(decoded) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise ConfigurationError(f"{source}: {json.dumps(twice)} appears twice in one object")
        return decoded

    def refuse(constant: str) -> NoReturn:
        raise ConfigurationError(f"{source}: {constant} is not valid JSON")

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{source}, line {error.lineno}: {error.msg}") from None
    except RecursionError:
        raise ConfigurationError(f"{source}: nested too deeply") from None
