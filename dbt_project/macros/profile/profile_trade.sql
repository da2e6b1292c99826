{#- Exports, imports and turnover of a pair by year, as each side sees them. -#}
{% macro profile_trade() -%}
    {%- for measure in ['exports', 'imports', 'turnover'] %}
        {%- set whole = measure == 'turnover' -%}
        select
            {{ profile_row('trade', "'" ~ measure ~ "_usd'", {
                'reporter_code': 'trade.reporter_code',
                'partner_code': 'trade.partner_code',
                'period_code': 'trade.period_code',
                'value': 'trade.' ~ measure ~ '_usd',
                'value_min': 'trade.turnover_usd_min' if whole else 'null',
                'value_max': 'trade.turnover_usd_max' if whole else 'null',
                'unit': "'current US dollars'",
                'state': profile_basis('trade.' ~ measure ~ '_basis'),
                'note': 'trade.turnover_rule' if whole else 'null',
                'valuation_code': profile_valuation(measure),
                'source_code': 'trade.' ~ measure ~ '_source_code',
                'publication_id': 'trade.publication_id' if whole else 'null',
                'file_id': 'trade.file_id' if whole else 'trade.' ~ measure ~ '_file_id',
                'line': 'trade.line' if whole else 'trade.' ~ measure ~ '_line',
            }) }}
        from trade
        left join {{ ref('dim_source') }} as source on trade.{{ measure }}_source_code = source.source_code
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor -%}
{%- endmacro %}

{#- By the rule of the source: a mirrored flow is in the valuation of the other side's opposite flow. -#}
{% macro profile_valuation(measure) -%}
    {%- if measure == 'turnover' -%} source.valuation_exports || ' + ' || source.valuation_imports
    {%- else -%}
        {%- set own, other = ('exports', 'imports') if measure == 'exports' else ('imports', 'exports') -%}
        case
            trade.{{ measure }}_basis
            when 'own'
            then source.valuation_{{ own }}
            when 'mirror'
            then source.valuation_{{ other }}
        end
    {%- endif -%}
{%- endmacro %}

{#- What follows from those: balance, growth computed and published, the partner's share. -#}
{% macro profile_derived() -%}
    {%- for item, column, unit, note in [
        (
            'balance_usd', 'trade.balance_usd', 'current US dollars',
            "'exports ' || trade.exports_basis || ', imports ' || trade.imports_basis",
        ),
        (
            'growth_pct', 'trade.turnover_yoy_pct', 'percent',
            "case when trade.turnover_yoy_is_comparable then 'both years by ' || trade.turnover_yoy_source_code "
                ~ "when not trade.turnover_yoy_is_comparable then 'no one report has both years' end",
        ),
        ('growth_published_pct', 'trade.turnover_yoy_published_pct', 'percent', "'as printed, in dollars'"),
        (
            'share_of_turnover_pct', 'trade.share_of_turnover_pct', 'percent',
            "'of the turnover with the World, by ' || trade.share_source_code",
        ),
    ] %}
        select
            {{ profile_row('trade', "'" ~ item ~ "'", {
                'reporter_code': 'trade.reporter_code',
                'partner_code': 'trade.partner_code',
                'period_code': 'trade.period_code',
                'value': column,
                'unit': "'" ~ unit ~ "'",
                'state': "case when (" ~ column ~ ") is null then 'missing' when '" ~ item
                    ~ "' = 'growth_published_pct' then 'observed' else 'computed' end",
                'note': note,
                'source_code': 'trade.share_source_code' if 'share' in item
                    else 'trade.turnover_yoy_source_code' if item == 'growth_pct' else 'trade.turnover_source_code',
                'publication_id': 'trade.publication_id',
                'file_id': 'trade.file_id',
                'line': 'trade.line',
            }) }}
        from trade
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor -%}
{%- endmacro %}

{#- Where a side is a group: what its members add up to. -#}
{% macro profile_group() -%}
    {%- for measure in ['exports', 'imports', 'turnover'] %}
        select
            {{ profile_row('members', "'" ~ measure ~ "_usd'", {
                'reporter_code': 'whole.reporter_code',
                'partner_code': 'whole.partner_code',
                'period_code': 'cast(whole.year_number as varchar)',
                'value': 'whole.' ~ measure ~ '_usd',
                'value_min': 'whole.' ~ measure ~ '_known_usd',
                'value_max': 'whole.' ~ measure ~ '_usd',
                'unit': "'current US dollars'",
                'state': "case when whole." ~ measure ~ "_usd is null then 'missing' else 'computed' end",
                'note': 'whole.n_' ~ measure ~ "_known || ' of ' || whole.n_pairs || ' pairs of members known, '"
                    ~ ' || whole.n_' ~ measure ~ "_mirrored || ' of them by the partner, in whole or in part'",
            }) }}
        from {{ ref('bilateral_group_year') }} as whole
        inner join sides on whole.reporter_code = sides.reporter_code and whole.partner_code = sides.partner_code
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor -%}
{%- endmacro %}
