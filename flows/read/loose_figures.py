"""Figures of a pair of which no whole year is known: goods without a total, or some months of a year."""

from __future__ import annotations

from typing import Any

from flows.contracts.relations import CELLS
from flows.read.wording.numbers import words

_OF_CELLS = """
    min(period.year_number) as first_year,
    max(period.year_number) as last_year,
    bool_or(cell.product_key <> 'TOTAL') as has_goods,
    bool_or(period.freq_code <> 'A') as has_months
"""

# One row for a pair.
OF_PAIR = f"""
select least($one, $other) as first_code, greatest($one, $other) as second_code, {_OF_CELLS}
from {CELLS} as cell
inner join core.dim_period as period on cell.period_code = period.period_code
where
    cell.value_usd is not null
    and (
        (cell.reporter_code = $one and cell.partner_code = $other)
        or (cell.reporter_code = $other and cell.partner_code = $one)
    )
having count(*) > 0
"""

# One row per pair of economies or groups that is not in the temporary table known_pair. Nearly all pairs are: which are
# not is asked of the codes alone, where they are stored, and nothing else is read of the cells of the others.
OF_PAIRS_WITHOUT_A_YEAR = f"""
with way as (
    select
        reporter_code,
        partner_code,
        least(reporter_code, partner_code) as first_code,
        greatest(reporter_code, partner_code) as second_code
    from (select distinct reporter_code, partner_code from core.trade_cell)
),
without_a_year as materialized (
    select way.*
    from way
    anti join known_pair using (first_code, second_code)
    inner join core.dim_area as one on way.first_code = one.area_code
    inner join core.dim_area as other on way.second_code = other.area_code
    where one.area_kind in ('economy', 'group') and other.area_kind in ('economy', 'group')
)
select without_a_year.first_code, without_a_year.second_code, {_OF_CELLS}
from core.trade_cell as cell
inner join without_a_year using (reporter_code, partner_code)
inner join core.dim_period as period on cell.period_code = period.period_code
where cell.value_usd is not null
group by all
order by all
"""


def loose(row: dict[str, Any]) -> str:
    """What a row says, within a sentence: `figures of goods and of months for 2019 to 2021`."""
    kinds = [f"of {kind}" for kind in ("goods", "months") if row[f"has_{kind}"]]
    between = " and " if row["last_year"] - row["first_year"] == 1 else " to "
    years = between.join(str(year) for year in sorted({row["first_year"], row["last_year"]}))
    return f"figures {words(kinds)} for {years}" if kinds else f"estimates of {years}"
