-- Every figure of the tables of China's customs in warehouse codes: each flow of the month and cumulated from January
-- on. The tables in yuan and in dollars are one cell: where there are dollars, the yuan stand beside them.
with
    record as (

        select *, cast(cast(extract(year from period_end) as varchar) || '-01-01' as date) as year_start
        from {{ ref('stg_gacc__preliminary_country') }}

    ),

    figure as (

        {% for flow_code, word in [('T', 'total'), ('X', 'exports'), ('M', 'imports')] %}
            select
                area_label,
                '{{ flow_code }}' as flow_code,
                'month' as span,
                period_start,
                period_end,
                currency_code,
                cast({{ word }}_month * unit_factor as decimal(18, 3)) as amount,
                cast(null as decimal(9, 3)) as yoy_pct,
                file_id,
                line
            from record
            union all
            select
                area_label,
                '{{ flow_code }}' as flow_code,
                'cumulative' as span,
                year_start as period_start,
                period_end,
                currency_code,
                cast({{ word }}_cumulative * unit_factor as decimal(18, 3)) as amount,
                cast(yoy_{{ word }}_pct as decimal(9, 3)) as yoy_pct,
                file_id,
                line
            from record
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    ),

    reasoned as (

        select
            figure.*,
            label.area_code as partner_code,
            {{ period_code('figure.period_start', 'figure.period_end') }} as period_code,
            case
                when figure.amount is null then 'no_value' when label.area_code is null then 'unknown_area'
            end as reason
        from figure
        left join {{ ref('gacc_label') }} as label on figure.area_label = label.gacc_label

    ),

    ranked as (

        select
            reasoned.*,
            row_number() over (
                partition by partner_code, flow_code, period_code, currency_code, reason
                order by file.fetched_at desc nulls last, reasoned.file_id, reasoned.line, reasoned.span
            ) as position
        from reasoned
        inner join {{ ref('stg_landed__file') }} as file on reasoned.file_id = file.file_id

    ),

    paired as (

        select
            *,
            {% for currency in ['usd', 'cny'] %}
                max(
                    case
                        when currency_code = '{{ currency | upper }}' and position = 1 and reason is null then amount
                    end
                ) over (partition by partner_code, flow_code, period_code) as value_{{ currency }}
                {{ ',' if not loop.last }}
            {% endfor %}
        from ranked

    )

select
    'gacc' as source_code,
    'CHN' as reporter_code,
    partner_code,
    flow_code,
    span,
    period_start,
    period_end,
    period_code,
    currency_code,
    amount,
    value_usd,
    value_cny,
    yoy_pct,
    case
        when reason is not null
        then reason
        when position > 1
        then 'superseded_by_later_file'
        when currency_code = 'CNY' and value_usd is not null
        then 'added_to_cell'
    end as excluded_reason,
    file_id,
    line
from paired
