-- Weights others have published, codes whole and rows adding up to one. The file's name says which way it converts.
-- A code whose published weights miss a target, or add up to something else than one, is left to the next rung.
{% set tables = ['h6_h5', 'h5_h4', 'h4_h3', 'h3_h2', 'h2_h1', 'h1_h0'] %}
with
    pair as (

        {% for table in tables %}
            select
                '{{ table[:2] | upper }}' as newer_revision,
                lpad(newer_code, 6, '0') as newer_code,
                '{{ table[3:] | upper }}' as older_revision,
                lpad(older_code, 6, '0') as older_code,
                weight,
                file_id
            from {{ landed('hs_weight', table) }} {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    file as (

        -- HS2017-HS2012, H5-H4
        select file_id, {{ hs_revision_of_label("split_part(partition_key, '-', 1)") }} as from_revision
        from {{ files_of_records() }}
        where source_code = 'hs_weight' and is_current

    ),

    directed as (

        select
            file.from_revision,
            case when file.from_revision = pair.newer_revision then newer_code else older_code end as from_code,
            case
                when file.from_revision = pair.newer_revision then older_revision else newer_revision
            end as to_revision,
            case when file.from_revision = pair.newer_revision then older_code else newer_code end as to_code,
            pair.weight
        from pair
        inner join file on pair.file_id = file.file_id
        where file.from_revision in (pair.newer_revision, pair.older_revision) and pair.weight > 0

    ),

    known as (select distinct to_revision, to_code from {{ ref('int_product_link') }}),

    summed as (

        select
            directed.*,
            sum(cast(directed.weight as decimal(38, 18))) over from_code as row_sum,
            sum(case when known.to_code is null then 1 else 0 end) over from_code as n_unknown
        from directed
        left join known on directed.to_revision = known.to_revision and directed.to_code = known.to_code
        window from_code as (partition by directed.from_revision, directed.to_revision, directed.from_code)

    )

select from_revision, from_code, to_revision, to_code, {{ ratio('weight', 'row_sum') }} as weight
from summed
where n_unknown = 0 and abs(row_sum - 1) <= 0.001
