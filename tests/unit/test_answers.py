"""What `run` shows at its end: every figure whole, however narrow the terminal."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import Any

import pytest
from rich.text import Text

from flows.cli import answers, gate_tables, reports, terminal
from flows.cli.columns import Column, Columns, left_out, with_room
from flows.cli.terminal import Screen
from flows.read.published import Answer
from flows.settings import Settings
from tests.unit.test_choices import failed

YEAR: dict[str, Any] = {
    "reporter_code": "RUS",
    "reporter_name": "Russia",
    "partner_name": "China",
    "year_number": 2021,
    "turnover_any_basis_usd_bn": Decimal("1141.372"),
    "turnover_yoy_published_pct": Decimal("-135.8"),
    "yoy_pct": Decimal("135.857"),
    "share_of_turnover_pct": Decimal("17.991"),
    "turnover_basis": "mirror",
    "turnover_source_code": "comtrade_extract+comtrade_api",
}
RANK: dict[str, Any] = {
    **{name: YEAR[name] for name in ("reporter_code", "reporter_name", "partner_name", "year_number")},
    "ranks": "111-231 / 110-222 / 101-213",
    "n_observed": 227,
    "n_mirrored": 115,
    "n_bounded": 114,
    "n_mirror_only": 122,
    "n_missing": 253,
}


@pytest.mark.parametrize("width", [80, 100, 140])
def test_no_figure_is_cut_or_folded(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(answers, "console", Screen(width=width, no_color=True))
    answers._print(
        [YEAR, {**YEAR, "turnover_basis": None}], answers._YEARS, lambda row: "Russia\u2019s trade with China"
    )
    answers._print([RANK], answers._RANKS, lambda row: "China among Russia\u2019s partners")
    said = capsys.readouterr().out
    assert "\u2026" not in said
    assert max(len(line) for line in said.splitlines()) <= width
    figures = ("2021", "1,141.37", "-135.8 %", "+135.9 %", "18.0 %", "partner's", "111-231", "110-222", "101-213")
    assert all(figure in said for figure in (*figures, " 227 ", " 115 ", " 114 ", " 122 ", " 253"))
    assert "comtrade_extract" in said


@pytest.mark.parametrize("width", [24, 40, 60])
def test_a_narrow_terminal_goes_without_columns_and_says_so(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(answers, "console", Screen(width=width, no_color=True))
    assert not answers._print([RANK], answers._RANKS, lambda row: "China among Russia\u2019s partners")
    said = capsys.readouterr().out
    assert {"2021", "111-231"} <= set(said.split())
    shown = [text for text in ("110-222", "101-213", " 227", " 115", " 114", " 122", " 253") if text in said]
    assert ("110-222" in shown, " 227" in shown, " 115" in shown) == (width > 40, width > 24, False)
    assert "A terminal of 74 columns has room for `" in " ".join(said.split())
    assert "`of which partly`" in " ".join(said.split())


@pytest.mark.parametrize(
    ("room", "shown", "said"),
    [
        (23, "year exports balance", ""),
        (22, "year balance", "A terminal of 23 columns has room for `exports` too."),
        (11, "year", "A terminal of 23 columns has room for `exports` and `balance` too."),
        (2, "year", "A terminal of 23 columns has room for `exports` and `balance` too."),
    ],
)
def test_columns_leave_in_their_turn_until_the_others_have_room(room: int, shown: str, said: str) -> None:
    columns: Columns[int] = (
        Column("year", str), Column("exports", lambda row: Text("9" * row), turn=1), Column("balance", str, turn=2),
    )  # fmt: skip

    def least(columns: Columns[int]) -> int:
        return sum(column.width([8, 3]) + 1 for column in columns) + 1

    kept = with_room(columns, least, room)
    assert " ".join(column.name for column in kept) == shown
    assert left_out(columns, kept, least) == said


def test_where_no_bar_can_be_drawn_a_line_a_minute_says_how_far_the_work_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(terminal, "errors", Screen(stderr=True, width=120, no_color=True))
    handler = terminal._ProgressHandler(terminal.Progress(console=terminal.errors, disable=True))
    for second in (10, 59, 61, 100, 125):
        now[0] = second
        record = logging.LogRecord("entrepot", logging.DEBUG, "", 0, "dbt %d", (second,), None)
        record.progress = (second, 210)
        handler.emit(record)
    said = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert said == ["still at it: dbt 61 (61 of 210)", "still at it: dbt 125 (125 of 210)"]


@pytest.mark.parametrize("width", [40, 80])
def test_a_heading_is_folded_and_never_cut(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(terminal, "console", Screen(width=width, no_color=True))
    said = "75.2296 bn USD: total trade of China with the Netherlands, 2024"
    terminal.heading(said)
    shown = capsys.readouterr().out
    assert " ".join(shown.split()).rstrip(" \u2500") == said
    assert ("\u2500" in shown) == (width > len(said) + 4)


@pytest.mark.parametrize(
    ("flow", "product", "said"),
    [
        ("M", "Crude oil", "China\u2019s imports of crude oil from Russia, January to September 2023"),
        ("X", None, "China\u2019s exports to Russia, January to September 2023"),
        ("T", None, "China\u2019s total trade with Russia, January to September 2023"),
        ("T", "oil and coal", "China\u2019s total trade in oil and coal with Russia, January to September 2023"),
    ],
)
def test_a_report_is_headed_by_whose_trade_it_is_of_what_and_when(flow: str, product: str | None, said: str) -> None:
    report = {
        "flow_code": flow, "product_name": product, "reporter_name": "China", "partner_name": "Russia",
        "reporter_code": "CHN", "partner_code": "RUS", "period_code": "2023-YTD09",
        "period_name": "January to September 2023",
    }  # fmt: skip
    assert reports.reported_trade(report) == said


def test_a_statement_hangs_under_its_verdict_and_says_a_year_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reports, "console", Screen(width=61, no_color=True))
    told = {
        "statement_id": "c001", "subject_text": "Sanctions of some economies on others since", "verdict": "supported",
        "statement_kind": "event", "claimed_value_text": "2014", "claimed_unit_text": "year", "comparator": "since",
        "claimed_period_text": "2014",
        "said_by": "A. Writer (target set 2019-06-05)", "evidence": "The first are of 2014.", "would_change": None,
    }  # fmt: skip
    reports.print_claims(Answer(list(told), [tuple(told.values())]), "Statements")
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "Statements",
        "c001  supported  Sanctions of some economies on others since",
        "      2014. Said by A. Writer (target set 5 June 2019)",
        "      The first are of 2014.",
    ]


def test_no_more_rows_of_a_check_are_shown_than_asked_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = Screen(width=80, no_color=True)
    gate_tables.show_findings(settings, [failed("shares_add_up", 5)], screen, most=2)
    few = capsys.readouterr().out
    gate_tables.show_findings(settings, [failed("shares_add_up", 5)], screen)
    everything = capsys.readouterr().out
    assert ["\u2502 1 " in few, "\u2502 2 " in few, "2 of 5" in few] == [True, False, True]
    assert ["\u2502 4 " in everything, "of 5" in everything] == [True, False]


@pytest.mark.parametrize(
    ("value_usd", "said"),
    [
        (Decimal("9900000000.000"), "9.9 bn USD"),
        (Decimal("30800000000.00"), "30.8 bn USD"),
        (Decimal("24819400000.000000"), "24.8194 bn USD"),
        (Decimal("56.000"), "56 USD"),
        (Decimal("3400.50"), "3,400.5 USD"),
        (Decimal("12345678900000.00"), "12,345.6789 bn USD"),
    ],
)
def test_explain_prints_a_report_with_its_own_digits_and_no_powers_of_ten(value_usd: Decimal, said: str) -> None:
    assert reports._figure({"value_usd": value_usd, "yoy_pct": None, "yoy_currency": None}) == said
    correction = {"measure_code": "value_usd", "new_value": value_usd}
    assert reports._in_unit(correction, "new_value") == said
    listed = reports._digits(float(value_usd) / 1e9)
    assert "e" not in listed
    assert float(listed.replace(",", "")) == pytest.approx(float(value_usd) / 1e9)


def test_a_large_figure_in_its_own_unit_is_printed_whole() -> None:
    assert reports._in_figures(924123456789.0, "units of currency_code") == "924,123,456,789"
    assert reports._in_figures(35.80000000000001, "percent") == "35.8 %"


def test_a_figure_of_a_cell_names_the_column_it_stands_in() -> None:
    assert reports._column({"kept_in": "core.trade_cell", "item": "X"}) == "value_usd"
    assert reports._column({"kept_in": "marts.bilateral_year", "item": "turnover_usd"}) == "turnover_usd"
