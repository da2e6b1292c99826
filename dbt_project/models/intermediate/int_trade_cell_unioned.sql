{{ config(materialized='ephemeral') }}
-- The cells of every source that has more to tell than one report in dollars, side by side, as published; those read in
-- publications by their corrected reports, those of BACI where a correction names them.
{% set shaped = [
    'int_quoted_cell_shaped',
    'int_comtrade_cell_shaped',
    'int_baci_cell_named',
    'int_imf_cell_shaped',
    'int_gacc_cell_shaped',
    'int_census_cell_shaped',
    'int_own_cell_shaped',
    'int_comext_cell_shaped',
] %}
{% for name in shaped %}
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
        n_reports,
        choice_rule,
        net_weight_kg,
        quantity,
        quantity_unit_code,
        valuation_code,
        coverage,
        cell_state,
        {% if name == 'int_quoted_cell_shaped' %} is_corrected, uncorrected_value_usd,
        {% else %} false as is_corrected, cast(null as decimal(18, 3)) as uncorrected_value_usd,
        {% endif %}
        publication_id,
        file_id,
        line,
        is_base
    from {{ ref(name) }} {{ 'union all' if not loop.last }}
{% endfor %}
