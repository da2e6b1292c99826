-- Numbers of core and marts whose unit meta.dictionary does not know: name the column by its unit, or give it one
-- in its YAML, `config: {meta: {unit: ...}}`.
select schema_name, table_name, column_name, data_type
from {{ ref('dictionary') }}
where
    schema_name in ('core', 'marts')
    and unit is null
    and (data_type like 'dec%' or data_type in ('double', 'bigint', 'integer', 'int', 'smallint', 'tinyint', 'float'))
