"""Room for a build: what it will take on disk, asked before it starts instead of found out when the disk is full."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from flows.errors import BuildFailed
from flows.settings import Settings
from flows.steps.building.spark import lake
from flows.steps.land import landed

# Of a current landed row, in the candidate and in what DuckDB puts aside while it sorts and joins; beside them the
# code lists and what follows from them. Measured with one year of CEPII BACI, rounded up.
BYTES_OF_A_ROW = 160
BYTES_IN_ANY_CASE = 200_000_000
# The same in the lake: landed files, tables of heavy models, and what Spark puts aside on this machine. Measured with
# five invented years of BACI, rounded up.
LAKE_BYTES_OF_A_ROW = 160


@dataclass(frozen=True)
class Need:
    """Bytes a build takes in a folder, and those that are free there."""

    folder: Path
    wanted_bytes: int
    free_bytes: int

    @property
    def is_met(self) -> bool:
        """Whether there is room."""
        return self.free_bytes >= self.wanted_bytes

    def __str__(self) -> str:
        return f"{self.wanted_bytes / 1e9:,.1f} GB in {self.folder}, and {self.free_bytes / 1e9:,.1f} GB are free"


def needs(settings: Settings, read_only: bool = False) -> tuple[list[Need], int]:
    """What a build of what has landed takes, by disk, and the rows it is reckoned from."""
    with landed(settings, read_only) as con:
        row = con.execute("select coalesce(sum(row_count), 0) from raw.file where is_current").fetchone()
    rows = int(row[0]) if row else 0
    wanted = {settings.builds: BYTES_IN_ANY_CASE + rows * BYTES_OF_A_ROW}
    if lake.is_wanted(settings):
        is_same_disk = _device(settings.lake_folder) == _device(settings.builds)
        folder = settings.builds if is_same_disk else settings.lake_folder
        wanted[folder] = wanted.get(folder, 0) + rows * LAKE_BYTES_OF_A_ROW
    return [Need(folder, size, shutil.disk_usage(_there(folder)).free) for folder, size in wanted.items()], rows


def require(settings: Settings) -> None:
    """Raise BuildFailed, with what to do, where a disk has less room than a build needs."""
    found, rows = needs(settings)
    short = [need for need in found if not need.is_met]
    if short:
        said = "; and ".join(f"about {need}" for need in short)
        is_lake = settings.lake_folder in [need.folder for need in short]
        moves = "the lake with ENTREPOT_LAKE" if is_lake else "the warehouse with ENTREPOT_WAREHOUSE"
        raise BuildFailed(
            f"A build of {rows:,} landed rows needs {said}: make room (`entrepot retention` deletes old releases) or "
            f"move {moves}. Nothing was published."
        )


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())


def _device(folder: Path) -> int:
    return _there(folder).stat().st_dev
