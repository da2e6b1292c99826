"""The head of a pair: its latest figures by both sides, at a glance."""

from __future__ import annotations

from dataclasses import dataclass

from flows.exports.site.parts import Row
from flows.exports.site.release import Pair
from flows.exports.site.sections.turnover import growth
from flows.read.wording.codes import NO_REPORT
from flows.read.wording.numbers import count, money_for, percent
from flows.read.wording.pair import place


@dataclass(frozen=True)
class KeyFigure:
    """One large number at the head: what it is, the number, its unit, what to know about it."""

    label: str
    text: str
    unit: str
    note: str
    side: int | None = None
    is_missing: bool = False


def key_figures(pair: Pair, years: list[Row], ranks: list[Row]) -> tuple[KeyFigure, ...]:
    """Latest own turnover by each side, then the latest rank of each among the partners of the other."""
    money = money_for(row["turnover_usd"] for row in years)
    figures = []
    for side, code in enumerate(pair.codes):
        label = f"Turnover, by {pair.name(code)}"
        own = [row for row in years if row["one_code"] == code and row["reported_turnover_usd"] is not None]
        if not own:
            figures.append(KeyFigure(label, NO_REPORT, "", "nothing of its own statistic is at hand", side, True))
            continue
        last = own[-1]
        change, share = growth(last), last["share_of_turnover_pct"]
        parts = [f"{percent(change)} on {last['year_number'] - 1}"] if change is not None else []
        parts += [f"{percent(share, signed=False)} of all its trade"] if share is not None else []
        text = money.text(last["reported_turnover_usd"])
        figures.append(KeyFigure(f"{label}, {last['year_number']}", text, money.short, ", ".join(parts), side))
    for side, code in enumerate(pair.codes):
        placed = [row for row in ranks if row["one_code"] == code and row["rank_best"] is not None]
        other = pair.name(pair.other(code))
        if placed:
            last = placed[-1]
            label = f"{other} among the partners of {pair.name(code)}, {last['year_number']}"
            figures.append(
                KeyFigure(label, place(last["rank_best"], last["rank_worst"]), "", _certainty(placed), 1 - side)
            )
    return tuple(figures)


def _certainty(placed: list[Row]) -> str:
    """How sure the last place is; where it is an interval, why, and the latest place that is certain."""
    last, certain = placed[-1], [row for row in placed if row["rank"] is not None]
    if last["rank"] is not None:
        return f"among {count(last['n_universe'])} economies"
    n_open = last["n_missing"] + last["n_mirror_only"] + last["n_partners_bounded"]
    why = f"{n_open} of {last['n_universe']} economies not fully reported" if n_open else "partners not all named"
    return f"{why}; certainly {certain[-1]['rank']} in {certain[-1]['year_number']}" if certain else why
