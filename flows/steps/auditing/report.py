"""The gate's own tables in a release: what each check found, and which of its rows people have accepted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from expectations.checks import Result
from flows.contracts.relations import insert_rows, quote
from flows.records import utc_timestamp


class Report(NamedTuple):
    """A table the audit writes: what it is, and of its columns by name the type, the unit and the meaning."""

    text: str
    columns: dict[str, tuple[str, str | None, str]]


REPORTS = {
    "check_result": Report(
        "One row per check of the release gate on this release.",
        {
            "run_id": ("varchar", None, "Run that made the release."),
            "check_name": ("varchar", None, "Check."),
            "table_name": ("varchar", None, "Table it looks at."),
            "description": ("varchar", None, "What must hold."),
            "severity": ("varchar", None, "error, which stops the release, or warning."),
            "passed": ("boolean", None, "Whether it holds for every row but the accepted ones."),
            "observed": ("varchar", None, "What was found."),
            "expected": ("varchar", None, "What was expected."),
            "failing_rows": ("bigint", "count", "Rows that break it and that nobody has accepted."),
            "accepted_rows": ("bigint", "count", "Rows that break it and are accepted (meta.accepted_row)."),
            "sample_json": ("varchar", None, "Up to 20 of the failing rows as JSON."),
        },
    ),
    "accepted_row": Report(
        "One row per check and row of it that a person has accepted for a time, as the release gate found it.",
        {
            "run_id": ("varchar", None, "Run that made the release."),
            "check_name": ("varchar", None, "Check the row fails."),
            "row_key": ("varchar", None, "The row, by the key columns of the check."),
            "acceptance_id": ("varchar", None, "Acceptance, as `entrepot accepted` lists it."),
            "signature_state": (
                "varchar",
                None,
                "accepted: it fails, and the acceptance counts; gone: it fails no longer; changed: it fails with other "
                "amounts than were accepted; lapsed: it fails, and the date has passed. Only accepted ones count.",
            ),
            "accepted_by": ("varchar", None, "Who accepted it."),
            "accepted_at": ("timestamp", None, "When (UTC)."),
            "accepted_until": ("date", None, "Last day the acceptance counts (UTC)."),
            "reason": ("varchar", None, "Why it is right as it is."),
            "row_json": ("varchar", None, "The row as JSON."),
        },
    ),
}


def write(candidate: Path, run_id: str, results: list[Result]) -> None:
    """Write the tables into the schema `meta` of a candidate, anew where they are there already."""
    rows = {"check_result": _check_rows(run_id, results), "accepted_row": _signature_rows(run_id, results)}
    with duckdb.connect(str(candidate)) as con:
        con.begin()  # one commit: each waits for the disk
        for name, report in REPORTS.items():
            _create(con, name, report)
            insert_rows(con, f"meta.{name}", list(rows[name]))
        con.commit()
        con.execute("checkpoint")


def strike(con: duckdb.DuckDBPyConnection) -> None:
    """Take the tables out of a copy of a release, which is to be judged anew."""
    for name in REPORTS:
        con.execute(f"drop table if exists meta.{name}")
        con.execute("delete from meta.dictionary where schema_name = 'meta' and table_name = ?", [name])


def _check_rows(run_id: str, results: list[Result]) -> Iterator[list[Any]]:
    for result in results:
        check = result.check
        yield [
            *(run_id, check.name, check.table, check.description, check.severity, result.passed),
            *(result.observed, result.expected, result.failing_rows, len(result.accepted)),
            json.dumps(result.sample, default=str),
        ]


def _signature_rows(run_id: str, results: list[Result]) -> Iterator[list[Any]]:
    for result in results:
        for each in result.signatures:
            yield [
                *(run_id, result.check.name, each.row_key, each.acceptance_id, each.state, each.accepted_by),
                *(utc_timestamp(each.accepted_at), each.until, each.reason),
                json.dumps(each.row, default=str),
            ]


def _create(con: duckdb.DuckDBPyConnection, name: str, report: Report) -> None:
    """An empty table of the report with its comments, and its lines in meta.dictionary."""
    columns = ", ".join(f"{column} {data_type}" for column, (data_type, _, _) in report.columns.items())
    con.execute(f"create or replace table meta.{name} ({columns})")
    con.execute(f"comment on table meta.{name} is {quote(report.text)}")
    con.execute("delete from meta.dictionary where schema_name = 'meta' and table_name = ?", [name])
    for position, (column, (data_type, unit, text)) in enumerate(report.columns.items(), start=1):
        con.execute(f"comment on column meta.{name}.{column} is {quote(text)}")
        con.execute(
            "insert into meta.dictionary values ('table', current_database(), 'meta', ?, ?, ?, ?, ?, ?, ?)",
            [name, position, column, data_type, unit, text, report.text],
        )
