"""Parts of the page: numbers and lists in words, tiles that cannot overlap, escaping, and a page that fails."""

from __future__ import annotations

import ast
import errno
import os
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import EntrepotError, cause_of_the_machine
from flows.exports import page
from flows.exports.page import build_site
from flows.exports.site import rendering, short, writing
from flows.exports.site.cells import money_cell
from flows.exports.site.measures import Measures
from flows.exports.site.pair import Pair
from flows.exports.site.parts import Cell, Line, Origin, Section, Sentence, Table
from flows.exports.site.release import Release
from flows.exports.site.rendering import Cards, as_script, environment
from flows.exports.site.sections import (
    announced,
    changes,
    coverage,
    goods,
    mirror,
    partners,
    ranks,
    settlement,
    statements,
    turnover,
)
from flows.exports.site.sections.lead import headline, key_figures
from flows.exports.site.sections.statements import counted_verdict
from flows.exports.site.sections.tiles import chosen_rows
from flows.exports.site.sections.turnover import unit_of
from flows.read.goods_parts import Flow, flow_of, tiles_of
from flows.read.loose_figures import loose
from flows.read.wording.numbers import (
    BILLIONS,
    MILLIONS,
    MINUS,
    THOUSANDS,
    Money,
    claimed,
    money_for,
    number,
    ordinal,
    percent,
    possessive,
    printed_on,
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
        (1234567.891, 2, False, "1,234,567.89"),
        (-2.94, 1, True, "\u22122.9"),
        (2.94, 1, True, "+2.9"),
        (-0.001, 1, True, "0.0"),
        (0, 0, False, "0"),
        (228.105, 2, False, "228.10"),
        (-0.125, 2, False, "\u22120.13"),
        (8.125, 2, True, "+8.13"),
        (2.5, 0, False, "3"),
    ],
)
def test_numbers_have_commas_as_the_axes_do_and_a_true_minus(
    value: float, digits: int, signed: bool, text: str
) -> None:
    assert number(value, digits, signed) == text


def test_what_is_missing_is_said_and_is_no_zero() -> None:
    assert (percent(None), BILLIONS.text(None)) == ("", "")
    cell = money_cell(BILLIONS, None)
    assert (cell.text, cell.is_missing) == ("no report", True)
    assert money_cell(BILLIONS, 0).text == "0.00"


def test_a_pair_is_shown_in_the_largest_unit_one_of_its_values_reaches() -> None:
    assert money_for([None, Decimal(999_000_000)]) is MILLIONS
    assert money_for([None, Decimal(1_000_000_000)]) is BILLIONS
    assert money_for([Decimal(-1_000_000), Decimal(5)]) is MILLIONS
    assert money_for([Decimal(999_999), None]) is THOUSANDS
    assert (money_for([56]).text(56), money_for([56]).short) == ("0.06", "thousand USD")
    assert money_for([None]) is BILLIONS


@pytest.mark.parametrize(
    ("money", "value_usd", "text"),
    [
        (BILLIONS, 2_124_999_600, "2.12"),
        (BILLIONS, 2_125_000_000, "2.13"),
        (BILLIONS, -2_124_999_999, f"{MINUS}2.12"),
        (MILLIONS, 345_674_900, "345.67"),
        (MILLIONS, Decimal("345674999.7"), "345.68"),
    ],
)
def test_a_mark_and_the_text_beside_it_are_rounded_from_one_number(money: Money, value_usd: Any, text: str) -> None:
    drawn = money.of(value_usd)
    assert drawn is not None
    assert money.text(value_usd) == number(drawn, 2) == text


def test_an_amount_that_is_none_is_told_from_one_too_small_to_show() -> None:
    assert [BILLIONS.text(usd) for usd in (0, 4_000_000, -4_000_000, 5_000_000, None)] == [
        "0.00", "<0.01", f">{MINUS}0.01", "0.01", "",
    ]  # fmt: skip
    assert [THOUSANDS.typed(usd) for usd in (0.2, -4.0, 0.0)] == ["<0.01", ">-0.01", "0.00"]


def test_a_share_is_rounded_once_wherever_it_is_told() -> None:
    """12.2499 percent: rounded to two digits first it would be drawn as 12.3."""
    tiles = [{"name": "Oil", "value_usd": Decimal(122_499), "source_code": "s"}]
    chart = goods._chart("AAA", 0, "Alpha to Beta", "2024, by Alpha", tiles, MILLIONS, Flow(Decimal(1_000_000), True))
    assert number(chart.rows[0]["share_pct"], 1) == "12.2"


@pytest.mark.parametrize(
    ("first", "last", "said"), [(2023, 2023, "2023"), (2023, 2024, "2023 and 2024"), (2022, 2024, "2022 to 2024")]
)
def test_two_years_of_months_alone_are_both_named(first: int, last: int, said: str) -> None:
    row = {"has_goods": False, "has_months": True, "first_year": first, "last_year": last}
    assert loose(row) == f"figures of months for {said}"


def test_years_and_lists_read_as_words() -> None:
    assert year_spans([2007, 2001, 2002, 2003, 2005, 2005]) == "2001 to 2003, 2005 and 2007"
    assert year_spans([2024, 2025]) == "2024 and 2025"
    assert year_spans([2000, 2001, 2002, 2011, 2012]) == "2000 to 2002, 2011 and 2012"
    assert year_spans([2013, 2022, 2023, 2025, 2024, 2022], short=True) == "2013, 2022-2025"
    assert [year_spans([]), year_spans([], short=True)] == ["", ""]
    assert [words([]), words(["a"]), words(["a", "b", "c"])] == ["", "a", "a, b and c"]
    assert [possessive("China"), possessive("United States")] == ["China\u2019s", "United States\u2019"]


@pytest.mark.parametrize(
    ("kind", "value", "unit", "comparator", "said"),
    [
        ("level", "146", "bn USD (more than)", "more_than", "more than 146 bn USD"),
        ("growth", "35.8", "percent", "equal", "growth of 35.8 %"),
        ("growth", "50", "percent (more than)", "more_than", "growth of more than 50 %"),
        ("share", "16", "percent", "equal", "16 %"),
        ("share", "20", "percent (about)", "about", "about 20 %"),
        ("share", "20", "percent (about one fifth)", "about", "about 20 % (one fifth)"),
        ("rank", "15", "rank (upper bound)", "at_most", "rank 15 or better"),
        ("rank", "9", "rank", "equal", "rank 9"),
        ("event", "2014", "year", "since", "2014"),
        ("rank", "0", "boolean", "not_at_most", "denied"),
        ("rank", "10", "rank", "not_at_most", "denied"),
        ("level", "150", "bn USD", "not_at_most", "more than 150 bn USD"),
        ("level", "150", "usd_bn", "at_most", "at most 150 bn USD"),
        ("share", "20", "percent (upper bound)", "at_most", "at most 20 %"),
        ("growth", "40", "percent", "not_at_most", "growth of more than 40 %"),
    ],
)
def test_what_a_statement_claims_reads_as_it_was_said(
    kind: str, value: str, unit: str, comparator: str, said: str
) -> None:
    row = {"statement_kind": kind, "claimed_value_text": value, "claimed_unit_text": unit, "comparator": comparator}
    assert claimed(row) == said


RANKED = {"one_code": "AAA", "n_universe": 254, "n_seen": 27, "is_among_few": False}


def ranked(year: int, best: int, worst: int, **more: Any) -> dict[str, Any]:
    place = {"rank": best if best == worst else None, "rank_best": best, "rank_worst": worst}
    unallocated = {"rank_best_if_unallocated": best, "rank_worst_if_unallocated": worst}
    return {**RANKED, "year_number": year, **place, **unallocated, "rank_is_certain": best == worst, **more}


OPEN = {"rank_is_certain": False, "rank_best_if_unallocated": 1, "rank_worst_if_unallocated": 29}


@pytest.mark.parametrize(
    ("ranks", "text", "unit", "note"),
    [
        ([ranked(2023, 6, 6), ranked(2024, 4, 4)], "4th", "in 2024", "of 254 economies"),
        (
            [ranked(2023, 6, 6), ranked(2024, 4, 9)],
            "6th",
            "in 2023",
            "uncertain since; possible in 2024: 4 to 9 of 254",
        ),
        ([ranked(2002, 6, 6), ranked(2024, 4, 9)], "uncertain", "", "possible in 2024: 4 to 9 of 254"),
        ([ranked(2023, 4, 4, **OPEN), ranked(2024, 4, 9)], "uncertain", "", "possible in 2024: 4 to 9 of 254"),
        ([ranked(2024, 4, 9, **OPEN)], "uncertain", "", "possible in 2024: 1 to 29 of 254"),
        (
            [ranked(2024, 4, 4, **OPEN)],
            "4th",
            "in 2024",
            "of 254 economies; trade without a named partner could make it 1 to 29",
        ),
        (
            [ranked(2024, 1, 2, n_seen=2, is_among_few=True)],
            "not ranked",
            "",
            "figures of 2 partners are too few to rank",
        ),
    ],
)
def test_a_place_in_the_head_is_one_that_is_certain(
    ranks: list[dict[str, Any]], text: str, unit: str, note: str
) -> None:
    figure = key_figures(PAIR, [], ranks, BILLIONS)[-1]
    assert figure.label == "Beta among Alpha\u2019s partners"
    assert (figure.text, figure.unit, figure.note) == (text, unit, note)


def reported(code: str, year: int, billions: float | None, **more: Any) -> dict[str, Any]:
    value = None if billions is None else Decimal(str(billions)) * 10**9
    turnover = {"turnover_usd": value, "turnover_any_basis_usd": value, "turnover_source_code": "official"}
    return {"one_code": code, "year_number": year, **turnover, **more}


@pytest.mark.parametrize(
    ("years", "said"),
    [
        (
            [reported("AAA", 2023, 120), reported("BBB", 2023, 100)],
            "In 2023 Alpha and Beta traded 120.00 bn USD by Alpha\u2019s report and 100.00 bn USD by Beta\u2019s; the "
            "two differ by 18\u202f%.",
        ),
        (
            [reported("AAA", 2021, 90), reported("BBB", 2023, 100)],
            "Alpha and Beta traded 100.00 bn USD in 2023, by Beta\u2019s report; Alpha\u2019s report ends in 2021, at "
            "90.00 bn USD.",
        ),
        (
            [reported("AAA", 2021, 90), reported("BBB", 2023, 100, turnover_usd=None)],
            "Alpha and Beta traded 90.00 bn USD in 2021, by Alpha\u2019s report; no full report by Beta is loaded.",
        ),
        (
            [reported("AAA", 2021, 90, turnover_usd=None)],
            "No report by Alpha and Beta on each other is loaded; UNSD puts their trade of 2021 at 90.00 bn USD.",
        ),
        ([reported("AAA", 2021, None)], "No figure of the trade between Alpha and Beta is loaded."),
    ],
)
def test_the_first_sentence_says_what_is_traded_and_whose_word_that_is(years: list[dict[str, Any]], said: str) -> None:
    release = object.__new__(Release)
    release.sources = {"official": {"report_kind": "official", "publisher": "UNSD, UN Comtrade"}}
    assert headline(release, PAIR, years, unit_of(years)) == said


def test_names_have_their_article_in_a_sentence_and_a_capital_at_its_beginning() -> None:
    release = object.__new__(Release)
    release.sources = {}
    pair = Pair(("NLD", "USA"), ("Netherlands", "United States"))
    years = [reported("NLD", 2021, 90), reported("USA", 2023, 100, turnover_usd=None)]
    said = headline(release, pair, years, unit_of(years))
    assert said == (
        "The Netherlands and the United States traded 90.00 bn USD in 2021, by the Netherlands\u2019 report; no full "
        "report by the United States is loaded."
    )
    labels = [figure.label for figure in key_figures(pair, [], [ranked(2024, 4, 4, one_code="NLD")], BILLIONS)]
    assert labels[-1] == "The United States among the Netherlands\u2019 partners"
    assert pair.title == ("The Netherlands", "the United States")


def test_a_side_that_reports_one_flow_only_is_not_said_to_report_nothing() -> None:
    told = {"exports_basis": "own", "imports_basis": "mirror"}
    years = [reported("AAA", 2019, None, **told), reported("AAA", 2021, None, **told), reported("AAA", 2022, None)]
    assert [(figure.text, figure.note) for figure in key_figures(PAIR, years, [], unit_of(years))] == [
        ("no total", "it reports exports only, latest in 2021"),
        ("no report", "no report of its own is loaded"),
    ]


def test_a_side_with_both_flows_from_two_reports_is_not_said_to_report_one_of_them() -> None:
    both, imports = (
        {"exports_basis": "own", "imports_basis": "own"},
        {"exports_basis": "mirror", "imports_basis": "own"},
    )
    years = [
        reported("AAA", 2021, None, **imports), reported("AAA", 2022, None, **both),
        reported("BBB", 2021, None, **both), reported("BBB", 2022, None, **imports),
    ]  # fmt: skip
    assert [figure.note for figure in key_figures(PAIR, years, [], unit_of(years))] == [
        "its exports and imports of 2022 are from two reports, and are not added up",
        "for 2022 it reports imports only, and for no year a total",
    ]
    flows = {"exports_usd": Decimal(46 * 10**9), "imports_usd": Decimal(35 * 10**9), **both}
    section = told_of_years(year_row("AAA", 2022, **flows), year_row("BBB", 2022, 80, "own"))
    assert section.sentences[0].text == (
        "Alpha\u2019s own statistics give exports to Beta of 46.00 bn USD and imports from Beta of 35.00 bn USD for "
        "2022, and no total."
    )


def test_marks_are_explained_only_where_some_are_drawn() -> None:
    lone, two = told_of_years(year_row("AAA", 2021, 1, "own")), [year_row("AAA", at, 1, "own") for at in (2021, 2022)]
    assert (lone.charts, lone.rule) == ((), "A figure that is not in the table is not known, which is not zero.")
    assert "Hollow marks" in told_of_years(*two).rule


def test_a_difference_of_two_totals_names_the_sources_of_both() -> None:
    release = object.__new__(Release)
    kept = {"licence": "facts", "is_redistributable": True, "landing_page": ""}
    release.sources = {code: {"publisher": name, **kept} for code, name in (("one", "Office"), ("two", "Bureau"))}
    release._files, release._publications, release._read_in = {}, {}, {}
    release.measures = Measures({}, {}, {})
    gap = {"mirror_gap_usd": Decimal(10**9)}
    years = [
        year_row("AAA", 2022, 79, "own", **gap) | {"turnover_source_code": "one"},
        year_row("BBB", 2022, 80, "own", **gap) | {"turnover_source_code": "two"},
    ]
    said = turnover.section(release, PAIR, {"years": years, "targets": [], "events": []}).sentences[-1]
    assert (
        said.text == "In 2022, the latest year with both reports loaded, Beta\u2019s figure is higher by 1.00 bn USD."
    )
    assert [(origin.figure, origin.publishers) for origin in said.origins] == [
        ("Total trade, by Alpha", ("Office",)),
        ("Total trade, by Beta", ("Bureau",)),
    ]


def year_row(code: str, year: int, total: float | None = None, by: str | None = None, **more: Any) -> dict[str, Any]:
    """A row of the turnover section: `total` billions by `by`, flows as given, everything else unknown."""
    unknown = dict.fromkeys((
        "exports_usd", "imports_usd", "exports_basis", "imports_basis", "turnover_source_code", "turnover_rule",
        "turnover_yoy_pct", "turnover_yoy_is_comparable", "turnover_yoy_published_pct", "share_of_turnover_pct",
        "mirror_gap_usd", "exports_source_code", "imports_source_code", "exports_file_id", "imports_file_id",
        "exports_line", "imports_line", "flows_add_up",
    ))  # fmt: skip
    value = None if total is None else Decimal(str(total)) * 10**9
    own = value if by == "own" else None
    states = {"turnover_state": "observed" if by == "own" else "missing", "state_code": "reported"}
    known = {"turnover_usd": own, "turnover_any_basis_usd": value, "turnover_basis": by, **states}
    return {**unknown, "one_code": code, "other_code": PAIR.other(code), "year_number": year, **known, **more}


def test_a_year_of_a_short_page_has_the_amounts_of_the_text() -> None:
    row = year_row(
        "AAA", 2024, 0.3456749, "own", imports_usd=Decimal(345_674_900), imports_basis="own", source_code="s"
    )
    assert short._drawn(PAIR, row, MILLIONS)[2:5] == (345.6749, None, 345.6749)
    assert MILLIONS.text(row["imports_usd"]) == number(345.6749, 2) == "345.67"


def told_of_years(*years: dict[str, Any]) -> Section:
    release = object.__new__(Release)
    release.sources, release.measures = {}, Measures({}, {}, {})
    ordered = sorted(years, key=lambda row: (row["one_code"], row["year_number"]))
    return turnover.section(release, PAIR, {"years": ordered, "targets": [], "events": []})


def test_years_without_a_report_are_all_named_and_marks_only_where_there_are_some() -> None:
    section = told_of_years(
        year_row("AAA", 2001, 10, "own"), year_row("AAA", 2005, 12, "own"), year_row("AAA", 2006, 13, "mirror"),
        year_row("BBB", 2006, 13, "own"),
    )  # fmt: skip
    said = [sentence.text for sentence in section.sentences]
    assert "From 2001 to 2006, no full report by Alpha is loaded for 2002 to 2004 and 2006." in said[1]
    assert said[1].endswith("The total shown for 2006 is Beta\u2019s figure.")
    assert said[3] == "From 2001 to 2006, no full report by Beta is loaded for 2001 to 2005."


def test_a_side_without_any_report_is_said_to_have_none_for_any_year() -> None:
    section = told_of_years(year_row("AAA", 2001, 10, "own"), year_row("BBB", 2001, 10, "derived"))
    said = [sentence.text for sentence in section.sentences]
    assert said[-1] == "No full report by Beta is loaded for any year. The total shown for 2001 is an estimate."


def test_a_total_of_the_partner_beside_own_flows_has_the_ring_and_its_row_says_so() -> None:
    flows = {"exports_usd": Decimal(81 * 10**9), "imports_usd": Decimal(240 * 10**9)}
    owns = {"exports_basis": "own", "imports_basis": "own", "flows_add_up": False, "state_code": "partly_by_others"}
    section = told_of_years(
        year_row("AAA", 2022, 204, "mirror", **flows, **owns), year_row("BBB", 2021, 200, "own"),
        year_row("BBB", 2022, 204, "own"),
    )  # fmt: skip
    cells = [cell.text for cell in section.tables[0].lines[0].cells[:5]]
    assert cells == ["2022", "204.00\u00b0", "total: partner\u2019s", "81.00", "240.00"]
    assert section.tables[0].caption.endswith("(\u00b0: not by its own report)")
    (drawn,) = (row for row in section.charts[0].rows if row["reporter"] == "Alpha")
    assert drawn["note"].startswith("Alpha reports exports and imports, each in another report; the total is from")
    said = [sentence.text for sentence in section.sentences]
    assert (
        "Alpha\u2019s exports and imports of 2022 are from two reports, and are not added up. The total shown for 2022 "
        "is Beta\u2019s figure."
    ) in said


def test_a_total_that_was_printed_in_another_currency_says_that_it_is_converted() -> None:
    told = {"turnover_rule": "converted_total"}
    section = told_of_years(year_row("AAA", 2019, 641, "own", **told), year_row("AAA", 2020, 687, "own", **told))
    assert section.tables[0].lines[0].cells[2].text == "own report, converted"
    assert "turned into dollars" in section.charts[0].rows[0]["note"]


@pytest.mark.parametrize(
    ("printed", "computed", "said"),
    [
        (None, 6.1, "Alpha\u2019s own statistic gives 12.00 bn USD for 2024, up 6.1\u202f% on 2023 (computed)."),
        (
            -2.9, 0.01,
            "Alpha\u2019s own statistic gives 12.00 bn USD for 2024, down 2.9\u202f% on 2023 (printed; "
            "computed: unchanged).",
        ),
        (
            -2.9, -2.94,
            "Alpha\u2019s own statistic gives 12.00 bn USD for 2024, down 2.9\u202f% on 2023 (printed).",
        ),
    ],
)  # fmt: skip
def test_a_change_is_said_as_up_or_down(printed: float | None, computed: float, said: str) -> None:
    grown = {"turnover_yoy_pct": computed, "turnover_yoy_is_comparable": True, "turnover_yoy_published_pct": printed}
    assert told_of_years(year_row("AAA", 2024, 12, "own", **grown)).sentences[0].text == said


def test_a_pair_of_which_one_flow_is_known_shows_it_and_says_that_there_is_no_total() -> None:
    years = [
        year_row("AAA", 2020, imports_usd=Decimal(13_200_000), imports_basis="own", state_code="one_flow_reported"),
        year_row("BBB", 2020, exports_usd=Decimal(13_200_000), exports_basis="mirror", state_code="one_flow_by_others"),
    ]
    release = object.__new__(Release)
    release.sources = {}
    assert headline(release, PAIR, years, unit_of(years)) == (
        "No total of the trade between Alpha and Beta is loaded; Alpha\u2019s imports of 2020 are 13.20 m USD (own "
        "report)."
    )
    section = told_of_years(*years)
    said = "Alpha\u2019s own statistic gives imports from Beta of 13.20 m USD for 2020, and no total."
    assert section.sentences[0].text == said
    tables = [(table.is_open, [cell.text for cell in table.lines[0].cells[:5]]) for table in section.tables]
    assert tables == [
        (True, ["2020", "no total", "imports: own report", "no report", "13.20"]),
        (True, ["2020", "no total", "partner\u2019s", "13.20\u00b0", "no report"]),
    ]


NO_PLACE = {"rank_is_certain": False, "rank_best_if_unallocated": None, "rank_worst_if_unallocated": None}


def rank_row(year: int, best: int | None, worst: int | None, **more: Any) -> dict[str, Any]:
    """A row of the ranks section: Beta among the partners of Alpha."""
    names = ("n_partners_observed", "n_partners_bounded", "n_mirror_only", "n_missing", "n_mirrored")
    told = {"rank_basis": "own", "rests_on_mirror": False, "state_code": "interval", "nearest_pct": None}
    unknown = {"turnover_source_code": None, "turnover_rule": None, "streak_at_most": None, "rest_usd": None}
    counts = {**dict.fromkeys(names, 2), "n_other_statistic": 0}
    place = ranked(year, best, worst) if best and worst else {**ranked(year, 0, 0), "rank": None, **NO_PLACE}
    return {**place, "rank_best": best, "rank_worst": worst, **counts, **told, **unknown, **more}


def ranks_of(*rows: dict[str, Any]) -> Section:
    release = object.__new__(Release)
    release.sources, release.economies = {}, frozenset({"AAA", "BBB"})
    return ranks.section(release, PAIR, {"ranks": list(rows), "errors": []})


def test_all_years_without_a_rank_are_named() -> None:
    nobody = {"state_code": "no_report"}
    years = [rank_row(year, None, None, **nobody) for year in (1999, 2003, 2004, 2025)]
    section = ranks_of(*sorted([*years, rank_row(2002, 3, 3), rank_row(2024, 2, 9)], key=lambda r: r["year_number"]))
    said = [sentence.text for sentence in section.sentences]
    assert "Beta has no rank among the partners of Alpha for 1999, 2003, 2004 and 2025." in said
    assert said[0].startswith("Beta was 3rd of the 254 possible partners of Alpha in 2002")
    assert "In 2024 Beta was between 2nd and 9th" in said[0]


def test_a_report_that_is_not_loaded_is_not_said_to_be_nobodys() -> None:
    known = {"n_mirror_only": 1, "n_partners_bounded": 0}
    section = ranks_of(rank_row(2024, 2, 9, n_missing=252, **known))
    assert section.sentences[0].text == (
        "In 2024 Beta was between 2nd and 9th of the 254 possible partners of Alpha: 1 is known by its own statistic "
        "only and no report of 252 of them is loaded."
    )
    release = object.__new__(Release)
    release.sources = {}
    lone = {**gap_row(2020, 300, 12), "gap_usd": None, "pair_status": "exporter_only"}
    (said,) = mirror.section(release, PAIR, {"gaps": [lone]}).sentences
    assert said.text == (
        "There is no year for which reports of the same deliveries by both Alpha and Beta are loaded in dollars, so "
        "there is nothing to compare."
    )


@pytest.mark.parametrize(("worst", "n_missing", "told"), [(3, 221, True), (3, 0, False), (9, 221, False)])
def test_why_a_rank_is_certain_is_told_where_one_is_that_lacks_reports(worst: int, n_missing: int, told: bool) -> None:
    section = ranks_of(rank_row(2002, 3, worst, n_missing=n_missing))
    assert ("A rank can be certain although reports are missing" in section.rule) is told


def test_sentences_in_a_table_have_a_column_with_room_for_them() -> None:
    (table,) = ranks_of(rank_row(2002, 3, 3)).tables
    assert [kinds[-1].split() for _, kinds in table.drawn()] in ([["words"]], [["long", "words"]])


def test_a_year_drawn_as_a_cross_is_not_told_as_an_interval() -> None:
    """A cross is a year without a rank, or one in which almost any place is possible."""
    rows = [rank_row(2019, 3, 9), rank_row(2020, 2, 250), rank_row(2021, None, None, state_code="no_report")]
    (chart,) = ranks_of(*rows).charts
    told = chart.summary.partition(": ")[2]
    assert told == "an interval in 1 year, almost any place in 1 year and no rank in 1 year."
    assert [row["is_open"] for row in chart.rows] == [False, True, True]


def test_a_place_that_trade_without_a_named_partner_could_change_is_not_called_certain() -> None:
    open_place = {"state_code": "open_to_unallocated", "unallocated_usd": 10**9, **OPEN}
    section = ranks_of(
        rank_row(2019, 3, 3, state_code="certain"),
        rank_row(2020, 4, 4, **open_place),
        rank_row(2021, 4, 4, **open_place),
    )
    assert section.sentences[0].text == (
        "Beta was 3rd of the 254 possible partners of Alpha in 2019, the latest place that is certain. "
        "In 2021 Beta was 4th of the 254 possible partners of Alpha, but trade without a named partner could make it "
        "1 to 29."
    )
    chart = section.charts[0]
    assert [row["certain"] for row in chart.rows] == [True, False, False]
    assert "certain in 1 year and open to trade without a named partner in 2 years." in chart.summary


def test_an_interval_takes_in_trade_without_a_named_partner() -> None:
    """In the sentence and in the table, which has the places among named partners in a column of their own."""
    section = ranks_of(rank_row(2019, 3, 3, state_code="certain"), rank_row(2020, 4, 9, **OPEN))
    assert "In 2020 Beta was between 1st and 29th of the 254 possible partners of Alpha" in section.sentences[0].text
    assert "trade without a named partner may be anybody\u2019s" in section.sentences[0].text
    (table,) = section.tables
    assert table.heads[1:3] == ("Possible places", "Among named partners")
    assert [[cell.text for cell in line.cells[:3]] for line in table.lines] == [
        ["2020", "1 to 29", "4 to 9"],
        ["2019", "3", "3"],
    ]


def test_a_place_that_rests_on_the_partner_is_told_from_one_by_the_reporter_alone() -> None:
    section = ranks_of(
        rank_row(2022, 2, 9), rank_row(2023, 2, 9, rests_on_mirror=True), rank_row(2024, 2, 9, rank_basis="mirror")
    )
    assert [row["rests_on_others"] for row in section.charts[0].rows] == [False, True, True]


def gap_row(year: int, exporter: int, importer: int) -> dict[str, Any]:
    gap, mean = importer - exporter, (importer + exporter) / 2
    sides = {f"{side}_{name}": None for side in ("exporter", "importer") for name in ("source_code", "file_id", "line")}
    values = {
        f"value_{name}_usd": Decimal(value) * 10**9
        for name, value in (("exporter", exporter), ("importer", importer), ("importer_fob", importer))
    }
    told = {"gap_usd": gap * 10**9, "gap_of_mean_pct": 100 * abs(gap) / mean, "importer_valuation_code": "CIF"}
    return {
        "one_code": "AAA", "other_code": "BBB", "year_number": year, **sides, **values, **told,
        "known_causes": "", "pair_status": "both",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("imports_before", "imports", "end"),
    [
        (12, 290, "; the gap was widest in 2020: 288.00 bn USD."),
        (12, 310, "; the gap was widest in 2020: 288.00 bn USD less."),
        (588, 290, "; the gap was widest in 2020: 288.00 bn USD more."),
    ],
)
def test_the_widest_gap_is_told_in_words_and_without_a_sign(imports_before: int, imports: int, end: str) -> None:
    release = object.__new__(Release)
    release.sources = {}
    section = mirror.section(release, PAIR, {"gaps": [gap_row(2020, 300, imports_before), gap_row(2021, 300, imports)]})
    (said,) = [sentence.text for sentence in section.sentences if sentence.text.startswith("For 2021")]
    assert said.endswith(end)


def test_a_gap_is_said_to_be_without_freight_only_where_some_was_taken_off() -> None:
    def said_of(*gaps: dict[str, Any]) -> str:
        release = object.__new__(Release)
        release.sources = {}
        return mirror.section(release, PAIR, {"gaps": list(gaps)}).sentences[0].text

    alike, widest = gap_row(2021, 100, 165), gap_row(2020, 100, 200)
    lowered = {"value_importer_usd": Decimal(300 * 10**9)}
    gap = "Beta reports buying 65.00 bn USD more from Alpha than Alpha reports selling"
    assert said_of(alike).startswith(f"For 2021 {gap}")
    assert said_of({**alike, **lowered}).startswith(f"For 2021, with freight and insurance taken off, {gap}")
    told = said_of({**widest, **lowered}, alike)
    assert told.endswith("; the gap was widest in 2020, with freight and insurance taken off: 100.00 bn USD.")
    assert said_of({**widest, **lowered}, {**alike, **lowered}).endswith("; the gap was widest in 2020: 100.00 bn USD.")


def test_the_largest_partner_is_the_largest_of_those_with_a_figure() -> None:
    names = ("partner_code", "turnover_basis", "exports_basis", "imports_basis", "source_code")
    unknown = {**dict.fromkeys(names, ""), "exports_usd": None, "imports_usd": None, "year_number": 2023}
    rows = [
        {**unknown, "partner_name": name, "turnover_usd": Decimal(n) * 10**9} for name, n in (("Beta", 2), ("C", 1))
    ]
    assert partners._map("AAA", "Alpha", rows).setting["told"] == (
        "For 2023, 2 partners of Alpha have a figure; the largest of these is Beta, 2.00 bn USD."
    )


def test_a_gap_and_its_share_have_one_sign() -> None:
    release = object.__new__(Release)
    release.sources = {}
    section = mirror.section(release, PAIR, {"gaps": [gap_row(2020, 300, 12), gap_row(2021, 10, 12)]})
    cells = [[cell.text for cell in line.cells[5:7]] for line in section.tables[0].lines]
    assert cells == [["+2.00", "+18.2\u202f%"], ["\u2212288.00", "\u2212184.6\u202f%"]]
    assert [row["gap_of_mean_pct"] < 0 for row in section.charts[0].rows] == [True, False]
    assert "2 years with both reports; in 1 of them the importer reports more." in section.charts[0].summary
    section = mirror.section(release, PAIR, {"gaps": [gap_row(2020, 300, 12), gap_row(2021, 13, 12)]})
    assert "the importer never reports more." in section.charts[0].summary


def test_only_an_address_that_a_file_or_statement_came_from_is_one_it_was_retrieved_from() -> None:
    release = object.__new__(Release)
    told = {"publisher": "P", "licence": "free.", "is_redistributable": False, "landing_page": "https://home.example"}
    release.sources, release._publications, release._read_in = {"s": told}, {}, {}
    release._files = {"f": {"known_on": "2026-01-01", "path": "raw/f.csv", "url": "https://files.example/f.csv"}}
    (nowhere,), (from_file,) = release.origins("A", "s", {}), release.origins("A", "s", {"file_id": "f", "line": 3})
    assert (nowhere.address, nowhere.home) == ("", "https://home.example")
    assert (from_file.address, from_file.home) == ("https://files.example/f.csv", "")
    cards = Cards("c")
    for origin in (nowhere, from_file):
        cards.id((origin,))
    html = str(environment().get_template("parts.html").module.all_cards(cards))  # type: ignore[attr-defined]
    assert '<dt>Publisher\u2019s page</dt><dd><a href="https://home.example"' in html
    assert '<dt>Retrieved from</dt><dd><a href="https://files.example/f.csv"' in html
    assert html.count("Retrieved from") == html.count("Publisher\u2019s page") == 1
    assert "Free. <strong>Not redistributable.</strong>" in html, "one full stop between the two"


def test_the_cards_of_the_script_have_the_terms_of_the_template_in_their_order() -> None:
    script = (Path(writing.__file__).parent / "assets" / "cards.js").read_text(encoding="utf-8")
    terms = re.search(r"var TERMS = (\[.*?\]);", script)
    assert terms
    origin = Origin(
        "figure", ("publisher",), ("licence",), True, "rule", "period", "vintage", "title", "a", "p", "7", "h"
    )
    cards = Cards("c")
    cards.id((origin,))
    told = cards.as_data()
    words_of = [told["words"][at] for at in told["origins"][0][:-1]]
    named = dict(zip(ast.literal_eval(terms[1].replace("\\u2019", "\u2019")), words_of, strict=True))
    assert (named["Retrieved from"], named["Publisher\u2019s page"], named["File"]) == ("a", "h", "p")
    assert (named["Rule"], named["Vintage"], named["Licence"]) == ("rule", "vintage", "Licence.")


def test_statements_about_one_side_say_whose_trade_they_are_about() -> None:
    shares = [{"reporter_code": "BBB", "is_of_pair": False}] * 2
    release = object.__new__(Release)
    pair = Pair(("AAA", "BBB"), ("Alpha", "United States"))
    (sentence,) = settlement._sentences(release, pair, shares, [])
    assert sentence.text.endswith("The table has 2 statements about all of the United States\u2019 trade.")


@pytest.mark.parametrize(
    ("causes", "said"),
    [
        ([("new_report", 843, 843, 0)], "843 figures are new; no other figure differs."),
        (
            [("new_report", 1, 1, 0), ("revision", 1200, 0, 0), ("code", 5, 2, 1), ("withdrawn", 1, 0, 1)],
            "3 figures are new; 2 figures are gone; 1,202 figures differ, by cause: revision 1,200 and code 2.",
        ),
    ],
)
def test_a_new_figure_is_new_and_does_not_differ(causes: list[tuple[str, int, int, int]], said: str) -> None:
    rows = [dict(zip(("cause", "n_cells", "n_new", "n_gone"), row, strict=True)) for row in causes]
    assert changes._in_short(rows) == f"Against the release before, {said}"


def test_a_source_that_is_never_asked_again_is_said_to_be_a_fixed_extract() -> None:
    assert coverage._kept_current({"cadence": "none"}) == "no, a fixed extract"
    assert coverage._kept_current({"cadence": "monthly"}) == "monthly"


@pytest.mark.parametrize(
    ("verdict", "n", "said"),
    [
        ("right figure, wrong period", 3, "three have the right figure for the wrong period"),
        ("right figure, wrong period", 1, "one has the right figure for the wrong period"),
        ("close", 1, "one is close"),
        ("supported", 14, "14 are supported"),
    ],
)
def test_verdicts_are_counted_in_full_words(verdict: str, n: int, said: str) -> None:
    assert counted_verdict(verdict, n) == said


def test_every_measure_has_its_unit_in_full_as_the_dollars_have() -> None:
    known = Measures({"EUR": {2020: 0.9}, "CNY": {2020: 7.0}}, {2020: 1.0, 2021: 1.1}, {"AAA": {2020: 10.0}})
    years = [year_row("AAA", 2020, 5, "own")]
    assert [measure["unit_in_full"] for measure in known.of(PAIR, years, BILLIONS)] == [
        "billions of US dollars", "billions of euro", "billions of yuan", "billions of US dollars of 2021",
        "US dollars per inhabitant",
    ]  # fmt: skip


def test_the_reporter_of_goods_has_its_article() -> None:
    release = object.__new__(Release)
    release.sources = {
        "s": {
            "report_kind": "official",
            "publisher": "P",
            "licence": "",
            "is_redistributable": True,
            "landing_page": "",
        }
    }
    release._files, release._publications, release._read_in = {}, {}, {}
    pair = Pair(("AAA", "USA"), ("Alpha", "United States"))
    rows = {
        "chapters": [],
        "groups": [
            {
                **group("fish", 50, "03", one_code="USA", flow_code="M"),
                "other_code": "AAA",
                "value_rule": "published",
                "period_name": "2024",
                "share_published_pct": None,
                "share_of": None,
            }
        ],
    }
    (chart,) = goods.section(release, pair, rows).charts
    assert chart.title.startswith("Alpha to the United States, 2024, by the United States,")


def test_a_group_is_not_ranked_and_the_reason_is_that_it_is_one() -> None:
    release = object.__new__(Release)
    release.economies = frozenset({"CHN"})
    pair = Pair(("CHN", "EUU"), ("China", "European Union"))
    section = ranks.section(release, pair, {"ranks": [], "errors": []})
    assert [sentence.text for sentence in section.sentences] == [
        "Only economies are ranked; the European Union is a group of economies."
    ]


@pytest.mark.parametrize(
    ("best", "worst", "told"), [(None, None, False), (3, 250, False), (1, 230, False), (1, 229, True), (7, 57, True)]
)
def test_an_interval_of_nearly_all_places_tells_none(best: int | None, worst: int | None, told: bool) -> None:
    row = {"rank_best": best, "rank_worst": worst, "n_universe": 254, "is_among_few": False}
    assert ranks.tells_a_place(row) is told
    assert not ranks.tells_a_place({**row, "is_among_few": True})


def test_sources_of_one_publisher_are_named_by_what_they_bring() -> None:
    release = object.__new__(Release)
    told = {
        "api": ("UN", "UN Comtrade, live: datasets of the reporters asked for, as released and revised."),
        "bulk": ("UN", "UN Comtrade, live: bulk files of whole datasets, as published; asked after the API."),
        "saved": ("UN", "UN Comtrade downloads, brought by the user: two layouts."),
        "ecb": ("ECB", "Daily rates."),
    }
    release.sources = {code: {"publisher": by, "description": what} for code, (by, what) in told.items()}
    assert coverage._labels(release, set(told)) == {
        "api": "UN Comtrade, live: datasets of the reporters asked for",
        "bulk": "UN Comtrade, live: bulk files of whole datasets",
        "saved": "UN Comtrade downloads, brought by the user",
        "ecb": "ECB",
    }


def test_targets_and_events_have_dates_in_words_and_no_decimals_nobody_announced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release = object.__new__(Release)
    monkeypatch.setattr(release, "origins_of_file", lambda *_, **__: (), raising=False)
    event = {"event_on": date(2025, 10, 23), "event_name": "E", "imposing_party": None, "target": None}
    event["date_precision"] = "day"
    target = {
        "one_code": "AAA",
        "measure": "turnover",
        "due_year": 2024,
        "announced_text": "2018-09-26",
        "n_announced": 9,
    }
    target |= {"target_low_usd": 200e9, "target_high_usd": 212.5e9, "outcome_code": "reached", "year_reached": 2023}
    target |= {"n_years_late": None, "last_known_year": 2025}
    (row,) = announced.target_table(release, PAIR, [target]).lines
    assert [cell.text for cell in row.cells][:3] == ["200 to 212.50 bn USD", "2024", "26 September 2018"]
    (line,) = announced.event_table(release, [event]).lines
    assert line.cells[0].text == announced.drawn_events([event], 2000)[0]["on"] == "23 October 2025"
    event |= {"event_on": date(2024, 2, 1), "date_precision": "month"}
    (line,) = announced.event_table(release, [event]).lines
    assert line.cells[0].text == announced.drawn_events([event], 2000)[0]["on"] == "February 2024"


def test_a_statement_is_typeset_as_the_page_around_it() -> None:
    said = statements._typeset("China's share, -2.9 % (target set 2019-06-05), partners' reports")
    assert said == "China\u2019s share, \u22122.9\u202f% (target set 5 June 2019), partners\u2019 reports"


def test_statements_are_counted_in_one_form() -> None:
    verdicts = ("supported", "close", "close")
    made = tuple(statements.Statement("", "", "", "", "", verdict, "", "", ()) for verdict in verdicts)
    assert statements.in_short(made) == "Three statements: one is supported; two are close."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2022-02-06", "6 February 2022"), ("2022-02", "February 2022"), ("2022", "2022"), ("", ""),
        ("2021-02-30", "2021-02-30"), ("2021 or 2022", "2021 or 2022"), ("2021-13", "2021-13"),
    ],
)  # fmt: skip
def test_a_day_of_print_is_said_as_a_reader_says_it(text: str, said: str) -> None:
    assert printed_on(text) == said


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (12, "12th"), (21, "21st"), (112, "112th")]
)
def test_places_are_ordinal_numbers(number: int, said: str) -> None:
    assert ordinal(number) == said


def test_a_flow_little_of_which_is_broken_down_is_a_list() -> None:
    tiles = [
        {"name": "Oil", "value_usd": Decimal(59)},
        {"name": "Not broken down", "value_usd": Decimal(41), "is_rest": True},
    ]
    rows = [{**tile, "source_code": "s"} for tile in tiles]
    flow = Flow(Decimal(100), has_parts=True)
    chart = goods._chart("AAA", 0, "Alpha to Beta", "2024, by Alpha", rows, BILLIONS, flow)
    assert (chart.kind, chart.summary.partition(",")[0]) == ("ranking", "Only 59\u202f% of the flow is broken down")
    rows[0]["value_usd"], rows[1]["value_usd"] = Decimal(60), Decimal(40)
    assert (
        goods._chart("AAA", 0, "Alpha to Beta", "2024, by Alpha", rows, BILLIONS, Flow(Decimal(100), True)).kind
        == "treemap"
    )


def group(name: str, value: int, prefixes: str | None, year: int = 2024, **more: Any) -> dict[str, Any]:
    told = {"one_code": "AAA", "flow_code": "X", "year_number": year, "is_year": True, "source_code": "s"}
    named = {"commodity_group_code": name, "group_name": name, "value_usd": Decimal(value), "hs_prefixes": prefixes}
    whole = {"flow_usd": Decimal(100), "flow_source_code": "s", "share_of_flow_pct": value}
    return {**told, **named, **whole, **more}


def drawn(*rows: dict[str, Any]) -> dict[str, int]:
    return {tile["name"]: int(tile["value_usd"]) for tile in tiles_of(list(rows))}


def test_a_group_with_known_parts_is_drawn_as_these_and_the_rest_of_it() -> None:
    tiles = drawn(group("energy", 60, "27"), group("crude", 40, "2709"), group("fish", 5, "03"))
    assert tiles == {"crude": 40, "Other energy": 20, "fish": 5, "Not broken down": 35}
    assert sum(tiles.values()) == 100


def test_what_another_source_says_of_the_flow_leaves_no_rest() -> None:
    assert drawn(group("fish", 5, "03", flow_source_code="other")) == {"fish": 5}


@pytest.mark.parametrize(
    ("told", "kind", "share", "summary"),
    [
        ({}, "ranking", 5, "Only 5\u202f% of the flow is broken down, so the goods are a list, not parts of a whole"),
        ({"value_usd": Decimal(70)}, "treemap", 70, "Treemap of goods from Alpha to Beta, 2024, by Alpha"),
        ({"flow_source_code": "other"}, "ranking", 5, "Another source has the whole flow"),
        ({"flow_source_code": "other", "value_usd": Decimal(70)}, "ranking", 70, "Another source has the whole flow"),
        ({"flow_source_code": "other", "flow_usd": Decimal(4)}, "ranking", None, "No report here has the whole flow"),
        ({"flow_source_code": None, "flow_usd": None}, "ranking", None, "No report here has the whole flow"),
    ],
)
def test_goods_are_parts_only_of_a_flow_their_own_source_tells(
    told: dict[str, Any], kind: str, share: float | None, summary: str
) -> None:
    """A good without a flow it is part of is never all of it."""
    fish = group("fish", 5, "03", **told)
    tiles = tiles_of([fish])
    chart = goods._chart("AAA", 0, "Alpha to Beta", "2024, by Alpha", tiles, BILLIONS, flow_of([fish], tiles))
    assert (chart.kind, chart.rows[0]["share_pct"]) == (kind, share)
    assert chart.summary.startswith(summary)


def test_a_grey_tile_is_explained_only_where_one_is_drawn() -> None:
    def rule_of(value: int) -> str:
        fish = group("fish", value, "03")
        tiles = tiles_of([fish])
        return goods._how_to_read(
            [goods._chart("AAA", 0, "Alpha to Beta", "2024, by Alpha", tiles, BILLIONS, flow_of([fish], tiles))]
        )

    assert ["A grey tile" in rule_of(value) for value in (5, 70, 100)] == [False, True, False]


def test_chapters_that_are_not_all_leave_a_rest_and_their_shares_are_of_the_flow() -> None:
    told = {"one_code": "AAA", "flow_code": "X", "year_number": 2001, "source_code": "s", "flow_usd": Decimal(100)}
    fuels = {**told, "chapter_code": "27", "chapter_name": "Fuels", "section_code": "V", "value_usd": Decimal(76)}
    assert drawn(fuels) == {"Fuels": 76, "Not broken down": 24}
    assert drawn({**fuels, "flow_usd": Decimal(76)}) == {"Fuels": 76}
    chart = goods._chart(
        "AAA", 0, "Alpha to Beta", "2001, by Alpha", tiles_of([fuels]), BILLIONS, Flow(Decimal(100), True)
    )
    assert [row["share_pct"] for row in chart.rows] == [76, 24]


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
    evil = '"><img src=x onerror=alert(1)>'
    origin = Origin(evil, (evil,), (evil,), True)
    table = Table(evil, (evil, evil), (Line((Cell(evil), Cell(evil, mark=evil)), (origin,)),))
    shown = Section("name", evil, (Sentence(evil),), (), (table,), evil, evil)
    macro = environment().get_template("parts.html").module.section  # type: ignore[attr-defined]
    assert "<img" not in str(macro(Cards("c"), shown))


def test_cells_of_a_table_stand_by_their_names_whatever_letters_are_in_them() -> None:
    odd = f"a{rendering._BETWEEN}b"
    table = Table("", ("", "Value"), (Line((Cell(odd), Cell("1"))), Line((Cell("c"), Cell("<2", is_number=True)))))
    assert rendering.as_rows(table, Cards("c")).splitlines() == [
        f'<tr><th scope="row">{odd}</th><td class="n">1</td></tr>',
        '<tr><th scope="row">c</th><td class="n">&lt;2</td></tr>',
    ]


@given(st.floats(-1e12, 1e12) | st.integers(-(10**6), 10**6).map(lambda eighths: eighths / 8), st.integers(0, 4))
def test_a_number_is_rounded_by_its_binary_value_a_half_away_from_zero(value: float, digits: int) -> None:
    exact = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    assert number(value, digits) == (f"{exact:,.{digits}f}".replace("-", MINUS) if exact else f"{0:.{digits}f}")


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


def test_a_page_that_a_full_disk_stops_names_the_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(page, "write_site", write)
    monkeypatch.setattr(page, "release_path", lambda _, run_id: settings.releases / run_id)
    with pytest.raises(OSError, match="No space left") as refused:
        build_site(settings, "20260101T000000000-aaaa")
    assert cause_of_the_machine(refused.value).startswith("The disk is full: make room")


def test_the_script_of_the_charts_is_bundled_once_in_an_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(writing.vl_convert, "javascript_bundle", lambda text: asked.append(text) or "bundle")
    assert [writing._vega(tmp_path / "share") for _ in range(2)] == ["bundle"] * 2
    assert len(asked) == 1
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    assert writing._vega(tmp_path / "file") == "bundle"


def test_every_kind_of_chart_is_one_the_page_draws() -> None:
    folder = Path(writing.__file__).parent
    drawn = set(re.findall(r"specs\.(\w+) = function", (folder / "assets" / "charts.js").read_text(encoding="utf-8")))
    calls = [
        node
        for path in folder.glob("sections/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Chart"
    ]
    named = [next((each.value for each in call.keywords if each.arg == "kind"), None) or call.args[1] for call in calls]
    said = {part.value for kind in named for part in ast.walk(kind) if isinstance(part, ast.Constant)}
    assert said == drawn


@pytest.mark.parametrize(
    ("is_numbered", "left_out", "is_compared", "called", "said"),
    [
        (True, (), True, "release 2", "No figure differs from the release before."),
        (True, (), False, "release 2", "This release is not compared with the one before"),
        (True, ("restricted",), True, "release 2", "No figure differs from the release before."),
        (True, ("restricted",), False, "release 2", "This page leaves out sources that are not redistributable"),
        (False, ("restricted",), False, "redistributable figures only", "This page leaves out sources that are not"),
    ],
)
def test_only_a_release_that_was_compared_says_that_nothing_changed(
    is_numbered: bool, left_out: tuple[str, ...], is_compared: bool, called: str, said: str
) -> None:
    class Alike(Release):
        def __init__(self) -> None:
            self.about = {"release_number": 2, "n_releases": 2, "is_compared": is_compared}
            self.left_out, self.is_numbered = left_out, is_numbered

        def rows(self, sql: str, parameters: list[Any] | None = None) -> list[dict[str, Any]]:
            return []

    assert Alike().called == called
    assert [sentence.text.startswith(said) for sentence in changes.section(Alike()).sentences] == [True]
