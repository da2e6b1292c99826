"""Which columns of a table say who traded what with whom: the `trade` block of a contract.

A table whose contract has this block, of a publisher or your own, comes into core.fct_trade through the models of
`own`, with no model of its own. Words of a column may be given their codes under `values`; what no code system knows is
counted, not guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

AreaCodes = Literal["iso3", "iso2", "m49", "comtrade", "baci", "comext", "name"]
Classification = Literal["HS", "H0", "H1", "H2", "H3", "H4", "H5", "H6"]
Frequency = Literal["A", "Q", "M"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Said(_Frozen):
    """Something said by a column, or the same for the whole table; `values` turns words of the column into codes."""

    model_config = ConfigDict(coerce_numbers_to_str=True)  # a flow may be coded 1 and 2

    column: str | None = None
    constant: str | None = None
    values: dict[str, str] = {}

    @model_validator(mode="after")
    def _one_of_both(self) -> _Said:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either a column or a constant")
        return self


class Area(_Said):
    """Reporter or partner, in one code system; a constant is an ISO 3166 alpha-3 code, WLD for the World."""

    codes: AreaCodes = "iso3"


class Flow(_Said):
    """Trade flow: X exports, M imports, or another code of the flow list; `-` where a row holds a quantity instead."""


class Product(_Said):
    """HS code or TOTAL. Words under `total` mean all products; `digits` restores the zeros a spreadsheet took."""

    classification: Classification = "HS"
    total: tuple[str, ...] = ("TOTAL",)
    digits: int | None = None


class Period(_Frozen):
    """The period, by one column in one of `layouts`, or by a year column and a month column.

    A layout shows where the year (YYYY), the month (MM, or Mon for its first three English letters), the quarter (q)
    and the day (DD) stand: `YYYY-MM`, `YYYYMM`, `DD.MM.YYYY`, `YYYY-Qq`, `YYYY-MMM` for 2021-M05. `frequency` says
    what a date stands for where that is not the finest part of the layout (a day always stands for its month).
    `is_cumulative` where a figure counts from January to the end of the month or quarter it stands beside.
    """

    column: str | None = None
    layouts: tuple[str, ...] = ("YYYY",)
    year: str | None = None
    month: str | None = None
    frequency: Frequency | None = None
    is_cumulative: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Period:
        if (self.column is None) == (self.year is None) or (self.month is not None and self.year is None):
            raise ValueError("give either a column, or a year column with or without a month column")
        for layout in self.layouts:
            if "YYYY" not in layout:
                raise ValueError(f"the period layout {layout!r} has no YYYY")
            if odd := _odd_part(layout):
                raise ValueError(f"the period layout {layout!r} has {odd!r}; write YYYY, MM, Mon, q (as in Qq) or DD")
        return self


def _odd_part(layout: str) -> str | None:
    """Letters of a layout that look like a place of the year, month, quarter or day and are none: Q, mm, YY."""
    left = re.sub(r"YYYY|Mon|MMM|MM|DD|Qq|q", " ", layout)
    found = re.search(r"(?<![^\W\d_])[YMDQymdq]+(?![^\W\d_])", left)
    return found[0] if found else None


class Value(_Frozen):
    """A column of values: their currency and what one unit of them is worth; `flow` where the column has only one.

    `currency_column` names the currency (ISO 4217) where each row has its own; `currency` counts where it is empty.
    `unit_column` names the unit where each row has its own: `units` says what one is worth in the currency, and rows in
    any other unit are quantities, no values.
    `multiplier_column` says how many of these a figure counts where each row has its own scale, such as UNIT_MULT:
    `multipliers` gives the factor of each of its texts. A row with any other text has no value.
    """

    column: str
    flow: str | None = None
    currency: str = "USD"
    currency_column: str | None = None
    multiplier: Decimal = Decimal(1)
    unit_column: str | None = None
    units: dict[str, Decimal] = {}
    multiplier_column: str | None = None
    multipliers: dict[str, Decimal] = {}

    @property
    def columns_beside(self) -> tuple[str | None, ...]:
        """Columns that say of each row what its figure is."""
        return (self.currency_column, self.unit_column, self.multiplier_column)

    @property
    def largest_worth(self) -> Decimal:
        """The most that one unit of the column is worth in any row."""
        return max((self.multiplier, *self.units.values())) * max((Decimal(1), *self.multipliers.values()))

    @model_validator(mode="after")
    def _multipliers_are_said(self) -> Value:
        if (self.multiplier_column is None) != (not self.multipliers):
            raise ValueError("give a multiplier_column and its multipliers, or neither")
        if any(factor <= 0 for factor in self.multipliers.values()):
            raise ValueError("a multiplier is greater than 0")
        return self

    @field_validator("multiplier")
    @classmethod
    def _positive(cls, value: Decimal) -> Decimal:
        if value <= 0:
            raise ValueError("a multiplier is greater than 0")
        return value


class Weight(_Frozen):
    """Net weight: what one unit of the column weighs in kilograms."""

    column: str
    kg_per_unit: Decimal = Decimal(1)


class Quantity(_Frozen):
    """Quantity in the unit of a column, or in one unit, as the seed quantity_unit calls it."""

    column: str
    unit: str | None = None
    unit_column: str | None = None


class TradeRoles(_Frozen):
    """How the records of a table are read as trade."""

    reporter: Area
    partner: Area
    flow: Flow | None = None
    product: Product = Product(constant="TOTAL")
    period: Period
    values: tuple[Value, ...]
    weight: Weight | None = None
    quantity: Quantity | None = None
    coverage: Literal["complete", "selected", "download"] = "selected"

    @model_validator(mode="after")
    def _flow_is_known(self) -> TradeRoles:
        if not self.values:
            raise ValueError("no column holds the values")
        if any((value.flow is None) == (self.flow is None) for value in self.values):
            raise ValueError("say the flow once: for the table under `flow`, or for each column of values")
        return self

    @property
    def columns(self) -> set[str]:
        """Every column a role stands on."""
        said = (self.reporter, self.partner, self.product, *filter(None, (self.flow,)))
        named = {part.column for part in said} | {self.period.column, self.period.year, self.period.month}
        named |= {value.column for value in self.values}
        named |= {column for value in self.values for column in value.columns_beside}
        if self.weight:
            named.add(self.weight.column)
        if self.quantity:
            named |= {self.quantity.column, self.quantity.unit_column}
        return {name for name in named if name}
