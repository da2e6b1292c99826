"""CEPII BACI: release archives with one file per year, fetched whole or by Range; padded numbers and `NA`."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zlib import crc32

from standin.economy import CONFIDENTIAL, CONFIDENTIAL_CODE, EARLY_YEARS, ECONOMIES, HS92_CODE, PRODUCTS, YEARS
from standin.reply import Reply, Request, tagged
from standin.world import World, flows

FIRST_RELEASES = {"V202501": 2023, "V202601": 2024}
"""Release and the last year it covers; the last year is provisional."""
_FOLDER = "/DATA_DOWNLOAD/baci/data/"
_OTHERS = ((384, "Côte d'Ivoire", "CI", "CIV"), (792, "Türkiye", "TR", "TUR"), (697, "Europe EFTA, nes", "", "_EF"),
           (280, "Fed. Rep. of Germany (...1990)", "DE", "DEU"), (579, "Norway", "NO", "NOR"))  # fmt: skip


class Row:
    """Sums of one exporter, importer and HS 1992 product: whole USD and kg."""

    __slots__ = ("kg", "usd")

    def __init__(self) -> None:
        self.usd, self.kg = 0, 0


@lru_cache(maxsize=64)
def year_rows(year: int, provisional: bool, revised: int) -> dict[tuple[int, int, str], Row]:
    """The reconciled year: the true FOB flows in HS 1992; a provisional year lacks 3 %, a corrected one gains 1 %."""
    rows: dict[tuple[int, int, str], Row] = {}
    for (exporter, importer, code), flow in flows(year).items():
        hidden = (exporter, code[:2]) == CONFIDENTIAL
        old = HS92_CODE[CONFIDENTIAL_CODE] if hidden else HS92_CODE.get(code, code)
        row = rows.setdefault((exporter, importer, old), Row())
        row.usd += sum(flow.mills) * (97 if provisional else 100 + revised) // 100_000
        row.kg += sum(flow.kg)
    return {key: row for key, row in sorted(rows.items()) if row.usd}


def year_file(rows: dict[tuple[int, int, str], Row], year: int) -> str:
    """`t,i,j,k,v,q`: value in thousand USD, quantity in tons padded to a width, `NA` where unknown."""
    lines = ["t,i,j,k,v,q"]
    for (exporter, importer, code), row in rows.items():
        value = Decimal(row.usd) / 1000
        quantity = "NA" if is_unknown(exporter, importer, code) else f"{row.kg / 1000:.3f}"
        lines.append(f"{year},{exporter},{importer},{code},{value:.3f},{quantity:>13}")
    return "\n".join(lines) + "\n"


def is_unknown(exporter: int, importer: int, code: str) -> bool:
    """Whether BACI has no quantity for a cell: about one in fifty."""
    return crc32(f"{exporter}{importer}{code}".encode()) % 50 == 0


_ARCHIVES: dict[str, bytes] = {}
"""Releases never change once made; a correction has a name of its own."""


class Baci:
    """The publisher. A revision of `HS92` and a release `V202601` publishes the correction `V202601b`."""

    name, host = "baci", "www.cepii.fr"

    def __init__(self, world: World) -> None:
        self.world = world

    def releases(self) -> dict[str, int]:
        """Releases on the page, with the last year each covers."""
        first = {name: last for name, last in FIRST_RELEASES.items() if self.world.is_out("baci", "HS92", name)}
        known = dict(first)
        for release, last in first.items():
            for number in range(1, self.world.revision("baci", "HS92", release) + 1):
                known[f"{release}{'abcdefgh'[number]}"] = last
        return known

    def tables(self, release: str) -> dict[int, dict[tuple[int, int, str], Row]]:
        """The years of a release."""
        last, revised = self.releases()[release], "abcdefgh".find(release[7:]) if len(release) > 7 else 0
        return {
            year: year_rows(year, provisional=year == last and not revised, revised=revised if year == last else 0)
            for year in (*EARLY_YEARS, *YEARS) if year <= last
        }  # fmt: skip

    def archive(self, release: str) -> bytes:
        """The zip of a release; the same bytes each time."""
        if release not in _ARCHIVES:
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
                members = {
                    f"country_codes_{release}.csv": _countries(),
                    f"product_codes_HS92_{release}.csv": _products(),
                }
                for year, rows in self.tables(release).items():
                    members[f"BACI_HS92_Y{year}_{release}.csv"] = year_file(rows, year)
                members["Readme.txt"] = f"BACI, HS 1992, version {release[1:]}\nValues in thousands of current USD.\n"
                for name, text in members.items():
                    packed.writestr(zipfile.ZipInfo(name, (2026, 1, 22, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
            _ARCHIVES[release] = buffer.getvalue()
        return _ARCHIVES[release]

    def reply(self, request: Request) -> Reply:
        """The page with the links, or an archive."""
        if request.path.lower().endswith("bdd_modele_item.asp"):
            links = "".join(
                f'<li><a href="{_FOLDER}BACI_HS92_{release}.zip">HS92 (1995-{last}, {release[1:]})</a></li>'
                for release, last in sorted(self.releases().items(), reverse=True)
            )
            page = f"<!DOCTYPE html><html><body><h1>BACI</h1><ul>{links}</ul></body></html>"
            return Reply(page.encode(), "text/html; charset=utf-8")
        name = request.path.removeprefix(_FOLDER)
        release = name.removeprefix("BACI_HS92_").removesuffix(".zip")
        if name != f"BACI_HS92_{release}.zip" or release not in self.releases():
            return Reply(b"<html><body>404 - File not found</body></html>", "text/html; charset=utf-8", 404)
        reply = Reply(self.archive(release), "application/x-zip-compressed", ranged=True)
        return tagged(reply, "Thu, 22 Jan 2026 09:00:00 GMT").adding(Accept_Ranges="bytes")

    def knows(self, subject: str, period: str) -> bool:
        """A nomenclature and a release."""
        return subject == "HS92" and period in FIRST_RELEASES

    def truth(self) -> dict[str, Any]:
        """Per release and year: rows, value in thousand USD, rows without a quantity."""
        result = {}
        for release in self.releases():
            for year, rows in self.tables(release).items():
                result[f"{release}|{year}"] = {
                    "rows": len(rows), "value_kusd": str(Decimal(sum(row.usd for row in rows.values())) / 1000),
                    "without_quantity": sum(is_unknown(*key) for key in rows),
                }  # fmt: skip
        return result


def _countries() -> str:
    """The country table of a release, UTF-8."""
    rows = [(code, home.name, home.iso2, home.iso3) for code, home in ECONOMIES.items()]
    rows = [(code, name, iso2, {736: "SDN", 490: "S19"}.get(code, iso3)) for code, name, iso2, iso3 in rows]
    lines = ["country_code,country_name,country_iso2,country_iso3"]
    for code, name, iso2, iso3 in sorted([*rows, *_OTHERS]):
        lines.append(f'{code},"{name}",{iso2},{iso3}' if "," in name else f"{code},{name},{iso2},{iso3}")
    return "\n".join(lines) + "\n"


def _products() -> str:
    """The product table of a release."""
    texts = {HS92_CODE.get(code, code): product.text for code, product in PRODUCTS.items()}
    texts[HS92_CODE[CONFIDENTIAL_CODE]] = "Commodities not specified according to kind"
    return "\n".join(["code,description", *(f'{code},"{text}"' for code, text in sorted(texts.items()))]) + "\n"
