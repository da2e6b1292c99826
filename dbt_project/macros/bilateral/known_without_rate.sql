{#-
    Trade of a pair that a reporter states in a currency of which no rate of the period is loaded, so that there are no
    dollars: its total, or all its products where they span the nomenclature, as a total in dollars is. Grain: source,
    reporter, partner, flow, period.
-#}
{% macro known_without_rate() %}
    with
        -- a few commodities are no total, in whatever currency
        whole_by_product as (

            select sums.source_code, sums.reporter_code, sums.flow_code, sums.period_code
            from {{ ref('trade_product_sum') }} as sums
            inner join {{ ref('dim_product') }} as product on sums.product_key = product.product_key
            where sums.product_key <> 'TOTAL'
            group by sums.source_code, sums.reporter_code, sums.flow_code, sums.period_code
            having count(distinct product.chapter_code) >= {{ min_chapters_of_a_total() }}

        )

    select
        sums.source_code,
        sums.reporter_code,
        sums.partner_code,
        sums.flow_code,
        sums.period_code,
        min(sums.file_id) as file_id
    from {{ ref('trade_pair_sum') }} as sums
    left join
        whole_by_product as whole
        on sums.source_code = whole.source_code
        and sums.reporter_code = whole.reporter_code
        and sums.flow_code = whole.flow_code
        and sums.period_code = whole.period_code
    where
        sums.n_without_rate > 0
        and sums.flow_code in ('X', 'M', 'T')
        and sums.cell_state = 'observed'
        and (sums.classification_code = 'TOTAL' or whole.source_code is not null)
    group by sums.source_code, sums.reporter_code, sums.partner_code, sums.flow_code, sums.period_code
{% endmacro %}
