{#-
    Tables of which a model reads only what belongs to its other rows. Such a model changes with those rows, never by
    itself when rows of others come in: a build that starts as a copy of the last release (flows/steps/building) knows
    by these macros that it need not be made anew. A model that lists such a table for its own sake names it by ref().
-#}
{#- The raw files, for a model that asks for those of the records it reads. -#}
{% macro files_of_records() -%} {{ ref('stg_landed__file') }} {%- endmacro %}

{#- The same as published, for a model that asks for those of the cells it reads. -#}
{% macro files_of_cells() -%} {{ ref('dim_raw_file') }} {%- endmacro %}

{#- What few cells have, for a model that reads the cells: a detail never changes, its number is made of what it says. -#}
{% macro details_of_cells() -%} {{ ref('trade_cell_detail') }} {%- endmacro %}
