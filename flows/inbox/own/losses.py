"""What a drafted contract would leave out of the whole file, before it is written: figures and value by reason.

First comes what landing rejects: rows that share a key, figures too large, and texts that are no number. The other
reasons are those of int_own_record_classified, in its order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flows.contracts import code_list
from flows.formats.figures import is_word
from flows.inbox.own.codes import NO_VALUE, area_of, hs_code
from flows.inbox.own.draft import Draft, scale_of
from flows.inbox.own.numbers import NULL_TEXTS
from flows.inbox.own.periods import read_month, read_period
from flows.inbox.own.sample import Row

USED = "used"
REJECTED = "broke_the_contract"


@dataclass
class Share:
    """Figures of one reason in one currency: how many, what they are worth, and words that show it."""

    count: int = 0
    value: Decimal = Decimal(0)
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Figure:
    """A figure of the file, with what tells its cell, and why it is left out."""

    cell: tuple[str | None, ...]
    value: Decimal
    currency: str
    reason: str
    example: str | None
    code_length: int


def losses(draft: Draft) -> dict[tuple[str, str], Share]:
    """The figures of the file by reason and currency; those that are used under `used`."""
    figures = list(_figures(draft))
    best: dict[tuple[str | None, ...], tuple[str, int]] = {}
    for figure in (figure for figure in figures if figure.reason == USED):
        currency, length = best.get(figure.cell, (figure.currency, figure.code_length))
        best[figure.cell] = (min(currency, figure.currency, key=_rank), min(length, figure.code_length))
    found: dict[tuple[str, str], Share] = defaultdict(Share)
    for figure in figures:
        reason, example = figure.reason, figure.example
        if reason == USED:
            currency, length = best[figure.cell]
            if figure.currency != currency:
                reason, example = "other_currency", figure.currency
            elif figure.code_length > length:
                reason = "detail_of_a_total"
        share = found[reason, figure.currency]
        share.count += 1
        share.value += figure.value
        if example and example not in share.examples and len(share.examples) < 5:
            share.examples.append(example)
    return dict(found)


def _rank(currency: str) -> str:
    """Dollars first, then by letters."""
    return "" if currency == "USD" else currency


def _figures(draft: Draft) -> Iterator[_Figure]:
    trade, at = draft.trade(), {name: position for position, name in enumerate(draft.names)}
    checks = list(_checks(draft, trade, at))
    product = next((term_of for reason, term_of, _ in checks if reason == "unmapped_product"), None)
    repeated, too_large = draft.key(trade).repeated(), draft.too_large()
    for position, row in enumerate(draft.sample.rows):
        code = hs_code((product(row) if product else None) or "") or ""
        terms = tuple(code[:6] if code and term_of is product else term_of(row) for _, term_of, _ in checks)
        for value in trade["values"]:
            number = draft.guess.spelling.read(row[at[value["column"]]])
            worth, unit = _worth(value, row, at)
            reason, example = _reason(row, number, checks) if worth is not None else ("other_measure", unit)
            if number is not None and number < 0 and reason != "other_measure":
                reason, example = "negative_value", str(number)
            is_rejected = position in repeated or position in too_large or _has_no_scale(value, row, at, number)
            if is_rejected or _is_unreadable(row[at[value["column"]]], number):
                # landing rejects rows before anybody asks what they mean
                reason, example = REJECTED, row[at[value["column"]]] if number is None else None
            currency = (row[at[value["currency_column"]]] if "currency_column" in value else None) or value["currency"]
            worth_in_all = (number or Decimal(0)) * (worth or 0) if reason != "other_measure" else Decimal(0)
            yield _Figure((*terms, value.get("flow")), worth_in_all, currency, reason, example, len(code))


def _is_unreadable(text: str | None, number: Decimal | None) -> bool:
    """Whether a text is neither a number nor a word for none."""
    return number is None and text is not None and text not in NULL_TEXTS and not is_word(text)


_Check = tuple[str, Callable[[Row], str | None], Callable[[str | None], bool]]


def _worth(value: dict[str, Any], row: Row, at: dict[str, int]) -> tuple[Decimal | None, str | None]:
    """What one unit of a figure is worth, and the unit of its row; nothing where that is no money."""
    scale = scale_of(value, row, at) or Decimal(0)
    if "unit_column" not in value:
        return Decimal(str(value["multiplier"])) * scale, None
    unit = row[at[value["unit_column"]]]
    known = {text.lower(): worth for text, worth in value["units"].items()}
    worth = known.get((unit or "").lower())
    return None if worth is None else Decimal(str(worth)) * scale, unit


def _has_no_scale(value: dict[str, Any], row: Row, at: dict[str, int], number: Decimal | None) -> bool:
    """Whether a figure stands in a row whose scale is missing."""
    return number is not None and scale_of(value, row, at) is None


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
            lambda term: term is None or (term.lower() not in totals and hs_code(term) is None),
        )
    period_of, day_of = _period(trade["period"], at)
    yield "unmapped_period", period_of, lambda term: day_of(term) is None
    # a forecast; the build asks when the file was fetched, which for this one is now
    yield "future_period", period_of, lambda term: (day_of(term) or date.min) > datetime.now(UTC).date()


def _period(
    period: dict[str, Any], at: dict[str, int]
) -> tuple[Callable[[Row], str | None], Callable[[str | None], date | None]]:
    """What a row says of its period, and the first day of what that says; none where no layout fits."""
    if "column" in period:
        layouts, place = period["layouts"], at[period["column"]]
        return (
            lambda row: row[place],
            lambda term: next((day for layout in layouts if (day := read_period(layout, term or ""))), None),
        )
    year, month = at[period["year"]], at[period["month"]]
    return (
        lambda row: f"{row[year] or ''} {row[month] or ''}",
        lambda term: read_month(*(term or " ").split(" ", 1)),
    )


def _term(said: dict[str, Any], at: dict[str, int]) -> Callable[[Row], str | None]:
    """What a row says of a role: its constant, or its column, words with codes turned into them."""
    if "column" not in said:
        return lambda row: str(said["constant"])
    place, words = at[said["column"]], {word.lower(): code for word, code in said.get("values", {}).items()}
    return lambda row: words.get((row[place] or "").lower(), row[place])
