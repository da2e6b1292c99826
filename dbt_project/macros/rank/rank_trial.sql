{% macro rank_trial() %}
    -- The trial of every ranking: reports of a reporter that are known are hidden, its partners' are read instead as
    -- if the reporter had just fallen silent, and the ranks that come of it are held against those of its own report.
    -- Hidden are both flows of a fifth of the partners, of about half of them, and of all.
    -- Reason for size: one question asked of several sources of it, each in a step of its own.
    {%- set trials = [20, 55, 100] %}
    {%- set series = 'hidden_pct, reporter_code, year_number, measure' %}
    with
        known as (

            select
                evidence.reporter_code,
                evidence.partner_code,
                evidence.year_number,
                evidence.measure,
                ranking.statistic_code,
                evidence.own_usd as true_usd,
                evidence.low_if_silent_usd,
                evidence.high_if_silent_usd,
                -- a hundred parts of the partners, the same in every run
                (
                    ascii(
                        substr(
                            md5(evidence.reporter_code || evidence.partner_code || evidence.year_number::varchar), 1, 1
                        )
                    )
                    * 31
                    + ascii(
                        substr(
                            md5(evidence.reporter_code || evidence.partner_code || evidence.year_number::varchar), 2, 1
                        )
                    )
                    * 7
                    + ascii(
                        substr(
                            md5(evidence.reporter_code || evidence.partner_code || evidence.year_number::varchar), 3, 1
                        )
                    )
                )
                % 100 as part
            from {{ ref('partner_evidence') }} as evidence
            inner join
                {{ ref('rank_statistic') }} as ranking
                on evidence.reporter_code = ranking.reporter_code
                and evidence.year_number = ranking.year_number
                and evidence.measure = ranking.measure
            where evidence.is_of_statistic and evidence.own_state = 'observed'

        ),

        intervals as (

            select
                trials.hidden_pct,
                known.*,
                known.part < trials.hidden_pct and known.low_if_silent_usd is not null as is_hidden,
                case
                    when known.part < trials.hidden_pct
                    then coalesce(known.low_if_silent_usd, known.true_usd)
                    else known.true_usd
                end as low_usd,
                case
                    when known.part < trials.hidden_pct
                    then coalesce(known.high_if_silent_usd, known.true_usd)
                    else known.true_usd
                end as high_usd
            from known
            cross join
                (values {% for trial in trials %} ({{ trial }}){{ ', ' if not loop.last }}{% endfor %}) as trials(
                    hidden_pct
                )

        ),

        points as (

            {% for name, rival, mark in [('certainly', 'low_usd', 'high_usd'), ('possibly', 'high_usd', 'low_usd')] %}
                select '{{ name }}' as question, {{ series }}, partner_code, {{ rival }} as amount_usd, 1 as is_rival
                from intervals
                union all
                select '{{ name }}', {{ series }}, partner_code, {{ mark }}, 0
                from intervals
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}

        ),

        counted as (

            select
                *,
                sum(is_rival) over (
                    partition by question, {{ series }}
                    order by amount_usd desc nulls last, is_rival, partner_code
                    rows between unbounded preceding and current row
                )::bigint as n_above
            from points

        ),

        answers as (

            select
                {{ series }},
                partner_code,
                max(n_above) filter (where question = 'certainly') as n_certainly,
                max(n_above) filter (where question = 'possibly') as n_possibly
            from counted
            where is_rival = 0
            group by {{ series }}, partner_code

        )

    select
        intervals.hidden_pct::integer as hidden_pct,
        intervals.reporter_code,
        intervals.partner_code,
        intervals.year_number,
        intervals.measure,
        intervals.statistic_code,
        intervals.is_hidden,
        intervals.true_usd,
        intervals.low_usd,
        intervals.high_usd,
        rank() over (
            partition by intervals.hidden_pct, intervals.reporter_code, intervals.year_number, intervals.measure
            order by intervals.true_usd desc nulls last
        )::bigint as true_rank,
        (1 + answers.n_certainly)::bigint as rank_best,
        (1 + answers.n_possibly - case when intervals.high_usd > intervals.low_usd then 1 else 0 end)::bigint
        as rank_worst,
        sum(case when intervals.is_hidden then 1 else 0 end) over (
            partition by intervals.hidden_pct, intervals.reporter_code, intervals.year_number, intervals.measure
        )::bigint as n_hidden
    from intervals
    inner join
        answers
        on intervals.hidden_pct = answers.hidden_pct
        and intervals.reporter_code = answers.reporter_code
        and intervals.partner_code = answers.partner_code
        and intervals.year_number = answers.year_number
        and intervals.measure = answers.measure
{% endmacro %}
