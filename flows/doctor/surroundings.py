"""What a warehouse stands in: packages, room on the disk, who may read and write, the clock, contracts of one's own."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
from collections import defaultdict

import duckdb

from flows.contracts.loading import faults
from flows.doctor.finding import Finding, Part
from flows.errors import ContractError, EntrepotError
from flows.ledger import CLOCK_TOLERANCE, Ledger, utc_now
from flows.privacy import keep_private, open_to_others
from flows.read.wording.numbers import plural
from flows.settings import Settings
from flows.steps.building import room

_LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)( ;)?", re.MULTILINE)


def examine(ledger: Ledger) -> Part:
    """Packages, disk, permissions, the clock, and contracts of one's own."""
    settings = ledger.settings
    packages, disk = _packages(settings), _disk(settings)
    surrounding = [*_readable(settings), *_writable(settings), *_clock(ledger), *_contracts(settings)]
    found = [*packages.findings, *disk.findings, *surrounding]
    return Part(found, packages.counted + disk.counted, disk.skipped)


def _packages(settings: Settings) -> Part:
    """Installed versions against the lock. A package the lock names for some machines only may be missing."""
    path = settings.root / "requirements.lock"
    if not path.is_file():
        return Part(skipped=[f"versions of packages, since there is no {path}"])
    versions: defaultdict[str, set[str]] = defaultdict(set)
    everywhere = set()
    for name, version, marker in _LOCKED.findall(path.read_text(encoding="utf-8")):
        versions[name].add(version)
        everywhere |= set() if marker else {name}
    found = []
    for name, wanted in sorted(versions.items()):
        here = _installed(name)
        if here in wanted or (here is None and name not in everywhere):
            continue
        is_here = f"is version {here}" if here else "is not installed"
        said = f"{name} {is_here}; the lock says {' or '.join(sorted(wanted))}."
        found.append(Finding("package", name, said, "`touch requirements.lock && make run` installs what it says."))
    return Part(found, [plural(len(versions), "package")])


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _disk(settings: Settings) -> Part:
    """Room for the next build."""
    if not settings.warehouse.is_dir():
        return Part()
    counted = [f"{shutil.disk_usage(settings.warehouse).free / 1e9:,.1f} GB free"]
    if not settings.landed.is_file():
        return Part(counted=counted)
    try:
        needs, rows = room.needs(settings, read_only=True)
    except (EntrepotError, duckdb.CatalogException):
        return Part(counted=counted)  # whoever examines landed.duckdb says what is wrong with it
    found = [
        Finding(
            "disk",
            str(need.folder),
            f"A build of {rows:,} landed rows needs about {need}.",
            f"`entrepot retention` deletes old releases; {need.setting} moves the {need.place} to another disk.",
        )
        for need in needs
        if not need.is_met
    ]
    return Part(found, counted)


def _readable(settings: Settings) -> list[Finding]:
    """Records, keys and databases of tools that others may read."""
    advice = "`entrepot doctor --repair` takes it from them, and so does the next run."
    return [
        Finding("open_to_others", str(path), f"Other users of the machine may read or write {path}.", advice, keep)
        for path in open_to_others(settings)
        for keep in [lambda: keep_private(settings)]
    ]


def _writable(settings: Settings) -> list[Finding]:
    """Folders a run writes to and may not."""
    folders = [settings.warehouse, settings.raw, settings.runs, settings.builds, settings.releases, settings.export]
    return [
        Finding(
            "not_writable",
            str(path),
            f"This user may not write in {path}.",
            f"Give the folder to the user who runs Entrepôt: `chown -R USER {path}`.",
        )
        for path in folders
        if path.is_dir() and not os.access(path, os.W_OK | os.X_OK)
    ]


def _clock(ledger: Ledger) -> list[Finding]:
    """Records of a time that is still to come."""
    latest, now = ledger.latest_record(), utc_now()
    if latest - now < CLOCK_TOLERANCE:
        return []
    ahead = now + CLOCK_TOLERANCE
    runs = [run.run_id for run in ledger.heads() if max(run.started_at, run.finished_at or run.started_at) > ahead]
    files = [record for record in ledger.raw_files() if record.fetched_at > ahead]
    said = (
        f"The clock says {now:%Y-%m-%d %H:%M} UTC, and the newest record is of {latest:%Y-%m-%d %H:%M} UTC: "
        f"{plural(len(runs), 'run')} and {plural(len(files), 'raw file')} have times that are still to come"
        f"{f', the first run is {runs[0]}' if runs else ''}."
    )
    advice = (
        "Set the clock if it is behind. If it was ahead then, what comes later still counts as later, and its time "
        "goes on from there; questions as of a time (core.trade_asof) do not see it before. Nothing on record is dated "
        "anew by itself; docs/how-to/doctor.md says how to begin again before those records."
    )
    return [Finding("clock", "clock", said, advice)]


def _contracts(settings: Settings) -> list[Finding]:
    """Contracts of one's own that are wrong."""
    try:
        wrong = faults(settings.contracts)
    except ContractError as error:
        return [Finding("contract", str(settings.own_contracts), str(error), "Mend it; until then no run begins.")]
    return [Finding("contract", str(fault.path), fault.said, fault.advice) for fault in wrong]
