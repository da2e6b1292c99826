{#- Flows whose contributions do not add up to their growth; a hair for rounding. -#}
{% test contributions_add_up(model) %}

    select source_code, reporter_code, partner_code, flow_code, component_kind, period_code
    from {{ model }}
    where growth_pct is not null
    group by source_code, reporter_code, partner_code, flow_code, component_kind, period_code
    having abs(sum(contribution_pct) - max(growth_pct)) > 0.000001 * (1 + abs(max(growth_pct)))

{% endtest %}
