-- Which datasets exist: what tells a zero from a gap. A dataset that landed is published; one that UN Comtrade lists
-- and that did not land is partial; where a live source was asked for a reporter and has nothing for a period it has
-- others for, or has its own estimates only, nothing is published. A file somebody brings has asked nobody: what is
-- not in it may be anywhere.
-- Reason for size: the columns of a dataset are listed where it is known and where it is not.
{%- set dataset = ['source_code', 'reporter_code', 'flow_code', 'period_code', 'classification_code'] %}
with
    landed as ({{ landed_datasets() }}),

    listed as (

        select
            file.source_code,
            case
                when file.url like '%reporterCode=%'
                then ',' || split_part(split_part(file.url, 'reporterCode=', 2), '&', 1) || ','
            end as codes
        from {{ files_of_records() }} as file
        where file.source_code = 'comtrade_api' and file.table_name = 'availability' and file.is_current

    ),

    fetched as (

        select distinct sums.source_code, sums.reporter_code, sums.flow_code, sums.period_code
        from {{ ref('trade_pair_sum') }} as sums
        inner join
            {{ ref('stg_ledger__source') }} as source
            on sums.source_code = source.source_code
            and source.origin = 'live'
        left join {{ files_of_records() }} as file on sums.file_id = file.file_id
        where coalesce(file.url, '') not like 'inbox/%'

    ),

    -- the economies each live source was asked for: those with a dataset it was fetched for, and of UN Comtrade those
    -- its list of datasets was asked for, whether they have any or not; a list asked without names is a list of all who
    -- report
    asked as (

        select source_code, reporter_code
        from fetched

        union

        select distinct announced.source_code, announced.reporter_code
        from {{ ref('int_dataset_announced') }} as announced

        union

        select listed.source_code, area.area_code as reporter_code
        from listed
        inner join
            {{ ref('area_code') }} as area
            on area.code_system = 'comtrade'
            and replace(listed.codes, '%2C', ',') like '%,' || area.code || ',%'

    ),

    publication as (

        select publication_id, min(try_cast(published_on as timestamp)) as published_at
        from {{ ref('int_publication_unioned') }}
        group by publication_id

    ),

    known as (

        select
            {% for name in dataset %} coalesce(landed.{{ name }}, announced.{{ name }}) as {{ name }}, {% endfor %}
            case
                when landed.source_code is null
                then 'partial'
                when landed.cell_state = 'estimated'
                then 'not_published'
                else 'published'
            end as availability_state,
            coalesce(landed.cell_state, 'observed') as cell_state,
            landed.partner_scope,
            landed.partner_tolerance_usd,
            landed.partner_shortfall_usd,
            landed.product_excess_usd,
            landed.product_scope,
            landed.product_digits,
            coalesce(landed.row_count, 0) as row_count,
            coalesce(landed.n_partners, 0) as n_partners,
            announced.announced_rows,
            coalesce(announced.first_released_at, publication.published_at) as first_released_at,
            announced.last_released_at,
            announced.dataset_checksum,
            coalesce(landed.file_id, announced.file_id) as file_id,
            coalesce(landed.n_files, 0) as n_files
        from landed
        full outer join
            {{ ref('int_dataset_announced') }} as announced
            on {% for name in dataset %}
                landed.{{ name }} = announced.{{ name }} {{ 'and ' if not loop.last }}
            {% endfor %}
        left join publication on landed.publication_id = publication.publication_id

    ),

    expected as (

        select distinct asked.source_code, asked.reporter_code, others.flow_code, others.period_code
        from asked
        inner join
            known as others
            on asked.source_code = others.source_code
            and others.classification_code = 'TOTAL'
            and others.flow_code in ('X', 'M')
        left join
            fetched
            on others.source_code = fetched.source_code
            and others.reporter_code = fetched.reporter_code
            and others.flow_code = fetched.flow_code
            and others.period_code = fetched.period_code
        where fetched.source_code is not null or others.announced_rows is not null

    ),

    datasets as (

        select *
        from known

        union all

        select
            expected.source_code,
            expected.reporter_code,
            expected.flow_code,
            expected.period_code,
            'TOTAL' as classification_code,
            'not_published' as availability_state,
            cast(null as varchar) as cell_state,
            cast(null as varchar) as partner_scope,
            cast(null as decimal(28, 3)) as partner_tolerance_usd,
            cast(null as decimal(28, 3)) as partner_shortfall_usd,
            cast(null as decimal(28, 3)) as product_excess_usd,
            cast(null as varchar) as product_scope,
            cast(null as integer) as product_digits,
            0 as row_count,
            0 as n_partners,
            cast(null as bigint) as announced_rows,
            cast(null as timestamp) as first_released_at,
            cast(null as timestamp) as last_released_at,
            cast(null as varchar) as dataset_checksum,
            cast(null as varchar) as file_id,
            0 as n_files
        from expected
        left join
            known
            on expected.source_code = known.source_code
            and expected.reporter_code = known.reporter_code
            and expected.flow_code = known.flow_code
            and expected.period_code = known.period_code
            and known.classification_code = 'TOTAL'
        where known.source_code is null

    )

select
    datasets.source_code,
    datasets.reporter_code,
    datasets.flow_code,
    period.freq_code,
    datasets.period_code,
    datasets.classification_code,
    datasets.availability_state,
    datasets.cell_state,
    datasets.partner_scope,
    cast(datasets.partner_tolerance_usd as decimal(18, 3)) as partner_tolerance_usd,
    cast(datasets.partner_shortfall_usd as decimal(18, 3)) as partner_shortfall_usd,
    cast(datasets.product_excess_usd as decimal(18, 3)) as product_excess_usd,
    datasets.product_scope,
    datasets.product_digits,
    cast(datasets.row_count as bigint) as row_count,
    cast(datasets.n_partners as bigint) as n_partners,
    datasets.announced_rows,
    datasets.first_released_at,
    datasets.last_released_at,
    datasets.dataset_checksum,
    datasets.file_id,
    cast(datasets.n_files as bigint) as n_files
from datasets
inner join {{ ref('dim_period') }} as period on datasets.period_code = period.period_code
