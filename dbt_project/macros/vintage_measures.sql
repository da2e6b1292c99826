{#- The columns of a trade cell whose change makes a new vintage of it: all but its key and where it was read. -#}
{% macro vintage_measures() -%}
    {{ return([
        'value_usd', 'value_usd_min', 'value_usd_max', 'value_original', 'original_currency_code', 'conversion_rule',
        'rate_publication_id', 'n_reports', 'choice_rule', 'net_weight_kg', 'quantity', 'quantity_unit_code',
        'valuation_code', 'coverage', 'cell_state', 'is_corrected', 'uncorrected_value_usd', 'publication_id',
        'is_additive',
    ]) }}
{%- endmacro %}
