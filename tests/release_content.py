"""What a release holds, so that two of them can be compared table by table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.contracts.relations import RELATIONS
from tests.opened import opened

# What may differ between two builds from the same raw files, and why.
OF_THE_RUN = {
    "core.dim_release": "lists the build itself, with its run and time",
    "meta.release": "lists the runs, the build among them, with their times",
    "meta.ingest_outcome": "what each run did, the one that built among them",
    "meta.check_result": "written by the gate after the build",
    "meta.accepted_row": "written by the gate after the build",
    "intermediate.renewed": "what a copy has made anew; a build from nothing has no such table",
    "raw.stg_ledger__run": "the runs, with their times",
    "raw.stg_ledger__build": "the build itself",
    "raw.stg_ledger__ingest_outcome": "what each run did",
}


def content(path: Path) -> dict[str, tuple[Any, ...]]:
    """Rows and hash of every table, the order of rows aside, and what the audit after a build adds."""
    with opened(path) as con:
        tables = con.execute(f"select schema_name || '.' || table_name from {RELATIONS}").fetchall()
        found = {}
        for (table,) in tables:
            audited = " where table_name not in ('check_result', 'accepted_row')" if table == "meta.dictionary" else ""
            sums = f"select count(*), sum(hash(record)::hugeint) from {table} as record{audited}"
            row = con.execute(sums).fetchone()
            assert row is not None
            found[table] = row
        return found
