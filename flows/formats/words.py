"""What a cell of a printed table says, in the languages such tables come in: a flow, a value, a quantity, an area."""

from __future__ import annotations

import re

from flows.formats.period_words import month_of, names_months_alone, period_of, year_of
from flows.formats.plain import plain
from flows.formats.spoken_periods import SOME_YEAR, says_part_of_year, says_sum_to_period
from flows.formats.vocabulary import (
    EXPORT_NAMES,
    EXPORT_STEMS,
    IMPORT_NAMES,
    IMPORT_STEMS,
    QUANTITY_WORDS,
    RATE_WORDS,
)

_RE_EXPORT = re.compile(r"re-?\s?exp(?:ort|\b)|реэкспорт|转口|再出口|再輸出|재수출", re.IGNORECASE)
_RE_IMPORT = re.compile(r"re-?\s?imp(?:ort|\b)|реимпорт|再进口|复进口|再輸入|재수입", re.IGNORECASE)
_EXPORT = re.compile(rf"(?:{EXPORT_NAMES})\b", re.IGNORECASE)
_IMPORT = re.compile(rf"(?:{IMPORT_NAMES})\b", re.IGNORECASE)
_SHORT_EXPORTS = ("x", "exp", "exp.", "gross exp", "\u044d\u043a")  # the last of Russia's customs, as below
_SHORT_IMPORTS = ("m", "imp", "imp.", "gross imp", "\u0438\u043c")
# One may begin within a word before another: the word before 2021-03 could be the month of 2021.
_PERIOD = re.compile(
    r"(?=((?<!\d)(?:19|20)\d\d(?:[-./]?[MQ]?|\s[MQ])\d{1,2}(?![-./\w])"
    r"|(?<![\w\u2013./-])(?:Q[1-4]|\d{1,2}|[^\W\d_]{3,9}\.?)[-./\s]+(?:19|20)\d\d(?![-./]?\d)))",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(f"{QUANTITY_WORDS}|{RATE_WORDS}", re.IGNORECASE)


def flow_word(text: str) -> str | None:
    """The flow a text is, X, M, RX or RM; none for a quantity, a share or a rate of one."""
    word = plain(text)
    both = re.search(f"exp|{EXPORT_STEMS}", word) and re.search(f"imp|{IMPORT_STEMS}", word)
    if _NO_VALUE.search(word) or both:
        return None
    if _RE_EXPORT.search(word) or _RE_IMPORT.search(word):
        return "RX" if _RE_EXPORT.search(word) else "RM"
    if _EXPORT.match(word) or word in _SHORT_EXPORTS:
        return "X"
    return "M" if _IMPORT.match(word) or word in _SHORT_IMPORTS else None


def flow_of_year(text: str) -> tuple[str, str] | None:
    """The flow and the year a header of one column says: Exports 2019 (mn USD), 2019 Imports; no part of a year."""
    years = SOME_YEAR.findall(text)
    if len(years) != 1 or _periods(text) or says_part_of_year(text):
        return None
    flow = flow_word(text.replace(years[0], " "))
    return (flow, years[0]) if flow else None


def flow_of_period(text: str) -> tuple[str, str] | None:
    """The flow and the month or quarter a header of one column says: Exported value in 2021-M01, Imports Q3 2020."""
    periods = _periods(text)
    if len(periods) != 1 or len(SOME_YEAR.findall(text)) != 1 or says_sum_to_period(text):
        return None
    rest = text.replace(periods[0], " ")
    period, flow = period_of(periods[0]), None if says_part_of_year(rest) else flow_word(rest)
    return (flow, period) if flow and period else None


def _periods(text: str) -> list[str]:
    """The pieces of a text that say a month or a quarter of a year; not the last of several, as in Jan-Mar 2021."""
    return [piece for piece in _PERIOD.findall(text) if names_months_alone(piece.lower()) and period_of(piece)]


def is_quantity(text: str) -> bool:
    """Whether a text names a quantity, a share or a rate, and no value."""
    return _NO_VALUE.search(plain(text)) is not None


def area_word(text: str) -> str | None:
    """A text that can name an area: words, not a number, a year or a flow."""
    word = plain(text)
    named = bool(re.search(r"[^\W\d_]{2}", word)) and year_of(text) is None and flow_word(text) is None
    return text.strip() if named and month_of(text) is None else None
