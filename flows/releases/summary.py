"""What a run did, in words and tables for people: the terminal, the Prefect artifacts and the status command."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import Any

import duckdb

from flows.ledger import Change, Outcome, Run
from flows.redaction import as_text
from flows.releases import gate_report
from flows.releases.place import built_file
from flows.releases.unused import unused
from flows.settings import Settings

_MANY = 30
_SHOWN_ROWS = 10
_NUMBER = re.compile(r"[-\d,.]*")  # or nothing, where there is none
_SHORT = {"rows before": "before", "values changed": "changed"}  # the summary's column in the UI is narrow


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


def revision_table(settings: Settings, run: Run) -> list[dict[str, Any]]:
    """What changed in the figures since the last release, one row per source, cause and flow of trade: `cells` counts
    trade cells, and their sums before and after, in millions of current US dollars, are of cells that may be added.

    From marts.revision of the run's release or candidate; empty where it has none, and in a first release.
    """
    path = built_file(settings, run.run_id)
    if path is None or run.state not in ("built", "published", "gate_failed"):
        return []
    with duckdb.connect(str(path), read_only=True, config=settings.duckdb_config) as con:
        found = con.execute(
            "select source_code, cause, count(*), "
            "sum(before_value_usd) filter (is_additive) / 1e6, sum(value_usd) filter (is_additive) / 1e6 "
            "from marts.revision group by all order by 1, 2"
        ).fetchall()
    names = ("source", "cause", "cells", "USD million before", "USD million now")
    return [
        dict(zip(names, (*row[:3], *("" if v is None else f"{v:,.1f}" for v in row[3:])), strict=True)) for row in found
    ]


def markdown(settings: Settings, run: Run) -> str:
    """The summary artifact of one run: how it ended, what came in, what changed, what the gate said, where to look."""
    lines = [f"# {run.state.replace('_', ' ').capitalize()}", "", *_paragraphs(run.message), ""]
    lines += [*(f"- {as_text(notice)}" for notice in run.notices), ""] if run.notices else []
    lines += _took(run)
    lines += _ingest_lines(run)
    left_out = unused(settings, run)
    if left_out.line:
        lines += [
            "## What is not used, or not in dollars",
            "",
            as_text(left_out.line),
            "",
            *_as_markdown(left_out.table),
        ]
    if revisions := revision_table(settings, run):
        lines += ["## What changed in the figures", "", "Since the last release, by source and cause.", ""]
        lines += _as_markdown(revisions)
    lines += _gate_lines(settings, run)
    if run.state == "published":
        lines += _where_to_look(settings)
    return "\n".join(lines)


def audit_markdown(settings: Settings, run: Run) -> str:
    """The summary artifact of an audit made again: the checks of one run, and where to look."""
    return "\n".join([f"# Audit of run {run.run_id}", "", *_gate_lines(settings, run), *_where_to_look(settings)])


def _paragraphs(message: str) -> list[str]:
    """Lines of a message as paragraphs: Markdown joins what one line break parts."""
    return [part for line in message.splitlines() for part in (as_text(line), "")][:-1]


def _took(run: Run) -> list[str]:
    if run.finished_at is None:
        return []
    seconds = (run.finished_at - run.started_at).total_seconds()
    took = f", took {duration(seconds)}" if seconds >= 1 else ""
    return [f"Run `{run.run_id}`, {run.started_at:%d %B %Y, %H:%M} UTC{took}.", ""]


def _ingest_lines(run: Run) -> list[str]:
    if not run.outcomes:
        return []
    failed = [f"- {as_text(reason)}" for reason in dict.fromkeys(outcome.reason for outcome in run.failed)]
    counted = count_outcomes(run)
    lines = [] if counted in run.message else [f"{counted}.", ""]
    lines += [f"{len(run.waiting)} wait. {as_text(waiting_sentence(run))}", ""] if run.waiting else []
    lines += _as_markdown(changed_table(run))
    lines += ["### Values changed", "", *_as_markdown(values_table(run))] if values_table(run) else []
    lines += ["### Failed", "", *failed, ""] if failed else []
    return ["## What came in", "", *(lines or ["Nothing new.", ""])]


def _gate_lines(settings: Settings, run: Run) -> list[str]:
    results = gate_report.results_of(run)
    if not results:
        return []
    lines = ["## Release gate", "", f"{gate_report.count_checks(results)}.", ""]
    for result in gate_report.failing(results):
        lines += [f"### {result.check.severity.capitalize()}: {as_text(result.check.fault or result.check.name)}", ""]
        lines += [
            as_text(gate_report.wrong(result)),
            "",
            *_as_markdown(gate_report.rows(settings, result)[:_SHOWN_ROWS]),
        ]
        lines += [part for line in gate_report.what_to_do(result) for part in (_remedy(line), "")]
    if accepted := gate_report.accepted_table(results):
        lines += ["### Accepted rows", "", *_as_markdown(accepted)]
    lines += [f"- {as_text(sentence)}" for sentence in gate_report.told(results)]
    return [*lines, ""]


def _remedy(line: str) -> str:
    """A line of what to do; a command is code."""
    return f"```\n{line.strip()}\n```" if line.startswith("  ") else as_text(line)


def _where_to_look(settings: Settings) -> list[str]:
    """Links to what is there to be read; a browser follows one to a file only from another file."""
    pages = {
        "The page": "site",
        "Data Docs, every check with its rows": "data_docs",
        "dbt docs": "dbt_docs",
        "How-tos and reference": "docs",
    }
    lines = ["## Where to look", "", f"- Warehouse: `{settings.published}`"]
    if (settings.export / "parquet").exists():
        lines.append(f"- Parquet: `{settings.export / 'parquet'}`")
    for title, folder in pages.items():
        page = settings.export / folder / "index.html"
        if page.is_file():
            url = settings.pages_url and f"{settings.pages_url.rstrip('/')}/{folder}/index.html"
            lines.append(f"- [{title}]({url})" if url else f"- {title}: `{page}`")
    return [*lines, ""]


def _as_markdown(rows: list[dict[str, Any]]) -> list[str]:
    """A table, numbers to the right; a bar in a cell would end it."""
    if not rows:
        return []
    rules = ["---:" if all(_NUMBER.fullmatch(str(row[name])) for row in rows) else "---" for name in rows[0]]
    lines = [
        [_SHORT.get(name, name) for name in rows[0]],
        rules,
        *([_cell(value) for value in row.values()] for row in rows),
    ]
    return [*("| " + " | ".join(line) + " |" for line in lines), ""]


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | Decimal) else as_text(str(value))


def duration(seconds: float) -> str:
    """Seconds as a person says them: `40 s`, `4 min`, `2 h 10 min`."""
    if seconds < 60:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
