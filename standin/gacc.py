"""China's customs: preliminary tables and the monthly bulletin as HTML, with the quirks the real pages have.

Quirks: January and February are one release without month columns; March 2023 is spelt out; titles of 2022 say RMB;
sections of 2021 are numbered wrongly; pages of 2019 write the date as DD/MM/YYYY; the page of May 2019 in yuan has no
table. Printed growth is against a revised base, and so are last year's columns of the commodity tables. The bulletin
has 0.4 % more exports to India than the preliminary tables. Misprints the real pages had are printed once they are
asked for, see MISPRINTS.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from standin.economy import YEARS
from standin.gacc_page import BULLETIN, SECTIONS, UNITS, Page, article, html, index, pages
from standin.gacc_regions import REGIONS
from standin.gacc_table import (
    COMMODITIES,
    HS_SECTIONS,
    MONTHS,
    PARTNERS,
    Sums,
    growth,
    in_currency,
    printed,
    quantity_in,
    revised,
    sums,
)
from standin.reply import Reply, Request, tagged
from standin.world import World

Rows = list[list[str]]
MISPRINTS = {"202404": (5, "USD"), "202406": (4, "USD")}
"""Month, and section and currency of the table that can be misprinted: exports of April 2024 lose their unit column;
the table by country of June 2024 says USD in its title and CNY in its unit.
"""


class Gacc:
    """The publisher. A revision of `156` and a month raises the exports of that month by 5 %."""

    name, host = "gacc", "english.customs.gov.cn"

    def __init__(self, world: World) -> None:
        self.world = world

    def reply(self, request: Request) -> Reply:
        """An index or a page; a page has a tag."""
        path = request.path.lower()
        if path.startswith("/statics/report/"):
            name = path.removeprefix("/statics/report/").removesuffix(".html")
            kind = "preliminary" if name.startswith("preliminary") else "monthly"
            year = name.removeprefix(kind) or str(YEARS[-1])
            if name.startswith(kind) and year.isdigit() and int(year) in YEARS:
                return html(self._without_withheld(index(kind, int(year))))
        if path in pages() and self._is_out(pages()[path].year, pages()[path].last):
            page = pages()[path]
            return tagged(html(self._page(page)), f"Mon, 08 Jan {page.year + 1} 08:00:00 GMT")
        return Reply(b"<html><head><title>404</title></head><body>404 Not Found</body></html>", "text/html", 404)

    def _is_out(self, year: int, month: int) -> bool:
        return self.world.is_out("gacc", "156", f"{year}{month:02d}")

    def _without_withheld(self, listed: str) -> str:
        """An index without the links to pages that are not out."""
        for page in pages().values():
            if not self._is_out(page.year, page.last):
                listed = re.sub(f'<a href="{page.path}">(.*?)</a>', "", listed)
        return listed

    def knows(self, subject: str, period: str) -> bool:
        """China, and a month, YYYYMM."""
        return subject == "156" and period in {f"{year}{month:02d}" for year in YEARS for month in range(1, 13)}

    def month(self, year: int) -> Sums:
        """What China reports of a year, in mills and kg by month."""
        return sums(year, self._raised(year))

    def _raised(self, year: int) -> tuple[int, ...]:
        return tuple(self.world.revision("gacc", "156", f"{year}{month:02d}") for month in range(1, 13))

    def _page(self, page: Page) -> str:
        rows = self.rows(page)
        if page.is_bulletin:
            return article(f"({page.section}) {BULLETIN[page.section]},{page.last}.{page.year}", page,
                           "Unit:US$1,000", rows)  # fmt: skip
        title_currency, unit_currency = page.currency, page.currency
        if page.year == 2022 and page.currency == "CNY":
            title_currency = "RMB"
        if page.section == 4 and self._is_misprinted(page):
            unit_currency = "CNY"
        label = MONTHS[page.last - 1]
        if page.is_two_months:
            label = "Jan-Feb"
        elif (page.year, page.last) == (2023, 3):
            label = "March"
        number = page.section + (2 if page.year == 2021 else 0)
        title = f"({number}) {SECTIONS[page.section]}, {label} {page.year} (in {title_currency})"
        if (page.year, page.last, page.section, page.currency) == (2019, 5, 4, "CNY"):
            rows = []
        return article(title, page, f"Unit: {UNITS[unit_currency]}", rows)

    def rows(self, page: Page) -> Rows:
        """The rows of figures of a page as they are printed."""
        rows = _rows(page, self._raised(page.year), self._raised(page.year - 1))
        return _without_units(rows) if page.section == 5 and self._is_misprinted(page) else rows

    def _is_misprinted(self, page: Page) -> bool:
        period = f"{page.year}{page.last:02d}"
        is_the_table = MISPRINTS.get(period) == (page.section, page.currency) and not page.is_bulletin
        return is_the_table and self.world.is_misprinted("gacc", "156", period)

    def truth(self) -> dict[str, Any]:
        """Per month: China's exports and imports as printed first (USD million, 0.1), and unrounded in thousandths of
        USD, first and final. `tables`: per page what is printed in it (see _printed_truth).
        """
        result: dict[str, Any] = {}
        for year in YEARS:
            known = self.month(year)
            for month in [month for month in range(1, 13) if self._is_out(year, month)]:
                first = {flow: sum(known.partner(flow, None, month, month, is_final=False)) for flow in "XM"}
                result[f"{year}{month:02d}"] = {
                    **{f"{flow}_usd_million": printed(value / 1e9, 1) for flow, value in first.items()},
                    **{f"{flow}_mills_preliminary": value for flow, value in first.items()},
                    **{f"{flow}_mills": sum(known.partner(flow, None, month, month)) for flow in "XM"},
                }
        printed_pages = _printed_truth(tuple(self._raised(year) for year in YEARS))
        out = {page_name(page) for page in pages().values() if self._is_out(page.year, page.last)}
        result["tables"] = {name: shown for name, shown in printed_pages.items() if name in out}
        for page in pages().values():
            if page_name(page) in out and self._is_misprinted(page):
                result["tables"][page_name(page)] = _shown(self.rows(page))
        return result


def page_name(page: Page) -> str:
    """`year-month section currency`; of the bulletin the word instead of the currency."""
    return f"{page.year}-{page.last:02d} {page.section} {'bulletin' if page.is_bulletin else page.currency}"


@lru_cache(maxsize=4)
def _printed_truth(raised: tuple[tuple[int, ...], ...]) -> dict[str, dict[str, Any]]:
    """Per page by its name: how many rows it has, and its figures by label."""
    of_year = dict(zip(YEARS, raised, strict=True))
    nothing = (0,) * 12
    result = {}
    for page in pages().values():
        rows = _rows(page, of_year[page.year], of_year.get(page.year - 1, nothing))
        result[page_name(page)] = _shown(rows)
    return result


def _shown(rows: Rows) -> dict[str, Any]:
    return {"rows": len(rows), "figures": {row[0].strip(): row[1:] for row in rows}}


def _without_units(rows: Rows) -> Rows:
    """A table that lost its second column; a blank cell at the end of each row is left of it."""
    return [[row[0], *row[2:], ""] for row in rows]


def _rows(page: Page, raised: tuple[int, ...], raised_before: tuple[int, ...]) -> Rows:
    now = sums(page.year, raised)
    before = sums(page.year - 1, raised_before) if page.year > YEARS[0] else None
    if page.is_bulletin and page.section == 4:
        return _divisions(page, now, before)
    if page.is_bulletin or page.section == 4:
        return _partners(page, now, before)
    return _commodities(page, now, before)


def _partners(page: Page, now: Sums, before: Sums | None) -> Rows:
    """Ten cells a row, seven where January and February are one; the bulletin in thousands of dollars."""
    rows = []
    for label, members in REGIONS if page.is_bulletin else PARTNERS:
        cells = [label]
        for flows in ("XM", "X", "M"):
            for first in (1,) if page.is_two_months else (page.last, 1):
                months = now.partner(flows, members, first, page.last, page.is_bulletin)
                shown = in_currency(months, page.currency, page.year, first)
                cells.append(printed(shown * 1000, 0) if page.is_bulletin else printed(shown, 1))
        for flows in ("XM", "X", "M"):
            months = now.partner(flows, members, 1, page.last, page.is_bulletin)
            old = before.partner(flows, members, 1, page.last) if before else []
            cells.append(_growth(months, old, page))
        rows.append(cells)
    return rows


def _commodities(page: Page, now: Sums, before: Sums | None) -> Rows:
    """Label, unit, month Q and V, year to date Q and V, the year before Q and V as revised, growth of Q and V."""
    flow = "X" if page.section == 5 else "M"
    rows = []
    for label, unit, prefixes in COMMODITIES[flow]:
        cells = [label, unit]
        for first in (1,) if page.is_two_months else (page.last, 1):
            months, kg, items = now.product(flow, prefixes, first, page.last)
            cells.append(quantity_in(unit, kg, items))
            cells.append(printed(in_currency(months, page.currency, page.year, first), 1))
        old, old_kg, old_items = before.product(flow, prefixes, 1, page.last) if before else ([], 0, 0)
        cells.append(quantity_in(unit, revised(old_kg), revised(old_items)))
        cells.append(printed(in_currency([revised(value) for value in old], page.currency, page.year - 1, 1), 1))
        has_quantity = quantity_in(unit, kg, items) != "-"
        cells.append(growth(items or kg, old_items or old_kg) if has_quantity else "-")
        rows.append([*cells, _growth(months, old, page)])
    return rows


def _growth(months: list[int], old: list[int], page: Page) -> str:
    """Growth from January on in the currency of the page; `-` without a year before."""
    if not old:
        return "-"
    now = in_currency(months, page.currency, page.year, 1)
    return growth(now, in_currency(old, page.currency, page.year - 1, 1))


def _divisions(page: Page, now: Sums, before: Sums | None) -> Rows:
    """Seven cells a row: exports of the month and cumulated, imports, growth of both; sections and their chapters."""
    lines: list[tuple[str, tuple[str, ...]]] = [("TOTAL", ("",))]
    for number, (first, last) in HS_SECTIONS.items():
        chapters = [f"{chapter:02d}" for chapter in range(first, last + 1) if chapter != 77]
        lines.append((f"Section {number} of the Harmonized System", tuple(chapters)))
        lines.extend((f"{chapter} Goods of chapter {chapter}", (chapter,)) for chapter in chapters)
    rows = []
    for label, prefixes in lines:
        cells = [label]
        for flow in "XM":
            cells += [
                printed(sum(now.product(flow, prefixes, first, page.last)[0]) / 1e6, 0) for first in (page.last, 1)
            ]
        for flow in "XM":
            old = sum(before.product(flow, prefixes, 1, page.last)[0]) if before else 0
            cells.append(growth(sum(now.product(flow, prefixes, 1, page.last)[0]), old))
        rows.append(cells)
    return rows
