{#-
    Trade of a pair that a reporter states in a currency of which no rate of the period is loaded, so that there are no
    dollars: its total, or all its products where they span the nomenclature, as a total in dollars is. Grain: source,
    reporter, partner, flow, period.
-#}
{% macro known_without_rate() %}
    with
        -- a few commodities are no total, in whatever currency
        whole_by_product as ({{ complete_reports() }})

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
