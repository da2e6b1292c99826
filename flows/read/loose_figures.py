"""Figures of a pair of which no whole year is known: goods without a total, or some months of a year."""

from __future__ import annotations

from typing import Any

from flows.contracts.relations import CELLS
from flows.read.wording.numbers import words

# Every cell in dollars by unordered pair; to be grouped by both codes.
_CELLS = f"""
select
    least(cell.reporter_code, cell.partner_code) as first_code,
    greatest(cell.reporter_code, cell.partner_code) as second_code,
    min(period.year_number) as first_year,
    max(period.year_number) as last_year,
    bool_or(cell.product_key <> 'TOTAL') as has_goods,
    bool_or(period.freq_code <> 'A') as has_months
from {CELLS} as cell
inner join core.dim_period as period on cell.period_code = period.period_code
where cell.value_usd is not null and {{which}}
group by all
"""

OF_PAIR = _CELLS.format(
    which="((cell.reporter_code = $one and cell.partner_code = $other) "
    "or (cell.reporter_code = $other and cell.partner_code = $one))"
)
# One row per pair of economies or groups that is not in the temporary table known_pair.
OF_PAIRS_WITHOUT_A_YEAR = f"""
select found.*
from ({
    _CELLS.format(
        which="(least(cell.reporter_code, cell.partner_code), greatest(cell.reporter_code, cell.partner_code)) "
        "not in (select (first_code, second_code) from known_pair)"
    )
}) as found
inner join core.dim_area as one on found.first_code = one.area_code
inner join core.dim_area as other on found.second_code = other.area_code
where one.area_kind in ('economy', 'group') and other.area_kind in ('economy', 'group')
order by found.first_code, found.second_code
"""


def loose(row: dict[str, Any]) -> str:
    """What a row says, within a sentence: `figures of goods and of months for 2019 to 2021`."""
    kinds = [f"of {kind}" for kind in ("goods", "months") if row[f"has_{kind}"]]
    years = " to ".join(str(year) for year in sorted({row["first_year"], row["last_year"]}))
    return f"figures {words(kinds)} for {years}" if kinds else f"estimates of {years}"
