-- Where there was a last release, its cells and this one's are the same, but for those core.fct_trade_revision lists
-- and
-- so marts.revision: what is in this release and not in the last one is what the list says came, less what it says
-- went.
-- That is asked by the numbers of whole cells, added up, and not by laying two states of all cells side by side.
{%- set is_changed = only_changed_cells() %}
{%- set cell_key = trade_cell_key() %}
{%- set figures = [
    'value_usd', 'value_original', 'original_currency_code', 'net_weight_kg', 'quantity', 'quantity_unit_code',
] %}
{%- set part = 'source_code, reporter_code, period_code' %}
{%- set number_now = row_number_of(cell_key + figures) %}
{%- set figures_before = [] %}
{%- for name in figures %} {%- do figures_before.append('before_' ~ name) %} {%- endfor %}
{%- set number_before = row_number_of(cell_key + figures_before) %}
with
    last_release as (select run_id from {{ ref('dim_release') }} where is_last_release),

    entry as (

        select {{ part }}, 1 as sign, {{ number_now }} as cell_number
        from ({{ whole_trade_cells('true') }}) as cell
        cross join last_release
        where {{ is_changed }}

        union all

        select {{ part }}, -1 as sign, {{ number_now }} as cell_number
        from ({{ cells_of_last_release() }}) as cell
        where {{ is_changed }}

        union all

        select {{ part }}, -1 as sign, {{ number_now }} as cell_number
        from {{ ref('fct_trade_revision') }}
        where is_current

        union all

        select {{ part }}, 1 as sign, {{ number_before }} as cell_number
        from {{ ref('fct_trade_revision') }}
        where was_published

    )

select {{ part }}
from entry
group by {{ part }}
having sum(sign) <> 0 or sum(sign * cast(cell_number as hugeint)) <> 0
