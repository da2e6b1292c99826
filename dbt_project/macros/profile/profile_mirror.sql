{#- How far both reports of each direction of the pair lie apart, and the value between them; the exporter stands first. -#}
{% macro profile_mirror() -%}
    {%- for item, value, unit in [
        ('gap_usd', 'gap.gap_usd', 'current US dollars'),
        ('gap_of_mean_pct', 'gap.gap_of_mean_pct', 'percent'),
        ('reconciled_usd', 'gap.value_reconciled_usd', 'current US dollars'),
    ] %}
        select
            {{ profile_row('mirror', "'" ~ item ~ "'", {
                'reporter_code': 'gap.exporter_code',
                'partner_code': 'gap.importer_code',
                'period_code': 'gap.period_code',
                'value': value,
                'unit': "'" ~ unit ~ "'",
                'state': "case when " ~ value ~ " is null then 'missing' else 'computed' end",
                'note': "replace(gap.pair_status, '_', ' ') || coalesce('; ' || nullif(gap.known_causes, 'none_known'), '')",
                'valuation_code': "'FOB'",
            }) }}
        from {{ ref('mirror_gap') }} as gap
        inner join sides on gap.exporter_code = sides.reporter_code and gap.importer_code = sides.partner_code
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor -%}
{%- endmacro %}
