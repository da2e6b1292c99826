"""Publish: rename a proven candidate into place; readers see the old file or the new one, never half of one."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flows.errors import PublishRefused
from flows.ledger import Ledger, Run
from flows.releases.place import guard, point_to, release_path, sync
from flows.settings import Settings


def file_sha256(path: Path) -> str:
    """Hash of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


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
    guard(settings, candidate)
    sync(candidate)
    candidate.replace(release)
    sync(release.parent)
    point_to(settings, run.run_id)
    run.published_sha256 = run.candidate_sha256
    without = f" without {', '.join(run.left_out)}" if run.left_out else ""
    ledger.finish(run, "published", f"Published release {run.run_id}{without}.")
    return release
