"""The comparison of two releases finds what differs, and tells floats and times of the run apart."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from bench import compare
from bench.table_difference import Difference

TABLE = "create table core.trade (partner_code text, value_usd decimal(18,3), share double, loaded_at timestamp);"
ROWS = """
insert into core.trade values
    ('CHN', 10, 0.5, '2026-01-01'), ('CHN', 10, 0.5, '2026-01-01'), ('DEU', null, null, null);
"""


def release(path: Path, statements: str) -> Path:
    with duckdb.connect(str(path)) as con:
        con.execute("create schema core; create schema marts;" + statements)
    return path


def compared(folder: Path, a: str, b: str) -> dict[str, Difference]:
    found = compare.compare(release(folder / "a.duckdb", a), release(folder / "b's.duckdb", b))
    return {difference.table: difference for difference in found}


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("", "equal"),
        ("update core.trade set loaded_at = '2026-02-02' where loaded_at is not null", "equal"),
        ("update core.trade set loaded_at = null", "rows differ"),
        ("update core.trade set share = 0.5 + 1e-16 * 2 where share is not null", "floats differ"),
        ("update core.trade set share = 0 where share is null", "floats differ"),
        ("update core.trade set value_usd = 0 where value_usd is null", "rows differ"),
        ("insert into core.trade values ('CHN', 10, 0.5, '2026-01-01')", "rows differ"),
        ("drop table core.trade", "only in A"),
    ],
)
def test_every_change_of_rows_is_found(tmp_path: Path, change: str, state: str) -> None:
    found = compared(tmp_path, TABLE + ROWS, TABLE + ROWS + change)["core.trade"]
    assert found.state == state
    assert found.is_same == (state == "equal")


def test_a_difference_says_where_and_how_much(tmp_path: Path) -> None:
    change = "update core.trade set value_usd = 11, share = 0.75 where partner_code = 'CHN' and rowid = 0;"
    found = compared(tmp_path, TABLE + ROWS, TABLE + ROWS + change)["core.trade"]
    assert (found.rows_only_in_a, found.rows_only_in_b, found.columns) == (1, 1, ("value_usd",))
    assert [row["release"] for row in found.sample] == ["A", "B"]

    (tmp_path / "floats").mkdir()
    change = "update core.trade set share = 0.4 where rowid = 0;"
    floats = compared(tmp_path / "floats", TABLE + ROWS, TABLE + ROWS + change)["core.trade"].floats
    assert floats == {"share": pytest.approx(0.2)}


def test_columns_and_types_of_one_side_are_told_and_a_view_is_read_as_a_table(tmp_path: Path) -> None:
    narrow = """
    create table core.cell as select 'CHN' as partner_code, 10::decimal(28,3) as value_usd, 1 as kind;
    create view core.trade as select * from core.cell;
    """
    wide = "create table core.trade as select 'CHN' as partner_code, 10::decimal(18,3) as value_usd, 'x' as rule;"
    found = compared(tmp_path, wide, narrow)
    trade = found["core.trade"]
    assert (trade.state, trade.is_same) == ("equal", False)
    assert (trade.columns_only_in_a, trade.columns_only_in_b) == (("rule",), ("kind",))
    assert trade.types == ("value_usd: DECIMAL(18,3) -> DECIMAL(28,3)",)
    assert found["core.cell"].state == "only in B"


def test_the_command_fails_where_releases_differ(tmp_path: Path) -> None:
    a = release(tmp_path / "a.duckdb", TABLE + ROWS)
    b = release(tmp_path / "b.duckdb", TABLE + ROWS + "delete from core.trade where partner_code = 'DEU';")
    app = compare.typer.Typer()
    app.command()(compare.main)
    same, other = (CliRunner().invoke(app, [str(a), str(path)]) for path in (a, b))
    assert (same.exit_code, other.exit_code) == (0, 1)
    assert "rows only in A: 1; only in B: 0" in other.output
