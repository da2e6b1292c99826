-- What reporters traded in the last year before and the first year after they switched to the next HS revision: the
-- evidence of the split weights. An observation is a source, reporter and flow. Only what both years hold is compared:
-- partners, and chapters; World only where no partner was downloaded. A record that was not reported in its
-- classification was itself converted and proves nothing; neither does a year that is there in both revisions.
{% set observation = 'source_code, reporter_code, flow_code' %}
with
    converted as (

        {% for source_code, table in [('comtrade_csv', 'plus_trade'), ('comtrade_api', 'trade'), ('comtrade_bulk', 'trade')] %}
            select file_id, line
            from {{ landed(source_code, table) }}
            where not is_original_classification {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    cells as (

        select
            cell.source_code,
            cell.reporter_code,
            cell.flow_code,
            cell.partner_code,
            partner.area_kind = 'world' as is_world,
            left(cell.product_key, 2) as hs_revision,
            cast(substr(cell.product_key, 2, 1) as integer) as revision_number,
            cast(cell.period_code as integer) as year_number,
            substr(cell.product_key, 4) as product_code,
            cell.value_usd
        from {{ ref('int_comtrade_cell_chosen') }} as cell
        inner join {{ ref('area') }} as partner on cell.partner_code = partner.area_code
        left join converted on cell.file_id = converted.file_id and cell.line = converted.line
        where
            length(cell.product_key) = 9
            and left(cell.product_key, 3) in ('H0:', 'H1:', 'H2:', 'H3:', 'H4:', 'H5:', 'H6:')
            and length(cell.period_code) = 4
            and converted.line is null
            and cell.flow_code in ('X', 'M')
            and partner.area_kind in ('economy', 'nes', 'special', 'world')

    ),

    spans as (

        select {{ observation }}, revision_number, min(year_number) as first_year, max(year_number) as last_year
        from cells
        group by {{ observation }}, revision_number

    ),

    switches as (

        select
            older.source_code,
            older.reporter_code,
            older.flow_code,
            older.revision_number as lower_number,
            older.last_year as switch_year
        from spans as older
        inner join
            spans as newer
            on older.source_code = newer.source_code
            and older.reporter_code = newer.reporter_code
            and older.flow_code = newer.flow_code
            and newer.revision_number = older.revision_number + 1
            and newer.first_year = older.last_year + 1

    ),

    sides as (

        select cells.*, switches.lower_number, left(cells.product_code, 2) as chapter_code
        from switches
        inner join
            cells
            on switches.source_code = cells.source_code
            and switches.reporter_code = cells.reporter_code
            and switches.flow_code = cells.flow_code
            and cells.revision_number - switches.lower_number in (0, 1)
            and cells.year_number - switches.switch_year = cells.revision_number - switches.lower_number

    ),

    partners as (

        select
            {{ observation }},
            lower_number,
            partner_code,
            is_world,
            min(case when is_world then 1 else 0 end) over (partition by {{ observation }}, lower_number) as only_world
        from sides
        group by {{ observation }}, lower_number, partner_code, is_world
        having count(distinct revision_number) = 2

    ),

    chapters as (

        select {{ observation }}, lower_number, chapter_code
        from sides
        group by {{ observation }}, lower_number, chapter_code
        having count(distinct revision_number) = 2

    )

select
    sides.source_code || '|' || sides.reporter_code || '|' || sides.flow_code as observation_code,
    'H' || cast(sides.lower_number as varchar) as lower_revision,
    'H' || cast(sides.lower_number + 1 as varchar) as upper_revision,
    sides.hs_revision,
    sides.product_code,
    cast(sum(sides.value_usd) as double) as value_usd
from sides
inner join partners using (source_code, reporter_code, flow_code, lower_number, partner_code)
inner join chapters using (source_code, reporter_code, flow_code, lower_number, chapter_code)
where partners.only_world = 1 or not partners.is_world
group by 1, 2, 3, 4, 5
