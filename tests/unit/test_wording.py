"""Words for codes: every code of a list has them, and every sentence can be filled from the row it speaks of."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from typing import Any

import duckdb
import pytest
import yaml

from flows.cli import demo, terminal
from flows.contracts.grains import promises
from flows.ledger import Change, Difference
from flows.read.wording.codes import basis, causes, code_words, in_words, missing_in_year, rule
from flows.read.wording.names import in_text, sentence_case
from flows.read.wording.numbers import number, stated, typed
from flows.read.wording.pair import (
    among_partners,
    missing_report,
    month_state,
    months_of_year,
    no_rank,
    place,
    rank_coverage,
    rank_state,
    streak,
    target_outcome,
    trade_state,
)
from flows.read.wording.settlement import all_trade, currencies, settled_trade
from flows.settings import ROOT
from tests.macros import macros

MARTS = ROOT / "dbt_project" / "models" / "marts"
CODED = {
    ("target_progress", "outcome_code"): "target_outcome",
    ("bilateral_year", "state_code"): "trade_state",
    ("bilateral_month", "state_code"): "month_state",
    ("bilateral_month", "year_state_code"): "month_year_state",
    ("bilateral_group_year", "state_code"): "group_state",
    ("partner_rank", "state_code"): "rank_state",
    ("indicator", "null_reason"): "null_reason",
    ("growth_contribution", "null_reason"): "null_reason",
    ("unit_value", "null_reason"): "null_reason",
}
# in columns without a list of their own: product_indicator, unit_value_index, trade_margin
OF_OTHER_COLUMNS = {"null_reason": {"exports_not_reported", "half_not_matched", "no_year_before"}}
RANK = {
    "year_number": 2022, "n_universe": 254, "n_seen": 12, "n_mirrored": 0, "n_other_statistic": 0, "n_missing": 0,
    "rests_on_mirror": False, "nearest_pct": 30, "rest_usd": None, "is_among_few": False,
}  # fmt: skip


def model(name: str) -> dict[str, Any]:
    written = yaml.safe_load((MARTS / f"{name}.yml").read_text(encoding="utf-8"))
    (found,) = (each for each in written["models"] if each["name"] == name)
    return dict(found)


@pytest.mark.parametrize("code_list", sorted(set(CODED.values())))
def test_a_code_list_has_the_codes_of_its_columns_and_can_be_filled_in(code_list: str) -> None:
    words = {code: text for (name, code), text in code_words().items() if name == code_list}
    found = set()
    for table, column in (of for of, name in CODED.items() if name == code_list):
        described = model(table)
        found |= set(promises(described)["accepted_values"][column])
        columns = {each["name"] for each in described["columns"]} | {"reporter", "partner"}
        assert not [text for text in words.values() if not set(re.findall(r"\{(\w+)\}", text)) <= columns]
    assert found <= set(words)
    assert set(words) - found <= OF_OTHER_COLUMNS.get(code_list, set())


def test_words_name_tables_at_most_and_end_where_a_sentence_goes_on() -> None:
    for (code_list, code), text in code_words().items():
        assert "_" not in re.sub(r"\{\w+\}|\b(core|marts|meta)\.\w+", "", text), (code_list, code)
        assert text == text.strip(), (code_list, code)


def test_every_reason_why_a_landed_row_is_not_used_has_words_and_a_remedy() -> None:
    (described,) = (
        each
        for each in yaml.safe_load((MARTS.parent / "meta" / "_meta__models.yml").read_text(encoding="utf-8"))["models"]
        if each["name"] == "excluded_row"
    )
    reasons = set(promises(described)["accepted_values"]["reason"]) - {"added_to_cell"} | {
        "broke_the_contract",
        "held_back",
        "no_rate",
    }
    for code_list in ("excluded_reason", "excluded_remedy"):
        assert reasons <= {code for name, code in code_words() if name == code_list}


def test_a_code_without_words_is_shown_as_it_is() -> None:
    assert in_words("rule", "not_known_yet") == "not known yet"
    assert [rule(None), basis(None), basis("mirror")] == ["", "no report", "partner\u2019s"]
    assert [causes(None), causes("none_known"), causes("re_exports different_sources")] == [
        "", "", "re-exports, different sources"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ([], {"exports": "no report", "imports": "no report", "turnover": "no report"}),
        (["turnover"], {"exports": "not split", "imports": "not split"}),
        (["exports"], {"imports": "no report", "turnover": "no total"}),
        (["imports", "turnover"], {"exports": "not split"}),
        (["exports", "imports"], {"turnover": "no total"}),
    ],
)
def test_a_missing_figure_is_no_missing_report_where_another_of_the_year_is_known(
    known: list[str], said: dict[str, str]
) -> None:
    assert {figure: missing_in_year(figure, known) for figure in said} == said
    assert missing_in_year("balance", known) == ""


@pytest.mark.parametrize(
    ("value", "digits", "signed", "said"),
    [
        (-1234.5, 2, False, "-1,234.50"),
        (0.04, 1, True, "0.0"),
        (Decimal("-0.04"), 1, True, "0.0"),
        (-0.004, 2, False, "0.00"),
        (0.06, 1, True, "+0.1"),
    ],
)
def test_what_rounds_to_zero_has_no_sign(value: float, digits: int, signed: bool, said: str) -> None:
    assert typed(value, digits, signed) == said
    assert number(value, digits, signed) == said.replace("-", "\u2212")


def test_places_and_streaks_are_intervals() -> None:
    assert [place(None, None), place(3, 3), place(3, 7)] == ["no rank", "3", "3 to 7"]
    first = "China was certainly first for 9 years in a row up to 2021, possibly for 12."
    unnamed = "If the trade without a named partner belonged to one rival,"
    assert streak("China", 9, 12, 2021, 9) == first
    of_named = "China was first among the named partners for 9 years in a row up to 2021, possibly for 12."
    assert streak("China", 9, 12, 2021, 6) == f"{of_named} {unnamed} only 6 years would be certain."
    assert streak("China", 9, 12, 2021, 0) == f"{of_named} {unnamed} no year would be certain."
    assert streak("China", 1, 1, 2021, 1) == "China was certainly first for 1 year in a row up to 2021."
    assert streak("China", 0, 22, 2025, 0) == "China may have been first for up to 22 years in a row up to 2025."
    assert rank_coverage(27, 254, 227) == "reported figures for 27 of 254 economies; 227 have none loaded"
    assert rank_coverage(0, 254, 253) == (
        "reported figures for 0 of 254 economies; 253 have none loaded, 1 is known only by its own figures or a bound"
    )
    assert rank_coverage(1, 1, 0) == "reported figures for 1 of 1 economy"


@pytest.mark.parametrize(
    ("state", "told", "said"),
    [
        ("certain", {}, "By the report of Alpha among 254 economies."),
        (
            "certain",
            {"is_among_few": True, "n_seen": 3},
            "By the report of Alpha among 254 economies. Only 3 of them are loaded.",
        ),
        (
            "certain",
            {"n_mirrored": 2, "rests_on_mirror": True, "nearest_pct": 3.2},
            "By the report of Alpha among 254 economies. For 2 of them one flow is from the partner\u2019s report. "
            "It rests on mirrored figures within 4 % of the next.",
        ),
        (
            "open_to_unallocated",
            {"n_other_statistic": 1},
            "By the report of Alpha among 254 economies. Its trade without a named partner could change the place. "
            "For 1 of them another statistic of Alpha is used.",
        ),
        (
            "by_partners",
            {"n_missing": 3, "rest_usd": 4_500_000_000, "rests_on_mirror": True},
            "No report of Alpha in dollars for 2022 is loaded: by the reports of its partners. "
            "No report of 3 of 254 economies is loaded. "
            "The economies of which no report is loaded have at most 4.50 bn USD together.",
        ),
        (
            "interval",
            {"n_missing": 200, "rests_on_mirror": True, "nearest_pct": 2},
            "By the report of Alpha among 254 economies, an interval: no report of 200 of them is loaded.",
        ),
        (
            "partner_not_stated",
            {},
            "No rank: the report of Alpha does not state its trade with Beta in dollars. Missing, not zero.",
        ),
        (
            "partner_not_stated",
            {"exports_basis": "own", "imports_basis": "mirror"},
            "No rank: the report of Alpha states exports to Beta only, and total trade is not known.",
        ),
        (
            "partner_not_stated",
            {"exports_basis": None, "imports_basis": "own"},
            "No rank: the report of Alpha states imports from Beta only, and total trade is not known.",
        ),
        ("no_report", {}, "No rank: no report of Alpha or Beta in dollars for 2022 is loaded. Missing, not zero."),
        ("no_trade", {}, "A complete report of Alpha has no trade with Beta: last of all."),
        (
            "no_trade_named",
            {},
            "The report of Alpha names no trade with Beta. Its trade without a named partner could change the place.",
        ),
    ],
)
def test_a_rank_says_what_it_stands_on(state: str, told: dict[str, Any], said: str) -> None:
    assert rank_state({**RANK, **told, "state_code": state}, "Alpha", "Beta") == said


def test_a_reason_for_no_rank_is_told_once_with_its_years() -> None:
    one_flow = {"state_code": "partner_not_stated", "exports_basis": "own", "imports_basis": None}
    states: dict[int, dict[str, Any]] = {
        2003: one_flow,
        2004: one_flow,
        2005: one_flow,
        2022: {"state_code": "no_report"},
        2024: {"state_code": "no_report"},
        2025: {"state_code": "partner_not_stated"},
    }
    rows = [{**RANK, "year_number": year, **state} for year, state in states.items()]
    assert list(no_rank(rows, "Alpha", "Beta")) == [
        "No rank for 2003 to 2005: the report of Alpha states exports to Beta only, and total trade is not known.",
        "No rank for 2022 and 2024: no report of Alpha or Beta in dollars for these years is loaded. "
        "Missing, not zero.",
        "No rank for 2025: the report of Alpha does not state its trade with Beta in dollars. Missing, not zero.",
    ]
    (single,) = no_rank(rows[3:4], "Alpha", "Beta")
    assert "in dollars for that year is loaded" in single


def test_every_state_without_a_rank_begins_alike() -> None:
    """The years are told behind these two words."""
    words = code_words()
    without = [words["rank_state", code] for code in ("partner_not_stated", "no_report")]
    without += [text for (code_list, _), text in words.items() if code_list == "rank_of_one_flow"]
    assert [text for text in without if not text.startswith("No rank: ")] == []


def test_a_year_says_whose_figures_it_has_and_what_does_not_add_up() -> None:
    row = {"year_number": 2022, "state_code": "by_partner", "flows_add_up": True}
    assert trade_state(row, "Russia", "China") == (
        "No report of Russia on its trade with China in 2022 is loaded; the figures are from the report of China."
    )
    row |= {"state_code": "exports_by_others", "flows_add_up": False}
    assert trade_state(row, "China", "Russia") == (
        "China reports the total; exports are from the report of Russia or an estimate. "
        "Exports, imports and total come from different reports and do not add up."
    )
    assert month_state({"state_code": "none"}, "Russia", "China") == (
        "No report of Russia for the month is loaded; China reports it. Missing, not zero."
    )


def test_months_that_do_not_make_the_year_say_why() -> None:
    row = {"year_number": 2023, "missing_months": "03, 05"}
    said = [months_of_year({**row, "year_state_code": code}, "China") for code in ("revised", "months_missing")]
    assert said == [
        "The months of 2023 do not add up to the year: one was revised without the other.",
        "China has no figure in dollars for these months of 2023: 03, 05.",
    ]


def test_a_target_says_up_to_when_it_is_known() -> None:
    years = {"year_reached": 2023, "last_known_year": 2021}
    said = [target_outcome(code, years) for code in ("reached", "not_reached", "unknown_since")]
    assert said == ["reached in 2023", "not reached by 2021", "not reached by 2021, with no report since"]


def test_a_target_reached_after_its_due_year_was_missed() -> None:
    late = {"due_year": 2015, "year_reached": 2018, "n_years_late": 3}
    codes = ("reached_late", "reached_one_year_late", "reached_after_gap")
    assert [target_outcome(code, late) for code in codes] == [
        "reached in 2018, 3 years late",
        "reached in 2018, a year late",
        "reached by 2018, but whether by 2015 is unknown",
    ]


def test_a_missing_report_says_what_is_used_and_why() -> None:
    assert missing_report("Russia", "China", "partner_report", "not_published") == (
        "only the report of China is loaded; the publisher has no report for the year"
    )
    assert missing_report("Russia", "China", "estimate", "not_loaded") == (
        "an estimate from the reports of others is used; no report of Russia for that time is loaded"
    )


@pytest.mark.parametrize(
    ("stand_in", "said"),
    [("partner_report", "only the report of China is loaded"), ("none", "no report of either side is loaded")],
)
def test_that_no_report_is_loaded_is_said_once(stand_in: str, said: str) -> None:
    assert missing_report("Russia", "China", stand_in, "not_loaded") == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("China", "China"),
        ("United Arab Emirates", "the United Arab Emirates"),
        ("Netherlands", "the Netherlands"),
        ("Solomon Islands", "the Solomon Islands"),
        ("European Union of 28", "the European Union of 28"),
        ("Euro area", "the euro area"),
        ("World", "the world"),
        ("Côte d'Ivoire", "Côte d'Ivoire"),
    ],
)
def test_a_name_in_a_sentence_has_its_article(name: str, said: str) -> None:
    assert in_text(name) == said


def test_a_name_in_a_sentence_of_a_mart_has_the_same_article() -> None:
    with (ROOT / "dbt_project" / "seeds" / "area.csv").open(encoding="utf-8", newline="") as handle:
        names = [row["area_name"] for row in csv.DictReader(handle)]
    text = (ROOT / "dbt_project" / "macros" / "marts" / "name_in_text.sql").read_text(encoding="utf-8")
    project = yaml.safe_load((ROOT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    found = macros(text)
    found["var"] = project["vars"].__getitem__
    article, capital = (found[name]("name") for name in ("name_in_text", "sentence_case"))
    sql = f"with given as (select unnest(?) as name) select name, {article}, {capital} from given"
    with duckdb.connect() as con:
        said = con.execute(sql, [names]).fetchall()
    assert len(said) > 300
    assert [row for row in said if row[1:] != (in_text(row[0]), sentence_case(row[0]))] == []


def test_a_sentence_that_begins_with_a_name_begins_with_a_capital() -> None:
    assert sentence_case(in_text("Åland Islands")) == "The Åland Islands"
    assert [in_text(name) for name in ("G7", "OECD", "ASEAN", "World without China")] == [
        "the G7",
        "the OECD",
        "ASEAN",
        "the world without China",
    ]
    assert among_partners("Philippines", "China") == "The Philippines among China\u2019s partners"
    assert streak("United States", 0, 3, 2024, 0).startswith("The United States may have been first for up to 3 years")
    row = {"state_code": "reported", "flows_add_up": True, "year_number": 2023}
    assert trade_state(row, "Netherlands", "China") == "Reported by the Netherlands."


@pytest.mark.parametrize(
    ("subject", "kind", "value", "unit", "period", "said"),
    [
        ("Total trade", "level", "140", "bn USD (more than)", "2021", "Total trade: more than 140 bn USD, 2021"),
        ("Total trade", "growth", "-6.7", "percent", "2020", "Total trade: fall of 6.7 %, 2020"),
        ("Sanctions since", "event", "2014", "year", "2014", "Sanctions since 2014"),
    ],
)
def test_a_statement_is_one_line(subject: str, kind: str, value: str, unit: str, period: str, said: str) -> None:
    row = {"subject_text": subject, "statement_kind": kind, "claimed_value_text": value, "comparator": "equal"}
    assert stated({**row, "claimed_unit_text": unit, "claimed_period_text": period}) == said


def test_a_settled_trade_and_its_currencies_are_said_in_words() -> None:
    assert settled_trade("M", "Russia", "the European Union") == "Russia\u2019s imports from the European Union"
    assert settled_trade("T", "Russia", "China") == "trade between the two"
    assert all_trade("X", "Russia") == "all exports of Russia"
    assert [currencies(code) for code in ("CNY", "RUB+CNY", "NATIONAL")] == [
        "CNY", "RUB and CNY together", "national currencies",
    ]  # fmt: skip


def test_a_revision_of_one_value_is_told_in_the_singular() -> None:
    one = Change(column="value_usd", values=1, before=Decimal(1), after=Decimal(2))
    assert demo._told(Difference(rows_before=9, rows_added=1, rows_gone=0, changes=[one])) == (
        "1 value of value_usd: 1 \u2192 2; 1 row more, 0 fewer"
    )


def test_counts_of_a_table_have_marks_of_thousands_and_years_have_none(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.console.print(terminal.table_of(["rows"], [(43863,)], are_counts=True))
    terminal.console.print(terminal.table_of(["year_number"], [(20260,)]))
    said = capsys.readouterr().out
    assert "43,863" in said
    assert "20260" in said
