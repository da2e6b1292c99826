-- Every correction there is: those that ship with the project, and those of this warehouse, which are known since a run
-- first found them, whatever date they bear.
{% set columns = [
    'correction_code', 'source_code', 'publication_id', 'reporter_code', 'partner_code', 'flow_code', 'product_key',
    'period_code', 'measure_code', 'expected_value', 'new_value', 'reason', 'evidence', 'corrected_by', 'corrected_at',
] | join(', ') %}
select {{ columns }}, corrected_at as known_from, 'project' as declared_in
from {{ ref('correction') }}

union all

select {{ columns }}, known_from, 'warehouse' as declared_in
from {{ source('ledger', 'correction') }}
