{#- A name as it stands within a sentence: `the United States`, `China`. -#}
{% macro name_in_text(name) -%}
    case
        when
            {{ name }} in ({{ quoted_texts(var('article_names')) }})
            {% for beginning in var('article_beginnings') %} or {{ name }} like '{{ beginning }}%' {% endfor %}
            {% for ending in var('article_endings') %} or {{ name }} like '%{{ ending }}' {% endfor %}
        then
            'the ' || case
                {% for plain, spelt in var('article_spellings').items() %}
                    when {{ name }} = '{{ plain }}' then '{{ spelt }}'
                {% endfor %}
                else {{ name }}
            end
        else {{ name }}
    end
{%- endmacro %}

{% macro quoted_texts(texts) -%} {{ "'" ~ texts | join("', '") ~ "'" }} {%- endmacro %}

{#- A text with a capital at its beginning. -#}
{% macro sentence_case(text) -%} upper(substr({{ text }}, 1, 1)) || substr({{ text }}, 2) {%- endmacro %}
