{% macro partner_flow_interval() %}
    -- What is known of a partner's exports, imports and turnover in a year, each by its own reports: a value, or the
    -- interval it lies in. Partners of whom nothing is known that year have a row with open ends.
    with
        universe as ({{ ranked_partners() }}),

        doubted as ({{ doubted_measure() }}),

        known as (

            select
                universe.*,
                evidence.own_usd,
                evidence.own_state,
                evidence.own_source_code,
                evidence.is_of_statistic,
                evidence.mirror_usd,
                evidence.mirror_source_code,
                coalesce(evidence.has_known_gap, false) as has_known_gap,
                -- it bounds nothing where it is doubted, and yet has to stay possible
                evidence.mirror_estimate_usd,
                case
                    when doubted.measure is null then evidence.mirror_low_usd else evidence.mirror_usd * 0
                end as mirror_low_usd,
                case
                    when doubted.measure is null
                    then evidence.mirror_high_usd
                    when evidence.mirror_usd is not null
                    then {{ most_of_the_world_usd() }}
                end as mirror_high_usd,
                bounds.bound_usd
            from universe
            left join
                {{ ref('partner_evidence') }} as evidence
                on universe.reporter_code = evidence.reporter_code
                and universe.partner_code = evidence.partner_code
                and universe.year_number = evidence.year_number
                and universe.measure = evidence.measure
            left join
                top_list_bound as bounds
                on universe.reporter_code = bounds.reporter_code
                and universe.year_number = bounds.year_number
                and universe.measure = case bounds.flow_code when 'X' then 'exports' else 'imports' end
            left join doubted on universe.measure = doubted.measure

        )

    select
        reporter_code,
        partner_code,
        year_number,
        measure,
        case
            when own_state is not null
            then own_state
            -- a list of the largest partners binds whoever is not on it, also where the partner says more
            when mirror_low_usd <= coalesce(bound_usd, mirror_low_usd)
            then 'mirror_only'
            when bound_usd is not null
            then 'bounded'
            else 'missing'
        end as value_state,
        own_usd as value_usd,
        own_source_code,
        mirror_source_code,
        coalesce(not is_of_statistic, false) as is_of_other_statistic,
        mirror_usd,
        has_known_gap,
        case when own_state is null then mirror_estimate_usd end as mirror_estimate_usd,
        case
            when is_of_statistic
            then own_usd
            when own_usd is not null
            then own_usd * exp(-{{ statistic_width() }})
            when bound_usd is not null
            then coalesce(case when mirror_low_usd <= bound_usd then mirror_low_usd end, 0)
            else mirror_low_usd
        end::decimal(18, 3) as low_usd,
        case
            when is_of_statistic
            then own_usd
            when own_usd is not null
            then own_usd * exp({{ statistic_width() }})
            when mirror_high_usd is null
            then bound_usd
            else least(mirror_high_usd, coalesce(bound_usd, mirror_high_usd))
        end::decimal(18, 3) as high_usd
    from known
{% endmacro %}
