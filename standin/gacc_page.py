"""The pages of China's customs: their addresses, the index of a year, and the HTML around a table."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from standin.economy import YEARS
from standin.gacc_table import MONTHS
from standin.reply import Reply

SECTIONS = {
    4: "China's Total Export &amp; Import Values by Country/Region",
    5: "China's Major Exports by Quantity and Value",
    6: "China's Major Imports by Quantity and Value",
}
BULLETIN = {
    2: "Imports and Exports by Country (Region) of Origin/Destination",
    4: "Imports and Exports by HS Section and Division",
}
UNITS = {"CNY": "CNY 100 Million", "USD": "USD1 Million"}


class Page(NamedTuple):
    """One page: `last` is its month; in the preliminary release 2 stands for January and February."""

    year: int
    last: int
    section: int
    currency: str
    is_bulletin: bool = False

    @property
    def path(self) -> str:
        """Its address."""
        name = f"standin/{self.year}/{self.last}/{self.section}/{self.currency}{'/bulletin' * self.is_bulletin}"
        return f"/Statics/{uuid5(NAMESPACE_URL, name)}.html"

    @property
    def is_two_months(self) -> bool:
        """Whether January and February are one release."""
        return self.last == 2 and not self.is_bulletin


@lru_cache(maxsize=1)
def pages() -> dict[str, Page]:
    """All pages by lower-case path."""
    every = [
        Page(year, last, section, currency)
        for year in YEARS for last in range(2, 13) for section in SECTIONS for currency in UNITS
    ]  # fmt: skip
    every += [Page(year, last, section, "USD", True) for year in YEARS for last in range(1, 13) for section in BULLETIN]
    return {page.path.lower(): page for page in every}


def article(title: str, page: Page, unit: str, rows: list[list[str]]) -> str:
    """A page of the site around a table."""
    published = (page.year + page.last // 12, page.last % 12 + 1, 8)
    day = "{2:02d}/{1:02d}/{0}" if page.year == 2019 else "{0}/{1:02d}/{2:02d}"
    if not rows:
        return (
            f'<div class="atcl-ttl">{title}</div>\n<div class="atcl-date">{day.format(*published)}</div>\n'
            '<div class="atcl-cnt">Please see the attachment.</div>'
        )
    width = max(len(row) for row in rows)
    body = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    head = f'<tr><td colspan="{width}" align="right">{unit}</td></tr>\n{_head(page)}'
    return (
        f'<div class="atcl-ttl">{title}</div>\n<div class="atcl-date">{day.format(*published)}</div>\n'
        f'<div class="atcl-cnt"><table border="1">\n{head}{body}</table></div>'
    )


def _head(page: Page) -> str:
    """The head of a table, in one or two rows with merged cells."""
    spans = [f"1to{page.last}"] if page.is_two_months else [str(page.last), f"1to{page.last}"]
    if not page.is_bulletin and page.section in (5, 6):
        names = ["Commodity", "Unit", *spans, "Same period of last year", "Percentage change"]
        first = "".join(f'<td colspan="{1 if n < 2 else 2}">{name}</td>' for n, name in enumerate(names))
        second = "<td></td><td></td>" + "<td>Quantity</td><td>Value</td>" * (len(names) - 2)
        return f"<tr>{first}</tr>\n<tr>{second}</tr>\n"
    is_division = page.is_bulletin and page.section == 4
    groups = ("Export", "Import") if is_division else ("Export + Import", "Export", "Import")
    what = "Section and Division" if is_division else "Country/Region"
    top = "".join(f'<td colspan="{len(spans)}">{group}</td>' for group in groups)
    second = "".join(f"<td>{span}</td>" for _ in groups for span in spans)
    change = "".join(f"<td>{group}</td>" for group in groups)
    return (
        f'<tr><td rowspan="2">{what}</td>{top}<td colspan="{len(groups)}">Percentage change</td></tr>\n'
        f"<tr>{second}{change}</tr>\n"
    )


def _cell(text: str) -> str:
    """A cell's text; leading blanks are no-break spaces, as on the site."""
    bare = text.lstrip(" ")
    return "&nbsp;" * (len(text) - len(bare)) + escape(bare, quote=False)


def index(kind: str, year: int) -> str:
    """The list of tables of a year, with a link per month."""
    is_bulletin = kind == "monthly"
    rows = []
    for section, title in (BULLETIN if is_bulletin else SECTIONS).items():
        for currency in ("USD",) if is_bulletin else UNITS:
            wanted = (year, section, currency, is_bulletin)
            found = [p for p in pages().values() if (p.year, p.section, p.currency, p.is_bulletin) == wanted]
            names = ["Jan-Feb" if page.is_two_months else MONTHS[page.last - 1] for page in found]
            linked = zip(found, names, strict=True)
            links = "".join(f'<td><a href="{page.path}">{name}</a></td>' for page, name in linked)
            printed = "" if is_bulletin else f" (in {currency})"
            rows.append(f"<tr><td>({section}) {title}{printed}</td>{links}</tr>\n")
    older = "".join(f'<a href="/statics/report/{kind}{other}.html">{other}</a> ' for other in YEARS[:-1])
    return f'<h2>{kind.title()} release, {year}</h2><p>{older}</p><table class="list">{"".join(rows)}</table>'


def html(body: str) -> Reply:
    """A reply around a body."""
    text = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>GACC</title></head><body>{body}</body></html>'
    return Reply(text.encode(), "text/html; charset=utf-8")
