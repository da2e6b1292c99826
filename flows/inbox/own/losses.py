"""What a drafted contract would leave out of the whole file, before it is written: figures and value by reason.

The reasons are those of int_own_record_classified, in its order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flows.contracts import code_list
from flows.formats.words import month_of, year_of
from flows.inbox.own.codes import NO_VALUE, area_of, hs_code, is_total
from flows.inbox.own.draft import Draft
from flows.inbox.own.periods import read_period
from flows.inbox.own.sample import Row

USED = "used"


@dataclass
class Share:
    """Figures of one reason in one currency: how many, what they are worth, and words that show it."""

    count: int = 0
    value: Decimal = Decimal(0)
    examples: list[str] = field(default_factory=list)


def losses(draft: Draft) -> dict[tuple[str, str], Share]:
    """The figures of the file by reason and currency; those that are used under `used`."""
    trade, at = draft.trade(), {name: position for position, name in enumerate(draft.names)}
    checks = list(_checks(draft, trade, at))
    found: dict[tuple[str, str], Share] = defaultdict(Share)
    for row in draft.sample.rows:
        for value in trade["values"]:
            number = draft.guess.spelling.read(row[at[value["column"]]])
            worth, unit = _worth(value, row, at)
            reason, example = _reason(row, number, checks) if worth is not None else ("other_measure", unit)
            if number is not None and number < 0 and reason != "other_measure":
                reason, example = "negative_value", str(number)
            currency = (row[at[value["currency_column"]]] if "currency_column" in value else None) or value["currency"]
            share = found[reason, currency]
            share.count += 1
            share.value += (number or Decimal(0)) * (worth or 0) if reason != "other_measure" else 0
            if example and example not in share.examples and len(share.examples) < 5:
                share.examples.append(example)
    return dict(found)


_Check = tuple[str, Callable[[Row], str | None], Callable[[str | None], bool]]


def _worth(value: dict[str, Any], row: Row, at: dict[str, int]) -> tuple[Decimal | None, str | None]:
    """What one unit of a figure is worth, and the unit of its row; nothing where that is no money."""
    if "unit_column" not in value:
        return Decimal(str(value["multiplier"])), None
    unit = row[at[value["unit_column"]]]
    known = {text.lower(): worth for text, worth in value["units"].items()}
    worth = known.get((unit or "").lower())
    return None if worth is None else Decimal(str(worth)), unit


def _reason(row: Row, number: Decimal | None, checks: list[_Check]) -> tuple[str, str | None]:
    if number is None:
        return "no_value", None
    for reason, term_of, is_broken in checks:
        term = term_of(row)
        if is_broken(term):
            return reason, term
    return USED, None


def _checks(draft: Draft, trade: dict[str, Any], at: dict[str, int]) -> Iterator[_Check]:
    """Each reason with what of a row it asks, and when that breaks it."""
    seeds = draft.settings.seeds
    flows = code_list("flow", seeds)
    if flow := trade.get("flow"):
        yield "other_measure", _term(flow, at), lambda term: term == NO_VALUE
    for role in ("reporter", "partner"):
        said = trade[role]
        system = said.get("codes", "iso3") if "column" in said else "iso3"
        yield (
            "unmapped_area",
            _term(said, at),
            lambda term, system=system: term is None or area_of(term, system, seeds) is None,  # type: ignore[misc]
        )
    if flow:
        yield "unmapped_flow", _term(flow, at), lambda term: (term or "").upper() not in flows
    product = trade["product"]
    if "column" in product:
        totals = {word.lower() for word in ("total", *product["total"])}
        yield (
            "unmapped_product",
            _term(product, at),
            lambda term: term is None or (term.lower() not in totals and not is_total(term) and hs_code(term) is None),
        )
    yield _period_check(trade["period"], at)


def _period_check(period: dict[str, Any], at: dict[str, int]) -> _Check:
    if "column" in period:
        layouts = period["layouts"]
        place = at[period["column"]]
        return (
            "unmapped_period",
            lambda row: row[place],
            lambda term: term is None or all(read_period(layout, term) is None for layout in layouts),
        )
    year, month = at[period["year"]], at[period["month"]]
    return (
        "unmapped_period",
        lambda row: f"{row[year]} {row[month]}",
        lambda term: year_of((term or "").split(" ", 1)[0]) is None or month_of((term or "").split(" ", 1)[1]) is None,
    )


def _term(said: dict[str, Any], at: dict[str, int]) -> Callable[[Row], str | None]:
    """What a row says of a role: its constant, or its column, words with codes turned into them."""
    if "column" not in said:
        return lambda row: str(said["constant"])
    place, words = at[said["column"]], {word.lower(): code for word, code in said.get("values", {}).items()}
    return lambda row: words.get((row[place] or "").lower(), row[place])
