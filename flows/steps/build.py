"""Build: dbt turns landed.duckdb into a candidate trade.duckdb, in a subprocess so that it lets go of the file."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import duckdb

from expectations.checks import Result
from flows.contracts import load_contracts
from flows.contracts.loading import keep_own
from flows.contracts.relations import workings_of
from flows.errors import BuildFailed, LandedDamaged
from flows.ledger import Ledger, Run, RunHead
from flows.machine import file_sha256
from flows.releases import gate_report, place
from flows.releases.licence import restricted_sources
from flows.settings import ROOT, Settings
from flows.steps.building import (
    blocks,
    corrections,
    dbt,
    last_release,
    ledger_tables,
    own,
    renewal,
    room,
    start,
    unit_tests,
)
from flows.steps.building.spark import lake
from flows.steps.land import WHAT_TO_DO_WITH_DAMAGE, is_of_damage, landed

_CODE = ("flows", "expectations", "dbt_project")
_NOT_CODE = ("__pycache__", "target", "logs", ".user.yml", "unit_tests.json")
# Tables of what landed that say of each row of which source it is.
_BY_SOURCE = (
    "raw.file", "ledger.source", "ledger.ingest_outcome", "ledger.correction", "ledger.past_correction",
)  # fmt: skip


def code_fingerprint() -> str:
    """Hash of everything that decides what a build makes of the same input: our code and dbt's project."""
    digest = hashlib.sha256()
    for folder in _CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            inside = path.relative_to(ROOT)
            if path.is_file() and not set(_NOT_CODE) & set(inside.parts):
                digest.update(str(inside).encode())
                digest.update(path.read_bytes())
    digest.update(json.dumps(versions(), sort_keys=True).encode())
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    """Versions of the packages a result depends on."""
    names = ("duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "prefect")
    return {name: importlib.metadata.version(name) for name in names}


def sources_left_out(settings: Settings, only_redistributable: bool) -> list[str]:
    """Sources a build does without: none, or those that are not redistributable."""
    return restricted_sources(settings) if only_redistributable or settings.only_redistributable else []


def input_fingerprint(settings: Settings, left_out: list[str]) -> str:
    """Hash of all a build reads: the current raw files, contracts and corrections of one's own."""
    with landed(settings) as con:
        rows = con.execute(
            "select file_id, sha256 from raw.file where is_current and not list_contains(?, source_code) "
            "order by file_id",
            [left_out],
        ).fetchall()
    return hashlib.sha256(
        json.dumps([*rows, *own.fingerprint(settings), *corrections.fingerprint(settings)]).encode()
    ).hexdigest()[:16]


def is_up_to_date(settings: Settings, ledger: Ledger, left_out: list[str]) -> bool:
    """Whether the newest release was made by this code from these raw files, so that a build would repeat it.

    After a rollback that is still so: the same input must not undo a person's decision. A published file that is gone
    or damaged is made again.
    """
    last = ledger.last_published()
    return (
        last is not None
        and last.code_fingerprint == code_fingerprint()
        and last.left_out == left_out
        and last.input_fingerprint == input_fingerprint(settings, left_out)
        and settings.published.exists()
        and _opens(settings)
    )


def _opens(settings: Settings) -> bool:
    """Whether the engine meets no damage when it opens what is published; one it has open in this process is sound.

    Every run asks this, so it is quick. Whether a release is byte for byte what was published takes reading all of it,
    which `place.changed_file` does before a link moves, and the doctor.
    """
    try:
        duckdb.connect(str(settings.published), read_only=True, config=settings.duckdb_config).close()
    except duckdb.Error as error:
        return not is_of_damage(str(error))
    return True


def candidate_path(settings: Settings, run: RunHead) -> Path:
    """Where the candidate of `run` is built; the base name is always trade.duckdb."""
    return settings.builds / run.run_id / "trade.duckdb"


def start_candidate(settings: Settings, run: Run) -> Path:
    """Make the two empty files of a candidate in a folder of their own, and return the path of the first."""
    candidate = candidate_path(settings, run)
    shutil.rmtree(candidate.parent, ignore_errors=True)
    candidate.parent.mkdir(parents=True)
    for path in (candidate, workings_of(candidate)):
        with duckdb.connect(str(path), config={"storage_compatibility_version": blocks.STORAGE_VERSION}):
            pass
    return candidate


@contextlib.contextmanager
def reading(ledger: Ledger, run: Run, from_nothing: bool) -> Iterator[dbt.Reader | None]:
    """Let dbt read the project beside the fetching, where a build from nothing is sure to follow; else nothing."""
    last = ledger.last_published()
    if not from_nothing and last is not None and last.code_fingerprint == run.code_fingerprint:
        yield None
        return
    proven = ledger.unit_tests(unit_tests.fingerprint(ledger.settings))
    reader = dbt.read(ledger.settings, with_unit_tests=proven is None)
    try:
        yield reader
    finally:
        reader.end()


def build(
    settings: Settings,
    ledger: Ledger,
    run: Run,
    *more: str,
    from_nothing: bool = False,
    reader: dbt.Reader | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Path:
    """Run dbt build, with `more` arguments, into a new file and return its path; its workings are beside it.

    The file starts as a copy of the last release, of which only what has changed is made anew, or, where that is not
    sound or not wanted, from nothing; the run record says which, and why. Sources the run leaves out are not there for
    the build at all: it reads a copy of what landed without them. `reader` is dbt where it has been started before;
    `meanwhile` is called while it works. Raises BuildFailed naming the models and tests.
    """
    room.require(settings)
    lake.require(settings)
    candidate = start_candidate(settings, run)
    run.built_at = ledger.now()
    run.unit_tests = ledger.unit_tests(unit_tests.fingerprint(settings))
    run.contracts_fingerprint = own.fingerprint(settings)
    before = last_release.comparable(settings, ledger, run)
    ledger_tables.write(settings, ledger, run, before)
    landed_here = _landed_without(settings, run.left_out, candidate.parent)
    selected = start.begin(settings, ledger, run, before, candidate, landed_here, from_nothing)
    dbt.stage(settings, candidate, landed_here, place.release_path(settings, before) if before else None)
    asked = [*unit_tests.selection(run), *more, *selected]
    details = candidate.parent / "dbt.log"
    with lake.of_build(settings, ledger, run, candidate, landed_here):
        failed = dbt.build(
            settings, details, *asked, reader=reader, with_unit_tests=run.unit_tests is None, meanwhile=meanwhile
        )
    dbt.keep_graph(settings, start.graph_name(run))
    renewal.forget(settings, landed_here)
    dbt.strike(candidate)
    if failed:
        _stop(settings, ledger, run, candidate, failed, details)
    with contextlib.suppress(OSError):  # a folder that nobody may write into has no copies
        keep_own(settings.contracts)
    if run.copied_release:
        blocks.give_back(settings, candidate)
    run.workings_sha256 = file_sha256(workings_of(candidate))
    ledger.save(run)
    if run.unit_tests is None and not more:
        unit_tests.record(settings, ledger, run)
    return candidate


def _stop(
    settings: Settings, ledger: Ledger, run: Run, candidate: Path, failed: list[Result], details: Path
) -> NoReturn:
    """Raise BuildFailed, and leave on record what failed; where corrections are out of date, that is what to say."""
    if is_of_damage(details.read_text(encoding="utf-8")):
        raise LandedDamaged(
            f"dbt met a damaged file while it read {settings.landed}; nothing was published. {WHAT_TO_DO_WITH_DAMAGE} "
            f"All that dbt said: {details}"
        )
    if stale := corrections.stale(candidate, settings):
        raise BuildFailed(" ".join([*stale, "Nothing was published."]))
    run.checks = [result.model_dump(mode="json") for result in failed]
    ledger.save(run)
    raise BuildFailed(f"{gate_report.message(settings, failed)}\nAll that dbt said: {details}", run.run_id)


def discard(settings: Settings, run: Run) -> None:
    """Delete what an interrupted run has built so far; nobody may publish it."""
    shutil.rmtree(candidate_path(settings, run).parent, ignore_errors=True)


def _landed_without(settings: Settings, left_out: list[str], folder: Path) -> Path:
    """What landed, or a copy in `folder` that holds no record of the sources left out."""
    if not left_out:
        return settings.landed
    copy = folder / "landed.duckdb"
    shutil.copyfile(settings.landed, copy)
    contracts = load_contracts(settings.contracts)
    with duckdb.connect(str(copy), config=settings.duckdb_config) as con:
        for source in left_out:
            for table in contracts[source].tables:
                con.execute(f"delete from raw.{table.landed_name}")
            con.execute("delete from raw.reject where split_part(file_id, '/', 1) = ?", [source])
            for table_name in _BY_SOURCE:
                con.execute(f"delete from {table_name} where source_code = ?", [source])
    return copy
