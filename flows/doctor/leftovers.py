"""What dead processes left: half-written files, folders of builds nobody needs, runs without an end, a dead lock."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from flows.doctor.finding import Finding, Part
from flows.ledger import Ledger, Run, is_run_id
from flows.releases import place, retention
from flows.settings import Settings

_REPAIR = "`entrepot doctor --repair` deletes it."


def examine(ledger: Ledger, we_write: bool = False) -> Part:
    """Leftovers; nothing is said while another process writes, for then they may be what it works on.

    `we_write` is whether this process holds the writer's lock.
    """
    settings, runs = ledger.settings, ledger.runs()
    found = [_leftover("half_written", path, "a process was killed at work on it") for path in ledger.left_behind()]
    found += _builds(settings, runs)
    found += _candidates(ledger, runs)
    stale = retention.stale_exports(settings)
    found += [_leftover("stale_export", path, "no link points to this export") for path in stale]
    unfinished = {run.run_id for run in ledger.unfinished()}
    if not we_write:
        found += _lock(ledger)
        if holder := ledger.holder():
            return Part(skipped=[f"what dead processes may have left, since a process is writing (holder {holder})"])
    # looked at once more, since nobody is at work on them: one may have ended, another begun, between two looks
    found += [_dead(run) for run in ledger.unfinished() if run.run_id in unfinished]
    return Part(found)


def _leftover(check: str, path: Path, why: str) -> Finding:
    return Finding(check, str(path), f"{path} is left over: {why}.", _REPAIR, partial(_delete, path))


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _dead(run: Run) -> Finding:
    whose = f"its process {run.pid}" if run.state == "running" else "the process that published it"
    said = f"Run {run.run_id} has no end: {whose} is gone."
    advice = "The next run writes down how it ended, and so does `entrepot doctor --repair`."
    return Finding("run_without_end", run.run_id, said, advice, _done_by_the_lock)


def _done_by_the_lock() -> None:
    """Whoever takes the writer's lock has closed such records and emptied its file."""


def _builds(settings: Settings, runs: list[Run]) -> list[Finding]:
    """Folders of builds whose run ended in another way, or is not on record."""
    states = {run.run_id: run.state for run in runs}
    stale = [
        path
        for path in sorted(settings.builds.glob("*"))
        if is_run_id(path.name) and path.is_dir() and states.get(path.name) not in retention.USEFUL
    ]
    return [_leftover("stale_build", path, "its run built no candidate that can be published") for path in stale]


def _candidates(ledger: Ledger, runs: list[Run]) -> list[Finding]:
    """Candidates of dead runs that had passed the gate, newer than what is published."""
    published = ledger.published_run_id() or ""
    return [
        Finding(
            "candidate_of_dead_run",
            run.run_id,
            f"Run {run.run_id} was killed after its candidate had passed the gate, and nobody has published it.",
            f"`entrepot publish {run.run_id}` publishes it; `entrepot run` builds and publishes another.",
        )
        for run in runs
        if run.state == "built" and run.was_killed and run.run_id > published
        if not place.release_path(ledger.settings, run.run_id).is_file()
    ]


def _lock(ledger: Ledger) -> list[Finding]:
    path = ledger.settings.lock
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if not text:
        return []
    said = f"{path} names a writer that is gone ({text[:100]})."
    return [Finding("dead_lock", str(path), said, "It locks nobody out; the next run empties it.", _done_by_the_lock)]
