"""Whether the figures of a table are sums since January: by words of its headings and cells, or by how they grow."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from flows.formats.period_words import month_of
from flows.formats.spoken_periods import calls_other_span
from flows.inbox.own.periods import read_period
from flows.inbox.own.roles import Roles
from flows.inbox.own.sample import Row

_WORDS = re.compile(
    r"cumul|kumul|acumul|year[ -]to[ -]date|(?<![^\W_])ytd(?![^\W_])|first \w+ months|"
    r"since (?:the )?(?:beginning|start) of (?:the )?year|since jan|seit jahresbeginn|depuis le début|"
    r"с начала года|нарастающ|накоплен|累[计計]",  # noqa: RUF001
    re.IGNORECASE,
)
_MONTHS_SINCE_JANUARY = re.compile(
    r"(?<![^\W_])(?:jan|янв|ene)\w*\.?\s*(?:[-\u2013\u2014/]|to|bis|по|до)\s*([^\W\d_]{3,})", re.IGNORECASE
)
_SINCE_JANUARY = re.compile(
    r"(?<!\d)1\s*[-\u2013\u2014至]\s*(\d{1,2})\s*月|(?<!\d)(\d{1,2}) ?(?:months|мес)", re.IGNORECASE
)
_MOST_TEXTS = 30  # different ones of a column that says what a figure is
_FEWEST_MONTHS = 6  # from January on that show how the figures of a year grow


def says_cumulative(text: str) -> bool:
    """Whether a text calls figures sums since January: cumulative, YTD, Jan-Mar, but not January-December."""
    if _WORDS.search(text):
        return True
    months = [month_of(found[1]) for found in _MONTHS_SINCE_JANUARY.finditer(text)]
    months += [month_of(found[1] or found[2]) for found in _SINCE_JANUARY.finditer(text)]
    return any(month not in (None, "01", "12") for month in months)


def why_cumulative(roles: Roles) -> str | None:
    """What shows that figures are sums since January, or of another span than their period; none where nothing does."""
    if (text := next((text for text in _texts(roles) if says_cumulative(text)), None)) is not None:
        return f"{text!r} reads as sums since January, which would count as figures of their month or year"
    period = roles.period() or {}
    by_years = "month" not in period and all(layout == "YYYY" for layout in period.get("layouts", ()))
    said = (*_headings(roles), *roles.sample.title_texts, roles.sample.sheet_name)
    if (text := next((text for text in said if calls_other_span(text, by_years)), None)) is not None:
        what = "year" if by_years else "month or quarter"
        return f"{text!r} reads as sums of another span, which would count as figures of their {what}"
    if _grow_like_sums(roles):
        return "the figures of each year grow from month to month, as sums since January do"
    return None


def summed_in_part(roles: Roles) -> tuple[str, str] | None:
    """A text that calls figures sums since January and one beside it that does not; none where all or none do."""
    for texts in (_headings(roles), *_words(roles)):
        summed = [text for text in texts if says_cumulative(text)]
        others = [text for text in texts if not says_cumulative(text)]
        if summed and others:
            return summed[0], others[0]
    return None


def _texts(roles: Roles) -> Iterable[str]:
    """Headings of the values, lines above the header, and words of columns that say what a figure is."""
    yield from _headings(roles)
    yield from (roles.sample.titles, roles.sample.sheet_name)
    for words in _words(roles):
        yield from words


def _headings(roles: Roles) -> list[str]:
    """What the columns of values are called in the file."""
    header = dict(zip(roles.names, roles.sample.header, strict=True))
    return [header[value["column"]] for value in roles.values()]


def _words(roles: Roles) -> Iterable[list[str]]:
    """The different texts of each column that may say what a figure is."""
    found = roles.guess
    for at in range(len(roles.sample.header)):
        if at not in found.areas and at not in found.numeric and at not in (found.product, found.product_words):
            texts = list(dict.fromkeys(roles.sample.column(at)))
            yield texts if len(texts) <= _MOST_TEXTS else []


def _grow_like_sums(roles: Roles) -> bool:
    """Whether the figures of every series and year with enough months only grow, and by half of the first or more."""
    years = [
        [value for _, value in sorted(months.items())]
        for months in _months(roles).values()
        if len(months) >= _FEWEST_MONTHS and sorted(months) == list(range(1, len(months) + 1))
    ]
    return bool(years) and all(
        all(before < after for before, after in itertools.pairwise(year)) and 2 * year[-1] >= 3 * year[0]
        for year in years
    )


def _months(roles: Roles) -> dict[tuple[object, ...], dict[int, Decimal]]:
    """The figures by series and year, then by month; empty where the periods are no months."""
    period, spelling = roles.period() or {}, roles.guess.spelling
    places = {name: at for at, name in enumerate(roles.names)}
    of_period = {places[period[part]] for part in ("column", "year", "month") if period.get(part)}
    layouts = [layout for layout in period.get("layouts", ()) if "MM" in layout or "Mon" in layout]
    if "month" not in period and (not layouts or period.get("frequency")):
        return {}
    others = [at for at in range(len(roles.names)) if at not in of_period and at not in roles.guess.numeric]
    found: dict[tuple[object, ...], dict[int, Decimal]] = defaultdict(dict)
    for value in roles.values():
        at = places[value["column"]]
        for row in roles.sample.rows:
            day, number = _day(row, period, places, layouts), spelling.read(row[at])
            if day is not None and number is not None:
                found[at, day.year, *(row[other] for other in others if other != at)][day.month] = number
    return found


def _day(row: Row, period: dict[str, str], places: dict[str, int], layouts: list[str]) -> date | None:
    """The first day of the month of a row."""
    if "month" in period:
        month = month_of(row[places[period["month"]]] or "")
        return read_period("YYYY-MM", f"{row[places[period['year']]]}-{month}")
    text = row[places[period["column"]]] or ""
    return next((day for layout in layouts if (day := read_period(layout, text))), None)
