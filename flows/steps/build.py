"""Build: dbt turns landed.duckdb into a candidate trade.duckdb, in a subprocess so that it lets go of the file."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import duckdb

from expectations.checks import Result
from flows.contracts import load_contracts
from flows.contracts.relations import workings_of
from flows.errors import BuildFailed, LandedDamaged
from flows.ledger import Ledger, Outcome, Run
from flows.machine import file_sha256
from flows.releases import gate_report, place
from flows.releases.licence import restricted_sources
from flows.settings import ROOT, Settings
from flows.steps.building import (
    blocks,
    correction_history,
    corrections,
    dbt,
    invented,
    last_release,
    own,
    renewal,
    room,
    start,
    unit_tests,
)
from flows.steps.building.spark import lake
from flows.steps.land import WHAT_TO_DO_WITH_DAMAGE, is_of_damage, landed

_CODE = ("flows", "expectations", "dbt_project")
_NOT_ABOUT_FIGURES = {
    *("tables", "valuation", "feeds", "fills", "hosts", "seconds_between_requests"),
    *("requests_per_day", "requests_per_day_without_key", "key_name"),
}
_NOT_CODE = ("__pycache__", "target", "logs", ".user.yml", "unit_tests.json")

_LEDGER_SCHEMA = """
create or replace table ledger.source (
    source_code varchar, description varchar, publisher varchar, statistic_code varchar, landing_page varchar,
    licence varchar, redistributable boolean, origin varchar, cadence varchar, max_age_days integer, priority integer,
    report_kind varchar, partitions_are_apart boolean, valuation_exports varchar, valuation_imports varchar,
    is_invented boolean
);
create or replace table ledger.run (
    run_id varchar, kind varchar, started_at timestamp, built_at timestamp, finished_at timestamp, state varchar,
    code_fingerprint varchar, input_fingerprint varchar
);
create or replace table ledger.ingest_outcome (
    run_id varchar, source_code varchar, table_name varchar, partition_key varchar, outcome varchar, reason varchar,
    url varchar, sha256 varchar, row_count bigint, reject_count bigint, recorded_at timestamp
);
create or replace table ledger.build (
    run_id varchar, built_at timestamp, code_fingerprint varchar, input_fingerprint varchar, last_release_run_id varchar
);
create or replace table ledger.renewal (node varchar, parent varchar);
create or replace table ledger.made_of (view_name varchar, table_name varchar);
"""
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


def candidate_path(settings: Settings, run: Run) -> Path:
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
    reader = dbt.read(ledger.settings)
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
    _write_ledger_tables(settings, ledger, run, before)
    landed_here = _landed_without(settings, run.left_out, candidate.parent)
    selected = start.begin(settings, ledger, run, before, candidate, landed_here, from_nothing)
    dbt.stage(settings, candidate, landed_here, place.release_path(settings, before) if before else None)
    asked = [*unit_tests.selection(run), *more, *selected]
    details = candidate.parent / "dbt.log"
    with lake.of_build(settings, ledger, run, candidate, landed_here):
        failed = dbt.build(settings, details, *asked, reader=reader, meanwhile=meanwhile)
    dbt.name_graph(settings, start.graph_name(run))
    renewal.forget(settings, landed_here)
    dbt.strike(candidate)
    if failed:
        _stop(settings, ledger, run, candidate, failed, details)
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


def _write_ledger_tables(settings: Settings, ledger: Ledger, run: Run, before: str | None = None) -> None:
    """Copy run state into the schema `ledger`, so that dbt can model it like any other source.

    `before` is the release whose figures the build compares its own with.
    """
    with landed(settings) as con:
        con.begin()  # one commit: each waits for the disk
        con.execute("create schema if not exists ledger")
        con.execute(_LEDGER_SCHEMA)
        _write_corrections(con, settings, ledger, run)
        contracts = load_contracts(settings.contracts)
        of_stand_in = invented.invented_sources(con, contracts)
        for source in contracts.values():
            values = source.model_dump(exclude=_NOT_ABOUT_FIGURES)
            ordered = [values["name"], *(v for k, v in values.items() if k != "name")]
            ordered += [source.valuation.get("X"), source.valuation.get("M"), source.name in of_stand_in]
            con.execute(f"insert into ledger.source values ({', '.join('?' * 16)})", ordered)
        runs = ledger.runs()
        con.executemany("insert into ledger.run values (?, ?, ?, ?, ?, ?, ?, ?)", [_run_row(past) for past in runs])
        outcomes = [_outcome_row(past, outcome) for past in runs for outcome in past.outcomes]
        if outcomes:
            con.executemany(f"insert into ledger.ingest_outcome values ({', '.join('?' * 11)})", outcomes)
        now = [run.run_id, _plain(run.built_at), _made_by(run), run.input_fingerprint, before]
        con.execute("insert into ledger.build values (?, ?, ?, ?, ?)", now)
        con.commit()


def _write_corrections(con: duckdb.DuckDBPyConnection, settings: Settings, ledger: Ledger, run: Run) -> None:
    """Note on the record of `run` which corrections it found, and hand them to dbt with those of the past."""
    correction_history.note(run, corrections.own(settings))
    ledger.save(run)
    corrections.create_tables(con)
    for each in correction_history.known(ledger.runs(), run):
        corrections.write(con, each.correction, each.known_from, each.known_to)


def _run_row(run: Run) -> list[Any]:
    moments = [_plain(run.started_at), _plain(run.built_at), _plain(run.finished_at)]
    return [run.run_id, run.kind, *moments, run.state, _made_by(run), run.input_fingerprint]


def _made_by(run: Run) -> str:
    """Hash of the code of a run and of the contracts of one's own: by others it would read the same files otherwise."""
    if not run.contracts_fingerprint:
        return run.code_fingerprint
    return hashlib.sha256(" ".join([run.code_fingerprint, *run.contracts_fingerprint]).encode()).hexdigest()[:16]


def _outcome_row(run: Run, outcome: Outcome) -> list[Any]:
    where = [run.run_id, outcome.source, outcome.table, outcome.partition]
    what = [outcome.outcome, outcome.reason, outcome.url, outcome.sha256, outcome.rows, outcome.rejects]
    return [*where, *what, _plain(run.started_at)]


def _plain(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=None) if moment else None
