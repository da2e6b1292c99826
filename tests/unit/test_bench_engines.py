"""The comparison of two engines finds every change of a heavy table, and lets pass what only sums differ in."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from bench import engines

CELL = "core.trade_cell"
PART = "intermediate.int_trade_cell_part"
ROWS = """
create table core.trade_cell (
    partner_code varchar, value_usd decimal(18, 3), quantity double, is_additive boolean, known_from timestamp
);
insert into core.trade_cell values
    ('CHN', 10, 123456.789, true, '2026-01-01'), ('CHN', 10, 123456.789, true, '2026-01-01'),
    ('DEU', 0.001, 1e-7, false, '2026-01-01'), ('FRA', null, null, true, null);
"""
PARTS = "create table intermediate.int_trade_cell_part as select 'baci' as source_code, 5 as n_cells, '17' as checksum;"


def build(folder: Path, change: str = "", change_of_workings: str = "") -> Path:
    """A candidate and its workings."""
    folder.mkdir()
    for name, statements in (
        ("trade.duckdb", "create schema core;" + ROWS + change),
        ("workings.duckdb", "create schema intermediate;" + PARTS + change_of_workings),
    ):
        with duckdb.connect(str(folder / name)) as con:
            con.execute(statements)
    return folder / "trade.duckdb"


def equal(folder: Path, change: str = "", change_of_workings: str = "") -> dict[str, bool]:
    """Whether each table is told as equal after a change."""
    a, b = build(folder / "a"), build(folder / "b", change, change_of_workings)
    return {found.table: engines.is_equal(found) for found in engines.compare(a, b, [CELL, PART])}


@pytest.mark.parametrize(
    "change",
    [
        "update core.trade_cell set quantity = quantity * (1 + 1e-6) where rowid = 0",
        "update core.trade_cell set quantity = quantity * (1 + 1e-8) where partner_code = 'DEU'",
        "update core.trade_cell set quantity = null where rowid = 0",
        "update core.trade_cell set quantity = 0 where partner_code = 'FRA'",
        "update core.trade_cell set value_usd = value_usd + 0.001 where rowid = 0",
        "update core.trade_cell set value_usd = 0 where partner_code = 'FRA'",
        "update core.trade_cell set partner_code = 'CHN ' where rowid = 0",
        "update core.trade_cell set is_additive = null where rowid = 0",
        "update core.trade_cell set known_from = known_from + interval 1 microsecond where rowid = 0",
        "delete from core.trade_cell where rowid = 0",
        "insert into core.trade_cell from core.trade_cell where partner_code = 'DEU'",
        "alter table core.trade_cell alter value_usd type decimal(28, 3)",
        "alter table core.trade_cell drop quantity",
        "drop table core.trade_cell",
    ],
)
def test_every_change_of_a_cell_is_found(tmp_path: Path, change: str) -> None:
    assert equal(tmp_path, change) == {CELL: False, PART: True}


@pytest.mark.parametrize(
    ("change", "change_of_workings"),
    [
        ("", ""),
        ("update core.trade_cell set quantity = quantity * (1 + 1e-12) where rowid = 0", ""),
        ("", "update intermediate.int_trade_cell_part set checksum = '18'"),
    ],
)
def test_what_only_engines_differ_in_passes(tmp_path: Path, change: str, change_of_workings: str) -> None:
    assert equal(tmp_path, change, change_of_workings) == {CELL: True, PART: True}


def test_a_table_neither_build_has_is_not_equal(tmp_path: Path) -> None:
    a, b = build(tmp_path / "a", "drop table core.trade_cell"), build(tmp_path / "b", "drop table core.trade_cell")
    assert {found.table: engines.is_equal(found) for found in engines.compare(a, b, [CELL])} == {CELL: False}


@pytest.mark.parametrize(("value", "is_same"), [("known_from + interval 1 hour", True), ("null", False)])
def test_builds_that_landed_for_themselves_differ_in_times(tmp_path: Path, value: str, is_same: bool) -> None:
    a, b = build(tmp_path / "a"), build(tmp_path / "b", f"update core.trade_cell set known_from = {value}")
    (found,) = engines.compare(a, b, [CELL], same_landing=False)
    assert engines.is_equal(found) == is_same
