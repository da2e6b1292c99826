"""Figures of a profile as cells of a table: what is missing says so, what is another's is marked."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from rich.text import Text

from flows.read.wording.codes import NO_RATE, NO_REPORT, missing_in_year
from flows.read.wording.numbers import Money, money_for, typed
from flows.read.wording.pair import is_open_place

NO_FIGURE = Text(NO_REPORT, style="dim italic")
NO_DOLLARS = Text(NO_RATE, style="dim italic")
Figure = dict[str, Any]


def unit_of(figures: Iterable[Figure]) -> Money:
    """The unit in which a table shows amounts: billions, or less where no amount in it reaches one billion."""
    amounts = (figure for figure in figures if figure["item"].endswith("_usd"))
    return money_for(f["value_min"] if f["value"] is None else f["value"] for f in amounts)


def amount(figure: Figure | None, money: Money) -> Text:
    """An amount in the unit of its table; a ring marks what is not the reporter's own."""
    if figure is not None and has_no_rate(figure):
        return NO_DOLLARS
    if figure is None or figure["value"] is None:
        return NO_FIGURE
    return Text(in_unit(figure["value"], money) + ("°" if is_of_others(figure) else " "))


def in_unit(value_usd: Any, money: Money, signed: bool = False) -> str:
    """A known amount in the unit of its table, in the characters of a keyboard."""
    return money.typed(value_usd, signed)


def is_of_others(figure: Figure) -> bool:
    """Whether it is not the reporter's own figure."""
    return figure["basis_code"] not in (None, "own")


def has_no_rate(figure: Figure) -> bool:
    """Whether it is known in its own currency only."""
    return figure["value"] is None and figure["reason_code"] == "no_rate"


def does_not_add_up(total: Figure | None) -> bool:
    """Whether the exports and imports of a year are of other reports than this total, and do not make it."""
    return total is not None and total["reason_code"] == "not_one_report"


def is_known(figure: Figure) -> bool:
    """Whether there is a figure, in dollars or in its own currency only."""
    return figure["value"] is not None or has_no_rate(figure)


def of_year(name: str, items: dict[str, Figure], money: Money) -> Text:
    """The exports, imports, turnover or balance of a year. What is made of exports and imports is not taken of those of
    two reports, and not missing then.
    """
    figure = items.get(f"{name}_usd")
    if figure is not None and figure["reason_code"] == "two_reports":
        return Text("mixed", style="dim italic")
    if figure is None or not is_known(figure):
        known = [item.removesuffix("_usd") for item, other in items.items() if is_known(other)]
        return Text(missing_in_year(name, known), style="dim italic")
    return amount(figure, money)


def pct(figure: Figure | None, signed: bool = True) -> str:
    """A percentage; empty where there is none."""
    if figure is None or figure["value"] is None:
        return ""
    return f"{typed(figure['value'], 1, signed)} %"


def rank(figure: Figure | None) -> Text:
    """A place, or the best and worst it can be; a ring marks one by the reports of others, an asterisk the place among
    named partners where trade without one could change it.
    """
    if figure is None or figure["value_min"] is None:
        return Text("none", style="dim italic")
    low, high = int(figure["value_min"]), int(figure["value_max"])
    if low == high:
        return Text(f"{low}{'°' if is_of_others(figure) else ' '}")
    return Text(f"{int(figure['value'])}*" if is_open_rank(figure) else f"{low}-{high} ")


def is_open_rank(figure: Figure) -> bool:
    """Whether named partners leave one place only, which trade without one could change (see is_open_place)."""
    return is_open_place({"rank": figure["value"], "rank_is_certain": figure["value_min"] == figure["value_max"]})


def by_year(figures: list[Figure]) -> dict[str, dict[str, Figure]]:
    """The figures of each year, by item."""
    by_year = groupby(figures, key=lambda figure: figure["period_code"])
    return {year: {figure["item"]: figure for figure in same} for year, same in by_year}
