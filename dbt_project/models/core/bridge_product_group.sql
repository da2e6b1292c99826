-- HS codes a commodity group of the press stands for, as the beginnings of codes.
select commodity_group_code, part as hs_prefix
from ({{ split_rows(ref('commodity_group'), 'hs_codes', ['commodity_group_code']) }}) as prefixes
