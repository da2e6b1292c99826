"""Names beside codes, for those who read rows without joining: `reporter_name` after `reporter_code`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flows.read.invented import COLUMN, marked_rows


class Name(NamedTuple):
    """A column of names: what it is called, and the dimension, its code and its name it comes from."""

    column: str
    dimension: str
    code: str
    name: str
    meaning: str


_OF_AREA = ("core.dim_area", "area_code", "area_name")
NAMES = {
    "reporter_code": Name("reporter_name", *_OF_AREA, "Name of the reporter."),
    "partner_code": Name("partner_name", *_OF_AREA, "Name of the partner."),
    "exporter_code": Name("exporter_name", *_OF_AREA, "Name of the exporter."),
    "importer_code": Name("importer_name", *_OF_AREA, "Name of the importer."),
    "product_key": Name("product_name", "core.dim_product", "product_key", "product_name", "Name of the product."),
}


def names_beside(columns: Sequence[str]) -> dict[str, Name]:
    """The names that go beside the codes among `columns`, by code; none where the table has them itself."""
    return {code: NAMES[code] for code in columns if code in NAMES and NAMES[code].column not in columns}


def named_rows(table: str, columns: Sequence[str]) -> str:
    """A relation with the rows of `table` and, after each code among its `columns`, the name of it."""
    names = names_beside(columns)
    chosen = [text for column in columns for text in (f"rows.{column}", *_name(column, names))]
    joins = [
        f"left join {name.dimension} as of_{code} on rows.{code} = of_{code}.{name.code}"
        for code, name in names.items()
    ]
    return f"(select {', '.join(chosen)} from {marked_rows(table, COLUMN in columns)} as rows {' '.join(joins)})"


def _name(column: str, names: dict[str, Name]) -> list[str]:
    return [f"of_{column}.{names[column].name} as {names[column].column}"] if column in names else []
