"""Parts of the page: numbers and lists in words, tiles that cannot overlap, escaping, and a page that fails."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.errors import EntrepotError
from flows.exports.page import build_site
from flows.exports.site import writing
from flows.exports.site.cells import money_cell
from flows.exports.site.parts import Cell, Line, Section, Sentence, Table
from flows.exports.site.release import Pair, Release
from flows.exports.site.rendering import Cards, as_script, environment
from flows.exports.site.sections.lead import key_figures
from flows.exports.site.sections.tiles import chosen_rows, tiles_of
from flows.read.wording.numbers import (
    BILLIONS,
    MILLIONS,
    claimed,
    money_for,
    number,
    percent,
    possessive,
    words,
    year_spans,
)
from flows.settings import Settings

PAIR = Pair(("AAA", "BBB"), ("Alpha", "Beta"))


def test_a_figure_a_source_has_compiled_is_nobodys_report() -> None:
    release = object.__new__(Release)
    release.sources = {
        "official": {"report_kind": "official", "publisher": "UNSD"},
        "baci": {"report_kind": "compiled", "publisher": "CEPII, BACI"},
    }
    assert release.teller(PAIR, {"source_code": "official", "one_code": "BBB"}) == ("Beta", "by Beta\u2019s report")
    assert release.teller(PAIR, {"source_code": "baci", "one_code": "BBB"}) == ("CEPII", "as compiled by CEPII")


@pytest.mark.parametrize(
    ("value", "digits", "signed", "text"),
    [
        (1234567.891, 2, False, "1\u202f234\u202f567.89"),
        (-2.94, 1, True, "\u22122.9"),
        (2.94, 1, True, "+2.9"),
        (-0.001, 1, True, "0.0"),
        (0, 0, False, "0"),
    ],
)
def test_numbers_have_thin_spaces_and_a_true_minus(value: float, digits: int, signed: bool, text: str) -> None:
    assert number(value, digits, signed) == text


def test_what_is_missing_is_said_and_is_no_zero() -> None:
    assert (percent(None), BILLIONS.text(None)) == ("", "")
    cell = money_cell(BILLIONS, None)
    assert (cell.text, cell.is_missing) == ("no report", True)
    assert money_cell(BILLIONS, 0).text == "0.00"


def test_a_pair_is_shown_in_millions_where_no_value_reaches_a_billion() -> None:
    assert money_for([None, Decimal(999_000_000)]) is MILLIONS
    assert money_for([None, Decimal(1_000_000_000)]) is BILLIONS
    assert money_for([None]) is BILLIONS


def test_years_and_lists_read_as_words() -> None:
    assert year_spans([2007, 2001, 2002, 2003, 2005, 2005]) == "2001 to 2003, 2005 and 2007"
    assert year_spans([2013, 2022, 2023, 2025, 2024, 2022], short=True) == "2013, 2022-2025"
    assert [year_spans([]), year_spans([], short=True)] == ["", ""]
    assert [words([]), words(["a"]), words(["a", "b", "c"])] == ["", "a", "a, b and c"]
    assert [possessive("China"), possessive("United States")] == ["China\u2019s", "United States\u2019"]


@pytest.mark.parametrize(
    ("value", "unit", "comparator", "said"),
    [
        ("146", "bn USD (more than)", "more_than", "more than 146 bn USD"),
        ("35.8", "percent", "equal", "35.8 percent"),
        ("15", "rank (upper bound)", "at_most", "rank 15 or better"),
        ("9", "rank", "equal", "rank 9"),
        ("2014", "year", "since", "2014"),
        ("0", "boolean", "not_at_most", "denied"),
    ],
)
def test_what_a_statement_claims_reads_as_it_was_said(value: str, unit: str, comparator: str, said: str) -> None:
    row = {"claimed_value_text": value, "claimed_unit_text": unit, "comparator": comparator}
    assert claimed(row) == said


@pytest.mark.parametrize(
    ("last", "text", "note"),
    [
        ({"rank": 4}, "4", "among 27 economies"),
        ({"n_missing": 2, "n_mirror_only": 3}, "4 to 9", "5 of 27 economies not fully reported; certainly 6 in 2023"),
        ({}, "4 to 9", "partners not all named; certainly 6 in 2023"),
    ],
)
def test_a_place_in_the_head_says_how_sure_it_is(last: dict[str, int], text: str, note: str) -> None:
    told = {"one_code": "AAA", "n_universe": 27, "n_missing": 0, "n_mirror_only": 0, "n_partners_bounded": 0}
    sure = told | {"year_number": 2023, "rank": 6, "rank_best": 6, "rank_worst": 6}
    open_to = told | {"year_number": 2024, "rank": None, "rank_best": 4, "rank_worst": last.get("rank", 9)} | last
    figure = key_figures(PAIR, [], [sure, open_to])[-1]
    assert (figure.label, figure.text, figure.note) == ("Beta among the partners of Alpha, 2024", text, note)


def group(name: str, value: int, prefixes: str | None, year: int = 2024, **more: Any) -> dict[str, Any]:
    told = {"one_code": "AAA", "flow_code": "X", "year_number": year, "is_year": True, "source_code": "s"}
    named = {"commodity_group_code": name, "group_name": name, "value_usd": Decimal(value), "hs_prefixes": prefixes}
    return {**told, **named, "flow_usd": Decimal(100), "share_of_flow_pct": value, **more}


def drawn(*rows: dict[str, Any]) -> dict[str, int]:
    return {tile["name"]: int(tile["value_usd"]) for tile in tiles_of(list(rows))}


def test_a_group_with_known_parts_is_drawn_as_these_and_the_rest_of_it() -> None:
    tiles = drawn(group("energy", 60, "27"), group("crude", 40, "2709"), group("fish", 5, "03"))
    assert tiles == {"crude": 40, "Other energy": 20, "fish": 5, "Not broken down": 35}
    assert sum(tiles.values()) == 100


def test_groups_that_overlap_otherwise_are_not_drawn_together() -> None:
    assert drawn(group("metals", 30, "72,73"), group("steel goods", 10, "73,82")) == {
        "metals": 30,
        "Not broken down": 70,
    }


def test_a_group_without_codes_is_not_drawn_beside_others() -> None:
    assert "labour" not in drawn(group("labour", 50, None), group("crude", 40, "2709"))


def test_of_reports_with_enough_kinds_the_newest_is_chosen_and_of_others_that_of_the_largest_part() -> None:
    few = [group("crude", 2, "2709", 2024), group("crude", 9, "2709", 2021)]
    assert chosen_rows(PAIR, "AAA", {"chapters": [], "groups": few})[0]["year_number"] == 2021
    enough = [group(str(n), n, str(n), 2020) for n in (1, 2, 3)]
    assert chosen_rows(PAIR, "AAA", {"chapters": [], "groups": [*few, *enough]})[0]["year_number"] == 2020


def test_what_a_publisher_wrote_ends_no_script_and_opens_no_element() -> None:
    assert "</script>" not in as_script({"name": "</script><b>&\u2028"})
    evil = "<img src=x onerror=alert(1)>"
    table = Table(evil, (evil,), (Line((Cell(evil),)),))
    shown = Section("name", evil, (Sentence(evil),), (), (table,), evil, evil)
    macro = environment().get_template("parts.html").module.section  # type: ignore[attr-defined]
    assert "<img" not in str(macro(Cards("c"), shown, "data"))


def test_a_page_that_fails_leaves_the_one_that_is_there(settings: Settings) -> None:
    release = settings.releases / "20260101T000000000-aaaa" / "trade.duckdb"
    release.parent.mkdir(parents=True)
    duckdb.connect(str(release)).close()
    before = settings.export / "site-20250101T000000000-bbbb"
    before.mkdir(parents=True)
    (settings.export / "site").symlink_to(before.name)
    with pytest.raises(EntrepotError, match="could not be made"):
        build_site(settings, "20260101T000000000-aaaa")
    assert (settings.export / "site").resolve() == before
    assert [path.name for path in settings.export.glob("site-*")] == [before.name]


def test_the_script_of_the_charts_is_bundled_once_in_an_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(writing.vl_convert, "javascript_bundle", lambda text: asked.append(text) or "bundle")
    assert [writing._vega(tmp_path / "share") for _ in range(2)] == ["bundle"] * 2
    assert len(asked) == 1
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    assert writing._vega(tmp_path / "file") == "bundle"
