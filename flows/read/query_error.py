"""What is wrong with a query, in one sentence with its place: DuckDB's words without its drawing."""

from __future__ import annotations

import re

_POINTED = re.compile(r"\n+LINE (?P<line>\d+): (?P<shown>[^\n]*)\n(?P<blank> *)\^", re.DOTALL)


_NO_FILES = (
    ": a query reads the published tables and reaches no other file. `--csv` and `--json` print its rows, `\\o` in the "
    "prompt writes them to a file."
)


NOTHING_STAYS = (
    "Nothing a query sets or begins stays for the next: each has a connection of its own. Settings of DuckDB are fixed "
    "here, and a table is named with its schema, such as marts.partner_rank."
)


def sentence(message: str, sql: str) -> str:
    """DuckDB's `message` about `sql` on one line: where (line and column, counted from 1), and what."""
    pointed = _POINTED.search(message)
    said = re.sub(r"!(\s|$)", r".\1", message[: pointed.start()] if pointed else message)
    kind, colon, rest = said.partition(": ")
    text = " ".join(f"{kind.capitalize()}{colon}{rest}".split())
    if kind == "Permission Error" and "file system" in rest:
        return " ".join(rest.partition(" - ")[0].split()) + _NO_FILES
    if "configuration has been locked" in message:
        return NOTHING_STAYS
    if pointed is None:
        return text
    number, shown = int(pointed["line"]), pointed["shown"]
    column = len(pointed["blank"]) - len(f"LINE {number}: ")
    lines = sql.splitlines()
    if shown.startswith("...") and number <= len(lines):  # a long line is shown from its middle
        start = lines[number - 1].find(shown.strip("."))
        column += start - len("...") if start >= 0 else 0
    where = f"line {number}, column {column + 1}"
    return f"{kind.capitalize()} at {where}: {' '.join(rest.split())}"
