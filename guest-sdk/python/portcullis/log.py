"""Lines for the operator's log: ``log.info(f"{len(users)} users")``.

The host adds the policy's name and version, and limits the lines of a decision. In tests the lines
go to standard error. Do not write secrets: the host removes those of the request, but it does not
know others.
"""

import sys as _sys
from collections.abc import Callable as _Callable
from typing import Any as _Any


def _to_standard_error(level: str, message: str) -> None:
    print(f"{level}: {message}", file=_sys.stderr)


_write: _Callable[[_Any, str], None] = _to_standard_error
_DEBUG: _Any = "debug"
_INFO: _Any = "info"
_WARN: _Any = "warn"
_ERROR: _Any = "error"

if _sys.platform == "wasi":
    from wit_world.imports import log as _host  # type: ignore[import-not-found]

    _write = _host.write
    _DEBUG, _INFO = _host.Level.DEBUG, _host.Level.INFO
    _WARN, _ERROR = _host.Level.WARN, _host.Level.ERROR


def debug(message: str) -> None:
    """For the policy's author."""
    _write(_DEBUG, message)


def info(message: str) -> None:
    """Useful to know; the operator has nothing to do."""
    _write(_INFO, message)


def warn(message: str) -> None:
    """Something is wrong, but the policy continues."""
    _write(_WARN, message)


def error(message: str) -> None:
    """The policy cannot do its work, for this request or for any."""
    _write(_ERROR, message)
