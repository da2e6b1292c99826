{#-
    Questions with parameters, kept in the published file: table macros. They hold no rows. One list, read where they
    are made and where meta.dictionary describes them.
      select * from core.trade_in_revision('H4') where reporter_code = 'CHN'
      select * from core.trade_asof('2025-03-01') where is_additive
      select sum(value_usd) from core.trade_of('comtrade_api', 'A') where reporter_code = 'CHN' and flow_code = 'X'
      select * from marts.profile('RUS', 'CHN') where section = 'rank'
-#}
{% macro table_macros() -%}
    {{ return([
        {
            'schema': 'core', 'name': 'trade_in_revision', 'columns': trade_in_revision_columns(),
            'parameters': [('to_hs_revision', 'varchar', 'Revision wanted, H0 (HS 1992) to H6 (HS 2022).')],
            'description': 'fct_trade with every product in one HS revision. One row per cell and product that takes '
                ~ 'a part of it; what can not be converted keeps its code, with the reason.',
        },
        {
            'schema': 'core', 'name': 'trade_of', 'columns': columns_of('fct_trade'),
            'parameters': [
                ('one_source', 'varchar', 'Source, by its code.'),
                ('frequency', 'varchar', 'A for years, M for months.'),
            ],
            'description': 'The cells of fct_trade of one source and one frequency: what may be added up along every '
                ~ 'dimension. One row per cell.',
        },
        {
            'schema': 'core', 'name': 'trade_asof', 'columns': columns_of('fct_trade_vintage'),
            'parameters': [('known_at', 'timestamp', 'Time, in UTC unless it says its offset or zone.')],
            'description': 'What was known at a time: the cells of fct_trade and fct_trade_total as they stood then. '
                ~ 'One row per cell; the answer for a time in the past never changes.',
        },
        {
            'schema': 'marts', 'name': 'profile', 'columns': pair_profile_columns(),
            'units': {'value': 'see unit', 'value_min': 'see unit', 'value_max': 'see unit'},
            'parameters': [
                ('of_area', 'varchar', 'Economy or group, by its code in dim_area.'),
                ('with_area', 'varchar', 'The other economy or group; the two may change places.'),
            ],
            'description': 'Everything known of two economies or groups: trade by both reporters, ranks both ways, '
                ~ 'commodities, settlement, targets, events, statements, and what is missing. One row per figure.',
        },
    ]) }}
{%- endmacro %}

{#- Columns a macro has from a model, as the model's contract describes them. -#}
{% macro columns_of(model_name) -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- for column in graph.nodes['model.' ~ project_name ~ '.' ~ model_name].columns.values() -%}
            {%- do columns.append((column.name, column.data_type, column.description)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}

{#- Runs when a whole build went well; after a part of one the tables a macro reads may not be there. -#}
{% macro create_table_macros(results) -%}
    {%- set bodies = {
        'trade_in_revision': trade_in_revision(ref('fct_trade'), 'to_hs_revision'), 'profile': pair_profile(),
        'trade_asof': trade_asof('known_at'), 'trade_of': trade_of('one_source', 'frequency'),
    } -%}
    {%- set failed = results | rejectattr('status', 'in', ['success', 'pass', 'warn', 'no-op']) | list if results else [] -%}
    {%- if execute and not failed and not invocation_args_dict.get('select') -%}
        {%- for table_macro in table_macros() %}
            {%- set name = target.database ~ '.' ~ table_macro.schema ~ '.' ~ table_macro.name %}
    create or replace macro {{ name }}({{ table_macro.parameters | map('first') | join(', ') }}) as table
            {{ bodies[table_macro.name] }}
            ;
    comment on macro table {{ name }} is '{{ sql_text(table_macro.description) }}';
        {%- endfor %}
        {{ name_macros() }}
    {%- endif -%}
{%- endmacro %}

{#-
    Names of codes, for people who write SQL: what stands in a dimension, without a join. NULL for an unknown code.
      select core.area_name(partner_code) as partner_name, turnover_usd from marts.bilateral_year
-#}
{% macro name_macros() -%}
    {%- for name, dimension, code in [
        ('area_name', 'dim_area', 'area_code'), ('product_name', 'dim_product', 'product_key'),
    ] -%}
        {%- set macro_name = target.database ~ '.core.' ~ name %}
    create or replace macro {{ macro_name }}(of_code) as
        (select named.{{ name }} from {{ target.database }}.core.{{ dimension }} as named where named.{{ code }} = of_code);
    comment on macro {{ macro_name }} is 'Name of a code, as in core.{{ dimension }}; NULL for a code that is not there.';
    {%- endfor -%}
{%- endmacro %}
