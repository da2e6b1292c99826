"""Delimited text: its header, its encoding, and what is wrong with either, told in one sentence."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import itertools
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from flows.contracts import Table
from flows.errors import ColumnsMissing, FileRefused
from flows.formats.bounds import temporary_file
from flows.formats.dropped import Dropped
from flows.machine import CHUNK_BYTES

WESTERN = "windows-1252"
# How files begin that are packed by what is not unpacked here; tar says so further on.
_PACKINGS = {
    "bzip2": rb"BZh[1-9]1AY&SY",
    "xz": rb"\xfd7zXZ\x00",
    "Zstandard": rb"\x28\xb5\x2f\xfd",
    "RAR": rb"Rar!\x1a\x07",
    "tar": rb"(?s).{257}ustar",
}
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What no Western text has and a Cyrillic or a Greek one has: four letters above ASCII in a row, or a word of only such.
NO_WESTERN_WORD = re.compile(rb"[\xc0-\xff]{4}|(?<![A-Za-z\xc0-\xff])[\xc0-\xff]{2,}(?![A-Za-z\xc0-\xff])")
# The same, a letter of UTF-8, and bytes that are no letter.
_NOT_WESTERN = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\x00\x81\x8d\x8f\x90\x9d]|" + NO_WESTERN_WORD.pattern
)


def encoding_of(start: bytes, encoding: str) -> str:
    """What to read a file as that begins with `start` and whose contract says `encoding`.

    Publishers who promise UTF-8 do not always write it: a file that is none is read as windows-1252, where all of it
    can be that. A file in UTF-8 is read as such though its contract says an encoding of one byte a letter: no text in
    one of these happens to be UTF-8.
    """
    if _has_one_byte_a_letter(encoding) and not start.isascii():
        return "utf-8" if _decodes(codecs.getincrementaldecoder("utf-8")(), start) else encoding
    if not _is_utf8(encoding) or start.startswith(_UTF16) or _NOT_WESTERN.search(start):
        return encoding
    return encoding if _decodes(codecs.getincrementaldecoder("utf-8")(), start) else WESTERN


def encoding_of_all(path: Path, encoding: str) -> str:
    """The same, by all of a file; a file that is still what it was is not read again."""
    about = path.stat()
    return _encoding_of_all(path, encoding, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=8)
def _encoding_of_all(path: Path, encoding: str, size: int, changed_at: int) -> str:
    decoder, is_utf8, is_western, tail = codecs.getincrementaldecoder("utf-8")(), True, True, b""
    is_ascii = True
    with Dropped(path=path).open() as stream:
        while chunk := stream.read(CHUNK_BYTES):
            if not (tail.isascii() and chunk.isascii()):
                is_western = is_western and not _NOT_WESTERN.search(tail + chunk)
                is_utf8, is_ascii = is_utf8 and _decodes(decoder, chunk), False
            tail = chunk[-3:]
    if is_utf8 and not is_ascii and _has_one_byte_a_letter(encoding):
        return "utf-8"
    return WESTERN if _is_utf8(encoding) and is_western and not is_utf8 else encoding


def _has_one_byte_a_letter(encoding: str) -> bool:
    try:
        return not _is_utf8(encoding) and len(b"\xe0\xe1".decode(encoding)) == len("aa")
    except (LookupError, UnicodeDecodeError):
        return False


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def header_in(start: bytes, delimiter: str = ",", encoding: str = "utf-8", row: int = 1) -> list[str]:
    """Column names in row `row`; a trailing delimiter adds none. Empty when the content is not text."""
    names = _row_in(start, delimiter, encoding, row)
    return [name.strip() for name in (names[:-1] if names and names[-1] == "" else names)]


def _row_in(start: bytes, delimiter: str, encoding: str, row: int) -> list[str]:
    """Values of a row, which is more than a line where a name or a note above the header has a line break in it."""
    text = io.StringIO(start.decode(_with_mark(encoding_of(start, encoding)), errors="replace"), newline="")
    try:
        return next(itertools.islice(csv.reader(text, delimiter=delimiter), row - 1, None), [])
    except csv.Error:
        return []


def rows_above(start: bytes, delimiter: str, encoding: str, row: int) -> list[list[str]]:
    """The values of the rows above row `row`; none when the content is not text."""
    return [_row_in(start, delimiter, encoding, number) for number in range(1, row)]


def header_of(path: Path, table: Table) -> list[str]:
    """Column names of a raw file, read as its contract says."""
    assert table.separator, table.format
    return header_in(Dropped(path=path).start(), table.separator, table.encoding, table.header_row)


def has_trailing_delimiter(path: Path, table: Table) -> bool:
    """Whether the header ends in a delimiter, so that every line has one nameless field more."""
    names = _row_in(Dropped(path=path).start(), table.separator or ",", table.encoding, table.header_row)
    return bool(names) and names[-1] == ""


def odd_line(path: Path, table: Table) -> str:
    """What is wrong with the first line that has more or fewer values than the header has names, such as a note below
    the table; empty where all are alike as far as they can be read.
    """
    names = len(header_of(path, table))
    encoding = encoding_of_all(path, table.encoding)
    with Dropped(path=path).open() as stream, io.TextIOWrapper(stream, encoding, errors="replace", newline="") as text:
        rows = csv.reader(text, delimiter=table.separator or ",")
        with contextlib.suppress(csv.Error):
            for row in itertools.islice(rows, table.header_row, None):
                if row and len(row) not in (names, names + 1):
                    values = f"{len(row)} value{'' if len(row) == 1 else 's'}"
                    return (
                        f"line {rows.line_num} has {values} where the header has {names} names, and begins "
                        f"{row[0][:40]!r}; delete what is no row of the table, or get the file again."
                    )
    return ""


def packing_problem(start: bytes, name: str) -> str:
    """What is said of a file, by its beginning, that is packed with what is not unpacked here; empty of any other."""
    for packing, mark in _PACKINGS.items():
        if re.match(mark, start):
            return f"{name} is packed with {packing}, which is not read here; unpack it, and use the table it holds."
    return ""


def encoding_problem(start: bytes, encoding: str, name: str) -> str | None:
    """What keeps `start`, the beginning of a file, from being text in `encoding`; none where nothing does."""
    if packed := packing_problem(start, name):
        return packed
    advice = "save it as UTF-8, or say `encoding:` in the contract if it is your table"
    if start.startswith(_UTF16) and not encoding.lower().replace("_", "-").startswith("utf-16"):
        return f"{name} is written in UTF-16; {advice}."
    if b"\0" in start and not encoding.lower().startswith("utf-16"):
        return f"{name} is not a text file; save it as CSV or XLSX."
    try:
        read_as = _with_mark(encoding_of(start, encoding))
        codecs.getincrementaldecoder(read_as)().decode(start)  # a letter cut off at the end is no fault
    except UnicodeDecodeError as error:
        line = start[: error.start].count(b"\n") + 1
        return (
            f"{name} is not written in {encoding.upper()} (byte 0x{start[error.start]:02x} in line {line}); {advice}."
        )
    except LookupError:
        return f"{name}: the contract names the encoding {encoding!r}, which does not exist."
    return None


def repeated(names: Sequence[str], wanted: Iterable[str]) -> list[str]:
    """Which of the `wanted` columns stand more than once in a header, as they are spelt there first."""
    count, asked = Counter(name.casefold() for name in names), {name.casefold() for name in wanted}
    spelt = {name.casefold(): name for name in reversed(names)}
    return [spelt[name] for name in count if name in asked and count[name] > 1]


def place_of(names: Sequence[str], table: Table, file_name: str) -> dict[str, int]:
    """Position in the header of every column of a contract, by its name there.

    Raises FileRefused naming the columns that are missing or stand there twice, under one name or two.
    """
    at = {name.casefold(): position for position, name in reversed(list(enumerate(names)))}
    known = {column: [name for name in column.headers if name in at] for column in table.columns}
    if twice := repeated(names, [name for found in known.values() for name in found]):
        which = ", ".join(map(repr, twice))
        raise FileRefused(f"{file_name}: the header has {which} more than once; rename or delete the others.")
    if (same := next((found for found in known.values() if len(found) > 1), None)) is not None:
        which = " and ".join(repr(names[at[name]]) for name in same)
        raise FileRefused(f"{file_name}: the columns {which} are one; delete one of them.")
    if missing := [column.header for column, found in known.items() if not found]:
        raise ColumnsMissing(file_name, missing, f"{table.source}.{table.name}")
    return {column.name: at[found[0]] for column, found in known.items()}


@contextlib.contextmanager
def as_utf8(path: Path, encoding: str) -> Iterator[Path]:
    """The file itself, or a copy in UTF-8 for the time being. Raises FileRefused when it is not in its encoding."""
    if _is_utf8(encoding):
        yield path
        return
    with temporary_file("w", suffix=".csv", encoding="utf-8", newline="") as copy:
        try:
            with Dropped(path=path).open() as stream:
                shutil.copyfileobj(io.TextIOWrapper(stream, encoding=_with_mark(encoding), newline=""), copy)
        except UnicodeError as error:
            raise FileRefused(f"{path.name} is not written in {encoding} as its contract says: {error}.") from error
        copy.flush()
        yield Path(copy.name)


def _with_mark(encoding: str) -> str:
    """The encoding with its byte order mark taken off, where it has one."""
    try:
        codecs.lookup(encoding)
    except LookupError:
        return "utf-8-sig"
    return "utf-8-sig" if _is_utf8(encoding) else encoding


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False
