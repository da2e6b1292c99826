-- The bulletin's table by HS section and chapter (customs says division), one row per figure: exports and imports, of
-- the month and cumulated from January on.
with
    record as (

        select *, make_date(cast(extract(year from period_end) as integer), 1, 1) as year_start
        from {{ landed('gacc_bulletin', 'division') }}

    ),

    figure as ({{ gacc_figures(['label', 'level', 'code'], [('X', 'exports'), ('M', 'imports')]) }})

select
    'gacc_bulletin' as source_code,
    'division' as table_name,
    figure.label,
    'WLD' as partner_code,
    case
        when figure.level = 'total'
        then 'TOTAL'
        when figure.level = 'chapter'
        then 'HS:' || chapter.chapter_code
        when figure.level = 'section'
        then 'S:' || section.section_code
    end as product_key,
    figure.flow_code,
    figure.span,
    figure.period_start,
    figure.period_end,
    figure.currency_code,
    figure.amount,
    figure.yoy_pct,
    cast(null as double) as quantity,
    cast(null as varchar) as quantity_unit_code,
    figure.file_id,
    figure.line
from figure
left join {{ ref('hs_chapter') }} as chapter on figure.level = 'chapter' and figure.code = chapter.chapter_code
left join {{ ref('hs_section') }} as section on figure.level = 'section' and figure.code = section.section_code
