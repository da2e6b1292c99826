"""Room for a build: what it will take on disk, asked before it starts instead of found out when the disk is full."""

from __future__ import annotations

import shutil

from flows.errors import BuildFailed
from flows.settings import Settings
from flows.steps.land import landed

# Of a current landed row, in the candidate and in what DuckDB puts aside while it sorts and joins; beside them the
# code lists and what follows from them. Measured with one year of CEPII BACI, rounded up.
BYTES_OF_A_ROW = 160
BYTES_IN_ANY_CASE = 200_000_000


def needed(settings: Settings, read_only: bool = False) -> tuple[int, int]:
    """Bytes a build of what has landed takes, and the rows they are reckoned from."""
    with landed(settings, read_only) as con:
        row = con.execute("select coalesce(sum(row_count), 0) from raw.file where is_current").fetchone()
    rows = int(row[0]) if row else 0
    return BYTES_IN_ANY_CASE + rows * BYTES_OF_A_ROW, rows


def require(settings: Settings) -> None:
    """Raise BuildFailed, with what to do, where the disk has less room than a build needs."""
    wanted, rows = needed(settings)
    free = shutil.disk_usage(settings.builds if settings.builds.exists() else settings.warehouse).free
    if free < wanted:
        raise BuildFailed(
            f"A build of {rows:,} landed rows needs about {_gigabytes(wanted)} in {settings.builds}, and "
            f"{_gigabytes(free)} are free: make room (`entrepot retention` deletes old releases) or move the warehouse "
            "with ENTREPOT_WAREHOUSE. Nothing was published."
        )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB"
