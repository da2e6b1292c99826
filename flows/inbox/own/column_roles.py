"""What the columns of a table are, guessed from their names and values: the roles of flows/contracts/trade_roles.py.

Nothing is guessed that the names or the values do not show; what stays open is asked (see questions.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flows.contracts import code_list
from flows.inbox.own.area_columns import guess_areas, names_no_area
from flows.inbox.own.flow_column import guess_flow
from flows.inbox.own.guess import Guess
from flows.inbox.own.measure_columns import guess_measures
from flows.inbox.own.numbers import guess_spelling, is_numeric, is_open
from flows.inbox.own.period_columns import guess_period
from flows.inbox.own.product_column import guess_product
from flows.inbox.own.sample import Sample


def guess_roles(sample: Sample, seeds: Path, decimal_mark: str | None = None, said_values: Sequence[int] = ()) -> Guess:
    """What the names and values of the columns show; `decimal_mark` and columns of values where a person says them."""
    columns = [sample.column(position) for position in range(len(sample.header))]
    prefers_comma = sample.delimiter == ";"
    spelling = guess_spelling(columns, prefers_comma, decimal_mark)
    found = Guess(spelling=spelling.model_copy(update={"has_cells": sample.format == "xlsx"}))
    found.numeric = [at for at, values in enumerate(columns) if is_numeric(values, found.spelling)]
    guess_period(found, sample, columns)
    taken = {found.period, found.year, found.month}
    taken |= {at for at, name in enumerate(sample.header) if names_no_area(name)}
    guess_areas(found, sample.header, [[] if at in taken else values for at, values in enumerate(columns)], seeds)
    guess_flow(found, sample.header, columns, code_list("flow", seeds))
    guess_product(found, sample, columns)
    guess_measures(found, sample, columns, said_values)
    found.is_spelling_open = decimal_mark is None and _is_spelling_open(found, columns)
    return found


def _is_spelling_open(found: Guess, columns: Sequence[Sequence[str]]) -> bool:
    """Whether the values may be a thousand times more or less: 1.234 where no figure shows what the mark is."""
    values = [value for at in found.values for value in columns[at]]
    roles = {found.product, found.product_words, found.period, found.year, found.month}
    others = [value for at in found.numeric if at not in roles for value in columns[at]]
    return is_open(values, others)
