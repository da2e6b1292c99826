-- Trade of groups, added up from their members: a sum where every pair of members is known, else a floor and a count.
{% set measures = ['exports', 'imports', 'turnover'] %}
with
    members as (select * from {{ ref('trade_group_member') }}),

    pairs as (

        select
            reporter.area_code as reporter_code,
            partner.area_code as partner_code,
            reporter.year_number,
            count(*) as n_pairs,
            {% for measure in measures %}
                count(trade.{{ measure }}_usd) as n_{{ measure }}_known,
                count(*) filter (where trade.{{ measure }}_basis = 'mirror') as n_{{ measure }}_mirrored,
                sum(trade.{{ measure }}_usd)::decimal(18, 3) as {{ measure }}_known_usd
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from members as reporter
        inner join
            members as partner
            on reporter.year_number = partner.year_number
            and reporter.member_code <> partner.member_code
            and reporter.area_code <> partner.area_code
            and (reporter.is_group or partner.is_group)
        left join
            {{ ref('bilateral_year') }} as trade
            on reporter.member_code = trade.reporter_code
            and partner.member_code = trade.partner_code
            and reporter.year_number = trade.year_number
        group by reporter.area_code, partner.area_code, reporter.year_number

    )

select
    pairs.reporter_code,
    pairs.partner_code,
    pairs.year_number,
    pairs.n_pairs,
    {% for measure in measures %}
        pairs.n_{{ measure }}_known,
        pairs.n_{{ measure }}_mirrored,
        case
            when pairs.n_{{ measure }}_known = pairs.n_pairs then pairs.{{ measure }}_known_usd
        end as {{ measure }}_usd,
        pairs.{{ measure }}_known_usd,
        published.{{ measure }}_usd as {{ measure }}_published_usd,
        published.{{ measure }}_source_code as {{ measure }}_published_source_code,
    {% endfor %}
    case
        when pairs.n_turnover_known = 0
        then 'No sum: the turnover of none of ' || pairs.n_pairs::varchar || ' pairs is known; missing, not zero.'
        when pairs.n_turnover_known < pairs.n_pairs
        then
            'No sum: the turnover of '
            || pairs.n_turnover_known::varchar
            || ' of '
            || pairs.n_pairs::varchar
            || ' pairs is known'
        else 'The sum of ' || pairs.n_pairs::varchar || ' pairs'
    end || case
        when pairs.n_turnover_known = 0
        then ''
        when pairs.n_turnover_mirrored > 0
        then ', of ' || pairs.n_turnover_mirrored::varchar || ' by the partner''s report'
        else ''
    end
    || case
        when pairs.n_turnover_known = 0
        then ''
        when pairs.n_turnover_known < pairs.n_pairs
        then '; the others are missing, not zero.'
        else '.'
    end as state_text
from pairs
left join
    {{ ref('bilateral_year') }} as published
    on pairs.reporter_code = published.reporter_code
    and pairs.partner_code = published.partner_code
    and pairs.year_number = published.year_number
where
    coalesce(pairs.n_exports_known + pairs.n_imports_known + pairs.n_turnover_known, 0) > 0
    or published.year_number is not null
