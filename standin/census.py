"""US Census international trade: arrays of texts, Schedule C partners, `-` for the total, groups among them."""

from __future__ import annotations

import re
from typing import Any

from standin.economy import ECONOMIES, EURO_AREA, OLDER_CODE, YEARS, classification
from standin.reply import Reply, Request, as_json
from standin.world import World, reported

_PATH = re.compile(r"^/data/timeseries/intltrade/(imports|exports)/hs$")
_GROUPS = {"0003": ("EUROPEAN UNION", EURO_AREA), "0022": ("OECD", (*EURO_AREA, 757))}
_PREFIX = {"imports": "I", "exports": "E"}


class Census:
    """The publisher. Values are whole USD: imports at customs value (without freight), exports FAS."""

    name, host = "census", "api.census.gov"

    def __init__(self, world: World) -> None:
        self.world = world

    def months(self, area: str, year: int, width: int) -> dict[tuple[str, str], list[int]]:
        """Twelve months of whole USD by (partner or group, code of that width; `-` for all goods)."""
        flow = "M" if area == "imports" else "X"
        revised, result = classification(842, year, "M"), dict[tuple[str, str], list[int]]()
        for (way, partner, code), (mills, _) in sorted(reported(842, year).items()):
            if way != flow:
                continue
            shown = code if revised == "H6" else OLDER_CODE.get(code, code)
            country = ECONOMIES[partner].schedule_c if partner in ECONOMIES else "8220"
            places = ["-", country, *(group for group, (_, members) in _GROUPS.items() if partner in members)]
            values = [round(value / 1040) if flow == "M" else round(value / 1000) for value in mills]
            for place in places:
                key = (place, shown[:width] if width else "-")
                result[key] = [a + b for a, b in zip(result.get(key, [0] * 12), values, strict=True)]
        for month in range(12):
            factor = 100 + 5 * self.world.revision("census", area, f"{year}{month + 1:02d}")
            for values in result.values():
                values[month] = values[month] * factor // 100
        return result

    def reply(self, request: Request) -> Reply:
        """`?get=CTY_CODE,CTY_NAME,I_COMMODITY,GEN_VAL_MO&time=2024-01&COMM_LVL=HS2&key=...`; 204 where nothing is."""
        found = _PATH.match(request.path)
        if found is None:
            return Reply(b"<html><body>error: unknown data set</body></html>", "text/html", 404)
        area, columns = found[1], [name.strip().upper() for name in request.get("get").split(",") if name.strip()]
        letter, value = _PREFIX[area], "GEN_VAL" if area == "imports" else "ALL_VAL"
        commodity = f"{letter}_COMMODITY"
        known = {"CTY_CODE", "CTY_NAME", commodity, f"{value}_MO", f"{value}_YR", "YEAR", "MONTH", "COMM_LVL"}
        strange = [name for name in columns if name not in known]
        if strange or not columns:
            return Reply(
                f"error: error: unknown variable '{strange[0] if strange else ''}'".encode(), "text/plain", 400
            )
        span = re.fullmatch(r"(?:from )?(\d{4})(?:-(\d\d))?(?: to (\d{4})(?:-(\d\d))?)?", request.get("time"))
        if span is None:
            return Reply(b"error: invalid 'time' argument", "text/plain", 400)
        first = f"{span[1]}{span[2] or '01'}"
        last = f"{span[3] or span[1]}{span[4] or (span[2] if not span[3] and span[2] else '12')}"
        level = request.get("COMM_LVL")
        extra = [
            name for name in ("time", "COMM_LVL", commodity, "CTY_CODE") if request.get(name) and name not in columns
        ]
        rows: list[list[str]] = []
        for year in YEARS:
            for (place, code), values in self.months(area, year, int(level[2:]) if level else 0).items():
                if not _fits(request.get("CTY_CODE"), place) or not _fits(request.get(commodity), code):
                    continue
                for month in range(12):
                    period = f"{year}{month + 1:02d}"
                    if not first <= period <= last or not self.world.is_out("census", area, period):
                        continue
                    cell = {
                        "CTY_CODE": place, "CTY_NAME": _name(place), commodity: code, "YEAR": str(year),
                        f"{value}_MO": str(values[month]), f"{value}_YR": str(sum(values[: month + 1])),
                        "MONTH": f"{month + 1:02d}", "time": f"{year}-{month + 1:02d}", "COMM_LVL": level or "-",
                    }  # fmt: skip
                    rows.append([cell[name] for name in [*columns, *extra]])
        if not rows:
            return Reply(b"", "application/json;charset=utf-8", 204)
        return as_json([[*columns, *extra], *rows], content_type="application/json;charset=utf-8")

    def knows(self, subject: str, period: str) -> bool:
        """`imports` or `exports`, and a month, YYYYMM."""
        return subject in _PREFIX and period in {f"{year}{month:02d}" for year in YEARS for month in range(1, 13)}

    def truth(self) -> dict[str, Any]:
        """Per area and month: HS2 rows of single countries, their sum in whole USD."""
        result = {}
        for area in _PREFIX:
            for year in YEARS:
                known = {k: v for k, v in self.months(area, year, 2).items() if k[0] != "-" and k[0] not in _GROUPS}
                for month in range(12):
                    if not self.world.is_out("census", area, f"{year}{month + 1:02d}"):
                        continue
                    total = sum(values[month] for values in known.values())
                    result[f"{area}|{year}{month + 1:02d}"] = {"rows_hs2": len(known), "usd": total}
        return result


def _fits(wanted: str, code: str) -> bool:
    """Whether a code fits what was asked: nothing, the code itself, or a start with `*`."""
    return not wanted or code == wanted or (wanted.endswith("*") and code.startswith(wanted[:-1]))


def _name(place: str) -> str:
    """A partner's name, in capitals."""
    if place == "-":
        return "TOTAL FOR ALL COUNTRIES"
    if place in _GROUPS:
        return _GROUPS[place][0]
    return next(
        (home.name.upper() for home in ECONOMIES.values() if home.schedule_c == place), "UNIDENTIFIED COUNTRIES"
    )
