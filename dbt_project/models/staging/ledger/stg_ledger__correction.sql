-- Every correction there is: those that ship with the project, and those of this warehouse.
{% set columns = [
    'correction_code', 'source_code', 'publication_id', 'reporter_code', 'partner_code', 'flow_code', 'product_key',
    'period_code', 'measure_code', 'expected_value', 'new_value', 'reason', 'evidence', 'corrected_by', 'corrected_at',
] | join(', ') %}
select {{ columns }}, 'project' as declared_in
from {{ ref('correction') }}

union all

select {{ columns }}, 'warehouse' as declared_in
from {{ source('ledger', 'correction') }}
