{#-
    One value from the exporter's and the importer's, both at FOB: their mean with weight `weight` on the exporter's,
    the only one where the other is missing, NULL where both are. It never leaves the span between the two.
-#}
{% macro reconciled_usd(weight, exported, imported) -%}
    case
        when {{ exported }} is null
        then {{ imported }}
        when {{ imported }} is null
        then {{ exported }}
        else
            cast(
                {{ imported }}
                + cast({{ weight }} as double) * cast({{ exported }} - {{ imported }} as double) as decimal(18, 3)
            )
    end
{%- endmacro %}

{#- The HS revision products are reconciled in: most reports of the last years convert into it without a split. -#}
{% macro reconciled_revision() -%} {{ return('H5') }} {%- endmacro %}
