"""China's customs (GACC), live: the preliminary monthly table of trade by partner, in yuan and in US dollars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urljoin

from flows.contracts import Table
from flows.errors import FileRefused, HttpFailed, RateLimited
from flows.ledger import utc_now
from flows.settings import Settings
from flows.sources.base import Partition, Record, read_whole
from flows.sources.gacc_table import MONTHS, country_table, currency_of
from flows.sources.html_table import HtmlPage
from flows.sources.http import Http

_REPORTS = "http://english.customs.gov.cn/statics/report"
_INDEX = f"{_REPORTS}/preliminary.html"
_OF_A_YEAR = re.compile(r"preliminary(\d{4})\.html$", re.IGNORECASE)
_COUNTRY = re.compile(r"by\s+Country", re.IGNORECASE)
_MONTH = re.compile(rf"\b({'|'.join(MONTHS)})[a-z]*\b", re.IGNORECASE)


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """One partition per month and currency, of the years asked for; January and February are one.

    The revision is the page's id, which changes when customs puts up another page. Of the last two years it is the
    server's tag of the page too or, where the server tells no more than a length, the day it is looked at.
    Raises HttpFailed when an index cannot be had, FileRefused when one lists no table by country.
    """
    today = utc_now().date()
    wanted = [year for year in settings.years(today) if since is None or year >= since.year - 1]
    newest, pages = _index(http, _INDEX)
    if not pages.links:
        raise FileRefused(f"{_INDEX} lists no table by country; customs may have moved its tables.")
    older = {int(found[1]): urljoin(_INDEX, url) for url, _ in pages.links if (found := _OF_A_YEAR.search(url))}
    for year in wanted:
        if year == newest:
            page, address = pages, _INDEX
        elif year in older:
            page, address = _index(http, older[year])[1], older[year]
        else:
            continue
        tables = list(_tables(page, address))
        if not tables and year < today.year:  # a new year has none before March
            raise FileRefused(f"{address} lists no table by country; customs may have moved its tables.")
        for month, currency, url in tables:
            yield Partition(
                source="gacc", table="preliminary_country", key=f"{year}-{month:02d}-{currency}", suffix="html",
                url=url, location=url, revision=_revision(http, url, today if year >= newest - 1 else None),
                labels={"release": "preliminary"},
            )  # fmt: skip


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """The page as received."""
    yield http.get(partition.location, expect="html").content


def read(path: Path, table: Table) -> Iterator[Record]:
    """Line and values of every partner of the table, in the order of the contract.

    Raises FileRefused when the page is not the table by country or contradicts itself (see gacc_table).
    """
    yield from country_table(read_whole(path).decode("utf-8-sig"), path.name)


def _index(http: Http, address: str) -> tuple[int, HtmlPage]:
    """The year an index is of and its page. The newest one may not say its year: it follows the years it links."""
    text = http.get(address, expect="html").text()
    page = HtmlPage(text)
    named = _OF_A_YEAR.search(address)
    linked = [int(found[1]) for url, _ in page.links if (found := _OF_A_YEAR.search(url))]
    heading = re.search(r"<h\d[^>]*>[^<]*\b(20\d\d)\b", text)
    if year := named or heading:
        return int(year[1]), page
    return (max(linked) + 1 if linked else utc_now().year), page


def _tables(page: HtmlPage, address: str) -> Iterator[tuple[int, str, str]]:
    """Month, currency and address of each table by country on an index; the number before its title may be wrong."""
    for row in page.rows:
        title = row[0].text if row else ""
        currency = currency_of(title)
        if currency is None or not _COUNTRY.search(title):
            continue
        for cell in row[1:]:
            for url, text in cell.links:
                if months := _MONTH.findall(text):
                    yield MONTHS.index(months[-1][:3].title()) + 1, currency, urljoin(address, url)


def _revision(http: Http, url: str, today: date | None) -> str:
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
