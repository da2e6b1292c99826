"""Where releases and what is made from them lie: folders finished first, then a link swapped in one step."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from flows.contracts.relations import workings_of
from flows.errors import EntrepotError, PublishRefused
from flows.ledger import RUN_ID, Ledger, Run
from flows.machine import file_sha256, sync
from flows.releases.licence import require_redistributable
from flows.settings import Settings
from flows.stopping import postponing_signals

# What is made of every release, by its name in the settings: the link in the folder of the exports.
EXPORTS = {"parquet": "parquet", "page": "site", "data_docs": "data_docs"}
_AGAIN = ".again"
_EXPORTED = re.compile(rf"(?P<link>.+)-(?P<run_id>{RUN_ID})({re.escape(_AGAIN)})?")


def release_path(settings: Settings, run_id: str) -> Path:
    """Path of the file a run published."""
    return settings.releases / run_id / "trade.duckdb"


def built_file(settings: Settings, run_id: str) -> Path | None:
    """The file a run published, or its candidate; none where it has neither."""
    places = (release_path(settings, run_id), settings.builds / run_id / "trade.duckdb")
    return next((place for place in places if place.is_file()), None)


def point_to(settings: Settings, run_id: str) -> None:
    """Point the published link to the release of `run_id`, atomically. Raises LicenceRefused as `publish` does.

    The link to its second file moves first: which release is published is said by the other one alone. A release of an
    older version is one file, and then there is no second link. The folder of the release that was published before
    bears the time at which it was replaced: readers may just have followed the link to it (see `retention`).
    """
    release = _release_file(settings, run_id)
    guard(settings, release)
    require_link(settings.published)
    before = settings.published.resolve()
    if before.is_file() and before != release.resolve():
        os.utime(before.parent)
    with postponing_signals():
        _swap_both(settings, release)


def _swap_both(settings: Settings, release: Path) -> None:
    """Point both links to a release; where the disk refuses that, both stay as they were."""
    workings = workings_of(release)
    to = settings.workings.readlink() if settings.workings.is_symlink() else None
    try:
        if workings.is_file():
            swap_link(settings.workings, workings)
        elif to is not None:
            settings.workings.unlink()
        swap_link(settings.published, release)
    except Exception:
        if settings.published.resolve() != release.resolve():
            _put_back(settings.workings, to)
        raise


def _put_back(link: Path, to: Path | None) -> None:
    """Let a link lead where it led before, or be absent if it was."""
    if to is None and link.is_symlink():
        link.unlink()
    elif to is not None and not (link.is_symlink() and link.readlink() == to):
        replace_link(link, to)


def _release_file(settings: Settings, run_id: str) -> Path:
    release = release_path(settings, run_id)
    if not release.is_file():
        raise EntrepotError(f"There is no release {run_id!r}; `entrepot status` lists the releases.")
    return release


def changed_file(run: Run, file: Path, sha256: str) -> Path | None:
    """Which of the two files at `file` is not the one on the record of `run`, or is gone; None where both are sound.

    `sha256` is the hash on record for the first of them. Both are read to their end. A file whose hash an older version
    did not record is not judged.
    """
    on_record = ((file, sha256), (workings_of(file), run.workings_sha256))
    changed = (path for path, known in on_record if known and not (path.is_file() and file_sha256(path) == known))
    return next(changed, None)


def require_as_published(settings: Settings, run_id: str, ledger: Ledger) -> None:
    """Stop before a link moves: the release of `run_id` must be there, and still what was published.

    Raises EntrepotError where there is none, PublishRefused where one of its files is not what the record says.
    """
    release, run = _release_file(settings, run_id), ledger.run(run_id)
    if (changed := changed_file(run, release, run.published_sha256)) is not None:
        raise PublishRefused(
            f"Release {run_id} is damaged: {changed} is not the file that was published. Put it back from a backup, "
            "or name another release; `entrepot doctor` tells which are sound. What is published stays."
        )


def guard(settings: Settings, release: Path) -> None:
    """Stop before anything moves: what becomes the published file goes to the public export too."""
    if settings.public_export is not None:
        require_redistributable(settings, release, settings.public_export)


def rollback_target(settings: Settings, ledger: Ledger, run_id: str | None) -> str:
    """The release to go back to: the one asked for, or the one before the published one.

    Raises EntrepotError where there is none, or where that one never was published.
    """
    released = [run.run_id for run in ledger.heads() if run.is_release and release_path(settings, run.run_id).is_file()]
    if run_id:
        if run_id not in released and release_path(settings, run_id).is_file():
            raise EntrepotError(f"Run {run_id} never was published; `entrepot status` lists the runs.")
        return run_id
    current = ledger.published_run_id()
    earlier = [name for name in released if current is None or name < current]
    if not earlier:
        raise EntrepotError("There is no earlier release to roll back to.")
    return earlier[-1]


def swap_link(link: Path, target: Path) -> None:
    """Point `link` to `target`, atomically and with a relative path. Raises PublishRefused where it is no link.

    Where only one of the two paths leads through a link (a warehouse that is one), both are followed first: a relative
    path is read from where `link` really lies.
    """
    require_link(link)
    link.parent.mkdir(parents=True, exist_ok=True)
    within = target.is_relative_to(link.parent)
    ends = (target, link.parent) if within else (target.resolve(), link.parent.resolve())
    replace_link(link, os.path.relpath(*ends))
    sync(link.parent)


def replace_link(link: Path, to: Path | str) -> None:
    """Make `link` a link to `to`, at no moment absent."""
    temporary = link.with_name(f".{link.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(to)
    temporary.replace(link)


def require_link(link: Path) -> None:
    """Raise PublishRefused when something stands at `link` that is not a link to be replaced."""
    if link.exists() and not link.is_symlink():
        raise PublishRefused(f"{link} is not a link made by Entrepôt; move it away.")


def require_writable(folder: Path) -> None:
    """Make `folder` where it is not there. Raises EntrepotError where no file can be made in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = os.strerror(errno.ENOTDIR) if isinstance(error, FileExistsError) else error.strerror
        raise EntrepotError(f"{folder} cannot be written to ({why}); name another folder.") from error


def make_export(link: Path, run_id: str, write: Callable[[Path], object]) -> Path:
    """Let `write` fill a folder, point `link` to it when it is finished, and delete those it pointed to before.

    What `link` leads to stays as it is till then, and for good where `write` raises, also where both are of one run.
    Returns `link`. Raises PublishRefused where something else stands there, and what `write` raises.
    """
    require_link(link)
    folder = link.with_name(f"{link.name}-{run_id}")
    if folder.exists() and folder.resolve() == link.resolve():
        folder = folder.with_name(folder.name + _AGAIN)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        write(folder)
        swap_link(link, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    for stale in link.parent.glob(f"{link.name}-*"):
        if stale != folder and export_of(stale)[0] == link.name:
            shutil.rmtree(stale, ignore_errors=True)
    return link


def export_of(folder: Path) -> tuple[str, str]:
    """The name of the link a folder of an export is for, and the run it is of; two empty texts where it is no such."""
    named = _EXPORTED.fullmatch(folder.name)
    return (named["link"], named["run_id"]) if named else ("", "")


def exports_behind(settings: Settings, run_id: str) -> list[str]:
    """The exports the settings ask for whose link leads to no export of the release of `run_id`."""

    def follows(link: Path) -> bool:
        folder = link.resolve()
        is_there = link.is_symlink() and folder.is_dir() and folder.parent == settings.export.resolve()
        return is_there and export_of(folder) == (link.name, run_id)

    asked = {name: settings.export / link for name, link in EXPORTS.items() if name in settings.followers}
    return [name for name, link in asked.items() if not follows(link)]
