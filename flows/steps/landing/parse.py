"""Parse: one raw file becomes the temp table `parsed`, line number and every contract column as trimmed text.

DuckDB reads delimited text itself; a workbook is read by its sheet, and every other format record by record by the
source's `read`.
"""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import duckdb

from flows.contracts import Column, Table
from flows.contracts.relations import quote
from flows.errors import ContractError, FileRefused, refusing
from flows.formats import Record, figures, layouts, workbook
from flows.formats.bounds import limits, temporary_file
from flows.formats.dropped import Dropped
from flows.formats.figures import between_thousands, number_pattern
from flows.formats.rounded import rounded_numbers
from flows.formats.text_table import (
    as_utf8,
    encoding_of_all,
    encoding_problem,
    has_trailing_delimiter,
    header_of,
    odd_line,
    place_of,
)
from flows.redaction import shown
from flows.sources import load_source
from flows.sources.base import Mender, Namer, Reader
from flows.steps.landing.lines import number_by_lines

_MOST_COLUMNS = 5000  # of delimited text; each costs, whether it is read or not
_LONGEST_LINE = 120  # letters of what DuckDB says of a file: it repeats the line, however long
_SPELT_OTHERWISE = " (its decimal mark is not that of the contract)"
_HALF_LETTER = re.compile("[\ud800-\udfff]")


def parse(con: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    """Make the temp table `parsed`. Raises FileRefused when the file cannot be read as its contract says."""
    if table.separator and not table.layout:
        _parse_text(con, table, path)
        number_by_lines(con, table, path)
    else:
        _parse_records(con, table, path)
    if table.is_tabular and not table.layout:
        _require_one_header(con, table, path)


def _parse_text(con: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    with reading(table, path) as (relation, places):
        picks = ", ".join(pick(table, column, places[column.name]) for column in table.columns)
        sql = (
            f"create or replace temp table parsed as select row_number() over () + {table.header_row} as line, {picks} "
            f"from {relation}"
        )
        try:
            con.execute(sql)
        except duckdb.Error as error:
            if is_of_the_machine(error):
                raise
            if "unicode" in str(error).lower() or "utf-8" in str(error).lower():
                raise FileRefused(f"{path.name} is not written in UTF-8 throughout; save it as UTF-8.") from error
            said = odd_line(path, table) or _csv_fault(path, error)
            raise FileRefused(f"{path.name} is not a well-formed CSV file: {said}") from error


@contextlib.contextmanager
def reading(table: Table, path: Path, types: Mapping[str, str] | None = None) -> Iterator[tuple[str, dict[str, str]]]:
    """A relation in SQL over the delimited file, in its order, and the name there of every column of the contract.

    Columns are text unless `types` names another type. Raises FileRefused where the header or the encoding is wrong.
    """
    with refusing(f"{path.name} cannot be read; get the file again"):
        start = Dropped(path=path).start()
    if said := encoding_problem(start, table.encoding, path.name):
        raise FileRefused(said)
    names = header_of(path, table)
    if len(names) > _MOST_COLUMNS:
        raise FileRefused(f"{path.name} has more than {_MOST_COLUMNS:,} columns; delete those nobody reads.")
    places = place_of(names, table, path.name)
    read_as = {places[name]: data_type for name, data_type in (types or {}).items()}
    # A trailing delimiter makes one nameless field more than the header has names.
    width = len(names) + has_trailing_delimiter(path, table)
    listed = ", ".join(f"'c{at}': {quote(read_as.get(at, 'varchar'))}" for at in range(width))
    with as_utf8(path, encoding_of_all(path, table.encoding)) as readable:
        relation = (
            f"read_csv({quote(readable)}, columns = {{{listed}}}, header = true, auto_detect = false, "
            f"skip = {table.header_row - 1}, delim = {quote(table.separator or ',')}, quote = '\"', escape = '\"', "
            "strict_mode = true)"
        )
        yield relation, {name: f"c{at}" for name, at in places.items()}


def news(table: Table, path: Path) -> str:
    """Sentences on what is new about a file: another encoding than its contract's, columns it does not know, numbers
    that have lost digits.

    Unknown columns are kept in the raw file. Of a file the source reads itself, one more on what it had to do without.
    """
    module = None if table.is_tabular else load_source(table.source)
    more = layouts.unread(Dropped(path=path), table) if table.layout else _other_sheets(table, path)
    with refusing(f"{path.name} is not the {table.format} that {table.source}.{table.name} expects"):
        mended = module.mended(path, table) if isinstance(module, Mender) else ""
        columns = _columns_in(table, path)
        read_as = encoding_of_all(path, table.encoding) if table.separator else table.encoding
    known = {name for column in table.columns for name in column.headers} | {name.casefold() for name in table.ignored}
    names = [name for name in columns if name and name.casefold() not in known]
    what = f"columns the contract of {table.source}.{table.name} does not know"
    was = "UTF-8" if table.encoding.lower() == "utf-8" else f"written in {table.encoding}"
    spelt = f"{path.name} is not {was} and was read as {read_as}." if read_as != table.encoding else ""
    unknown = f"{path.name} has {what}: {', '.join(shown(names))}; they stay in the raw file." if names else ""
    rounded = rounded_numbers(path) if table.separator else ""
    return " ".join(filter(None, (mended, spelt, unknown, more, rounded)))


def _other_sheets(table: Table, path: Path) -> str:
    """A sentence on the sheets of a workbook of one's own that its contract does not read; empty where all are read."""
    if table.format != "xlsx" or table.trade is None:
        return ""
    dropped = Dropped(path=path)
    names = workbook.sheet_names(dropped)
    if table.sheet == workbook.EVERY_SHEET:
        read, what = workbook.sheets_alike(dropped, table.header_row), "the sheets with one header"
    else:
        read, what = [table.sheet or names[0]], "one sheet"
    unread = [name for name in (*names, *workbook.hidden_sheets(dropped)) if name not in read]
    said = ", ".join(map(repr, shown(unread)))
    return f"{path.name}: the contract reads {what}; the sheets {said} are not read." if unread else ""


def _columns_in(table: Table, path: Path) -> list[str]:
    if table.layout:
        return []
    if table.separator:
        return header_of(path, table)
    if table.is_tabular:
        return workbook.header(Dropped(path=path), table.sheet, table.header_row)
    module = load_source(table.source)
    return module.columns_in(path, table) if isinstance(module, Namer) else []


def pick(table: Table, column: Column, place: str) -> str:
    """The text of a column under its name, see `text_at`."""
    return f"{text_at(table, column, place)} as {column.name}"


def text_at(table: Table, column: Column, place: str) -> str:
    """The text of a column, nothing where it is empty; numbers in the spelling SQL knows."""
    nulls = ", ".join(["''", *(quote(text) for text in table.null_texts)])
    value = f"trim({place})"
    if column.is_number and table.printed_figures:
        value = f"regexp_replace({value}, {quote(figures.NOTE)}, '\\1')"
        value = f"replace(regexp_replace({value}, {quote(figures.NEGATIVE)}, '-\\1'), '\u2212', '-')"
    if column.is_number and (table.thousands_mark or table.decimal_mark != "."):
        value = _as_sql_spells(value, table.decimal_mark, table.thousands_mark)
    if column.is_number and table.format == "xlsx":
        # Of numbers typed as text one stands as it is where it can be read in one way; 1.234 is what the contract says.
        text = f"trim({place})"
        is_clear = f"not regexp_full_match({text}, {quote(figures.OPEN_POINT)})"
        value = f"case when try_cast({text} as double) is not null and {is_clear} then {text} else {value} end"
    if table.trade is not None and not column.is_number:
        nulls = "''"  # in your table NA is Namibia where it stands for no figure, and x may be a flow
    return f"case when trim({place}) not in ({nulls}) then {value} end"


def _as_sql_spells(value: str, decimal: str, thousands: str) -> str:
    """A number spelt as the contract says, as SQL spells it. One spelt otherwise is made none: 1,5 would be read as 15
    where commas part thousands, and 1.234 as little more than 1 where a comma is the decimal mark.
    """
    plain = (
        f"regexp_replace({value}, {quote(between)}, '', 'g')" if (between := between_thousands(thousands)) else value
    )
    plain = f"replace({plain}, {quote(decimal)}, '.')" if decimal != "." else plain
    return (
        f"case when regexp_full_match({value}, {quote(number_pattern(decimal, thousands))}) then {plain} "
        f"when try_cast({value} as double) is null then {value} else {value} || {quote(_SPELT_OTHERWISE)} end"
    )


def _parse_records(con: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    """Make the temp table `parsed` from records read in Python."""
    picks = ", ".join(pick(table, column, column.name) for column in table.columns)
    listed = ", ".join(f"{quote(column.name)}: 'varchar'" for column in table.columns)
    with temporary_file("w", suffix=".csv", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, quoting=csv.QUOTE_ALL)
        for record in _readable_records(table, path):
            writer.writerow(record)
        handle.flush()
        sql = (
            f"create or replace temp table parsed as select line, {picks} "
            f"from read_csv({quote(handle.name)}, columns = {{'line': 'bigint', {listed}}}, header = false, "
            f"auto_detect = false, delim = ',', quote = '\"', escape = '\"', strict_mode = true, "
            f"max_line_size = {_longest_line()})"
        )
        try:
            con.execute(sql)
        except duckdb.Error as error:
            if is_of_the_machine(error):
                raise
            raise FileRefused(f"{path.name} holds what is not text: {_first_lines(error)}") from error


def _readable_records(table: Table, path: Path) -> Iterator[list[object]]:
    """Line and values of every record. Raises FileRefused where the file or a value is not what it should be."""
    most = limits().longest_record_kb * 1000
    numbers = [column.is_number for column in table.columns]
    with refusing(f"{path.name} is not the {table.format} that {table.source}.{table.name} expects"):
        for line, values in _records(table, path):
            text = "".join(str(value) for value in values if value is not None)
            if len(text) > most:
                what = f"record {line} holds {len(text):,} characters"
                raise FileRefused(f"{path.name}: {what}; if it should, raise ENTREPOT_LONGEST_RECORD_KB.")
            if text.isascii() is False and _HALF_LETTER.search(text):
                raise FileRefused(f"{path.name}: record {line} holds halves of letters; it is not text.")
            yield [line, *map(partial(_in_spelling, table.decimal_mark), values, numbers)]


def _in_spelling(decimal_mark: str, value: object, is_number: bool) -> object:
    """The value of a column; the number of a cell as the contract spells it, so that `text_at` reads it exactly."""
    return value.spelt(decimal_mark) if is_number and isinstance(value, figures.CellNumber) else value


def _longest_line() -> int:
    """Bytes of the longest record as CSV: every letter takes four at most, and a quotation mark two."""
    return 4 * limits().longest_record_kb * 1000 + (1 << 16)


def is_of_the_machine(error: duckdb.Error) -> bool:
    """Whether the machine is to blame, or a person who stopped the run, and not the file that was read."""
    text = str(error)
    is_io = isinstance(error, duckdb.IOException) and ("No space" in text or "Could not write" in text)
    return is_io or isinstance(error, duckdb.OutOfMemoryException | duckdb.InterruptException)


def _records(table: Table, path: Path) -> Iterator[Record]:
    if table.layout:
        return layouts.read(Dropped(path=path), table)
    if table.format == "xlsx":
        return workbook.read(path, table)
    module = load_source(table.source)
    if not isinstance(module, Reader):
        raise ContractError(f"Source {table.source} has the format {table.format} but no function read; add it.")
    return module.read(path, table)


def _require_one_header(con: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    """Refuse a file whose first line holds nothing but words, numbers' columns included, while the second does not."""
    typed = [column for column in table.columns if column.data_type != "varchar"]
    if not typed:
        return
    text = " || ".join(f"coalesce({column.name}, '')" for column in table.columns)
    is_words = " and ".join(f"{c.name} is not null and try_cast({c.name} as {c.data_type}) is null" for c in typed)
    is_typed = " and ".join(f"({c.name} is null or try_cast({c.name} as {c.data_type}) is not null)" for c in typed)
    found = con.execute(
        f"select bool_or(position = 1 and {is_words} and not regexp_matches({text}, '[0-9]')), "
        f"bool_or(position = 2 and {is_typed}) "
        "from (select *, row_number() over (order by line) as position from parsed order by line limit 2)"
    ).fetchone()
    if found and all(found):
        what = "the row below the header holds words where numbers belong, as a second header row does"
        raise FileRefused(f"{path.name}: {what}; delete it.")


def _csv_fault(path: Path, error: Exception) -> str:
    """What is wrong with a CSV file that the engine cannot read, where, and what to do."""
    if _ends_differ(path):
        return "some of its lines end in CR LF and some in LF; save it again from the program it is from."
    text = str(error)
    line = re.search(r"on Line: (\d+)", text)
    where = f"line {line[1]}" if line else "a line"
    if "unterminated quote" in text:
        return f"a quotation mark of {where} is not closed; close it, or get the file again."
    if "Maximum line size" in text:
        what = "is longer than any record, as where a quotation mark is not closed"
        return f"{where} {what}; close it, or get the file again."
    counted = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
    if counted:
        return f"{where} has {counted[2]} values where the header has {counted[1]}; mend it, or get the file again."
    return _first_lines(error)


def _ends_differ(path: Path) -> bool:
    with Dropped(path=path).open() as stream:
        return len({line.endswith(b"\r\n") for line in stream if line.endswith(b"\n")}) > 1


def _first_lines(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}..." for line in lines[:3])
