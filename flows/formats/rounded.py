"""Numbers that a spreadsheet has rounded: it saves 2,698,031,000,000 as 2.7E+12, and the other digits are lost."""

from __future__ import annotations

import re
from pathlib import Path

from flows.formats.dropped import Dropped
from flows.machine import CHUNK_BYTES

_SIGN = b"E+"
_SHORTENED = re.compile(rb"(?<![^,;|\t\"' ])[-+]?(\d(?:[.,]\d+)?)E\+(\d{1,2})(?![^,;|\t\"'\s])")
_LINES_NAMED = 5


def rounded_numbers(path: Path) -> str:
    """A sentence on the numbers of a delimited file that have fewer digits than they should: how many, on which lines.

    Empty where there are none. A number that keeps all its digits, such as 1.25E+02, is as good as any.
    """
    if not _has_sign(path):
        return ""
    lines, first, n_found = [], "", 0
    with Dropped(path=path).open() as stream:
        for number, line in enumerate(stream, start=1):
            lost = [found for found in _SHORTENED.finditer(line) if _has_lost_digits(found)] if _SIGN in line else []
            if lost:
                lines.append(number)
                first = first or lost[0][0].decode()
                n_found += len(lost)
    if not lines:
        return ""
    numbers = "1 number" if n_found == 1 else f"{n_found:,} numbers"
    return (
        f"{path.name} was saved by a spreadsheet, which rounded {numbers}, {_named(lines)}; the first is {first}. "
        "The digits behind are lost: put in the file as it was downloaded."
    )


def _has_sign(path: Path) -> bool:
    tail = b""
    with Dropped(path=path).open() as stream:
        while chunk := stream.read(CHUNK_BYTES):
            if _SIGN in tail + chunk:
                return True
            tail = chunk[-1:]
    return False


def _has_lost_digits(found: re.Match[bytes]) -> bool:
    """Whether the number has more digits before its point than are written."""
    return int(found[2]) >= sum(letter in b"0123456789" for letter in found[1])


def _named(lines: list[int]) -> str:
    if len(lines) == 1:
        return f"on line {lines[0]}"
    named = ", ".join(map(str, lines[:_LINES_NAMED]))
    more = len(lines) - _LINES_NAMED
    return f"on lines {named}" + (f" and {more:,} more" if more > 0 else "")
