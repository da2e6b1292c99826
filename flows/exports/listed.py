"""Text of which a dimension lists every value, such as codes: in a large file written by its number in the list.

A Parquet file numbers the texts of a column itself, for which the engine looks each of them up. Where it is told all
there are it need not: an eighth of the time of a year of BACI. What is written is the same text either way.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import duckdb

from flows.contracts.relations import quote
from flows.exports.named import NAMES
from flows.exports.parts import write

_AREA = "core.dim_area"
_OF_AREAS = {code: name for code, name in NAMES.items() if name.dimension == _AREA}
# Columns, and the dimension and the column of it that lists what they hold; products are too many to be worth it.
_LISTS = {
    **{code: (_AREA, name.code) for code, name in _OF_AREAS.items()},
    **{name.column: (_AREA, name.name) for name in _OF_AREAS.values()},
    "source_code": ("core.dim_source", "source_code"),
    "flow_code": ("core.dim_flow", "flow_code"),
    "period_code": ("core.dim_period", "period_code"),
    "original_currency_code": ("core.dim_currency", "currency_code"),
    "publication_id": ("core.dim_publication", "publication_id"),
    "file_id": ("core.dim_raw_file", "file_id"),
}
_LONGEST = 10_000  # values of a list; a longer one costs more to read than it spares


class Lists:
    """The lists of a release, each read once, and the writing of rows by them."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._values = cache(partial(_values, con))

    def write(self, rows: str, path: Path) -> int:
        """Write the rows of a query into a file of this name; how many they are. Rows of a table without dimensions, or
        with a text that is in none of them, are written as they are."""
        try:
            return write(self._con, f"select * {self._replaced(rows)} from ({rows})", path)
        except duckdb.ConversionException:
            return write(self._con, rows, path)

    def _replaced(self, rows: str) -> str:
        """A clause that makes each listed column of a query one of the values of its list; empty where none is."""
        texts = [name for name, kind, *_ in self._con.execute(f"describe {rows}").fetchall() if kind == "VARCHAR"]
        lists = {name: self._values(*_LISTS[name]) for name in texts if name in _LISTS}
        chosen = [
            f"cast({name} as enum({', '.join(map(quote, values))})) as {name}"
            for name, values in lists.items()
            if 0 < len(values) <= _LONGEST
        ]
        return f"replace ({', '.join(chosen)})" if chosen else ""


def _values(con: duckdb.DuckDBPyConnection, dimension: str, column: str) -> list[str]:
    """What a column of a dimension holds; nothing where the release has no such dimension."""
    there = "select 1 from duckdb_tables() where not temporary and schema_name || '.' || table_name = ?"
    if con.execute(there, [dimension]).fetchone() is None:
        return []
    asked = f"select distinct {column} from {dimension} where {column} is not null order by all"
    return [value for (value,) in con.execute(asked).fetchall()]
