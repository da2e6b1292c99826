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
    """Bytes a build takes in a folder of a place (warehouse or lake), and those that are free there."""

    place: str
    folder: Path
    wanted_bytes: int
    free_bytes: int

    @property
    def is_met(self) -> bool:
        """Whether there is room."""
        return self.free_bytes >= self.wanted_bytes

    @property
    def setting(self) -> str:
        """What moves the place to another disk."""
        return f"ENTREPOT_{self.place.upper()}"

    def __str__(self) -> str:
        return f"{self.wanted_bytes / 1e9:,.1f} GB in {self.folder}, and {self.free_bytes / 1e9:,.1f} GB are free"


def needs(settings: Settings, read_only: bool = False) -> tuple[list[Need], int]:
    """What a build of what has landed takes, by disk, and the rows it is reckoned from."""
    with landed(settings, read_only) as con:
        row = con.execute("select coalesce(sum(row_count), 0) from raw.file where is_current").fetchone()
    rows = int(row[0]) if row else 0
    build, in_lake = BYTES_IN_ANY_CASE + rows * BYTES_OF_A_ROW, rows * LAKE_BYTES_OF_A_ROW
    if not lake.is_wanted(settings):
        return [_need("warehouse", settings.builds, build)], rows
    if _device(settings.lake_folder) == _device(settings.builds):
        return [_need("warehouse", settings.builds, build + in_lake)], rows
    return [_need("warehouse", settings.builds, build), _need("lake", settings.lake_folder, in_lake)], rows


def require(settings: Settings) -> None:
    """Raise BuildFailed, with what to do, where a disk has less room than a build needs."""
    found, rows = needs(settings)
    short = [need for need in found if not need.is_met]
    if short:
        said = "; and ".join(f"about {need}" for need in short)
        moves = " and ".join(f"the {need.place} with {need.setting}" for need in short)
        raise BuildFailed(
            f"A build of {rows:,} landed rows needs {said}: make room (`entrepot retention` deletes old releases) or "
            f"move {moves}. Nothing was published."
        )


def _need(place: str, folder: Path, wanted_bytes: int) -> Need:
    return Need(place, folder, wanted_bytes, shutil.disk_usage(_there(folder)).free)


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())


def _device(folder: Path) -> int:
    return _there(folder).stat().st_dev
