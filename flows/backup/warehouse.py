"""A copy of a warehouse, checked file by file, and a warehouse made from one.

It holds what nothing can make again (raw files, records, acceptances, contracts and corrections of one's own, the
inbox, releases and candidates) and landed.duckdb, which takes long to make. Exports follow a release, and dbt's parse
and temporary files are of no use elsewhere. Whatever lies on another disk, behind a link, is copied as if it lay here.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from flows.backup import prefect_state
from flows.errors import EntrepotError, of_the_machine
from flows.ledger import Ledger, utc_now
from flows.machine import file_sha256, sync
from flows.privacy import open_private
from flows.read.wording.numbers import plural
from flows.releases.place import require_writable
from flows.settings import Settings

_MANIFEST = "manifest.json"
_WAREHOUSE, _PREFECT = "warehouse", "prefect"
_STAGE = ".restore.new"  # as what a killed process leaves is called, so the next run deletes it


class Manifest(BaseModel):
    """What a backup holds: the checksum of every file by its path, and the release that was published."""

    made_at: datetime
    published: str | None
    files: dict[str, str]


def back_up(settings: Settings, folder: Path) -> str:
    """Write a new folder in `folder`, whole or not at all; in a sentence what it is.

    Nobody writes meanwhile. Only its owner may read it. Raises EntrepotError where the folder cannot be written to or
    lies in the warehouse, where another backup is of the same second, and where Prefect's database cannot be copied.
    """
    ledger, now = Ledger(settings), utc_now()
    target = folder.resolve() / f"entrepot-{now:%Y%m%dT%H%M%SZ}"
    if any(path.resolve() in target.parents for path in (settings.warehouse, *_folders(settings))):
        raise EntrepotError(f"{folder} lies in the warehouse, of which it would be a part; name a folder elsewhere.")
    temporary = target.with_name(f".{target.name}.new")
    require_writable(folder)
    try:
        temporary.mkdir(mode=0o700)
    except FileExistsError:
        raise EntrepotError(f"Another backup is being written to {target}; wait for it, then try again.") from None
    if target.exists():
        temporary.rmdir()
        raise EntrepotError(f"{target} is a backup of this very second; try again.")
    try:
        with ledger.writing("backup"):
            for path in _kept(settings):
                _copy(path, temporary / _WAREHOUSE / path.relative_to(settings.warehouse))
            for link in _links(settings):
                (temporary / _WAREHOUSE / link.name).symlink_to(link.readlink())
            prefect_state.save(settings, temporary / _PREFECT)
            manifest = Manifest(made_at=now, published=ledger.published_run_id(), files=_checksums(temporary))
        with open_private(temporary / _MANIFEST, "w") as handle:
            handle.write(manifest.model_dump_json(indent=1))
        _sync_all(temporary)
        temporary.replace(target)
        sync(target.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return f"Backed up {plural(len(manifest.files), 'file')} to {target}."


def restore(settings: Settings, backup: Path) -> str:
    """Make the warehouse, where nothing of it may be yet, from a backup; in a sentence what is published now.

    Everything is copied beside its place first and then renamed, so what fails can be tried again. Raises EntrepotError
    where a file or link is in the way, where the backup is none or damaged, and where Prefect's database cannot be
    restored.
    """
    manifest = _manifest(backup)
    if Ledger(settings).heads():
        raise EntrepotError(f"{settings.warehouse} has runs already; restore into an empty ENTREPOT_WAREHOUSE.")
    saved = _saved(settings, backup)
    _require_room(settings, saved)
    prefect_state.require_place(settings, backup / _PREFECT)
    found = _checksums(backup)
    if damaged := [name for name, sha256 in manifest.files.items() if found.get(name) != sha256]:
        raise EntrepotError(f"The backup {backup} is damaged: {damaged[0]} is not what was saved; take another one.")
    with Ledger(settings).writing():  # without a name, since a record of the attempt would be a run in the way
        _require_room(settings, saved)
        _bring_back(settings, saved, backup / _PREFECT)
    done = f"Restored {plural(len(manifest.files), 'file')} to {settings.warehouse}"
    if manifest.published is None:
        return f"{done}."
    return f"{done}; release {manifest.published} is published, and `entrepot publish {manifest.published}` exports it."


def _folders(settings: Settings) -> tuple[Path, ...]:
    return settings.raw, settings.runs, settings.releases, settings.builds, settings.inbox, settings.own_contracts


def _kept(settings: Settings) -> Iterator[Path]:
    """Files and folders of a warehouse that belong into a backup."""
    links = set(_links(settings))
    files = (settings.landed, settings.own_corrections, settings.published, settings.workings)
    yield from (path for path in (*_folders(settings), *files) if path.exists() and path not in links)


def _links(settings: Settings) -> list[Path]:
    """The links to the published release, which lead to the same place of the copy."""
    return [path for path in (settings.published, settings.workings) if path.is_symlink() and path.exists()]


def _saved(settings: Settings, backup: Path) -> list[Path]:
    """What of a warehouse is in a backup: nothing where the server has a machine of its own.

    Raises EntrepotError where an earlier version has saved the link to a folder in place of the folder.
    """
    saved, links = sorted((backup / _WAREHOUSE).glob("*")), {settings.published.name, settings.workings.name}
    if empty := next((path for path in saved if path.is_symlink() and path.name not in links), None):
        raise EntrepotError(
            f"The backup {backup} has only a link {empty.name} to {empty.readlink()}, and no files of it."
        )
    return saved


def _require_room(settings: Settings, saved: list[Path]) -> None:
    """Raise EntrepotError naming what is in the way of what was saved: nothing of a person's is overwritten."""
    taken = [str(found) for path in saved if (found := _taken_by(settings.warehouse / path.name, path)) is not None]
    if taken:
        verb = "is" if len(taken) == 1 else "are"
        raise EntrepotError(
            f"Nothing was restored: {', '.join(taken)} {verb} in the way. Move what is there, or restore into an empty "
            "ENTREPOT_WAREHOUSE."
        )


def _taken_by(place: Path, saved: Path) -> Path | None:
    """What would have to be overwritten at `place`: a file or link, or the first thing in a folder; None if nothing."""
    if place.is_dir() and saved.is_dir():
        return min((path for path in place.iterdir() if path.name != _STAGE), default=None)
    return place if place.exists() or place.is_symlink() else None


def _bring_back(settings: Settings, saved: list[Path], of_prefect: Path) -> None:
    """Copy all that was saved beside its place, then put it there."""
    stages = {path: _stage(settings.warehouse / path.name) for path in saved}
    _clear(stages.values())  # of one that was killed
    try:
        for path, stage in stages.items():
            if path.is_symlink():  # to the published release
                stage.parent.mkdir(parents=True, exist_ok=True)
                stage.symlink_to(path.readlink())
            else:
                _copy(path, stage)
            _sync_all(stage)
        prefect_state.bring_back(settings, of_prefect)
        for path, stage in stages.items():
            _put(stage, settings.warehouse / path.name)
    finally:
        _clear(stages.values())


def _stage(place: Path) -> Path:
    """Where `place` is made, on the disk it will be on: a folder that is there already may be a link, or a disk."""
    return (place if place.is_dir() else place.parent) / _STAGE / place.name


def _put(stage: Path, place: Path) -> None:
    """Rename what is ready into place, for good; a folder that is there already is filled."""
    if place.is_dir():
        for path in sorted(stage.iterdir()):
            path.replace(place / path.name)
        sync(place)
    else:
        stage.replace(place)
        sync(place.parent)


def _clear(stages: Iterable[Path]) -> None:
    for stage in stages:
        shutil.rmtree(stage.parent, ignore_errors=True)


def _copy(path: Path, target: Path) -> None:
    """Copy a file or a folder, and what links in it lead to."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if path.is_dir():
            shutil.copytree(path, target, ignore=_without_bytes, copy_function=_copy_file)
        else:
            _copy_file(str(path), str(target))
    except shutil.Error as error:  # of a folder: a list of what failed
        source, _, why = error.args[0][0]
        raise EntrepotError(f"{source} cannot be copied ({why}); nothing is left of the copy.") from error


def _copy_file(source: str, target: str) -> None:
    """Copy a file. Where there is no room the whole copy ends at once: in a folder the next file would be tried."""
    try:
        shutil.copy2(source, target)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise EntrepotError(of_the_machine(OSError(error.errno, error.strerror, target))) from error


def _sync_all(top: Path) -> None:
    """Make a file, or a folder and all that is in it, outlast a power cut; a link is a name in its folder."""
    for path in (top, *top.rglob("*")):
        if path.is_dir() or (path.is_file() and not path.is_symlink()):
            sync(path)


def _without_bytes(folder: str, names: list[str]) -> list[str]:
    """What of a folder holds nothing to copy: pipes and sockets, links to nowhere, links back to a folder around it."""
    around = [Path(folder).resolve(), *Path(folder).resolve().parents]
    paths = {name: Path(folder, name) for name in names}
    return [
        name
        for name, path in paths.items()
        if not (path.is_file() or path.is_dir()) or (path.is_symlink() and path.resolve() in around)
    ]


def _checksums(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(folder)): file_sha256(path) for path in files}


def _manifest(backup: Path) -> Manifest:
    try:
        return Manifest.model_validate_json((backup / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise EntrepotError(f"{backup} is not a backup: `entrepot backup` makes folders called entrepot-...") from None
