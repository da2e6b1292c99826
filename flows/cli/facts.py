"""Facts with their names, one below the other: on a screen a long one goes on beneath its beginning."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.text import Text

from flows.cli.terminal import console

NAME = 14
"""Columns of a screen that the name of a fact takes."""
# Words, fields of a record, parts of a path: where a line may end.
_PIECES = re.compile(r"[^\s,;/]*[\s,;/]+|[^\s,;/]+")


def print_fact(name: str, fact: str, room: int = NAME) -> None:
    """Print a fact behind its name, which takes `room` columns; in a pipe it is one line, whatever its length.

    A fact without a blank that is wider than the screen, such as an address, is not broken, so that it can be followed.
    """
    inside = console.width - room
    if not console.is_terminal or (" " not in fact and "," not in fact):
        console.print(Text(f"{name:<{room}}{fact}"), soft_wrap=True)
        return
    lines = folded(fact, inside)
    for number, line in enumerate(lines):
        console.print(Text(f"{'' if number else name:<{room}}{line}"), soft_wrap=True)


def folded(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, unless one word, field or part of a path is wider.

    >>> folded("raw/gacc/file.csv line 104", 14)
    ['raw/gacc/', 'file.csv line', '104']
    """
    lines, start = [], ""
    for piece in _PIECES.findall(" ".join(text.split())):
        if start and cell_len(start + piece.rstrip()) > width:
            lines.append(start.rstrip())
            start = ""
        start += piece
    return [*lines, start.rstrip()]
