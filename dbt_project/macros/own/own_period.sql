{#-
    Code of the period a record of a table of one's own speaks of; null where the text fits none of the layouts.
    `period` is the block of its contract: a column with its layouts, or a year column with or without a month column.
    Where its figures are cumulative, the period begins in January.
-#}
{% macro own_period(period) -%}
    {%- if period.is_cumulative -%} {{ own_span_from_january(own_period_said(period)) }}
    {%- else -%} {{ own_period_said(period) }}
    {%- endif -%}
{%- endmacro %}

{#- The code of the span from January on that ends with a month or a quarter; January and a whole year are themselves. -#}
{% macro own_span_from_january(period_code) -%}
    {%- set ends = [['-M12', ''], ['-Q4', ''], ['-Q3', '-YTD09'], ['-Q2', '-YTD06']] -%}
    {%- for month in range(2, 12) -%} {%- do ends.append(['-M%02d' % month, '-YTD%02d' % month]) -%} {%- endfor -%}
    {%- set code = namespace(sql=period_code) -%}
    {%- for end in ends -%}
        {%- set code.sql = 'replace(' ~ code.sql ~ ", '" ~ end[0] ~ "', '" ~ end[1] ~ "')" -%}
    {%- endfor -%}
    {{ code.sql }}
{%- endmacro %}

{#- The code of the month, quarter or year that the text of a record says. -#}
{% macro own_period_said(period) -%}
    {%- if period.column -%}
        {%- set text = 'trim(cast(record.' ~ period.column ~ ' as varchar))' -%}
        coalesce(
            {%- for layout in period.layouts %}
                {{ own_period_by_layout(text, layout, period.frequency) }}{{ ', ' if not loop.last }}
            {%- endfor %},
            cast(null as varchar)
        )
    {%- elif period.month -%}
        {%- set year = 'trim(cast(record.' ~ period.year ~ ' as varchar))' -%}
        {%- set month = 'trim(cast(record.' ~ period.month ~ ' as varchar))' -%}
        coalesce(
            {{ own_period_by_layout(year ~ " || '-' || lpad(" ~ month ~ ", 2, '0')", 'YYYY-MM', period.frequency) }},
            case
                when
                    lower(replace({{ month }}, '.', ''))
                    in ({%- for name in month_words() %}'{{ name }}'{{ ', ' if not loop.last }}{% endfor -%})
                then
                    {{ own_period_by_layout(year ~ " || '-' || left(" ~ month ~ ", 3)", 'YYYY-Mon', period.frequency) }}
            end
        )
    {%- else -%} {{ own_period_by_layout('trim(cast(record.' ~ period.year ~ ' as varchar))', 'YYYY', 'A') }}
    {%- endif -%}
{%- endmacro %}

{#- The names a column of months may have, whole or short; Jan-Mar is none. -#}
{% macro month_words() -%}
    {%- set found = ['sept'] -%}
    {%- for name in month_names() -%} {%- do found.extend([name | lower, name[:3] | lower]) -%} {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The period a text shows where a layout has its year, month, quarter and day; null where that is no date. -#}
{% macro own_period_by_layout(text, layout, frequency) -%}
    {%- set found = frequency or ('M' if 'MM' in layout or 'Mon' in layout else 'Q' if 'q' in layout else 'A') -%}
    {%- set year = own_part(text, layout, 'YYYY') -%}
    {%- set month = own_month(text, layout) -%}
    {%- set day = own_part(text, layout, 'DD') if 'DD' in layout else "'01'" -%}
    case
        when
            length({{ text }}) = {{ layout | length }}
            {%- for mark in own_marks(layout) %}
                and substr({{ text }}, {{ mark[0] }}, 1) = '{{ mark[1] }}'
            {%- endfor %}
            and try_cast({{ year }} || '-' || {{ month }} || '-' || {{ day }} as date) is not null
        then
            {%- if found == 'A' %} {{ year }}
            {%- elif found == 'M' %} {{ year }} || '-M' || {{ month }}
            {%- else %}
                {{ year }} || case
                    when {{ month }} <= '03'
                    then '-YTD03'
                    when {{ month }} <= '06'
                    then '-Q2'
                    when {{ month }} <= '09'
                    then '-Q3'
                    else '-Q4'
                end
            {%- endif %}
    end
{%- endmacro %}

{#- The characters of a text that stand where a layout has `part`. -#}
{% macro own_part(text, layout, part) -%}
    substr({{ text }}, {{ layout.rfind(part) + 1 }}, {{ part | length }})
{%- endmacro %}

{#-
    What a layout has besides its parts, as [position, character in a literal]: the dash of YYYY-MM, the Q of YYYY-Qq, the
    blank of Mon YYYY.
-#}
{% macro own_marks(layout) -%}
    {%- set masked = namespace(text=layout) -%}
    {%- set masked.text = layout | replace('MMM', 'M##') -%}  {#- the month after the letter M, as in 2021-M05 -#}
    {%- for part in ['YYYY', 'Mon', 'MM', 'DD', 'q'] -%}
        {%- set masked.text = masked.text | replace(part, '#' * (part | length)) -%}
    {%- endfor -%}
    {%- set found = [] -%}
    {%- for character in masked.text -%}
        {%- if character != '#' -%} {%- do found.append([loop.index, character | replace("'", "''")]) -%} {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The month as two digits, the first one of a quarter, or 01 where a layout has neither. -#}
{% macro own_month(text, layout) -%}
    {%- if 'Mon' in layout -%}
        case
            lower({{ own_part(text, layout, 'Mon') }})
            {%- for name in month_names() %}
                {%- set month = '%02d' % loop.index %} when '{{ name[:3] | lower }}' then '{{ month }}'
            {%- endfor %}
        end
        {%- elif 'MM' in layout -%} {{ own_part(text, layout, 'MM') }}
        {%- elif 'q' in layout -%}
        case
            {{ own_part(text, layout, 'q') }}
            when '1'
            then '01'
            when '2'
            then '04'
            when '3'
            then '07'
            when '4'
            then '10'
        end
    {%- else -%} '01'
    {%- endif -%}
{%- endmacro %}
