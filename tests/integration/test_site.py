"""The page's rows: in the order their query asks for, and the same however often the page is made."""

from __future__ import annotations

import html
import re
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


def test_a_release_without_sums_of_today_says_so_on_full_and_short_pages(published: Home, tmp_path: Path) -> None:
    """A rollback to one of November 2026 lost the whole page."""
    release = tmp_path / "trade.duckdb"
    shutil.copy(published.settings.published.resolve(), release)
    with duckdb.connect(str(release)) as con:
        con.execute("alter table marts.bilateral_group_year drop column n_turnover_partly_mirrored")
    write_site(published.settings, release, tmp_path / "older", most=400)
    assert "another version of Entrep" in unpacked(tmp_path / "older" / "pairs" / "EUU-RUS.js")["pair"]
    write_site(published.settings, release, tmp_path / "short", most=1)
    (told,) = (
        pairs["RUS"] for path in (tmp_path / "short" / "more").glob("EUU-*.js") if "RUS" in (pairs := unpacked(path))
    )
    assert told["years"]
    assert told["members"]["tables"] == []
    assert "another version of Entrep" in told["members"]["said"][0]


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
    pairs = unpacked(tmp_path / "first" / "more" / f"{one}-0.js")
    other = next(code for code, told in pairs.items() if told["years"])
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
    """Also those of which exports or imports alone are known, and those of which members of a group have some; in full,
    and in short where others have more reports.
    """
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        found = con.execute(
            "select distinct least(reporter_code, partner_code) || '-' || greatest(reporter_code, partner_code) "
            "from marts.bilateral_year inner join core.dim_area as one on reporter_code = one.area_code "
            "inner join core.dim_area as other on partner_code = other.area_code "
            "where one.area_kind in ('economy', 'group') and other.area_kind in ('economy', 'group') "
            "and coalesce(turnover_any_basis_usd, exports_usd, imports_usd) is not null"
        ).fetchall()
        summed = con.execute(
            "select distinct least(reporter_code, partner_code) || '-' || greatest(reporter_code, partner_code) "
            "from marts.bilateral_group_year where 'WLD' not in (reporter_code, partner_code) "
            "and n_exports_known + n_imports_known + n_turnover_known > 0"
        ).fetchall()
    wanted = {key for (key,) in [*found, *summed]}
    assert "RUS-USA" in wanted, "Russia's imports alone"
    assert ("BRICS-G7",) in set(summed) - set(found), "no report of the one on the other"
    for most in (3, 400):
        folder = write_site(published.settings, published.settings.published, tmp_path / str(most), most=most).parent
        full = {path.stem for path in (folder / "pairs").glob("*.js")}
        short = {
            f"{path.stem.split('-')[0]}-{second}"
            for path in (folder / "more").glob("*.js")
            for second in unpacked(path)
        }
        assert full | short == wanted


def test_sums_over_members_are_those_of_the_terminal(published: Home, tmp_path: Path) -> None:
    """On a full page and on a short one; the page has the newest year first."""
    for first, second in (("EUU", "RUS"), ("BRICS", "G7"), ("CHN", "ASEAN")):
        key = "-".join(sorted((first, second)))
        said = published.entrepot("profile", first, second).stdout
        full = unpacked(published.settings.export / "site" / "pairs" / f"{key}.js")["pair"]
        found = re.findall(r"<summary>([^<]+ added up from members[^<]+)</summary>(.+?)</details>", full, re.DOTALL)
        assert len(found) == 2
        for caption, table in found:
            title = html.unescape(caption).replace("\u2019", "'")
            lines = said.partition(title)[2].partition("\u2514")[0].splitlines()
            wanted = [line.strip("\u2502 ").split("\u2502") for line in lines if re.match(r"\u2502 \d{4}", line)]
            rows = re.findall(r'<tr><th scope="row">(\d+)</th>(.+?)</tr>', table)
            shown = [[year, *re.findall(r"<td[^>]*>([^<]+)</td>", cells)] for year, cells in reversed(rows)]
            assert [[bare(cell) for cell in row] for row in shown] == [[bare(cell) for cell in row] for row in wanted]
            assert shown
        for note in ("a floor: only so many of the pairs of members are known.", "so they need not add up."):
            assert (note in said) == (note in full), note
        write_site(published.settings, published.settings.published, tmp_path / key, most=1)
        (short_page,) = (
            pairs[max(first, second)]
            for path in (tmp_path / key / "more").glob(f"{min(first, second)}-*.js")
            if max(first, second) in (pairs := unpacked(path))
        )
        tables = short_page["members"]["tables"]
        assert [caption for caption, _, _ in tables] == [html.unescape(caption) for caption, _ in found]
        texts = [[[text for text, _ in cells] for cells in rows] for _, _, rows in tables]
        assert texts[-1] == list(reversed(shown))


def bare(cell: str) -> str:
    """What a cell says, without blanks and what sets a count apart."""
    return re.sub(r"[\s()]", "", cell)


def test_a_group_whose_members_are_not_on_record_says_so(published: Home) -> None:
    said = published.entrepot("profile", "EU28", "RUS").stdout
    (note,) = re.findall(r"The members of the European Union of 28 are not on record[^.]+\.", " ".join(said.split()))
    page = unpacked(published.settings.export / "site" / "pairs" / "EU28-RUS.js")["pair"]
    assert note in html.unescape(page)
    assert "Added up from members" not in unpacked(published.settings.export / "site" / "pairs" / "CHN-RUS.js")["pair"]
