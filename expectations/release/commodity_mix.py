"""marts.commodity_mix: what is traded, against the flow it is part of and against prices anyone can look up.

Method: a part is no larger than its whole (2 % for rounding). The unit-value band is that of a quantity check
(UN Comtrade's standard unit values; Eurostat's outlier detection), wide enough for any market since 1990 and
narrow enough to catch thousands of tonnes read as millions.
"""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import Rule, error, warning

TABLE = "marts.commodity_mix"

_KEY = "reporter_code, partner_code, flow_code, period_code, commodity_group_code, source_code"

_BANDS = ", ".join(f"('{group}', {low}, {high})" for group, (low, high) in thresholds.PRICE_BANDS_USD_PER_TONNE.items())

_PRICE = f"""
with band (commodity_group_code, lowest, highest) as (values {_BANDS}),
unit (quantity_unit_code, tonnes) as (values ('kg', 0.001), ('t', 1), ('kt', 1000), ('Mt', 1000000))
select
    {_KEY}, value_usd, quantity, quantity_unit_code,
    round(value_usd / (quantity * tonnes), 1) as usd_per_tonne, lowest, highest, publication_id, file_id, line
from judged as mix
join band using (commodity_group_code)
join unit using (quantity_unit_code)
where quantity > 0 and value_usd / (quantity * tonnes) not between lowest and highest
order by all
"""

RULES: list[Rule] = [
    error(
        TABLE,
        "mix_not_negative",
        "Values and quantities of a commodity are finite and not negative",
        "A value or quantity of a commodity is negative or not a number",
        f"""
        select {_KEY}, value_usd, value_cny, quantity, publication_id, file_id, line
        from judged
        where least(value_usd, value_cny, quantity) < 0 or not isfinite(quantity)
        order by all
        """,
        "finite values of 0 or more",
        key=f"{_KEY}, publication_id",
    ),
    error(
        TABLE,
        "mix_within_flow",
        "No commodity is a larger part of its flow than the whole",
        "A commodity is larger than the whole flow it is part of",
        f"""
        select {_KEY}, value_usd, flow_usd, share_of_flow_pct, publication_id, file_id, line
        from judged
        where
            share_of_flow_pct not between 0 and {thresholds.PART_CEILING_PCT}
            and flow_source_code is not distinct from source_code
        order by all
        """,
        f"0 to {thresholds.PART_CEILING_PCT} % of the flow",
        key=f"{_KEY}, publication_id",
    ),
    # two statistics of one flow differ, so a part of the one may be more than the whole of the other
    warning(
        TABLE,
        "mix_within_flow_of_another_source",
        "No commodity is a larger part of a flow that another source reports than the whole",
        "A commodity is larger than the whole flow as another source reports it",
        f"""
        select {_KEY}, value_usd, flow_usd, flow_source_code, share_of_flow_pct, publication_id, file_id, line
        from judged
        where
            share_of_flow_pct not between 0 and {thresholds.PART_CEILING_PCT}
            and flow_source_code is distinct from source_code
        order by all
        """,
        f"0 to {thresholds.PART_CEILING_PCT} % of the flow",
        key=f"{_KEY}, publication_id",
    ),
    error(
        TABLE,
        "mix_unit_value_in_band",
        "The price per tonne that value and quantity imply is one the world market has seen",
        "Value and quantity give a price per tonne that the world market has never seen",
        _PRICE,
        "a price within the band of the commodity",
        key=f"{_KEY}, publication_id",
    ),
    warning(
        TABLE,
        "mix_share_as_printed",
        "A printed share of exports or imports is within 5 points of the share computed",
        "A printed share of exports or imports is more than 5 points off the computed one",
        f"""
        select {_KEY}, share_of_flow_pct, share_published_pct, share_of, publication_id, file_id, line
        from judged
        where
            (
                (flow_code = 'M' and share_of ilike '%imports from%')
                or (flow_code = 'X' and share_of ilike '%exports to%')
            )
            and abs(share_published_pct - share_of_flow_pct) > {thresholds.PRINTED_SHARE_POINTS}
        order by all
        """,
        "a difference of at most 5 points",
        key=f"{_KEY}, publication_id",
    ),
]
