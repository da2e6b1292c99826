{#-
    Whether a Comtrade record is the total over second partners, customs procedures, modes of transport and modes of
    supply, not a part of one. The parts lie beside their totals in the same file. The layout from before 2023 has its
    codes as text and no modes of supply. What is a total is also under `total` in the contracts; a test compares both.
-#}
{% macro comtrade_is_whole(is_older=false) -%}
    {%- if is_older -%}
        coalesce(partner2_code, '0') = '0'
        and coalesce(customs_code, 'C00') in ('C00', '0')
        and coalesce(mode_of_transport_code, '0') = '0'
    {%- else -%}
        coalesce(partner2_code, 0) = 0
        and coalesce(customs_code, 'C00') in ('C00', '0')
        and coalesce(mot_code, 0) = 0
        and coalesce(mos_code, '0') = '0'
    {%- endif -%}
{%- endmacro %}
