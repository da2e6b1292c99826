-- Complexity and ubiquity of the six-digit products any economy has an advantage in.
select
    source_code,
    period_code,
    code as product_key,
    score as pci,
    degree as ubiquity,
    n_economies,
    case
        when score is not null
        then null
        when n_economies < {{ min_reporters_of_a_world() }}
        then 'world_too_small'
        else 'not_connected'
    end as null_reason
from {{ ref('complexity_score') }}
where side = 'product'
