"""Tables that fit the screen: numbers and codes stay whole, and a line of words ends between two words.

A table is drawn with the first of these that is narrow enough: a frame; a frame and folded words; no frame; no frame
and folded words, paths too, which then may break after a slash; else a block of lines per row, one line per value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

_WORDS = re.compile(r"\S+\s*|\s+")
_PATH_PARTS = re.compile(r"[^/]*/+\s*|[^/]+")
_WORD_PARTS = re.compile(r"[^/_-]*[/_-]+\s*|[^/_-]+")


@dataclass(frozen=True)
class FilledColumn:
    """A column with its cells; numbers go to the right, and `is_text` says whether its cells may be folded."""

    name: str
    cells: list[Text]
    is_number: bool
    is_text: bool

    @property
    def is_prose(self) -> bool:
        """Whether a cell has more than one word; else they are codes, paths or names."""
        return self.is_text and any(" " in cell.plain for cell in self.cells)

    def pieces(self, text: str, is_lean: bool) -> list[str]:
        """What of a line may not be broken: words; without a frame only the parts of a path, or of a word in prose."""
        if not self.is_text:
            return [text]
        words = _WORDS.findall(text)
        parts = _WORD_PARTS if self.is_prose else _PATH_PARTS
        return [piece for word in words for piece in parts.findall(word)] if is_lean else words

    @property
    def natural(self) -> int:
        """The width at which nothing is folded."""
        return max([1, cell_len(self.name), *(_width(cell.plain) for cell in self.cells)])

    def least(self, is_lean: bool) -> int:
        """The width below which a word of the heading or a piece of a cell would break."""
        pieces = _WORDS.findall(self.name)
        for cell in self.cells:
            for line in cell.plain.splitlines():
                pieces += self.pieces(line, is_lean)
        return max([1, *(cell_len(piece.rstrip()) for piece in pieces)])

    def folded(self, cell: Text, width: int, is_lean: bool) -> Text:
        """The cell with a line break wherever the next word, or of a word wider than that a piece, has no room."""
        if not self.is_text or _width(cell.plain) <= width:
            return cell
        lines: list[str] = []
        for line in cell.plain.splitlines():
            start = ""
            for word in _WORDS.findall(line):
                for piece in [word] if cell_len(word.rstrip()) <= width else self.pieces(word, is_lean):
                    if start and cell_len(start + piece.rstrip()) > width:
                        lines.append(start.rstrip())
                        start = ""
                    start += piece
            lines.append(start.rstrip())
        return Text("\n".join(lines), style=cell.style)


def fit(columns: list[FilledColumn], title: str | None, room: int) -> Table:
    """The table of these columns, at most `room` characters wide unless a single value is wider."""
    natural = [column.natural for column in columns]
    for is_lean in (False, True):
        inside = room - (2 * (len(columns) - 1) if is_lean else 3 * len(columns) + 1)
        if sum(natural) <= inside:
            return _drawn(columns, natural, title, is_lean)
        least = [column.least(is_lean) for column in columns]
        if sum(least) <= inside:
            return _drawn(columns, _shared(natural, least, inside), title, is_lean)
    return _blocks(columns, title, room)


def _shared(natural: list[int], least: list[int], inside: int) -> list[int]:
    """Widths that fill `inside`: what is left goes to the narrowest column that is folded, so that the longest fold."""
    widths = list(least)
    for _ in range(inside - sum(least)):
        widths[min((i for i in range(len(widths)) if widths[i] < natural[i]), key=widths.__getitem__)] += 1
    return widths


def _drawn(columns: list[FilledColumn], widths: list[int], title: str | None, is_lean: bool) -> Table:
    lean: dict[str, Any] = {"box": box.SIMPLE_HEAD, "show_edge": False, "pad_edge": False, "padding": (0, 1, 0, 0)}
    table = Table(title=title, title_justify="left", header_style="bold", **(lean if is_lean else {}))
    cells = []
    for column, width in zip(columns, widths, strict=True):
        side: JustifyMethod = "right" if column.is_number else "left"
        table.add_column(Text(column.name), justify=side, width=width, overflow="fold")
        cells.append([column.folded(cell, width, is_lean) for cell in column.cells])
    for row in zip(*cells, strict=True):
        table.add_row(*row)
    return table


def _blocks(columns: list[FilledColumn], title: str | None, room: int) -> Table:
    inside = max(1, room - 2 - max(cell_len(column.name) for column in columns))
    table = Table(title=title, title_justify="left", box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for number, row in enumerate(zip(*(column.cells for column in columns), strict=True)):
        if number:
            table.add_row()
        for column, cell in zip(columns, row, strict=True):
            table.add_row(Text(column.name), column.folded(cell, inside, is_lean=True))
    return table


def _width(text: str) -> int:
    return max(map(cell_len, text.splitlines()), default=0)
