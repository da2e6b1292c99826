-- Every product a source has in a year, in the one HS revision its products are compared in: the one that most of its
-- years share, a year being of the revision most of its value with six-digit codes is in; of two revisions with as many
-- years the older one, into which conversion is surer. product_level says what became of a product:
-- subheading    six digits; tariff lines by their first six
-- chapter       codes of fewer digits, or of a revision nobody states: the key is HS: and the chapter
-- total         all products in one figure
-- unallocated   confidential, special and unknown codes, chapters 98 and 99: they belong to no product
-- Reason for size: which revision, what becomes of a code in it, and how sure its place is.
with
    product_total as materialized({{ product_total() }}),

    yearly as (

        select
            total.source_code,
            total.product_key,
            total.period_code,
            total.value_usd,
            case
                when {{ is_of_a_revision('total.product_key') }} and length(total.product_key) >= 9
                then left(total.product_key, 2)
            end as hs_revision
        from product_total as total
        inner join {{ ref('dim_period') }} as period on total.period_code = period.period_code
        where period.freq_code = 'A' and total.n_cells > total.n_estimated

    ),

    traded as (select distinct source_code, product_key from yearly),

    revision_year as (

        select
            source_code,
            hs_revision,
            row_number() over (
                partition by source_code, period_code order by sum(value_usd) desc nulls last, hs_revision
            )
            = 1 as is_largest
        from yearly
        where hs_revision is not null
        group by source_code, period_code, hs_revision

    ),

    revision as (

        select source_code, hs_revision
        from revision_year
        where is_largest
        group by source_code, hs_revision
        qualify row_number() over (partition by source_code order by count(*) desc, hs_revision) = 1

    ),

    converted as (

        select
            traded.source_code,
            traded.product_key as reported_product_key,
            coalesce(bridge.to_product_key, traded.product_key) as product_key,
            coalesce(bridge.weight, 1) as weight,
            coalesce(bridge.weight_before, 0) as weight_before,
            coalesce(bridge.weight_upto, 1) as weight_upto,
            bridge.to_product_key is not null as is_converted,
            case
                when bridge.to_product_key is not null
                then 'converted'
                when left(traded.product_key, 3) = revision.hs_revision || ':'
                then 'same_revision'
                else {{ conversion_obstacle('traded.product_key') }}
            end as conversion_state
        from traded
        left join revision on traded.source_code = revision.source_code
        left join
            {{ ref('bridge_product_revision') }} as bridge
            on left(traded.product_key, 9) = bridge.from_product_key
            and revision.hs_revision = bridge.to_revision

    ),

    levelled as (

        select
            *,
            case
                when product_key = 'TOTAL'
                then 'total'
                when
                    conversion_state in ('special_code', 'unmapped')
                    or substr(product_key, 4, 2) in ('98', '99')
                    or substr(product_key, 3, 1) <> ':'
                then 'unallocated'
                when conversion_state in ('converted', 'same_revision') and length(product_key) >= 9
                then 'subheading'
                else 'chapter'
            end as product_level
        from converted

    ),

    keyed as (

        select
            *,
            case
                when product_level in ('subheading', 'chapter')
                then 'HS:' || substr(product_key, 4, 2)
                when product_level = 'total'
                then 'TOTAL'
                else 'unallocated'
            end as chapter_key
        from levelled

    ),

    product_placed as (

        select
            source_code,
            reported_product_key,
            case when product_level = 'subheading' then left(product_key, 9) else chapter_key end as product_key,
            chapter_key,
            product_level,
            weight,
            weight_before,
            weight_upto,
            case
                when {{ is_of_a_revision('reported_product_key') }} then left(reported_product_key, 2)
            end as reported_revision,
            is_converted,
            count(*) over (
                partition by
                    source_code, case when product_level = 'subheading' then left(product_key, 9) else chapter_key end
            )
            = 1 as is_alone
        from keyed

    )

select *
from {{ shown_step('product_placed') }}
