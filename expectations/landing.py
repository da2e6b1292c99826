"""Gate G2: the rules of a contract as SQL predicates over one file whose columns are all still text.

Each rule yields the rows that break it, so a reject can be shown with file, line, column, value and reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from flows.contracts import Column, Table, code_list
from flows.contracts.relations import quote

_LONG_LIST = 16  # codes; the engine compares a value with each of a list, and looks it up in a table


class Rule(BaseModel):
    """Rows of the parsed file for which `breaks` holds are rejected with `reason`."""

    model_config = ConfigDict(frozen=True)

    column: str
    breaks: str
    reason: str


def column_rules(column: Column, seeds: Path) -> list[Rule]:
    """The rules of one column, in the order a person would want to hear them."""
    name, typed = column.name, f"try_cast({column.name} as {column.data_type})"
    rules: list[Rule] = []

    def add(breaks: str, reason: str) -> None:
        rules.append(Rule(column=name, breaks=breaks, reason=reason))

    if column.required:
        add(f"{name} is null", "value is missing")
    if column.data_type != "varchar":
        add(f"{name} is not null and {typed} is null", f"not a {column.data_type}")
    if column.min is not None:
        add(f"{typed} < {_number(column.min)}", f"below the minimum {column.min:g}")
    if column.max is not None:
        add(f"{typed} > {_number(column.max)}", f"above the maximum {column.max:g}")
    if column.accepted is not None:
        add(f"{name} not in ({_listed(column.accepted)})", f"not one of {', '.join(column.accepted)}")
    if column.pattern is not None:
        add(f"not regexp_full_match({name}, {quote(column.pattern)})", f"does not match {column.pattern}")
    if column.code_list is not None:
        codes = _listed(sorted(code_list(column.code_list, seeds)))
        add(f"{name} is not null and {name} not in ({codes})", f"unknown {column.code_list} code")
    return rules


def _number(bound: float) -> str:
    """A bound as SQL; a whole one as an integer, with which an integer is compared as it is."""
    return str(int(bound)) if bound.is_integer() and abs(bound) < 2**53 else str(bound)


def _listed(values: Sequence[str]) -> str:
    listed = ", ".join(quote(value) for value in values)
    return f"select unnest([{listed}])" if len(values) > _LONG_LIST else listed


def rules(table: Table, seeds: Path) -> list[Rule]:
    """All column rules of a table, with the duplicate-key rule last."""
    found = [rule for column in table.columns for rule in column_rules(column, seeds)]
    key = ", ".join(f"coalesce({name}, '')" for name in table.key)
    duplicate = f"({key}) in (select ({key}) from parsed group by {key} having count(*) > 1)"
    return [*found, Rule(column=", ".join(table.key), breaks=duplicate, reason="duplicate key")]
