-- What makes fct_trade safe to sum: single areas, exports and imports, products of one classification, none of them
-- broken down by another of the same pair. Where all codes are of one length none is; where they are not, the codes are
-- looked at: sorted as text, what a code is broken down into stands right behind it. Beside them there may be what is
-- not specified by product.
with
    pair_sum as (

        select
            sums.source_code,
            sums.reporter_code,
            sums.partner_code,
            sums.flow_code,
            sums.period_code,
            count(distinct nullif(sums.classification_code, 'UNALLOCATED')) as n_classifications,
            min(nullif(sums.classification_code, 'UNALLOCATED')) as classification_code,
            min(case when sums.cell_state <> 'suppressed' then sums.product_key_length_min end) as shortest,
            max(case when sums.cell_state <> 'suppressed' then sums.product_key_length end) as longest,
            sum(case when sums.flow_code in ('X', 'M') then 0 else 1 end) as n_other_flows,
            sum(case when reporter.area_kind in ('world', 'group') then 1 else 0 end) as n_reporting_groups,
            sum(case when partner.area_kind in ('world', 'group') then 1 else 0 end) as n_partner_groups,
            sum(sums.n_cells - sums.n_valued) as n_without_dollars
        from {{ ref('trade_pair_sum') }} as sums
        inner join {{ ref('dim_area') }} as reporter on sums.reporter_code = reporter.area_code
        inner join {{ ref('dim_area') }} as partner on sums.partner_code = partner.area_code
        where sums.is_additive
        group by sums.source_code, sums.reporter_code, sums.partner_code, sums.flow_code, sums.period_code

    ),

    followed as (

        select
            cell.source_code,
            cell.reporter_code,
            cell.partner_code,
            cell.flow_code,
            cell.period_code,
            cell.product_key,
            {{ next_product_key(['source_code', 'reporter_code', 'partner_code', 'flow_code', 'period_code'], 'cell') }}
            as next_product_key
        from {{ ref('trade_cell') }} as cell
        inner join
            pair_sum
            on cell.source_code = pair_sum.source_code
            and cell.reporter_code = pair_sum.reporter_code
            and cell.partner_code = pair_sum.partner_code
            and cell.flow_code = pair_sum.flow_code
            and cell.period_code = pair_sum.period_code
        where
            pair_sum.shortest < pair_sum.longest
            and pair_sum.classification_code <> 'G'
            and cell.is_additive
            and cell.cell_state <> 'suppressed'

    )

select source_code, reporter_code, partner_code, flow_code, period_code, n_classifications, shortest, longest
from pair_sum
where
    n_classifications > 1
    or n_other_flows > 0
    or n_reporting_groups > 0
    or n_partner_groups > 0
    or n_without_dollars > 0

union all

select
    source_code,
    reporter_code,
    partner_code,
    flow_code,
    period_code,
    1 as n_classifications,
    min(length(product_key)) as shortest,
    max(length(next_product_key)) as longest
from followed
where not {{ is_not_broken_down() }}
group by source_code, reporter_code, partner_code, flow_code, period_code
