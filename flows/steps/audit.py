"""Audit: try to prove the candidate wrong before anyone may rely on it. Gate G4."""

from __future__ import annotations

import importlib
from pathlib import Path

from expectations.checks import Result
from flows.errors import GateFailed
from flows.ledger import Ledger, Run
from flows.releases import gate_report
from flows.settings import Settings
from flows.steps.auditing import report


def make_ready(settings: Settings) -> None:
    """Import what judges a candidate, which takes seconds: while dbt works, and this process has nothing else to do.

    Not in a thread of its own: while one makes classes, another that asks what is an instance of them may be told what
    is not so, and the interpreter keeps such an answer.
    """
    settings.prepare_process()
    importlib.import_module("expectations.release")


def audit(settings: Settings, candidate: Path, previous: Path | None, keep: bool = False) -> list[Result]:
    """Results of every release check on `candidate`, compared with the `previous` release where there is one.

    Rows people have accepted, and whose date has not passed, break no check. With `keep`, what Great Expectations found
    stays beside the candidate, for the Data Docs of the release.
    """
    settings.prepare_process()
    from expectations.release import run_checks  # here, because the import takes seconds
    from expectations.release.runner import Accepted

    ledger = Ledger(settings)
    accepted = Accepted(ledger.acceptances(), ledger.now().date())
    return run_checks(candidate, previous, settings.memory_limit, settings.threads, keep, accepted)


def comparable(ledger: Ledger, run: Run) -> str:
    """The run whose release is published, if `run` can be measured by it: one built without the same sources.

    An empty text where there is none.
    """
    published = ledger.published_run_id() or ""
    left_out = next((past.left_out for past in ledger.newest() if past.run_id == published), [])
    return published if left_out == run.left_out else ""


def record(ledger: Ledger, run: Run, candidate: Path, results: list[Result]) -> None:
    """Write the report into the candidate's schema `meta` and into the run record."""
    report.write(candidate, run.run_id, results)
    run.checks = [result.model_dump(mode="json") for result in results]
    ledger.save(run)


def require_passed(settings: Settings, run_id: str, results: list[Result]) -> None:
    """Raise GateFailed, naming checks, rows and what to do, when an error-level check failed."""
    if any(result.stops_release for result in results):
        raise GateFailed(gate_report.message(settings, results), run_id)
