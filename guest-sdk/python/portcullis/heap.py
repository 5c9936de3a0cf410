"""Where the objects of a component lie in its memory.

A decision starts from a snapshot, and each page of it that the decision writes has to be copied
first: that, not computing, is what a decision costs. Whoever loads modules and data leaves free
places of all sizes behind, and what a decision allocates would come to lie in a hundred of them, on
as many pages. So the holes are filled before.
"""

# What the package stands on comes first, so that the package itself lies together.
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
"""As much of one size, one after the other, lies in no hole."""
_FILLERS_MAX = 50_000

_fillers: list[bytes] = []


def fill_holes() -> None:
    """Takes every free place between living objects, as far as there is a reasonable number."""
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
        # These were no holes, and are given back.
        for place in range(start, count):
            held[place] = b""
        count = start
    _fillers.extend(held[:count])


def open_holes() -> None:
    """Gives the holes back, for what is going to stay."""
    _fillers.clear()
