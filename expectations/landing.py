"""Gate G2: the rules of a contract as SQL predicates over one file whose columns are all still text.

Each rule yields the rows that break it, so a reject can be shown with file, line, column, value and reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from flows.contracts import Column, Table, code_list
from flows.contracts.relations import quote
from flows.contracts.trade_roles import Value

_LONG_LIST = 16  # codes; the engine compares a value with each of a list, and looks it up in a table
_MOST = "1e14"  # far more than anybody trades, and little enough to be added up in the decimals of the warehouse
_ROOM = "1e15"  # what a decimal of the warehouse holds
_MONEY = "decimal(18,3)"
READ_AS = {"integer": "double", "bigint": "decimal(38,6)"}
"""Types that hold what stands in a whole number's place when it is none: to cast `2019.6` to one rounds it."""


class Rule(BaseModel):
    """Rows of the parsed file for which `breaks` holds are rejected with `reason`."""

    model_config = ConfigDict(frozen=True)

    column: str
    breaks: str
    reason: str


def column_rules(column: Column, seeds: Path, labels: Mapping[str, str]) -> list[Rule]:
    """The rules of one column in a file with these labels, in the order a person would want to hear them."""
    name = column.name
    told = [(f"{name} is null", "value is missing")] if column.required else []
    told += [*_of_type(column), *_of_bounds(column, labels)]
    if column.accepted is not None:
        told.append((f"{name} not in ({_listed(column.accepted)})", f"not one of {', '.join(column.accepted)}"))
    if column.pattern is not None:
        told.append((f"not regexp_full_match({name}, {quote(column.pattern)})", f"does not match {column.pattern}"))
    if column.code_list is not None:
        codes = _listed(sorted(code_list(column.code_list, seeds)))
        told.append((f"{name} is not null and {name} not in ({codes})", f"unknown {column.code_list} code"))
    return [Rule(column=name, breaks=breaks, reason=reason) for breaks, reason in told]


def _typed(column: Column) -> str:
    return f"try_cast({column.name} as {column.data_type})"


def _of_type(column: Column) -> Iterator[tuple[str, str]]:
    """What breaks the type of a column, and why."""
    if column.data_type == "varchar":
        return
    breaks = f"{_typed(column)} is null"
    if column.data_type in READ_AS:
        breaks = f"({breaks} or {_typed(column)} <> try_cast({column.name} as {READ_AS[column.data_type]}))"
    yield (
        f"{column.name} is not null and {breaks}",
        f"not {'an' if column.data_type == 'integer' else 'a'} {column.data_type}",
    )
    if column.data_type == "double" or (column.data_type == _MONEY and column.max is None):
        yield f"not (abs({_typed(column)}) < {_MOST})", f"not a finite number below {_MOST}"


def _of_bounds(column: Column, labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What lies outside the bounds of a column or is not what the file's label says, and why."""
    if column.min is not None:
        yield f"{_typed(column)} < {_number(column.min)}", f"below the minimum {_number(column.min)}"
    if column.max is not None:
        yield f"{_typed(column)} > {_number(column.max)}", f"above the maximum {_number(column.max)}"
    if column.is_begun:
        this_year = "extract(year from now())"
        later = f"left({column.name}, 4) > cast({this_year} as varchar)"
        yield f"{_typed(column)} > {this_year}" if column.is_number else later, "a year that has not begun"
    if column.label is not None and column.label in labels:
        said = f"try_cast({quote(labels[column.label])} as {column.data_type})"
        yield f"{_typed(column)} <> {said}", f"not {labels[column.label]}, as the name of the file says"


def _number(bound: float) -> str:
    """A bound as SQL; a whole one as an integer, with which an integer is compared as it is."""
    return str(int(bound)) if bound.is_integer() and abs(bound) < 2**53 else str(bound)


def _listed(values: Sequence[str]) -> str:
    listed = ", ".join(quote(value) for value in values)
    return f"select unnest([{listed}])" if len(values) > _LONG_LIST else listed


def row_rules(table: Table, seeds: Path, labels: Mapping[str, str]) -> list[Rule]:
    """The rules each row of a file with these labels keeps by itself: of its columns, and of their worth."""
    found = [rule for column in table.columns for rule in column_rules(column, seeds, labels)]
    found += [
        Rule(column=check.column, breaks=f"not coalesce({check.holds}, true)", reason=check.reason)
        for check in table.checks
    ]
    return [*found, *(rule for value in table.all_values for rule in _of_worth(table.column(value.column), value))]


def rules(table: Table, seeds: Path, labels: Mapping[str, str]) -> list[Rule]:
    """The rules of each row of a file with these labels, with the duplicate-key rule last."""
    key = ", ".join(compared(table.column(name)) for name in table.key)
    duplicate = f"({key}) in (select ({key}) from parsed group by {key} having count(*) > 1)"
    return [
        *row_rules(table, seeds, labels),
        Rule(column=", ".join(table.key), breaks=duplicate, reason="duplicate key"),
    ]


def factor(value: Value) -> str:
    """What one unit of a column is worth in its currency, as SQL; null where no unit of money or no factor is known."""
    worth = str(value.multiplier) if value.unit_column is None else _factor_by(value.unit_column, value.units)
    if value.multiplier_column is None:
        return worth
    return f"{worth} * {_factor_by(value.multiplier_column, value.multipliers)}"


def _factor_by(column: str, factors: Mapping[str, Decimal]) -> str:
    """The factor of the text of a column, as SQL."""
    known = " ".join(f"when {quote(text.lower())} then {each}" for text, each in factors.items())
    return f"case lower(trim({column})) {known} end"


def _of_worth(column: Column, value: Value) -> Iterator[Rule]:
    """Values that no decimal of the warehouse holds once they are in units of their currency."""
    most = column.max if column.max is not None else float(_MOST) if column.data_type == _MONEY else None
    if column.is_number and (most is None or most * float(value.largest_worth) > float(_ROOM)):
        breaks = f"not (abs(try_cast({column.name} as double) * {factor(value)}) < {_ROOM})"
        yield Rule(column=column.name, breaks=breaks, reason=f"not less than {_ROOM} in its currency")


def compared(column: Column) -> str:
    """A column of the key, alike where it says the same: 0 and 0.0, a code with and without its leading zeros, a total
    spelt out and left empty.
    """
    spelt = _spelt_alike(column)
    if not column.total:
        return spelt
    return f"case when {spelt} in ('', {', '.join(map(quote, column.total))}) then '' else {spelt} end"


def _spelt_alike(column: Column) -> str:
    if column.data_type in READ_AS:
        whole, as_read = (
            f"try_cast({column.name} as {kind})" for kind in (column.data_type, READ_AS[column.data_type])
        )
        return f"coalesce(case when {whole} = {as_read} then cast({whole} as varchar) end, {column.name}, '')"
    if column.digits is not None:
        n_digits = f"cast(greatest(length({column.name}), {digits_of(column)}) as integer)"
        return f"upper(lpad(coalesce({column.name}, ''), {n_digits}, '0'))"
    return f"coalesce({column.name}, '')"


def digits_of(column: Column) -> str:
    """How many digits a code has, as SQL: a number, or what another column says."""
    return f"coalesce(try_cast({column.digits} as integer), 0)"
