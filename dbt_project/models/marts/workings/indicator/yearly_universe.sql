{{ config(meta={'has_parts': true}) }}
-- What an index of a source, flow and year ranges over: the economies with a whole report, those seen only as
-- partners, whose own report is missing; and, whatever is loaded, all economies of the year and all codes of the HS
-- revision the products of the source are compared in. All else in it is an implied zero.
-- Reason for size: what is loaded and what there is stand side by side.
with
    whole as (

        select source_code, flow_code, period_code, reporter_code, value_usd, abroad_usd
        from {{ ref('yearly_report') }}
        where report_state = 'whole'

    ),

    seen as (

        select pair.source_code, pair.period_code, pair.partner_code as area_code
        from {{ ref('yearly_partner') }} as pair
        inner join {{ ref('dim_area') }} as partner on pair.partner_code = partner.area_code
        where partner.is_economy
        union
        select source_code, period_code, reporter_code
        from whole

    ),

    areas as (

        select
            flows.source_code,
            flows.flow_code,
            flows.period_code,
            count(seen.area_code) as n_areas,
            count(whole.reporter_code) as n_reporters,
            sum(whole.value_usd)::decimal(18, 3) as value_usd,
            sum(whole.abroad_usd)::decimal(18, 3) as abroad_usd
        from (select distinct source_code, flow_code, period_code from {{ ref('yearly_report') }}) as flows
        left join seen on flows.source_code = seen.source_code and flows.period_code = seen.period_code
        left join
            whole
            on flows.source_code = whole.source_code
            and flows.flow_code = whole.flow_code
            and flows.period_code = whole.period_code
            and seen.area_code = whole.reporter_code
        group by flows.source_code, flows.flow_code, flows.period_code

    ),

    -- each once: counted among all reports they would be laid aside with every report that has them
    traded as (

        select distinct
            product.source_code, product.flow_code, product.period_code, product.product_level, product.product_key
        from {{ ref('yearly_product') }} as product
        inner join
            whole
            on product.source_code = whole.source_code
            and product.flow_code = whole.flow_code
            and product.period_code = whole.period_code
            and product.reporter_code = whole.reporter_code
        where product.is_allocated

    ),

    products as (

        select
            source_code,
            flow_code,
            period_code,
            max(case when product_level = 'subheading' then left(product_key, 2) end) as hs_revision,
            count(case when product_level = 'subheading' then product_key end) as n_subheadings,
            count(distinct case when product_key <> 'TOTAL' then substr(product_key, 4, 2) end) as n_chapters
        from traded
        group by source_code, flow_code, period_code

    ),

    economies as (

        select period.period_code, count(*) as n_economies
        from {{ ref('dim_period') }} as period
        inner join {{ ref('dim_area') }} as area on area.is_economy and {{ existed('area', 'period.year_number') }}
        where period.freq_code = 'A'
        group by period.period_code

    ),

    codes as (

        select distinct left(from_product_key, 2) as hs_revision, substr(from_product_key, 4) as product_code
        from {{ ref('bridge_product_revision') }}
        where substr(from_product_key, 4, 2) not in ('98', '99')

    ),

    nomenclatures as (select hs_revision, count(*) as n_codes from codes group by hs_revision),

    chapters as (
        select count(*) as n_codes
        from {{ ref('dim_product') }}
        where product_level = 'chapter' and left(product_key, 3) = 'HS:' and chapter_code not in ('98', '99')
    )

select
    areas.source_code,
    areas.flow_code,
    areas.period_code,
    areas.n_areas,
    areas.n_reporters,
    areas.n_areas - areas.n_reporters as n_missing,
    greatest(coalesce(economies.n_economies, 0), areas.n_areas) as n_economies,
    -- a code its revision does not have counts too: no more can be traded than there is
    greatest(coalesce(nomenclatures.n_codes, 0), coalesce(products.n_subheadings, 0)) as n_subheadings,
    greatest(chapters.n_codes, coalesce(products.n_chapters, 0)) as n_chapters,
    areas.value_usd,
    areas.abroad_usd
from areas
left join
    products
    on areas.source_code = products.source_code
    and areas.flow_code = products.flow_code
    and areas.period_code = products.period_code
left join economies on areas.period_code = economies.period_code
left join nomenclatures on products.hs_revision = nomenclatures.hs_revision
cross join chapters
