"""The files of an exported table: what a view has no rows of makes none, and no table is without a file."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import duckdb
import pytest

from flows.exports import parquet
from flows.exports.cells import Cells
from flows.exports.listed import Lists
from flows.exports.parquet import write_table
from flows.exports.parts import parts_of, write

_RELEASE = """
create schema core;
create table core.cell as
select year_number, number, year_number = 2020 as is_late
from range(2018, 2021) as years(year_number), range(10) as numbers(number);
create view core.late as select year_number, number from core.cell where is_late;
create view core.none_of_them as select year_number, number from core.cell where number > 100;
create view core.made as select year_number + 1 as year_number, number from core.cell where false;
"""


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(_RELEASE)
    return con


def exported(con: duckdb.DuckDBPyConnection, folder: Path, rows_of_a_file: int) -> dict[str, int]:
    """Rows of each file, by its path."""
    parts = list(parts_of(con, ("core",), rows_of_a_file))
    lists = Lists(con)
    cells = Cells(con, parts, folder, lists)
    for _, of_table in groupby(parts, key=lambda part: part.name):
        write_table(con, list(of_table), folder, None, cells, lists)
    cells.done()
    return {
        path.relative_to(folder).as_posix(): duckdb.read_parquet(str(path), hive_partitioning=False).shape[0]
        for path in folder.rglob("*.parquet")
    }


def test_a_large_table_has_a_file_a_year(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found = exported(con, tmp_path, 5)
    assert [found[f"core/cell/year={year}/part_0.parquet"] for year in (2018, 2019, 2020)] == [10, 10, 10]


def test_a_view_has_files_of_the_years_it_has_rows_of(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found = exported(con, tmp_path, 5)
    assert {path: rows for path, rows in found.items() if "late" in path} == {"core/late/year=2020/part_0.parquet": 10}


def test_a_view_without_rows_is_one_empty_file(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found = exported(con, tmp_path, 5)
    assert found["core/none_of_them.parquet"] == found["core/made.parquet"] == 0
    assert sorted(path.name for path in (tmp_path / "core").iterdir()) == [
        "cell", "late", "made.parquet", "none_of_them.parquet",
    ]  # fmt: skip


def test_a_view_beside_a_dimension_has_files_of_the_years_of_its_figures(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        """
        create schema marts;
        create table core.dim_period as
        select year::varchar as period_code, year as year_number from range(1950, 2051) as years(year);
        create table core.figure as select (2000 + n % 2)::varchar as period_code, n from range(20) as numbers(n);
        create view marts.dated as
        select figure.period_code, period.year_number, figure.n
        from core.figure as figure left join core.dim_period as period on figure.period_code = period.period_code
        """
    )
    parts = list(parts_of(con, ("marts",), 5))
    assert [part.year for part in parts] == ["2000", "2001"]
    assert all("period_code >=" in part.condition for part in parts)  # which the engine can ask of the figures


def test_small_tables_are_one_file_each(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found = exported(con, tmp_path, 50)
    assert found == {
        "core/cell.parquet": 30, "core/late.parquet": 10, "core/none_of_them.parquet": 0, "core/made.parquet": 0,
    }  # fmt: skip


_CELLS = """
create table core.dim_flow as from (values ('X'), ('M')) as flow(flow_code);
create table core.trade_cell as
from (values
    ('2020', 'X', 1, true), ('2020', 'M', null, true), ('2020', {flow}, 3, false)
) as cell(period_code, flow_code, value_usd, is_additive);
create table core.trade_cell_history as
select '2020' as period_code, 'X' as flow_code, 2 as value_usd, true as is_additive, date '2024-01-01' as known_to;
create table core.trade_cell_restated as select period_code from core.trade_cell where {is_restated};
create view core.fct_trade_vintage as
select *, {bounds}, null::date as known_to, true as is_current from core.trade_cell
union all by name select *, {bounds}, false as is_current from core.trade_cell_history;
create view core.fct_trade as select period_code, flow_code, value_usd, {bounds} from core.trade_cell where is_additive;
create view core.fct_trade_total as
select period_code, flow_code, value_usd, {bounds} from core.trade_cell where not is_additive;
"""


@pytest.mark.parametrize("most", ["value_usd", "value_usd + 1"], ids=["bounds are the value", "an upper bound"])
@pytest.mark.parametrize("flow", ["'X'", "'Z'"], ids=["in the list", "in no list"])
@pytest.mark.parametrize("is_restated", [False, True], ids=["as published", "restated"])
def test_cells_put_together_hold_what_the_release_does(
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_restated: bool,
    flow: str,
    most: str,
) -> None:
    bounds = f"value_usd as value_usd_min, {most} as value_usd_max, value_usd::double as value_original"
    con.execute(_CELLS.format(is_restated=is_restated, flow=flow, bounds=bounds))
    written_whole: list[str] = []

    def seen(con: duckdb.DuckDBPyConnection, rows: str, path: Path) -> int:
        written_whole.append(path.stem)
        return write(con, rows, path)

    monkeypatch.setattr("flows.exports.parquet.write", seen)
    exported(con, tmp_path, 50)
    of_cells = {"fct_trade", "fct_trade_total", "fct_trade_vintage"}
    # pieces with and without a list may differ in what may be empty: the engine then writes the table
    if flow == "'X'":
        assert set(written_whole) & of_cells == ({"fct_trade_vintage"} if is_restated else set())
    for table in of_cells:
        file = f"'{tmp_path}/core/{table}.parquet'"
        asked = f"describe {file}", f"describe core.{table}"
        assert con.execute(asked[0]).fetchall() == con.execute(asked[1]).fetchall()
        assert (
            con.execute(f"from {file} order by all").fetchall()
            == con.execute(f"from core.{table} order by all").fetchall()
        )


_ONE_FILE = """
create table core.trade_cell as
select
    '2020' as period_code, 'a' as file_id, line,
    case when line > 290000 or line in (17, 250017) then 'ZWE' when line % 2 = 0 then 'CHN' else 'USA' end
        as reporter_code,
    'RUS' as partner_code, 'X' as flow_code, 'HS:' || line as product_key,
    'baci' as source_code, 'FOB' as valuation_code,
    timestamp '2024-01-01 12:30:00.000123' as known_from, 0.1::double as rate, null::varchar as unit, line % 7 as part,
    line::decimal(18, 3) as value_usd, line::decimal(18, 3) as value_usd_min, true as is_additive
from range(1, 300001) as rows(line);
-- what the two reporters with most rows do not show, and rows of another file
update core.trade_cell set valuation_code = 'CIF', value_usd_min = 0 where line in (17, 250017) and {is_uneven};
update core.trade_cell set unit = 'kg' where line = 299999 and {is_uneven};
insert into core.trade_cell
select
    '2020', 'b', line, 'USA', 'RUS', 'X', 'HS:' || line, 'own', null, null, 2.5, 'kg', null, null, 1, line > 5
from range(1, 9) as rows(line);
create table core.trade_cell_history as select * from core.trade_cell where line = 33;
create table core.dim_raw_file as
from (values
    ('a', 'baci', 300000), ('b', 'own', 8), ('older', 'own', 8)
) as file(file_id, source_code, row_count);
create table core.trade_cell_restated as
select
    source_code, reporter_code, partner_code, flow_code, product_key, period_code, 'older' as file_id, 77 as line
from core.trade_cell
where file_id = '{restated}' and line = 7;
create view core.fct_trade_vintage as
select cell.* replace (coalesce(restated.file_id, cell.file_id) as file_id, coalesce(restated.line, cell.line) as line),
    true as is_current
from core.trade_cell as cell
left join core.trade_cell_restated as restated
    using (source_code, reporter_code, partner_code, flow_code, product_key, period_code)
union all
select *, false as is_current from core.trade_cell_history;
create view core.fct_trade as select * exclude (is_additive) from core.trade_cell where is_additive;
create view core.fct_trade_total as select * exclude (is_additive) from core.trade_cell where not is_additive;
"""


@pytest.mark.parametrize(
    ("is_uneven", "restated", "n_of_most"),
    [
        (True, "none", [299_997]),
        (False, "none", [300_000]),
        # what is restated is of another source, which has a file of its own
        (False, "b", [300_000]),
        (True, "b", [299_997]),
        # each table by itself
        (False, "a", [300_000, 300_001]),
    ],
)
def test_a_column_of_one_value_is_encoded_once_and_rows_with_another_value_keep_it(
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_uneven: bool,
    restated: str,
    n_of_most: list[int],
) -> None:
    con.execute(_ONE_FILE.format(is_uneven=is_uneven, restated=restated))
    encoded: dict[str, int] = {}
    write = Lists.write

    def seen(lists: Lists, rows: str, path: Path) -> int:
        encoded[rows] = write(lists, rows, path)
        return encoded[rows]

    monkeypatch.setattr(Lists, "write", seen)
    monkeypatch.setattr(parquet, "write", lambda con, rows, path: seen(Lists(con), rows, path))
    exported(con, tmp_path, 100_000)
    assert sorted(n for n in encoded.values() if n > 1000) == n_of_most
    most = min((rows for rows in encoded if encoded[rows] > 1000), key=lambda rows: encoded[rows])
    columns = [name for name, *_ in con.execute(f"describe {most}").fetchall()]
    assert columns == ["line", "reporter_code", "product_key", "part", "value_usd"]
    for table in ("fct_trade", "fct_trade_total", "fct_trade_vintage"):
        file = f"read_parquet('{tmp_path}/core/{table}/year=2020/part_*.parquet', hive_partitioning = false)"
        differing = f"(from {file} except all from core.{table}) union all (from core.{table} except all from {file})"
        assert con.execute(f"describe from {file}").fetchall() == con.execute(f"describe core.{table}").fetchall()
        assert con.execute(differing).fetchall() == []
    assert not list(tmp_path.glob(".piece*"))
