"""Eurostat Comext: SDMX-CSV of DS-045409, the monthly `.dat` of all products and its list of files, in euro."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import product as product_of
from typing import Any, NamedTuple

import py7zr

from standin.economy import AREAS_NES, BUNKERS, CONFIDENTIAL_CODE, ECONOMIES, EURO_AREA, YEARS
from standin.rates import days, month_end, usd_per_unit
from standin.reply import Reply, Request
from standin.world import World, reported

REPORTERS = {ECONOMIES[code].iso2: code for code in EURO_AREA}
COLUMNS = (
    "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS"
)
DAT_COLUMNS = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA21,PRODUCT_CPA22,PRODUCT_BEC,PRODUCT_BEC5,"
    "PRODUCT_SECTION,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,QUANTITY_KG,QUANTITY_SUPPL_UNIT"
)
WORLD_CODE, INTRA, EXTRA = "WORLD", "INT_EU27_2020", "EXT_EU27_2020"
MOST_ROWS = 100_000
"""What one extraction may hold; the publisher's own limit is higher."""
_DATA = "/eurostat/api/comext/dissemination/sdmx/2.1/data/DS-045409/"
_FILES = "/eurostat/api/dissemination/files"
_FOLDER = "comext/COMEXT_DATA/PRODUCTS"
ECONOMIES_BY_ISO2 = {home.iso2: code for code, home in ECONOMIES.items() if code not in (736, 728)}
_FLOWS = {"M": "1", "X": "2"}
MONTHS = tuple(f"{year}{month:02d}" for year in YEARS for month in range(1, 13))
_SPECIALS = {AREAS_NES: "QW", BUNKERS: "QS"}


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


def is_intra(partner: str) -> bool:
    """Whether the partner is in the Union."""
    return ECONOMIES_BY_ISO2.get(partner) in EURO_AREA


Key = tuple[str, str, str, str, str, str, str]


def _count(cell: Cell, period: str, wanted: list[set[str]], sums: dict[Key, int]) -> None:
    """Add a cell to every series it is part of and that was asked for; an empty set asks for all."""
    product, intra = cell.product, is_intra(cell.partner)
    every = (
        {"A": period[:4], "M": f"{period[:4]}-{period[4:]}"},
        (cell.reporter,) if intra else (cell.reporter, "EU27_2020"),
        (cell.partner, WORLD_CODE, INTRA if intra else EXTRA),
        ("TOTAL", product[:2], product[:4], product[:6], product),
        (cell.flow,),
        {"VALUE_IN_EUROS": cell.euro, "QUANTITY_IN_100KG": cell.kg},
    )
    asked = ([code for code in codes if not some or code in some] for codes, some in zip(every, wanted, strict=True))
    for freq, reporter, partner, level, flow, indicator in product_of(*asked):
        key = (freq, reporter, partner, level, flow, indicator, every[0][freq])
        sums[key] = sums.get(key, 0) + every[5][indicator]


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
                where = ECONOMIES[partner].iso2 if partner in ECONOMIES else _SPECIALS[partner]
                yield Cell(iso2, where, cn8(product), _FLOWS[flow], euro, kg[month - 1])

    def updated(self) -> str:
        """When the whole dataset was last updated: any revision makes it a day later."""
        changes = sum(count for (source, *_), count in self.world.revisions.items() if source == "comext")
        return f"{1 + changes % 28:02d}/{3 + changes // 28:02d}/25 11:00:00"

    def reply(self, request: Request) -> Reply:
        """SDMX-CSV by key `freq.reporter.partner.product.flow.indicators`, a file, or the list of files."""
        if request.path.rstrip("/") == _FILES:
            return self._file(request.get("file")) if request.get("file") else self._folder(request.get("dir"))
        parts = request.path.removeprefix(_DATA).split(".")
        if not request.path.startswith(_DATA) or len(parts) != 6 or "CSV" not in request.get("format").upper():
            return _fault(404, "ERR_NOT_FOUND_4: Dataflow or key not found")
        first = request.get("startPeriod", "0000").replace("-", "")
        last = request.get("endPeriod", "9999").replace("-", "") + "~"
        wanted = [{code for code in part.split("+") if code} for part in parts]
        sums: dict[Key, int] = {}
        for period in MONTHS:
            if first[: len(period)] <= period <= last:
                for cell in self.cells(period):
                    if not wanted[1] or {cell.reporter, "EU27_2020"} & wanted[1]:
                        _count(cell, period, wanted, sums)
        if len(sums) > MOST_ROWS:
            return _fault(413, "EXTRACTION_TOO_BIG: The requested extraction is too big, please change your filters")
        rows = [COLUMNS]
        for key, value in sorted(sums.items()):
            shown = str(value) if key[5] == "VALUE_IN_EUROS" else f"{value / 100:.2f}"
            rows.append(f"ESTAT:DS-045409(1.0),{self.updated()},{','.join(key)},{shown},,")
        return Reply(("\r\n".join(rows) + "\r\n").encode(), "application/vnd.sdmx.data+csv;version=1.0.0;charset=utf-8")

    def dat_rows(self, period: str) -> Iterator[tuple[str, ...]]:
        """Rows of a monthly file: CN8 by statistical procedure, and the HS aggregates of them side by side."""
        sums: dict[tuple[str, ...], list[int]] = {}
        for cell in self.cells(period):
            # a tenth of the cars that leave the Union do so after inward processing
            processed = cell.flow == "2" and cell.product.startswith("87") and not is_intra(cell.partner)
            tenth = (cell.euro // 10, cell.kg // 10) if processed else (0, 0)
            shares = {"1": (cell.euro - tenth[0], cell.kg - tenth[1])} | ({"2": tenth} if processed else {})
            kind = "I" if is_intra(cell.partner) else "E"
            for level, (procedure, (euro, kg)) in product_of((8, 6, 4, 2), shares.items()):
                key = (cell.reporter, cell.partner, kind, cell.product[:level], cell.flow, procedure)
                total = sums.setdefault(key, [0, 0])
                total[0] += euro
                total[1] += kg
        for (reporter, partner, kind, product, flow, procedure), (euro, kg) in sums.items():
            yield (
                reporter, partner, kind, product, *("",) * 6, flow, procedure, "NO_SU", period, str(euro), str(euro),
                str(kg), "0",
            )  # fmt: skip

    def dat(self, period: str) -> str:
        """The text inside a monthly file."""
        return "\n".join([DAT_COLUMNS, *(",".join(row) for row in self.dat_rows(period)), ""])

    def _file(self, name: str) -> Reply:
        """`comext/COMEXT_DATA/PRODUCTS/full_v2_202305.7z`, and the same unpacked as `.dat`."""
        stem, _, ending = name.rpartition("/")[2].partition(".")
        period = stem.removeprefix("full_v2_")
        if not name.startswith(_FOLDER) or period not in MONTHS or ending not in ("7z", "dat"):
            return Reply(b"<html><body>File not found</body></html>", "text/html", 404)
        content = self.dat(period).encode()
        if ending == "7z":
            content = packed(f"full_{period}.dat", content)
        return Reply(content, "application/octet-stream", ranged=True)

    def _folder(self, name: str) -> Reply:
        """The list of files as a page: name, size, kind and the day each was written."""
        if name.strip("/") != _FOLDER:
            return Reply(b"<html><body>Folder not found</body></html>", "text/html", 404)
        rows = []
        for period in MONTHS:
            link = f"files?file=comext%2FCOMEXT_DATA%2FPRODUCTS%2Ffull_v2_{period}.7z"
            changes = sum(self.world.revision("comext", iso2, period) for iso2 in REPORTERS)
            written = f"{15 + changes:02d}/03/2025 11:00:00"
            rows.append(
                f'<tr><td><a href="{link}">full_v2_{period}.7z</a></td><td>1.{changes} MB</td><td>7Z</td>'
                f"<td>{written}</td></tr>"
            )
        page = f'<html><body><table id="filetable">{"".join(rows)}</table></body></html>'
        return Reply(page.encode(), "text/html; charset=utf-8")

    def knows(self, subject: str, period: str) -> bool:
        """A reporter and a month, YYYYMM."""
        return subject in REPORTERS and period in MONTHS

    def truth(self) -> dict[str, Any]:
        """Per reporter and month: cells (CN8, chapters, all products), rows of the bulk file, whole euro and kg."""
        result: dict[str, Any] = {}
        for period in MONTHS:
            coarse: dict[str, set[tuple[str, ...]]] = {}
            for cell in self.cells(period):
                entry = result.setdefault(
                    f"{cell.reporter}|{period}", {"cells": 0, "X_eur": 0, "M_eur": 0, "X_kg": 0, "M_kg": 0}
                )
                letter = "X" if cell.flow == "2" else "M"
                entry["cells"] += 1
                entry[f"{letter}_eur"] += cell.euro
                entry[f"{letter}_kg"] += cell.kg
                coarse.setdefault(cell.reporter, set()).update(
                    ((cell.partner, cell.flow), (cell.partner, cell.flow, cell.product[:2]))
                )
            rows = Counter(row[0] for row in self.dat_rows(period))
            for reporter, found in coarse.items():
                totals = sum(len(key) == 2 for key in found)
                result[f"{reporter}|{period}"] |= {
                    "totals": totals, "chapters": len(found) - totals, "dat_rows": rows[reporter],
                }  # fmt: skip
        return result


@lru_cache(maxsize=16)
def packed(name: str, content: bytes) -> bytes:
    """A 7z archive of one file."""
    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w", filters=[{"id": py7zr.FILTER_LZMA2, "preset": 1}]) as archive:
        archive.writestr(content, name)
    return stream.getvalue()


def _fault(status: int, text: str) -> Reply:
    """How the publisher refuses."""
    body = f'<?xml version="1.0"?><S:Fault><faultstring>{text}</faultstring></S:Fault>'
    return Reply(body.encode(), "text/xml", status)
