"""The shape of run state: what a run did, what became of each partition, which raw files there are.

`flows/ledger/` reads and writes these records; everybody takes them from there.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

# waiting: planned and not fetched, because the publisher's request quota is used up; the next run resumes there.
# absent: asked for, and the publisher has nothing for it yet.
OutcomeKind = Literal["kept", "new", "revised", "failed", "waiting", "absent"]
RunState = Literal[
    "running", "nothing_to_do", "planned", "ingested", "partial", "built", "published", "exported", "failed",
    "gate_failed", "interrupted", "pruned",
]  # fmt: skip
# What leaves a record whatever its end. Of anything else there is one only where it waited in vain for another writer.
KINDS_ON_RECORD = frozenset({"run", "ingest", "backfill", "rollback", "retention", "prove"})


def utc_now() -> datetime:
    """The current time in UTC, to the microsecond."""
    return datetime.now(UTC)


def utc_timestamp(moment: datetime) -> datetime:
    """A moment as a `timestamp` of DuckDB holds it: in UTC, without a time zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


class Change(BaseModel):
    """Values of one column that a new vintage changed, and their sums before and after, in the column's unit."""

    column: str
    values: int
    before: Decimal | None
    after: Decimal | None


class Difference(BaseModel):
    """What a new vintage of a partition changed: rows by their key, values of the rows in both."""

    rows_before: int
    rows_added: int
    rows_gone: int
    changes: list[Change] = []


class Outcome(BaseModel):
    """What a run did with one partition of a source: `reason` says why it failed, `notice` what else to know."""

    source: str
    table: str
    partition: str
    outcome: OutcomeKind
    url: str = ""
    revision: str = ""
    sha256: str = ""
    file_id: str = ""
    rows: int = 0
    rejects: int = 0
    stops_run: bool = False
    reason: str = ""
    notice: str = ""
    difference: Difference | None = None


class Refusal(BaseModel):
    """A person's word that a raw file is wrong, though it keeps its contract: nothing of it is used."""

    model_config = ConfigDict(frozen=True)

    reason: str
    refused_by: str
    refused_at: AwareDatetime

    def __str__(self) -> str:
        return f"refused by {self.refused_by} on {self.refused_at:%Y-%m-%d}: {self.reason}"


class RawFileRecord(BaseModel):
    """Sidecar of one raw file: where the bytes came from and what they are.

    `confirmed_on` is the day (UTC) the publisher last answered with the same bytes again.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    table: str
    partition: str
    revision: str
    url: str
    fetched_at: AwareDatetime
    bytes: int
    sha256: str
    licence: str
    file_name: str
    labels: dict[str, str] = {}
    asked: dict[str, str] = {}
    headers: dict[str, str] = {}
    confirmed_on: date | None = None
    refusal: Refusal | None = None

    @property
    def file_id(self) -> str:
        """`source/table/partition/sha12`, the id every landed row carries."""
        return f"{self.source}/{self.table}/{self.partition}/{Path(self.file_name).name.split('.')[0]}"

    def outcome(self, kind: OutcomeKind) -> Outcome:
        """What a run did with the partition, when this file is what it ended with."""
        return Outcome(
            source=self.source,
            table=self.table,
            partition=self.partition,
            outcome=kind,
            url=self.url,
            revision=self.revision,
            sha256=self.sha256,
            file_id=self.file_id,
        )


class HostUse(BaseModel):
    """How often a publisher's host was asked on a day (UTC), and until when it wants to be left alone."""

    host: str
    day: date
    requests: int = 0
    closed_until: AwareDatetime | None = None


class Holder(BaseModel):
    """The process that holds the writer's lock, since when (UTC) and for what."""

    pid: int
    since: AwareDatetime
    name: str = ""

    @property
    def told(self) -> str:
        """`ingest (flow run pastel-wolf), process 4711 since 13:40 UTC on 2026-11-27`."""
        process = f"process {self.pid} since {self.since:%H:%M} UTC on {self.since:%Y-%m-%d}"
        return f"{self.name}, {process}" if self.name else process


class UnitTests(BaseModel):
    """The unit tests of the models passed: for which state of the SQL, when, how many, and what ran them."""

    fingerprint: str
    passed_at: AwareDatetime
    count: int
    ran_by: str


class RunHead(BaseModel):
    """What is asked of all runs there are: a run record without its partitions, its checks and what it says to people.

    `left_out` are sources it was built without, because they are not redistributable. `built_at` is when its build
    began: the files it knows are those that had landed by then. `compared_with` is the release the gate measured it by.
    `not_followed` are the exports that could not be made, each with the release it should have been made of.
    `corrections` are those the warehouse had of its own, None where the run built nothing.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    kind: str = "run"
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    state: RunState = "running"
    code_fingerprint: str = ""
    input_fingerprint: str = ""
    built_at: AwareDatetime | None = None
    compared_with: str = ""
    left_out: list[str] = []
    corrections: list[dict[str, Any]] | None = None
    candidate_sha256: str = ""
    not_followed: dict[str, str] = {}

    @property
    def is_release(self) -> bool:
        """Whether it published a release, which a rollback may go back to."""
        return self.state == "published" and self.kind != "rollback"


class Run(RunHead):
    """One run record.

    `target` is the release a rollback goes back to. `unit_tests` says when those of the SQL it was built with passed.
    `copied_release` is the release its candidate started as a copy of; where it started from nothing, the reason is
    beside it. `was_killed` says that its process ended without writing down how.
    """

    model_config = ConfigDict(frozen=False)

    pid: int = Field(default_factory=os.getpid)
    contracts_fingerprint: list[str] = []
    copied_release: str = ""
    built_from_nothing_because: str = ""
    versions: dict[str, str] = {}
    unit_tests: UnitTests | None = None
    outcomes: list[Outcome] = []
    checks: list[dict[str, Any]] = []
    published_sha256: str = ""
    workings_sha256: str = ""
    target: str = ""
    message: str = ""
    notices: list[str] = []
    was_killed: bool = False

    @property
    def failed(self) -> list[Outcome]:
        """Partitions that failed."""
        return [outcome for outcome in self.outcomes if outcome.outcome == "failed"]

    @property
    def waiting(self) -> list[Outcome]:
        """Partitions that were not fetched because a request quota is used up."""
        return [outcome for outcome in self.outcomes if outcome.outcome == "waiting"]

    @property
    def changed(self) -> list[Outcome]:
        """Partitions that brought something new."""
        return [outcome for outcome in self.outcomes if outcome.outcome in ("new", "revised")]
