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
            {{ to_money(
                imported ~ ' + cast(' ~ weight ~ ' as double) * cast(' ~ exported ~ ' - ' ~ imported ~ ' as double)'
            ) }}
    end
{%- endmacro %}

{#-
    Weight of the exporter's report of a pair of which one side's zero only follows from the silence of its complete report:
    all on the side that reports. NULL where both report, or neither does.
-#}
{% macro lone_report_weight(pair) -%}
    case
        when {{ pair }}.exporter_state = 'implied_zero' and {{ pair }}.importer_state = 'observed'
        then 0
        when {{ pair }}.importer_state = 'implied_zero' and {{ pair }}.exporter_state = 'observed'
        then 1
    end
{%- endmacro %}

{#- The HS revision products are reconciled in: most reports of the last years convert into it without a split. -#}
{% macro reconciled_revision() -%} {{ return('H5') }} {%- endmacro %}
