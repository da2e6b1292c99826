"""Releases: the links lead to one, its files are those that were published, and what is made of it follows."""

from __future__ import annotations

from pathlib import Path

import duckdb

from flows.contracts.relations import workings_of
from flows.doctor.finding import Finding, Part
from flows.ledger import Ledger, Run, is_run_id
from flows.machine import file_sha256
from flows.read.wording.numbers import plural
from flows.releases import place
from flows.settings import Settings
from flows.steps.building.blocks import STORAGE_VERSION


def examine(ledger: Ledger) -> Part:
    """The published links, every release that is here, and the exports of the published one."""
    settings = ledger.settings
    # in this order: what is here is then unfinished, and the record says how it ended once somebody has the lock, or
    # its record is as new as the folder
    here = [path for path in sorted(settings.releases.glob("*")) if is_run_id(path.name) and path.is_dir()]
    unfinished = {run.run_id for run in ledger.unfinished()}
    runs = {run.run_id: run for run in ledger.runs()}
    found = _links(ledger, [path.name for path in here if (path.name in runs and runs[path.name].is_release)])
    published = ledger.published_run_id()
    earlier_is_sound = False
    for folder in (folder for folder in here if folder.name not in unfinished):
        instead = _instead(folder.name == published, earlier_is_sound)
        of_release = _release(settings, folder / settings.published.name, runs.get(folder.name), instead)
        found += of_release
        earlier_is_sound = earlier_is_sound or not of_release
    found += _exports(settings, published) if published else []
    return Part(found, [plural(len(here), "release")])


def _links(ledger: Ledger, released: list[str]) -> list[Finding]:
    settings, link = ledger.settings, ledger.settings.published
    advice = f"`entrepot publish {released[-1] if released else 'RUN'}` points it to a release."
    if link.exists() and not link.is_symlink():
        said = f"{link} is a file of its own, and no link to a release."
        return [Finding("published_link", str(link), said, "Move it away; then " + advice)]
    if not link.is_symlink():
        said = f"Nothing is published: the link {link} is gone, though releases are here."
        return [Finding("published_link", str(link), said, advice)] if released else []
    published = ledger.published_run_id()
    if published is None:
        return [Finding("published_link", str(link), f"{link} leads nowhere: its release is gone.", advice)]
    if link.resolve() != place.release_path(settings, published).resolve():
        said = f"{link} leads to {link.resolve()}, which is not a release of this warehouse."
        return [Finding("published_link", str(link), said, advice)]
    return _workings_link(settings, published)


def _workings_link(settings: Settings, published: str) -> list[Finding]:
    """The second link, which has to lead to the second file of the same release."""
    link, wanted = settings.workings, workings_of(place.release_path(settings, published))
    if not wanted.is_file() or (link.is_symlink() and link.resolve() == wanted.resolve()):
        return []
    said = f"{link} does not lead to the intermediate tables of release {published}, which is published."
    if link.exists() and not link.is_symlink():
        return [Finding("workings_link", str(link), said, "It is a file of its own: move it away.")]
    advice = "`entrepot doctor --repair` points it there."
    return [Finding("workings_link", str(link), said, advice, lambda: place.swap_link(link, wanted))]


def _release(settings: Settings, path: Path, run: Run | None, instead: str) -> list[Finding]:
    """One release against the record of its run; `instead` is what to do where no copy of it is left."""
    name = path.parent.name
    if run is None or not run.is_release:
        said = f"{path.parent} is in the folder of the releases, and no record says that it was published."
        return [Finding("release_without_record", name, said, "Move it away, or delete it.")]
    found = [] if path.is_file() else [_damaged(name, instead, f"The file {path} is gone.")]
    for file, sha256 in ((path, run.published_sha256), (workings_of(path), run.workings_sha256)):
        if Path(f"{file}.wal").exists():
            said = f"{file} has a write-ahead log beside it: somebody has opened the release to write in it."
            found.append(Finding("write_ahead_log", f"{file}.wal", said, _elsewhere(name, instead)))
        if not file.is_file():
            found += [_damaged(name, instead, f"The file {file} is gone.")] if sha256 and file != path else []
        elif sha256 and file_sha256(file) != sha256:
            found.append(
                _damaged(name, instead, f"{file} is not what was published: its SHA-256 differs from its record's.")
            )
        elif problem := _unreadable(file):
            found.append(_damaged(name, instead, f"{file} {problem}"))
    return found


def _damaged(name: str, instead: str, said: str) -> Finding:
    return Finding("release_damaged", name, said, _elsewhere(name, instead))


def _elsewhere(name: str, instead: str) -> str:
    return f"Put release {name} back from a backup. {instead}"


def _instead(is_published: bool, earlier_is_sound: bool) -> str:
    """What to do about a damaged release that nobody has a copy of."""
    if not is_published:
        return "Without one, delete its folder: it is not published."
    back = "`entrepot rollback` publishes an earlier release, and " if earlier_is_sound else ""
    return f"Without one, {back}`entrepot run --mode rebuild` makes a new one."


def _unreadable(file: Path) -> str:
    """What keeps readers from a file of a release; an empty text where nothing does."""
    try:
        with duckdb.connect(str(file), read_only=True) as con:
            row = con.execute("select tags['storage_version'] from duckdb_databases() where not internal").fetchone()
    except duckdb.Error as error:
        return f"cannot be opened: {str(error).splitlines()[0][:150]}"
    version = str(row[0]) if row else ""
    if version.startswith(STORAGE_VERSION):
        return ""
    return f"is written in DuckDB's storage format {version}, which clients of {STORAGE_VERSION} may not read."


def _exports(settings: Settings, published: str) -> list[Finding]:
    """What is made of every release, of another one than the published."""
    advice = f"`entrepot publish {published}` makes it, and so does the next run, unless it has failed in two."
    links = [settings.export / place.EXPORTS[name] for name in place.exports_behind(settings, published)]
    return [
        Finding("export", str(link), f"{link} is not made of release {published}, which is published.", advice)
        for link in links
    ]
