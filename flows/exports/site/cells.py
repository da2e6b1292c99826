"""Amounts and percentages as cells of the page's tables."""

from __future__ import annotations

from typing import Any

from flows.exports.site.parts import Cell
from flows.read.wording.codes import NO_RATE, NO_REPORT
from flows.read.wording.numbers import Money, percent


def money_cell(money: Money, value_usd: Any, state: str | None = None, missing: str = NO_REPORT) -> Cell:
    """An amount in the unit of the pair; what is `missing` says so, as does what is in its own currency only."""
    if value_usd is None:
        return Cell(NO_RATE if state == "no_rate" else missing, is_number=True, is_missing=True)
    return Cell(money.text(value_usd), is_number=True)


def percent_cell(value: Any, signed: bool = True) -> Cell:
    """A percentage; empty where none was computed or printed."""
    return Cell(percent(value, signed), is_number=True)
