"""A table by country of China's customs: what its title and unit say, its rows, and whether they hold together."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from flows.errors import FileRefused
from flows.sources.base import Record
from flows.sources.html_table import Cell, HtmlPage

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MIN_PARTNERS = 20

_SPAN = re.compile(
    rf"\b({'|'.join(MONTHS)})[a-z]*\.?(?:\s*-\s*({'|'.join(MONTHS)})[a-z]*\.?)?,?\s+(\d{{4}})", re.IGNORECASE
)
_CURRENCY = re.compile(r"\b(CNY|RMB|USD|US\$)", re.IGNORECASE)
_UNIT = re.compile(r"Unit\s*:\s*(CNY|RMB|USD|US\$)\s*([\d,]*)\s*(Million|Billion|Thousand)?", re.IGNORECASE)
_SCALES = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?")
_MEMBER = re.compile(r"^of which\s*:?\s*", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})/(\d\d)/(\d\d)|(\d\d)/(\d\d)/(\d{4})")
_MEASURES = 6  # total, exports, imports; each of the month and cumulated
_GROWTHS = 3


def currency_of(title: str) -> str | None:
    """CNY or USD, as the last word on it in a title says; RMB is CNY."""
    found = _CURRENCY.findall(title)
    return {"RMB": "CNY", "US$": "USD"}.get(found[-1].upper(), found[-1].upper()) if found else None


def country_table(content: str, name: str) -> Iterator[Record]:
    """Line and values of every partner: month or Jan-Feb (first and last day), currency, units in one unit of the
    table, unit and title as printed, publication day, label as printed, its area, the bloc it is listed under, then
    total, exports and imports of the month and cumulated, and printed cumulative growth of the three.

    Raises FileRefused when title and unit are missing or name two currencies, when a row is shifted, when there are
    too few partners, and when a partner exceeds the total.
    """
    page = HtmlPage(content, ("atcl-ttl", "atcl-date"))
    title = " ".join(page.texts.get("atcl-ttl", "").split())
    span, currency = _SPAN.search(title), currency_of(title)
    if span is None or currency is None or "country" not in title.lower():
        raise FileRefused(f"{name}: the title {title[:120]!r} is not that of a table by country in CNY or USD.")
    start, end = _days(span)
    unit, printed_unit, factor = _unit(page, name)
    if unit != currency:
        raise FileRefused(f"{name}: the title says {currency} and the unit says {unit} ({title}; {printed_unit}).")
    head = [
        start.isoformat(), end.isoformat(), currency, str(factor), printed_unit, title,
        _published(page.texts.get("atcl-date", "")),
    ]  # fmt: skip
    is_two_months = start.month != end.month
    rows = list(_rows(page, name, is_two_months))
    _check(rows, name)
    for line, labels, figures in rows:
        yield line, [*head, *labels, *figures]


Row = tuple[int, list[str | None], list[str | None]]


def _days(span: re.Match[str]) -> tuple[date, date]:
    """First and last day of `Mar 2026` or `Jan-Feb 2026`; February alone stands for both months."""
    first, last = (MONTHS.index((word or span[1])[:3].title()) + 1 for word in (span[1], span[2]))
    year = int(span[3])
    return date(year, 1 if last == 2 else first, 1), date(year, last, monthrange(year, last)[1])


def _unit(page: HtmlPage, name: str) -> tuple[str, str, int]:
    """Currency, the unit as printed, and how many yuan or dollars it is."""
    for row in page.rows:
        for cell in row:
            if found := _UNIT.search(cell.text):
                number = int(found[2].replace(",", "") or 1)
                currency = currency_of(found[1]) or ""
                return currency, cell.text, number * _SCALES[(found[3] or "").lower()]
    raise FileRefused(f"{name}: the table does not state its unit.")


def _published(text: str) -> str | None:
    """The day as ISO date; pages of some years write the day first."""
    found = _DATE.search(text)
    if found is None:
        return None
    return "-".join(found.group(1, 2, 3) if found[1] else found.group(6, 5, 4))


def _rows(page: HtmlPage, name: str, is_two_months: bool) -> Iterator[Row]:
    """Line, labels (as printed, area, bloc) and figures of each row below the heads."""
    width = 1 + (_MEASURES // 2 if is_two_months else _MEASURES) + _GROWTHS
    bloc: str | None = None
    has_begun = False
    for row in page.rows:
        if not has_begun and not (row and row[0].text.casefold() == "total"):
            continue
        has_begun = True
        texts = [cell.text for cell in row]
        if not any(texts) or (len(row) == 1 and not _is_figure(texts[0])):
            continue  # an empty row, or a note below the table
        _check_cells(texts, width, row[0].line, name)
        label, area, is_member = _label(row[0])
        bloc = bloc if is_member else area
        figures: list[str | None] = [text.replace(",", "") for text in texts[1:]]
        if is_two_months:
            figures = [*(figure for value in figures[:3] for figure in (None, value)), *figures[3:]]
        yield row[0].line, [label, area, bloc if is_member else None], figures


def _label(cell: Cell) -> tuple[str, str, bool]:
    """The label as printed, the area it names, and whether it is a member of the bloc above."""
    area = _MEMBER.sub("", cell.text)
    return cell.text, area, area != cell.text or cell.is_indented


def _is_figure(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _check_cells(texts: list[str], width: int, line: int, name: str) -> None:
    if _is_figure(texts[0]) or not texts[0]:
        raise FileRefused(f"{name}: line {line} has {texts[0]!r} where the partner belongs; the row is shifted.")
    if len(texts) != width:
        raise FileRefused(f"{name}: line {line} ({texts[0]}) has {len(texts)} cells where the table has {width}.")
    for text in texts[1:]:
        if text not in ("", "-") and not _is_figure(text):
            raise FileRefused(f"{name}: line {line} ({texts[0]}) has {text!r} where a number belongs.")


def _check(rows: list[Row], name: str) -> None:
    """The table as a whole: enough partners, and none larger than the total."""
    if len(rows) - 1 < MIN_PARTNERS:
        raise FileRefused(f"{name}: {max(len(rows) - 1, 0)} partners where at least {MIN_PARTNERS} belong.")
    total = [_number(figure) for figure in rows[0][2][:_MEASURES]]
    for line, labels, figures in rows[1:]:
        for whole, figure in zip(total, figures, strict=False):
            part = _number(figure)
            if part is not None and (whole is None or part > whole):
                raise FileRefused(f"{name}: line {line} ({labels[1]}) has {part}, more than the total of {whole}.")


def _number(figure: str | None) -> Decimal | None:
    return None if figure in (None, "", "-") else Decimal(figure or 0)
