"""A page of China's customs: which table it holds, and what its title, its unit and its date say of it."""

from __future__ import annotations

import codecs
import re
from calendar import monthrange
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from flows.errors import FileRefused
from flows.formats.html_table import HtmlPage
from flows.formats.period_words import MONTH_NAMES

MONTHS = tuple(name[:3] for name in MONTH_NAMES)
TABLES = {
    "bulletin_country": "the bulletin's table by country",
    "bulletin_division": "the bulletin's table by HS section and division",
    "preliminary_country": "the table by country",
    "preliminary_commodity": "a table of major exports or imports",
}
"""Tables by name, with what people call them; the number before a title may be wrong and is never looked at."""

_WORDS = {
    "bulletin_country": re.compile(r"by\s+Country\s*\(Region\)\s*of\s+Origin", re.IGNORECASE),
    "bulletin_division": re.compile(r"by\s+HS\s+Section", re.IGNORECASE),
    "preliminary_country": re.compile(r"by\s+(Major\s+)?Country", re.IGNORECASE),
    "preliminary_commodity": re.compile(r"Major\s+(Exports|Imports)\s+by\s+Quantity", re.IGNORECASE),
}
_MONTH = rf"({'|'.join(MONTHS)})[a-z]*"
_NAMED = re.compile(rf"\b{_MONTH}\.?(?:\s*(?:-|to)\s*{_MONTH}\.?)?,?\s*(\d{{4}})", re.IGNORECASE)
_NUMBERED = re.compile(r"[,\s](\d{1,2})(?:\s*(?:-|to)\s*(\d{1,2}))?\s*\.\s*(\d{4})\b", re.IGNORECASE)
_CURRENCY = re.compile(r"\b(CNY|RMB|USD|US\$)", re.IGNORECASE)
_UNIT = re.compile(r"Unit\s*:\s*(CNY|RMB|USD|US\$)\s*([\d,]*)\s*(Million|Billion|Thousand)?", re.IGNORECASE)
_SCALES = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_YEAR_FIRST = re.compile(r"(\d{4})[/-](\d\d?)[/-](\d\d?)")
_YEAR_LAST = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)  # 190,5 is no 1905
_NIL = ("", "-", "\u2014", "\u2013")
_TITLE, _DATE = "atcl-ttl", "atcl-date"


class Heading(BaseModel):
    """What stands around a table: first and last day (January to February is one period), currency, how many yuan or
    dollars its unit is, unit and title as printed, the day of publication."""

    model_config = ConfigDict(frozen=True)

    start: date
    end: date
    currency: str
    factor: int
    unit: str
    title: str
    published_on: date | None
    is_span_named: bool = False

    @property
    def is_two_months(self) -> bool:
        """Whether January and February are one."""
        return self.start.month != self.end.month

    def laid_out(self, has_months: bool) -> Heading:
        """The heading of a table with or without columns of the month alone: up to 2019 February had a release of its
        own, with them."""
        if has_months and self.is_two_months and not self.is_span_named:
            return self.model_copy(update={"start": self.end.replace(day=1)})
        return self

    def has_months(self, n_cells: int, n_without: int) -> bool:
        """Whether rows of `n_cells` have columns of the month: always, but for January and February."""
        if self.is_span_named:
            return False
        return not (self.end.month <= 2 and n_cells == n_without)

    def values(self) -> list[str | None]:
        """The values in the order in which the contracts begin."""
        published = self.published_on.isoformat() if self.published_on else None
        return [self.start.isoformat(), self.end.isoformat(), self.currency, str(self.factor), self.unit, self.title,
                published]  # fmt: skip


def text_of(content: bytes) -> str:
    """A page as text: by its byte order mark, else as its head declares, else UTF-8 or GB 18030 as it fits."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            return content.decode(f"{name}-sig" if name == "utf-8" else name, errors="replace")
    declared = _CHARSET.search(content[:4096])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if name.startswith("gb"):
        name = "gb18030"  # holds the older two
    for candidate in (name, "utf-8", "gb18030"):
        try:
            return content.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("utf-8", errors="replace")


def page_of(text: str) -> tuple[HtmlPage, str]:
    """The page and its title: of the article, or else of the document."""
    page = HtmlPage(text, (_TITLE, _DATE, "title"))
    return page, " ".join((page.texts.get(_TITLE) or page.texts.get("title") or "").split())


def table_of(title: str) -> str | None:
    """Name of the table a title announces; None when it is none of ours."""
    return next((name for name, words in _WORDS.items() if words.search(title)), None)


def currency_of(title: str) -> str | None:
    """CNY or USD, as the last word on it in a title says; RMB is CNY."""
    found = _CURRENCY.findall(title)
    return {"RMB": "CNY", "US$": "USD"}.get(found[-1].upper(), found[-1].upper()) if found else None


def span_of(title: str) -> tuple[date, date] | None:
    """First and last day a title speaks of: `Mar 2026`, `Jan-Feb 2026`, `9.2019`; None when it names no month.

    The preliminary tables know no February: it stands for both months.
    """
    if named := _NAMED.search(title):
        first, last = (MONTHS.index((word or named[1])[:3].title()) + 1 for word in (named[1], named[2]))
        first = 1 if last == 2 else first
    elif numbered := _NUMBERED.search(title):
        named, first, last = numbered, int(numbered[1]), int(numbered[2] or numbered[1])
    else:
        return None
    year = int(named[3])
    if not 1 <= first <= last <= 12 or not 1 <= year <= 9999:
        return None
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def heading_of(page: HtmlPage, title: str, table: str, name: str) -> Heading:
    """What title, unit and date say. Where the title names no currency the unit alone says it.

    Raises FileRefused when the page is of another table, names no month or no unit, or two currencies.
    """
    span = span_of(title)
    if table_of(title) != table or span is None:
        raise FileRefused(f"{name}: the title {title[:120]!r} is not that of {TABLES[table]}.")
    currency, printed, factor = _unit(page, name)
    announced = currency_of(title) or currency
    if currency != announced:
        raise FileRefused(f"{name}: the title says {announced} and the unit says {currency} ({title}; {printed}).")
    published = _published(page.texts.get(_DATE, ""), span[1])
    named = _NAMED.search(title) or _NUMBERED.search(title)
    return Heading(start=span[0], end=span[1], currency=currency, factor=factor, unit=printed, title=title,
                   published_on=published, is_span_named=bool(named and named[2]))  # fmt: skip


def _unit(page: HtmlPage, name: str) -> tuple[str, str, int]:
    """Currency, the unit as printed, and how many yuan or dollars it is."""
    if not page.rows:
        raise FileRefused(f"{name}: the page has no table.")
    for text in (*(cell.text for row in page.rows for cell in row), page.text):
        if found := _UNIT.search(text):
            number = int(found[2].replace(",", "") or 1)
            return currency_of(found[1]) or "", found[0].strip(), number * _SCALES[(found[3] or "").lower()]
    raise FileRefused(f"{name}: the table does not state its unit.")


def _published(text: str, end: date) -> date | None:
    """The day; where it may be read in two ways, the first that is not before the end of the period."""
    orders = [(found[1], found[2], found[3]) for found in (_YEAR_FIRST.search(text),) if found]
    if not orders and (found := _YEAR_LAST.search(text)):
        orders = [(found[3], found[2], found[1]), (found[3], found[1], found[2])]
    days = []
    for year, month, day in orders:
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return min((day for day in days if day > end), default=days[0] if days else None)


# -- cells ------------------------------------------------------------------------------------------------


def is_figure(text: str) -> bool:
    """Whether a cell holds a number."""
    return _NUMBER.fullmatch(text) is not None


def is_nil(text: str) -> bool:
    """Whether a cell holds nothing: a dash or a blank."""
    return text in _NIL


def figure_of(text: str) -> str | None:
    """The number without its commas; None for nothing."""
    return None if is_nil(text) else text.replace(",", "")


def amount_of(figure: str | None) -> Decimal | None:
    """The number of a figure."""
    return None if figure is None else Decimal(figure)
