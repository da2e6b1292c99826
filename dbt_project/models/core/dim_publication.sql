-- What was read. Where two records describe one publication differently, the first mention stands.
select publication_id, publisher, title, url, published_on
from {{ ref('int_publication_unioned') }}
qualify row_number() over (partition by publication_id order by file_id, line) = 1
