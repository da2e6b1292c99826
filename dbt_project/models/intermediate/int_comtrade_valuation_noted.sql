-- How a Comtrade dataset is valued, by its latest publication note: FOB, CIF, or CIF/FOB where both are given. The
-- notes come from the live service and hold for the same dataset however it was brought.
with
    dated as (

        select
            note.*,
            row_number() over (
                partition by note.reporter_code, note.freq_code, note.period
                order by note.published_at desc nulls last, note.file_id, note.line desc
            ) as position
        from {{ landed('comtrade_api', 'publication_note') }} as note

    ),

    noted as (

        {% for flow_code, word in [('M', 'import'), ('X', 'export')] %}
            select reporter_code, period, '{{ flow_code }}' as flow_code, {{ word }}_valuation as valuation_code
            from dated
            where position = 1
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    )

select
    area.area_code as reporter_code,
    {{ comtrade_period_code('noted.period') }} as period_code,
    noted.flow_code,
    -- an economy that changed its number may have two datasets of one period
    min(noted.valuation_code) as valuation_code
from noted
inner join
    {{ ref('area_code') }} as area on cast(noted.reporter_code as varchar) = area.code and area.code_system = 'comtrade'
where noted.valuation_code in ('FOB', 'CIF', 'CIF/FOB')
group by area.area_code, noted.period, noted.flow_code
