"""Bank of Russia: official daily rates of foreign currencies in roubles, one file per currency and year (XML)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from flows.contracts import Table
from flows.errors import EntrepotError, FileRefused, NothingYet
from flows.formats import Record
from flows.ledger import utc_now
from flows.settings import Settings
from flows.sources.base import Partition, rate_years, read_whole
from flows.transport.http import Http

_DYNAMIC = "https://www.cbr.ru/scripts/XML_dynamic.asp"

# The bank's own ids; its list is at https://www.cbr.ru/scripts/XML_val.asp?d=0
_IDS = {
    "AMD": "R01060", "AUD": "R01010", "AZN": "R01020A", "BGN": "R01100", "BRL": "R01115", "BYN": "R01090B",
    "CAD": "R01350", "CHF": "R01775", "CNY": "R01375", "CZK": "R01760", "DKK": "R01215", "EUR": "R01239",
    "GBP": "R01035", "HKD": "R01200", "HUF": "R01135", "INR": "R01270", "JPY": "R01820", "KGS": "R01370",
    "KRW": "R01815", "KZT": "R01335", "MDL": "R01500", "NOK": "R01535", "PLN": "R01565", "RON": "R01585F",
    "SEK": "R01770", "SGD": "R01625", "TJS": "R01670", "TMT": "R01710A", "TRY": "R01700J", "UAH": "R01720",
    "USD": "R01235", "UZS": "R01717", "VND": "R01150", "XDR": "R01589", "ZAR": "R01810",
}  # fmt: skip
_LONGEST_EMPTY = 2000  # bytes of an answer without a rate
_NO_RECORD = re.compile(rb"<ValCurs\b[^>]*(?:/>|>\s*</ValCurs>)\s*$")
_CODES = {number: code for code, number in _IDS.items()}


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """One partition per currency and year. A closed year is asked for once a quarter, the running one once a day.

    Raises EntrepotError for a currency whose id at the bank is not known here.
    """
    # The ECB prices everything in euro and the bank everything in roubles, so the euro links the two.
    currencies = sorted({*settings.currencies, "EUR"} - {"RUB"})
    unknown = [code for code in currencies if code not in _IDS]
    if unknown:
        raise EntrepotError(f"The Bank of Russia's id of {', '.join(unknown)} is not known; add it to cbr.py.")
    for year, revision in rate_years(settings, since, utc_now().date()):
        for code in currencies:
            span = f"date_req1=01/01/{year}&date_req2=31/12/{year}"
            url = f"{_DYNAMIC}?{span}&VAL_NM_RQ={_IDS[code]}"
            key = f"{code}-{year}"
            yield Partition(
                source="cbr", table="daily_rate", key=key, revision=revision, url=url, location=url, suffix="xml",
                period=str(year),
            )  # fmt: skip


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """The XML as the bank sends it, in windows-1251. Raises NothingYet for a year without a rate of the currency."""
    content = http.get(partition.location, expect="xml").content
    if len(content) < _LONGEST_EMPTY and _NO_RECORD.search(content):
        raise NothingYet(f"The Bank of Russia has no rate of {partition.key.replace('-', ' in ')}.")
    yield content


def read(path: Path, table: Table) -> Iterator[Record]:
    """Rates of one currency over time (XML_dynamic) or of all currencies on a day (XML_daily).

    Yields currency, its id at the bank, date (ISO), nominal, and the value of the nominal in roubles. Raises
    FileRefused when the bank answered with a message or for another currency than asked.
    """
    root = ET.fromstring(read_whole(path, "largest_page_mb"))  # noqa: S314  expat limits expansion and opens nothing
    if root.tag != "ValCurs" or not len(root):
        said = " ".join((root.text or "").split()) or "nothing"
        raise FileRefused(f"{path.name}: the Bank of Russia gave no rates; it said: {said}.")
    own = root.get("ID")
    for number, node in enumerate(root, start=1):
        currency_id = node.get("Id") or node.get("ID") or ""
        if own is not None and currency_id != own:
            raise FileRefused(f"{path.name}: record {number} is of {currency_id or 'no currency'}, the file of {own}.")
        code = _CODES.get(currency_id) if own else node.findtext("CharCode")
        day = node.get("Date") if own else root.get("Date")
        yield number, [code, currency_id, _iso(day), node.findtext("Nominal"), _number(node.findtext("Value"))]


def columns_in(path: Path, table: Table) -> list[str]:
    """Attributes and elements of the first record."""
    root = ET.fromstring(read_whole(path, "largest_page_mb"))  # noqa: S314  expat limits expansion and opens nothing
    return [*root[0].keys(), *(element.tag for element in root[0])]


def _iso(day: str | None) -> str | None:
    """dd.mm.yyyy as yyyy-mm-dd; anything else as it is, for the contract to reject."""
    parts = (day or "").split(".")
    if len(parts) != 3:
        return day
    try:
        return date(int(parts[2]), int(parts[1]), int(parts[0])).isoformat()
    except (ValueError, OverflowError):
        return day


def _number(text: str | None) -> str | None:
    return text.replace("\xa0", "").replace(" ", "").replace(",", ".") if text else text
