"""Which columns are called values of trade, and not weights, quantities, or something about a figure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.formats.figures import is_word
from flows.formats.vocabulary import RATE_WORDS, VALUE_WORDS
from flows.inbox.own.guess import Guess, matching
from flows.inbox.own.numbers import is_figures
from flows.inbox.own.units import CURRENCY_CODES_NO_WORDS, is_measured

VALUE_NAME = re.compile(
    rf"{VALUE_WORDS}|^\W*(?:美元|人民币|欧元)\W*$|\bstoim|usd|eur|cny|rub|\$|fob|cif|(?<![a-z])(?:{'|'.join(sorted(CURRENCY_CODES_NO_WORDS))})(?![a-z])",
    re.IGNORECASE,
)
NOT_VALUE_NAME = re.compile(
    rf"{RATE_WORDS}|change|rank|index|(?<!current )(?<!constant )price|rate|kg|"
    r"weight|ton|qty|quant|unit|footnote|missing",
    re.IGNORECASE,
)
# Columns about a figure, and figures of another year or of things that are counted.
ABOUT_FIGURE_NAME = re.compile(
    r"code|flag|status|(?<![a-z])(?:id|counts?)(?![a-z])|(?<![a-z])is[ _]|\bn(?:umber|o\.?) of\b|transactions|"
    r"previous|prior|last year|year.?ago|(?<![^\W_])код|статус|признак|прошл|предыдущ|число|代码|编码|标志|上年|去年",
    re.IGNORECASE,
)
# Beside a value at current prices these are another figure of the same trade.
_ADJUSTED = re.compile(
    r"constant|real terms|chain(?:ed)?[ -]|deflated|seasonally|(?<![a-z])(?:s\.?a\.?|adjusted)(?![a-z])"
    r"|сопоставимых|постоянных|сезон|不变价|季节调整",
    re.IGNORECASE,
)
WEIGHT_NAME = re.compile(r"weight|netw|\bkg\b|_kg|tonnes?|tons?\b|masse|вес", re.IGNORECASE)
QUANTITY_NAME = re.compile(r"quant|qty|suppl", re.IGNORECASE)


def valued_columns(found: Guess, names: Sequence[str], columns: Sequence[Sequence[str]]) -> list[int]:
    """Columns of figures that are called values."""
    figures = [at for at in _called_values(found, names) if is_figures(columns[at], found.spelling)]
    return [at for at in figures if not _ADJUSTED.search(names[at])] or figures


def _called_values(found: Guess, names: Sequence[str]) -> list[int]:
    """Columns that are called values, whatever they hold."""
    taken = {found.reporter, found.partner, found.flow, found.product, found.period, found.year, found.month}
    return [
        at
        for at in matching(names, VALUE_NAME, range(len(names)))
        if at not in taken
        and at not in found.areas
        and not NOT_VALUE_NAME.search(names[at])
        and not ABOUT_FIGURE_NAME.search(names[at])
        and not is_measured(names[at])
    ]


def unread_value(found: Guess, names: Sequence[str], columns: Sequence[Sequence[str]]) -> tuple[int, str] | None:
    """A column that is called a value and most of whose texts have digits, with one that is no number."""
    for at in _called_values(found, names):
        digits = [value for value in columns[at] if not is_word(value)]
        odd = [value for value in digits if not found.spelling.is_number(value)]
        if odd and 2 * len(digits) > len(columns[at]):
            return at, odd[0]
    return None
