{#- How far both reports of each direction of the pair lie apart, and the value between them; the exporter stands first. -#}
{% macro profile_mirror() -%}
    {%- set value = {
        'gap_usd': 'gap.gap_usd', 'gap_of_mean_pct': 'gap.gap_of_mean_pct',
        'reconciled_usd': 'gap.value_reconciled_usd',
    } %}
    {%- set known = profile_by_item(value) %}
    select
        {{ profile_row('mirror', 'figure.item', {
            'reporter_code': 'gap.exporter_code',
            'partner_code': 'gap.importer_code',
            'period_code': 'gap.period_code',
            'value': value,
            'unit': "case figure.item when 'gap_of_mean_pct' then 'percent' else 'usd' end",
            'state': "case when " ~ known ~ " is null then 'missing' else 'computed' end",
            'reason_code': "case when " ~ known ~ " is null then gap.pair_status end",
            'cause_codes': "nullif(gap.known_causes, 'none_known')",
            'valuation_code': "'FOB'",
        }) }}
    from {{ ref('mirror_gap') }} as gap
    inner join sides on gap.exporter_code = sides.reporter_code and gap.importer_code = sides.partner_code
    cross join {{ profile_items(value) }}
{%- endmacro %}
