"""The figures of China's customs tables: sums over blocs, regions and commodity groups, and how they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from statistics import fmean

from standin.economy import PRODUCTS
from standin.rates import days, month_end, usd_per_unit
from standin.world import reported

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Members = tuple[int, ...] | None
_NONE: Members = ()
PARTNERS: tuple[tuple[str, Members], ...] = (
    ("Total", None), ("European Union", (276, 251, 528)), ("  of which: Germany", (276,)), ("    Netherlands", (528,)),
    ("    France", (251,)), ("    Italy", _NONE), ("United States", (842,)), ("ASEAN", (704,)),
    ("  of which: Viet Nam", (704,)), ("    Malaysia", _NONE), ("    Thailand", _NONE), ("    Singapore", _NONE),
    ("    Indonesia", _NONE), ("    Philippines", _NONE), ("Japan", _NONE), ("Hong Kong, China", (344,)),
    ("Republic of Korea", _NONE), ("Taiwan, China", (490,)), ("Australia", _NONE), ("Russia", (643,)),
    ("India", (699,)),
    ("United Kingdom", _NONE), ("Canada", _NONE), ("New Zealand", _NONE), ("Latin America", _NONE),
    ("  of which: Brazil", _NONE), ("Africa", _NONE), ("  of which: South Africa", _NONE),
    ("Regional Comprehensive Economic Partnership (RCEP)", (704,)), ("Belt and Road Countries", (643, 398, 704)),
)  # fmt: skip
"""Label and members; None is the world, () an economy this world does not have. Blocs overlap."""
_MACHINES = ("84", "85", "87", "88", "90")
_NO = ("none",)
_TONS, _TON, _SETS, _PCS, _MANY = "10,000 Tons", "Ton", "10,000 Sets", "10,000 PCS", "100 Million PCS"
_CARS = "Motor vehicles\uff08including chassis fitted with engines)"
COMMODITIES: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "X": (
        ("Agriculture products*", "-", ("02", "03", "09", "10", "12")), ("  Aquatic products", _TONS, ("03",)),
        ("  Grain food", _TONS, ("10", "12")), ("Refined petroleum products", _TONS, ("2710",)),
        ("Rare-earth ore, metals, compounds", _TON, _NO), ("Medical and pharmaceutical products", _TONS, ("30",)),
        ("Fertilizers", _TONS, ("31",)), ("Plastic articles", "-", _NO),
        ("Suit-cases, hand bags and similar containers", _TONS, _NO),
        ("Textile yarn, fabrics and articles thereof", "-", _NO),
        ("Garments and clothing accessories", "-", ("61", "62")), ("Footwear", "10,000 Pairs", ("64",)),
        ("Ceramic products", _TONS, _NO), ("Products, of steel or iron", _TONS, ("72",)),
        ("Unwrought aluminium and aluminium products", _TONS, ("76",)),
        ("Furniture and parts thereof", "-", ("94",)), ("Toys", "-", ("95",)),
        ("Mechanical and electrical products*", "-", _MACHINES), ("  General machines", "-", ("8431",)),
        ("  Automatic data processing machines and parts thereof", "-", ("8471", "8473")),
        ("  Mobile phones", _SETS, ("851713",)), ("  Electric appliances of household type", _SETS, _NO),
        ("  Audio or video devices and parts thereof", "-", _NO),
        ("    Electronic integrated circuits", _MANY, ("8542",)), ("  " + _CARS, "10,000 Autos", ("8703", "8704")),
        ("  Parts and accessories of vehicle", "-", ("8708",)), ("  Ships", "Ship", _NO),
        ("  Flat panel display modules of liquid crystals", _PCS, _NO),
        ("  Medical or surgical instruments and apparatuses", "-", ("9018",)),
        ("Lamps and lighting fittings and parts thereof", "-", _NO), ("Hi-tech products*", "-", ("85", "88", "90")),
    ),
    "M": (
        ("Agriculture products*", "-", ("02", "03", "09", "10", "12")),
        ("  Meat(including meat offal)", _TONS, ("02",)),
        ("  Fresh or dried fruit and nuts", _TONS, _NO), ("  Grain food", _TONS, ("10", "12")),
        ("    Soya beans", _TONS, ("1201",)), ("  Edible vegetable oil", _TONS, _NO),
        ("Iron ores and concentrates", _TONS, ("26",)), ("Copper ores and concentrates", _TONS, _NO),
        ("Coal and lignite", _TONS, ("2701",)), ("Crude petroleum oils", _TONS, ("2709",)),
        ("Refined petroleum products", _TONS, ("2710",)), ("Natural gases", _TONS, ("2711",)),
        ("Rare-earth ore, metals, compounds", _TON, _NO),
        ("Medicinal materials and pharmaceutical products", _TON, ("30",)), ("Fertilizers", _TONS, ("31",)),
        ("Make-ups or personal care and toiletries", _TON, _NO), ("Plastics in primary forms", _TONS, ("39",)),
        ("Natural and synthetic rubber(including Latex)", _TONS, _NO), ("Wood Logs and Lumber", "10,000 CBM", ("44",)),
        ("Paper pulp", _TONS, _NO), ("Textile yarn, fabrics and articles thereof", "-", _NO),
        ("Products, of steel or iron", _TONS, ("72",)), ("Unwrought copper and copper products", _TONS, ("74",)),
        ("Mechanical and electrical products*", "-", _MACHINES), ("  Machine tools", "Set", _NO),
        ("  Automatic data processing machines and parts thereof", "-", ("8471", "8473")),
        ("  Diodes and similar semiconductors", _MANY, ("8541",)),
        ("  Electronic integrated circuits", _MANY, ("8542",)), ("  " + _CARS, "10,000 Cars", ("8703", "8704")),
        ("  Parts and accessories of vehicle", "-", ("8708",)),
        ("  Aircraft of an unladen weight exceeding 2T", "Craft", ("8802",)),
        ("  Flat panel display modules of liquid crystals", _PCS, _NO),
        ("  Medical or surgical instruments and apparatuses", "-", ("9018",)),
        ("Hi-tech products*", "-", ("85", "88", "90")),
    ),
}  # fmt: skip
"""Label with its indent, unit as printed, and the beginnings of HS codes it adds up. Wood is taken to weigh a ton a
cubic metre, a pair of shoes a kilogram. English pages print pairs in the wrong unit: 10,000 stands for hundreds of
millions.
"""
_WEIGHTS = {_TONS: 1e7, _TON: 1e3, "10,000 CBM": 1e7, "10,000 Pairs": 1e8}
_COUNTS = {_SETS: 1e4, _PCS: 1e4, _MANY: 1e8, "10,000 Autos": 1e4, "10,000 Cars": 1e4, "Ship": 1,
           "Set": 1, "Craft": 1}  # fmt: skip


def quantity_in(unit: str, kg: int, items: int) -> str:
    """A quantity as the table prints it; nothing where no unit is."""
    if unit in _WEIGHTS:
        return printed(kg / _WEIGHTS[unit], 1)
    return printed(items / _COUNTS[unit], 1) if unit in _COUNTS else "-"


HS_SECTIONS = {
    "I": (1, 5), "II": (6, 14), "III": (15, 15), "IV": (16, 24), "V": (25, 27), "VI": (28, 38), "VII": (39, 40),
    "VIII": (41, 43), "IX": (44, 46), "X": (47, 49), "XI": (50, 63), "XII": (64, 67), "XIII": (68, 70),
    "XIV": (71, 71), "XV": (72, 83), "XVI": (84, 85), "XVII": (86, 89), "XVIII": (90, 92), "XIX": (93, 93),
    "XX": (94, 96), "XXI": (97, 98),
}  # fmt: skip
"""First and last chapter of each section; customs keeps chapter 98 for goods without a class."""
LATE_FLOW, LATE_PARTNER, LATE_THOUSANDTHS = "X", 699, 4
"""The preliminary tables miss 0.4 % of exports to India; the bulletin has them. That is its revision."""


class Sums:
    """A year of China's trade in mills and kg by month, for any partners or products."""

    def __init__(self, year: int, raised: tuple[int, ...]) -> None:
        self.by_partner: dict[tuple[str, int], list[int]] = {}
        self.by_product: dict[tuple[str, str], tuple[list[int], list[int]]] = {}
        for (flow, partner, code), (mills, kg) in reported(156, year).items():
            if flow not in "XM":
                continue
            if flow == "X":
                mills = tuple(value * (100 + 5 * n) // 100 for value, n in zip(mills, raised, strict=True))
            of_partner = self.by_partner.setdefault((flow, partner), [0] * 12)
            of_product = self.by_product.setdefault((flow, code), ([0] * 12, [0] * 12))
            for month in range(12):
                of_partner[month] += mills[month]
                of_product[0][month] += mills[month]
                of_product[1][month] += kg[month]

    def partner(self, flows: str, members: Members, first: int, last: int, is_final: bool = True) -> list[int]:
        """Mills of each month from one to another with some partners, or with the world (None)."""
        months = [0] * (last + 1 - first)
        for (flow, partner), mills in self.by_partner.items():
            if flow in flows and (members is None or partner in members):
                is_late = not is_final and (flow, partner) == (LATE_FLOW, LATE_PARTNER)
                for n, value in enumerate(mills[first - 1 : last]):
                    months[n] += value - (value * LATE_THOUSANDTHS // 1000 if is_late else 0)
        return months

    def product(self, flow: str, prefixes: tuple[str, ...], first: int, last: int) -> tuple[list[int], int, int]:
        """Mills of each month, and kg and items of them together, of products whose code starts so."""
        months, kilograms, items = [0] * (last + 1 - first), 0, 0
        for (way, code), (value, kg) in self.by_product.items():
            if way == flow and code.startswith(prefixes):
                weight = sum(kg[first - 1 : last])
                months = [one + more for one, more in zip(months, value[first - 1 : last], strict=True)]
                kilograms += weight
                items += round(weight / PRODUCTS[code].kg_per_item) if PRODUCTS[code].kg_per_item else 0
        return months, kilograms, items


@lru_cache(maxsize=64)
def sums(year: int, raised: tuple[int, ...]) -> Sums:
    """The year, with each month's exports raised by 5 % per revision."""
    return Sums(year, raised)


@lru_cache(maxsize=256)
def usd_per_cny(year: int, month: int) -> float:
    """Mean rate of a month."""
    return fmean(usd_per_unit("CNY", day) for day in days(date(year, month, 1), month_end(year, month)))


def in_currency(mills: Sequence[int], currency: str, year: int, first: int) -> float:
    """Mills month by month, from month `first` on, as USD million, or as CNY 100 million at each month's mean rate."""
    if currency == "USD":
        return sum(mills) / 1e9
    return sum(value / usd_per_cny(year, month) for month, value in enumerate(mills, start=first)) / 1e11


def printed(value: float, places: int) -> str:
    """A number with thousands commas; nothing is `-`."""
    if not value:
        return "-"
    shown = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{shown:,}" if shown else "-"


def revised(old: int) -> int:
    """A figure of last year as customs prints it a year later: 0.4 % up."""
    return old * 1004 // 1000


def growth(value: float, old: float) -> str:
    """Growth in per cent against the revised base, to 0.1; `-` without a base."""
    return f"{100 * (value / (old * 1.004) - 1):.1f}" if old else "-"
