"""Compare: what a new vintage of a partition changed against the vintage it takes the place of."""

from __future__ import annotations

import duckdb

from flows.contracts import Table
from flows.ledger import Change, Difference

_MEASURES = ("decimal", "double", "float", "real", "bigint")


def measures(table: Table) -> list[str]:
    """The columns that hold figures: numbers that are no part of the key."""
    return [c.name for c in table.columns if c.name not in table.key and c.data_type.lower().startswith(_MEASURES)]


def difference(con: duckdb.DuckDBPyConnection, table: Table, earlier: str, later: str) -> Difference:
    """What the file `later` says otherwise than the file `earlier`, record by record of the contract's key.

    A record in both whose figure differs counts as one changed value of that column; `before` and `after` are the
    sums over the changed values alone, in the unit of the column.
    """
    names = measures(table)
    figures = "".join(
        f", count(*) filter ({_both_and_differ(name)}), sum(past.{name}) filter ({_both_and_differ(name)})"
        f", sum(now.{name}) filter ({_both_and_differ(name)})"
        for name in names
    )
    same = " and ".join(f"past.{name} is not distinct from now.{name}" for name in table.key)
    row = con.execute(
        "select count(past.file_id), count(*) filter (past.file_id is null), count(*) filter (now.file_id is null)"
        f"{figures} from (select * from raw.{table.landed_name} where file_id = ?) as past "
        f"full join (select * from raw.{table.landed_name} where file_id = ?) as now on {same}",
        [earlier, later],
    ).fetchone()
    assert row is not None
    triples = zip(names, row[3::3], row[4::3], row[5::3], strict=True)
    changes = [Change(column=name, values=n, before=before, after=after) for name, n, before, after in triples if n]
    return Difference(rows_before=row[0], rows_added=row[1], rows_gone=row[2], changes=changes)


def _both_and_differ(name: str) -> str:
    return f"past.file_id is not null and now.file_id is not null and past.{name} is distinct from now.{name}"
