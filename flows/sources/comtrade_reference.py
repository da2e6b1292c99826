"""UN Comtrade's reference lists, live: reporters, partner areas, and the products of each HS revision. No key needed.

One partition is one list. The publisher keeps them as files with a tag, so a list that has not changed costs one
request and no data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.contracts import Table
from flows.errors import FileRefused
from flows.formats import Record
from flows.ledger import utc_now
from flows.settings import Settings
from flows.sources.base import Partition, read_whole
from flows.sources.comtrade.answer import text_of
from flows.sources.comtrade.service import HOST
from flows.transport.http import Http

__all__ = ["columns_in", "fetch", "partitions", "read"]

_FOLDER = f"{HOST}/files/v1/app/reference"
_TABLES = {
    "Reporters": "reporter",
    "partnerAreas": "partner",
    **dict.fromkeys(("HS", "H0", "H1", "H2", "H3", "H4", "H5", "H6"), "product"),
}


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """The ten lists. Whether one has changed is asked once a day, when it is fetched."""
    for name, table in _TABLES.items():
        address = f"{_FOLDER}/{name}.json"
        yield Partition(
            source="comtrade_reference",
            table=table,
            key=name,
            revision=f"{utc_now():%Y-%m-%d}",
            url=address,
            location=address,
            suffix="json",
        )


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """The list as received. Raises NotModified when the stored one still holds."""
    yield http.get(partition.location, expect="json", unless=partition.unless).content


def read(path: Path, table: Table) -> Iterator[Record]:
    """Number and values of every entry, under the contract's names in whatever case the list spells them.

    What few entries have, such as the day one expired, is left out of the others by the publisher; a column of the
    contract that is required must stand in every entry. Raises FileRefused when there are no entries or it does not.
    """
    for number, entry in enumerate(_entries(path), start=1):
        values = {name.casefold(): value for name, value in entry.items()}
        missing = [c.header for c in table.columns if c.required and c.header.casefold() not in values]
        if missing:
            where = f"{table.source}.{table.name}"
            raise FileRefused(f"The columns {', '.join(missing)} of {where} are missing in entry {number}.")
        yield number, [text_of(values.get(column.header.casefold())) for column in table.columns]


def columns_in(path: Path, table: Table) -> list[str]:
    """The names any entry has."""
    return sorted({name for entry in _entries(path) for name in entry})


def _entries(path: Path) -> list[dict[str, Any]]:
    """The entries of a list, each with the classification that stands above a list of products."""
    body = json.loads(read_whole(path).decode("utf-8-sig"))
    entries = body.get("results") if isinstance(body, dict) else None
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise FileRefused(f"{path.name} is not a list of UN Comtrade's: it has no results.")
    above = {"classCode": body["classCode"]} if "classCode" in body else {}
    return [above | entry for entry in entries]
