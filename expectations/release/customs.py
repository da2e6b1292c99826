"""China's customs: names nobody lists, partners and months that do not add up.

Method: the monthly bulletin names every partner, so its partners add up to its World but for rounding; what is missing
is a name no list knows or a page misread. A new name in the preliminary tables is told and stops nothing.
"""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import Rule, error, warning

LABEL = "meta.unmapped_label"
TRADE = "core.fct_trade"
MONTH = "marts.month_from_cumulative"

_LABELS = """
select source_code, table_name, label_kind, label, currency_code, n_rows, amount, share_of_table_pct
from judged
where {condition}
order by all
"""

_SHORT_OF_WORLD = f"""
with partners as (
    select reporter_code, flow_code, period_code, sum(value_usd) as partners_usd, count(*) as n_partners
    from judged
    where source_code = 'gacc_bulletin' and product_key = 'TOTAL'
    group by all
)
select
    world.source_code, world.reporter_code, world.flow_code, world.period_code, partners.n_partners,
    partners.partners_usd, world.value_usd as world_usd,
    round(100 * (1 - partners.partners_usd / world.value_usd), 3) as missing_pct,
    world.file_id, world.line
from core.fct_trade_total as world
join core.dim_area as area on area.area_code = world.partner_code and area.area_kind = 'world'
left join partners using (reporter_code, flow_code, period_code)
where
    world.source_code = 'gacc_bulletin' and world.product_key = 'TOTAL' and world.flow_code in ('X', 'M')
    and coalesce(partners.partners_usd, 0) < {1 - thresholds.BULLETIN_MISSING} * world.value_usd
order by all
"""

RULES: list[Rule] = [
    error(
        LABEL,
        "customs_partners_listed",
        f"No partner the bulletin names and no list knows holds more than {thresholds.CUSTOMS_UNMAPPED_PCT} % of trade",
        f"China's bulletin names a partner no list knows, with over {thresholds.CUSTOMS_UNMAPPED_PCT} % of trade",
        _LABELS.format(
            condition="source_code = 'gacc_bulletin' and label_kind = 'area' "
            f"and coalesce(share_of_table_pct, 100) > {thresholds.CUSTOMS_UNMAPPED_PCT}"
        ),
        "every partner in the list of labels (seed gacc_label)",
        key="source_code, table_name, label_kind, currency_code, label",
    ),
    warning(
        LABEL,
        "customs_names_listed",
        "Every partner, commodity and unit customs names is in a code list",
        "China's customs names a partner, commodity or unit that no list knows",
        _LABELS.format(condition="true"),
        "every name in its list (seeds gacc_label, commodity_term, quantity_unit)",
        key="source_code, table_name, label_kind, currency_code, label",
    ),
    warning(
        TRADE,
        "bulletin_partners_are_world",
        f"The partners of the bulletin add up to its World within {thresholds.BULLETIN_MISSING:.1%}",
        f"The partners in China's bulletin miss its World total by more than {thresholds.BULLETIN_MISSING:.1%}",
        _SHORT_OF_WORLD,
        f"at most {thresholds.BULLETIN_MISSING:.1%} missing",
        key="source_code, reporter_code, flow_code, period_code",
    ),
    warning(
        MONTH,
        "customs_month_as_difference",
        "A month customs prints agrees with the difference of its cumulative figures within rounding",
        "A month printed by customs differs from what its cumulative figures give",
        """
        select
            source_code, partner_code, flow_code, product_key, period_code, currency_code, printed_value,
            difference_value, deviation_value, tolerance_value, file_id, line
        from judged
        where month_state = 'disagrees' and source_code in ('gacc', 'gacc_bulletin')
        order by all
        """,
        "agreement within rounding, or a revision of earlier months",
        key="source_code, partner_code, flow_code, product_key, period_code, currency_code",
    ),
]
