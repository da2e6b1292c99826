"""World Bank indicators: JSON in pages, aggregates among the countries, nulls where nothing is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from standin.economy import ECONOMIES, EURO_AREA
from standin.reply import Reply, Request, as_json
from standin.world import World

YEARS = tuple(range(2010, 2026))
OPENNESS = "NE.TRD.GNFS.ZS"
INDICATORS = {"NY.GDP.MKTP.CD": "GDP (current US$)", "SP.POP.TOTL": "Population, total", OPENNESS: "Trade (% of GDP)"}
AGGREGATES = {"EMU": ("XC", "Euro area", EURO_AREA), "WLD": ("1W", "World", None)}
_PATH = re.compile(r"^/v2/country/([^/]+)/indicator/([\w.]+)$", re.IGNORECASE)
_ISO2 = {"USA": "US", "SDN": "SD", "SSD": "SS"}
_NAMES = {156: "China", 842: "United States", 344: "Hong Kong SAR, China", 704: "Viet Nam", 729: "Sudan"}


def countries() -> list[int]:
    """Economies the Bank knows: not Taiwan, and one Sudan in all years beside South Sudan."""
    return [code for code in ECONOMIES if code not in (490, 736)]


def problem(number: str, key: str, text: str) -> Reply:
    """An error, which comes with status 200."""
    return as_json([{"message": [{"id": number, "key": key, "value": text}]}], content_type="application/json")


class Wdi:
    """The publisher."""

    name, host = "wdi", "api.worldbank.org"

    def __init__(self, world: World) -> None:
        self.world = world

    def value(self, indicator: str, code: int, year: int) -> float | int | None:
        """GDP in USD, people, or percent; null in 2025, for Kazakhstan's GDP of 2024 and South Sudan's after 2015."""
        home = ECONOMIES[code]
        gdp = indicator == "NY.GDP.MKTP.CD"
        if year > 2024 or (gdp and ((code == 398 and year == 2024) or (code == 728 and not 2012 <= year <= 2015))):
            return None
        if not self.world.is_out("wdi", home.iso3, str(year)):
            return None
        rng = Random(f"wdi:{indicator}:{code}:{year}")
        revised = 1 + 0.02 * self.world.revision("wdi", home.iso3, str(year))
        if indicator == OPENNESS:
            return round(rng.uniform(20, 90) * revised, 6)
        if not gdp:
            return round(home.people * 1.006 ** (year - 2019) * revised)
        return round(home.gdp * 1e9 * 1.03 ** (year - 2019) * rng.uniform(0.96, 1.04) * revised, 3)

    def rows(self, indicator: str, wanted: set[str], first: int, last: int) -> Iterator[dict[str, Any]]:
        """Rows by country, newest year first; `all` brings the aggregates along."""
        every = "ALL" in wanted
        units: list[tuple[str, str, str, list[int]]] = [
            (iso3, iso2, name, list(members or countries())) for iso3, (iso2, name, members) in AGGREGATES.items()
        ]
        for code in countries():
            home = ECONOMIES[code]
            units.append((home.iso3, _ISO2.get(home.iso3, home.iso2), _NAMES.get(code, home.name), [code]))
        for iso3, iso2, name, members in units:
            if not every and iso3 not in wanted and iso2 not in wanted:
                continue
            for year in reversed([year for year in YEARS if first <= year <= last]):
                parts = [self.value(indicator, member, year) for member in members]
                known = [part for part in parts if part is not None]
                yield {
                    "indicator": {"id": indicator, "value": INDICATORS[indicator]},
                    "country": {"id": iso2, "value": name}, "countryiso3code": iso3, "date": str(year),
                    "value": sum(known) if known else None, "unit": "", "obs_status": "", "decimal": 0,
                }  # fmt: skip

    def reply(self, request: Request) -> Reply:
        """`/v2/country/CHN;RUS/indicator/NY.GDP.MKTP.CD?format=json&date=2000:2024&per_page=1000&page=1`."""
        if request.path.rstrip("/") == "/v2/country":
            return self._countries()
        found = _PATH.match(request.path)
        if found is None or request.get("format").lower() != "json":
            return Reply(b'<?xml version="1.0" encoding="utf-8"?><wb:error/>', "text/xml; charset=utf-8")
        wanted, indicator = {code.upper() for code in found[1].split(";")}, found[2].upper()
        if indicator not in INDICATORS:
            return problem(
                "175", "Invalid format", "The indicator was not found. It may have been deleted or archived."
            )
        known = {"ALL", *AGGREGATES, *(iso2 for iso2, *_ in AGGREGATES.values())}
        known |= {text for code in countries() for text in (ECONOMIES[code].iso3, ECONOMIES[code].iso2)}
        span = re.fullmatch(r"(\d{4})(?::(\d{4}))?", request.get("date", "1960:2099"))
        if not wanted <= known or span is None or not request.get("per_page", "50").isdigit():
            return problem("120", "Invalid value", "The provided parameter value is not valid")
        rows = list(self.rows(indicator, wanted, int(span[1]), int(span[2] or span[1])))
        size, page = int(request.get("per_page", "50")), int(request.get("page", "1"))
        changes = self.world.changes["wdi"]
        head = {
            "page": page, "pages": -(-len(rows) // size), "per_page": size, "total": len(rows), "sourceid": "2",
            "lastupdated": f"2025-{7 + changes // 28:02d}-{1 + changes % 28:02d}",
        }  # fmt: skip
        return as_json(
            [head, rows[(page - 1) * size : page * size] or None], content_type="application/json;charset=utf-8"
        )

    def _countries(self) -> Reply:
        """The list of countries, which tells aggregates from economies by their region."""
        rows = [
            {"id": ECONOMIES[code].iso3, "iso2Code": ECONOMIES[code].iso2, "name": ECONOMIES[code].name,
             "region": {"id": "ECS", "iso2code": "Z7", "value": "Europe & Central Asia"}, "capitalCity": ""}
            for code in countries()
        ]  # fmt: skip
        none = {"id": "NA", "iso2code": "NA", "value": "Aggregates"}
        rows += [
            {"id": iso3, "iso2Code": iso2, "name": name, "region": none, "capitalCity": ""}
            for iso3, (iso2, name, _) in AGGREGATES.items()
        ]
        head = {"page": 1, "pages": 1, "per_page": "500", "total": len(rows)}
        return as_json([head, rows], content_type="application/json;charset=utf-8")

    def knows(self, subject: str, period: str) -> bool:
        """An economy and a year."""
        return subject in {ECONOMIES[code].iso3 for code in countries()} and period in map(str, YEARS)

    def truth(self) -> dict[str, Any]:
        """Per indicator, over all economies and years (aggregates apart): rows, rows with a value, their sum."""
        result = {}
        for indicator in INDICATORS:
            rows = [row for row in self.rows(indicator, {"ALL"}, 0, 9999) if row["countryiso3code"] not in AGGREGATES]
            values = [Decimal(repr(row["value"])) for row in rows if row["value"] is not None]
            result[indicator] = {"rows": len(rows), "values": len(values), "sum": str(sum(values))}
        return result
