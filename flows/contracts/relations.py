"""The tables and views of a published file: what a reader finds there, whichever of the two it is."""

from __future__ import annotations

# Views, too, are what people read: the facts are views over core.trade_cell.
RELATIONS = """(
    select schema_name, table_name, table_oid, comment from duckdb_tables() where not internal and not temporary
    union all
    select schema_name, view_name, view_oid, comment from duckdb_views() where not internal and not temporary
)"""

# How the facts are kept; the views core.fct_trade, fct_trade_total and fct_trade_vintage have every row of them.
IS_STORAGE = "(schema_name = 'core' and table_name like 'trade_cell%')"
