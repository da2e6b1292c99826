-- Every statement as it reads from either side of the pair: whose statistic can be asked, for which
-- measure and period, and which figures would agree with what was said.
with
    statements as (

        select
            statement.*,
            length(split_part(claimed_value_text, '.', 2)) as n_decimals,
            length(claimed_value_text) - length(trim(trailing '0' from claimed_value_text)) as n_zeros,
            try_cast(substr(said_on_text, 1, 4) as integer) as said_year,
            first_period.period_start as claimed_start,
            last_period.period_end as claimed_end,
            first_period.period_months as claimed_months
        from {{ ref('fct_statement') }} as statement
        left join {{ ref('dim_period') }} as first_period on statement.period_from = first_period.period_code
        left join {{ ref('dim_period') }} as last_period on statement.period_to = last_period.period_code

    ),

    precise as (

        select
            *,
            power(10, - n_decimals) as last_digit,
            -- "more than 90" speaks of the nineties, "more than 146" of the hundred and forty-sixth
            case when n_decimals > 0 then power(10, - n_decimals) else power(10, n_zeros) end as last_significant_digit
        from statements

    ),

    sides as (

        select *, subject_code as side_code, counterpart_code as other_code, measure as side_measure, 1 as side_sign
        from precise

        union all

        -- the other side's exports are the subject's imports, its surplus the subject's deficit
        select
            *,
            counterpart_code,
            subject_code,
            case measure when 'exports' then 'imports' when 'imports' then 'exports' else measure end,
            case measure when 'balance' then -1 else 1 end
        from precise
        where
            counterpart_code is not null
            and statement_kind in ('level', 'forecast', 'growth', 'balance', 'ratio', 'target')

    )

select
    sides.statement_id,
    sides.side_code as reporter_code,
    sides.other_code as partner_code,
    sides.statement_kind,
    sides.side_measure as measure,
    sides.side_sign::integer as side_sign,
    sides.side_code = sides.subject_code as is_subject,
    -- shares, ranks and streaks are read from the subject's statistic whoever is cited
    sides.reporter_code is null
    or sides.side_code = sides.reporter_code
    or sides.reporter_code not in (sides.subject_code, coalesce(sides.counterpart_code, ''))
    or sides.statement_kind not in ('level', 'forecast', 'growth', 'balance', 'ratio', 'target') as is_cited_reporter,
    {{ name_in_text('reporter.area_name') }} as reporter_name,
    {{ name_in_text('partner.area_name') }} as partner_name,
    sides.comparator,
    sides.unit_code,
    sides.currency_code,
    sides.claimed_value::decimal(18, 6) as claimed_value,
    case
        sides.comparator
        when 'about'
        then sides.claimed_value - 0.025 * abs(sides.claimed_value)
        when 'equal'
        then sides.claimed_value - 0.5 * sides.last_digit
        when 'at_most'
        then case when sides.claimed_value < 0 then sides.claimed_value end
        when 'more_than'
        then case when sides.claimed_value < 0 then - sides.last_significant_digit else 0 end + sides.claimed_value
        when 'range'
        then least(sides.claimed_value, sides.claimed_value_high)
        when 'not_at_most'
        then case when sides.claimed_value >= 0 then sides.claimed_value end
        else sides.claimed_value
    end::decimal(18, 6) as accepted_low,
    case
        sides.comparator
        when 'about'
        then sides.claimed_value + 0.025 * abs(sides.claimed_value)
        when 'equal'
        then sides.claimed_value + 0.5 * sides.last_digit
        when 'more_than'
        then case when sides.claimed_value < 0 then 0 else sides.last_significant_digit end + sides.claimed_value
        when 'range'
        then greatest(sides.claimed_value, sides.claimed_value_high)
        when 'at_most'
        then case when sides.claimed_value >= 0 then sides.claimed_value end
        when 'not_at_most'
        then case when sides.claimed_value < 0 then sides.claimed_value end
    end::decimal(18, 6) as accepted_high,
    sides.publication_id as statement_publication_id,
    sides.said_year,
    sides.period_from,
    sides.period_to,
    sides.claimed_start::date as claimed_start,
    sides.claimed_end::date as claimed_end,
    sides.claimed_months::integer as claimed_months
from sides
left join {{ ref('dim_area') }} as reporter on sides.side_code = reporter.area_code
left join {{ ref('dim_area') }} as partner on sides.other_code = partner.area_code
