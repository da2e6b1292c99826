{#-
    The reports read in publications, in one shape: one row per record and flow, with or without a figure. A column that a
    source does not have is NULL.
-#}
{#- The partner tables: exports, imports and turnover side by side become X, M and T. -#}
{% macro partner_reports() -%}
    {%- for report in fed('partner_reports') %}
        {%- set last_report = loop.last -%}
        {%- for flow_code, word in [('X', 'exports'), ('M', 'imports'), ('T', 'turnover')] %}
            select
                '{{ report.source }}' as source_code,
                '{{ report.table }}' as table_name,
                basis,
                {{ 'coverage' if 'coverage' in report.columns else "'selected'" }} as coverage,
                reporter_code,
                partner_code,
                '{{ flow_code }}' as flow_code,
                cast(null as varchar) as commodity_term,
                period_start,
                period_end,
                {{ printed_figure(report, word ~ '_usd_bn', 'decimal(18, 9)') }} as value_usd_bn,
                {{ printed_figure(report, 'turnover_cny_bn' if flow_code == 'T', 'decimal(18, 9)') }} as value_cny_bn,
                cast(null as decimal(18, 6)) as quantity,
                cast(null as varchar) as quantity_unit,
                {{ printed_figure(report, 'yoy_' ~ word ~ '_pct', 'decimal(12, 3)') }} as yoy_pct,
                {{ printed_figure(report, 'yoy_currency', 'varchar') }} as yoy_currency,
                cast(null as decimal(12, 3)) as quantity_yoy_pct,
                {{ printed_figure(report, 'share_of_turnover_pct' if flow_code == 'T', 'decimal(9, 3)') }} as share_pct,
                {% if flow_code == 'T' and 'share_of_turnover_pct' in report.columns -%}
                    case when share_of_turnover_pct is not null then 'turnover of the reporter' end
                {%- else -%} cast(null as varchar)
                {%- endif %} as share_of,
                -- the compiler of a list says here where a publication gives a revised figure, and why
                case when lower(note) like 'revised%' then note end as revision_note,
                publication_id,
                published_on,
                file_id,
                line
            from {{ fed_rows(report) }} as record
            {% if not (last_report and loop.last) %}
                union all
            {% endif %}
        {%- endfor %}
    {%- endfor %}
{%- endmacro %}

{#- The commodity tables, one flow a record. -#}
{% macro commodity_reports() -%}
    {%- for report in fed('commodity_reports') %}
        select
            '{{ report.source }}' as source_code,
            '{{ report.table }}' as table_name,
            cast(null as varchar) as basis,
            'selected' as coverage,
            reporter_code,
            partner_code,
            flow_code,
            commodity_term,
            period_start,
            period_end,
            {{ printed_figure(report, 'value_usd_bn', 'decimal(18, 9)') }} as value_usd_bn,
            {{ printed_figure(report, 'value_cny_bn', 'decimal(18, 9)') }} as value_cny_bn,
            {{ printed_figure(report, 'quantity', 'decimal(18, 6)') }} as quantity,
            {{ printed_figure(report, 'quantity_unit', 'varchar') }} as quantity_unit,
            {{ printed_figure(report, 'yoy_value_pct', 'decimal(12, 3)') }} as yoy_pct,
            {{ printed_figure(report, 'yoy_value_currency', 'varchar') }} as yoy_currency,
            {{ printed_figure(report, 'yoy_quantity_pct', 'decimal(12, 3)') }} as quantity_yoy_pct,
            share_pct,
            share_of,
            cast(null as varchar) as revision_note,
            publication_id,
            published_on,
            file_id,
            line
        from {{ fed_rows(report) }} as record {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- A figure of a report in its type; NULL where the report's table has no such column. -#}
{% macro printed_figure(report, name, data_type) -%}
    cast({{ name if name in report.columns else 'null' }} as {{ data_type }})
{%- endmacro %}
