"""Run state, contracts and corrections as tables of the schema `ledger`, so that dbt models them like any other source.

They are written anew for every build: the ledger's own records stay what counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import duckdb

from flows.contracts import Source, load_contracts
from flows.contracts.relations import insert_rows
from flows.ledger import Ledger, Outcome, Run
from flows.records import utc_timestamp
from flows.settings import Settings
from flows.steps.building import correction_history, corrections, invented
from flows.steps.land import landed

_SCHEMA = """
create schema if not exists ledger;
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
create or replace table ledger.made_of (view_name varchar, table_name varchar, is_of_one_source boolean);
"""
# What models read of a contract under the name it has there; how a source is asked is not about its figures.
_OF_CONTRACT = {
    *("description", "publisher", "statistic_code", "landing_page", "licence", "redistributable", "origin", "cadence"),
    *("max_age_days", "priority", "report_kind", "partitions_are_apart"),
}


def write(settings: Settings, ledger: Ledger, run: Run, before: str | None = None) -> None:
    """Write them all for the build of `run`; `before` is the release whose figures the build compares its own with.

    On the record of `run` it is noted which corrections were found.
    """
    with landed(settings) as con:
        con.begin()  # one commit: each waits for the disk
        con.execute(_SCHEMA)
        _write_corrections(con, settings, ledger, run)
        contracts, runs = load_contracts(settings.contracts), ledger.runs()
        of_stand_in = invented.invented_sources(con, contracts)
        _insert(con, "source", [_source_row(source, source.name in of_stand_in) for source in contracts.values()])
        _insert(con, "run", [_run_row(past) for past in runs])
        _insert(con, "ingest_outcome", [_outcome_row(past, outcome) for past in runs for outcome in past.outcomes])
        _insert(con, "build", [_build_row(run, before)])
        con.commit()


def made_by(run: Run) -> str:
    """Hash of the code of a run and of the contracts of one's own: by others it would read the same files otherwise."""
    if not run.contracts_fingerprint:
        return run.code_fingerprint
    return hashlib.sha256(" ".join([run.code_fingerprint, *run.contracts_fingerprint]).encode()).hexdigest()[:16]


def _write_corrections(con: duckdb.DuckDBPyConnection, settings: Settings, ledger: Ledger, run: Run) -> None:
    """Note on the record of `run` which corrections it found, and hand them to dbt with those of the past."""
    correction_history.note(run, corrections.own(settings))
    ledger.save(run)
    corrections.create_tables(con)
    for each in correction_history.known(ledger.heads(), run):
        corrections.write(con, each.correction, each.known_from, each.known_to)


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[Mapping[str, Any]]) -> None:
    """Insert rows with the same columns, by the names of these."""
    if rows:
        insert_rows(con, f"ledger.{table} ({', '.join(rows[0])})", [list(row.values()) for row in rows])


def _source_row(source: Source, is_invented: bool) -> Mapping[str, Any]:
    return {
        "source_code": source.name,
        **source.model_dump(include=_OF_CONTRACT),
        "valuation_exports": source.valuation.get("X"),
        "valuation_imports": source.valuation.get("M"),
        "is_invented": is_invented,
    }


def _run_row(run: Run) -> Mapping[str, Any]:
    return {
        "run_id": run.run_id,
        "kind": run.kind,
        "started_at": utc_timestamp(run.started_at),
        "built_at": run.built_at and utc_timestamp(run.built_at),
        "finished_at": run.finished_at and utc_timestamp(run.finished_at),
        "state": run.state,
        "code_fingerprint": made_by(run),
        "input_fingerprint": run.input_fingerprint,
    }


def _outcome_row(run: Run, outcome: Outcome) -> Mapping[str, Any]:
    return {
        "run_id": run.run_id,
        "source_code": outcome.source,
        "table_name": outcome.table,
        "partition_key": outcome.partition,
        "outcome": outcome.outcome,
        "reason": outcome.reason,
        "url": outcome.url,
        "sha256": outcome.sha256,
        "row_count": outcome.rows,
        "reject_count": outcome.rejects,
        "recorded_at": utc_timestamp(run.started_at),
    }


def _build_row(run: Run, before: str | None) -> Mapping[str, Any]:
    return {
        "run_id": run.run_id,
        "built_at": run.built_at and utc_timestamp(run.built_at),
        "code_fingerprint": made_by(run),
        "input_fingerprint": run.input_fingerprint,
        "last_release_run_id": before,
    }
