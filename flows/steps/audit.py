"""Audit: try to prove the candidate wrong before anyone may rely on it. Gate G4."""

from __future__ import annotations

import importlib
import json
import threading
from pathlib import Path

import duckdb

from expectations.checks import Result
from flows.errors import GateFailed
from flows.ledger import Ledger, Run
from flows.settings import Settings

REPORT_TEXT = "One row per check of the release gate on this release."
# name: type, unit of numbers, meaning
REPORT_COLUMNS = {
    "run_id": ("varchar", None, "Run that made the release."),
    "check_name": ("varchar", None, "Check."),
    "table_name": ("varchar", None, "Table it looks at."),
    "description": ("varchar", None, "What must hold."),
    "severity": ("varchar", None, "error, which stops the release, or warning."),
    "owner": ("varchar", None, "Who answers for a warning."),
    "expires_on": ("date", None, "Day from which the warning is an error."),
    "passed": ("boolean", None, "Whether it held."),
    "observed": ("varchar", None, "What was found."),
    "expected": ("varchar", None, "What was expected."),
    "failing_rows": ("bigint", "count", "Rows that break it."),
    "sample_json": ("varchar", None, "Up to 20 offending rows as JSON."),
}


def make_ready(settings: Settings) -> None:
    """Import what judges a candidate beside what else goes on, such as a build: it takes seconds."""
    settings.prepare_process()
    threading.Thread(target=importlib.import_module, args=("expectations.release",), daemon=True).start()


def audit(settings: Settings, candidate: Path, previous: Path | None, keep: bool = False) -> list[Result]:
    """Results of every release check on `candidate`, compared with the `previous` release where there is one.

    With `keep`, what Great Expectations found stays beside the candidate, for the Data Docs of the release.
    """
    settings.prepare_process()
    from expectations.release import run_checks  # here, because the import takes seconds

    return run_checks(candidate, previous, settings.memory_limit, settings.threads, keep)


def comparable(settings: Settings, ledger: Ledger, run: Run) -> Path | None:
    """The published release if `run` can be measured by it: one built without the same sources."""
    left_out = {past.run_id: past.left_out for past in ledger.runs()}
    published = ledger.published_run_id()
    return settings.published if published and left_out.get(published, []) == run.left_out else None


def record(ledger: Ledger, run: Run, candidate: Path, results: list[Result]) -> None:
    """Write the report into the candidate's schema `meta` and into the run record."""
    with duckdb.connect(str(candidate)) as con:
        _create_report(con)
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


def _create_report(con: duckdb.DuckDBPyConnection) -> None:
    """An empty meta.check_result with its comments, and its lines in meta.dictionary."""
    columns = ", ".join(f"{name} {data_type}" for name, (data_type, _, _) in REPORT_COLUMNS.items())
    con.execute(f"create or replace table meta.check_result ({columns})")
    con.execute(f"comment on table meta.check_result is '{REPORT_TEXT}'")
    con.execute("delete from meta.dictionary where schema_name = 'meta' and table_name = 'check_result'")
    for position, (name, (data_type, unit, text)) in enumerate(REPORT_COLUMNS.items(), start=1):
        con.execute(f"comment on column meta.check_result.{name} is '{text}'")
        con.execute(
            "insert into meta.dictionary "
            "values ('table', current_database(), 'meta', 'check_result', ?, ?, ?, ?, ?, ?)",
            [position, name, data_type, unit, text, REPORT_TEXT],
        )


def require_passed(results: list[Result]) -> None:
    """Raise GateFailed, naming checks and rows, when an error-level check failed."""
    failed = [result for result in results if result.stops_release]
    if not failed:
        return
    sentences = [f"{result.sentence} Rows: {json.dumps(result.sample[:5], default=str)}" for result in failed]
    raise GateFailed(f"{len(failed)} release check(s) failed, nothing was published.\n" + "\n".join(sentences))
