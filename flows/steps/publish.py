"""Publish: rename a proven candidate into place; readers see the old file or the new one, never half of one."""

from __future__ import annotations

from pathlib import Path

from flows.contracts.relations import workings_of
from flows.errors import PublishRefused
from flows.ledger import Ledger, Run
from flows.machine import sync
from flows.releases.place import changed_file, guard, point_to, release_path
from flows.settings import Settings
from flows.stopping import postponing_signals


def publish(settings: Settings, ledger: Ledger, run: Run, candidate: Path) -> Path:
    """Move the candidate into the releases, both files of it in one step, and point the links to them.

    Raises PublishRefused when the file is not the audited one, one has a write-ahead log beside it, or they would have
    to be copied across file systems, which cannot be atomic; LicenceRefused when the public export would get
    what is not redistributable.
    """
    if not candidate.is_file():
        raise PublishRefused(f"There is no candidate at {candidate}; run `entrepot run` to build one.")
    files = [path for path in (candidate, workings_of(candidate)) if path.is_file()]
    for path in files:
        if Path(f"{path}.wal").exists():
            raise PublishRefused(f"{path} has a write-ahead log beside it, so it was not closed cleanly; build again.")
    if (changed := changed_file(run, candidate, run.candidate_sha256)) is not None or not run.candidate_sha256:
        raise PublishRefused(f"{changed or candidate} changed after the audit; build again.")
    release = release_path(settings, run.run_id)
    settings.releases.mkdir(parents=True, exist_ok=True)
    if settings.releases.stat().st_dev != candidate.stat().st_dev:
        raise PublishRefused(
            f"{settings.builds} and {settings.releases} are on different file systems; put them on one."
        )
    guard(settings, candidate)
    for path in (*files, candidate.parent):
        sync(path)
    with postponing_signals():
        _move(settings, ledger, run, candidate, release)
        run.published_sha256 = run.candidate_sha256
        without = f" without {', '.join(run.left_out)}" if run.left_out else ""
        ledger.finish(run, "published", f"Published release {run.run_id}{without}.")
    return release


def _move(settings: Settings, ledger: Ledger, run: Run, candidate: Path, release: Path) -> None:
    """Move the candidate and point the links to it; where that fails, as on a full disk, it is a candidate again."""
    candidate.parent.replace(release.parent)
    try:
        sync(settings.releases)
        point_to(settings, run.run_id)
    except Exception:
        if ledger.published_run_id() != run.run_id:
            release.parent.replace(candidate.parent)
        raise
