"""Which columns are values, weight and quantity, and what one unit of a value is worth by headings, titles and rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.inbox.own.flow_column import named_flow
from flows.inbox.own.guess import Guess, matching
from flows.inbox.own.row_units import UNIT_NAME, quantities_only, row_units
from flows.inbox.own.sample import Sample
from flows.inbox.own.scale import SCALE_NAME, Scale, scale_in
from flows.inbox.own.units import (
    CURRENCY_CODES,
    CURRENCY_NAME,
    currency_in,
    economies_in_doubt,
    is_in_doubt,
    is_measured,
    kilograms_in,
    multiplier_in,
)
from flows.inbox.own.value_columns import (
    ABOUT_FIGURE_NAME,
    QUANTITY_NAME,
    WEIGHT_NAME,
    unread_value,
    valued_columns,
)

_CODE = re.compile("[A-Z]{3}")


def guess_measures(found: Guess, sample: Sample, columns: Sequence[Sequence[str]], said_values: Sequence[int]) -> None:
    """Note the columns of values, weight and quantity, and what one unit of each is worth."""
    names = sample.header
    taken = {found.reporter, found.partner, found.flow, found.product, found.period, found.year, found.month}
    free = [at for at in found.numeric if at not in taken and at not in found.areas]
    valued = valued_columns(found, names, columns)
    by_flow: dict[str, int] = {}  # the first column of each
    for at in valued:
        if flow := named_flow(names[at], names):
            by_flow.setdefault(flow, at)
    if said_values:
        found.values = dict.fromkeys(said_values)
    elif found.flow is None and found.flow_constant is None and not found.is_flow_in_doubt and by_flow:
        found.values = {at: flow for flow, at in by_flow.items()}
    else:
        found.values = dict.fromkeys(valued[:1])
    found.unread_values = None if found.values else unread_value(found, names, columns)
    weighed = [at for at in matching(names, WEIGHT_NAME, free) if not ABOUT_FIGURE_NAME.search(names[at])]
    weights = [at for at in weighed if at not in found.values]
    if weights:
        found.weight = weights[0]
        found.kg_per_unit = kilograms_in(names[weights[0]])
    counted = [at for at in matching(names, QUANTITY_NAME, free) if not ABOUT_FIGURE_NAME.search(names[at])]
    quantities = [at for at in counted if at not in found.values and at != found.weight]
    found.quantity = quantities[0] if quantities else None
    units = [at for at in matching(names, UNIT_NAME, range(len(names))) if not SCALE_NAME.search(names[at])]
    found.unit = next((at for at in units if at not in found.numeric), None)
    found.currency_column = next((at for at, name in enumerate(names) if _are_currencies(name, columns[at])), None)
    _guess_units(found, names, columns, " ".join([*(sample.heading(at) for at in found.values), sample.titles]))
    _compare_titles(found, sample.title_texts)
    _compare_scale(found, columns)


def _guess_units(found: Guess, names: Sequence[str], columns: Sequence[Sequence[str]], heading: str) -> None:
    """What one unit of a value is worth, by the heading, and by the column that says it of each row, if there is one.

    A currency in the heading that no row has leaves the currency open.
    """
    sides = {found.reporter, found.partner, found.product, found.product_words, found.period, found.year, found.month}
    taken = sides | {found.currency_column} | set(found.areas)
    others = {found.flow, found.weight, found.quantity, *found.values}
    found.scale = scale_in(names, columns, [at for at in range(len(names)) if at not in taken | others])
    taken |= {*found.numeric, found.scale.column if found.scale else None}
    free = [at for at in range(len(names)) if at not in taken]
    if found.quantity is not None:  # a unit that is no money is that of the quantity
        free = [at for at in free if not UNIT_NAME.search(names[at]) or any(map(_is_money, set(columns[at])))]
    units = row_units(names, columns, free)
    by_flow = units is not None and units.column == found.flow
    if units is not None and by_flow and not units.named:
        units = None  # the words of the flow tell quantities apart by themselves
    found.currency, found.multiplier = currency_in(heading), multiplier_in(heading)
    found.multiplier_in_doubt = heading if is_in_doubt(heading) else None
    found.currency_of_others = economies_in_doubt(heading, found.currency)
    if found.currency_column is not None and found.currency not in {None, *columns[found.currency_column]}:
        found.currency_column = found.currency = None  # the heading says one that no row has
    if units is None:
        found.no_money = quantities_only(names, columns, free) if found.currency is None else None
        return
    if units.named and found.currency not in units.named:
        is_open = found.currency is not None
        found.currency = None if is_open else currency_in(" ".join(units.named))
        said = " ".join(text for text, code in units.currencies.items() if code)
        found.currency_of_others = economies_in_doubt(said, found.currency)
    worth = set(units.of(found.currency).values())
    doubted = [text for text in units.of(found.currency) if is_in_doubt(text)]
    found.multiplier_in_doubt = doubted[0] if doubted and found.multiplier is None else found.multiplier_in_doubt
    if units.splits(found.currency) and not (by_flow and len(worth) == 1):
        found.units = units
        return
    found.unit_of_all = None if by_flow else units.column
    if len(worth) == 1:
        found.multiplier = worth.pop() or found.multiplier


def _compare_titles(found: Guess, titles: Sequence[str]) -> None:
    """Leave open what titles say differently: no one unit holds for a sheet in millions and one in thousands."""
    if found.units is not None:
        return
    money = [text for text in titles if not is_measured(text)]
    worth = {worth: text for text in reversed(money) if (worth := multiplier_in(text))}
    if len(worth) > 1 and found.scale is None:
        found.multiplier, found.titles_differ = None, tuple(worth.values())
    currencies = {code: text for text in reversed(money) if (code := currency_in(text))}
    if len(currencies) > 1 and found.currency_column is None:
        found.currency, found.titles_differ = None, tuple(currencies.values())


def _compare_scale(found: Guess, columns: Sequence[Sequence[str]]) -> None:
    """Leave the scale open where a heading or a unit says another; where both say the same it is meant once."""
    if found.scale is None or found.scale.is_open:
        return
    said = {found.multiplier} if found.units is None else {*found.units.worth.values()}
    said -= {None}
    if said and {found.scale.of(text) for text in columns[found.scale.column]} != said:
        found.scale = Scale(column=found.scale.column, is_open=True)
        return
    found.multiplier = None
    if found.units is not None:
        found.units = found.units.model_copy(update={"worth": dict.fromkeys(found.units.worth)})


def _is_money(text: str) -> bool:
    return currency_in(text) is not None


def _are_currencies(name: str, values: Sequence[str]) -> bool:
    """Whether a column holds codes of several currencies, or, where it is called so, of any, known or not."""
    different, is_called = set(values), CURRENCY_NAME.search(name) is not None
    if is_called:
        return bool(different) and all(map(_CODE.fullmatch, different))
    return len(different) > 1 and different <= CURRENCY_CODES
