{#-
    Whether a printed total is the sum of its two printed parts but for rounding: each of the three may be off by half
    the last digit its source prints. `sources` are the sources of the three.
-#}
{% macro adds_up(total, one, other, sources) -%}
    (
        abs({{ total }} - {{ one }} - {{ other }})
        <= {{ half_last_digit(total, sources[0]) }}
        + {{ half_last_digit(one, sources[1]) }}
        + {{ half_last_digit(other, sources[2]) }}
    )
{%- endmacro %}

{#-
    Half the last digit of an amount as its source prints it. In the press that is the last one it has in billions, so
    0.3 billion is 250 to 350 million; an office that publishes dollars means all digits, zeros at the end too.
-#}
{% macro half_last_digit(amount, source_code) -%}
    least(
        0.5 * power(10, 9 - {{ printed_decimals('cast(' ~ amount ~ ' * 0.000000001 as decimal(18, 9))') }}),
        0.5 * {{ printed_unit_usd(source_code) }}
    )
{%- endmacro %}

{#-
    The largest unit a source prints dollars in: a billion in the press, what the contract of your table says, what
    China's customs have in their tables (see rounding_tolerance), else the dollar.
-#}
{% macro printed_unit_usd(source_code) -%}
    {%- set units = {'gacc_bulletin': 1000, 'gacc': 100000} -%}
    {%- for table in var('mapped_tables', []) -%}
        {%- for value in table.trade['values'] -%}
            {%- set worth = value.units.values() if value.unit_column else [value.multiplier] -%}
            {%- set scales = value.multipliers.values() | map('float') | list if value.multiplier_column else [1] -%}
            {%- set largest = (worth | map('float') | max) * (scales | max) -%}
            {%- do units.update({table.source: [largest, units.get(table.source, 1)] | max}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for source in var('quoted_sources', []) -%} {%- do units.update({source: 1000000000}) -%} {%- endfor -%}
    case
        {{ source_code }}
        {% for source, unit in units | dictsort -%} when '{{ source }}' then {{ unit }} {% endfor -%}
        else 1
    end
{%- endmacro %}
