-- Area codes of UN Comtrade's lists of reporters and partners, one name each.
with
    listed as (

        select reporter_code as code, reporter_desc as area_name, true as is_reporter, false as is_partner
        from {{ landed('comtrade_reference', 'reporter') }}

        union all

        select partner_code as code, partner_desc as area_name, false as is_reporter, true as is_partner
        from {{ landed('comtrade_reference', 'partner') }}

    )

select
    cast(code as varchar) as code,
    min(area_name) as area_name,
    bool_or(is_reporter) as is_reporter,
    bool_or(is_partner) as is_partner
from listed
group by code
