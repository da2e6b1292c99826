"""Delimited text: its header, its encoding, and what is wrong with either, told in one sentence."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from flows.contracts import Table
from flows.errors import FileRefused
from flows.formats.bounds import temporary_file
from flows.formats.dropped import Dropped

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def header_in(start: bytes, delimiter: str = ",", encoding: str = "utf-8", row: int = 1) -> list[str]:
    """Column names in line `row`; a trailing delimiter adds none. Empty when the content is not text."""
    lines = start.decode(_with_mark(encoding), errors="replace").splitlines()
    try:
        names = next(csv.reader(io.StringIO(lines[row - 1] if len(lines) >= row else ""), delimiter=delimiter), [])
    except csv.Error:
        return []
    return [name.strip() for name in (names[:-1] if names and names[-1] == "" else names)]


def header_of(path: Path, table: Table) -> list[str]:
    """Column names of a raw file, read as its contract says."""
    assert table.separator, table.format
    return header_in(Dropped(path=path).start(), table.separator, table.encoding, table.header_row)


def has_trailing_delimiter(path: Path, table: Table) -> bool:
    """Whether the header ends in a delimiter, so that every line has one nameless field more."""
    lines = Dropped(path=path).start().decode(_with_mark(table.encoding), errors="replace").splitlines()
    return len(lines) >= table.header_row and lines[table.header_row - 1].endswith(table.separator or "")


def encoding_problem(start: bytes, encoding: str, name: str) -> str | None:
    """What keeps `start`, the beginning of a file, from being text in `encoding`; none where nothing does."""
    advice = "save it as UTF-8, or say `encoding:` in the contract if it is a table of your own"
    if start.startswith(_UTF16) and not encoding.lower().replace("_", "-").startswith("utf-16"):
        return f"{name} is written in UTF-16; {advice}."
    if b"\0" in start and not encoding.lower().startswith("utf-16"):
        return f"{name} is not a text file; save it as CSV or XLSX."
    try:
        codecs.getincrementaldecoder(_with_mark(encoding))().decode(start)  # a letter cut off at the end is no fault
    except UnicodeDecodeError as error:
        line = start[: error.start].count(b"\n") + 1
        return (
            f"{name} is not written in {encoding.upper()} (byte 0x{start[error.start]:02x} in line {line}); {advice}."
        )
    except LookupError:
        return f"{name}: the contract names the encoding {encoding!r}, which does not exist."
    return None


def repeated(names: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Which of the `wanted` columns stand more than once in a header."""
    count = Counter(name.casefold() for name in names)
    return [name for name in wanted if count[name.casefold()] > 1]


def place_of(names: Sequence[str], table: Table, file_name: str) -> dict[str, int]:
    """Position in the header of every column of a contract, by its name there.

    Raises FileRefused naming the columns that are missing or stand there twice.
    """
    at = {name.casefold(): position for position, name in reversed(list(enumerate(names)))}
    wanted = [column.header for column in table.columns]
    if twice := repeated(names, wanted):
        which = ", ".join(repr(name) for name in twice)
        raise FileRefused(f"{file_name}: the header has {which} more than once; rename or delete the others.")
    if missing := [name for name in wanted if name.casefold() not in at]:
        what = f"the columns {', '.join(missing)} of {table.source}.{table.name} are missing"
        raise FileRefused(f"{file_name}: {what}.")
    return {column.name: at[column.header.casefold()] for column in table.columns}


@contextlib.contextmanager
def as_utf8(path: Path, table: Table) -> Iterator[Path]:
    """The file itself, or a copy in UTF-8 for the time being. Raises FileRefused when it is not in its encoding."""
    if codecs.lookup(table.encoding).name == "utf-8":
        yield path
        return
    with temporary_file("w", suffix=".csv", encoding="utf-8", newline="") as copy:
        try:
            with Dropped(path=path).open() as stream:
                shutil.copyfileobj(io.TextIOWrapper(stream, encoding=_with_mark(table.encoding), newline=""), copy)
        except UnicodeError as error:
            raise FileRefused(
                f"{path.name} is not written in {table.encoding} as its contract says: {error}."
            ) from error
        copy.flush()
        yield Path(copy.name)


def _with_mark(encoding: str) -> str:
    """The encoding with its byte order mark taken off, where it has one."""
    try:
        return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
    except LookupError:
        return "utf-8-sig"
