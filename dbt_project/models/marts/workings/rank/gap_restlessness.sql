-- How much the gap between the two reports of a pair may move in a year, by its own changes in the years before a year,
-- and in those after it: the year itself, and whether its own report is known, have no part in it.
with
    changes as (select * from {{ ref('partner_evidence') }} where gap_change is not null),

    near as (

        {% for side, first, last in [
            ('before', '- ' ~ gap_window_years(), '- 1'),
            ('after', '+ 2', '+ 1 + ' ~ gap_window_years()),
        ] %}
            select
                '{{ side }}' as side,
                target.reporter_code,
                target.partner_code,
                target.measure,
                target.year_number,
                changes.gap_change,
                row_number() over (
                    partition by target.reporter_code, target.partner_code, target.measure, target.year_number
                    order by changes.gap_change, changes.year_number
                ) as position
            from {{ ref('partner_evidence') }} as target
            inner join
                changes
                on target.reporter_code = changes.reporter_code
                and target.partner_code = changes.partner_code
                and target.measure = changes.measure
                and changes.year_number between target.year_number {{ first }} and target.year_number {{ last }}
            where target.mirror_usd is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    )

select
    reporter_code,
    partner_code,
    measure,
    year_number,
    side,
    round(min({{ calm_factor('position') }} * gap_change)::double, 9) as yearly_width
from near
where position between 3 and 5
group by reporter_code, partner_code, measure, year_number, side
