{#- Exports, imports and turnover of a pair by year, as each side sees them, and what follows from those. -#}
{% macro profile_trade() -%}
    {%- set value = {
        'exports_usd': 'trade.exports_usd',
        'imports_usd': 'trade.imports_usd',
        'turnover_usd': 'trade.turnover_any_basis_usd',
        'balance_usd': 'trade.balance_usd',
        'growth_pct': 'trade.turnover_yoy_pct',
        'growth_published_pct': 'trade.turnover_yoy_published_pct',
        'share_of_turnover_pct': 'trade.share_of_turnover_pct',
    } %}
    select
        {{ profile_row('trade', 'figure.item', {
            'reporter_code': 'trade.reporter_code',
            'partner_code': 'trade.partner_code',
            'period_code': 'trade.period_code',
            'value': value,
            'value_min': {'turnover_usd': 'trade.turnover_usd_min'},
            'value_max': {'turnover_usd': 'trade.turnover_usd_max'},
            'unit': "case when figure.item like '%_pct' then 'percent' else 'usd' end",
            'state': profile_trade_state(value),
            'basis_code': {
                'exports_usd': 'trade.exports_basis',
                'imports_usd': 'trade.imports_basis',
                'turnover_usd': 'trade.turnover_basis',
                'balance_usd': 'case when trade.balance_usd is not null then trade.exports_basis end',
            },
            'rule_code': {'turnover_usd': 'trade.turnover_rule'},
            'reason_code': {
                'exports_usd': profile_flow_gap('exports'),
                'imports_usd': profile_flow_gap('imports'),
                'turnover_usd': profile_total_gap(),
                'balance_usd': profile_balance_gap(),
                'growth_pct': 'trade.turnover_yoy_gap_code',
            },
            'valuation_code': {
                'exports_usd': profile_valuation('exports', 'imports'),
                'imports_usd': profile_valuation('imports', 'exports'),
                'turnover_usd': "turnover.valuation_exports || ' + ' || turnover.valuation_imports",
            },
            'source_code': {
                'exports_usd': 'trade.exports_source_code',
                'imports_usd': 'trade.imports_source_code',
                'turnover_usd': 'trade.turnover_source_code',
                'balance_usd': 'trade.turnover_source_code',
                'growth_pct': 'trade.turnover_yoy_source_code',
                'growth_published_pct': 'trade.turnover_source_code',
                'share_of_turnover_pct': 'trade.share_source_code',
            },
            'publication_id': profile_place('publication_id', 'null', 'null'),
            'file_id': profile_place('file_id', 'trade.exports_file_id', 'trade.imports_file_id'),
            'line': profile_place('line', 'trade.exports_line', 'trade.imports_line'),
        }) }}
    from trade
    {% for measure in ['exports', 'imports', 'turnover'] %}
        left join
            {{ ref('dim_source') }} as {{ measure }} on trade.{{ measure }}_source_code = {{ measure }}.source_code
    {% endfor %}
    cross join {{ profile_items(value) }}
{%- endmacro %}

{#- A level is observed or another's, what is made of levels computed. -#}
{% macro profile_trade_state(value) -%}
    case
        {% for measure in ['exports', 'imports', 'turnover'] %}
            when figure.item = '{{ measure }}_usd' and {{ profile_has_no_rate(measure) }}
            then 'no_rate'
            when figure.item = '{{ measure }}_usd'
            then {{ profile_basis('trade.' ~ measure ~ '_basis') }}
        {% endfor %}
        when ({{ profile_by_item(value) }}) is null
        then 'missing'
        when figure.item = 'growth_published_pct'
        then 'observed'
        else 'computed'
    end
{%- endmacro %}

{#- Whether a figure is known in the reporter's own currency only, and nobody else has it in dollars. -#}
{% macro profile_has_no_rate(measure) -%}
    (trade.{{ measure }}_state = 'no_rate' and trade.{{ measure }}_basis is null)
{%- endmacro %}

{#- Why a flow has no dollars, where it is known. -#}
{% macro profile_flow_gap(measure) -%} case when {{ profile_has_no_rate(measure) }} then 'no_rate' end {%- endmacro %}

{#- Why exports and imports are not the total, or there is none beside both. -#}
{% macro profile_total_gap() -%}
    case
        when {{ profile_has_no_rate('turnover') }}
        then 'no_rate'
        when not trade.flows_add_up
        then 'not_one_report'
        when trade.turnover_any_basis_usd is null and trade.exports_usd is not null and trade.imports_usd is not null
        then 'two_reports'
    end
{%- endmacro %}

{#- Why there is no balance. -#}
{% macro profile_balance_gap() -%}
    case
        when trade.balance_usd is not null
        then null
        when {{ profile_has_no_rate('exports') }} or {{ profile_has_no_rate('imports') }}
        then 'no_rate'
        when trade.exports_usd is null or trade.imports_usd is null
        then 'flow_missing'
        else 'two_reports'
    end
{%- endmacro %}

{#- By the rule of the source: a mirrored flow is in the valuation of the other side's opposite flow. -#}
{% macro profile_valuation(flow, opposite) -%}
    case
        trade.{{ flow }}_basis
        when 'own'
        then {{ flow }}.valuation_{{ flow }}
        when 'mirror'
        then {{ flow }}.valuation_{{ opposite }}
    end
{%- endmacro %}

{#- Where a figure was read: a flow has a place of its own. -#}
{% macro profile_place(column, exports, imports) -%}
    case
        figure.item when 'exports_usd' then {{ exports }} when 'imports_usd' then {{ imports }} else trade.{{ column }}
    end
{%- endmacro %}

{#- Where a side is a group: what its members add up to. -#}
{% macro profile_group() -%}
    {%- set measures = ['exports', 'imports', 'turnover'] %}
    {%- set sum, known, n_known, n_mirrored = {}, {}, {}, {} %}
    {%- for measure in measures %}
        {%- do sum.update({measure ~ '_usd': 'whole.' ~ measure ~ '_usd'}) %}
        {%- do known.update({measure ~ '_usd': 'whole.' ~ measure ~ '_known_usd'}) %}
        {%- do n_known.update({measure ~ '_usd': 'whole.n_' ~ measure ~ '_known'}) %}
        {%- do n_mirrored.update({measure ~ '_usd': 'whole.n_' ~ measure ~ '_mirrored'}) %}
    {%- endfor %}
    {#- the floor of a total counts the flows of pairs without one -#}
    {%- for counts, partly in [(n_known, 'known'), (n_mirrored, 'mirrored')] %}
        {%- do counts.update({'turnover_usd': counts['turnover_usd'] ~ ' + whole.n_turnover_partly_' ~ partly}) %}
    {%- endfor %}
    select
        {{ profile_row('members', 'figure.item', {
            'reporter_code': 'whole.reporter_code',
            'partner_code': 'whole.partner_code',
            'period_code': 'cast(whole.year_number as varchar)',
            'value': sum,
            'value_min': known,
            'value_max': sum,
            'unit': "'usd'",
            'state': "case when (" ~ profile_by_item(sum) ~ ") is null then 'missing' else 'computed' end",
            'reason_code': {'turnover_usd': "case when whole.n_not_adding_up > 0 then 'not_one_report' end"},
            'n_known': n_known,
            'n_total': 'whole.n_pairs',
            'n_mirrored': n_mirrored,
        }) }}
    from {{ ref('bilateral_group_year') }} as whole
    inner join sides on whole.reporter_code = sides.reporter_code and whole.partner_code = sides.partner_code
    cross join {{ profile_items(sum) }}
{%- endmacro %}
