-- Weights between neighbouring HS revisions, by the first rung of the ladder that knows the code: the correlation
-- table alone where it leaves no choice, published weights, our estimate, the same number, the even split over the main
-- counterparts or over all.
-- Published weights are whole codes whose rows add up to one; the file's name says which way it converts. A code whose
-- published weights miss a target, or add up to something else than one, is left to the next rung.
-- Reason for size: what is published comes as one file for each pair of revisions, to be read in either direction.
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

    ),

    candidate as (

        select
            from_revision,
            from_code,
            to_revision,
            to_code,
            {{ ratio('weight', 'row_sum') }} as weight,
            'published' as weight_method
        from summed
        where n_unknown = 0 and abs(row_sum - 1) <= 0.001

        union all

        select from_revision, from_code, to_revision, to_code, weight, 'estimated' as weight_method
        from {{ ref('int_product_weight_estimated') }}

        union all

        select from_revision, from_code, to_revision, to_code, assumed_weight as weight, assumed_method as weight_method
        from {{ ref('int_product_link') }}

    ),

    ranked as (select candidate.*, case weight_method {{ weight_ladder() }} end as weight_rank from candidate),

    chosen as (

        select *, min(weight_rank) over (partition by from_revision, to_revision, from_code) as best_rank from ranked

    )

select
    chosen.from_revision,
    chosen.from_code,
    chosen.to_revision,
    chosen.to_code,
    chosen.weight,
    chosen.weight_method,
    chosen.weight_rank,
    estimated.n_observations
from chosen
left join
    {{ ref('int_product_weight_estimated') }} as estimated
    on chosen.weight_method = 'estimated'
    and chosen.from_revision = estimated.from_revision
    and chosen.from_code = estimated.from_code
    and chosen.to_revision = estimated.to_revision
    and chosen.to_code = estimated.to_code
where chosen.weight_rank = chosen.best_rank and chosen.weight >= 0.000001
