"""How a candidate starts: as a copy of the last release where that is sound, else as an empty file.

A copy shares its blocks with the release where the file system can (Btrfs, XFS); elsewhere bytes are copied.
"""

from __future__ import annotations

import fcntl
import logging
import shutil
from pathlib import Path

import duckdb

from flows.contracts.relations import workings_of
from flows.ledger import Ledger, Run
from flows.releases import place
from flows.settings import Settings
from flows.steps.auditing import report
from flows.steps.building import dbt, dbt_process, renewal

log = logging.getLogger("entrepot")

_FICLONE = 0x40049409  # ioctl of Linux: share the blocks of another file


def begin(
    settings: Settings, ledger: Ledger, run: Run, before: str | None, candidate: Path, landed: Path, from_nothing: bool
) -> tuple[str, ...]:
    """Lay the ground of `candidate`, two empty files, and say how on the run record; return what dbt is told to make.

    Nothing where that is everything. `before` is the release its figures are laid beside, `landed` what it reads.
    """
    why = "it was asked for" if from_nothing else _why_not_a_copy(settings, ledger, run, before)
    run.copied_release, run.built_from_nothing_because = ("" if why else before or ""), why
    ledger.save(run)
    if not run.copied_release:
        log.info("build: from nothing, because %s", why)
        return ()
    _copy(place.release_path(settings, run.copied_release), candidate)
    graph = renewal.Graph(dbt.graph(settings))
    names = renewal.selection(settings, candidate, landed, graph)
    log.info("build: %s of %s models in a copy of release %s", len(names), len(graph.models), run.copied_release)
    return (dbt_process.SELECT, *names)


def _why_not_a_copy(settings: Settings, ledger: Ledger, run: Run, before: str | None) -> str:
    """Why the candidate of `run` may not start as a copy of the release `before`; an empty text where it may."""
    if before is None or not any(past.run_id == before for past in ledger.newest()):
        return "there is no release it may be laid beside"
    past = ledger.run(before)
    if past.code_fingerprint != run.code_fingerprint:
        return "the code has changed"
    if past.contracts_fingerprint != run.contracts_fingerprint:
        return "the contract of one of your tables has changed"
    if run.unit_tests is None:
        return "the unit tests of the models have not passed here"
    if not dbt.has_graph(settings, graph_name(run)):
        return "dbt has not read this code here before"
    release = place.release_path(settings, past.run_id)
    if not workings_of(release).is_file():
        return f"release {past.run_id} has no workings beside it"
    if not past.workings_sha256 or place.changed_file(past, release, past.published_sha256) is not None:
        return f"release {past.run_id} is not what was published"
    return ""


def graph_name(run: Run) -> str:
    """Name of dbt's graph of the code and the contracts a run is made by."""
    return " ".join([run.code_fingerprint, *run.contracts_fingerprint])


def _copy(release: Path, candidate: Path) -> None:
    """Make both files of `candidate` copies of those of `release`, less what the audit wrote into them."""
    for file, copy in ((release, candidate), (workings_of(release), workings_of(candidate))):
        if not _share_blocks(file, copy):
            shutil.copyfile(file, copy)
    with duckdb.connect(str(candidate)) as con:
        report.strike(con)


def _share_blocks(file: Path, copy: Path) -> bool:
    """Make `copy` a copy of `file` without bytes of its own; False where the file system can not."""
    with file.open("rb") as source, copy.open("wb") as target:
        try:
            fcntl.ioctl(target.fileno(), _FICLONE, source.fileno())
        except OSError:
            return False
    return True
