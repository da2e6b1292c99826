{#-
    The cells of every source that has more to tell than one report in dollars, side by side, as published; those read in
    publications by their corrected reports, those of BACI where a correction names them.
-#}
{% macro published_cells() -%}
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
{%- endmacro %}

{#-
    What a source says in the cell a correction names: one row per correction whose cell has such a figure, and whether it
    is the figure the correction expects. Cells that are read in publications are corrected there, report by report.
-#}
{% macro cell_corrections() -%}
    with
        cell as (

            select
                correction.correction_code,
                correction.measure_code,
                correction.expected_value,
                correction.new_value,
                cells.source_code,
                cells.reporter_code,
                cells.partner_code,
                cells.flow_code,
                cells.product_key,
                cells.period_code,
                case
                    correction.measure_code
                    when 'value_usd'
                    then cast(cells.value_usd as double)
                    when 'value_original'
                    then case when cells.original_currency_code <> 'USD' then cast(cells.value_original as double) end
                    when 'quantity'
                    then cells.quantity
                    when 'net_weight_kg'
                    then cells.net_weight_kg
                end as figure
            from {{ ref('stg_ledger__correction') }} as correction
            inner join
                ({{ published_cells() }}) as cells
                on correction.source_code = cells.source_code
                and correction.reporter_code = cells.reporter_code
                and correction.partner_code = cells.partner_code
                and correction.flow_code = cells.flow_code
                and correction.product_key = cells.product_key
                and correction.period_code = cells.period_code
            where correction.publication_id is null and cells.publication_id is null

        )

    select
        correction_code,
        measure_code,
        source_code,
        reporter_code,
        partner_code,
        flow_code,
        product_key,
        period_code,
        figure,
        new_value,
        {{ is_same_figure('figure', 'expected_value') }} as is_expected
    from cell
    where figure is not null
{%- endmacro %}

{#-
    These cells with their mistakes corrected, and with has_detail and has_correction beside them. Bounds are those of
    the reports of the cell, the corrected one in place of the wrong one where it is the only report.
-#}
{% macro corrected_cells() -%}
    {%- set cell_key = trade_cell_key() %}
    with
        correction as (

            select
                {{ cell_key | join(', ') }},
                {% for measure in ['value_usd', 'value_original', 'quantity', 'net_weight_kg'] %}
                    max(case when measure_code = '{{ measure }}' then new_value end) as {{ measure }}
                    {{ ',' if not loop.last }}
                {% endfor %}
            from ({{ cell_corrections() }}) as matched
            where is_expected
            group by {{ cell_key | join(', ') }}

        )

    select
        {% for name in cell_key %} cells.{{ name }}, {% endfor %}
        coalesce(cast(correction.value_usd as decimal(18, 3)), cells.value_usd) as value_usd,
        {% for bound, outermost in [('value_usd_min', 'least'), ('value_usd_max', 'greatest')] %}
            case
                when correction.value_usd is null
                then cells.{{ bound }}
                when cells.n_reports = 1
                then cast(correction.value_usd as decimal(18, 3))
                else {{ outermost }} (cells.{{ bound }}, cast(correction.value_usd as decimal(18, 3)))
            end as {{ bound }},
        {% endfor %}
        coalesce(
            cast(
                case
                    when cells.original_currency_code = 'USD' then correction.value_usd else correction.value_original
                end as decimal(18, 3)
            ),
            cells.value_original
        ) as value_original,
        cells.original_currency_code,
        cells.n_reports,
        cells.choice_rule,
        coalesce(cast(correction.net_weight_kg as double), cells.net_weight_kg) as net_weight_kg,
        coalesce(cast(correction.quantity as double), cells.quantity) as quantity,
        cells.quantity_unit_code,
        cells.valuation_code,
        cells.coverage,
        cells.cell_state,
        cells.is_corrected or correction.source_code is not null as is_corrected,
        case
            when correction.value_usd is not null then cells.value_usd else cells.uncorrected_value_usd
        end as uncorrected_value_usd,
        cells.publication_id,
        cells.file_id,
        cells.line,
        cells.is_base,
        cells.original_currency_code is distinct from 'USD'
        or cells.n_reports > 1
        or cells.choice_rule <> 'only_report'
        or cells.publication_id is not null as has_detail,
        correction.source_code is not null as has_correction
    from ({{ published_cells() }}) as cells
    left join correction on {{ is_same_cell('cells', 'correction') }}
{%- endmacro %}
