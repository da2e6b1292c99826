"""Blocks of a candidate that hold nothing: what was replaced in a copy of the last release leaves them behind."""

from __future__ import annotations

from pathlib import Path

import duckdb

from flows.contracts.relations import quote, workings_of
from flows.settings import Settings

# Written by the newest DuckDB, readable by every client since 1.4.
STORAGE_VERSION = "v1.4.0"
# Of all blocks of a file, by its name: what may be free when a build ends. People keep and pass on the published one,
# which so grows by a fifth at most.
MOST_FREE = {"trade": 1 / 6, "workings": 1 / 4}
# Blocks of 256 KiB, so 16 MiB, that a build may leave in any case: writing a small file anew costs more than they do.
FEW = 64


def is_wasteful(path: Path) -> bool:
    """Whether too many blocks of a file of a candidate hold nothing."""
    with duckdb.connect(str(path), read_only=True) as con:
        ((free, total),) = con.execute("select free_blocks, total_blocks from pragma_database_size()").fetchall()
    return bool(free > FEW and free / total > MOST_FREE[path.stem])


def give_back(settings: Settings, candidate: Path) -> None:
    """Write a file of a candidate anew, all that is in it as it is, where too many of its blocks are free."""
    files = (candidate, workings_of(candidate))
    wasteful = [path for path in files if is_wasteful(path)]
    if not wasteful:
        return
    with duckdb.connect(config=settings.duckdb_config) as con:
        for path in files:
            con.execute(f"attach {quote(path)} as {path.stem} (read_only)")
        for path in wasteful:
            con.execute(f"attach {quote(_compact(path))} as compact (storage_version '{STORAGE_VERSION}')")
            con.execute(f"copy from database {path.stem} to compact")
            con.execute("detach compact")
    for path in wasteful:
        _compact(path).replace(path)


def _compact(path: Path) -> Path:
    return path.with_name(f"{path.stem}.compact")
