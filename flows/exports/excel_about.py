"""The first sheet of the workbook: which release, whose figures, on which terms, and how to read and cite them."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from flows.contracts.relations import IS_STORAGE, RELATIONS
from flows.exports.counting import count_rows
from flows.exports.named import names_beside
from flows.read.invented import COLUMN, MEANING, PREFIX, invented_publishers, told
from flows.read.wording.names import sentence_case

ABOUT, DICTIONARY = "About", "Dictionary"
_NUMBERS = ("DECIMAL", "DOUBLE", "FLOAT", "BIGINT", "INTEGER", "SMALLINT", "HUGEINT")

_HOW_TO_READ = (
    "An empty cell is unknown, never zero: no report of it is loaded, or it cannot be computed without what is "
    "missing. A sum over such cells leaves the unknown out.",
    "The unit is in the name of a column and in the note of its header; the sheet Dictionary explains every column.",
    "Money is in current US dollars unless the name says otherwise. From one billion on it is shown in billions, such "
    "as 146.887 bn; the cell holds the whole amount.",
    "Percentages are numbers in percent: 35.8 means 35.8 %.",
    "Times are UTC. Codes of economies are ISO 3166 alpha-3.",
    "Excel keeps 15 digits of a number; the warehouse and the Parquet export keep all.",
)

_COLUMNS = f"""
select
    columns.table_name, tables.comment, columns.column_name, columns.data_type, dictionary.unit,
    coalesce(columns.comment, '')
from duckdb_columns() as columns
inner join {RELATIONS} as tables using (schema_name, table_name)
left join meta.dictionary as dictionary
    on dictionary.object_kind = 'table' and dictionary.schema_name = columns.schema_name
    and dictionary.table_name = columns.table_name and dictionary.column_name = columns.column_name
where columns.schema_name = 'marts' and not {IS_STORAGE}
order by columns.table_name, columns.column_index
"""

_SOURCES = """
select source.publisher, source.source_code, source.licence, source.is_redistributable,
    max(file.known_from)::date::varchar as loaded_on, source.landing_page
from core.dim_source as source
inner join core.dim_raw_file as file using (source_code)
where file.row_count > 0
group by all
order by 1, 2
"""


@dataclass(frozen=True)
class Described:
    """One column with its type in DuckDB, its unit and what it means."""

    name: str
    data_type: str
    unit: str | None
    description: str

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers."""
        return self.data_type.startswith(_NUMBERS)

    @property
    def note(self) -> str:
        """What the header says when pointed at."""
        return f"{self.description}\nUnit: {self.unit}" if self.unit else self.description


@dataclass(frozen=True)
class Sheet:
    """A mart by name, with the number of its rows and what it is."""

    name: str
    rows: int
    description: str


@dataclass(frozen=True)
class Mart:
    """A mart, the columns of its sheet, and the names of those that are its own: a name beside a code is not."""

    sheet: Sheet
    columns: list[Described]
    own_columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the sheet."""
        return self.sheet.name

    @property
    def table(self) -> str:
        """Name of the table with its schema."""
        return f"marts.{self.sheet.name}"

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.sheet.rows


def described_marts(con: duckdb.DuckDBPyConnection) -> list[Mart]:
    """All marts of the release, in the order of their names."""
    columns: dict[tuple[str, str], list[Described]] = {}
    for table, comment, *column in con.execute(_COLUMNS).fetchall():
        columns.setdefault((table, comment or ""), []).append(Described(*column))
    if invented_publishers(con):
        for found in columns.values():
            found.append(Described(COLUMN, "BOOLEAN", None, MEANING))
    return [
        Mart(
            Sheet(table, count_rows(con, f"marts.{table}"), " ".join(comment.split())),
            _with_names(found),
            tuple(column.name for column in found),
        )
        for (table, comment), found in columns.items()
    ]


def _with_names(columns: list[Described]) -> list[Described]:
    """The columns with that of a name after that of its code."""
    names = names_beside([column.name for column in columns])
    named: list[Described] = []
    for column in columns:
        named.append(column)
        if name := names.get(column.name):
            named.append(Described(name.column, "VARCHAR", None, name.meaning))
    return named


def about(
    con: duckdb.DuckDBPyConnection,
    sheet: Worksheet,
    formats: dict[str, Format],
    run_id: str,
    sheets: list[Sheet],
    left_out: list[Sheet],
) -> None:
    """Write the sheet, from the top down; its links lead to the sheets of the marts."""
    built = con.execute("select max(built_at)::date::varchar from meta.release where is_this_release").fetchone()
    sources = con.execute(_SOURCES).fetchall()
    publishers = "; ".join(dict.fromkeys(publisher for publisher, *_ in sources))
    page = _Page(sheet, formats)
    warning = told(con)
    page.line(f"{PREFIX if warning else ''}Entrepôt: trade statistics", "title")
    if warning:
        page.pair("Warning", warning)
    page.pair("Release", run_id)
    page.pair("Built on", built[0] if built and built[0] else "unknown")
    page.pair("To cite", f"Entrepôt, release {run_id}, sheet <name>; figures of {publishers}.")
    page.heading("How to read it")
    for text in _HOW_TO_READ:
        page.pair("", text)
    page.heading("Sheets", "rows", "what it is")
    for listed in sheets:
        page.listed(listed, is_linked=True)
    if left_out:
        page.heading("Left out: more rows than a sheet of Excel holds", "rows", "read them from the Parquet export")
        for listed in left_out:
            page.listed(listed, is_linked=False)
    page.heading("Sources", "loaded here", "publisher and terms")
    for publisher, code, licence, may_be_passed_on, loaded_on, landing_page in sources:
        terms = licence if may_be_passed_on else f"{licence}. Not redistributable, nor is what is computed from it"
        page.row(code, loaded_on, f"{publisher}. {sentence_case(terms)}. {landing_page or ''}".strip())


class _Page:
    """Writes line under line: a word, a number, a text. No row is given a height, so that each takes what it needs."""

    def __init__(self, sheet: Worksheet, formats: dict[str, Format]) -> None:
        self.sheet, self.formats, self.next = sheet, formats, 0
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for place, width in enumerate((28, 12, 100)):
            sheet.set_column(place, place, width)

    def line(self, text: str, style: str) -> None:
        self.sheet.write_string(self.next, 0, text, self.formats[style])
        self.next += 1

    def pair(self, name: str, text: str) -> None:
        self.row(name, "", text)

    def heading(self, *words: str) -> None:
        self.next += 1
        for place, style in enumerate(("heading", "heading", "text heading")):
            self.sheet.write_string(self.next, place, words[place] if place < len(words) else "", self.formats[style])
        self.next += 1

    def row(self, name: str, second: str, text: str) -> None:
        self.sheet.write_string(self.next, 0, name, self.formats["name"])
        self.sheet.write_string(self.next, 1, second, self.formats["name"])
        self._text(text)

    def listed(self, listed: Sheet, is_linked: bool) -> None:
        if is_linked:
            self.sheet.write_url(self.next, 0, f"internal:'{listed.name}'!A1", self.formats["link"], string=listed.name)
        else:
            self.sheet.write_string(self.next, 0, listed.name, self.formats["name"])
        self.sheet.write_number(self.next, 1, listed.rows, self.formats["count"])
        self._text(listed.description if listed.rows else f"No rows in this release. {listed.description}")

    def _text(self, text: str) -> None:
        self.sheet.write_string(self.next, 2, text, self.formats["text"])
        self.next += 1
