"""The site of China's customs: its indexes of tables by year, the revision of a page, and pages people saved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import urljoin

from flows.errors import FileRefused, HttpFailed, RateLimited
from flows.formats.html_table import HtmlPage
from flows.ledger import utc_now
from flows.settings import Settings
from flows.sources.base import Partition, Recognised
from flows.sources.gacc.page import MONTHS, TABLES, currency_of, page_of, span_of, table_of, text_of
from flows.transport.http import Http

_REPORTS = "http://english.customs.gov.cn/statics/report"
_MONTH = re.compile(rf"\b({'|'.join(MONTHS)})[a-z]*\b", re.IGNORECASE)

_YEAR = re.compile(r"\b(20\d\d)\b")
_NAMES = {name: words.removeprefix("a ").removeprefix("the ") for name, words in TABLES.items()}


def listed_partitions(
    settings: Settings, since: datetime | None, http: Http, source: str, release: str, tables: tuple[str, ...]
) -> Iterator[Partition]:
    """One partition per table, month and currency of a release (`preliminary` or `monthly`), of the years asked for.

    The revision is the page's id, which changes when customs puts up another page. Of the last two years it is the
    server's tag of the page too or, where the server tells no more than a length, the day it is looked at.
    Raises HttpFailed when an index cannot be had and, after all that is there, FileRefused when one lacks a table.
    """
    today = utc_now().date()
    missing: list[str] = []
    wanted = [year for year in settings.years(today) if since is None or year >= since.year - 1]
    of_a_year = re.compile(rf"{release}(\d{{4}})\.html$", re.IGNORECASE)
    first = f"{_REPORTS}/{release}.html"
    newest, pages = _index(http, first, of_a_year)
    if not pages.links:
        raise FileRefused(f"{first} lists no table by country; customs may have moved its tables.")
    older = {year: f"{_REPORTS}/{release}{year}.html" for year in pages.options if year != newest}
    older |= {int(found[1]): urljoin(first, url) for url, _ in pages.links if (found := of_a_year.search(url))}
    for year in wanted:
        if year == newest:
            page, address = pages, first
        elif year in older:
            page, address = _index(http, older[year], of_a_year)[1], older[year]
        else:
            continue
        entries = _tables(page, address, tables)
        listed = list({(table, _key_of(table, title, year, month)): (table, title, month, url)
                       for table, title, month, url in entries}.values())  # fmt: skip
        for table in tables:
            if year < today.year and all(entry[0] != table for entry in listed):  # a new year has none before March
                missing.append(f"{address} lists no {_NAMES[table]}")
        for table, title, month, url in listed:
            yield Partition(
                source=source, table=_contracted(table), suffix="html", url=url, location=url,
                key=_key_of(table, title, year, month), labels={"release": table.partition("_")[0]},
                period=f"{year}-{month:02d}", revision=revision_of(http, url, today if year >= newest - 1 else None),
            )  # fmt: skip
    if missing:
        raise FileRefused(f"{', '.join(missing)}; customs may have moved its tables.")


def saved_table(start: bytes, tables: tuple[str, ...]) -> Recognised | None:
    """What a page somebody saved is, by its first bytes; None when it is none of `tables`.

    The key is that of the page on the site: year and last month, and of a preliminary table flow and currency. What
    contradicts its title is for `read` to say.
    """
    title = page_of(text_of(start))[1]
    table, span = table_of(title), span_of(title)
    if table is None or table not in tables:
        return None
    key = "undated" if span is None else _key_of(table, title, span[1].year, span[1].month)
    return Recognised(table=_contracted(table), key=key)


def _contracted(table: str) -> str:
    """The name a table of page.TABLES has in its contract; the bulletin is a source of its own."""
    return table.removeprefix("bulletin_")


def _key_of(table: str, title: str, year: int, month: int) -> str:
    """The key of the partition a table is."""
    parts = [f"{year}-{month:02d}"]
    if table == "preliminary_commodity":
        parts.append("X" if "exports" in title.casefold() else "M")
    if table.startswith("preliminary") and (currency := currency_of(title)):
        parts.append(currency)
    return "-".join(parts)


def _index(http: Http, address: str, of_a_year: re.Pattern[str]) -> tuple[int, HtmlPage]:
    """The year an index is of and its page. The newest one may not say its year: it is the last one to be chosen from,
    or follows the years it links."""
    page = HtmlPage(text_of(http.get(address, expect="html").content))
    named = of_a_year.search(address)
    linked = [int(found[1]) for url, _ in page.links if (found := of_a_year.search(url))]
    headings = [] if page.options else page.headings
    if year := named or next(filter(None, map(_YEAR.search, headings)), None):
        return int(year[1]), page
    if page.options:
        return max(page.options), page
    return (max(linked) + 1 if linked else utc_now().year), page


def _tables(page: HtmlPage, address: str, tables: tuple[str, ...]) -> Iterator[tuple[str, str, int, str]]:
    """Table, title, last month and address of each table on an index; the number before its title may be wrong."""
    for row in page.rows:
        title = next((cell.text for cell in row if table_of(cell.text)), "")
        table = table_of(title)
        if table not in tables or (table.startswith("preliminary") and currency_of(title) is None):
            continue
        for cell in row:
            for url, text in cell.links:
                if months := _MONTH.findall(text):
                    yield table, title, MONTHS.index(months[-1][:3].title()) + 1, urljoin(address, url)


def revision_of(http: Http, url: str, today: date | None) -> str:
    """The page's id, with the server's tag or the day for a page that may still change (`today` given)."""
    page = url.rpartition("/")[2].removesuffix(".html")
    if today is None:
        return page
    try:
        tag = http.tag(url)
    except RateLimited:
        raise
    except HttpFailed:  # not every server answers HEAD; whether the page can be had, fetching it will tell
        tag = ""
    return f"{page} {tag or 0} {today.isoformat()}" if not tag or tag.isdigit() else f"{page} {tag}"
