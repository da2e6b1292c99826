"""Publish: rename a proven candidate into place; readers see the old file or the new one, never half of one."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from flows.errors import EntrepotError, PublishRefused
from flows.ledger import Ledger, Run
from flows.settings import Settings
from flows.steps.licence import require_redistributable


def file_sha256(path: Path) -> str:
    """Hash of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def release_path(settings: Settings, run_id: str) -> Path:
    """Path of the file a run published."""
    return settings.releases / run_id / "trade.duckdb"


def publish(settings: Settings, ledger: Ledger, run: Run, candidate: Path) -> Path:
    """Move the candidate into the releases and point the link to it.

    Raises PublishRefused when the file is not the audited one, has a write-ahead log beside it, or would have
    to be copied across file systems, which cannot be atomic; LicenceRefused when the public export would get
    what may not be passed on.
    """
    if not candidate.is_file():
        raise PublishRefused(f"There is no candidate at {candidate}; run `entrepot run` to build one.")
    if Path(f"{candidate}.wal").exists():
        raise PublishRefused(f"{candidate} has a write-ahead log beside it, so it was not closed cleanly; build again.")
    if file_sha256(candidate) != run.candidate_sha256:
        raise PublishRefused(f"{candidate} changed after the audit; build again.")
    release = release_path(settings, run.run_id)
    release.parent.mkdir(parents=True, exist_ok=True)
    if release.parent.stat().st_dev != candidate.stat().st_dev:
        raise PublishRefused(
            f"{settings.builds} and {settings.releases} are on different file systems; put them on one."
        )
    _guard(settings, candidate)
    _sync(candidate)
    candidate.replace(release)
    _sync(release.parent)
    point_to(settings, run.run_id)
    run.published_sha256 = run.candidate_sha256
    without = f" without {', '.join(run.left_out)}" if run.left_out else ""
    ledger.finish(run, "published", f"Published release {run.run_id}{without}.")
    return release


def point_to(settings: Settings, run_id: str) -> None:
    """Point the published link to the release of `run_id`, atomically. Raises LicenceRefused as `publish` does."""
    release = release_path(settings, run_id)
    if not release.is_file():
        raise EntrepotError(f"There is no release {run_id!r}; `entrepot status` lists the releases.")
    _guard(settings, release)
    swap_link(settings.published, release)


def _guard(settings: Settings, release: Path) -> None:
    """Stop before anything moves: what becomes the published file goes to the public export too."""
    if settings.public_export is not None:
        require_redistributable(settings, release, settings.public_export)


def rollback_target(settings: Settings, ledger: Ledger, run_id: str | None) -> str:
    """The release to go back to: the one asked for, or the one before the published one."""
    if run_id:
        return run_id
    available = sorted(path.parent.name for path in settings.releases.glob("*/trade.duckdb"))
    current = ledger.published_run_id()
    earlier = [name for name in available if current is None or name < current]
    if not earlier:
        raise EntrepotError("There is no earlier release to roll back to.")
    return earlier[-1]


def swap_link(link: Path, target: Path) -> None:
    """Point `link` to `target`, atomically and with a relative path. Raises PublishRefused where it is no link."""
    require_link(link)
    link.parent.mkdir(parents=True, exist_ok=True)
    temporary = link.with_name(f".{link.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(os.path.relpath(target, link.parent))
    temporary.replace(link)
    _sync(link.parent)


def require_link(link: Path) -> None:
    """Raise PublishRefused when something stands at `link` that is not a link to be replaced."""
    if link.exists() and not link.is_symlink():
        raise PublishRefused(f"{link} is not a link made by Entrepôt; move it away.")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
