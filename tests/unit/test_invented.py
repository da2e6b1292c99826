"""A stand-in's figures are known as such, and whatever leaves a release made of them says so."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows.exports.site.parts import Chart, Section, Table, marked_as_invented
from flows.read import invented
from flows.steps.building.invented import is_of_stand_in

HOSTS = ("api.imf.org", "data.imf.org")


@pytest.mark.parametrize(
    ("url", "is_invented"),
    [
        ("http://127.0.0.1:41235/api.imf.org/external/sdmx/3.0/data", True),
        ("https://stand-in.example/api.imf.org/x", True),
        ("https://api.imf.org/external/sdmx/3.0/data", False),
        ("https://api.imf.org/api.imf.org/x", False),
        ("https://elsewhere.example/x", False),
        ("inbox/api.imf.org/x", False),
    ],
)
def test_a_stand_in_is_another_server_with_the_publishers_host_in_its_path(url: str, is_invented: bool) -> None:
    assert is_of_stand_in(url, HOSTS) is is_invented


def release(path: Path, *sources: tuple[str, bool]) -> duckdb.DuckDBPyConnection:
    """A file with core.dim_source alone, a publisher and whether it is invented per row."""
    con = duckdb.connect(str(path))
    con.execute("create schema core; create table core.dim_source (publisher varchar, is_invented boolean)")
    con.executemany("insert into core.dim_source values (?, ?)", list(sources))
    return con


def test_a_release_names_the_publishers_a_stand_in_answered_for(tmp_path: Path) -> None:
    with release(tmp_path / "a.duckdb", ("CEPII", True), ("World Bank", False), ("ECB", True), ("ECB", True)) as con:
        assert invented.invented_publishers(con) == ["CEPII", "ECB"]
        assert "in place of CEPII and ECB" in invented.told(con)
        assert con.execute(f"select {invented.COLUMN} from {invented.marked_rows('core.dim_source', True)}").fetchall()


def test_a_release_of_publishers_and_one_of_older_code_say_nothing(tmp_path: Path) -> None:
    with release(tmp_path / "a.duckdb", ("CEPII", False)) as con:
        assert (invented.told(con), invented.invented_publishers(con)) == ("", [])
        con.execute("alter table core.dim_source drop column is_invented")
        assert (invented.told(con), invented.invented_publishers(con)) == ("", [])
    assert invented.marked_rows("core.dim_source", False) == "core.dim_source"


def test_every_title_and_row_of_a_section_is_marked() -> None:
    chart = Chart("years", "turnover", "Turnover", "A line.", [{"year": 2020}, {"year": 2021}])
    marked = marked_as_invented(
        Section("turnover", "Turnover by year", (), (chart,), (Table("By year", ("Year",), ()),))
    )
    titles = [marked.title, *(chart.title for chart in marked.charts), *(table.caption for table in marked.tables)]
    assert all(title.startswith("Invented: ") for title in titles)
    assert all(row[invented.COLUMN] is True for chart in marked.charts for row in chart.rows)
