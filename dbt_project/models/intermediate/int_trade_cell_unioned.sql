{{ config(materialized='ephemeral') }}
-- The cells of every source that has more to tell than one report in dollars, side by side, as published; those read in
-- publications by their corrected reports, those of BACI where a correction names them.
{{
    union_of_feeds(
        'cells',
        [
            'source_code', 'reporter_code', 'partner_code', 'flow_code', 'product_key', 'period_code',
            'value_usd', 'value_usd_min', 'value_usd_max', 'value_original', 'original_currency_code',
            'n_reports', 'choice_rule', 'net_weight_kg', 'quantity', 'quantity_unit_code', 'valuation_code',
            'coverage', 'cell_state', 'is_corrected', 'uncorrected_value_usd', 'publication_id', 'file_id', 'line',
            'is_base',
        ],
        shared=['int_quoted_cell_chosen', 'int_own_cell_chosen'],
    )
}}
