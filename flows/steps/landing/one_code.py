"""One code: whether a file gives the same trade of an economy under two codes, of which nobody can say which counts.

France is 250 and 251 in lists of codes, and a file has one of the two. Both in records that are otherwise alike would
count France twice, or stop the build; so such a file is refused. Codes that are no economy, such as those of stores
and of special categories, are parts of one area and are added up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import duckdb

from expectations.landing import compared
from flows.contracts import Column, Table
from flows.contracts.relations import quote
from flows.contracts.seeds import seed_rows
from flows.errors import FileRefused
from flows.ledger import RawFileRecord
from flows.read.wording.numbers import plural

_Codes = Mapping[str, tuple[str, ...]]


def require(con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord, rows: str, seeds: Path) -> None:
    """Raise FileRefused where two of `rows`, a relation with the column line, differ in codes of one economy alone."""
    keyed = [table.column(name) for name in table.key]
    found = {column.name: _twins(con, column, rows, seeds) for column in keyed if column.areas}
    twins = {name: codes for name, codes in found.items() if codes}
    key = ", ".join(_as_area(column, twins.get(column.name, {})) for column in keyed)
    texts = ", ".join(f"cast({column.name} as varchar) as {column.name}" for column in table.columns)
    for column in (column for column in keyed if column.name in twins):
        code = _typed(column)
        of_twins = f"{code} in ({_listed(column, twins[column.name])})"
        sql = (
            f"select cast(arg_min({code}, line) as varchar), min(line), cast(arg_max({code}, line) as varchar), "
            "max(line), count(*) over () "
            f"from (select {texts}, line from {rows} as given where {of_twins}) as concerned "
            f"group by {key} having count(distinct {code}) > 1 order by min(line) limit 1"
        )
        if pair := con.execute(sql).fetchone():
            raise FileRefused(_said(record, column, pair, seeds))


def _twins(con: duckdb.DuckDBPyConnection, column: Column, rows: str, seeds: Path) -> dict[str, tuple[str, ...]]:
    """The economies of which a column has two codes, with these."""
    known = _codes_of_economies(column.areas or "", seeds)
    if not known:
        return {}
    code = _typed(column)
    sql = f"select distinct cast({code} as varchar) from {rows} as given where {code} in ({_listed(column, known)})"
    here = {each for (each,) in con.execute(sql).fetchall()}
    found = {area: tuple(each for each in codes if each in here) for area, codes in known.items()}
    return {area: codes for area, codes in found.items() if len(codes) > 1}


@lru_cache(maxsize=8)
def _codes_of_economies(systems: str, seeds: Path) -> _Codes:
    """Economies that have several codes in the code systems, with these."""
    economies = {row["area_code"] for row in seed_rows(seeds, "area") if row["area_kind"] == "economy"}
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for row in seed_rows(seeds, "area_code"):
        if row["code_system"] in systems.split(", ") and row["area_code"] in economies:
            codes[row["area_code"]].append(row["code"])
    return {area: tuple(dict.fromkeys(found)) for area, found in codes.items() if len(set(found)) > 1}


def _typed(column: Column) -> str:
    return f"try_cast({column.name} as {column.data_type})" if column.is_number else column.name


def _listed(column: Column, known: _Codes) -> str:
    codes = [code for each in known.values() for code in each]
    return ", ".join(str(int(code)) if column.is_number else quote(code) for code in codes)


def _as_area(column: Column, twins: _Codes) -> str:
    """A column of the key, alike where it says the same: one of several codes of an economy says the economy."""
    cases = " ".join(
        f"when {_typed(column)} in ({_listed(column, {area: codes})}) then {quote(area)}"
        for area, codes in twins.items()
    )
    return f"case {cases} else {compared(column)} end" if cases else compared(column)


def _said(record: RawFileRecord, column: Column, pair: tuple[object, ...], seeds: Path) -> str:
    one, first, other, last, n_cases = pair
    known = _codes_of_economies(column.areas or "", seeds)
    area = next(area for area, codes in known.items() if str(one) in codes)
    name = next(row["area_name"] for row in seed_rows(seeds, "area") if row["area_code"] == area)
    cases = plural(int(str(n_cases)), "such case")
    return (
        f"{record.url} gives the same trade under two codes of {name}, {column.header} {one} in line {first} and "
        f"{other} in line {last} ({cases}), and adding them up might count it twice. Take one of the two codes out of "
        "the file, or get it again from its publisher."
    )
