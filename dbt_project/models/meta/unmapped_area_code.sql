-- UN Comtrade area codes that our list of codes does not know, with the value that hangs on them. Records with such a
-- code are in meta.excluded_row; codes nobody used yet are here too, so that they are added before they matter.
-- Reason for size: codes of the lists and codes of the records, each counted in steps of its own.
with
    list_entry as (

        select reporter_code as code, reporter_desc as area_name, true as is_reporter, false as is_partner
        from {{ landed('comtrade_reference', 'reporter') }}

        union all

        select partner_code as code, partner_desc as area_name, false as is_reporter, true as is_partner
        from {{ landed('comtrade_reference', 'partner') }}

    ),

    listed as (

        select
            cast(code as varchar) as code,
            min(area_name) as area_name,
            bool_or(is_reporter) as is_reporter,
            bool_or(is_partner) as is_partner
        from list_entry
        group by code

    ),

    traded as (

        select
            source_code,
            cast(reporter_code as varchar) as reporter_code,
            cast(partner_code as varchar) as partner_code,
            value_usd
        from {{ ref('int_comtrade_record_unioned') }}
        where is_whole and partner_code <> 0

    ),

    used as (

        select source_code, reporter_code as code, value_usd
        from traded

        union all

        select source_code, partner_code as code, value_usd
        from traded
        where partner_code <> reporter_code

    ),

    by_code as (

        select source_code, code, count(*) as n_rows, sum(value_usd) as value_usd from used group by source_code, code

    ),

    by_source as (select source_code, sum(value_usd) as value_usd from traded group by source_code),

    codes as (

        select
            coalesce(by_code.code, listed.code) as code,
            listed.area_name,
            by_code.source_code,
            by_code.n_rows,
            by_code.value_usd,
            listed.is_reporter,
            listed.is_partner
        from by_code
        full outer join listed on by_code.code = listed.code

    )

select
    codes.code,
    codes.area_name,
    codes.source_code,
    coalesce(codes.is_reporter, false) as is_listed_reporter,
    coalesce(codes.is_partner, false) as is_listed_partner,
    cast(coalesce(codes.n_rows, 0) as bigint) as n_rows,
    cast(coalesce(codes.value_usd, 0) as decimal(18, 3)) as value_usd,
    100 * {{ ratio('codes.value_usd', 'by_source.value_usd') }} as share_pct
from codes
left join by_source on codes.source_code = by_source.source_code
left join {{ ref('area_code') }} as known on codes.code = cast(known.code as varchar) and known.code_system = 'comtrade'
where known.code is null
