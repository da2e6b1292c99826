-- Trade of groups, added up from their members on 31 December: a sum where every pair of members is known, else a floor
-- and a count. The floor of the total counts of every pair what is known, its total or its flows, whichever is more.
-- With the World each member counts with its own total. What lies inside a group says so.
-- Pairs of members are many, and few of them known: how many there are is reckoned, what is known is added up.
-- Reason for size: members, the World and what lies inside a group are put beside each pair, each in its place.
{% set measures = ['exports', 'imports', 'turnover'] %}
with
    years as (

        select period.year_number, period.period_end
        from {{ ref('dim_period') }} as period
        where
            period.freq_code = 'A'
            and period.year_number in (select trade.year_number from {{ ref('bilateral_year') }} as trade)

    ),

    -- who stands for an area in a year: a group its members, an economy itself
    area_member as (

        select bridge.group_code as area_code, years.year_number, bridge.area_code as member_code, true as is_group
        from {{ ref('bridge_area_group') }} as bridge
        inner join
            years
            on bridge.member_from <= years.period_end
            and (bridge.member_to is null or bridge.member_to > years.period_end)

        union all

        select area.area_code, years.year_number, area.area_code as member_code, false as is_group
        from {{ ref('dim_area') }} as area
        cross join years
        where area.is_economy

    ),

    members as (

        select area_code, year_number, member_code, is_group
        from area_member
        union all
        select world.area_code, years.year_number, world.area_code, false
        from {{ ref('dim_area') }} as world
        cross join (select distinct year_number from area_member) as years
        where world.area_kind = 'world'

    ),

    world as (

        select report.*
        from {{ ref('pair_report_year') }} as report
        inner join {{ ref('dim_area') }} as area on report.partner_code = area.area_code
        where area.area_kind = 'world' and report.report_basis = 'own'
        qualify
            row_number() over (partition by report.reporter_code, report.year_number order by report.report_rank) = 1

    ),

    trade as (

        {% for name, basis in [('bilateral_year', none), ('world', "'own'")] %}
            select
                reporter_code,
                partner_code,
                year_number,
                {% for measure in measures %}
                    {% if measure == 'turnover' and not basis %}
                        turnover_any_basis_usd as
                    {% endif %} {{ measure }}_usd,
                    {% if basis %} case when {{ measure }}_usd is not null then {{ basis }} end as {{ measure }}_basis,
                    {% else %} {{ measure }}_basis,
                    {% endif %}
                    {{ 'source_code as ' if basis }} {{ measure }}_source_code,
                {% endfor %}
                {% if basis %}
                    {{ adds_up('turnover_usd', 'exports_usd', 'imports_usd', ['source_code'] * 3) }} as flows_add_up
                {% else %} flows_add_up
                {% endif %}
            from {{ 'world' if basis else ref('bilateral_year') }} {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    -- groups an economy is a member of in a year
    inside as (select area_code as group_code, member_code, year_number from area_member where is_group),

    -- groups that overlap: trade between those that are in both is in the sum of the one with the other
    shared as (

        select
            one.area_code as reporter_code,
            other.area_code as partner_code,
            one.year_number,
            count(*) as n_shared_members
        from members as one
        inner join
            members as other
            on one.member_code = other.member_code
            and one.year_number = other.year_number
            and one.area_code <> other.area_code
        group by one.area_code, other.area_code, one.year_number

    ),

    -- what is known of the trade of members, added up
    known as (

        select
            reporter.area_code as reporter_code,
            partner.area_code as partner_code,
            trade.year_number,
            {% for measure in measures %}
                count(trade.{{ measure }}_usd) as n_{{ measure }}_known,
                count(*) filter (
                    where trade.{{ measure }}_usd is not null and trade.{{ measure }}_basis = 'mirror'
                ) as n_{{ measure }}_mirrored,
                count(*) filter (
                    where trade.{{ measure }}_usd is not null and trade.{{ measure }}_basis = 'derived'
                ) as n_{{ measure }}_estimated,
                count(distinct trade.{{ measure }}_source_code) filter (
                    where trade.{{ measure }}_usd is not null
                ) as n_{{ measure }}_sources,
                sum(trade.{{ measure }}_usd)::decimal(18, 3) as {{ measure }}_known_usd,
            {% endfor %}
            count(*) filter (where not trade.flows_add_up) as n_not_adding_up,
            count(coalesce(trade.exports_usd, trade.imports_usd)) filter (
                where trade.turnover_usd is null
            ) as n_turnover_partly_known,
            count(*) filter (
                where trade.turnover_usd is null and 'mirror' in (trade.exports_basis, trade.imports_basis)
            ) as n_turnover_partly_mirrored,
            sum(
                case
                    when coalesce(trade.exports_usd, trade.imports_usd, trade.turnover_usd) is not null
                    then
                        greatest(
                            coalesce(trade.turnover_usd, 0),
                            coalesce(trade.exports_usd, 0) + coalesce(trade.imports_usd, 0)
                        )
                end
            )::decimal(18, 3) as turnover_floor_usd
        from trade
        inner join
            members as reporter
            on trade.reporter_code = reporter.member_code
            and trade.year_number = reporter.year_number
        inner join
            members as partner on trade.partner_code = partner.member_code and trade.year_number = partner.year_number
        where
            trade.reporter_code <> trade.partner_code
            and reporter.area_code <> partner.area_code
            and (reporter.is_group or partner.is_group)
        group by reporter.area_code, partner.area_code, trade.year_number

    ),

    area as (

        select area_code, year_number, is_group, count(*) as n_members
        from members
        group by area_code, year_number, is_group

    ),

    asked as (

        select reporter_code, partner_code, year_number
        from known
        union
        select published.reporter_code, published.partner_code, published.year_number
        from {{ ref('bilateral_year') }} as published

    ),

    -- each member of the one with each of the other; a member with itself is no pair
    pairs as (

        select
            asked.reporter_code,
            asked.partner_code,
            asked.year_number,
            reporter.n_members * partner.n_members - coalesce(shared.n_shared_members, 0) as n_pairs,
            coalesce(shared.n_shared_members, 0) as n_shared_members,
            {% for measure in measures %}
                {% for count in ['known', 'mirrored', 'estimated', 'sources'] %}
                    coalesce(known.n_{{ measure }}_{{ count }}, 0) as n_{{ measure }}_{{ count }},
                {% endfor %}
                known.{{ measure }}_known_usd,
            {% endfor %}
            {% for count in ['not_adding_up', 'turnover_partly_known', 'turnover_partly_mirrored'] %}
                coalesce(known.n_{{ count }}, 0) as n_{{ count }},
            {% endfor %}
            known.turnover_floor_usd
        from asked
        inner join
            area as reporter on asked.reporter_code = reporter.area_code and asked.year_number = reporter.year_number
        inner join area as partner on asked.partner_code = partner.area_code and asked.year_number = partner.year_number
        left join
            shared
            on asked.reporter_code = shared.reporter_code
            and asked.partner_code = shared.partner_code
            and asked.year_number = shared.year_number
        left join
            known
            on asked.reporter_code = known.reporter_code
            and asked.partner_code = known.partner_code
            and asked.year_number = known.year_number
        where asked.reporter_code <> asked.partner_code and (reporter.is_group or partner.is_group)

    )

select
    pairs.reporter_code,
    pairs.partner_code,
    pairs.year_number,
    pairs.n_pairs,
    {% for measure in measures %}
        pairs.n_{{ measure }}_known,
        pairs.n_{{ measure }}_mirrored,
        pairs.n_{{ measure }}_estimated,
        pairs.n_{{ measure }}_sources,
        case
            when pairs.n_{{ measure }}_known = pairs.n_pairs then pairs.{{ measure }}_known_usd
        end as {{ measure }}_usd,
        {% if measure == 'turnover' %}
            pairs.n_turnover_partly_known,
            pairs.n_turnover_partly_mirrored,
            case
                when pairs.n_turnover_known = pairs.n_pairs then pairs.turnover_known_usd else pairs.turnover_floor_usd
            end as turnover_known_usd,
        {% else %} pairs.{{ measure }}_known_usd,
        {% endif %}
        published.{{ 'turnover_any_basis' if measure == 'turnover' else measure }}_usd as {{ measure }}_published_usd,
        published.{{ measure }}_source_code as {{ measure }}_published_source_code,
    {% endfor %}
    pairs.n_not_adding_up,
    case
        when least(pairs.n_exports_known, pairs.n_imports_known, pairs.n_turnover_known) = pairs.n_pairs
        then pairs.n_not_adding_up = 0
    end as flows_add_up,
    inside.group_code is not null as is_inside_group,
    pairs.n_shared_members,
    case
        when pairs.n_turnover_known + pairs.n_turnover_partly_known = 0
        then 'none_known'
        when pairs.n_turnover_known < pairs.n_pairs
        then 'partly_known'
        when pairs.n_turnover_mirrored + pairs.n_turnover_estimated > 0
        then 'whole_by_others'
        else 'whole'
    end as state_code
from pairs
left join
    {{ ref('bilateral_year') }} as published
    on pairs.reporter_code = published.reporter_code
    and pairs.partner_code = published.partner_code
    and pairs.year_number = published.year_number
left join
    inside
    on pairs.year_number = inside.year_number
    and (
        (pairs.reporter_code = inside.group_code and pairs.partner_code = inside.member_code)
        or (pairs.partner_code = inside.group_code and pairs.reporter_code = inside.member_code)
    )
where
    pairs.n_pairs > 0
    and (
        pairs.n_exports_known + pairs.n_imports_known + pairs.n_turnover_known > 0 or published.year_number is not null
    )
