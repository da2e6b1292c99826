-- What each reporter says it traded in a year with each partner, from one source a pair: first one whose subheadings
-- add up to the total, so that pair and products are the same report, then by priority. What somebody has reconciled
-- before (BACI), or estimated (the IMF, of who does not report), is nobody's report. Without a total the products are
-- one where the source gives all of them. What is known in a currency without a rate only has a row without a value.
{%- set side = 'source_code, reporter_code, partner_code, flow_code, period_code' %}
with
    stated as (

        select
            sums.source_code,
            sums.reporter_code,
            sums.partner_code,
            sums.flow_code,
            sums.period_code,
            max(case when sums.classification_code = 'TOTAL' then sums.value_usd end) as total_usd,
            sum(
                case when sums.is_additive and sums.classification_code <> 'TOTAL' then sums.value_usd end
            ) as products_usd,
            sum(
                case when sums.is_additive and sums.classification_code <> 'TOTAL' then sums.subheadings_usd end
            ) as subheadings_usd,
            sum(
                case when sums.classification_code = 'TOTAL' then coalesce(sums.n_without_rate, 0) else 0 end
            ) as total_without_rate,
            sum(
                case when sums.classification_code <> 'TOTAL' then coalesce(sums.n_without_rate, 0) else 0 end
            ) as products_without_rate,
            case when count(distinct sums.valuation_code) = 1 then min(sums.valuation_code) end as valuation_code,
            min(sums.file_id) as file_id
        from {{ ref('trade_pair_sum') }} as sums
        inner join {{ ref('area') }} as reporter on sums.reporter_code = reporter.area_code
        inner join {{ ref('area') }} as partner on sums.partner_code = partner.area_code
        where
            length(sums.period_code) = 4
            and sums.flow_code in ('X', 'M')
            and (sums.is_additive or sums.classification_code = 'TOTAL')
            and sums.cell_state is distinct from 'estimated'
            and sums.classification_code <> 'UNALLOCATED'
            and reporter.area_kind = 'economy'
            and partner.area_kind in ('economy', 'nes', 'special')
        group by all

    ),

    whole as (

        select distinct source_code, reporter_code, flow_code, period_code
        from {{ ref('fct_availability') }}
        where product_scope = 'complete'

    ),

    valued as (

        select
            stated.*,
            source.priority as source_priority,
            cast(
                coalesce(
                    stated.total_usd,
                    case
                        when
                            whole.source_code is not null
                            and stated.total_without_rate + stated.products_without_rate = 0
                        then stated.products_usd
                    end
                ) as decimal(18, 3)
            ) as value_usd,
            case
                when stated.total_usd is not null
                then 'published'
                when
                    stated.total_without_rate > 0
                    or (whole.source_code is not null and stated.products_without_rate > 0)
                then 'no_rate'
                else 'sum_of_products'
            end as total_rule
        from stated
        inner join {{ ref('stg_ledger__source') }} as source on stated.source_code = source.source_code
        left join
            whole
            on stated.source_code = whole.source_code
            and stated.reporter_code = whole.reporter_code
            and stated.flow_code = whole.flow_code
            and stated.period_code = whole.period_code
        where source.statistic_code <> 'BACI'

    ),

    detailed as (

        select *, coalesce(abs(value_usd - subheadings_usd) <= 0.001 * value_usd, false) as has_products
        from valued
        where value_usd is not null or total_rule = 'no_rate'

    )

-- a report in dollars goes before one without
select {{ side }}, value_usd, valuation_code, total_rule, has_products, file_id
from detailed
qualify
    row_number() over (
        partition by reporter_code, partner_code, flow_code, period_code
        order by
            case total_rule when 'no_rate' then 1 else 0 end,
            case when has_products then 0 else 1 end,
            source_priority nulls last,
            source_code
    )
    = 1
