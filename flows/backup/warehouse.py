"""A copy of a warehouse, checked file by file, and a warehouse made from one.

It holds what nothing can make again (raw files, records, acceptances, contracts and corrections of one's own, the
inbox, releases and candidates) and landed.duckdb, which takes long to make. Exports follow a release, and dbt's parse
and temporary files are of no use elsewhere.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from flows.backup import prefect_state
from flows.errors import EntrepotError
from flows.ledger import Ledger, utc_now
from flows.machine import file_sha256, sync
from flows.privacy import open_private
from flows.read.wording.numbers import plural
from flows.settings import Settings

_MANIFEST = "manifest.json"
_WAREHOUSE, _PREFECT = "warehouse", "prefect"


class Manifest(BaseModel):
    """What a backup holds: the checksum of every file by its path, and the release that was published."""

    made_at: datetime
    published: str | None
    files: dict[str, str]


def back_up(settings: Settings, folder: Path) -> str:
    """Write a new folder in `folder`, whole or not at all; in a sentence what it is.

    Nobody writes meanwhile. Only its owner may read it. Raises EntrepotError where the folder cannot be written to or
    lies in the warehouse, and where Prefect's database cannot be copied.
    """
    ledger, now = Ledger(settings), utc_now()
    target = folder.resolve() / f"entrepot-{now:%Y%m%dT%H%M%SZ}"
    if settings.warehouse.resolve() in target.parents:
        raise EntrepotError(f"{folder} lies in the warehouse, of which it would be a part; name a folder elsewhere.")
    temporary = target.with_name(f".{target.name}.new")
    try:
        temporary.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise EntrepotError(f"{folder} cannot be written to ({error.strerror}); name another folder.") from error
    try:
        with ledger.writing("backup"):
            for path in _kept(settings):
                _copy(path, temporary / _WAREHOUSE / path.relative_to(settings.warehouse))
            prefect_state.save(settings, temporary / _PREFECT)
            manifest = Manifest(made_at=now, published=ledger.published_run_id(), files=_checksums(temporary))
        with open_private(temporary / _MANIFEST, "w") as handle:
            handle.write(manifest.model_dump_json(indent=1))
        temporary.replace(target)
        sync(target.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return f"Backed up {plural(len(manifest.files), 'file')} to {target}."


def restore(settings: Settings, backup: Path) -> str:
    """Make the warehouse, which must not be there yet, from a backup; in a sentence what is published now.

    Raises EntrepotError where there is one already, where the backup is none or damaged, and where Prefect's database
    cannot be restored.
    """
    manifest = _manifest(backup)
    if Ledger(settings).runs():
        raise EntrepotError(f"{settings.warehouse} has runs already; restore into an empty ENTREPOT_WAREHOUSE.")
    found = _checksums(backup)
    if damaged := [name for name, sha256 in manifest.files.items() if found.get(name) != sha256]:
        raise EntrepotError(f"The backup {backup} is damaged: {damaged[0]} is not what was saved; take another one.")
    with Ledger(settings).writing("restore"):
        prefect_state.bring_back(settings, backup / _PREFECT)
        for path in sorted((backup / _WAREHOUSE).glob("*")):  # none where the server has a machine of its own
            _copy(path, settings.warehouse / path.name)
    done = f"Restored {plural(len(manifest.files), 'file')} to {settings.warehouse}"
    if manifest.published is None:
        return f"{done}."
    return f"{done}; release {manifest.published} is published, and `entrepot publish {manifest.published}` exports it."


def _kept(settings: Settings) -> Iterator[Path]:
    """Files, folders and links of a warehouse that belong into a backup."""
    folders = (settings.raw, settings.runs, settings.releases, settings.builds, settings.inbox, settings.own_contracts)
    files = (settings.landed, settings.own_corrections, settings.published, settings.workings)
    yield from (path for path in (*folders, *files) if path.exists())


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        target.symlink_to(path.readlink())
    elif path.is_dir():
        shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True, ignore=_without_bytes)
    else:
        shutil.copy2(path, target)


def _without_bytes(folder: str, names: list[str]) -> list[str]:
    """What of a folder holds nothing to copy, such as the pipes and sockets somebody made there."""
    paths = {name: Path(folder, name) for name in names}
    return [name for name, path in paths.items() if not (path.is_symlink() or path.is_file() or path.is_dir())]


def _checksums(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(folder)): file_sha256(path) for path in files}


def _manifest(backup: Path) -> Manifest:
    try:
        return Manifest.model_validate_json((backup / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise EntrepotError(f"{backup} is not a backup: `entrepot backup` makes folders called entrepot-...") from None
