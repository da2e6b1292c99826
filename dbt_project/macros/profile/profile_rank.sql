{#- Rank of each side among the partners of the other, by turnover, exports (exports_rank) and imports, and the streak of
    first places it stands in. Nothing where too few partners are known to speak of a place (is_among_few). -#}
{% macro profile_rank() -%}
    {%- for item, value, low, high in [
        ('rank', 'ranks.rank', 'ranks.rank_best', 'ranks.rank_worst'),
        ('years_first', 'null', 'ranks.streak_at_least', 'ranks.streak_at_most'),
    ] %}
        {%- set named = "case ranks.measure when 'turnover' then '' else ranks.measure || '_' end || '" ~ item ~ "'" %}
        select
            {{ profile_row('rank', named, {
                'detail': 'ranks.perimeter_code',
                'reporter_code': 'ranks.reporter_code',
                'partner_code': 'ranks.partner_code',
                'period_code': 'cast(ranks.year_number as varchar)',
                'value': value if item == 'rank' else 'case when ' ~ low ~ ' = ' ~ high ~ ' then ' ~ low ~ ' end',
                'value_min': low,
                'value_max': high,
                'unit': "'" ~ ('rank' if item == 'rank' else 'years in a row') ~ "'",
                'state': 'ranks.value_state',
                'note': "ranks.n_partners_observed || ' of ' || ranks.n_universe || ' economies observed, '"
                    ~ " || ranks.n_missing || ' missing'",
            }) }}
        from {{ ref('partner_rank') }} as ranks
        inner join sides on ranks.reporter_code = sides.reporter_code and ranks.partner_code = sides.partner_code
        where not ranks.is_among_few
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor -%}
{%- endmacro %}
