{{ config(tags=['cells'], meta={'has_parts': true}) }}
-- The cells that are not taken as they landed, by source and period, with a checksum: where it is as in the last
-- release, so are the cells, and what products leave of a total of theirs.
select source_code, period_code, count(*) as n_cells, {{ checksum_of_rows('cell') }} as checksum
from ({{ priced_cells(with_remainders=false) }}) as cell
group by source_code, period_code
