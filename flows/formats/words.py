"""What a cell of a printed table says, in the languages such tables come in: a flow, a value, a quantity, an area."""

from __future__ import annotations

import re

from flows.formats.period_words import month_of, year_of
from flows.formats.plain import plain
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
    """The flow and the year a header of one column says: Exports 2019 (mn USD), 2019 Imports."""
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
    flow = flow_word(text.replace(years[0], " ")) if len(years) == 1 else None
    return (flow, years[0]) if flow else None


def is_quantity(text: str) -> bool:
    """Whether a text names a quantity, a share or a rate, and no value."""
    return _NO_VALUE.search(plain(text)) is not None


def area_word(text: str) -> str | None:
    """A text that can name an area: words, not a number, a year or a flow."""
    word = plain(text)
    named = bool(re.search(r"[^\W\d_]{2}", word)) and year_of(text) is None and flow_word(text) is None
    return text.strip() if named and month_of(text) is None else None
