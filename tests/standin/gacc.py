"""China's customs: preliminary tables and the monthly bulletin as HTML, with the quirks the real pages have.

Quirks: January and February are one release without month columns; March 2023 is spelt out; titles of 2022 say RMB;
the table of June 2024 says USD in its title and CNY in its unit; exports of April 2024 in USD lost their unit column;
pages of 2019 write the date as DD/MM/YYYY. Printed growth is against a revised base.
"""

from __future__ import annotations

import re
from typing import Any

from tests.standin.economy import YEARS
from tests.standin.gacc_page import SECTIONS, UNITS, Page, article, html, index, pages
from tests.standin.gacc_table import COMMODITIES, MONTHS, PARTNERS, REGIONS, Sums, growth, in_currency, printed, sums
from tests.standin.reply import Reply, Request
from tests.standin.world import World


class Gacc:
    """The publisher. A revision of `156` and a month raises the exports of that month by 5 %."""

    name, host = "gacc", "english.customs.gov.cn"

    def __init__(self, world: World) -> None:
        self.world = world

    def reply(self, request: Request) -> Reply:
        """An index or a page."""
        path = request.path.lower()
        if path.startswith("/statics/report/"):
            name = path.removeprefix("/statics/report/").removesuffix(".html")
            kind = "preliminary" if name.startswith("preliminary") else "monthly"
            year = name.removeprefix(kind) or str(YEARS[-1])
            if name.startswith(kind) and year.isdigit() and int(year) in YEARS:
                return html(self._without_withheld(index(kind, int(year))))
        if path in pages() and self._is_out(pages()[path].year, pages()[path].last):
            return html(self._page(pages()[path]))
        return Reply(b"<html><head><title>404</title></head><body>404 Not Found</body></html>", "text/html", 404)

    def _is_out(self, year: int, month: int) -> bool:
        return self.world.is_out("gacc", "156", f"{year}{month:02d}")

    def _without_withheld(self, listed: str) -> str:
        """An index without the links to pages that are not out."""
        for page in pages().values():
            if not self._is_out(page.year, page.last):
                listed = re.sub(f'<a href="{page.path}">(.*?)</a>', "", listed)
        return listed

    def month(self, year: int) -> Sums:
        """What China reports of a year, in mills and kg by month."""
        raised = [self.world.revision("gacc", "156", f"{year}{month:02d}") for month in range(1, 13)]
        return sums(year, tuple(raised))

    def _page(self, page: Page) -> str:
        if page.section == 0:
            return self._bulletin(page)
        title_currency, unit_currency = page.currency, page.currency
        if page.year == 2022 and page.currency == "CNY":
            title_currency = "RMB"
        if (page.year, page.last, page.section, page.currency) == (2024, 6, 4, "USD"):
            unit_currency = "CNY"
        label = (
            "Jan-Feb" if page.last == 2 else "March" if (page.year, page.last) == (2023, 3) else MONTHS[page.last - 1]
        )
        title = f"({page.section}) {SECTIONS[page.section]}, {label} {page.year} (in {title_currency})"
        rows = self._partners(page) if page.section == 4 else self._commodities(page)
        return article(title, page, f"Unit: {UNITS[unit_currency]}", rows)

    def _partners(self, page: Page) -> list[list[str]]:
        """Ten cells a row, seven where January and February are one."""
        now, before = self.month(page.year), self.month(page.year - 1) if page.year > YEARS[0] else None
        rows = []
        for label, members in PARTNERS:
            cells = [label]
            for flows in ("XM", "X", "M"):
                for first in (page.last, 1) if page.last > 2 else (1,):
                    value = sum(now.partner(flow, members, first, page.last) for flow in flows)
                    cells.append(printed(in_currency(value, page.currency, page.year, page.last), 1))
            for flows in ("XM", "X", "M"):
                value = sum(now.partner(flow, members, 1, page.last) for flow in flows)
                old = sum(before.partner(flow, members, 1, page.last) for flow in flows) if before else 0
                cells.append(growth(value, old))
            rows.append(cells)
        return rows

    def _commodities(self, page: Page) -> list[list[str]]:
        """Label, unit, month Q and V, year to date Q and V, the year before Q and V, growth of Q and V."""
        flow = "X" if page.section == 5 else "M"
        now, before = self.month(page.year), self.month(page.year - 1) if page.year > YEARS[0] else None
        lost = (page.year, page.last, page.section, page.currency) == (2024, 4, 5, "USD")
        rows = []
        for label, unit, prefixes in COMMODITIES[flow]:
            cells = [label] if lost else [label, unit]
            spans = [(now, page.last)] if page.last > 2 else []
            value = quantity = 0
            for source, first in [*spans, (now, 1)]:
                value, kg = source.product(flow, prefixes, first, page.last)
                quantity = kg if unit != "-" else 0
                cells += [
                    printed(quantity / 1e7, 1) if quantity else "-",
                    printed(in_currency(value, page.currency, page.year, page.last), 1),
                ]
            old, old_kg = before.product(flow, prefixes, 1, page.last) if before else (0, 0)
            old_kg = old_kg if unit != "-" else 0
            cells.append(printed(old_kg / 1e7, 1) if old_kg else "-")
            cells.append(printed(in_currency(old, page.currency, page.year - 1, page.last), 1) if old else "-")
            rows.append([*cells, growth(quantity, old_kg), growth(value, old)])
        return rows

    def _bulletin(self, page: Page) -> str:
        """Final figures by partner in thousand USD, regions with a colon, `-` for nothing."""
        now, before = self.month(page.year), self.month(page.year - 1) if page.year > YEARS[0] else None
        rows = []
        for label, members in REGIONS:
            cells = [label]
            for flows in ("XM", "X", "M"):
                for first in (page.last, 1):
                    value = sum(now.partner(flow, members, first, page.last) for flow in flows)
                    cells.append(printed(value / 1e6, 0))
            for flows in ("XM", "X", "M"):
                value = sum(now.partner(flow, members, 1, page.last) for flow in flows)
                cells.append(
                    growth(value, sum(before.partner(f, members, 1, page.last) for f in flows) if before else 0)
                )
            rows.append(cells)
        what = "Imports and Exports by Country (Region) of Origin/Destination"
        return article(f"{what}, {page.last}.{page.year}", page, "Unit: US$1,000", rows)

    def knows(self, subject: str, period: str) -> bool:
        """China, and a month, YYYYMM."""
        return subject == "156" and period in {f"{year}{month:02d}" for year in YEARS for month in range(1, 13)}

    def truth(self) -> dict[str, Any]:
        """Per month: China's exports and imports as printed (USD million, 0.1), and unrounded in thousandths of USD."""
        result = {}
        for year in YEARS:
            known = self.month(year)
            for month in [month for month in range(1, 13) if self._is_out(year, month)]:
                mills = {flow: known.partner(flow, None, month, month) for flow in "XM"}
                result[f"{year}{month:02d}"] = {
                    **{f"{flow}_usd_million": printed(value / 1e9, 1) for flow, value in mills.items()},
                    **{f"{flow}_mills": value for flow, value in mills.items()},
                }
        return result
