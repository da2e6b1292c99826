with
    cell as (

        select *, true as is_additive
        from ({{ rows_of_last_release('fct_trade') }}) as additive

        union all

        select *, false as is_additive
        from ({{ rows_of_last_release('fct_trade_total') }}) as other

    )

select *
from cell
