"""Cells of a workbook that are merged over several rows: what holds for each stands in the first alone."""

from __future__ import annotations

import re
from typing import BinaryIO

from flows.machine import CHUNK_BYTES

_RANGE = re.compile(rb'mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"[-+]?[\d.,]+")
_LONGEST_TAG = 200


class MergedDown:
    """The merged cells of a sheet, to be asked for its rows in their order.

    A label or a year holds for all rows it is merged over. A figure does not: it would be counted once for each.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._last_rows: dict[int, dict[int, int]] = {}  # by the first row, of each column
        rest = b""
        while chunk := source.read(CHUNK_BYTES):
            for column, first, last in _RANGE.findall(rest + chunk):
                if last != first:
                    self._last_rows.setdefault(int(first), {})[_number(column) - 1] = int(last)
            rest = (rest + chunk)[-_LONGEST_TAG:]
        self._held: dict[int, tuple[str, int]] = {}

    def filled(self, number: int, cells: list[str | None]) -> list[str | None]:
        """A row with the labels merged over it."""
        over = [at for at, (_, last) in self._held.items() if number > last]
        for at in over:
            del self._held[at]
        cells.extend([None] * (max(self._held, default=-1) + 1 - len(cells)))
        for at, (text, _) in self._held.items():
            cells[at] = cells[at] or text
        for at, last in self._last_rows.get(number, {}).items():
            held = cells[at] if at < len(cells) else None
            if held and (_YEAR.fullmatch(held) or not _NUMBER.fullmatch(held)):
                self._held[at] = (held, last)
        return cells


def _number(letters: bytes) -> int:
    """The column of AB as a number, A being 1."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
