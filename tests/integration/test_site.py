"""The page's rows: in the order their query asks for, and the same however often the page is made."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.exports.site import short
from flows.exports.site.parts import Row
from flows.exports.site.release import reading
from flows.exports.site.writing import PAIR_SECTIONS, write_site
from tests.conftest import Home
from tests.pair_files import unpacked
from tests.worlds import Shown

QUERIES = {f"{section.__name__}.{name}": sql for section in PAIR_SECTIONS for name, sql in section.QUERIES.items()}
# A count over the whole release, the same on every page: one row, which has no order.
ONE_ROW = {name for name in QUERIES if name.endswith("ranks.errors")}


def out_of_order(world: Home | Shown) -> tuple[list[str], list[str]]:
    """Queries that answer a pair with several rows, and those a pair gets in another order than they ask for."""
    answering, shuffled = [], []
    with reading(world.settings, world.settings.published) as release:
        keys = {pair.key for pair in release.pairs()}
        for name, sql in QUERIES.items():
            wanted: dict[str, list[Row]] = {}
            for row in release.rows(sql):
                if (key := "-".join(sorted((row["one_code"], row["other_code"])))) in keys:
                    wanted.setdefault(key, []).append(row)
            got = release.by_pair(sql)
            answering += [name] if any(len(rows) > 1 for rows in wanted.values()) else []
            same = {
                key: [{column: row[column] for column in rows[0]} for row in got[key]] for key, rows in wanted.items()
            }
            shuffled += [name] if same != wanted else []
    return answering, shuffled


def test_a_section_gets_its_rows_in_the_order_of_its_query(published: Home) -> None:
    answering, shuffled = out_of_order(published)
    assert len(answering) > len(QUERIES) / 2
    assert shuffled == []


def test_every_section_gets_its_rows_in_the_order_of_its_query(published: Home, shown: Shown) -> None:
    bundled, demo = out_of_order(published), out_of_order(shown)
    assert len(ONE_ROW) == 1
    assert {*bundled[0], *demo[0]} == set(QUERIES) - ONE_ROW, "every other query is put to the test"
    assert [*bundled[1], *demo[1]] == []


def test_the_page_is_the_same_however_often_it_is_made(published: Home, tmp_path: Path) -> None:
    made = []
    for threads in (1, 4):
        folder = tmp_path / str(threads)
        settings = published.settings.model_copy(update={"threads": threads})
        write_site(settings, published.settings.published, folder)
        made.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert made[0].keys() == made[1].keys()
    assert [str(path) for path in made[0] if made[0][path] != made[1][path]] == []


def test_a_release_of_other_code_has_a_page_that_says_what_it_lacks(published: Home, tmp_path: Path) -> None:
    """A rollback makes the page anew of a release that lacks a column of later code."""
    release = tmp_path / "trade.duckdb"
    shutil.copy(published.settings.published.resolve(), release)
    with duckdb.connect(str(release)) as con:
        con.execute("alter table meta.rank_error drop column is_too_often_wrong")
    write_site(published.settings, release, tmp_path / "older", most=3)
    write_site(published.settings, published.settings.published, tmp_path / "now", most=3)
    said = {name: unpacked(tmp_path / name / "pairs" / "CHN-RUS.js") for name in ("older", "now")}
    assert "another version of Entrep" in said["older"]["pair"]
    assert "another version of Entrep" not in said["now"]["pair"]
    lost = said["now"]["charts"].keys() - said["older"]["charts"].keys()
    assert lost
    assert all("rank" in name for name in lost), "every other part is as it was"


def test_what_a_later_page_takes_from_an_earlier_one_is_what_it_would_draw(
    published: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = tmp_path / "trade.duckdb"
    shutil.copy(published.settings.published.resolve(), release)
    drawn: list[str] = []

    def page(folder: str, earlier: str = "") -> dict[str, bytes]:
        drawn.clear()
        there = tmp_path / earlier if earlier else None
        write_site(published.settings, release, tmp_path / folder, most=3, earlier=there)
        found = [path for path in (tmp_path / folder).rglob("*") if path.is_file()]
        return {path.relative_to(tmp_path / folder).as_posix(): path.read_bytes() for path in found}

    def seen(release: Any, first: str, more: Path) -> Iterator[Any]:
        drawn.append(first)
        return written(release, first, more)

    written = short._written
    monkeypatch.setattr(short, "_written", seen)
    first = page("first")
    assert len(drawn) > 5
    assert page("second", "first") == first
    assert drawn == []

    files = sorted((tmp_path / "second" / "more").glob("*.js"))
    files[0].write_text("somebody wrote here", encoding="utf-8")
    files[-1].unlink()
    assert page("third", "second") == first
    assert drawn == [files[0].stem.split("-")[0], files[-1].stem.split("-")[0]]

    one = files[1].stem.split("-")[0]
    other = next(iter(unpacked(tmp_path / "first" / "more" / f"{one}-0.js")))
    with duckdb.connect(str(release)) as con:
        con.execute(
            "update marts.bilateral_year set exports_usd = coalesce(exports_usd, 0) + 1e9 "
            "where (reporter_code, partner_code) in (($1, $2), ($2, $1))",
            [one, other],
        )
    changed = page("fourth", "first")
    assert drawn == [one]
    assert changed == page("anew")
    assert {name for name in changed if "more/" in name and changed[name] != first.get(name)} == {
        f"more/{one}-0.js", "more/made_of.json",
    }  # fmt: skip

    with duckdb.connect(str(release)) as con:
        con.execute("update core.dim_area set area_name = 'Hellas' where area_code = 'GRC'")
    assert page("fifth", "fourth") == page("anew too")
    assert page("sixth", "nowhere") == page("anew too")

    (tmp_path / "sixth" / "more" / "made_of.json").write_text("{", encoding="utf-8")
    assert page("seventh", "sixth") == page("anew too")
    monkeypatch.setattr(short, "code_fingerprint", lambda: "of another version")
    page("eighth", "seventh")
    assert len(drawn) > 5


def test_every_pair_with_a_figure_of_a_year_is_on_the_page(published: Home, tmp_path: Path) -> None:
    """Also those of which exports or imports alone are known; in full, and in short where others have more reports."""
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        found = con.execute(
            "select distinct least(reporter_code, partner_code) || '-' || greatest(reporter_code, partner_code) "
            "from marts.bilateral_year inner join core.dim_area as one on reporter_code = one.area_code "
            "inner join core.dim_area as other on partner_code = other.area_code "
            "where one.area_kind in ('economy', 'group') and other.area_kind in ('economy', 'group') "
            "and coalesce(turnover_any_basis_usd, exports_usd, imports_usd) is not null"
        ).fetchall()
    wanted = {key for (key,) in found}
    assert "RUS-USA" in wanted, "Russia's imports alone"
    for most in (3, 400):
        folder = write_site(published.settings, published.settings.published, tmp_path / str(most), most=most).parent
        full = {path.stem for path in (folder / "pairs").glob("*.js")}
        short = {
            f"{path.stem.split('-')[0]}-{second}"
            for path in (folder / "more").glob("*.js")
            for second in unpacked(path)
        }
        assert full | short == wanted
