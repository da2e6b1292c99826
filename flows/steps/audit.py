"""Audit: try to prove the candidate wrong before anyone may rely on it. Gate G4."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from expectations.checks import Result
from flows.errors import GateFailed
from flows.ledger import Ledger, Run
from flows.settings import Settings

_REPORT = """
create or replace table meta.check_result (
    run_id varchar, check_name varchar, table_name varchar, description varchar, severity varchar, owner varchar,
    expires_on date, passed boolean, observed varchar, expected varchar, failing_rows bigint, sample_json varchar
);
comment on table meta.check_result is 'One row per check of the release gate on this release.';
comment on column meta.check_result.sample_json is 'Up to 20 offending rows as JSON.';
"""


def audit(settings: Settings, candidate: Path, previous: Path | None) -> list[Result]:
    """Results of every release check on `candidate`, compared with the `previous` release where there is one."""
    settings.prepare_process()
    from expectations.release import run_checks  # here, because the import takes seconds

    return run_checks(candidate, previous, settings.memory_limit, settings.threads)


def comparable(settings: Settings, ledger: Ledger, run: Run) -> Path | None:
    """The published release if `run` can be measured by it: one built without the same sources."""
    left_out = {past.run_id: past.left_out for past in ledger.runs()}
    published = ledger.published_run_id()
    return settings.published if published and left_out.get(published, []) == run.left_out else None


def record(ledger: Ledger, run: Run, candidate: Path, results: list[Result]) -> None:
    """Write the report into the candidate's schema `meta` and into the run record."""
    with duckdb.connect(str(candidate)) as con:
        con.execute(_REPORT)
        con.executemany(
            "insert into meta.check_result values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                [
                    run.run_id,
                    result.check.name,
                    result.check.table,
                    result.check.description,
                    result.check.severity,
                    result.check.owner,
                    result.check.expires_on,
                    result.passed,
                    result.observed,
                    result.expected,
                    result.failing_rows,
                    json.dumps(result.sample, default=str),
                ]
                for result in results
            ],
        )
        con.execute("checkpoint")
    run.checks = [result.model_dump(mode="json") for result in results]
    ledger.save(run)


def require_passed(results: list[Result]) -> None:
    """Raise GateFailed, naming checks and rows, when an error-level check failed."""
    failed = [result for result in results if result.stops_release]
    if not failed:
        return
    sentences = [f"{result.sentence} Rows: {json.dumps(result.sample[:5], default=str)}" for result in failed]
    raise GateFailed(f"{len(failed)} release check(s) failed, nothing was published.\n" + "\n".join(sentences))


def data_docs(settings: Settings, release: Path) -> Path:
    """Make the Data Docs of a published release, swap them in as a whole, and return their folder."""
    settings.prepare_process()
    from expectations.release import build_docs
    from flows.steps.export import swap_folder

    folder = settings.export / f"data_docs-{release.parent.name}"
    build_docs(release, folder, settings.memory_limit, settings.threads)
    return swap_folder(settings.export / "data_docs", folder)
