{#-
    Whose figures a row of a pair and year has, and what is missing. `row` is a relation with turnover_state,
    turnover_basis, and the states, bases and amounts of both flows.
-#}
{% macro trade_state(row) -%}
    case
        when {{ row }}.turnover_state = 'implied_zero'
        then 'no_trade'
        when {{ row }}.turnover_state = 'observed' and {{ row }}.exports_state = 'implied_zero'
        then 'no_exports'
        when {{ row }}.turnover_state = 'observed' and {{ row }}.imports_state = 'implied_zero'
        then 'no_imports'
        when {{ row }}.turnover_state = 'observed' and 'own' not in ({{ row }}.exports_basis, {{ row }}.imports_basis)
        then 'flows_by_others'
        when {{ row }}.turnover_state = 'observed' and {{ row }}.exports_basis <> 'own'
        then 'exports_by_others'
        when {{ row }}.turnover_state = 'observed' and {{ row }}.imports_basis <> 'own'
        then 'imports_by_others'
        when {{ row }}.turnover_state = 'observed'
        then 'reported'
        when
            'no_rate' in ({{ row }}.exports_state, {{ row }}.imports_state, {{ row }}.turnover_state)
            and 'own' not in (coalesce({{ row }}.exports_basis, ''), coalesce({{ row }}.imports_basis, ''))
        then 'no_rate'
        when 'no_rate' in ({{ row }}.exports_state, {{ row }}.imports_state)
        then 'one_flow_no_rate'
        when
            {{ row }}.turnover_basis in ('mirror', 'derived')
            and (coalesce({{ row }}.exports_basis, '') = 'own' or coalesce({{ row }}.imports_basis, '') = 'own')
        then 'partly_by_others'
        when {{ row }}.turnover_basis = 'mirror'
        then 'by_partner'
        when {{ row }}.turnover_basis = 'derived'
        then 'estimated'
        when {{ row }}.exports_usd is not null and {{ row }}.imports_usd is not null
        then 'two_reports'
        when {{ row }}.exports_state <> 'missing' or {{ row }}.imports_state <> 'missing'
        then 'one_flow_reported'
        when {{ row }}.exports_usd is not null or {{ row }}.imports_usd is not null
        then 'one_flow_by_others'
        else 'none'
    end
{%- endmacro %}
