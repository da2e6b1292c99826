"""UN Comtrade API v1: public preview, keyed data, availability, notes, bulk and reference files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from standin import comtrade_files, comtrade_release
from standin.comtrade_record import NOTHING, Line, lines, record, splits
from standin.control import Control, bad_key
from standin.economy import EARLY_YEARS, ECONOMIES, PRODUCTS, YEARS
from standin.reply import Reply, Request, as_json
from standin.world import Dataset, World

_ROUTE = re.compile(r"^/(public|data|bulk)/v1/(\w+)/(\w)/(\w)/(\w+)$")
_CLASSIFICATIONS = ("HS", *(f"H{n}" for n in range(7)), "SS", "S1", "S2", "S3", "S4", "B4", "B5")
_MISSING = (
    "Access denied due to missing subscription key. "
    "Make sure to include subscription key when making requests to an API."
)
_GATEWAY = {
    "x-frame-options": "deny", "x-content-type-options": "nosniff", "x-xss-protection": "1;mode=block",
    "strict-transport-security": "max-age=31536000;includeSubDomains", "content-security-policy": "frame-src 'self'",
    "x-permitted-cross-domain-policies": "none", "referrer-policy": "no-referrer-when-downgrade",
    "permissions-policy": "accelerometer=(), camera=(), geolocation=()", "x-ratelimit-remaining": "0",
    "x-ratelimit-limit": "1", "request-context": "appId=cid-v1:00000000-0000-0000-0000-000000000000",
}  # fmt: skip


def refused(message: str, member: str | None = None) -> Reply:
    """400, worded as recorded: what is wrong, and with which parameter."""
    details = [{"memberNames": [member], "errorMessage": f"The field {member} is invalid"}] if member else None
    return as_json({"error": message, "details": details}, 400).adding(**_GATEWAY)


def envelope(rows: Any, count: int | None = None) -> Reply:
    """200 with the usual envelope."""
    body = {"elapsedTime": "0.21 secs", "count": len(rows) if count is None else count, "data": rows, "error": ""}
    return as_json(body).adding(**_GATEWAY)


_LINES: dict[tuple[str, int, str, int], list[Line]] = {}
_TRUTHS: dict[tuple[str, int, str, int], dict[str, Any]] = {}
_ENTRIES: dict[tuple[str, int, str, int], dict[str, Any]] = {}
"""Made once per revision of a dataset, whoever asks."""


class Comtrade:
    """The publisher. Without a key it shows 500 rows at most and says nothing about the rest."""

    name, host = "comtrade", "comtradeapi.un.org"

    def __init__(self, world: World, control: Control) -> None:
        self.world, self.control = world, control

    def reply(self, request: Request) -> Reply:
        """The answer to any request."""
        if request.path.startswith("/files/v1/app/reference/"):
            found = comtrade_files.reference(request.path.rpartition("/")[2])
            return found or as_json({"statusCode": 404, "message": "Resource not found"}, 404)
        if not request.path.startswith("/public/") and (denied := self._denied(request)):
            return denied
        if request.path == "/data/v1/getLiveUpdate":
            return envelope(comtrade_release.live(list(self._chosen("A", [], [])) + list(self._chosen("M", [], []))))
        if request.path.startswith("/bulk/v1/file/"):
            return self._bulk_file(request.path)
        route = _ROUTE.match(request.path)
        if route is None:
            return as_json({"statusCode": 404, "message": "Resource not found"}, 404, "application/json")
        area, verb, _, freq, search = route.groups()
        if search not in _CLASSIFICATIONS:
            return refused("Invalid parameter value", "clCode")
        verbs: dict[tuple[str, str], Callable[[Request, str, str], Reply]] = {
            ("public", "preview"): self._data, ("data", "get"): self._data, ("public", "getDa"): self._availability,
            ("data", "getDa"): self._availability, ("public", "getMetadata"): self._notes,
            ("data", "getMetadata"): self._notes, ("data", "getSUV"): self._unit_values, ("bulk", "get"): self._bulk,
        }  # fmt: skip
        if (area, verb) not in verbs:
            return as_json({"statusCode": 404, "message": "Resource not found"}, 404, "application/json")
        width = 4 if freq == "A" else 6
        if any(not period.isdigit() or len(period) != width for period in request.codes("period")):
            return refused("Invalid parameter value", "period")
        return verbs[area, verb](request, freq, search)

    def _denied(self, request: Request) -> Reply | None:
        """401 without a key, or with one that is not among the known ones."""
        key = request.headers.get("ocp-apim-subscription-key") or request.get("subscription-key")
        if not key:
            return as_json({"statusCode": 401, "message": _MISSING}, 401, "application/json")
        known = self.control.rules.keys
        return bad_key() if known is not None and key not in known else None

    def _chosen(self, freq: str, reporters: list[str], periods: list[str], search: str = "HS") -> Iterator[Dataset]:
        """The published datasets asked for; everything where nothing was named."""
        for reporter in [int(code) for code in reporters if code.isdigit()] or self.world.reporters():
            if reporter not in ECONOMIES:
                continue
            for period in self.world.periods(freq, reporter):
                dataset = self.world.dataset(freq, reporter, period) if not periods or period in periods else None
                if dataset and search in ("HS", dataset.classification):
                    yield dataset

    def lines(self, dataset: Dataset) -> list[Line]:
        """All lines of a dataset, made once per revision."""
        key = _key(dataset)
        if key not in _LINES:
            _LINES[key] = lines(dataset)
        return _LINES[key]

    def _data(self, request: Request, freq: str, search: str) -> Reply:
        """Records. At the cap the rest is left out in silence; `plus` is the default, as recorded."""
        if len(request.codes("period")) > 12:
            return refused("Maximum number of periods is 12")
        for name in ("reportercode", "partnercode", "partner2code", "motcode", "maxrecords"):
            if any(not code.lstrip("-").isdigit() for code in request.codes(name)):
                return refused("Invalid parameter value", name.replace("code", "Code").replace("maxr", "maxR"))
        rules, open_to_all = self.control.rules, request.path.startswith("/public/")
        found = self._matching(request, freq, search)
        if request.get("countOnly").lower() == "true":
            return envelope(NOTHING, sum(1 for _ in found))
        cap = rules.preview_cap if open_to_all else rules.keyed_cap
        if request.get("maxRecords") and (not open_to_all or rules.preview_honours_max):
            cap = min(cap, int(request.get("maxRecords")))
        described = request.get("includeDesc").lower() == "true"
        return envelope([record(*parts, search, described) for parts in islice(found, cap)])

    def _matching(
        self, request: Request, freq: str, search: str
    ) -> Iterator[tuple[Dataset, Line, tuple[int, str, int, int, int]]]:
        """Every record that fits the request, in a fixed order."""
        flows, partners = set(request.codes("flowCode")), set(request.codes("partnerCode"))
        seconds, transports = set(request.codes("partner2Code")), set(request.codes("motCode"))
        customs, wanted = set(request.codes("customsCode")), _commodity_test(request.codes("cmdCode"))
        plus = request.get("breakdownMode", "plus").lower() != "classic"
        for dataset in self._chosen(freq, request.codes("reporterCode"), request.codes("period"), search):
            for line in self.lines(dataset):
                if (flows and line.flow not in flows) or (partners and str(line.partner) not in partners):
                    continue
                if not wanted(line.code):
                    continue
                for split in splits(dataset, line, plus):
                    fits = not seconds or str(split[0]) in seconds
                    fits = fits and (not customs or split[1] in customs)
                    if fits and (not transports or str(split[2]) in transports):
                        yield dataset, line, split

    def _availability(self, request: Request, freq: str, search: str) -> Reply:
        """getDa: one row per published dataset, also by the day of its last release."""
        chosen = self._chosen(freq, request.codes("reporterCode"), request.codes("period"), search)
        rows = [self._entry(dataset, search) for dataset in chosen]
        first, last = request.get("publishedDateFrom", "0000"), request.get("publishedDateTo", "9999")
        return envelope([row for row in rows if first <= row["lastReleased"][:10] <= last])

    def _entry(self, dataset: Dataset, search: str) -> dict[str, Any]:
        """The row of getDa of a dataset, made once per revision."""
        key = _key(dataset)
        if key not in _ENTRIES:
            _ENTRIES[key] = comtrade_release.availability(dataset, search)
        return {**_ENTRIES[key], "classificationSearchCode": search}

    def _notes(self, request: Request, freq: str, search: str) -> Reply:
        history = request.get("showHistory").lower() == "true"
        chosen = self._chosen(freq, request.codes("reporterCode"), request.codes("period"), search)
        return envelope([comtrade_release.notes(dataset, history) for dataset in chosen])

    def _unit_values(self, request: Request, freq: str, search: str) -> Reply:
        """getSUV: USD per kg of each product."""
        wanted = _commodity_test(request.codes("cmdCode"))
        return envelope([
            {"typeCode": "C", "freqCode": freq, "period": int(period), "flowCode": flow, "classificationCode": "H6",
             "cmdCode": code, "qtyUnitCode": 8, "qtyUnitAbbr": "kg", "uvMin": product.unit_value / 2,
             "suv": product.unit_value, "uvMax": product.unit_value * 2, "isUniModalDistribution": True}
            for period in request.codes("period") or ["2023"] for flow in "MX"
            for code, product in PRODUCTS.items() if wanted(code)
        ])  # fmt: skip

    def _bulk(self, request: Request, freq: str, search: str) -> Reply:
        chosen = self._chosen(freq, request.codes("reporterCode"), request.codes("period"), search)
        return envelope([comtrade_files.bulk_entry(dataset, 40 * len(self.lines(dataset))) for dataset in chosen])

    def _bulk_file(self, path: str) -> Reply:
        reporter, _, key = path.removeprefix("/bulk/v1/file/").partition("/")
        for freq in "AM":
            for dataset in self._chosen(freq, [reporter], []):
                if comtrade_files.row_key(dataset) == key:
                    return comtrade_files.bulk_file(dataset)
        return as_json({"statusCode": 404, "message": "Resource not found"}, 404, "application/json")

    def knows(self, subject: str, period: str) -> bool:
        """A reporter and a year or month."""
        return subject.isdigit() and (
            int(subject) in ECONOMIES and period[:4] in map(str, (*EARLY_YEARS, *YEARS)) and len(period) in (4, 6)
        )

    def truth(self) -> dict[str, Any]:
        """Per dataset: lines (records with totals pinned), HS6 lines, exports and imports in USD, to 0.001."""
        return {
            f"{freq}|{dataset.reporter}|{dataset.period}": self._truth_of(dataset)
            for freq in "AM"
            for dataset in self._chosen(freq, [], [])
        }

    def _truth_of(self, dataset: Dataset) -> dict[str, Any]:
        """The same of one, found once per revision."""
        key = _key(dataset)
        if key not in _TRUTHS:
            every = self.lines(dataset)
            total = {line.flow: line.mills for line in every if line.code == "TOTAL" and line.partner == 0}
            counted = Counter("TOTAL" if line.code == "TOTAL" else len(line.code) for line in every)
            _TRUTHS[key] = {
                "classification": dataset.classification, "revision": dataset.revision, "rows": len(every),
                "rows_total": counted["TOTAL"], "rows_ag2": counted[2], "rows_ag6": counted[6],
                "rows_ag6_partners": len(dataset.cells),
                **{f"{flow}_usd": str(Decimal(mills) / 1000) for flow, mills in sorted(total.items())},
            }  # fmt: skip
        return _TRUTHS[key]


def _key(dataset: Dataset) -> tuple[str, int, str, int]:
    return dataset.freq, dataset.reporter, dataset.period, dataset.revision


def _commodity_test(codes: list[str]) -> Callable[[str], bool]:
    """A test for `TOTAL`, `AG2`..`AG6`, plain codes and wildcards such as `9*`; no codes means all."""
    levels = {int(code[2:]) for code in codes if re.fullmatch(r"AG[1-6]", code)}
    starts = tuple(code.rstrip("*") for code in codes if code.endswith("*"))
    plain = set(codes)

    def wanted(code: str) -> bool:
        if not codes or code in plain:
            return True
        return code != "TOTAL" and (len(code) in levels or bool(starts and code.startswith(starts)))

    return wanted
