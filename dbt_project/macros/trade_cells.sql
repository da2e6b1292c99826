{#- The columns fct_trade and fct_trade_total share, over the cells that satisfy `condition`. -#}
{% macro trade_cells(condition) -%}
    select
        source_code,
        reporter_code,
        partner_code,
        flow_code,
        product_key,
        period_code,
        value_usd,
        value_usd_min,
        value_usd_max,
        value_original,
        original_currency_code,
        conversion_rule,
        rate_publication_id,
        cast(n_reports as bigint) as n_reports,
        choice_rule,
        net_weight_kg,
        quantity,
        quantity_unit_code,
        valuation_code,
        coverage,
        cell_state,
        is_corrected,
        uncorrected_value_usd,
        publication_id,
        file_id,
        line
    from {{ ref('int_trade_cell_priced') }}
    where {{ condition }}
{%- endmacro %}
