"""China's customs (GACC), preliminary release: trade by country and major exports and imports, in yuan and dollars.

The site lists its tables on an index per year. A page is stored as received; `read` takes its table apart and refuses
one that contradicts itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flows.contracts import Table
from flows.formats import Record
from flows.settings import Settings
from flows.sources.base import Partition, Recognised, read_whole
from flows.sources.gacc.commodity import commodity_table, notice
from flows.sources.gacc.page import text_of
from flows.sources.gacc.site import listed_partitions, saved_table
from flows.sources.gacc.table import country_table
from flows.transport.http import Http

_TABLES = ("preliminary_country", "preliminary_commodity")


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """One partition per table, month and currency, of the years asked for; January and February are one.

    Raises HttpFailed when an index cannot be had, FileRefused when one lists none of the tables.
    """
    yield from listed_partitions(settings, since, http, "gacc", "preliminary", _TABLES)


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """The page as received; NotModified where the stored one still holds."""
    yield http.get(partition.location, expect="html", unless=partition.unless).content


def read(path: Path, table: Table) -> Iterator[Record]:
    """Line and values of every row of the table, in the order of its contract.

    Raises FileRefused when the page is another table or contradicts itself (see table.py and commodity.py).
    """
    text = text_of(read_whole(path, "largest_page_mb"))
    if table.name == "preliminary_country":
        yield from country_table(text, table.name, path.name)
    else:
        yield from commodity_table(text, path.name)


def mended(path: Path, table: Table) -> str:
    """A sentence on what `read` had to make good; empty where there was nothing."""
    if table.name != "preliminary_commodity":
        return ""
    return notice(text_of(read_whole(path, "largest_page_mb")), path.name)


def recognise(name: str, start: bytes) -> Recognised | None:
    """The table and month a page saved from the site is, by its title; None when it is none of this release."""
    return saved_table(start, _TABLES)
