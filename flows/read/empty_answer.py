"""Why a query may have given no rows: tables without rows in this release, and names where codes belong."""

from __future__ import annotations

import re

import duckdb

from flows.read.areas import area_named
from flows.read.wording.sentences import first_sentence

_TABLE = re.compile(r"\b(core|marts|meta)\.(\w+)\b(?!\s*\()", re.IGNORECASE)
_LITERAL = re.compile(r"'([^']{2,})'")

# Tables of what a run found or what became of figures: without rows there was nothing to find.
_TOLD_OF_RUNS = re.compile(r"^meta\.|_flag$|_history$|_restated$|(?<!bulletin)[._]revision$")
_NOTHING = ("there was nothing of the kind", "")
_NO_SOURCE = ("no loaded source fills it", " `entrepot sources` lists what could be fetched.")

_DESCRIBED = """
select any_value(table_description) from meta.dictionary
where object_kind = 'table' and schema_name = ? and table_name = ?
"""


def reasons(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """One sentence for each reason found why `sql`, which gave no rows of the release open at `con`, gave none."""
    return [*_empty_tables(con, sql), *_names_for_codes(con, sql)]


def _empty_tables(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    named = dict.fromkeys((schema.lower(), table.lower()) for schema, table in _TABLE.findall(sql))
    found = []
    for schema, table in named:
        described = con.execute(_DESCRIBED, [schema, table]).fetchone()
        if described is None or described[0] is None:
            continue
        row = con.execute(f"select count(*) from (from {schema}.{table} limit 1)").fetchone()
        if row == (0,):
            why, what_to_do = _NOTHING if _TOLD_OF_RUNS.search(f"{schema}.{table}") else _NO_SOURCE
            what = first_sentence(described[0])
            found.append(f"{schema}.{table} has no rows in this release: {why}. {what}.{what_to_do}")
    return found


def _names_for_codes(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    found = []
    sources = {code for (code,) in con.execute("select source_code from core.dim_source").fetchall()}
    for text in dict.fromkeys(_LITERAL.findall(sql)):
        area = None if text in sources else area_named(con, text)
        if area is not None and area.code != text:
            found.append(f"Columns of codes hold codes: '{text}' is '{area.code}' there; core.dim_area lists them.")
    return found
