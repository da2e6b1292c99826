"""What is said of a pair: places and streaks, targets, missing reports. One sentence for terminal and page alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.read.wording.codes import in_words
from flows.read.wording.numbers import count, plural


def place(best: int | None, worst: int | None) -> str:
    """`3`, `3 to 7`, or that there is no rank."""
    if best is None:
        return "no rank"
    return str(best) if best == worst else f"{best} to {worst}"


def streak(partner: str, least: int, most: int, year: int | str) -> str:
    """For how many years up to `year` the partner came first: certainly `least`, possibly `most`."""
    if not least:
        return f"{partner} may have been first for up to {plural(most, 'year')} in a row up to {year}."
    possibly = f", possibly for {most}" if most != least else ""
    return f"{partner} was certainly first for {plural(least, 'year')} in a row up to {year}{possibly}."


def rank_coverage(n_known: int, n_total: int, n_missing: int) -> str:
    """What a rank stands on: `reported figures for 8 of 254 economies, none for 227`."""
    missing = f", none for {count(n_missing)}" if n_missing else ""
    return f"reported figures for {count(n_known)} of {plural(n_total, 'economy', 'economies')}{missing}"


def target_outcome(code: str, row: Mapping[str, Any]) -> str:
    """What became of a target; goes on after "by China's figures". `row` has the years of marts.target_progress."""
    return in_words("target_outcome", code, **row)


def missing_report(reporter: str, partner: str, stand_in: str, report_gap: str) -> str:
    """What is used instead of a report, and why it is missing."""
    names = {"reporter": reporter, "partner": partner}
    return f"{in_words('stand_in', stand_in, **names)}; {in_words('report_gap', report_gap, **names)}"
