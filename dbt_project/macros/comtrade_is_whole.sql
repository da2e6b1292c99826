{#-
    Whether a Comtrade record is the total over second partners, customs procedures, modes of transport and modes of
    supply, not a part of one. The parts lie beside their totals in the same file.
-#}
{% macro comtrade_is_whole() -%}
    coalesce(partner2_code, 0) = 0
    and coalesce(customs_code, 'C00') in ('C00', '0')
    and coalesce(mot_code, 0) = 0
    and coalesce(mos_code, '0') = '0'
{%- endmacro %}
