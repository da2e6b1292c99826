-- The largest yearly growth ever observed for a partner of some weight: what an unreported partner
-- may have grown by at most, by measure. Only the reporter's own figures of years measured alike (one report of both)
-- are compared.
with
    years as (

        select years.*
        from {{ ref('bilateral_year') }} as years
        inner join {{ ref('dim_area') }} as partner on years.partner_code = partner.area_code
        where partner.is_economy

    ),

    observed as (

        {% for measure in ['turnover', 'exports', 'imports'] %}
            select
                reporter_code,
                partner_code,
                year_number,
                '{{ measure }}' as measure,
                {{ measure }}_usd as value_usd,
                {% if measure == 'turnover' %} turnover_yoy_pct as yoy_pct, null as source_code,
                {% else %} null as yoy_pct, {{ measure }}_source_code as source_code,
                {% endif %}
                max({{ measure }}_usd) over (partition by reporter_code, year_number) as largest_usd
            from years
            where {{ measure }}_basis = 'own'
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    ),

    growth as (

        select
            this_year.reporter_code,
            this_year.measure,
            max(
                coalesce(
                    1 + this_year.yoy_pct / 100,
                    case
                        when this_year.source_code = last_year.source_code
                        then {{ ratio('this_year.value_usd', 'last_year.value_usd') }}
                    end
                )
            ) as growth_factor
        from observed as this_year
        inner join
            observed as last_year
            on this_year.reporter_code = last_year.reporter_code
            and this_year.partner_code = last_year.partner_code
            and this_year.measure = last_year.measure
            and this_year.year_number = last_year.year_number + 1
        where last_year.value_usd >= 0.01 * last_year.largest_usd
        group by this_year.reporter_code, this_year.measure

    )

select
    observed.reporter_code,
    observed.measure,
    greatest(1, coalesce(max(growth.growth_factor), 1))::decimal(18, 6) as growth_factor
from observed
left join growth on observed.reporter_code = growth.reporter_code and observed.measure = growth.measure
group by observed.reporter_code, observed.measure
