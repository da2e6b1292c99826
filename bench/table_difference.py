"""How one table of two releases differs: columns, types, and rows as multisets, without any tolerance.

Floats are told apart, since a sum taken in another order differs in its last digits. So are times and run ids, which
belong to the run: of these only the presence of a value is compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import duckdb

A, B = "release_a", "release_b"
FLOATS = ("DOUBLE", "FLOAT")
SAMPLE_ROWS = 3


@dataclass(frozen=True)
class Difference:
    """What differs in one table; rows are counted over the columns both have, floats and times left out.

    `columns` are those whose values, each column by itself, are not the same; `floats` gives for a float column the
    largest relative difference among rows that are otherwise equal; `times` names columns of the run that differ.
    """

    table: str
    rows_a: int | None
    rows_b: int | None
    columns_only_in_a: tuple[str, ...] = ()
    columns_only_in_b: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    rows_only_in_a: int = 0
    rows_only_in_b: int = 0
    columns: tuple[str, ...] = ()
    floats: dict[str, float] = field(default_factory=dict)
    times: tuple[str, ...] = ()
    sample: tuple[dict[str, Any], ...] = ()

    @property
    def state(self) -> str:
        """One of: only in A, only in B, rows differ, floats differ, equal."""
        if self.rows_b is None:
            return "only in A"
        if self.rows_a is None:
            return "only in B"
        if self.rows_only_in_a or self.rows_only_in_b:
            return "rows differ"
        return "floats differ" if self.floats else "equal"

    @property
    def is_same(self) -> bool:
        """Whether the table is in both releases, with the same columns, types and rows, floats to the last bit."""
        return self.state == "equal" and not (self.columns_only_in_a or self.columns_only_in_b or self.types)


@dataclass(frozen=True)
class Columns:
    """The columns both releases have, by how they are compared."""

    exact: tuple[str, ...]
    floats: tuple[str, ...]
    times: tuple[str, ...]

    def rows(self, catalog: str, table: str, floats: bool) -> str:
        """A select of the rows as compared, with or without the floats."""
        shown = [quoted(name) for name in (*self.exact, *(self.floats if floats else ()))]
        shown += [f"{quoted(name)} is not null as {quoted('has_' + name)}" for name in self.times]
        return f"select {', '.join(shown) or '1 as no_column'} from {catalog}.{table}"


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def tables(con: duckdb.DuckDBPyConnection, catalog: str, schemas: tuple[str, ...]) -> set[str]:
    """Tables and views of the schemas, as quoted `schema.table`."""
    found = con.execute(
        "select table_schema, table_name from information_schema.tables where table_catalog = ? and table_schema in ?",
        [catalog, list(schemas)],
    ).fetchall()
    return {f"{quoted(schema)}.{quoted(table)}" for schema, table in found}


def difference(
    con: duckdb.DuckDBPyConnection,
    table: str,
    is_in_a: bool,
    is_in_b: bool,
    by_run: frozenset[str] = frozenset(),
    exact_times: bool = False,
) -> Difference:
    """Compare `table`, a quoted `schema.table`, of the attached releases; columns named in `by_run` count as times.

    Where all times are of what landed, `exact_times` has them compared like any other column.
    """
    name = table.replace('"', "")
    rows_a = _count(con, f"select 1 from {A}.{table}") if is_in_a else None
    rows_b = _count(con, f"select 1 from {B}.{table}") if is_in_b else None
    if rows_a is None or rows_b is None:
        return Difference(name, rows_a, rows_b)
    types_a, types_b = _types(con, A, table), _types(con, B, table)
    columns = _split(types_a, types_b, by_run, exact_times)
    exact = columns.rows(A, table, False), columns.rows(B, table, False)
    only_a, only_b = _both_ways(*exact)
    missing, added = (0, 0) if _are_same(con, *exact) else (_count(con, only_a), _count(con, only_b))
    differs = bool(missing or added)
    return Difference(
        name,
        rows_a,
        rows_b,
        columns_only_in_a=tuple(column for column in types_a if column not in types_b),
        columns_only_in_b=tuple(column for column in types_b if column not in types_a),
        types=tuple(
            f"{column}: {kind} -> {types_b[column]}"
            for column, kind in types_a.items()
            if types_b.get(column, kind) != kind
        ),
        rows_only_in_a=missing,
        rows_only_in_b=added,
        columns=tuple(column for column in columns.exact if differs and _column_differs(con, table, column)),
        floats=_float_differences(con, table, columns),
        times=tuple(column for column in columns.times if _column_differs(con, table, column)),
        sample=tuple(_sample(con, "A", only_a) + _sample(con, "B", only_b)) if differs else (),
    )


def _types(con: duckdb.DuckDBPyConnection, catalog: str, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in con.execute(f"describe {catalog}.{table}").fetchall()}


def _split(types_a: dict[str, str], types_b: dict[str, str], by_run: frozenset[str], exact_times: bool) -> Columns:
    common = [name for name in types_a if name in types_b]
    of_the_run = {name for name in common if types_a[name].startswith("TIMESTAMP") and not exact_times}
    times = [name for name in common if name in of_the_run or name in by_run]
    floats = [name for name in common if name not in times and {types_a[name], types_b[name]} & {*FLOATS}]
    exact = [name for name in common if name not in times and name not in floats]
    return Columns(tuple(exact), tuple(floats), tuple(times))


def _both_ways(rows_a: str, rows_b: str) -> tuple[str, str]:
    return f"({rows_a}) except all ({rows_b})", f"({rows_b}) except all ({rows_a})"


def _are_same(con: duckdb.DuckDBPyConnection, rows_a: str, rows_b: str) -> bool:
    """Whether two queries have as many rows with the same sum of their hashes: one reading, whatever their size.

    Of two that differ, one in 2^64 would pass.
    """
    prints = [
        con.execute(f"select count(*), sum(hash(row_of)::hugeint) from ({rows}) as row_of").fetchone()
        for rows in (rows_a, rows_b)
    ]
    return prints[0] == prints[1]


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(f"select count(*) from ({query})").fetchone()
    assert row is not None
    return int(row[0])


def _column_differs(con: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    name = quoted(column)
    rows_a, rows_b = (f"select {name} from {catalog}.{table}" for catalog in (A, B))
    return not _are_same(con, rows_a, rows_b) and any(_count(con, way) for way in _both_ways(rows_a, rows_b))


def _sample(con: duckdb.DuckDBPyConnection, release: str, query: str) -> list[dict[str, Any]]:
    found = con.execute(f"select * from ({query}) order by all limit {SAMPLE_ROWS}")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return [{"release": release} | {name: value for name, value in row.items() if value is not None} for row in rows]


def _float_differences(con: duckdb.DuckDBPyConnection, table: str, columns: Columns) -> dict[str, float]:
    """Largest relative difference of each float column among rows with the same exact part; none where all are equal.

    Rows with the same exact part are paired in the order of their floats; a value that one side lacks counts as
    infinitely far off.
    """
    rows = columns.rows(A, table, True), columns.rows(B, table, True)
    if not columns.floats or _are_same(con, *rows) or not any(_count(con, way) for way in _both_ways(*rows)):
        return {}
    keys = [quoted(name) for name in (*columns.exact, *(f"has_{name}" for name in columns.times))]
    floats = [quoted(name) for name in columns.floats]
    window = f"partition by {', '.join(keys or ['true'])} order by {', '.join(floats)}"
    a, b = (
        f"(select *, row_number() over ({window}) as pair_number from ({columns.rows(catalog, table, True)}))"
        for catalog in (A, B)
    )
    same_row = " and ".join(f"a.{key} is not distinct from b.{key}" for key in (*keys, "pair_number"))
    largest = ", ".join(
        f"max(case when a.{name} is not distinct from b.{name} then 0 when a.{name} is null or b.{name} is null "
        f"then 'inf'::double else abs(a.{name} - b.{name}) / greatest(abs(a.{name}), abs(b.{name})) end)"
        for name in floats
    )
    row = con.execute(f"select {largest} from {a} as a join {b} as b on {same_row}").fetchone()
    assert row is not None
    return {name: value for name, value in zip(columns.floats, row, strict=True) if value}
