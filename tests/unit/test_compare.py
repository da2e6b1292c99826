"""What a new vintage changed: rows by their key, values of the rows in both, in exact sums."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from flows.contracts import Table, load_contracts
from flows.ledger import Change
from flows.settings import Settings
from flows.steps.landing.compare import difference, measures

ROWS = {
    "old": [
        ("CNY", "2024-01-02", "7.8"),
        ("CNY", "2024-01-03", "7.9"),
        ("USD", "2024-01-02", "1.1"),
        ("USD", None, "1"),
    ],
    "new": [
        ("CNY", "2024-01-02", "7.85"),
        ("CNY", "2024-01-03", "7.9"),
        ("USD", "2024-01-02", None),
        ("RUB", None, "9"),
    ],
}


@pytest.fixture
def table(settings: Settings) -> Table:
    return load_contracts(settings.contracts)["ecb"].table("reference_rate")


def test_measures_are_the_numbers_that_are_no_part_of_the_key(table: Table) -> None:
    assert measures(table) == ["obs_value"]


def test_the_difference_is_told_by_key(table: Table) -> None:
    con = duckdb.connect()
    con.execute("create schema raw")
    columns = ", ".join(f"{column.name} {column.data_type}" for column in table.columns)
    con.execute(f"create table raw.{table.landed_name} ({columns}, file_id varchar, line bigint)")
    names = [next(c.name for c in table.columns if c.name in key) for key in (("currency",), ("time_period",))]
    for file_id, rows in ROWS.items():
        for currency, day, value in rows:
            con.execute(
                f"insert into raw.{table.landed_name} ({', '.join(names)}, obs_value, file_id) values (?, ?, ?, ?)",
                [currency, day, value, file_id],
            )
    found = difference(con, table, "old", "new")
    assert (found.rows_before, found.rows_added, found.rows_gone) == (4, 1, 1)
    expected = Change(column="obs_value", values=2, before=Decimal("8.9"), after=Decimal("7.85"))
    assert found.changes == [expected]
