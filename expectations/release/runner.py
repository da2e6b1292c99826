"""Turns rules into Great Expectations suites, one per table, runs them inside DuckDB, and reads the answers back."""

from __future__ import annotations

import contextlib
import html
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from expectations.acceptance import Acceptance, Signature, SignedRow, judged_signatures
from expectations.checks import NOT_JUDGED, Result
from expectations.release import duckdb_dialect
from expectations.release.data_docs import open_context
from expectations.release.engine import RunIdentifier, gx
from expectations.release.expectation import ExpectNoOffendingRow
from expectations.release.rule import Rule
from flows.contracts.relations import RELATIONS, attach_workings, quote
from flows.errors import of_the_engine

_PREVIOUS = "previous"
_GX_SEVERITY = {"error": "critical", "warning": "warning"}
_WEIGHT = {"error": "an error", "warning": "a warning"}
_NOTHING_BEFORE = "no earlier release to compare with"


@dataclass(frozen=True)
class Accepted:
    """What people have accepted, and the day (UTC) it is judged on."""

    acceptances: Sequence[Acceptance]
    today: date


class Judge:
    """The rules applied to one file, and what can be said of them before Great Expectations runs.

    What `accepted` says of a rule's rows is found out first; only rows nobody has accepted are judged.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        release: Path,
        previous: Path | None,
        memory_limit: str,
        threads: int,
        accepted: Accepted | None = None,
    ) -> None:
        self.rules = list(rules)
        self.accepted = accepted
        self.release = release
        self.config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "threads": threads,
        }
        self.attach = {} if previous is None else {_PREVIOUS: str(previous.resolve())}
        self.row_counts: dict[str, int] = {}
        self.incomparable: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self.signatures: dict[str, list[Signature]] = {}
        self._look()

    @property
    def judged(self) -> list[Rule]:
        """The rules for which there is something to judge, table by table."""
        judged = [
            rule for rule in self.rules if rule.check.table in self.row_counts and rule.key not in self.incomparable
        ]
        return sorted(judged, key=lambda rule: rule.check.table)

    def offending(self, rule: Rule, most: int) -> list[SignedRow]:
        """The rows that break `rule`, accepted or not, but no more than `most`; none where it cannot be judged."""
        if rule not in self.judged:
            return []
        with self._open() as con:
            self._attach_previous(con)
            return _offending(con, rule, rule.query_of(most=most))

    @contextlib.contextmanager
    def _open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(str(self.release), read_only=True, config=self.config) as con:
            attach_workings(con, self.release)
            yield con

    def _attach_previous(self, con: duckdb.DuckDBPyConnection) -> None:
        for alias, path in self.attach.items():
            con.execute(f"attach {quote(path)} as {alias} (read_only)")

    def _look(self) -> None:
        """Find the tables there are, the comparisons that have nothing to compare with, and what was accepted; collect
        the notes.
        """
        with self._open() as con:
            found = con.execute(f"select schema_name || '.' || table_name from {RELATIONS}")
            wanted = {rule.check.table for rule in self.rules} & {name for (name,) in found.fetchall()}
            self.row_counts = {name: _one(con, f"select count(*) from {name}") for name in wanted}
            self._attach_previous(con)
            for rule in self.rules:
                if rule.earlier is not None and (reason := self._why_incomparable(con, rule.earlier)):
                    self.incomparable[rule.key] = reason
                if rule.note is not None:
                    self.notes[rule.key] = _note(con, rule.note)
            for rule in self.judged if self.accepted else ():
                self.signatures[rule.key] = self._signatures(con, rule)

    def _signatures(self, con: duckdb.DuckDBPyConnection, rule: Rule) -> list[Signature]:
        """What becomes of the rows of `rule` that somebody signed."""
        assert self.accepted is not None
        signed = [one for one in self.accepted.acceptances if one.check == rule.check.name]
        if not signed:
            return []
        failing: dict[str, list[dict[str, Any]]] = {}
        with contextlib.suppress(duckdb.Error):  # the check cannot be judged, which Great Expectations will say
            for each in _offending(con, rule, rule.query_of({row.key for one in signed for row in one.rows})):
                failing.setdefault(each.key, []).append(each.row)
        return judged_signatures(signed, rule.check.name, failing, self.accepted.today)

    def _query(self, rule: Rule) -> str:
        """What Great Expectations asks of `rule`."""
        signatures = self.signatures.get(rule.key, ())
        return rule.query_without([one.row_key for one in signatures if one.state == "accepted"])

    def _why_incomparable(self, con: duckdb.DuckDBPyConnection, earlier: str) -> str | None:
        if not self.attach:
            return _NOTHING_BEFORE
        try:
            con.execute(f"explain {earlier}")
        except (duckdb.CatalogException, duckdb.BinderException) as reason:
            return f"the earlier release has another layout: {str(reason).splitlines()[0]}"
        return None

    @contextlib.contextmanager
    def _checkpoint(self, judgement: Path | None) -> Iterator[gx.Checkpoint]:
        """A checkpoint over one suite per table; on the way out connections to the file are closed."""
        logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
        context = open_context(judgement)
        try:
            yield context.checkpoints.add(
                gx.Checkpoint(
                    name="release", validation_definitions=self._definitions(context), result_format="COMPLETE"
                )
            )
        finally:
            duckdb_dialect.close_all()

    def _definitions(self, context: Any) -> list[gx.ValidationDefinition]:
        source = context.data_sources.add_sql(
            name="warehouse",
            connection_string="duckdb+gate://",
            kwargs={
                "connect_args": {
                    "database": str(self.release.resolve()),
                    "read_only": True,
                    "config": self.config,
                    "attach": self.attach,
                }
            },
        )
        definitions = []
        for name, rules in groupby(self.judged, key=lambda rule: rule.check.table):
            schema, table = name.split(".")
            asset = source.add_table_asset(name=name, table_name=table, schema_name=schema)
            suite = gx.ExpectationSuite(name=name, expectations=[self._expectation(rule) for rule in rules])
            definitions.append(
                context.validation_definitions.add(
                    gx.ValidationDefinition(
                        name=name,
                        data=asset.add_batch_definition_whole_table("whole table"),
                        suite=context.suites.add(suite),
                    )
                )
            )
        return definitions

    def results(self, judgement: Path | None = None) -> list[Result]:
        """Run every rule; the results come in the order of the rules.

        In the folder `judgement`, what Great Expectations keeps of it stays for the Data Docs.
        """
        with self._checkpoint(judgement) as checkpoint:
            runs = checkpoint.run(run_id=RunIdentifier(run_name=self.release.parent.name)).run_results.values()
            answers = {answer.expectation_config.meta["key"]: answer for run in runs for answer in run.results}
        return [self._result(rule, answers.get(rule.key)) for rule in self.rules]

    def _result(self, rule: Rule, answer: Any) -> Result:
        check, expected = rule.check, rule.expected
        if reason := self.incomparable.get(rule.key):
            return Result(check=check, passed=True, observed=reason, expected=expected)
        if check.table not in self.row_counts:
            return Result(check=check, passed=False, observed="no such table", expected=expected)
        if answer is None or not answer.result:
            return Result(check=check, passed=False, observed=_why_unjudged(answer), expected=expected)
        count = int(answer.result["observed_value"])
        rows = answer.result["details"]["unexpected_rows"]
        signatures = self.signatures.get(rule.key, [])
        accepted = sum(signature.state == "accepted" for signature in signatures)
        cases = f"{count:,} case{'s' * (count > 1)}" if count or not accepted else ""
        signed = f"{accepted:,} accepted" if accepted else ""
        found = " and ".join(text for text in (cases, signed) if text)
        among = f"{found if count or accepted else 'no failures'} in {self.row_counts[check.table]:,} rows"
        observed = "; ".join(text for text in (among, self.notes.get(rule.key)) if text)
        return Result(
            check=check,
            passed=bool(answer.success),
            observed=observed,
            expected=expected,
            failing_rows=count,
            sample=[json.loads(row["offending"]) for row in rows],
            keys=[row["row_key"] for row in rows],
            signatures=signatures,
        )

    def _expectation(self, rule: Rule) -> dict[str, Any]:
        check = rule.check
        description = (
            f"{check.description}. Expected: {rule.expected}. A row that breaks it is {_WEIGHT[check.severity]}."
        )
        return {
            "type": ExpectNoOffendingRow.expectation_type,
            "severity": _GX_SEVERITY[check.severity],
            "description": html.escape(description, quote=False),
            "meta": {"key": rule.key},
            "kwargs": {"unexpected_rows_query": self._query(rule)},
        }


def _offending(con: duckdb.DuckDBPyConnection, rule: Rule, query: str) -> list[SignedRow]:
    rows = con.execute(query.replace("{batch}", rule.check.table)).fetchall()
    return [SignedRow(key=key, row=json.loads(row)) for row, key in rows]


def _why_unjudged(answer: Any) -> str:
    """A check that could not run has failed: the reason in one line."""
    if answer is None:
        return "not judged"
    messages = [info["exception_message"] for info in answer.exception_info.values() if isinstance(info, dict)]
    return f"{NOT_JUDGED}{of_the_engine(messages[0] if messages else str(answer.exception_info), 300)}"


def _one(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = con.execute(query).fetchone()
    return None if row is None else row[0]


def _note(con: duckdb.DuckDBPyConnection, query: str) -> str:
    try:
        return str(_one(con, query))
    except duckdb.Error as reason:
        return f"note not available: {str(reason).splitlines()[0]}"
