"""The figures of China's customs tables: sums over blocs, regions and commodity groups, and how they are printed."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from statistics import fmean

from tests.standin.economy import AREAS_NES
from tests.standin.rates import days, month_end, usd_per_unit
from tests.standin.world import reported

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
REGIONS: tuple[tuple[str, Members], ...] = (
    ("TOTAL", None), ("ASIA:", (156, 344, 699, 398, 704, 490)), ("China", (156,)), ("Hong Kong, China", (344,)),
    ("India", (699,)), ("Japan", _NONE), ("Kazakhstan", (398,)), ("Taiwan, China", (490,)), ("Viet Nam", (704,)),
    ("EUROPE:", (276, 251, 528, 757, 643)), ("France", (251,)), ("Germany", (276,)), ("Netherlands", (528,)),
    ("Russia", (643,)), ("Switzerland", (757,)), ("NORTH AMERICA:", (842,)), ("United States", (842,)),
    ("Countries(reg.)unknown", (AREAS_NES,)), ("European Union", (276, 251, 528)),
)  # fmt: skip
_MACHINES = ("84", "85", "87", "88", "90")
COMMODITIES: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "X": (
        ("Steel products", "10,000 Tons", ("72",)), ("Unwrought aluminium", "10,000 Tons", ("76",)),
        ("Garments & clothing accessories", "-", ("61", "62")), ("Footwear", "10,000 Tons", ("64",)),
        ("Furniture & parts thereof", "-", ("94",)), ("Toys", "-", ("95",)),
        ("Automatic data processing equipment & parts thereof", "-", ("8471", "8473")),
        ("Mechanical and electrical products*", "-", _MACHINES), ("High-tech products*", "-", ("85", "88", "90")),
    ),
    "M": (
        ("Soybeans", "10,000 Tons", ("1201",)), ("Meat", "10,000 Tons", ("02",)), ("Iron ores", "10,000 Tons", ("26",)),
        ("Coal and lignite", "10,000 Tons", ("2701",)), ("Crude petroleum oils", "10,000 Tons", ("2709",)),
        ("Refined petroleum products", "10,000 Tons", ("2710",)), ("Natural gases", "10,000 Tons", ("2711",)),
        ("Logs and sawn timber*", "10,000 Tons", ("44",)), ("Mechanical and electrical products*", "-", _MACHINES),
        ("High-tech products*", "-", ("85", "88", "90")),
    ),
}  # fmt: skip


class Sums:
    """A year of China's trade in mills and kg by month, for any partners or products."""

    def __init__(self, year: int, raised: tuple[int, ...]) -> None:
        self.cells = {}
        for key, (mills, kg) in reported(156, year).items():
            if key[0] == "X":
                mills = tuple(value * (100 + 5 * n) // 100 for value, n in zip(mills, raised, strict=True))
            if key[0] in "XM":
                self.cells[key] = (mills, kg)

    def partner(self, flow: str, members: Members, first: int, last: int) -> int:
        """Mills from one month to another with some partners, or with the world (None)."""
        return sum(
            sum(mills[first - 1 : last])
            for (way, partner, _), (mills, _) in self.cells.items()
            if way == flow and (members is None or partner in members)
        )

    def product(self, flow: str, prefixes: tuple[str, ...], first: int, last: int) -> tuple[int, int]:
        """Mills and kg of products whose code starts so."""
        found = [cell for (way, _, code), cell in self.cells.items() if way == flow and code.startswith(prefixes)]
        span = slice(first - 1, last)
        return sum(sum(mills[span]) for mills, _ in found), sum(sum(kg[span]) for _, kg in found)


@lru_cache(maxsize=64)
def sums(year: int, raised: tuple[int, ...]) -> Sums:
    """The year, with each month's exports raised by 5 % per revision."""
    return Sums(year, raised)


@lru_cache(maxsize=256)
def usd_per_cny(year: int, month: int) -> float:
    """Mean rate of a month."""
    return fmean(usd_per_unit("CNY", day) for day in days(date(year, month, 1), month_end(year, month)))


def in_currency(mills: int, currency: str, year: int, month: int) -> float:
    """Mills as USD million, or as CNY 100 million at the mean rate of the last month."""
    usd = mills / 1000
    return usd / 1e6 if currency == "USD" else usd / usd_per_cny(year, month) / 1e8


def printed(value: float, places: int) -> str:
    """A number with thousands commas; nothing is `-`."""
    if not value:
        return "-"
    return f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def growth(value: int, old: int) -> str:
    """Growth in per cent against a base revised up by 0.4 %, to 0.1; `-` without a base."""
    return f"{100 * (value / (old * 1.004) - 1):.1f}" if old else "-"
