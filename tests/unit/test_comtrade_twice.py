"""What contracts of UN Comtrade say, and SQL or Python says once more: both say the same."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from flows.contracts.contract import Table
from flows.contracts.loading import load_contracts
from flows.settings import ROOT, Settings
from flows.sources.comtrade.service import KEYED_ROWS, PREVIEW_ROWS
from tests.macros import macros

VALUES = ("0", "00", "1", "2", "97", "251", "C00", "C01", "C20", "c00", "")


def tables() -> list[Table]:
    sources = load_contracts(Settings().contracts).values()
    return [table for source in sources for table in source.tables if any(column.total for column in table.columns)]


def is_whole(table: Table, **said: str) -> bool:
    """Whether the build takes a record for a total whose columns are empty but for those of `said`."""
    text = (ROOT / "dbt_project" / "macros" / "comtrade_is_whole.sql").read_text(encoding="utf-8")
    condition = macros(text)["comtrade_is_whole"](is_older=table.name == "legacy_trade")
    columns = [
        f"cast({'?' if column.name in said else 'null'} as {column.data_type}) as {column.name}"
        for column in table.columns
    ]
    with duckdb.connect() as con:
        row = con.execute(f"select {condition} from (select {', '.join(columns)})", list(said.values())).fetchone()
    assert row is not None
    return bool(row[0])


def held(table: Table) -> Iterator[tuple[str, str, bool]]:
    """Columns that part a total, values they may have, and whether the contract calls these the total."""
    for column in table.columns:
        for value in VALUES if column.total else ():
            if column.data_type == "varchar" or (value.isdigit() and str(int(value)) == value):
                yield column.name, value, value in column.total


@pytest.mark.parametrize("table", tables(), ids=lambda table: f"{table.source}.{table.name}")
def test_the_build_takes_for_totals_what_the_contract_calls_totals(table: Table) -> None:
    assert is_whole(table), "a record that says nothing of its parts"
    for name, value, is_total in held(table):
        assert is_whole(table, **{name: value}) == is_total, (name, value)


def test_every_column_the_build_looks_at_has_its_total_in_the_contract() -> None:
    text = (ROOT / "dbt_project" / "macros" / "comtrade_is_whole.sql").read_text(encoding="utf-8")
    assert len(tables()) == 5
    for table in tables():
        condition = macros(text)["comtrade_is_whole"](is_older=table.name == "legacy_trade")
        assert {column.name for column in table.columns if column.total} == {
            column.name for column in table.columns if f"coalesce({column.name}," in condition
        }


def test_downloads_are_suspected_at_the_row_counts_the_service_hands_out() -> None:
    sources = load_contracts(Settings().contracts).values()
    said = {table.handed_out for source in sources for table in source.tables if table.handed_out}
    assert said == {(PREVIEW_ROWS, KEYED_ROWS)}
