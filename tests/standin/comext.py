"""Eurostat Comext: SDMX-CSV of DS-045409 and the monthly `.dat` of all products, in euro."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product as product_of
from typing import Any, NamedTuple

from tests.standin.economy import CONFIDENTIAL_CODE, ECONOMIES, EURO_AREA, YEARS
from tests.standin.rates import days, month_end, usd_per_unit
from tests.standin.reply import Reply, Request
from tests.standin.world import World, reported

REPORTERS = {ECONOMIES[code].iso2: code for code in EURO_AREA}
COLUMNS = (
    "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS"
)
DAT_COLUMNS = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA21,PRODUCT_CPA22,PRODUCT_BEC,PRODUCT_BEC5,"
    "PRODUCT_SECTION,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,QUANTITY_KG,QUANTITY_SUPPL_UNIT"
)
_DATA = "/eurostat/api/comext/dissemination/sdmx/2.1/data/DS-045409/"
_FILES = "/eurostat/api/dissemination/files"
ECONOMIES_BY_ISO2 = {home.iso2: code for code, home in ECONOMIES.items() if code not in (736, 728)}
_FLOWS = {"M": "1", "X": "2"}


class Cell(NamedTuple):
    """One month of a CN8 product: whole euro and kg. `product` is eight characters."""

    reporter: str
    partner: str
    product: str
    flow: str
    euro: int
    kg: int


@lru_cache(maxsize=128)
def usd_per_euro(year: int, month: int) -> float:
    """Mean rate of the days of a month."""
    first = month_end(year, month).replace(day=1)
    rates = [usd_per_unit("EUR", day) for day in days(first, month_end(year, month))]
    return sum(rates) / len(rates)


def cn8(code: str) -> str:
    """The Combined Nomenclature code of a product; confidential goods have a code of their own."""
    return "99RRR100" if code == CONFIDENTIAL_CODE else f"{code}00"


Key = tuple[str, str, str, str, str, str, str]


def _count(cell: Cell, period: str, wanted: list[set[str]], sums: dict[Key, int]) -> None:
    """Add a cell to every series it is part of and that was asked for; an empty set asks for all."""
    outer = ECONOMIES_BY_ISO2.get(cell.partner) not in EURO_AREA
    product = cell.product
    series = product_of(
        (("A", period[:4]), ("M", f"{period[:4]}-{period[4:]}")),
        (cell.reporter, "EU27_2020") if outer else (cell.reporter,),
        ("TOTAL", product[:2], product[:4], product[:6], product),
        (("VALUE_IN_EUROS", cell.euro), ("QUANTITY_IN_100KG", cell.kg)),
    )
    for (freq, when), reporter, level, (indicator, value) in series:
        dimensions = (freq, reporter, cell.partner, level, cell.flow, indicator)
        if all(not asked or code in asked for code, asked in zip(dimensions, wanted, strict=True)):
            key = (*dimensions, when)
            sums[key] = sums.get(key, 0) + value


class Comext:
    """The publisher. A revision of a country and month (`DE`, `202305`) raises its exports by 5 %."""

    name, host = "comext", "ec.europa.eu"

    def __init__(self, world: World) -> None:
        self.world = world

    def cells(self, period: str) -> Iterator[Cell]:
        """Every CN8 cell of a month, YYYYMM."""
        year, month = int(period[:4]), int(period[4:])
        for iso2, code in REPORTERS.items():
            if not self.world.is_out("comext", iso2, period):
                continue
            raised = 100 + 5 * self.world.revision("comext", iso2, period)
            for (flow, partner, product), (mills, kg) in sorted(reported(code, year).items()):
                if flow not in _FLOWS:
                    continue
                factor = raised if flow == "X" else 100
                euro = round(mills[month - 1] * factor / 100_000 / usd_per_euro(year, month))
                where = ECONOMIES[partner].iso2 if partner in ECONOMIES else "QX"
                yield Cell(iso2, where, cn8(product), _FLOWS[flow], euro, kg[month - 1])

    def reply(self, request: Request) -> Reply:
        """SDMX-CSV by key `freq.reporter.partner.product.flow.indicators`, or a file."""
        if request.path == _FILES:
            return self._file(request.get("file"))
        parts = request.path.removeprefix(_DATA).split(".")
        if not request.path.startswith(_DATA) or len(parts) != 6 or "CSV" not in request.get("format").upper():
            return Reply(
                b'<?xml version="1.0"?><S:Fault><faultstring>Not found</faultstring></S:Fault>', "text/xml", 404
            )
        first = request.get("startPeriod", "0000").replace("-", "")
        last = request.get("endPeriod", "9999").replace("-", "") + "~"
        wanted = [{code for code in part.split("+") if code} for part in parts]
        sums: dict[Key, int] = {}
        for period in [f"{year}{month:02d}" for year in YEARS for month in range(1, 13)]:
            if first[: len(period)] <= period <= last:
                for cell in self.cells(period):
                    _count(cell, period, wanted, sums)
        rows = [COLUMNS]
        for key, value in sorted(sums.items()):
            shown = str(value) if key[5] == "VALUE_IN_EUROS" else f"{value / 100:.2f}"
            rows.append(f"ESTAT:DS-045409(1.0),15/03/25 11:00:00,{','.join(key)},{shown},,")
        return Reply(("\r\n".join(rows) + "\r\n").encode(), "application/vnd.sdmx.data+csv;version=1.0.0;charset=utf-8")

    def dat(self, period: str) -> str:
        """The text inside a monthly file: CN8 and its HS aggregates side by side."""
        rows = [DAT_COLUMNS]
        for cell in self.cells(period):
            inner = "I" if ECONOMIES_BY_ISO2.get(cell.partner) in EURO_AREA else "E"
            for product in (cell.product, cell.product[:6], cell.product[:4], cell.product[:2]):
                rows.append(
                    f"{cell.reporter},{cell.partner},{inner},{product},,,,,,,{cell.flow},1,,{period},{cell.euro},,{cell.kg},"
                )
        return "\n".join(rows) + "\n"

    def _file(self, name: str) -> Reply:
        """`comext/COMEXT_DATA/PRODUCTS/full_v2_202305.dat`: the file unpacked (the site packs it as 7z)."""
        stem = name.rpartition("/")[2].removeprefix("full_v2_").removesuffix(".dat")
        if not (name.endswith(".dat") and stem.isdigit() and len(stem) == 6 and int(stem[:4]) in YEARS):
            return Reply(b"<html><body>File not found</body></html>", "text/html", 404)
        return Reply(self.dat(stem).encode(), "application/octet-stream", ranged=True)

    def knows(self, subject: str, period: str) -> bool:
        """A reporter and a month, YYYYMM."""
        return subject in REPORTERS and period in {f"{year}{month:02d}" for year in YEARS for month in range(1, 13)}

    def truth(self) -> dict[str, Any]:
        """Per reporter and month: cells, whole euro of exports and imports."""
        result: dict[str, Any] = {}
        for period in [f"{year}{month:02d}" for year in YEARS for month in range(1, 13)]:
            for cell in self.cells(period):
                entry = result.setdefault(f"{cell.reporter}|{period}", {"cells": 0, "X_eur": 0, "M_eur": 0})
                entry["cells"] += 1
                entry["X_eur" if cell.flow == "2" else "M_eur"] += cell.euro
        return result
