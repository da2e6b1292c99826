{% macro partner_neighbour() %}
    -- How near the next partner in the order of what is known is, and whether the two of them stand on the reporter's
    -- own figures: a place that is certain by 4 % is not one that is certain by half.
    with
        ordered as (

            select
                interval_rows.*,
                -- between nothing and more than any pair trades there is no middle
                case
                    when high_usd >= {{ more_than_any_pair_usd() }}
                    then null
                    when low_usd > 0
                    then sqrt(low_usd::double * high_usd::double)
                    else high_usd::double / 2
                end as estimate_usd,
                value_state in ('bounded', 'mirror_only') or is_partly_mirrored as is_mirrored
            from {{ ref('partner_value_interval') }} as interval_rows
            where value_state <> 'missing'

        ),

        neighbours as (

            select
                *,
                {% for name, function in [('above', 'lag'), ('below', 'lead')] %}
                    {{ function }} (estimate_usd) over ranking as {{ name }}_usd,
                    {{ function }} (is_mirrored) over ranking as {{ name }}_is_mirrored{{ ',' if not loop.last }}
                {% endfor %}
            from ordered
            window
                ranking as (
                    partition by reporter_code, year_number, measure order by estimate_usd desc nulls last, partner_code
                )

        )

    select
        reporter_code,
        partner_code,
        year_number,
        measure,
        estimate_usd::decimal(18, 3) as estimate_usd,
        is_mirrored or coalesce(above_is_mirrored, false) or coalesce(below_is_mirrored, false) as rests_on_mirror,
        (
            100 * least({{ ratio('above_usd', 'estimate_usd') }} - 1, 1 - {{ ratio('below_usd', 'estimate_usd') }})
        )::decimal(18, 3) as nearest_pct
    from neighbours
{% endmacro %}
