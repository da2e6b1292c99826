"""The book of questions in queries/: read, asked, and its answers written anew.

    python -m tests.query_book bundled=warehouse/trade.duckdb demo=warehouse/demo/trade.duckdb
    python -m tests.query_book --times bundled=warehouse/trade.duckdb demo=warehouse/demo/trade.duckdb

The second line leaves the book alone and prints how long each query takes, the slowest last.

A question is a comment with a number, a comment naming the world it is asked in, and one query; the answer follows as
comment lines that begin with `-->`.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
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


def times(world: str, warehouse: Path, rounds: int = 7) -> dict[str, float]:
    """Median milliseconds of each query of a world, by its number, after one round that does not count."""
    with duckdb.connect(str(warehouse), read_only=True, config={"threads": 2}) as con:
        return {
            question.number: statistics.median([_milliseconds(con, question.query) for _ in range(rounds + 1)][1:])
            for question in questions()
            if question.world == world
        }


def _milliseconds(con: duckdb.DuckDBPyConnection, query: str) -> float:
    started = time.perf_counter()
    con.execute(query).fetchall()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    worlds = [argument.partition("=") for argument in sys.argv[1:] if "=" in argument]
    if "--times" in sys.argv:
        taken = {(name, number): ms for name, _, path in worlds for number, ms in times(name, Path(path)).items()}
        for (name, number), ms in sorted(taken.items(), key=lambda item: item[1]):
            print(f"{name:8} {number:>5} {ms:8.1f} ms")
    else:
        for name, _, path in worlds:
            write(name, Path(path))
