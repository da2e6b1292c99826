{#-
    The yearly reports of exports and imports a source publishes whole, to select from: what the reporter itself
    reports, of all goods and of all partners, so that a partner it does not name traded nothing. Grain: source,
    reporter, flow, year.
-#}
{% macro complete_yearly_reports() %}
    select
        availability.source_code,
        availability.reporter_code,
        availability.flow_code,
        availability.period_code,
        period.year_number,
        period.period_start,
        period.period_end,
        availability.file_id
    from {{ ref('fct_availability') }} as availability
    inner join {{ ref('dim_period') }} as period on availability.period_code = period.period_code
    where
        availability.freq_code = 'A'
        and availability.flow_code in ('X', 'M')
        and availability.classification_code = 'TOTAL'
        and availability.availability_state = 'published'
        and availability.cell_state = 'observed'
        and availability.partner_scope = 'complete'
{% endmacro %}
