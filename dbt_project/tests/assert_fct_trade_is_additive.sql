-- What makes fct_trade safe to sum: single areas, exports and imports, one product level a cell group. The length of a
-- code tells its level; commodity groups of the press are one level. Beside it there may be what is not specified by
-- product.
select
    sums.source_code,
    sums.reporter_code,
    sums.partner_code,
    sums.flow_code,
    sums.period_code,
    count(distinct nullif(sums.classification_code, 'UNALLOCATED')) as n_classifications,
    min(case when sums.cell_state <> 'suppressed' then sums.product_key_length_min end) as shortest,
    max(case when sums.cell_state <> 'suppressed' then sums.product_key_length end) as longest
from {{ ref('trade_pair_sum') }} as sums
inner join {{ ref('dim_area') }} as reporter on sums.reporter_code = reporter.area_code
inner join {{ ref('dim_area') }} as partner on sums.partner_code = partner.area_code
where sums.is_additive
group by sums.source_code, sums.reporter_code, sums.partner_code, sums.flow_code, sums.period_code
having
    count(distinct nullif(sums.classification_code, 'UNALLOCATED')) > 1
    or (
        min(nullif(sums.classification_code, 'UNALLOCATED')) <> 'G'
        and least(min(case when sums.cell_state <> 'suppressed' then sums.product_key_length_min end), 11)
        <> least(max(case when sums.cell_state <> 'suppressed' then sums.product_key_length end), 11)
    )
    or sum(case when sums.flow_code in ('X', 'M') then 0 else 1 end) > 0
    or sum(case when reporter.area_kind in ('world', 'group') then 1 else 0 end) > 0
    or sum(case when partner.area_kind in ('world', 'group') then 1 else 0 end) > 0
    or sum(sums.n_cells - sums.n_valued) > 0
