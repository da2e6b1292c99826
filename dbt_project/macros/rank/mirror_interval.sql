{% macro mirror_interval() %}
    -- What a reporter would say of a trade its partner reports: the partner's figure, corrected by the gap the pair's
    -- two reports last had (and next have), as wide as the pair is restless. A known figure of a neighbouring year
    -- bounds it too.
    -- Reason for size: each side of the year has its anchor, its width and its check, one after the other.
    {%- set line = 'partition by reporter_code, partner_code, measure order by year_number' %}
    with
        -- the nearest known gap, and the nearest figure of the reporter itself, on either side of the year
        anchored as (

            {% for side, nearest, frame in [
            ('before', 'last_value', 'unbounded preceding and 1 preceding'),
            ('after', 'first_value', '1 following and unbounded following'),
        ] %}
                select
                    '{{ side }}' as side,
                    reporter_code,
                    partner_code,
                    measure,
                    year_number,
                    mirror_usd,
                    mirror_source_code,
                    yearly_width_{{ side }} as yearly_width,
                    {% for name, expression in [
                    ('log_gap', 'log_gap'),
                    ('gap_year', 'case when log_gap is not null then year_number end'),
                    ('log_own', 'case when own_usd > 0 then ln(own_usd::double) end'),
                    ('own_year', 'case when own_usd > 0 then year_number end'),
                ] %}
                        {{ nearest }} ({{ expression }} ignore nulls) over (
                            {{ line }} rows between {{ frame }}
                        ) as {{ name }}{{ ',' if not loop.last }}
                    {% endfor %}
                from both_reports
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}

        ),

        -- without a gap the partner's figure stands, less freight where it counts freight and the reporter does not
        centred as (

            select
                anchored.*,
                abs(year_number - own_year) as own_years,
                abs(year_number - gap_year) as gap_years,
                ln(mirror_usd::double)
                + case measure when 'exports' then -1 when 'imports' then 1 else 0 end
                * ln({{ usual_freight() }}) as log_raw,
                {{ width_by_size('mirror_usd', 'unknown_gap') }} * case
                    when {{ is_hub('reporter_code') }} or {{ is_hub('partner_code') }} then {{ hub_width() }} else 1
                end as unknown_width
            from anchored
            where mirror_usd is not null

        ),

        widened as (

            select
                centred.*,
                centred.log_gap is not null and centred.gap_years <= {{ anchor_reach_years() }} as is_anchored,
                -- a width grows by the year, so that the interval of a nearer anchor lies within that of a farther one
                centred.gap_years * least(
                    centred.unknown_width / 2,
                    {{ width_by_size('centred.mirror_usd', 'restlessness') }} * greatest(
                        {{ least_width() }},
                        {{ doubted_share_of_gap() }} * abs(centred.log_gap),
                        coalesce(centred.yearly_width, centred.unknown_width)
                    )
                ) as gap_width,
                centred.own_years * {{ width_by_size('centred.mirror_usd', 'growth') }} as own_width
            from centred

        ),

        mirrored as (

            select
                *,
                case when is_anchored then ln(mirror_usd::double) + log_gap else log_raw end as log_centre,
                case when is_anchored then gap_width else unknown_width end as log_width,
                -- a pair whose gap is no wider than usual keeps within the usual, too
                not is_anchored
                or abs(ln(mirror_usd::double) + log_gap - log_raw) <= unknown_width / 2 as keeps_to_usual
            from widened

        ),

        sides as (

            select
                side,
                reporter_code,
                partner_code,
                measure,
                year_number,
                mirror_usd,
                mirror_source_code,
                is_anchored,
                log_centre,
                case
                    when own_years > {{ anchor_reach_years() }} then null else abs(log_own - log_centre) <= own_width
                end as agrees_with_own,
                log_own,
                own_width,
                case
                    when keeps_to_usual
                    then greatest(log_centre - log_width, log_raw - unknown_width)
                    else log_centre - log_width
                end as log_low,
                case
                    when keeps_to_usual
                    then least(log_centre + log_width, log_raw + unknown_width)
                    else log_centre + log_width
                end as log_high
            from mirrored

        ),

        -- a figure of the reporter's own that lies farther off than trade grows contradicts the partner: both may be
        -- right
        checked as (

            select
                *,
                case
                    agrees_with_own
                    when true
                    then greatest(log_low, log_own - own_width)
                    when false
                    then least(log_low, log_own - own_width)
                    else log_low
                end as least_log,
                case
                    agrees_with_own
                    when true
                    then least(log_high, log_own + own_width)
                    when false
                    then greatest(log_high, log_own + own_width)
                    else log_high
                end as most_log
            from sides

        ),

        joined as (

            select
                reporter_code,
                partner_code,
                measure,
                year_number,
                mirror_usd,
                mirror_source_code,
                bool_or(is_anchored) as has_known_gap,
                coalesce(bool_or(not agrees_with_own), false) as is_contradicted,
                -- a side of which nothing is known does not bind the other
                {% for name, ends in [('inner', ['max', 'min']), ('outer', ['min', 'max'])] %}
                    coalesce(
                        {{ ends[0] }} (least_log) filter (where is_anchored or agrees_with_own is not null),
                        {{ ends[0] }} (least_log)
                    ) as {{ name }}_low,
                    coalesce(
                        {{ ends[1] }} (most_log) filter (where is_anchored or agrees_with_own is not null),
                        {{ ends[1] }} (most_log)
                    ) as {{ name }}_high,
                {% endfor %}
                coalesce(
                    avg(log_centre) filter (where is_anchored or agrees_with_own is not null), avg(log_centre)
                ) as log_centre,
                max(case side when 'before' then least_log end) as before_low,
                max(case side when 'before' then most_log end) as before_high
            from checked
            group by reporter_code, partner_code, measure, year_number, mirror_usd, mirror_source_code

        ),

        ended as (

            select
                *,
                {% for name, low, high in [('log_low', 'inner_low', 'outer_low'), ('log_high', 'inner_high', 'outer_high')] %}
                    case
                        when inner_low <= inner_high and not is_contradicted then {{ low }} else {{ high }}
                    end as {{ name }}{{ ',' if not loop.last }}
                {% endfor %}
            from joined

        )

    select
        reporter_code,
        partner_code,
        measure,
        year_number,
        mirror_usd,
        mirror_source_code,
        has_known_gap,
        -- the partner's figure as the reporter would say it
        {{ usd_of_log('least(greatest(log_centre, log_low), log_high)') }} as estimate_usd,
        {{ usd_of_log('log_low') }} as low_usd,
        {{ usd_of_log('log_high') }} as high_usd,
        {{ usd_of_log('before_low') }} as low_if_silent_usd,
        {{ usd_of_log('before_high') }} as high_if_silent_usd
    from ended
{% endmacro %}
