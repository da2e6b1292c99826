"""One small world that is true by construction, and what its reporters and partners say about it.

Money is an integer number of thousandths of a US dollar, weight an integer number of kg, so sums are exact:
a year is the sum of its months, a chapter of its products, World of its partners.

    true FOB value                        flows(year)
    exporter's report   true x (1 + noise)                       FOB
    importer's report   true x (1 + tau(distance)) x (1 + noise)  CIF (FOB for economies that import FOB)
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from random import Random
from typing import NamedTuple

from standin.economy import (
    AREAS_NES,
    BUNKERS,
    CONFIDENTIAL,
    CONFIDENTIAL_CODE,
    EARLY_YEARS,
    EASTERN,
    ECONOMIES,
    HUB,
    HUB_CHAPTERS,
    HUB_MARKETS,
    HUB_ORIGIN,
    MAIN,
    OLDER_CODE,
    PRODUCTS,
    SUDAN,
    WESTERN,
    YEARS,
    classification,
    distance_km,
    tau,
)

SEED = "entrepot"
_CYCLE = {2019: 1.0, 2020: 0.94, 2021: 1.16, 2022: 1.25, 2023: 1.2, 2024: 1.26}
Months = tuple[int, ...]


class Amount(NamedTuple):
    """A cell: value in thousandths of a USD, and kg."""

    mills: int
    kg: int


class Flow(NamedTuple):
    """Twelve months of one exporter, importer and product: mills and kg. `via_hub` are mills shipped through it."""

    mills: Months
    kg: Months
    via_hub: Months


class Dataset(NamedTuple):
    """What one reporter published for one period: cells by (flow, partner, HS6 code of its classification)."""

    freq: str
    reporter: int
    period: str
    classification: str
    revision: int
    cells: dict[tuple[str, int, str], Amount]


def members(year: int) -> tuple[int, ...]:
    """The economies that trade in a year."""
    if year in YEARS:
        return MAIN
    return (156, 736) if year < 2012 else (156, 729, 728)


def _story(exporter: int, importer: int, year: int) -> float:
    """Sanctions turn Russia's trade from west to east from 2022 on."""
    if year < 2022 or 643 not in (exporter, importer):
        return 1.0
    other = importer if exporter == 643 else exporter
    return 1.45 if other in EASTERN else 0.35 if other in WESTERN else 1.0


@lru_cache(maxsize=16)
def flows(year: int) -> dict[tuple[int, int, str], Flow]:
    """The truth: FOB value and weight by exporter, importer and HS 2022 product."""
    result = {}
    for exporter in members(year):
        for importer in members(year):
            if exporter == importer or (exporter in SUDAN and importer in SUDAN):
                continue
            for code in PRODUCTS:
                if flow := _flow(exporter, importer, code, year):
                    result[exporter, importer, code] = flow
    return result


def _flow(exporter: int, importer: int, code: str, year: int) -> Flow | None:
    """One true flow, or None where nothing is traded."""
    rng = Random(f"{SEED}:{exporter}:{importer}:{code}")
    strength = ECONOMIES[exporter].strengths.get(code[:2], 0.0)
    if rng.random() > min(0.9, 0.02 + 0.4 * strength):
        return None
    mass = (ECONOMIES[exporter].gdp * ECONOMIES[importer].gdp) ** 0.45 / distance_km(exporter, importer) ** 0.7
    usd = 2e8 * max(strength, 0.05) * mass * rng.lognormvariate(0, 0.7)
    growth = (1 + rng.uniform(-0.03, 0.07)) ** (year - 2019)
    usd *= growth * _CYCLE.get(year, 0.6) * _story(exporter, importer, year)
    phase, yearly = rng.randrange(12), Random(f"{SEED}:{exporter}:{importer}:{code}:{year}")
    weights = [1 + 0.15 * ((month + phase) % 6 - 2.5) / 2.5 + yearly.uniform(-0.05, 0.05) for month in range(12)]
    mills = tuple(int(usd * 1000 * yearly.uniform(0.98, 1.02) * weight / sum(weights)) for weight in weights)
    price = PRODUCTS[code].unit_value * rng.lognormvariate(0, 0.2) * _CYCLE.get(year, 1.0) ** 0.5
    kg = tuple(max(1, round(value / 1000 / price)) for value in mills)
    through = exporter == HUB_ORIGIN and importer in HUB_MARKETS and code[:2] in HUB_CHAPTERS
    return Flow(mills, kg, tuple(value // 4 if through else 0 for value in mills))


def _scaled(values: Months, factor: float, rng: Random, noise: float = 0.02) -> Months:
    """Values times a factor, each with its own small error."""
    return tuple(round(value * factor * (1 + rng.uniform(-noise, noise))) for value in values)


@lru_cache(maxsize=256)
def reported(reporter: int, year: int) -> dict[tuple[str, int, str], tuple[Months, Months]]:
    """What a reporter knows of a year, by (flow, partner, HS 2022 product): months of mills and of kg.

    The hub's exports hold its re-exports (also shown as RX); importers name the origin, not the hub.
    """
    cells: dict[tuple[str, int, str], tuple[Months, Months]] = {}
    home = ECONOMIES[reporter]

    def add(flow: str, partner: int, code: str, mills: Months, kg: Months) -> None:
        old = cells.get((flow, partner, code))
        if old:
            mills = tuple(map(sum, zip(old[0], mills, strict=True)))
            kg = tuple(map(sum, zip(old[1], kg, strict=True)))
        cells[flow, partner, code] = (mills, kg)

    for (exporter, importer, code), flow in flows(year).items():
        rng = Random(f"{SEED}:{reporter}:{exporter}:{importer}:{code}:{year}")
        quarter = tuple(kg // 4 for kg in flow.kg)
        if exporter == reporter:
            direct = tuple(a - b for a, b in zip(flow.mills, flow.via_hub, strict=True))
            shown = CONFIDENTIAL_CODE if (reporter, code[:2]) == CONFIDENTIAL else code
            add("X", importer, shown, _scaled(direct, 1.0, rng), flow.kg)
            if any(flow.via_hub):
                add("X", HUB, code, _scaled(flow.via_hub, 1.0, rng), quarter)
        elif importer == reporter:
            freight = 1.0 if home.import_valuation == "FOB" else 1 + tau(exporter, importer)
            add("M", exporter, code, _scaled(flow.mills, freight, rng), flow.kg)
        elif reporter == HUB and any(flow.via_hub):
            add("M", exporter, code, _scaled(flow.via_hub, 1 + tau(exporter, HUB), rng), quarter)
            passed_on = _scaled(flow.via_hub, 1.08, rng)
            add("X", importer, code, passed_on, quarter)
            add("RX", importer, code, passed_on, quarter)
    if year in YEARS:
        _oddities(reporter, year, add)
    return cells


def _oddities(reporter: int, year: int, add: object) -> None:
    """Cells every real report has: unknown areas, bunkers, and goods of one's own that come back."""
    assert callable(add)
    rng = Random(f"{SEED}:odd:{reporter}:{year}")
    small = tuple(rng.randrange(10**8, 10**9) for _ in range(12))
    add("M", AREAS_NES, "271019", small, tuple(value // 600 for value in small))
    if reporter in (528, 842):
        add("X", BUNKERS, "271019", small, tuple(value // 650 for value in small))
    if reporter == 156:
        add("M", 156, "851713", small, tuple(value // 800000 for value in small))
        add("RM", 156, "851713", small, tuple(value // 800000 for value in small))


@lru_cache(maxsize=2048)
def published(freq: str, reporter: int, period: str, revision: int) -> Dataset:
    """A dataset as its n-th revision; a revision raises exports by 5 % and takes the smallest cell away."""
    year, revised = int(period[:4]), classification(reporter, int(period[:4]), freq)
    pick = slice(0, 12) if freq == "A" else slice(int(period[4:]) - 1, int(period[4:]))
    cells: dict[tuple[str, int, str], Amount] = {}
    for (flow, partner, code), (mills, kg) in reported(reporter, year).items():
        key = (flow, partner, code if revised == "H6" else OLDER_CODE.get(code, code))
        old = cells.get(key, Amount(0, 0))
        cells[key] = Amount(old.mills + sum(mills[pick]), old.kg + sum(kg[pick]))
    smallest = sorted((key for key in cells if key[0] in "XM"), key=lambda key: (cells[key].mills, key))
    for key in smallest[:revision]:
        del cells[key]
    for key, amount in cells.items():
        if key[0] == "X" and revision:
            cells[key] = Amount(amount.mills * (100 + 5 * revision) // 100, amount.kg)
    return Dataset(freq, reporter, period, revised, revision, dict(sorted(cells.items())))


class World:
    """The world as published so far. Revisions, releases and misprints are the only things in it that change."""

    def __init__(self) -> None:
        self.revisions: Counter[tuple[str, str, str]] = Counter()
        self.changes: Counter[str] = Counter()
        self.misprinted: set[tuple[str, str, str]] = set()
        # Comtrade's by frequency, reporter and period; any other publisher's by source, subject and period.
        self.withheld: set[tuple[str, int | str, str]] = {
            ("A", e.code, str(year)) for e in ECONOMIES.values() for year in YEARS if 0 < e.late_until <= year
        }

    def revise(self, source: str, subject: str, period: str) -> int:
        """Publish a revision of one source's subject (reporter, country, currency) and period; its number."""
        self.revisions[source, subject, period] += 1
        self.changes[source] += 1
        return self.revisions[source, subject, period]

    def revision(self, source: str, subject: object, period: str) -> int:
        """How often that subject and period was revised."""
        return self.revisions[source, str(subject), period]

    def hold(self, source: str, subject: str, period: str, back: bool) -> None:
        """Take one subject and period of a source back, or bring it out (again)."""
        freq = "A" if len(period) == 4 else "M"
        key = (freq, int(subject), period) if source == "comtrade" else (source, subject, period)
        (self.withheld.add if back else self.withheld.discard)(key)
        self.changes[source] += 1

    def misprint(self, source: str, subject: str, period: str) -> None:
        """Print that subject and period of a source wrongly from now on, in the way the source has for it."""
        self.misprinted.add((source, subject, period))
        self.changes[source] += 1

    def is_misprinted(self, source: str, subject: object, period: str) -> bool:
        """Whether that subject and period is printed wrongly."""
        return (source, str(subject), period) in self.misprinted

    def is_out(self, source: str, subject: object, period: str) -> bool:
        """Whether a publisher other than Comtrade shows that subject and period."""
        return (source, str(subject), period) not in self.withheld

    def periods(self, freq: str, reporter: int) -> list[str]:
        """The periods a reporter has published, oldest first."""
        home = ECONOMIES[reporter]
        years = EARLY_YEARS if reporter in SUDAN else (*(EARLY_YEARS if reporter == 156 else ()), *YEARS)
        years = tuple(y for y in years if reporter in members(y) and home.reports and y <= home.last_year)
        if freq == "A":
            return [str(y) for y in years if ("A", reporter, str(y)) not in self.withheld]
        months = [f"{y}{m:02d}" for y in years if y in YEARS for m in range(1, 13)]
        if home.last_year == 2021:
            months.append("202201")
        return [month for month in months if ("M", reporter, month) not in self.withheld]

    def reporters(self) -> list[int]:
        """Everyone who publishes anything."""
        return sorted(code for code in ECONOMIES if self.periods("A", code))

    def dataset(self, freq: str, reporter: int, period: str) -> Dataset | None:
        """One published dataset, or None."""
        if reporter not in ECONOMIES or period not in self.periods(freq, reporter):
            return None
        return published(freq, reporter, period, self.revision("comtrade", reporter, period))
