"""The book of questions in queries/: read, asked, and its answers written anew.

    python -m tests.query_book bundled=warehouse/trade.duckdb demo=warehouse/demo/trade.duckdb

A question is a comment with a number, a comment naming the world it is asked in, and one query; the answer follows as
comment lines that begin with `-->`.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from flows.settings import ROOT

BOOK = ROOT / "queries"
WORLDS = ("bundled", "demo")
_ENTRY = re.compile(
    r"^-- (?P<number>\d+\.\d+) (?P<question>[^\n]+)\n-- World: (?P<world>\w+)\n"
    r"(?P<query>[^;]+);\n(?P<answer>(?:-->[^\n]*\n)*)",
    flags=re.MULTILINE,
)


@dataclass(frozen=True)
class Question:
    """One entry of the book; `answer` is the text that stands under the query."""

    file: Path
    number: str
    question: str
    world: str
    query: str
    answer: str


def questions() -> list[Question]:
    """All entries, in the order of the book."""
    return [
        Question(file, **match.groupdict())
        for file in sorted(BOOK.glob("*.sql"))
        for match in _ENTRY.finditer(file.read_text(encoding="utf-8"))
    ]


def answered(con: duckdb.DuckDBPyConnection, query: str) -> str:
    """What a query answers, as the comment lines of the book."""
    cursor = con.execute(query)
    names = [column[0] for column in cursor.description or []]
    rows = [[_shown(value) for value in row] for row in cursor.fetchall()]
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in [names, *rows]]
    return "".join(f"--> {line}".rstrip() + "\n" for line in lines)


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def write(world: str, warehouse: Path) -> None:
    """Write the answers of one world into the book."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        for file in sorted(BOOK.glob("*.sql")):
            text = file.read_text(encoding="utf-8")
            for match in reversed(list(_ENTRY.finditer(text))):
                if match["world"] == world:
                    start, end = match.span("answer")
                    text = text[:start] + answered(con, match["query"]) + text[end:]
            file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        named, _, path = argument.partition("=")
        write(named, Path(path))
