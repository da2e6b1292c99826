"""World Bank: World Development Indicators of all economies, one file per indicator (JSON, all pages)."""

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
from flows.sources.base import Partition, asked_before, read_whole, widened_years
from flows.transport.http import Http

_COUNTRIES = "https://api.worldbank.org/v2/country/all/indicator"
_PER_PAGE = 1000
_MOST_PAGES = 500  # an indicator of 300 economies has 300 records a year


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """One partition per indicator; its revision is the day the bank last updated it, asked with one record."""
    for indicator in settings.indicators:
        first, last = widened_years(settings, asked_before(http, "world_bank", "indicator", indicator))
        span = f"{first}:{min(last or 9999, utc_now().year)}"
        url = f"{_COUNTRIES}/{indicator}?format=json&date={span}"
        head, _ = _page(http, url, indicator, 1, 1)
        yield Partition(
            source="world_bank", table="indicator", key=indicator, suffix="json", url=url, location=url,
            revision=f"{head.get('lastupdated')} {span}", requests=max(1, -(-int(head.get("total") or 0) // _PER_PAGE)),
            asked={"first": str(first), "last": str(last or "")},
        )  # fmt: skip


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """Every page as the bank sends it, one after the other, each on a line of its own."""
    head, body = _page(http, partition.location, partition.key, 1, _PER_PAGE)
    yield body
    for number in range(2, _number_of_pages(head, partition.key) + 1):
        yield b"\n" + _page(http, partition.location, partition.key, number, _PER_PAGE)[1]


def _number_of_pages(head: dict[str, Any], indicator: str) -> int:
    pages = int(head["pages"])
    if pages > _MOST_PAGES:
        raise FileRefused(f"The World Bank counts {pages:,} pages of {indicator}; no indicator has {_MOST_PAGES}.")
    return pages


def _page(http: Http, url: str, indicator: str, page: int, size: int) -> tuple[dict[str, Any], bytes]:
    answer = http.get(url, {"per_page": str(size), "page": str(page)}, expect="json")
    try:
        return _parts(answer.json(), indicator)[0], answer.content
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise FileRefused(f"The World Bank's answer for {indicator} is not what it documents: {error}") from error


def _parts(page: Any, indicator: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Head and records of a page. Raises FileRefused with the bank's words when it is a message."""
    if "message" in page[0]:
        said = "; ".join(str(message.get("value")) for message in page[0]["message"])
        raise FileRefused(f"The World Bank gives no data for {indicator}: {said}.")
    return page[0], page[1] or []


def read(path: Path, table: Table) -> Iterator[Record]:
    """Records of all pages: indicator and its name, economy (two and three letters) and its name, year, value,
    observation status, and the day the bank last updated the indicator.

    Raises FileRefused when a page is missing or comes twice, or when the pages are of two vintages.
    """
    number, total, updates = 0, None, set()
    for place, page in enumerate(_documents(read_whole(path).decode("utf-8-sig")), start=1):
        head, records = _parts(page, path.name)
        total = int(head["total"])
        updates.add(head.get("lastupdated"))
        if int(head["page"]) != place:
            raise FileRefused(f"{path.name}: page {head['page']} stands where page {place} should.")
        for record in records:
            number += 1
            yield number, [
                record["indicator"]["id"], record["indicator"]["value"], record["country"]["id"],
                record["countryiso3code"], record["country"]["value"], record["date"], record["value"],
                record.get("obs_status"), head.get("lastupdated"),
            ]  # fmt: skip
    if number != total:
        raise FileRefused(f"{path.name}: {number} records where the World Bank counts {total}.")
    if len(updates) > 1:
        raise FileRefused(f"{path.name}: the pages are of several updates ({', '.join(map(str, updates))}).")


def columns_in(path: Path, table: Table) -> list[str]:
    """Fields of the records, those of an inner object with its name before them."""
    first = next(_documents(read_whole(path).decode("utf-8-sig")))
    record = next(iter(_parts(first, path.name)[1]), {})
    return [name for field, value in record.items() for name in _names(field, value)]


def _names(field: str, value: Any) -> list[str]:
    return [f"{field}.{inner}" for inner in value] if isinstance(value, dict) else [field]


def _documents(text: str) -> Iterator[Any]:
    """JSON documents standing one after the other; numbers stay the text they are."""
    decoder, at = json.JSONDecoder(parse_float=str, parse_int=str), 0
    while at < len(text):
        document, at = decoder.raw_decode(text, at)
        yield document
        while at < len(text) and text[at].isspace():
            at += 1
