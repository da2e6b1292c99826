{#- Whose: `China’s`, `the United States’`. -#}
{% macro possessive(name) -%} {{ name }} || case when {{ name }} like '%s' then '’' else '’s' end {%- endmacro %}

{#- A place as said: `1st`, `2nd`, `11th`, `112th`. -#}
{% macro ordinal(number) -%}
    {{ number }}::varchar || case
        when {{ number }} % 100 between 11 and 13
        then 'th'
        else case {{ number }} % 10 when 1 then 'st' when 2 then 'nd' when 3 then 'rd' else 'th' end
    end
{%- endmacro %}

{#- By which flow of the reporter its partners are placed; nothing where it is their total trade. -#}
{% macro by_flow_text(measure) -%}
    case
        {{ measure }}
        when 'exports'
        then ' by its exports to them'
        when 'imports'
        then ' by its imports from them'
        else ''
    end
{%- endmacro %}

{#- A place, or what it lies between: `1st`, `between 11th and 23rd`. -#}
{% macro place_text(best, worst) -%}
    case
        when {{ best }} = {{ worst }}
        then {{ ordinal(best) }}
        else 'between ' || {{ ordinal(best) }} || ' and ' || {{ ordinal(worst) }}
    end
{%- endmacro %}

{#- What the trade without a named partner makes of a place, as a sentence after the one on the place; nothing where it
    changes none. -#}
{% macro place_if_unallocated_text(row) -%}
    case
        when
            {{ row }}.rank_best_if_unallocated < {{ row }}.rank_best
            or {{ row }}.rank_worst_if_unallocated > {{ row }}.rank_worst
        then
            ' Depending on who the trade without a named partner was with, the place is '
            || {{ place_text(row ~ '.rank_best_if_unallocated', row ~ '.rank_worst_if_unallocated') }}
            || '.'
        else ''
    end
{%- endmacro %}

{#- Words of a code, as core.dim_code has them; what is in braces in them is to be replaced. -#}
{% macro words_of_code(code_list, code) -%}
    (
        select known.words
        from {{ ref('dim_code') }} as known
        where known.code_list = '{{ code_list }}' and known.code = '{{ code }}'
    )
{%- endmacro %}

{#- What the trade without a named partner makes of a streak, as sentences after the one on the streak; nothing where it
    changes none. -#}
{% macro streak_if_unallocated_text(row) -%}
    case
        when {{ row }}.streak_at_least_if_unallocated = 0 and {{ row }}.streak_at_least > 0
        then ' ' || {{ words_of_code('streak_note', 'rival_leaves_none') }}
        when {{ row }}.streak_at_least_if_unallocated < {{ row }}.streak_at_least
        then
            ' ' || replace(
                {{ words_of_code('streak_note', 'rival_leaves_some') }},
                '{years}',
                {{ counted(row ~ '.streak_at_least_if_unallocated', 'year') }}
            )
        else ''
    end || case
        when {{ row }}.streak_at_most_if_unallocated > {{ row }}.streak_at_most
        then
            ' ' || replace(
                replace(
                    {{ words_of_code('streak_note', 'partner_has_more') }},
                    '{years}',
                    {{ counted(row ~ '.streak_at_most_if_unallocated', 'year') }}
                ),
                '{partner}',
                {{ row }}.partner_name
            )
        else ''
    end
{%- endmacro %}

{#- How often: `once`, `twice`, `9 times`. -#}
{% macro times_text(number) -%}
    case {{ number }} when 1 then 'once' when 2 then 'twice' else {{ number }}::varchar || ' times' end
{%- endmacro %}

{#- A date as printed (`2018-09-26`, `2022-02`, `2014`) with its preposition: `on 26 September 2018`, `in February 2022`. -#}
{% macro when_text(printed) -%}
    case
        when {{ printed }} ~ '^\d{4}-\d\d-\d\d$'
        then 'on ' || {{ day_in_words('(' ~ printed ~ ')::date') }}
        when {{ printed }} ~ '^\d{4}-\d\d$'
        then 'in ' || {{ month_in_words('(' ~ printed ~ " || '-01')::date") }}
        else 'in ' || {{ printed }}
    end
{%- endmacro %}

{#- A day in words: `26 September 2018`. -#}
{% macro day_in_words(day) -%} {{ return(adapter.dispatch('day_in_words')(day)) }} {%- endmacro %}

{% macro default__day_in_words(day) -%} strftime({{ day }}, '%-d %B %Y') {%- endmacro %}

{% macro spark__day_in_words(day) -%} date_format({{ day }}, 'd MMMM yyyy') {%- endmacro %}

{#- A month in words: `February 2022`. -#}
{% macro month_in_words(day) -%} {{ return(adapter.dispatch('month_in_words')(day)) }} {%- endmacro %}

{% macro default__month_in_words(day) -%} strftime({{ day }}, '%B %Y') {%- endmacro %}

{% macro spark__month_in_words(day) -%} date_format({{ day }}, 'MMMM yyyy') {%- endmacro %}
