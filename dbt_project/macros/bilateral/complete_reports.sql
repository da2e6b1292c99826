{#-
    Reports whose products span the nomenclature, so that these add up to a total: a download of a few commodities is
    none, in whatever currency. In dollars only those products count that add up in dollars. Grain: source, reporter,
    flow, period.
-#}
{% macro complete_reports(in_dollars=false) %}
    select sums.source_code, sums.reporter_code, sums.flow_code, sums.period_code
    from {{ ref('trade_product_sum') }} as sums
    inner join {{ ref('dim_product') }} as product on sums.product_key = product.product_key
    where sums.product_key <> 'TOTAL' {% if in_dollars %} and sums.is_additive {% endif %}
    group by sums.source_code, sums.reporter_code, sums.flow_code, sums.period_code
    having count(distinct product.chapter_code) >= {{ min_chapters_of_a_total() }}
{% endmacro %}
