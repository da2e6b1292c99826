"""Cells of a workbook that are merged over several rows: what holds for each stands in the first alone."""

from __future__ import annotations

import re
from typing import BinaryIO

_RANGE = re.compile(rb'mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"[-+]?[\d.,]+")
_CHUNK = 1 << 20
_LONGEST_TAG = 200


class MergedDown:
    """The merged cells of a sheet, to be asked for its rows in their order.

    A label or a year holds for all rows it is merged over. A figure does not: it would be counted once for each.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._last_row: dict[tuple[int, int], int] = {}
        rest = b""
        while chunk := source.read(_CHUNK):
            for column, first, last in _RANGE.findall(rest + chunk):
                if last != first:
                    self._last_row[_number(column), int(first)] = int(last)
            rest = (rest + chunk)[-_LONGEST_TAG:]
        self._held: dict[int, tuple[str, int]] = {}

    def filled(self, number: int, cells: list[str | None]) -> list[str | None]:
        """A row with the labels merged over it."""
        for at, (text, last) in list(self._held.items()):
            if number > last:
                del self._held[at]
                continue
            cells.extend([None] * (at + 1 - len(cells)))
            cells[at] = cells[at] or text
        if self._last_row:
            for at, held in enumerate(cells):
                last_row = self._last_row.get((at + 1, number))
                if last_row and held and (_YEAR.fullmatch(held) or not _NUMBER.fullmatch(held)):
                    self._held[at] = (held, last_row)
        return cells


def _number(letters: bytes) -> int:
    """The column of AB as a number, A being 1."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
