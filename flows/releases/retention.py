"""Retention: what a warehouse no longer needs. Never raw files, run records or the published release."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from flows.ledger import Ledger, is_run_id
from flows.releases.place import export_of
from flows.settings import Settings

USEFUL = ("built", "gate_failed", "failed")
"""How runs end whose folder a person may want: to publish the candidate, or to read the log their message names."""
_SECONDS_TO_OPEN = 60.0  # between following the link and opening the file, on the busiest machine


class Leftover(BaseModel):
    """A folder that may go: what it is, where, and its size."""

    model_config = ConfigDict(frozen=True)

    kind: str
    path: Path
    bytes: int


def leftovers(settings: Settings, ledger: Ledger, keep: int) -> list[Leftover]:
    """Releases beyond the newest `keep`, candidates of no use, and export folders that no link points to.

    The published release stays, however old, and so does for a minute what it has replaced: readers who have followed
    the link may be about to open it. A candidate stays while a person may still want it, in one of the newest `keep`
    runs that made one or a release. Call it while holding the writer's lock.
    """
    available = [folder for folder in _of_runs(settings.releases) if (folder / settings.published.name).is_file()]
    published = ledger.published_run_id()
    releases = [folder for folder in available[:-keep] if folder.name != published and not _is_just_replaced(folder)]
    made = [run for run in ledger.heads() if run.is_release or (settings.builds / run.run_id).is_dir()]
    useful = {run.run_id for run in made[-keep:] if run.state in USEFUL}
    candidates = [folder for folder in _of_runs(settings.builds) if folder.name not in useful]
    found = {"release": releases, "candidate": candidates, "export": stale_exports(settings)}
    return [Leftover(kind=kind, path=path, bytes=_size(path)) for kind, paths in found.items() for path in paths]


def stale_exports(settings: Settings) -> list[Path]:
    """Export folders that no link points to."""
    return [folder for folder in sorted(settings.export.glob("*")) if _is_unlinked(folder)]


def delete(found: list[Leftover]) -> None:
    """Delete what was found."""
    for leftover in found:
        shutil.rmtree(leftover.path)


def table(settings: Settings, found: list[Leftover]) -> list[dict[str, object]]:
    """One row per folder, for people; sizes in megabytes (10^6 bytes)."""
    return [
        {"what": each.kind, "folder": str(each.path.relative_to(settings.warehouse)), "MB": round(each.bytes / 1e6, 1)}
        for each in found
    ]


def line(found: list[Leftover], dry_run: bool) -> str:
    """What goes or went, in one line."""
    counts = {kind: sum(each.kind == kind for each in found) for kind in ("release", "candidate", "export")}
    named = [f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in counts.items() if count]
    if not named:
        return "Nothing to delete."
    freed = f"{sum(each.bytes for each in found) / 1e6:,.1f} MB"
    return f"{'Would delete' if dry_run else 'Deleted'} {', '.join(named)}: {freed}."


def _is_just_replaced(folder: Path) -> bool:
    """Whether a release was published a moment ago; the clock may have been set since."""
    return abs(time.time() - folder.stat().st_mtime) < _SECONDS_TO_OPEN


def _of_runs(parent: Path) -> list[Path]:
    """The folders of runs, oldest first; what others have put beside them is theirs."""
    return sorted(path for path in parent.glob("*") if is_run_id(path.name) and path.is_dir() and not path.is_symlink())


def _is_unlinked(folder: Path) -> bool:
    link, _ = export_of(folder)
    return bool(link) and (folder.parent / link).resolve() != folder.resolve()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
