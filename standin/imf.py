"""IMF International Merchandise Trade Statistics over SDMX 2.1, as CSV: economies and overlapping groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from standin.control import HTML_PAGE
from standin.economy import ECONOMIES, EURO_AREA, MAIN, YEARS
from standin.reply import Reply, Request
from standin.world import World, reported

COLUMNS = (
    "DATAFLOW,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE,PRECISION,"
    "DECIMALS_DISPLAYED,TRADE_FLOW,VALUATION,UNIT,DERIVATION_TYPE,OVERLAP,STATUS"
)
_ADVANCED, _EMERGING = (842, 276, 251, 528, 344, 757, 490), (156, 643, 699, 398, 704)
GROUPS = {
    "G001": tuple(ECONOMIES), "G110": _ADVANCED, "G163": EURO_AREA, "G200": _EMERGING, "G505": (156, 699, 704),
    "G080": _EMERGING, "G092": (643, 398), "G205": (842,), "G400": (398,), "G603": (704,), "G903": (276, 251, 528, 757),
    "G998": EURO_AREA, "GX170": _EMERGING, "GX405": (643,), "GX440": (398, 643), "GX605": (699,), "GX901": (156, 344),
}  # fmt: skip
"""The groups the IMF lists among its counterparts, by a recorded answer of December 2025; members but those of World,
euro area and emerging Asia are invented, none is without, so that all codes are sent. They overlap, so counterparts
must never all be summed.
"""
INDICATORS = ("XG_FOB_USD", "MG_CIF_USD", "MG_FOB_USD", "TBG_USD")
_FLOW = "/external/sdmx/2.1/dataflow/IMF.STA/IMTS/1.0.0"
_PATH = "/external/sdmx/2.1/data/IMF.STA,IMTS,1.0.0/"
_CODES = {ECONOMIES[code].iso3: code for code in MAIN}
_FREIGHT = 1.06


class Observation(NamedTuple):
    """One value, in whole USD."""

    country: str
    indicator: str
    counterpart: str
    frequency: str
    period: str
    value: int
    derivation: str


@lru_cache(maxsize=64)
def monthly(reporter: int, year: int) -> dict[tuple[str, str], tuple[int, ...]]:
    """Twelve months of a reporter in mills by (X or M, counterpart), as reported (imports CIF or FOB)."""
    of_partner: dict[tuple[str, int], list[int]] = {}
    for (flow, partner, _), (mills, _) in reported(reporter, year).items():
        if flow in "XM":
            _add(of_partner.setdefault((flow, partner), [0] * 12), mills)
    sums: dict[tuple[str, str], list[int]] = {}
    for (flow, partner), months in of_partner.items():
        named = [ECONOMIES[partner].iso3] if partner in ECONOMIES and partner != reporter else []
        for counterpart in [*named, "G001", *(g for g, m in GROUPS.items() if g != "G001" and partner in m)]:
            _add(sums.setdefault((flow, counterpart), [0] * 12), months)
    return {key: tuple(months) for key, months in sums.items()}


def _add(total: list[int], months: Sequence[int]) -> None:
    for month, value in enumerate(months):
        total[month] += value


@lru_cache(maxsize=8)
def estimated(reporter: int, year: int) -> dict[tuple[str, str], tuple[int, ...]]:
    """The same for a reporter that stopped, from what its partners report."""
    mine = ECONOMIES[reporter].iso3
    sums: dict[tuple[str, str], list[int]] = {}
    for partner in MAIN:
        if not ECONOMIES[partner].reports or ECONOMIES[partner].last_year < year or partner == reporter:
            continue
        theirs = monthly(partner, year)
        for flow, mirror, factor in (("X", "M", 1 / _FREIGHT), ("M", "X", _FREIGHT)):
            for counterpart in (ECONOMIES[partner].iso3, *(g for g, m in GROUPS.items() if partner in m)):
                months = sums.setdefault((flow, counterpart), [0] * 12)
                other = theirs.get((mirror, mine), (0,) * 12)
                sums[flow, counterpart] = [a + round(b * factor) for a, b in zip(months, other, strict=True)]
    return {key: tuple(months) for key, months in sums.items()}


def spans(frequency: str) -> Iterator[tuple[str, slice]]:
    """The periods of a year: the end of TIME_PERIOD and the months it covers."""
    if frequency == "A":
        yield "", slice(0, 12)
    elif frequency == "Q":
        yield from ((f"-Q{q + 1}", slice(3 * q, 3 * q + 3)) for q in range(4))
    else:
        yield from ((f"-M{m + 1:02d}", slice(m, m + 1)) for m in range(12))


def _bounds(text: str, default: str, last: bool) -> str:
    """A period given by the asker as its first or last month, YYYYMM."""
    if not text:
        return default
    found = re.fullmatch(r"(\d{4})(?:-?(?:Q(\d)|M?(\d\d)))?(?:-\d\d)?", text)
    if not found:
        return default
    year, quarter, month = found.groups()
    if quarter:
        return f"{year}{int(quarter) * 3 - (0 if last else 2):02d}"
    return f"{year}{month or ('12' if last else '01')}"


class Imf:
    """The publisher: one route, CSV only, no key, no ETag."""

    name, host = "imf", "api.imf.org"

    def __init__(self, world: World) -> None:
        self.world = world

    def observations(self, countries: set[str], counterparts: set[str], frequency: str) -> Iterator[Observation]:
        """All values of a frequency; an empty set means all."""
        for iso3, code in _CODES.items():
            home = ECONOMIES[code]
            if (countries and iso3 not in countries) or not home.reports:
                continue
            for year in [year for year in YEARS if self.world.is_out("imf", iso3, str(year))]:
                stopped = year > home.last_year
                months = estimated(code, year) if stopped else monthly(code, year)
                factor = 100 + 5 * self.world.revision("imf", iso3, str(year))
                for counterpart in sorted({key[1] for key in months}):
                    if counterparts and counterpart not in counterparts:
                        continue
                    for end, pick in spans(frequency):
                        exports = sum(months.get(("X", counterpart), (0,) * 12)[pick]) * factor // 100_000
                        imports = sum(months.get(("M", counterpart), (0,) * 12)[pick]) // 1000
                        cif = round(imports * _FREIGHT) if home.import_valuation == "FOB" else imports
                        fob = imports if home.import_valuation == "FOB" else round(imports / _FREIGHT)
                        for indicator, value in zip(INDICATORS, (exports, cif, fob, exports - cif), strict=True):
                            if value:
                                sort = "E" if stopped else "M"
                                yield Observation(iso3, indicator, counterpart, frequency, f"{year}{end}", value, sort)

    def reply(self, request: Request) -> Reply:
        """A slice of the cube by `COUNTRY.INDICATOR.COUNTERPART_COUNTRY.FREQUENCY`; header only where empty."""
        agent = request.headers.get("user-agent", "")
        if not agent or agent.lower().startswith(("python-urllib", "curl")):
            return Reply(HTML_PAGE.replace(b"Please try again later", b"Access Denied"), "text/html", 403)
        if request.path.startswith(_FLOW):
            return self._dataflow()
        parts = request.path.removeprefix(_PATH).split(".")
        if not request.path.startswith(_PATH) or len(parts) != 4:
            return Reply(b"<error>Not found</error>", "application/xml", 404)
        if "csv" not in request.headers.get("accept", ""):
            return Reply(b'<?xml version="1.0"?><message:StructureSpecificData/>', "application/xml; charset=utf-8")
        countries, indicators, counterparts, frequencies = ({c for c in part.split("+") if c} for part in parts)
        first = _bounds(request.get("startPeriod"), "000000", last=False)
        final = _bounds(request.get("endPeriod"), "999999", last=True)
        rows = [COLUMNS]
        for frequency in [f for f in "AQM" if not frequencies or f in frequencies]:
            for seen in self.observations(countries, counterparts, frequency):
                starts, ends = _bounds(seen.period, "", last=False), _bounds(seen.period, "", last=True)
                if (not indicators or seen.indicator in indicators) and first <= starts and ends <= final:
                    flow, valuation = seen.indicator.split("_")[0], seen.indicator.split("_")[1]
                    valuation = "" if valuation == "USD" else valuation
                    rows.append(
                        f"IMF.STA:IMTS(1.0.0),{seen.country},{seen.indicator},{seen.counterpart},{frequency},"
                        f"{seen.period},{seen.value},6,,,{flow},{valuation},USD,{seen.derivation},OL,"
                    )
        content_type = "application/vnd.sdmx.data+csv; version=1.0.0; charset=utf-8"
        return Reply(("\n".join(rows) + "\n").encode(), content_type)

    def _dataflow(self) -> Reply:
        """What the cube is, and when it was last updated: a day later with each revision."""
        updated = datetime(2025, 6, 2, 13, tzinfo=UTC) + timedelta(days=self.world.changes["imf"])
        text = (
            '<?xml version="1.0" encoding="utf-8"?><message:Structure '
            'xmlns:message="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message" '
            'xmlns:structure="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure" '
            'xmlns:common="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"><message:Structures>'
            '<structure:Dataflows><structure:Dataflow id="IMTS" agencyID="IMF.STA" version="1.0.0" isFinal="true">'
            '<common:Annotations><common:Annotation id="lastUpdatedAt"><common:AnnotationText>'
            f"{updated:%Y-%m-%dT%H:%M:%SZ}"
            "</common:AnnotationText></common:Annotation></common:Annotations><common:Name>International Trade in "
            "Goods</common:Name></structure:Dataflow></structure:Dataflows></message:Structures></message:Structure>"
        )
        return Reply(text.encode(), "application/vnd.sdmx.structure+xml; version=2.1; charset=utf-8")

    def knows(self, subject: str, period: str) -> bool:
        """A reporting economy and a year."""
        return subject in _CODES and ECONOMIES[_CODES[subject]].reports and period in map(str, YEARS)

    def truth(self) -> dict[str, Any]:
        """Per frequency, country and indicator: rows, whole USD with economies only, and World."""
        result: dict[str, Any] = {}
        for frequency in "AQM":
            for seen in self.observations(set(), set(), frequency):
                key = f"{frequency}|{seen.country}|{seen.indicator}"
                entry = result.setdefault(key, {"rows": 0, "economies_usd": 0, "world_usd": 0})
                entry["rows"] += 1
                if seen.counterpart == "G001":
                    entry["world_usd"] += seen.value
                elif seen.counterpart not in GROUPS:
                    entry["economies_usd"] += seen.value
        return result
