"""Whether a release holds invented figures, as the demo's does, and how that is said wherever they are shown."""

from __future__ import annotations

import duckdb

from flows.read.wording.numbers import words

COLUMN = "release_is_invented"
MEANING = "The release was made with a stand-in in place of publishers: its figures are invented. Always true."
PREFIX = "Invented: "

_PUBLISHERS = """
select distinct publisher from core.dim_source where is_invented order by publisher
"""
_IS_KNOWN = """
select count(*) > 0 from duckdb_columns()
where schema_name = 'core' and table_name = 'dim_source' and column_name = 'is_invented'
"""


def invented_publishers(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Publishers a stand-in answered for in the release open at `con`; none where its code was too old to say."""
    known = con.execute(_IS_KNOWN).fetchone()
    if known is None or not known[0]:
        return []
    return [publisher for (publisher,) in con.execute(_PUBLISHERS).fetchall()]


def told(con: duckdb.DuckDBPyConnection) -> str:
    """The sentence that goes before invented figures; empty where there are none."""
    publishers = invented_publishers(con)
    if not publishers:
        return ""
    return (
        f"Invented figures: a stand-in answered in place of {words(publishers)}. None of these numbers is real; do not "
        "cite them."
    )


def marked_rows(table: str, is_invented: bool) -> str:
    """`table`, to be read from, with a column more where the release is invented: what leaves the warehouse says so."""
    return f"(select *, true as {COLUMN} from {table})" if is_invented else table
