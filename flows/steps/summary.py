"""What a run did, in words and tables for people: the terminal, the Prefect artifacts and the status command."""

from __future__ import annotations

from collections import Counter
from typing import Any

from expectations.checks import Result
from flows.ledger import Run
from flows.settings import Settings


def count_outcomes(run: Run) -> str:
    """Partitions by outcome, in one line: `12 new, 1 revised, 1 failed`."""
    counts: Counter[str] = Counter(outcome.outcome for outcome in run.outcomes)
    parts = [
        f"{counts[kind]} {kind}" for kind in ("new", "revised", "kept", "absent", "failed", "waiting") if counts[kind]
    ]
    return (", ".join(parts) or "no partitions") + f"; {sum(outcome.rejects for outcome in run.outcomes)} rows rejected"


def waiting_sentence(run: Run) -> str:
    """Why partitions wait, and until when; empty where none does."""
    return " ".join(dict.fromkeys(outcome.reason for outcome in run.waiting))


def sentences(run: Run) -> list[str]:
    """Everything a person should know about the partitions of a run; the same reason is said once."""
    outcomes = [outcome for outcome in run.outcomes if outcome.outcome != "absent"]
    return list(dict.fromkeys(text for o in outcomes for text in (o.reason, o.notice) if text))


def count_checks(results: list[Result]) -> str:
    """Checks by result, in one line."""
    errors = sum(result.stops_release for result in results)
    warnings = sum(not result.passed for result in results) - errors
    return f"{len(results)} checks, {errors} errors, {warnings} warnings"


def outcome_table(run: Run) -> list[dict[str, Any]]:
    """One row per partition of the run."""
    return [
        {
            "source": outcome.source,
            "table": outcome.table,
            "partition": outcome.partition,
            "outcome": outcome.outcome,
            "rows": outcome.rows,
            "rejects": outcome.rejects,
            "reason": outcome.reason,
        }
        for outcome in run.outcomes
    ]


def check_table(run: Run) -> list[dict[str, Any]]:
    """One row per check, failures first."""
    results = [Result.model_validate(check) for check in run.checks]
    return [
        {
            "result": "passed" if result.passed else result.check.severity,
            "check": result.check.name,
            "table": result.check.table,
            "observed": result.observed,
            "expected": result.expected,
        }
        for result in sorted(results, key=lambda r: (r.passed, r.check.severity, r.check.name))
    ]


def markdown(settings: Settings, run: Run) -> str:
    """The summary artifact of one run."""
    results = [Result.model_validate(check) for check in run.checks]
    changed = [f"- {o.outcome}: `{o.source}/{o.table}/{o.partition}`, {o.rows} rows" for o in run.changed]
    failed = [f"- {outcome.reason}" for outcome in run.failed]
    warnings = [f"- {result.check.severity}: {result.sentence}" for result in results if not result.passed]
    lines = [f"# Run {run.run_id}: {run.state.replace('_', ' ')}", "", run.message, ""]
    lines += ["## Ingest", "", count_outcomes(run), "", *changed, ""]
    lines += ["## Failed partitions", "", *failed, ""] if failed else []
    lines += ["## Release gate", "", count_checks(results), "", *warnings, ""] if results else []
    if run.state == "published":
        lines += [
            "## Where to look",
            "",
            f"- warehouse: `{settings.published}`",
            f"- Parquet: `{settings.export / 'parquet'}`",
        ]
        lines += [f"- Data Docs: `{settings.export / 'data_docs' / 'index.html'}`"]
    return "\n".join(lines)
