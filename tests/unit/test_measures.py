"""Measures of the page besides current dollars: factors by year, only where what they need is loaded."""

from __future__ import annotations

from typing import Any

import pytest

from flows.exports.site.measures import Measures, measures
from flows.exports.site.pair import Pair
from flows.read.wording.numbers import BILLIONS

PAIR = Pair(("AAA", "BBB"), ("Alpha", "Beta"))
YEARS = [{"year_number": 2020}, {"year_number": 2021}]


def rate(base: str, quote: str, year: int, value: float) -> dict[str, Any]:
    return {"base_currency_code": base, "quote_currency_code": quote, "year_number": year, "rate": value}


def macro(area: str, indicator: str, year: int, figure: float) -> dict[str, Any]:
    return {"area_code": area, "indicator_code": indicator, "year_number": year, "figure": figure}


def loaded(rates: list[dict[str, Any]], macros: list[dict[str, Any]]) -> Measures:
    return measures(lambda sql: rates if "fct_exchange_rate" in sql else macros)


def test_dollars_become_euro_and_yuan_whichever_way_the_rate_is_quoted() -> None:
    known = loaded([rate("EUR", "USD", 2020, 1.25), rate("USD", "CNY", 2020, 7.0)], [])
    dollars, euro, yuan = known.of(PAIR, YEARS, BILLIONS)
    assert "factors" not in dollars
    assert euro["factors"] == {"Alpha": {2020: 0.8}, "Beta": {2020: 0.8}}, "2021 has no rate, and no factor"
    assert (yuan["unit"], yuan["factors"]["Beta"]) == ("bn CNY", {2020: 7.0})


def test_real_dollars_are_of_the_last_year_of_the_index_and_a_head_is_one_of_the_reporter() -> None:
    deflators = [macro("USA", "NY.GDP.DEFL.ZS", 2020, 100), macro("USA", "NY.GDP.DEFL.ZS", 2021, 110)]
    persons = [macro("AAA", "population_persons", 2020, 2e9)]
    _, real, head = loaded([], deflators + persons).of(PAIR, YEARS, BILLIONS)
    assert real["unit"] == "bn USD of 2021"
    assert real["factors"]["Alpha"] == {2020: pytest.approx(1.1), 2021: 1.0}
    assert head["factors"] == {"Alpha": {2020: 0.5}, "Beta": {}}


def test_a_measure_that_reaches_no_year_shown_is_not_offered_and_said_to_be_lacking() -> None:
    known = loaded([rate("EUR", "USD", 1999, 1.1)], [])
    offered = known.of(PAIR, YEARS, BILLIONS)
    assert [measure["code"] for measure in offered] == ["usd"]
    said = known.lacking(offered)
    assert all(name in said for name in ("NY.GDP.DEFL.ZS", "SP.POP.TOTL", "euro", "yuan"))
    assert known.lacking([{"code": code} for code in ("usd", "eur", "cny", "real", "head")]) == ""
