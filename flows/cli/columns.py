"""Tables that go without some columns where a terminal is narrow, so that no figure is ever cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from rich.cells import cell_len
from rich.text import Text

from flows.read.wording.numbers import words

Row = TypeVar("Row")


class Column(NamedTuple, Generic[Row]):
    """A column: its head, its value of a row, whether it is text, and when a narrow terminal goes without it.

    Those with a turn are left out in its order, 1 first; those without one stay.
    """

    head: str
    value: Callable[[Row], str | Text]
    is_text: bool = False
    turn: int = 0

    @property
    def name(self) -> str:
        """The head in one line."""
        return " ".join(self.head.split())

    def width(self, rows: Sequence[Row]) -> int:
        """Characters that the longest of its lines takes."""
        texts = (self.head, *(str(self.value(row)) for row in rows))
        return max(cell_len(line) for text in texts for line in text.splitlines() or [""])


Columns = tuple[Column[Row], ...]


def with_room(columns: Columns[Row], least: Callable[[Columns[Row]], int], room: int) -> Columns[Row]:
    """The columns of which a table is at most `room` characters wide, less one by one in the order of their turn.

    `least` is the width of a table with the columns it is given.
    """
    shown = columns
    for leaving in sorted((column for column in columns if column.turn), key=lambda column: column.turn):
        if least(shown) <= room:
            break
        shown = tuple(column for column in shown if column is not leaving)
    return shown


def left_out(columns: Columns[Row], shown: Columns[Row], least: Callable[[Columns[Row]], int]) -> str:
    """A sentence on the columns that are not shown, and the width at which they are; empty where all are."""
    names = [f"`{column.name}`" for column in columns if column not in shown]
    return f"A terminal of {least(columns)} columns has room for {words(names)} too." if names else ""
