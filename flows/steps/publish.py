"""Publish: rename a proven candidate into place; readers see the old file or the new one, never half of one."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import duckdb

from flows.errors import EntrepotError, PublishRefused
from flows.ledger import Ledger, Run
from flows.settings import Settings

_EXPORTED_SCHEMAS = ("core", "marts")


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
    to be copied across file systems, which cannot be atomic.
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
    _sync(candidate)
    candidate.replace(release)
    _sync(release.parent)
    point_to(settings, run.run_id)
    run.published_sha256 = run.candidate_sha256
    ledger.finish(run, "published", f"Published release {run.run_id}.")
    return release


def point_to(settings: Settings, run_id: str) -> None:
    """Point the published link to the release of `run_id`, atomically."""
    release = release_path(settings, run_id)
    if not release.is_file():
        raise EntrepotError(f"There is no release {run_id!r}; `entrepot status` lists the releases.")
    _swap_link(settings.published, release)


def rollback_target(settings: Settings, ledger: Ledger, run_id: str | None) -> str:
    """The release to go back to: the one asked for, or the one before the published one."""
    if run_id is not None:
        return run_id
    available = sorted(path.parent.name for path in settings.releases.glob("*/trade.duckdb"))
    current = ledger.published_run_id()
    earlier = [name for name in available if current is None or name < current]
    if not earlier:
        raise EntrepotError("There is no earlier release to roll back to.")
    return earlier[-1]


def export_parquet(settings: Settings, run_id: str) -> Path:
    """Write every table of the star schema and the marts as Parquet, and swap the folder as a whole."""
    folder = settings.export / f"parquet-{run_id}"
    shutil.rmtree(folder, ignore_errors=True)
    with duckdb.connect(str(release_path(settings, run_id)), read_only=True) as con:
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name in (?, ?) order by all",
            list(_EXPORTED_SCHEMAS),
        ).fetchall()
        for schema, table in tables:
            (folder / schema).mkdir(parents=True, exist_ok=True)
            path = str(folder / schema / f"{table}.parquet").replace("'", "''")
            con.execute(f"copy {schema}.{table} to '{path}' (format parquet, compression zstd)")
    return swap_folder(settings.export / "parquet", folder)


def swap_folder(link: Path, folder: Path) -> Path:
    """Point `link` to the finished `folder` and delete the folders it pointed to before."""
    _swap_link(link, folder)
    for stale in link.parent.glob(f"{link.name}-*"):
        if stale != folder:
            shutil.rmtree(stale, ignore_errors=True)
    return link


def prune(settings: Settings, ledger: Ledger) -> list[str]:
    """Delete the oldest releases beyond the number kept, never the published one; and candidates of no use.

    A candidate stays while a person may still want it: built but not published, or stopped by the gate.
    """
    useful = {run.run_id for run in ledger.runs()[-settings.keep_releases :] if run.state in ("built", "gate_failed")}
    for folder in settings.builds.glob("*"):
        if folder.name not in useful:
            shutil.rmtree(folder, ignore_errors=True)
    available = sorted(path.parent.name for path in settings.releases.glob("*/trade.duckdb"))
    stale = [name for name in available[: -settings.keep_releases] if name != ledger.published_run_id()]
    for name in stale:
        shutil.rmtree(settings.releases / name)
    return stale


def _swap_link(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.exists() and not link.is_symlink():
        raise PublishRefused(f"{link} is not a link made by Entrepôt; move it away.")
    temporary = link.with_name(f".{link.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(os.path.relpath(target, link.parent))
    temporary.replace(link)
    _sync(link.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
