{#- Rank of each side among the partners of the other, by turnover, exports (exports_rank) and imports, and the streak of
    first places it stands in: the ends are those whoever the trade without a named partner was with. Nothing where too few partners are known to speak of a place (is_among_few). -#}
{% macro profile_rank() -%}
    {%- set named = "case ranks.measure when 'turnover' then '' else ranks.measure || '_' end || figure.item" %}
    {%- set least, most = 'ranks.streak_at_least_if_unallocated', 'ranks.streak_at_most_if_unallocated' %}
    {%- set certain_streak = 'case when ' ~ least ~ ' = ' ~ most ~ ' then ' ~ least ~ ' end' %}
    select
        {{ profile_row('rank', named, {
            'detail': 'ranks.perimeter_code',
            'reporter_code': 'ranks.reporter_code',
            'partner_code': 'ranks.partner_code',
            'period_code': 'cast(ranks.year_number as varchar)',
            'value': {'rank': 'ranks.rank', 'years_first': certain_streak},
            'value_min': {'rank': 'ranks.rank_best_if_unallocated', 'years_first': least},
            'value_max': {'rank': 'ranks.rank_worst_if_unallocated', 'years_first': most},
            'unit': {'rank': "'rank'", 'years_first': "'years'"},
            'state': 'ranks.value_state',
            'basis_code': 'ranks.rank_basis',
            'n_known': 'ranks.n_partners_observed',
            'n_total': 'ranks.n_universe',
            'n_mirrored': 'ranks.n_mirrored',
            'n_missing': 'ranks.n_missing',
            'source_code': 'ranks.value_source_code',
        }) }}
    from ranked as ranks
    cross join {{ profile_items(['rank', 'years_first']) }}
{%- endmacro %}
