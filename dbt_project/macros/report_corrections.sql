{#-
    What a publication printed where a correction names it: one row per correction and report with such a figure, and
    whether it is the figure the correction expects. A publication that stands in two lists is corrected in both. The
    figures are those of `reports`, in columns that begin with `printed` where they stand beside corrected ones.
-#}
{% macro report_corrections(reports, printed='') -%}
    with
        printed as (

            {% for measure, amount in [
                ('value_usd', 'value_usd'),
                ('value_original', 'value_cny'),
                ('quantity', 'quantity'),
                ('yoy_pct', 'yoy_pct'),
            ] %}
                select
                    report_key,
                    source_code,
                    publication_id,
                    reporter_code,
                    partner_code,
                    flow_code,
                    product_key,
                    period_code,
                    '{{ measure }}' as measure_code,
                    cast({{ printed ~ amount }} as double) as figure
                from {{ reports }}
                where {{ printed ~ amount }} is not null
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}

        )

    select
        correction.correction_code,
        printed.report_key,
        correction.measure_code,
        printed.figure,
        correction.new_value,
        {{ is_same_figure('printed.figure', 'correction.expected_value') }} as is_expected
    from {{ ref('stg_ledger__correction') }} as correction
    inner join
        printed
        on correction.source_code = printed.source_code
        and correction.publication_id = printed.publication_id
        and correction.reporter_code = printed.reporter_code
        and correction.partner_code = printed.partner_code
        and correction.flow_code = printed.flow_code
        and correction.product_key = printed.product_key
        and correction.period_code = printed.period_code
        and correction.measure_code = printed.measure_code
{%- endmacro %}
