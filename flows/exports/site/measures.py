"""Other measures of a value in current dollars: euro, yuan, real dollars, per inhabitant; as factors by year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flows.exports.site.pair import Pair
from flows.exports.site.parts import Row
from flows.read.wording.numbers import Money, words

DEFLATOR, POPULATION = "NY.GDP.DEFL.ZS", "SP.POP.TOTL"  # as the World Bank names them

_RATES = """
select base_currency_code, quote_currency_code, period_code::integer as year_number, rate, publication_id
from core.fct_exchange_rate
where
    is_chosen and rate_basis = 'period_average' and regexp_full_match(period_code, '[0-9]{4}')
    and (base_currency_code, quote_currency_code) in (('EUR', 'USD'), ('USD', 'EUR'), ('USD', 'CNY'), ('CNY', 'USD'))
order by year_number
"""
_MACRO = f"""
select
    area_code, indicator_code, period_code::integer as year_number,
    coalesce(value_persons, value_in_own_unit) as figure
from core.fct_macro
where
    regexp_full_match(period_code, '[0-9]{{4}}') and coalesce(value_persons, value_in_own_unit) > 0
    and (indicator_code = 'population_persons' or (indicator_code = '{DEFLATOR}' and area_code = 'USA'))
order by year_number
"""
_CURRENCIES = {"EUR": ("eur", "euro"), "CNY": ("cny", "yuan")}
Factors = dict[int, float]


@dataclass(frozen=True)
class Measures:
    """What a release knows to restate dollars by. Factors are by year; persons by economy and year."""

    per_dollar: dict[str, Factors]
    deflators: Factors
    persons: dict[str, Factors]

    def of(self, pair: Pair, years: list[Row], money: Money) -> list[dict[str, Any]]:
        """The measures that a chart of `years` can be shown in, dollars first; each with factors by reporter and year.

        A factor turns the value drawn, which is in the unit of `money`, into the measure.
        """
        usd = {"code": "usd", "label": "current US dollars", "unit": money.short, "unit_in_full": money.unit}
        shown = sorted({row["year_number"] for row in years})
        found = [_exchanged(currency, self.per_dollar.get(currency, {}), money) for currency in _CURRENCIES]
        found += [self._real(money), self._per_head(pair, money)]
        return [usd, *(_for_years(measure, pair, shown) for measure in found if measure and _reaches(measure, shown))]

    def lacking(self, measures: list[dict[str, Any]]) -> str:
        """What is not loaded, and what would bring it; empty where nothing is missing."""
        known = {measure["code"] for measure in measures}
        absent = [f"US prices for real dollars (World Bank, {DEFLATOR})"] if "real" not in known else []
        absent += [f"population for dollars per inhabitant (World Bank, {POPULATION})"] if "head" not in known else []
        absent += [f"yearly rates of the {name} (ECB)" for code, name in _CURRENCIES.values() if code not in known]
        return f"Not loaded: {words(absent)}." if absent else ""

    def _real(self, money: Money) -> dict[str, Any] | None:
        if not self.deflators:
            return None
        base = max(self.deflators)
        factors = {year: self.deflators[base] / index for year, index in self.deflators.items()}
        unit = f"{money.short} of {base}"
        told = f"Deflated by the price index of the gross domestic product of the United States; {base} prices."
        label, in_full = f"US dollars of {base}", f"{money.unit} of {base}"
        return {"code": "real", "label": label, "unit": unit, "unit_in_full": in_full, "told": told, "every": factors}

    def _per_head(self, pair: Pair, money: Money) -> dict[str, Any] | None:
        by_reporter = {
            pair.name(code): {year: money.divisor / persons for year, persons in self.persons.get(code, {}).items()}
            for code in pair.codes
        }
        if not any(by_reporter.values()):
            return None
        told = "Per inhabitant of the reporter, by the population of each year (World Bank)."
        unit, in_full = "USD per inhabitant", "US dollars per inhabitant"
        return {
            "code": "head",
            "label": in_full,
            "unit": unit,
            "unit_in_full": in_full,
            "told": told,
            "each": by_reporter,
        }


def measures(rows: Callable[[str], list[Row]]) -> Measures:
    """The rates, price index and populations of a release, as far as loaded."""
    per_dollar: dict[str, Factors] = defaultdict(dict)
    for row in rows(_RATES):
        base, quote, rate = row["base_currency_code"], row["quote_currency_code"], float(row["rate"])
        per_dollar[quote if base == "USD" else base][row["year_number"]] = rate if base == "USD" else 1 / rate
    deflators: Factors = {}
    persons: dict[str, Factors] = defaultdict(dict)
    for row in rows(_MACRO):
        kept = deflators if row["indicator_code"] == DEFLATOR else persons[row["area_code"]]
        kept[row["year_number"]] = float(row["figure"])
    return Measures(dict(per_dollar), deflators, dict(persons))


def _exchanged(currency: str, factors: Factors, money: Money) -> dict[str, Any] | None:
    if not factors:
        return None
    code, name = _CURRENCIES[currency]
    told = f"Dollars turned into {name} at the average rate of each year."
    unit, in_full = money.short.replace("USD", currency), money.unit.replace("US dollars", name)
    return {"code": code, "label": name, "unit": unit, "unit_in_full": in_full, "told": told, "every": factors}


def _reaches(measure: dict[str, Any], shown: list[int]) -> bool:
    """Whether any year that is shown has a factor."""
    known = set(measure.get("every", {})).union(*measure.get("each", {}).values())
    return bool(known.intersection(shown))


def _for_years(measure: dict[str, Any], pair: Pair, shown: list[int]) -> dict[str, Any]:
    """`measure` with factors for the years shown alone, by reporter, to six digits."""
    every, each = measure.pop("every", {}), measure.pop("each", {})
    factors = {
        name: {year: float(f"{found[year]:.6g}") for year in shown if year in found}
        for name, found in ((name, each.get(name, every)) for name in pair.names)
    }
    return {**measure, "factors": factors}
