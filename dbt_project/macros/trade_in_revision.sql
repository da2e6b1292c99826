{#-
    Trade cells in one HS revision: one row per cell and product of that revision that takes a part of it. Nothing is
    left out: what can not be converted stays as it was reported, and conversion_state says why. Values and quantities
    are divided by the weights, values so that their parts add up to the last digit; a quantity keeps the unit it was reported in, so add up quantities of one unit only.
    `cells` is fct_trade or anything with its columns, `to_revision` an SQL expression: 'H4', or a parameter.
    Tariff lines of more than six digits are converted by their first six.
    Cost: one hash join. A year of BACI (9.0 million rows, HS 1992 to HS 2012, two threads): 0.3 CPU s to convert and
    add up, 0.1 of it for reading; 3.1 CPU s to write it as a table, 1.6 without converting.
-#}
{% macro trade_in_revision(cells, to_revision) -%}
    select
        cell.source_code,
        cell.reporter_code,
        cell.partner_code,
        cell.flow_code,
        coalesce(bridge.to_product_key, cell.product_key) as product_key,
        cell.period_code,
        {{ split_by_weight('value_usd', 'decimal(18, 3)') }} as value_usd,
        {{ split_by_weight('net_weight_kg', 'double') }} as net_weight_kg,
        {{ split_by_weight('quantity', 'double') }} as quantity,
        cell.quantity_unit_code,
        cell.valuation_code,
        cell.coverage,
        cell.product_key as reported_product_key,
        case
            when bridge.to_product_key is not null
            then 'converted'
            when left(cell.product_key, 3) = {{ to_revision }} || ':'
            then 'same_revision'
            else {{ conversion_obstacle('cell.product_key') }}
        end as conversion_state,
        bridge.to_product_key is not null as is_converted,
        coalesce(bridge.weight, 1) as weight,
        bridge.weight_method,
        bridge.family_code,
        cell.file_id,
        cell.line
    from {{ cells }} as cell
    left join
        {{ ref('bridge_product_revision') }} as bridge
        on left(cell.product_key, 9) = bridge.from_product_key
        and bridge.to_revision = {{ to_revision }}
{%- endmacro %}

{#-
    A part of a cell; whole cells keep every digit. Money is rounded where parts meet, not part by part: what is up to
    the end of a part less what is up to its beginning. So the parts add up to the cell to the last digit, and none is
    further than one digit from its weight.
-#}
{% macro split_by_weight(column, data_type, split='bridge') -%}
    case
        when {{ split }}.weight < 1
        then
            {% if data_type == 'double' %} cast(cell.{{ column }} * {{ split }}.weight as double)
            {% else %}
                cast(
                    {{ to_money('cell.' ~ column ~ ' * ' ~ split ~ '.weight_upto') }}
                    - {{ to_money('cell.' ~ column ~ ' * ' ~ split ~ '.weight_before') }} as {{ data_type }}
                )
            {% endif %}
        else cell.{{ column }}
    end
{%- endmacro %}

{#-
    Why the bridge has nothing for a product:
      not_six_digits    totals, chapters, headings, groups of the press: codes convert at six digits only
      special_code      chapters 98 and 99, and codes with letters, belong to no revision and mean the same in all
      unknown_revision  the source calls it HS and does not say which one
      unmapped          a code no correlation table has
-#}
{% macro conversion_obstacle(product_key) -%}
    case
        when length({{ product_key }}) < 9 or substr({{ product_key }}, 3, 1) <> ':'
        then 'not_six_digits'
        when
            substr({{ product_key }}, 4, 2) in ('98', '99')
            or try_cast(substr({{ product_key }}, 4, 6) as integer) is null
        then 'special_code'
        when left({{ product_key }}, 2) not in ('H0', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6')
        then 'unknown_revision'
        else 'unmapped'
    end
{%- endmacro %}

{#- Whether a product key says which HS revision it is of. -#}
{% macro is_of_a_revision(product_key) -%}
    left({{ product_key }}, 3) in ('H0:', 'H1:', 'H2:', 'H3:', 'H4:', 'H5:', 'H6:')
{%- endmacro %}

{#- Name, type and meaning of its columns. -#}
{% macro trade_in_revision_columns() -%}
    {{ return([
        ('source_code', 'varchar', 'Source.'),
        ('reporter_code', 'varchar', 'Economy that reports.'),
        ('partner_code', 'varchar', 'Partner.'),
        ('flow_code', 'varchar', 'Flow.'),
        ('product_key', 'varchar', 'Product in the revision wanted, or as reported where it can not be converted.'),
        ('period_code', 'varchar', 'Period.'),
        ('value_usd', 'decimal(18, 3)', 'Part of the value that falls to the product, current USD.'),
        ('net_weight_kg', 'double', 'Part of the net weight, kilograms.'),
        ('quantity', 'double', 'Part of the quantity, in the unit it was reported in.'),
        ('quantity_unit_code', 'varchar', 'Unit of the quantity; add up quantities of one unit only.'),
        ('valuation_code', 'varchar', 'Valuation of the value.'),
        ('coverage', 'varchar', 'How much of the partners the table of the source holds.'),
        ('reported_product_key', 'varchar', 'Product as reported.'),
        (
            'conversion_state', 'varchar', 'converted, same_revision, or why not: not_six_digits, special_code, '
                ~ 'unknown_revision, unmapped.',
        ),
        ('is_converted', 'boolean', 'Whether the bridge changed the product.'),
        ('weight', 'double', 'Part of the reported cell in this row, 0 to 1.'),
        ('weight_method', 'varchar', 'Where the weight comes from, see bridge_product_revision.'),
        ('family_code', 'varchar', 'Group of codes that can only be compared together.'),
        ('file_id', 'varchar', 'Raw file.'),
        ('line', 'bigint', 'Line of the raw file.'),
    ]) }}
{%- endmacro %}
