-- Texts of UN Comtrade's own product lists, without the code and the dashes they begin with.
select
    classification_code || ':' || product_code as product_key,
    n_digits,
    regexp_replace(
        case
            when left(product_text, length(product_code) + 3) = product_code || ' - '
            then right(product_text, length(product_text) - length(product_code) - 3)
            else product_text
        end,
        '^[- ]+',
        ''
    ) as product_name
from {{ landed('comtrade_reference', 'product') }}
where n_digits > 0
