"""Files of an export that stand on in the next: those of the source and the year that nobody noted as changed."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import duckdb
import pytest

from flows.exports.cells import Cells
from flows.exports.earlier import Earlier, Renewed
from flows.exports.listed import Lists
from flows.exports.parquet import write_table
from flows.exports.parts import parts_of

_RELEASE = """
create schema core;
create table core.dim_raw_file as
from (values ('large', 200), ('small', {rows_of_small})) as file(source_code, row_count);
create table core.figure as
select source_code, year::varchar as period_code, n
from (values ('large', 100), ('small', 2)) as source(source_code, n_rows), range(2020, 2022) as years(year),
    lateral range(n_rows) as rows(n)
where source_code = 'large' or year > {small_since};
update core.figure set n = n + {more} where source_code = 'small' and period_code = '2021';
create view core.odd as from core.figure where n % 2 = 1;
"""
FIGURES = {f"core/figure/year={year}/part_{source}.parquet" for year in (2020, 2021) for source in ("0", "large")}


def release(rows_of_small: int = 4, small_since: int = 0, more: int = 0) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(_RELEASE.format(rows_of_small=rows_of_small, small_since=small_since, more=more))
    return con


def exported(con: duckdb.DuckDBPyConnection, folder: Path, earlier: Earlier | None = None) -> dict[str, int]:
    """Which file on disk each file of an export is, by its path."""
    parts, lists = list(parts_of(con, ("core",), 50)), Lists(con)
    cells = Cells(con, parts, folder, lists)
    for _, of_table in groupby(parts, key=lambda part: part.name):
        write_table(con, list(of_table), folder, earlier, cells, lists)
    return {path.relative_to(folder).as_posix(): path.stat().st_ino for path in folder.rglob("*.parquet")}


def linked(before: duckdb.DuckDBPyConnection, now: duckdb.DuckDBPyConnection, folder: Path, *noted: str) -> set[str]:
    """The files that stand on; the release `now` must be read from those there are either way."""
    there = exported(before, folder / "before")
    places = [(table, source or None, year or None) for table, source, year in (one.split("/") for one in noted)]
    here = exported(now, folder / "now", Earlier(folder / "before", before, Renewed(places)))
    for table in ("figure", "odd"):
        files = f"read_parquet('{folder}/now/core/{table}/*/*.parquet', hive_partitioning = false)"
        assert (
            now.execute(f"from {files} order by all").fetchall()
            == now.execute(f"from core.{table} order by all").fetchall()
        )
    return {path for path, inode in here.items() if there.get(path) == inode and "dim_" not in path}


def test_a_large_source_has_a_file_of_its_own_in_a_year(tmp_path: Path) -> None:
    found = exported(release(), tmp_path)
    assert {path for path in found if "figure" in path} == FIGURES
    for path in FIGURES:
        rows = duckdb.execute(f"select distinct source_code from read_parquet('{tmp_path / path}')").fetchall()
        assert rows == [("large" if path.endswith("large.parquet") else "small",)]


def test_where_a_small_source_changed_the_files_of_a_large_one_stand(tmp_path: Path) -> None:
    found = linked(release(), release(more=7), tmp_path, "figure/small/2021", "odd/small/2021")
    changed = {f"core/{table}/year=2021/part_0.parquet" for table in ("figure", "odd")}
    assert found == FIGURES.union(path.replace("figure", "odd") for path in FIGURES) - changed


def test_where_no_source_is_noted_any_may_have_changed(tmp_path: Path) -> None:
    found = linked(release(), release(more=7), tmp_path, "figure/small/2021", "odd//2021")
    assert {path for path in found if "odd" in path} == {
        path.replace("figure", "odd") for path in FIGURES if "2020" in path
    }


@pytest.mark.parametrize("noted", ["figure//", "figure/small/"])
def test_where_no_year_is_noted_what_is_left_is_compared(tmp_path: Path, noted: str) -> None:
    found = linked(release(), release(more=7), tmp_path, noted, noted.replace("figure", "odd"))
    assert {path for path in found if "figure" in path} == FIGURES - {"core/figure/year=2021/part_0.parquet"}


def test_what_is_left_of_a_year_is_written_anew_where_a_source_has_become_large(tmp_path: Path) -> None:
    found = linked(release(), release(rows_of_small=51), tmp_path)
    assert {path for path in found if "figure" in path} == {path for path in FIGURES if "large" in path}
    assert {path.name for path in (tmp_path / "now/core/figure/year=2020").iterdir()} == {
        "part_large.parquet", "part_small.parquet",
    }  # fmt: skip


def test_what_is_left_of_a_year_is_written_anew_where_a_source_is_large_no_more(tmp_path: Path) -> None:
    found = linked(release(rows_of_small=51), release(), tmp_path)
    assert {path for path in found if "figure" in path} == {path for path in FIGURES if "large" in path}


def test_a_year_of_a_large_source_alone_has_no_other_file(tmp_path: Path) -> None:
    exported(release(small_since=2020), tmp_path)
    assert [path.name for path in (tmp_path / "core/figure/year=2020").iterdir()] == ["part_large.parquet"]
