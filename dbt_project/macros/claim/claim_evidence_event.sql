{% macro claim_evidence_event() %}
    -- Since when sanctions have been in force: the first year with such an event against the subject, by the other side
    -- where the statement names one. An event on record before the year stated refutes it; where none is that early,
    -- the record may lack one, and the statement is of no period on record.
    with
        claims as (select * from {{ ref('claim_side') }} where statement_kind = 'event' and measure = 'sanctions'),

        events as (

            select
                claims.statement_id,
                event.event_id,
                event.imposing_code,
                extract(year from detail.event_on)::integer as year_number,
                detail.event_on,
                event.publication_id,
                event.file_id,
                event.line
            from claims
            inner join
                {{ ref('fct_event') }} as event
                on claims.reporter_code = event.target_code
                and event.imposing_code = coalesce(claims.partner_code, event.imposing_code)
            inner join {{ ref('dim_event') }} as detail on event.event_id = detail.event_id
            where detail.event_kind = 'sanction'

        ),

        years as (

            select
                statement_id,
                year_number,
                count(distinct event_id) as n_events,
                min(event_on) as first_on,
                min(publication_id) as publication_id,
                min(file_id) as file_id,
                min(line) as line
            from events
            group by statement_id, year_number
            qualify row_number() over (partition by statement_id order by year_number nulls last) = 1

        ),

        parties as (

            select
                named.statement_id,
                named.year_number,
                regexp_replace(
                    {{ text_list('named.area_text', 'named.area_text') }}, ', ([^,]+)$', ' and \1'
                ) as imposing_text
            from
                (
                    select distinct
                        events.statement_id, events.year_number, {{ name_in_text('area.area_name') }} as area_text
                    from events
                    inner join {{ ref('dim_area') }} as area on events.imposing_code = area.area_code
                ) as named
            group by named.statement_id, named.year_number

        )

    select
        claims.statement_id,
        claims.reporter_code,
        years.year_number::varchar as period_code,
        years.year_number <= extract(year from claims.claimed_start) as is_claimed_period,
        true as is_cited_reporter,
        years.year_number::decimal(18, 6) as found_value,
        years.year_number::decimal(18, 6) as found_low,
        years.year_number::decimal(18, 6) as found_high,
        claims.unit_code,
        null::varchar as source_code,
        'first_event' as found_rule,
        years.year_number = claims.claimed_value as fits,
        false as is_possible,
        'The first sanctions on record against '
        || claims.reporter_name
        || ' date from '
        || {{ day_in_words('years.first_on') }}
        || '. For '
        || years.year_number::varchar
        || ', '
        || years.n_events::varchar
        || case when years.n_events = 1 then ' is on record, imposed by ' else ' are on record, imposed by ' end
        || parties.imposing_text
        || '.' as finding,
        years.publication_id,
        years.file_id,
        years.line::bigint as line
    from claims
    inner join years on claims.statement_id = years.statement_id
    inner join parties on years.statement_id = parties.statement_id and years.year_number = parties.year_number
{% endmacro %}
