-- Every span of days a record speaks of.
{% set spans = {
    'int_trade_report_unpivoted': ('period_start', 'period_end'),
    'int_gacc_figure_classified': ('period_start', 'period_end'),
    'stg_press_record__settlement_share': ('period_start', 'period_end'),
} %}
{% set years = {
    'stg_macro_extract__exchange_rate': 'cast(year as varchar)',
    'stg_macro_extract__gdp': 'cast(year as varchar)',
    'stg_ecb__reference_rate': 'left(cast(time_period as varchar), 4)',
    'stg_cbr__daily_rate': 'left(cast(rate_date as varchar), 4)',
    'stg_world_bank__indicator': 'cast(year as varchar)',
    'int_baci_pair_sum': 'cast(t as varchar)',
    'stg_comtrade_csv__legacy_trade': 'left(period, 4)',
    'stg_comtrade_csv__plus_trade': 'left(period, 4)',
    'stg_comtrade_api__trade': 'left(period, 4)',
    'stg_comtrade_api__availability': 'left(period, 4)',
    'stg_comtrade_bulk__trade': 'left(period, 4)',
    'stg_comext__trade': 'left(time_period, 4)',
    'stg_comext__bulk': 'left(period, 4)',
    'stg_imf_imts__partner_trade': 'left(time_period, 4)',
    'stg_own__trade': 'left(period_code, 4)',
    'stg_census__exports': 'left(month, 4)',
    'stg_census__imports': 'left(month, 4)',
    'stg_press_record__statement': 'left(period_from, 4)',
    'stg_press_record__target': 'cast(due_year as varchar)',
} %}
with
    spans as (

        {% for model, days in spans.items() %}
            select {{ days[0] }} as period_start, {{ days[1] }} as period_end
            from {{ ref(model) }}
            union
        {% endfor %}
        {% for model, year in years.items() %}
            select
                try_cast({{ year }} || '-01-01' as date) as period_start,
                try_cast({{ year }} || '-12-31' as date) as period_end
            from {{ ref(model) }}
            where try_cast({{ year }} || '-01-01' as date) is not null
            {% if not loop.last %}
                union
            {% endif %}
        {% endfor %}

    )

select period_start, period_end
from spans
