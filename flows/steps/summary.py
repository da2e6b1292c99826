"""What a run did, in words and tables for people: the terminal, the Prefect artifacts and the status command."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from expectations.checks import Result
from flows.ledger import Change, Outcome, Run
from flows.settings import Settings

_MANY = 30


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


def changed_table(run: Run) -> list[dict[str, Any]]:
    """What was new or revised: one row per partition, or where those are many, per table and outcome."""
    many = len(run.changed) > _MANY
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in run.changed:
        place = f"{outcome.source}/{outcome.table}"
        key = (outcome.outcome, f"{place}: {{}} partitions" if many else f"{place}/{outcome.partition}")
        groups.setdefault(key, []).append(outcome)
    return [_changed_row(kind, place.format(len(members)), members) for (kind, place), members in groups.items()]


def _changed_row(kind: str, place: str, outcomes: list[Outcome]) -> dict[str, Any]:
    found = [outcome.difference for outcome in outcomes if outcome.difference]
    return {
        "outcome": kind,
        "partition": place,
        "rows before": sum(each.rows_before for each in found),
        "rows": sum(outcome.rows for outcome in outcomes),
        "added": sum(each.rows_added for each in found) if found else sum(outcome.rows for outcome in outcomes),
        "gone": sum(each.rows_gone for each in found),
        "values changed": sum(change.values for each in found for change in each.changes),
        "rejects": sum(outcome.rejects for outcome in outcomes),
    }


def values_table(run: Run) -> list[dict[str, Any]]:
    """Values that revisions changed: per column, how many and their sums before and after, in the column's unit."""
    found: dict[tuple[str, str], list[Change]] = {}
    for outcome in run.changed:
        for change in outcome.difference.changes if outcome.difference else []:
            found.setdefault((f"{outcome.source}/{outcome.table}", change.column), []).append(change)
    return [
        {
            "table": table,
            "column": column,
            "values changed": sum(change.values for change in changes),
            "sum before": sum((change.before or Decimal(0) for change in changes), Decimal(0)),
            "sum after": sum((change.after or Decimal(0) for change in changes), Decimal(0)),
        }
        for (table, column), changes in sorted(found.items())
    ]


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
    failed = [f"- {reason}" for reason in dict.fromkeys(outcome.reason for outcome in run.failed)]
    waiting = [f"{len(run.waiting)} wait. {waiting_sentence(run)}", ""] if run.waiting else []
    warnings = [f"- {result.check.severity}: {result.sentence}" for result in results if not result.passed]
    lines = [f"# Run {run.run_id}: {run.state.replace('_', ' ')}", "", run.message, ""]
    lines += [*(f"- {notice}" for notice in run.notices), ""] if run.notices else []
    lines += ["## Ingest", "", count_outcomes(run), "", *waiting, *_as_markdown(changed_table(run))]
    lines += ["## Values changed", "", *_as_markdown(values_table(run))] if values_table(run) else []
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


def _as_markdown(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return [*("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines), ""]
