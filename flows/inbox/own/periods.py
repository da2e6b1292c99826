"""In which layout a column tells its periods; the layouts are those of flows/contracts/trade_roles.py."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from flows.formats.period_words import MONTH_NAMES, month_of, period_of
from flows.inbox.own.codes import is_sum

_MONTHS = tuple(name[:3].lower() for name in MONTH_NAMES)
_MONTH_WORDS = {*map(str.lower, MONTH_NAMES), *_MONTHS, "sept"}
_YEAR = (
    r"year|jahr|год|年|연도|년도|년월|연월|기간|시점|वर्ष|السنة|(?<![^\W_])"
    r"(?:a[nñ][oó]s?|ann[eé]e|anno|rok|y\u0131l|jaar|år|tahun|рік|жыл)(?![^\W_])"
)
PERIOD_NAME = re.compile(
    rf"p[eé]r[ií]od|month|date|time|quarter|дата|период|时间|日期|{_YEAR}|(?<![^\W_])(?:fecha|data|datum|tarih)(?![^\W_])",
    re.IGNORECASE,
)
"""What a column of periods is called."""
LAYOUTS = (
    "YYYY", "YYYY-MM", "YYYYMM", "YYYY/MM", "YYYY.MM", "MM/YYYY", "MM.YYYY", "MM-YYYY", "YYYY-MMM", "YYYYMMM",
    "YYYY-Qq", "YYYYQq", "YYYY Qq", "Qq YYYY", "Qq-YYYY", "Qq/YYYY", "Mon YYYY", "Mon-YYYY", "YYYY-Mon", "YYYY Mon",
    "YYYY-MM-DD", "YYYYMMDD", "YYYY/MM/DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "DD-Mon-YYYY",
)  # fmt: skip
LAYOUT_PARTS = (
    "YYYY for the year, MM or Mon for the month, q for the quarter and DD for the day, as in YYYY-MM or YYYY-Qq"
)
REWRITTEN = "2021, 2021-Q1 or 2021-03"
# Periods no layout reads: quarters in Roman numbers or by a word, years of two digits, years that end in the next.
_UNREAD = (
    re.compile(r"(?:IV|I{1,3})\W+\d{4}|\d{4}\W+(?:IV|I{1,3})", re.IGNORECASE),
    re.compile(r"[1-4](?:\.|st|nd|rd|th|er|e)?\s*(?:quartal|quarter|trimest\w*)\W*\d{4}", re.IGNORECASE),
    re.compile(r"\d{4}\W*[1-4](?:\.|st|nd|rd|th|er|e)?\s*(?:quartal|quarter|trimest\w*)", re.IGNORECASE),
)
_MONTH_OF_SHORT_YEAR = re.compile(r"([^\W\d_]{3,9})\.?[-/ '\u2019]\d{2}")
# Years of other calendars, and how far ours is from each.
_OTHER_CALENDARS = (("Solar Hijri", range(1300, 1450), 621), ("Buddhist", range(2440, 2650), -543))
_SPLIT_YEAR = re.compile(r"(\d{4})[-/](?:\d\d)?(\d{2})")
_FISCAL_YEAR = re.compile(r"(?:f\.?y\.?|(?:fiscal|financial|marketing) year)\W*\d{2,4}(?:[-/]\d{2,4})?", re.IGNORECASE)
_PARTS = re.compile(r"YYYY|Mon|MM(?!M)|DD|q")
_AMBIGUOUS = {"DD/MM/YYYY", "MM/DD/YYYY"}
_PATTERNS = {"YYYY": r"(?P<y>\d{4})", "Mon": r"(?P<n>[A-Za-z]{3})", "MM": r"(?P<m>\d\d)", "DD": r"(?P<d>\d\d)"}


def read_period(layout: str, text: str) -> date | None:
    """The day a text in a layout stands for, the first of its period; none where it does not fit."""
    pattern, at = "", 0
    for part in _PARTS.finditer(layout):
        pattern += re.escape(layout[at : part.start()]) + _PATTERNS.get(part[0], r"(?P<q>[1-4])")
        at = part.end()
    found = re.fullmatch(pattern + re.escape(layout[at:]), text)
    if found is None:
        return None
    parts = found.groupdict()
    month = int(parts.get("m") or 3 * int(parts.get("q") or 1) - 2)
    if name := parts.get("n"):
        if name.lower() not in _MONTHS:
            return None
        month = _MONTHS.index(name.lower()) + 1
    try:
        day = date(int(parts["y"]), month, int(parts.get("d") or 1))
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2100 else None


def read_month(year: str, month: str) -> date | None:
    """The month that a year and a number or an English name of a month make, as the build reads them; else none."""
    is_name = month.replace(".", "").lower() in _MONTH_WORDS
    return read_period("YYYY-MM", f"{year}-{month:0>2}") or (
        read_period("YYYY-Mon", f"{year}-{month[:3]}") if is_name else None
    )


def unread_period(values: Sequence[str]) -> str | None:
    """The first of a column of periods that no layout can read, such as I/2021, Jan-21 or 2019/20; else none."""
    texts = list(dict.fromkeys(values))
    found = [text for text in texts if any(form.fullmatch(text) for form in _UNREAD) or _has_odd_year(text)]
    return found[0] if found and len(found) > 0.5 * len(texts) else None


def _has_odd_year(text: str) -> bool:
    """Whether a text is a year and the next one (2019/20, 2019-2020), or a month of a year in two digits."""
    if month := _MONTH_OF_SHORT_YEAR.fullmatch(text):
        return month_of(month[1]) is not None
    return is_split_year(text) or is_fiscal_year(text)


def is_fiscal_year(text: str) -> bool:
    """Whether a text is called a fiscal year: FY2020, FY 2019/20."""
    return _FISCAL_YEAR.fullmatch(text) is not None


def is_split_year(text: str) -> bool:
    """Whether a text is a year that ends in the next one, as of a budget: 2019/20, 2019-2020."""
    found = _SPLIT_YEAR.fullmatch(text)
    return found is not None and (int(found[1]) + 1) % 100 == int(found[2])


def year_of_other_calendar(values: Sequence[str]) -> tuple[str, str, int] | None:
    """The first of a column of years that are all of another calendar, its name, and our year: 2564, Buddhist, 2021.

    None where any of them is a year of ours.
    """
    years = [int(text) if re.fullmatch(r"[12]\d{3}", text) else 0 for text in dict.fromkeys(values)]
    for name, known, ahead in _OTHER_CALENDARS:
        if years and all(year in known for year in years):
            return str(years[0]), name, years[0] + ahead
    return None


def misread_months(values: Sequence[str]) -> list[str]:
    """Texts in a column of months that begin like a month and are none: the build reads Jan-Mar as January."""
    return [text for text in dict.fromkeys(values) if month_of(text) is None and _begins_like_month(text)]


def unread_months(values: Sequence[str]) -> list[str]:
    """Names of months that only the layout `months down` reads: the build knows numbers and English names."""
    return [text for text in dict.fromkeys(values) if month_of(text) is not None and read_month("2020", text) is None]


def worded_periods(values: Sequence[str]) -> str | None:
    """The first of a column of periods in words that only the layout `periods down` reads, such as March 2021."""
    texts = list(dict.fromkeys(values))
    found = [text for text in texts if period_of(text) is not None]
    return found[0] if found and 2 * len(found) > len(texts) and not guess_layouts(texts) else None


def _begins_like_month(text: str) -> bool:
    return text[:3].lower() in _MONTHS or f"{text:0>2}"[:2] in {f"{month:02d}" for month in range(1, 13)}


def guess_layouts(values: Sequence[str]) -> tuple[str, ...]:
    """The fewest layouts that read at least 95 in 100 of the values, sums such as TOTAL 2021 aside; else none.

    A day and a month that could change places are told apart by a day after the 12th, else by the part that is
    always 01; where neither helps nothing is guessed.
    """
    texts = sorted({value for value in values if not is_sum(value)})
    if len(texts) > 1 and all(_has_odd_year(text) for text in texts):
        return ()  # 2008-09 and 2009-10 are years that end in the next, not months
    left, chosen = list(texts), []
    while left:
        count, layout = max(((sum(read_period(form, text) is not None for text in left), form) for form in LAYOUTS),
                            key=lambda pair: (pair[0], -LAYOUTS.index(pair[1])))  # fmt: skip
        if count == 0:
            break
        chosen.append(layout)
        left = [text for text in left if read_period(layout, text) is None]
    is_one_of_each = len({_length(layout) for layout in chosen}) == len(chosen)  # years, quarters and months
    if not texts or len(left) > 0.05 * len(texts) or (len(chosen) > 2 and not is_one_of_each):
        return ()
    return () if set(chosen) & _AMBIGUOUS and _is_ambiguous(texts, chosen) else tuple(chosen)


def _length(layout: str) -> str:
    """The part of a layout that says how long its periods are."""
    return next((part for part in ("DD", "Mon", "MM", "q") if part in layout), "YYYY").replace("Mon", "MM")


def _is_ambiguous(texts: Sequence[str], chosen: list[str]) -> bool:
    """Whether days and months could change places; puts right which is which where the values tell."""
    days = [text for text in texts if re.fullmatch(r"\d\d/\d\d/\d{4}", text)]
    first, second = {text[:2] for text in days}, {text[3:5] for text in days}
    if any(int(part) > 12 for part in first | second):
        return False
    if (first == {"01"}) == (second == {"01"}):
        return True
    layout = "DD/MM/YYYY" if first == {"01"} else "MM/DD/YYYY"
    chosen[:] = [layout if form in _AMBIGUOUS else form for form in chosen]
    return False


def guess_frequency(layouts: Sequence[str], values: Sequence[str]) -> str | None:
    """A or Q where dates are only ever of one month, or of the ends or beginnings of quarters; else none.

    Months beside years or quarters are months.
    """
    if not any("MM" in layout for layout in layouts) or {_length(layout) for layout in layouts} & {"YYYY", "q"}:
        return None
    days = {day for layout in layouts for text in set(values) if (day := read_period(layout, text))}
    months, years = {day.month for day in days}, {day.year for day in days}
    if len(months) == 1 and len(years) > 2:
        return "A"
    is_quarters = any(months <= {start, start + 3, start + 6, start + 9} for start in (1, 3))
    return "Q" if is_quarters and len(months) > 2 else None
