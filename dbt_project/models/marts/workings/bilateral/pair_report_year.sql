-- What one source says of a pair in a year: exports, imports and the total it prints, side by side, and its place
-- among the reports of the pair. A report with both flows goes before one with a total only, that before flows added up
-- from products, which may be some of them only, and these before a single flow; an official report before a quotation,
-- unless that is newer and says why, a quotation before a compilation; then the priority of the source decides.
-- Reason for size: the figures of a report, what they add up to and its place rest on one another.
{%- set pair_year = 'reporter_code, partner_code, year_number, report_basis' %}
with
    pair_flow_report as materialized({{ pair_flow_report() }}),

    reports as (

        select
            source_code,
            report_side,
            {{ pair_year }},
            min(source_priority) as source_priority,
            min(report_kind) as report_kind,
            {% for name, flow in [('exports', 'X'), ('imports', 'M'), ('printed', 'T')] %}
                max(value_usd) filter (where flow_code = '{{ flow }}') as {{ name }}_usd,
                max(valuation_code) filter (where flow_code = '{{ flow }}') as {{ name }}_valuation_code,
            {% endfor %}
            {% for name in ['value_usd_min', 'value_usd_max', 'n_reports', 'publication_id', 'file_id', 'line'] %}
                max({{ name }}) filter (where flow_code = 'T') as {{ name }},
            {% endfor %}
            coalesce(bool_or(is_corroborated) filter (where flow_code = 'T'), false) as is_corroborated,
            bool_or(total_rule = 'converted') as is_converted,
            coalesce(bool_or(total_rule = 'sum_of_products'), false) as is_summed,
            count(*) filter (where cell_state = 'implied_zero') as n_implied,
            max(revision_note) as revision_note,
            min({{ first_day('published_on') }}) as published_from,
            max({{ last_day('published_on') }}) as published_to
        from pair_flow_report
        -- what has no dollars is no report of any
        where cell_state is distinct from 'no_rate'
        group by source_code, report_side, {{ pair_year }}

    ),

    summed as (

        select
            *,
            (exports_usd + imports_usd)::decimal(18, 3) as flows_usd,
            -- a printed total that its flows contradict, by more than their rounding, is not the total of this report
            printed_usd is not null
            and (
                exports_usd + imports_usd is null
                or n_implied > 0
                or is_summed
                or {{ adds_up('printed_usd', 'exports_usd', 'imports_usd', ['source_code'] * 3) }}
            ) as uses_printed,
            max(published_to) filter (where report_kind = 'official' and exports_usd + imports_usd is not null) over (
                partition by {{ pair_year }}
            ) as official_to
        from reports

    ),

    classed as (

        select
            *,
            case when uses_printed then printed_usd else flows_usd end as turnover_usd,
            case
                when is_converted and coalesce(printed_usd, flows_usd) is not null
                then 4
                when is_summed and printed_usd is null and flows_usd is not null
                then 4
                when flows_usd is not null and n_implied = 0 and not is_summed
                then 1
                when flows_usd is not null and n_implied = 1 and not is_summed
                then 2
                when printed_usd is not null
                then 3
                when flows_usd is not null
                then 6
                when n_implied = 0 and not is_summed
                then 5
                else 7
            end as completeness,
            case
                when report_kind = 'official'
                then 1
                when report_kind = 'quoted' and revision_note is not null and published_from > official_to
                then 0
                when report_kind = 'quoted'
                then 2
                else 3
            end as kind_order
        from summed

    ),

    pair_report_year as (

        select
            source_code,
            report_side,
            report_basis,
            reporter_code,
            partner_code,
            year_number,
            exports_usd,
            imports_usd,
            printed_usd,
            exports_valuation_code,
            imports_valuation_code,
            turnover_usd::decimal(18, 3) as turnover_usd,
            case
                when turnover_usd is null
                then null
                when report_basis = 'derived'
                then 'sum_with_derived'
                when report_basis = 'mirror' and uses_printed
                then 'published_by_partner'
                when report_basis = 'mirror'
                then 'sum_of_mirrors'
                when uses_printed and is_converted
                then 'converted_total'
                when uses_printed
                then 'published_total'
                else 'sum_one_source'
            end as turnover_rule,
            is_converted,
            -- a total the flows of its own report contradict stays visible as the other end of the range
            case
                when uses_printed then value_usd_min when printed_usd is not null then least(printed_usd, flows_usd)
            end::decimal(18, 3) as turnover_usd_min,
            case
                when uses_printed then value_usd_max when printed_usd is not null then greatest(printed_usd, flows_usd)
            end::decimal(18, 3) as turnover_usd_max,
            case when uses_printed then n_reports end as n_reports,
            uses_printed and is_corroborated as is_corroborated,
            case when uses_printed then publication_id end as publication_id,
            case when uses_printed then file_id end as file_id,
            case when uses_printed then line end as line,
            row_number() over (
                partition by {{ pair_year }}
                order by completeness, kind_order, source_priority nulls last, source_code, report_side
            ) as report_rank
        from classed

    )

select *
from {{ shown_step('pair_report_year') }}
