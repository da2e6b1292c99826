"""Eurostat Comext, live: trade of the EU members in euro, by month and year.

Two ways, by the setting `comext_mode`. `sdmx` asks the dissemination API for chosen reporters and products, a file per
reporter and year. `bulk` takes the monthly files of all products and reporters, 45 MB each, packed as 7z.

Eurostat tells when the whole dataset was last updated and nothing finer, and writes that hour into every row. So the
revision of a file is its own content in brief: the monthly totals of the reporter with the world and with the world
outside the Union, value and weight, which one small request gives for all reporters. A revision that moves trade
between partners or products and leaves all of these as they were is noticed only together with the next that does not.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

from flows.contracts.seeds import seed_rows
from flows.errors import EntrepotError, FileRefused, HttpFailed
from flows.formats.html_table import HtmlPage
from flows.ledger import utc_now
from flows.settings import Settings
from flows.sources.base import Partition, asked_before, widened
from flows.transport.http import Http

__all__ = ["fetch", "partitions"]

_API = "https://ec.europa.eu/eurostat/api"
_DATA = f"{_API}/comext/dissemination/sdmx/2.1/data/DS-045409"
_FILES = f"{_API}/dissemination/files"
_FOLDER = "comext/COMEXT_DATA/PRODUCTS"
_UNION = "EU27_2020"
_TOTALS = ("WORLD", "EXT_EU27_2020")
_OVERLAPPING = ("WORLD", "EXT_EU27_2020", "INT_EU27_2020")
_INDICATORS = "VALUE_IN_EUROS+QUANTITY_IN_100KG"
_WHOLE = Decimal("0.99")
_BRIEF = ("partner", "flow", "indicators", "TIME_PERIOD", "OBS_VALUE")
_FILE = re.compile(r"full_v2_(\d{4})(\d\d)\.7z")


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """What exists upstream, as the setting `comext_mode` wants it.

    Raises EntrepotError for a reporter or partner Eurostat has no code for, HttpFailed when it does not answer.
    """
    years = settings.years(utc_now().date())
    found = _files(settings, http) if settings.comext_mode == "bulk" else _series(settings, years, http)
    yield from (part for part in found if since is None or int(part.period[:4]) >= since.year)


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """The CSV, or the 7z file, as received.

    Raises FileRefused when the rows of a CSV are not all there, HttpFailed when Eurostat refuses to give so many.
    """
    if partition.table == "bulk":
        yield from http.stream(partition.location, expect="binary", unless=partition.unless)
        return
    try:
        content = http.get(partition.location, expect="csv").content
    except HttpFailed as error:
        if "EXTRACTION_TOO_BIG" not in str(error):
            raise
        advice = "ask for fewer products (ENTREPOT_COMEXT_PRODUCTS), or set ENTREPOT_COMEXT_MODE=bulk"
        raise HttpFailed(f"Eurostat finds {partition.key} too big for one answer; {advice}.") from None
    if "TOTAL" in partition.asked["products"].split("+") and not partition.asked["partners"]:
        _require_whole(partition.key, content)
    yield content


def _require_whole(key: str, content: bytes) -> None:
    """Raise FileRefused unless the partners add up to the world, period by period, as Eurostat's own do.

    What is no such table at all passes: it is for the contract to say what is wrong with it.
    """
    partners: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    world: dict[tuple[str, str], Decimal] = {}
    try:
        for row in csv.DictReader(content.decode("utf-8-sig").splitlines()):
            if (row["product"], row["indicators"]) == ("TOTAL", "VALUE_IN_EUROS") and row["OBS_VALUE"]:
                when, value = (row["TIME_PERIOD"], row["flow"]), Decimal(row["OBS_VALUE"])
                if row["partner"] == "WORLD":
                    world[when] = value
                elif row["partner"].isalpha():
                    partners[when] += value
    except (KeyError, AttributeError, UnicodeDecodeError, InvalidOperation):
        return
    if not world or any(partners[when] < value * _WHOLE for when, value in world.items()):
        raise FileRefused(f"Eurostat's answer for {key} is cut short: its partners do not add up to the world.")


def _series(settings: Settings, years: range, http: Http) -> Iterator[Partition]:
    """One partition per reporter, frequency and year; the reporters' totals say which there are."""
    partners = _eurostat_codes(settings, settings.partners)
    for (frequency, reporter, year), rows in sorted(_totals(settings, years, http).items()):
        key = f"{frequency}-{reporter}-{year}"
        before = asked_before(http, "comext", "trade", key)
        products = widened(_products(settings), before.get("products"))
        chosen = widened(partners, before.get("partners"))
        asked = {"products": "+".join(products), "partners": "+".join(chosen)}
        url = _address(frequency, reporter, [*chosen, *_OVERLAPPING] if chosen else [], products, int(year), int(year))
        yield Partition(
            source="comext", table="trade", key=key, revision=f"{_digest(sorted(rows))} {_digest(asked.values())}",
            url=url, location=url, asked=asked, period=year, labels={"frequency": frequency},
        )  # fmt: skip


def _totals(settings: Settings, years: range, http: Http) -> dict[tuple[str, str, str], list[str]]:
    """What stands for the content of a frequency, reporter and year: its totals, a text each."""
    reporters = _reporters(settings)
    frequencies = [letter for letter in "AM" if letter in settings.frequencies]
    if not frequencies or not years:
        return {}
    url = _address("+".join(frequencies), "+".join(reporters), _TOTALS, ["TOTAL"], years[0], years[-1])
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in csv.DictReader(http.get(url, expect="csv").text().splitlines()):
        try:
            year = row["TIME_PERIOD"][:4]
            if not (year.isdecimal() and int(year) in years):
                continue
            found[row["freq"], row["reporter"], year].append("|".join(row[name] for name in _BRIEF))
        except (KeyError, TypeError) as error:
            raise FileRefused(f"Eurostat's totals are not the table it documents: {error} is missing.") from None
    if not found:
        raise FileRefused(f"Eurostat gives no totals of {', '.join(reporters)} for {years[0]} to {years[-1]}.")
    return found


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _address(
    frequency: str, reporter: str, partners: Iterable[str], products: Iterable[str], first: int, last: int
) -> str:
    span = f"startPeriod={first}&endPeriod={last}"
    key = f"{frequency}.{reporter}.{'+'.join(partners)}.{'+'.join(products)}..{_INDICATORS}"
    return f"{_DATA}/{key}?format=SDMX-CSV&compressed=false&{span}"


def _files(settings: Settings, http: Http) -> Iterator[Partition]:
    """One partition per monthly file, or per yearly one (YYYY52) where no months are wanted; its revision is what the
    list of files says of its size and day."""
    page = HtmlPage(http.get(f"{_FILES}?dir={quote(_FOLDER, safe='')}&sort=1", expect="html").text())
    listed = False
    for row in page.rows:
        told = [word for cell in row for word in cell.text.split()]
        links = [url for cell in row for url, _ in cell.links]
        name = next(filter(None, map(_FILE.search, [*told, *links])), None)
        if name is None:
            continue
        listed = True
        year, month = name.groups()
        if (month == "52") == ("M" in settings.frequencies):
            continue
        url = f"{_FILES}?file={quote(f'{_FOLDER}/{name[0]}', safe='')}"
        yield Partition(
            source="comext", table="bulk", key=f"{year}{month}", revision=" ".join(told), url=url,
            location=url, suffix="csv.7z", period=year if month == "52" else f"{year}-{month}",
        )  # fmt: skip
    if not listed:
        raise FileRefused(f"Eurostat's list of the files in {_FOLDER} names no full_v2_YYYYMM.7z; it has changed.")


def _products(settings: Settings) -> list[str]:
    """Codes to ask for; the word HS2 stands for all chapters."""
    chapters = [f"{number:02d}" for number in range(1, 100) if number != 77]
    return [code for word in settings.comext_products for code in (chapters if word == "HS2" else [word])]


def _reporters(settings: Settings) -> list[str]:
    """Eurostat's codes of the reporters: those set for Comext, else the EU members among all, else the Union."""
    if settings.comext_reporters:
        return _eurostat_codes(settings, settings.comext_reporters)
    groups = seed_rows(settings.seeds, "area_group_member")
    members = {row["area_code"] for row in groups if row["group_code"] == "EUU" and not row["member_to"]}
    return _eurostat_codes(settings, [area for area in settings.reporters if area in members]) or [_UNION]


def _eurostat_codes(settings: Settings, areas: Iterable[str]) -> list[str]:
    """Eurostat's letters for economies given as alpha-3, or as its letters already.

    Raises EntrepotError for one it does not know.
    """
    rows = [row for row in seed_rows(settings.seeds, "area_code") if row["code_system"] == "comext"]
    wanted = set(areas)
    unknown = sorted(wanted - {row["area_code"] for row in rows} - {row["code"] for row in rows})
    if unknown:
        raise EntrepotError(f"Eurostat has no code for {', '.join(unknown)}; give economies as ISO 3166 alpha-3.")
    return sorted(row["code"] for row in rows if {row["area_code"], row["code"]} & wanted)
