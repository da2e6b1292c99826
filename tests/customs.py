"""What the stand-in prints in the tables of China's customs, figure by figure, as landing and core must have it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from standin.gacc import MISPRINTS
from standin.world import World

SOURCES = ["gacc", "gacc_bulletin"]
SPANS = ("month", "cumulative")
OF_COUNTRY = [f"{flow}_{span}" for flow in ("total", "exports", "imports") for span in SPANS]
COLUMNS = {
    "gacc__preliminary_country": [*OF_COUNTRY, "yoy_total_pct", "yoy_exports_pct", "yoy_imports_pct"],
    "gacc__preliminary_commodity": [
        *(f"{what}_{span}" for span in (*SPANS, "cumulative_before") for what in ("quantity", "value")),
        "yoy_quantity_pct", "yoy_value_pct",
    ],
    "gacc_bulletin__country": [*OF_COUNTRY, "yoy_total_pct", "yoy_exports_pct", "yoy_imports_pct"],
    "gacc_bulletin__division": [
        *(f"{flow}_{span}" for flow in ("exports", "imports") for span in SPANS), "yoy_exports_pct", "yoy_imports_pct",
    ],
}  # fmt: skip
"""Figures of each landed table in the order in which they are printed."""
FLOWS = {"total": "T", "exports": "X", "imports": "M"}
BROKEN = "2024-06 4 USD"
"""The page whose title and unit name two currencies, once it is misprinted."""


def misprint(world: World) -> None:
    """Print every table wrongly that China's customs ever did."""
    for period in MISPRINTS:
        world.misprint("gacc", "156", period)


def page_of(table: str, record: dict[str, Any]) -> str:
    """The name under which the stand-in knows the page of a landed record."""
    release, kind = table.split("__")
    section = {"X": 5, "M": 6}.get(record.get("flow_code", ""), 2 if (release, kind) == (SOURCES[1], "country") else 4)
    return f"{record['period_end']:%Y-%m} {section} {record['currency_code'] if release == 'gacc' else 'bulletin'}"


def figures_of(table: str, cells: list[str]) -> dict[str, Decimal | None]:
    """Printed cells as figures by column; nothing where the page has no month."""
    if table == "gacc__preliminary_commodity":
        cells = cells[1:] if cells[-1] else cells[:-1]  # the page that lost its units has a blank at the end
    figures = iter(None if cell == "-" else Decimal(cell.replace(",", "")) for cell in cells)
    without_month = len(cells) < len(COLUMNS[table])
    return {name: None if without_month and name.endswith("_month") else next(figures) for name in COLUMNS[table]}


def tables_of(pages: dict[str, Any], year: int) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Table, year and month, section and what is printed, of every page of a year that can be read; the stand-in's
    truth about pages is `pages`. Of the preliminary release only the dollars."""
    for name, page in pages.items():
        month, section, currency = name.split()
        if not name.startswith(str(year)) or currency == "CNY" or name == BROKEN:
            continue
        release = "gacc_bulletin" if currency == "bulletin" else "gacc"
        kind = {"gacc4": "preliminary_country", "gacc5": "preliminary_commodity", "gacc6": "preliminary_commodity",
                "gacc_bulletin2": "country", "gacc_bulletin4": "division"}[f"{release}{section}"]  # fmt: skip
        yield f"{release}__{kind}", month, section, page


def period_of(month: str, span: str) -> str:
    """Code of the period of a figure printed in a table of that year and month."""
    year, number = month.split("-")
    if span == "month" or number == "01":
        return f"{year}-M{number}"
    return year if number == "12" else f"{year}-YTD{number}"
