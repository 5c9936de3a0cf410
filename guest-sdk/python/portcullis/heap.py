"""Where the objects of a component are in its memory.

A decision starts from a snapshot, and each page that the decision writes has to be copied first:
this, not computing, is the cost of a decision. Loading modules and data leaves free places of all
sizes, and the objects of a decision would be spread over a hundred of them, on as many pages. So
these holes are filled before.
"""

# Modules that the package needs come first, so that the package itself is in one place.
import dataclasses
import enum
import hmac
import json
import re
import typing

import wit_world.imports.log  # type: ignore[import-not-found]
import wit_world.imports.types  # type: ignore[import-not-found]

_STANDS_ON = (dataclasses, enum, hmac, json, re, typing, wit_world)
_SIZE_MAX = 2_048
_SIZE_STEP = 8
_SIDE_BY_SIDE_BYTES = 16_384
"""This many objects of one size, one after the other, are not in a hole."""
_FILLERS_MAX = 50_000

_fillers: list[bytes] = []


def fill_holes() -> None:
    """Takes every free place between living objects, up to a reasonable number."""
    held = [b""] * _FILLERS_MAX
    count = 0
    for size in range(_SIZE_MAX, 0, -_SIZE_STEP):
        start, last = count, 0
        while (count - start) * size < _SIDE_BY_SIDE_BYTES and count < _FILLERS_MAX:
            held[count] = filler = bytes(size)
            if not 0 < id(filler) - last < size + 64:
                start = count
            last = id(filler)
            count += 1
        # These were not holes, and are freed again.
        for place in range(start, count):
            held[place] = b""
        count = start
    _fillers.extend(held[:count])


def open_holes() -> None:
    """Frees the holes, for objects that will stay."""
    _fillers.clear()
