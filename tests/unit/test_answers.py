"""What `run` shows at its end: every figure whole, however narrow the terminal."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import Any

import pytest

from flows.cli import answers, terminal
from flows.cli.terminal import Screen

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
    figures = ("2021", "1,141.37", "-135.8 %", "+135.9 %", "18.0 %", "partner\u2019s", "111-231", "110-222", "101-213")
    assert all(figure in said for figure in (*figures, " 227 ", " 115 ", " 114 ", " 122 ", " 253"))
    assert "comtrade_extract" in said


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
