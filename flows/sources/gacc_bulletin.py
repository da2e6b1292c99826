"""China's customs (GACC), monthly bulletin: trade by country and by HS section and division, in thousands of dollars.

The bulletin comes weeks after the preliminary release and revises it. Both are kept, each a source of its own; where
one is chosen, the bulletin goes before the preliminary release by its priority.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flows.contracts import Table
from flows.formats import Record
from flows.settings import Settings
from flows.sources.base import Partition, Recognised, read_whole
from flows.sources.gacc.division import division_table
from flows.sources.gacc.page import text_of
from flows.sources.gacc.site import listed_partitions, saved_table
from flows.sources.gacc.table import country_table
from flows.transport.http import Http

_TABLES = ("bulletin_country", "bulletin_division")


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """One partition per table and month, of the years asked for.

    Raises HttpFailed when an index cannot be had, FileRefused when one lists none of the tables.
    """
    yield from listed_partitions(settings, since, http, "gacc_bulletin", "monthly", _TABLES)


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """The page as received; NotModified where the stored one still holds."""
    yield http.get(partition.location, expect="html", unless=partition.unless).content


def read(path: Path, table: Table) -> Iterator[Record]:
    """Line and values of every row of the table, in the order of its contract.

    Raises FileRefused when the page is another table or contradicts itself (see gacc/table.py and gacc/division.py).
    """
    text = text_of(read_whole(path, "largest_page_mb"))
    if table.name == "country":
        yield from country_table(text, "bulletin_country", path.name)
    else:
        yield from division_table(text, path.name)


def recognise(name: str, start: bytes) -> Recognised | None:
    """The table and month a page saved from the site is, by its title; None when it is none of this release."""
    return saved_table(start, _TABLES)
