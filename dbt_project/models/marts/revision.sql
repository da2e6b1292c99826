{{ config(materialized='view', tags=['heavy']) }}
-- What changed since the last release, and why. A cell whose report stands but whose product converts otherwise into
-- another HS revision is in it too, once a thousandth of the value goes elsewhere: less is the noise of estimates.
{%- set cell_key = trade_cell_key() %}
{%- set figures = [
    'value_usd', 'value_original', 'original_currency_code', 'net_weight_kg', 'quantity', 'quantity_unit_code',
] %}
{%- set lineage = ['file_id', 'line'] %}
with
    conversion as (

        select product_key, max(moved_share) as moved_share
        from {{ ref('fct_conversion_revision') }}
        group by product_key
        having max(moved_share) >= 0.001

    ),

    reported as {{ not_kept() }} (

        select
            *,
            case
                when was_published <> is_current and was_published <> is_recomputed
                then 'code'
                when was_published <> is_current and is_corrected_since and is_of_a_known_file
                then 'correction'
                when not was_published
                then 'new_report'
                when not is_current
                then 'withdrawn'
                when
                    before_value_original = value_original
                    and 'average_rate' in (before_conversion_rule, conversion_rule)
                    {% for name in figures[2:] %} and before_{{ name }} is not distinct from {{ name }} {% endfor %}
                then 'rate'
                when is_of_the_same_report
                then 'code'
                when is_corrected_since and is_of_a_known_file
                then 'correction'
                else 'revision'
            end as cause
        from {{ ref('fct_trade_revision') }}

    ),

    changed as (

        select
            {% for name in cell_key %} {{ name }}, {% endfor %}
            {% for name in figures + lineage %} before_{{ name }}, {{ name }}, {% endfor %}
            cause,
            not is_by_the_same_rules as is_by_other_rules,
            recomputed_value_usd,
            is_additive,
            known_from
        from reported

        union all

        select
            {% for name in cell_key %} cell.{{ name }}, {% endfor %}
            {% for name in figures + lineage %} cell.{{ name }} as before_{{ name }}, cell.{{ name }}, {% endfor %}
            'concordance' as cause,
            false as is_by_other_rules,
            cell.value_usd as recomputed_value_usd,
            true as is_additive,
            cast(null as timestamp) as known_from
        from {{ ref('fct_trade') }} as cell
        inner join conversion on cell.product_key = conversion.product_key
        left join reported on {{ is_same_cell('cell', 'reported') }}
        where reported.source_code is null

    )

select
    {% for name in cell_key %} changed.{{ name }}, {% endfor %}
    period.freq_code,
    period.year_number,
    changed.cause,
    changed.is_by_other_rules,
    {% for name in figures %} changed.before_{{ name }}, changed.{{ name }}, {% endfor %}
    cast(changed.value_usd - changed.before_value_usd as decimal(18, 3)) as difference_usd,
    100 * ({{ ratio('changed.value_usd', 'changed.before_value_usd') }} - 1) as difference_pct,
    cast(changed.recomputed_value_usd - changed.before_value_usd as decimal(18, 3)) as rules_difference_usd,
    cast(changed.value_usd - changed.recomputed_value_usd as decimal(18, 3)) as report_difference_usd,
    conversion.moved_share as converted_share,
    cast(cast(changed.value_usd as decimal(38, 3)) * conversion.moved_share as decimal(18, 3)) as converted_usd,
    changed.is_additive,
    changed.known_from,
    {% for name in lineage %} changed.before_{{ name }}, changed.{{ name }} {{ ',' if not loop.last }} {% endfor %}
from changed
left join {{ ref('dim_period') }} as period on changed.period_code = period.period_code
left join conversion on changed.product_key = conversion.product_key
