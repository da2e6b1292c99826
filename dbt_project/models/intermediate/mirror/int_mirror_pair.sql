-- Both reports of a trade side by side: one row per exporter, importer and year, from the first year either reported
-- it on, with the state of each side. An absent report is a zero where the reporter's partners are complete, one in a
-- currency without a rate neither zero nor missing.
-- Reason for size: seven joins, one after the other, and no step of use to anybody else.
with
    stated as (

        select
            case when flow_code = 'X' then reporter_code else partner_code end as exporter_code,
            case when flow_code = 'X' then partner_code else reporter_code end as importer_code,
            *
        from {{ ref('int_mirror_report') }}

    ),

    years as (select distinct period_code from stated),

    pairs as (

        select
            seen.exporter_code,
            seen.importer_code,
            years.period_code,
            case
                when seen.exporter_code = seen.importer_code
                then 'self'
                when exporter.area_kind = 'economy' and importer.area_kind = 'economy'
                then 'economies'
                else 'unallocated'
            end as pair_kind,
            round({{ great_circle_km("here", "there") }}, 3) as distance_km,
            case
                when here.area_code is not null and there.area_code is not null then border.area_code is not null
            end as is_contiguous
        from
            (
                select exporter_code, importer_code, min(period_code) as first_period_code
                from stated
                group by exporter_code, importer_code
            ) as seen
        inner join years on seen.first_period_code <= years.period_code
        inner join
            {{ ref('area') }} as exporter
            on seen.exporter_code = exporter.area_code
            and coalesce(cast(exporter.valid_to as varchar), '9999') >= years.period_code
        inner join
            {{ ref('area') }} as importer
            on seen.importer_code = importer.area_code
            and coalesce(cast(importer.valid_to as varchar), '9999') >= years.period_code
        left join {{ ref('area_location') }} as here on seen.exporter_code = here.area_code
        left join {{ ref('area_location') }} as there on seen.importer_code = there.area_code
        left join
            {{ ref('area_border') }} as border
            on border.area_code = least(seen.exporter_code, seen.importer_code)
            and border.neighbour_code = greatest(seen.exporter_code, seen.importer_code)

    ),

    complete as (

        select distinct dataset.reporter_code, dataset.flow_code, dataset.period_code
        from {{ ref('fct_availability') }} as dataset
        inner join {{ ref('stg_ledger__source') }} as source on dataset.source_code = source.source_code
        where
            dataset.classification_code = 'TOTAL'
            and dataset.partner_scope = 'complete'
            and source.statistic_code <> 'BACI'
            and dataset.cell_state is distinct from 'estimated'

    ),

    sides as (

        select
            pairs.*,
            {% for side, report in [('exporter', 'export'), ('importer', 'import')] %}
                case
                    when {{ report }}.value_usd is not null
                    then 'observed'
                    when {{ report }}.reporter_code is not null
                    then 'no_rate'
                    when {{ side }}_complete.reporter_code is not null and pairs.pair_kind = 'economies'
                    then 'implied_zero'
                    else 'missing'
                end as {{ side }}_state,
                {{ report }}.value_usd as value_{{ side }}_usd,
                {{ report }}.source_code as {{ side }}_source_code,
                {{ report }}.valuation_code as {{ side }}_valuation_code,
                {{ report }}.file_id as {{ side }}_file_id,
            {% endfor %}
            margin.reported_tau
        from pairs
        {% for side, report, flow_code in [('exporter', 'export', 'X'), ('importer', 'import', 'M')] %}
            left join
                stated as {{ report }}
                on {{ report }}.flow_code = '{{ flow_code }}'
                and pairs.exporter_code = {{ report }}.exporter_code
                and pairs.importer_code = {{ report }}.importer_code
                and pairs.period_code = {{ report }}.period_code
            left join
                complete as {{ side }}_complete
                on {{ side }}_complete.flow_code = '{{ flow_code }}'
                and pairs.{{ side }}_code = {{ side }}_complete.reporter_code
                and pairs.period_code = {{ side }}_complete.period_code
        {% endfor %}
        left join
            {{ ref('int_mirror_margin_reported') }} as margin
            on pairs.exporter_code = margin.exporter_code
            and pairs.importer_code = margin.importer_code
            and pairs.period_code = margin.period_code

    )

select
    exporter_code,
    importer_code,
    period_code,
    pair_kind,
    distance_km,
    is_contiguous,
    exporter_state,
    importer_state,
    case
        when exporter_state in ('observed', 'implied_zero') and importer_state in ('observed', 'implied_zero')
        then 'both'
        when exporter_state in ('observed', 'implied_zero')
        then 'exporter_only'
        when importer_state in ('observed', 'implied_zero')
        then 'importer_only'
        else 'none'
    end as pair_status,
    case when exporter_state = 'implied_zero' then 0 else value_exporter_usd end as value_exporter_usd,
    case when importer_state = 'implied_zero' then 0 else value_importer_usd end as value_importer_usd,
    -- imports are valued CIF unless the report says otherwise
    coalesce(importer_valuation_code, 'CIF') in ('CIF', 'CIF/FOB') as is_importer_cif,
    importer_valuation_code,
    exporter_source_code,
    importer_source_code,
    reported_tau,
    exporter_file_id,
    importer_file_id
from sides
where pair_kind = 'economies' or exporter_state = 'observed' or importer_state = 'observed'
