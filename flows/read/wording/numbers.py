"""Numbers, periods and lists as a reader sees them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache, lru_cache
from math import isfinite
from typing import Any

THIN = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


_ZERO = "0.00"


@dataclass(frozen=True)
class Money:
    """The unit in which amounts of one pair are shown."""

    divisor: float
    unit: str
    short: str

    def of(self, value_usd: Any) -> float | None:
        """An amount in this unit to the dollar, for a chart; None stays None."""
        return None if value_usd is None else round(float(value_usd)) / self.divisor

    def text(self, value_usd: Any, signed: bool = False) -> str:
        """An amount in this unit without the unit's name; empty where there is none.

        It is rounded from what a chart gets, so that the text beside a chart and the one over a mark never differ.
        """
        return "" if value_usd is None else self.typed(value_usd, signed).replace("-", MINUS)

    def typed(self, value_usd: Any, signed: bool = False) -> str:
        """The same in the characters of a keyboard. What is less than half of the last digit is no zero: `<0.01`."""
        said = typed(self.of(value_usd) or 0.0, 2, signed)
        if said == _ZERO and value_usd:
            return "<0.01" if value_usd > 0 else ">-0.01"
        return said


BILLIONS = Money(1e9, "billions of US dollars", "bn USD")
MILLIONS = Money(1e6, "millions of US dollars", "m USD")
THOUSANDS = Money(1e3, "thousands of US dollars", "thousand USD")


def money_for(values_usd: Iterable[Any]) -> Money:
    """Billions, or the largest unit below that some value reaches one of: 56 dollars are not `0.00 m USD`."""
    largest = max((abs(float(value)) for value in values_usd if value is not None), default=BILLIONS.divisor)
    return next((money for money in (BILLIONS, MILLIONS) if largest >= money.divisor), THOUSANDS)


_EXACT = Context(prec=400)  # more digits than a binary number has in full


def _rounded(value: float, digits: int) -> Decimal | float:
    """The number of so many decimals next to the binary value, the larger one of two as near; the value itself where no
    two are as near, which any way of rounding tells alike.
    """
    if not isfinite(value) or value * 2 * 10**digits % 1:
        return value
    return Decimal(value).quantize(_unit_of(digits), ROUND_HALF_UP, _EXACT)


@cache
def _unit_of(digits: int) -> Decimal:
    """One in the last of so many decimals."""
    return Decimal(1).scaleb(-digits)


def typed(value: float, digits: int, signed: bool = False) -> str:
    """A number in the characters of a keyboard, for a terminal: `-1,234.50`. What rounds to zero has no sign.

    A half is rounded away from zero, as charts and tables do in a browser, so that one value has one text.
    """
    text = f"{_rounded(float(value), digits):{'+' if signed else ''},.{digits}f}"
    return text if text.strip("+-0.,") else text.lstrip("+-")


def number(value: float, digits: int, signed: bool = False) -> str:
    """A number with commas between thousands, as the charts have them, and a true minus sign."""
    return typed(value, digits, signed).replace("-", MINUS)


def count(value: Any) -> str:
    """A whole number."""
    return "" if value is None else number(float(value), 0)


def percent(value: Any, signed: bool = True, digits: int = 1) -> str:
    """A percentage; empty where there is none."""
    return "" if value is None else f"{number(float(value), digits, signed)}{THIN}%"


def day(when: date) -> str:
    """`25 November 2026`."""
    return f"{when.day} {when:%B %Y}"


_DAY = re.compile(r"\b(19|20)\d\d-(0[1-9]|1[0-2])-([0-2]\d|3[01])\b")


@lru_cache(maxsize=10_000)
def printed_on(text: str) -> str:
    """`2022-02-06`, `2022-02` or `2022` as a reader says it; a text of another form stays as it is."""
    parts = [int(part) for part in text.split("-") if part.isdecimal()]
    if len(parts) < 2:
        return text
    try:
        when = date(parts[0], parts[1], parts[2] if len(parts) > 2 else 1)
    except ValueError:
        return text
    return day(when) if len(parts) > 2 else f"{when:%B %Y}"


def days_in_words(text: str) -> str:
    """The text with every day in it as a reader says it: `1 March 2022 to 31 January 2023`."""
    return _DAY.sub(lambda found: printed_on(found[0]), text)


def words(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def year_spans(years: Iterable[int], short: bool = False) -> str:
    """`2001 to 2003, 2005, 2007 and 2008`; short `2001-2003, 2005, 2007-2008`."""
    spans: list[list[int]] = []
    for year in sorted(set(years)):
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    if short:
        return ", ".join("-".join(str(year) for year in sorted({span[0], span[-1]})) for span in spans)
    told: list[str] = []
    for span in spans:
        told += [f"{span[0]} to {span[-1]}"] if len(span) > 2 else [str(year) for year in span]
    return words(told)


def possessive(name: str) -> str:
    """`China's`, `the Netherlands'`."""
    return f"{name}\u2019" if name.endswith("s") else f"{name}\u2019s"


def plural(amount: int, one: str, many: str | None = None) -> str:
    """`1 year`, `2 years`."""
    return f"{count(amount)} {one if amount == 1 else many or one + 's'}"


_BOUND_AND_WORDS = re.compile(r"(?P<bound>about|around|nearly|almost) (?P<words>.+)")
_BOUNDS = {"more_than": "more than", "not_at_most": "more than", "at_most": "at most", "about": "about"}
_SIGNS = {"percent": "%", "usd_bn": "bn USD"}
_UNITS_OF_PLACES = ("rank", "boolean", "")
_CLAIMED_PERIOD = re.compile(r"(?P<year>\d{4})-(?:(?P<month>0[1-9]|1[0-2])(?P<until> YTD)?|H(?P<half>[12]))")


def claimed(row: Mapping[str, Any]) -> str:
    """What a statement claims, as a reader would say it: `rank 15 or better`, `growth of 36 %`, `denied`.

    An amount that was said in words has them behind it: `about 20 % (one fifth)`. `row` has
    statement_kind, claimed_value_text, claimed_unit_text and comparator of `core.fct_statement`.
    """
    value, (unit, _, bound) = row["claimed_value_text"], (row["claimed_unit_text"] or "").partition(" (")
    if row["comparator"] == "not_at_most" and unit in _UNITS_OF_PLACES:
        return "denied"
    if unit in ("year", "month"):
        return str(value)
    if unit == "rank":
        return f"rank {value} or better" if row["comparator"] == "at_most" else f"rank {value}"
    sign = _SIGNS.get(unit, unit)
    bound = bound.rstrip(")").removesuffix("upper bound") or _BOUNDS.get(row["comparator"], "")
    in_words = _BOUND_AND_WORDS.fullmatch(bound)
    parts = (in_words["bound"], value, sign, f"({in_words['words']})") if in_words else (bound, value, sign)
    said = " ".join(part for part in parts if part)
    if row["statement_kind"] == "growth":
        return f"fall of {said.removeprefix('-')}" if said.startswith("-") else f"growth of {said}"
    return said


def claimed_when(row: Mapping[str, Any]) -> str:
    """What a statement claims and for which period: `140 bn USD, 2021`; a year since when is its own period."""
    parts = dict.fromkeys((claimed(row), claimed_period(row["claimed_period_text"])))
    return ", ".join(part for part in parts if part)


def stated(row: Mapping[str, Any]) -> str:
    """A statement in one line: `Total trade of China and Russia: 140 bn USD, 2021`, `Sanctions since 2014`."""
    subject = str(row["subject_text"])
    return f"{subject}{' ' if subject.endswith(' since') else ': '}{claimed_when(row)}"


def claimed_period(text: str | None) -> str:
    """The period a statement names, in words; a text of another form stays as it is.

    >>> claimed_period("2022-07 YTD")
    'January to July 2022'
    >>> claimed_period("2024-09")
    'September 2024'
    >>> claimed_period("2012-H1")
    'first half of 2012'
    """
    found = _CLAIMED_PERIOD.fullmatch(text or "")
    if found is None:
        return text or ""
    year, month, until = found["year"], int(found["month"] or 0), found["until"]
    if not month:
        return f"{'first' if found['half'] == '1' else 'second'} half of {year}"
    return f"{'January to ' if until and month > 1 else ''}{calendar.month_name[month]} {year}"


_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def counted(amount: int) -> str:
    """A small number as a sentence has it, `three`, a larger one in figures: `14`."""
    return _SMALL[amount] if amount < len(_SMALL) else count(amount)


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`, `112th`."""
    is_teen = number // 10 % 10 == 1
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
