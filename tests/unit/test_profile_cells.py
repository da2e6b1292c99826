"""Cells of the tables of a profile: the unit their amounts are in."""

from __future__ import annotations

from typing import Any

import pytest

from flows.cli.profile_cells import amount, of_year, unit_of
from flows.read.wording.numbers import BILLIONS


def _of_two(item: str, value: int | None, value_min: int | None = None) -> dict[str, Any]:
    return {"item": item, "value": value, "value_min": value_min, "basis_code": "own", "reason_code": None}


@pytest.mark.parametrize(
    ("amounts_usd", "unit", "said"),
    [
        ([56, None], "thousands of US dollars", "0.06 "),
        ([1_234_000, 56], "millions of US dollars", "1.23 "),
        ([2_124_999_600], "billions of US dollars", "2.12 "),
    ],
)
def test_a_profile_shows_amounts_in_a_unit_one_of_them_reaches(
    amounts_usd: list[int | None], unit: str, said: str
) -> None:
    figures = [_of_two("exports_usd", value) for value in amounts_usd]
    money = unit_of([*figures, _of_two("growth_pct", 5_000_000_000)])
    assert (money.unit, amount(figures[0], money).plain) == (unit, said)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"turnover_usd": 12_100_000_000}, ["not split", "not split", "", "12.10 "]),
        ({"imports_usd": 7_000_000_000}, ["no report", "7.00 ", "", "no total"]),
        ({}, ["no report", "no report", "", "no report"]),
    ],
)
def test_a_year_has_no_report_only_where_nothing_of_it_is_known(known: dict[str, int], said: list[str]) -> None:
    names = ("exports", "imports", "balance", "turnover")
    items = {f"{name}_usd": _of_two(f"{name}_usd", known.get(f"{name}_usd")) for name in names}
    assert [of_year(name, items, BILLIONS).plain for name in names] == said


def test_figures_of_two_reports_and_those_without_a_rate_say_so() -> None:
    items = {
        "exports_usd": _of_two("exports_usd", None) | {"reason_code": "no_rate"},
        "balance_usd": _of_two("balance_usd", None) | {"reason_code": "two_reports"},
        "turnover_usd": _of_two("turnover_usd", None),
    }
    said = [of_year(name, items, BILLIONS).plain for name in ("exports", "balance", "turnover")]
    assert said == ["no rate", "mixed", "no total"]


def test_a_floor_counts_for_the_unit_of_a_table() -> None:
    assert unit_of([_of_two("turnover_usd", None, 3_000_000)]).short == "m USD"
