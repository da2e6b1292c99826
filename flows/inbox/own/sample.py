"""A sample of a table: its header and first rows, and how they have to be read."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from flows.errors import FileRefused, refusing
from flows.formats import workbook
from flows.formats.dropped import Dropped, kind_of
from flows.formats.text_table import WESTERN, encoding_of, encoding_problem, repeated
from flows.redaction import legible_name

SAMPLE_ROWS = 5_000
_DELIMITERS = (",", "\t", ";", "|")
_NUMBER = re.compile(r"[-+]?[\d.,\s]+%?")
_YEAR = re.compile(r"(19|20)\d\d")

Row = tuple[str | None, ...]


class Sample(BaseModel):
    """Column names and rows of a table as text, an empty cell as none, and the rules of reading it."""

    model_config = ConfigDict(frozen=True)

    path: Path
    format: Literal["csv", "tsv", "xlsx"]
    delimiter: str = ","
    encoding: str = "utf-8"
    sheet: str | None = None
    header_row: int = 1
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def column(self, position: int) -> list[str]:
        """The values of a column that are not empty."""
        return [value for row in self.rows if (value := row[position]) is not None]


def read_sample(path: Path, sheet: str | None = None, header_row: int | None = None) -> Sample:
    """The header and the first rows of a CSV or Excel file; the header is looked for unless its row is given.

    Raises FileRefused when the file cannot be read, has no header, no rows, or a column per year.
    """
    if not path.is_file():
        raise FileRefused(f"There is no file {path}.")
    name = legible_name(path.name)
    try:
        with refusing(f"{name} cannot be read; get the file again"):
            return _read(Dropped(path), sheet, header_row)
    except OSError as error:
        raise FileRefused(f"{name} cannot be read ({error.strerror}).") from error


def _read(dropped: Dropped, sheet: str | None, header_row: int | None) -> Sample:
    path, start = dropped.path, dropped.start()
    if said := workbook.problem(start, dropped):
        raise FileRefused(said)
    kind = kind_of(start)
    if kind == "xlsx":
        cells = [row for _, row in itertools.islice(workbook.rows(dropped, sheet), SAMPLE_ROWS + 50)]
        return _sample(path, cells, header_row, {"format": "xlsx", "sheet": sheet})
    if kind != "text":
        raise FileRefused(f"{path.name} is no table; a contract can be drafted from a CSV or an .xlsx file.")
    encoding = _encoding(start)
    if said := encoding_problem(start, encoding, path.name):
        raise FileRefused(said)
    lines = _lines(dropped, encoding)
    delimiter = _delimiter(lines[:200])
    cells = [[cell.strip() or None for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    form: dict[str, object] = {
        "format": "tsv" if delimiter == "\t" else "csv",
        "delimiter": delimiter,
        "encoding": encoding,
    }
    return _sample(path, cells, header_row, form)


def _lines(dropped: Dropped, encoding: str) -> list[str]:
    with dropped.open() as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
        return list(itertools.islice(text, SAMPLE_ROWS + 50))


def _encoding(start: bytes) -> str:
    """UTF-8 or UTF-16 where it is; else Cyrillic where letters above ASCII stand in words, else Western."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if encoding_of(start, "utf-8") == WESTERN:
        return WESTERN
    if encoding_problem(start, "utf-8", "") is None or b"\0" in start:
        return "utf-8"
    return "windows-1251" if re.search(rb"[\xc0-\xff]{4}", start) else "latin-1"


def _delimiter(lines: Sequence[str]) -> str:
    """The character that splits most lines into the same number of fields, more than one."""

    def evenness(mark: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=mark) if len(row) > 1)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return count, width

    return max(_DELIMITERS, key=evenness)


def _sample(path: Path, cells: list[list[str | None]], header_row: int | None, form: dict[str, object]) -> Sample:
    number = header_row or _find_header(cells)
    if number is None or number > len(cells) or not any(cells[number - 1]):
        raise FileRefused(f"{path.name} has no row that names its columns; say with --header-row which one does.")
    names = list(cells[number - 1])
    while names and names[-1] is None:
        names.pop()
    header = tuple((name or "").strip() for name in names)
    if twice := repeated(header, [name for name in dict.fromkeys(header) if name]):
        raise FileRefused(f"{path.name}: the header has {', '.join(map(repr, twice))} more than once; rename one.")
    years = [name for name in header if _YEAR.fullmatch(name)]
    if len(years) > 2:
        what = f"has a column per year ({', '.join(years[:3])} ...)"
        raise FileRefused(f"{path.name} {what}; a contract maps one row per period, so turn these columns into rows.")
    rows = tuple(_row(row, len(header)) for row in cells[number : number + SAMPLE_ROWS] if any(row))
    if not rows:
        raise FileRefused(f"{path.name} has a header and no row below it.")
    return Sample.model_validate({**form, "path": path, "header_row": number, "header": header, "rows": rows})


def _row(cells: list[str | None], width: int) -> Row:
    return tuple(
        itertools.islice(itertools.chain((c.strip() or None if c else None for c in cells), _nothing()), width)
    )


def _nothing() -> Iterator[None]:
    yield from itertools.repeat(None)


def _find_header(cells: Sequence[Sequence[str | None]]) -> int | None:
    """The first row of words, all different, that is as wide as most rows below it."""
    widths = Counter(sum(cell is not None for cell in row) for row in cells)
    typical = max((width for width in widths if width > 1), key=lambda width: widths[width], default=0)
    for number, row in enumerate(cells[:40], start=1):
        names = [cell for cell in row if cell is not None]
        is_words = not any(_NUMBER.fullmatch(name) for name in names if not _YEAR.fullmatch(name))
        if len(names) > 1 and len(names) >= 0.6 * typical and is_words and len(set(names)) == len(names):
            return number
    return None
