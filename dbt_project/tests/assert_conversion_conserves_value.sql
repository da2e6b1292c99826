-- Converting to any revision keeps the value of each source, reporter, partner, flow and period, to a thousandth of a
-- dollar for each part a cell was split into; what is in the revision already stays exactly as it is.
-- Asked of the last period of each source and revision, which is enough: weights do not depend on the period.
with
    latest as (

        select trade.*
        from {{ ref('fct_trade') }} as trade
        inner join
            (
                select source_code, left(product_key, 3) as hs_prefix, max(period_code) as period_code
                from {{ ref('fct_trade') }}
                group by source_code, left(product_key, 3)
            ) as last
            on trade.source_code = last.source_code
            and left(trade.product_key, 3) = last.hs_prefix
            and trade.period_code = last.period_code

    ),

    before as (

        select source_code, reporter_code, partner_code, flow_code, period_code, sum(value_usd) as value_usd
        from latest
        group by source_code, reporter_code, partner_code, flow_code, period_code

    ),

    {% for number in range(7) %}
        converted_{{ number }} as ({{ trade_in_revision('latest', "'H" ~ number ~ "'") }}),
    {% endfor %}

    after as (

        {% for number in range(7) %}
            select
                'H{{ number }}' as hs_revision,
                source_code,
                reporter_code,
                partner_code,
                flow_code,
                period_code,
                sum(value_usd) as value_usd,
                count(*) as n_parts,
                sum(
                    case
                        when conversion_state = 'same_revision' and product_key <> reported_product_key then 1 else 0
                    end
                ) as n_altered
            from converted_{{ number }}
            group by all {{ 'union all' if not loop.last }}
        {% endfor %}

    )

select after.*, before.value_usd as value_before_usd
from after
inner join
    before
    on after.source_code = before.source_code
    and after.reporter_code = before.reporter_code
    and after.partner_code = before.partner_code
    and after.flow_code = before.flow_code
    and after.period_code = before.period_code
where abs(after.value_usd - before.value_usd) > 0.001 * after.n_parts or after.n_altered > 0
