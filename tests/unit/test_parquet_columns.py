"""Parquet files put together from columns of others hold what a query over both would have written."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows.formats.parquet_columns import Piece, put_together

ROWS = 5000
_MADE = """
select
    line, 'product ' || line % 700 as product, case when line % 3 > 0 then line / 7 end as share,
    line % 2 = 0 as is_even,
    (line * 1.5)::decimal(18, 3) as value_usd, date '2020-01-01' + line::integer as day,
    timestamp '2020-01-01' + to_minutes(line) as known_from, null::varchar as note
from range({first}, {last}) as numbers(line)
"""
COLUMNS = ["line", "product", "share", "is_even", "value_usd", "day", "known_from", "note"]


def written(folder: Path, name: str, sql: str) -> Piece:
    path = folder / name
    duckdb.sql(sql).write_parquet(str(path), compression="zstd", row_group_size=2048)
    return Piece(path)


@pytest.fixture
def parts(tmp_path: Path) -> list[Piece]:
    made = [(0, ROWS), (ROWS, ROWS + 10), (ROWS + 10, 2 * ROWS)]
    return [written(tmp_path, f"{first}.parquet", _MADE.format(first=first, last=last)) for first, last in made]


@pytest.mark.parametrize(
    "columns", [COLUMNS, ["product", "line"], ["note"]], ids=["all", "two in another order", "one"]
)
def test_rows_come_in_the_order_of_the_parts_with_the_columns_asked_for(
    parts: list[Piece], tmp_path: Path, columns: list[str]
) -> None:
    target = tmp_path / "target.parquet"
    assert put_together(target, columns, parts)
    found = duckdb.sql(f"from read_parquet('{target}')")
    expected = duckdb.sql(f"select {', '.join(columns)} from ({_MADE.format(first=0, last=2 * ROWS)}) order by line")
    assert (found.columns, found.types) == (expected.columns, expected.types)
    assert found.fetchall() == expected.fetchall()


def test_statistics_and_filters_lead_to_the_right_row_groups(parts: list[Piece], tmp_path: Path) -> None:
    target = tmp_path / "target.parquet"
    assert put_together(target, ["value_usd", "product", "line"], parts)
    for condition in ("line = 5005", "product = 'product 77'", "line between 4999 and 5001", "product = 'nothing'"):
        found = duckdb.sql(f"select count(*), sum(line) from read_parquet('{target}') where {condition}").fetchall()
        made = _MADE.format(first=0, last=2 * ROWS)
        assert found == duckdb.sql(f"select count(*), sum(line) from ({made}) where {condition}").fetchall(), condition
    ((groups,),) = duckdb.sql(f"select count(distinct row_group_id) from parquet_metadata('{target}')").fetchall()
    assert groups > 3


def test_parts_that_differ_in_what_may_be_empty_are_not_put_together(parts: list[Piece], tmp_path: Path) -> None:
    full = written(tmp_path, "full.parquet", f"select * replace (1.0 as share) from ({_MADE.format(first=0, last=9)})")
    target = tmp_path / "target.parquet"
    assert not put_together(target, ["line", "share"], [parts[0], full])
    assert not target.exists()
    assert put_together(target, ["line", "product"], [parts[0], full])
    assert duckdb.sql(f"select count(*) from read_parquet('{target}')").fetchall() == [(ROWS + 9,)]


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.parquet"
    path.write_text("no columns here", encoding="utf-8")
    with pytest.raises(ValueError, match="is not a Parquet file"):
        put_together(tmp_path / "target.parquet", ["line"], [Piece(path)])


def test_a_column_left_out_is_that_which_holds_the_same(parts: list[Piece], tmp_path: Path) -> None:
    target = tmp_path / "target.parquet"
    named = [part._replace(same_as={"bound": "share", "day_again": "day"}) for part in parts]
    assert put_together(target, ["bound", "line", "day_again", "share"], named)
    asked = f"select * from ({_MADE.format(first=0, last=2 * ROWS)}) order by line"
    assert (
        duckdb.sql(f"from read_parquet('{target}')").fetchall()
        == duckdb.sql(f"select share as bound, line, day as day_again, share from ({asked})").fetchall()
    )
    assert (
        duckdb.sql(f"select count(*) from read_parquet('{target}') where bound < 100").fetchall()
        == duckdb.sql(f"select count(*) from ({asked}) where share < 100").fetchall()
    )


def test_a_column_of_one_value_is_taken_from_a_file_beside_for_each_number_of_rows(
    parts: list[Piece], tmp_path: Path
) -> None:
    sizes = {size for part in parts for (size,) in duckdb.sql(
        f"select distinct row_group_num_rows from parquet_metadata('{part.path}')"
    ).fetchall()}  # fmt: skip
    assert len(sizes) > 2
    beside = {
        size: written(
            tmp_path, f"beside_{size}", f"select 'BACI' as source, null::double as rate from range({size})"
        ).path
        for size in sizes
    }
    target = tmp_path / "target.parquet"
    assert put_together(target, ["source", "line", "rate"], [part._replace(beside=beside) for part in parts])
    made = f"select 'BACI' as source, line, null::double as rate from ({_MADE.format(first=0, last=2 * ROWS)})"
    assert duckdb.sql(f"from read_parquet('{target}')").fetchall() == duckdb.sql(f"{made} order by line").fetchall()


def test_nothing_is_put_together_where_a_file_beside_is_of_several_row_groups(
    parts: list[Piece], tmp_path: Path
) -> None:
    twice = written(tmp_path, "twice", f"select 'BACI' as source from range({ROWS})").path
    target = tmp_path / "target.parquet"
    assert not put_together(target, ["source"], [parts[0]._replace(beside={2048: twice, 904: twice})])
    assert not target.exists()
