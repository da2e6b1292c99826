"""How numbers are spelt in a table: the decimal mark, the mark between thousands, and words for none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from flows.formats.figures import (
    OPEN_POINT,
    CellNumber,
    bare,
    between_thousands,
    is_failed_formula,
    is_word,
    number_pattern,
)

NULL_TEXTS = frozenset(
    {
        "-",
        "--",
        "..",
        "...",
        ":",
        "n/a",
        "N/A",
        "na",
        "NA",
        "NaN",
        "nan",
        "null",
        "NULL",
        "x",
        "*",
        "\u2013",
        "\u2014",
        "\u2212",
        "\u2026",
    }
)
_SPELLINGS = ((".", ""), (".", ","), (",", ""), (",", "."), (",", " "), (".", " "), (".", "'"), (",", "'"))
_COULD_BE_BOTH = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
_MARK = re.compile(r"[.,]")
_MONTH = re.compile(r"(?:0[1-9]|1[0-2])\.(?:19|20)\d\d|(?:19|20)\d\d\.(?:0[1-9]|1[0-2])")  # 03.2021 is no figure
_FIGURE = re.compile(r"[-+]?\d[\d.,' \u00a0\u202f]*")
TOO_LARGE = Decimal(10**15)  # a value, or its worth, that the decimals of the warehouse do not hold
TOO_LARGE_A_MEASURE = Decimal(10**14)  # any other figure, by the rule of landing for a double
_MOSTLY = 0.5  # of the values of a column of numbers; the others are words for none
_FITS = 0.95  # of those with a digit


class Spelling(BaseModel):
    """The decimal mark and the mark between thousands; the latter empty where there is none.

    The number of a cell is one in every spelling. `has_cells` where the table is a workbook: then a number typed as
    text may be as SQL spells it too, where that can be read in one way.
    """

    model_config = ConfigDict(frozen=True)

    decimal: str = "."
    thousands: str = ""
    has_cells: bool = False

    def is_number(self, text: str) -> bool:
        """Whether `text` is a number spelt so, marks of notes aside."""
        is_spelt = re.fullmatch(number_pattern(self.decimal, self.thousands), bare(text), re.ASCII) is not None
        return is_spelt or self._is_plain(text)

    def read(self, text: str | None) -> Decimal | None:
        """The number `text` spells; None where it spells none or otherwise, as 1,5 where commas part thousands."""
        if text is None or text in NULL_TEXTS or not self.is_number(text):
            return None
        if self._is_plain(text):
            return Decimal(text)
        between = between_thousands(self.thousands)
        plain = re.sub(between, "", bare(text)) if between else bare(text)
        return Decimal(plain.replace(self.decimal, "."))

    def _is_plain(self, text: str) -> bool:
        """Whether a text of a workbook is a number as SQL spells it, and is no other number in any spelling."""
        if not self.has_cells and not isinstance(text, CellNumber):
            return False
        is_open = not isinstance(text, CellNumber) and re.fullmatch(OPEN_POINT, text, re.ASCII) is not None
        return not is_open and re.fullmatch(number_pattern(".", ""), text, re.ASCII) is not None


def guess_spelling(columns: Sequence[Sequence[str]], prefers_comma: bool, decimal_mark: str | None = None) -> Spelling:
    """The spelling by which most columns hold numbers; `prefers_comma` decides where 1,234 could be both.

    `decimal_mark` is what a person says of it: then only spellings with this mark are tried.
    """
    spellings = [
        Spelling(decimal=decimal, thousands=thousands)
        for decimal, thousands in _SPELLINGS
        if decimal_mark in (None, decimal)
    ]
    if prefers_comma:
        spellings.sort(key=lambda spelling: spelling.decimal != ",")
    columns = [values for values in columns if not all(map(_MONTH.fullmatch, values))]
    found = [sum(is_figures(values, spelling) for values in columns) for spelling in spellings]
    best = max(found, default=0)
    first = Spelling(decimal=decimal_mark or ".")
    has_marks = any(_COULD_BE_BOTH.fullmatch(bare(value)) for values in columns for value in _typed(values))
    takes_first = found[spellings.index(first)] == best and not (prefers_comma and has_marks)
    return first if takes_first else spellings[found.index(best)]


def is_open(values: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the mark in 1,234 or 1.234 could be that of thousands as well as of decimals.

    It could where every figure with a mark among `values` is spelt so, and no figure of the table, these and `others`,
    shows which it is: 0.5 and 12.25 do, and 1234.567, 1,234.5 and 1,234,567 too. Numbers of cells show nothing of it.
    """
    marked = [text for value in _typed(values) if _MARK.search(text := bare(value))]
    if not marked or not all(_COULD_BE_BOTH.fullmatch(text) for text in marked):
        return False
    marks = {mark[0] for text in marked if (mark := _MARK.search(text))}
    shown = [text for value in _typed(others) if _MARK.search(text := bare(value)) and _FIGURE.fullmatch(text)]
    return len(marks) == 1 and all(_COULD_BE_BOTH.fullmatch(text) for text in shown)


def _typed(values: Sequence[str]) -> list[str]:
    """The values that somebody typed as text, and so spelt."""
    return [value for value in values if not isinstance(value, CellNumber)]


def is_numeric(values: Sequence[str], spelling: Spelling) -> bool:
    """Whether a column holds numbers, but for words that mean none and formulas that failed."""
    told = [value for value in values if value not in NULL_TEXTS and not is_failed_formula(value)]
    return bool(told) and all(spelling.is_number(value) for value in told)


def is_spelt_otherwise(values: Sequence[str]) -> bool:
    """Whether a column that holds no numbers in the spelling of its table does in another."""
    return any(is_figures(values, Spelling(decimal=decimal, thousands=mark)) for decimal, mark in _SPELLINGS)


def is_figures(values: Sequence[str], spelling: Spelling) -> bool:
    """Whether a column that is called a value holds numbers, but for any words and a few that are not to be read.

    Formulas that failed say nothing of it: landing rejects each of them.
    """
    told = [value for value in values if value not in NULL_TEXTS and not is_failed_formula(value)]
    digits = [value for value in told if not is_word(value)]
    numbers = sum(spelling.is_number(value) for value in digits)
    return numbers > 0 and numbers >= _FITS * len(digits) and numbers >= _MOSTLY * len(told)
