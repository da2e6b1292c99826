"""Ingest: fetch what the plan says, publishers side by side, and land one file after the other as they come."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from flows.errors import EntrepotError, NothingIngested
from flows.ledger import Ledger, Outcome, OutcomeKind, RawFileRecord, Run, RunState
from flows.read.wording.numbers import plural
from flows.releases import summary
from flows.sources.base import Partition
from flows.steps import NOTHING_TO_DO, fetch, land
from flows.stopping import raise_lost_signal

log = logging.getLogger("entrepot")

FetchOne = Callable[[Partition], Outcome]
LandOne = Callable[[RawFileRecord], Outcome]
AfterEach = Callable[[Outcome], None]
FetchAll = Callable[[list[Partition]], Iterator[Outcome]]


def ingest(
    ledger: Ledger,
    run: Run,
    plan: fetch.Plan,
    fetch_one: FetchOne,
    land_one: LandOne,
    after_each: AfterEach,
    fetch_all: FetchAll | None = None,
) -> None:
    """Carry out `plan`; the outcome of every partition goes into the record of `run`.

    It is fetched in this process by `fetch_one`, unless `fetch_all` says otherwise.

    Raises EntrepotError when a partition failed whose contract says that the run must stop.
    """
    settings = ledger.settings
    run.outcomes = [*plan.unrecognised, *plan.unreachable]
    # What a killed run fetched lands first, and older vintages too when landed.duckdb was deleted.
    waiting = land.pending(settings, ledger)
    cut_short = ledger.runs_in("interrupted") if waiting else []
    found = {record.file_id: _as(land_one(record), _kind(ledger, record, cut_short)) for record in waiting}
    run.outcomes += [found.get(kept.file_id, kept) for kept in land.restate_all(settings, plan.kept)]
    fetched = fetch_all(plan.fetch) if fetch_all else fetch.fetch_all(settings, plan.fetch, fetch_one)
    for outcome in fetched:
        if outcome.outcome in ("new", "revised"):
            landed = _as(land_one(ledger.raw_file(outcome.file_id)), outcome.outcome)
        else:
            landed = land.restate(settings, outcome)
        run.outcomes.append(landed)
        after_each(landed)
        raise_lost_signal()
    run.outcomes = land.note_held_back(settings, run.outcomes)
    run.outcomes.sort(key=lambda o: (o.source, o.table, o.partition))
    ledger.save(run)
    log.info("ingest: %s", summary.count_outcomes(run))
    for sentence in summary.sentences(run):
        log.warning("%s", sentence)
    stopping = [outcome.reason for outcome in run.failed if outcome.stops_run]
    if stopping:
        raise EntrepotError(" ".join(stopping) + " The published warehouse is unchanged.")


def _as(landed: Outcome, kind: OutcomeKind) -> Outcome:
    return landed if landed.outcome == "failed" else landed.model_copy(update={"outcome": kind})


def _kind(ledger: Ledger, record: RawFileRecord, cut_short: list[Run]) -> OutcomeKind:
    """What a file is that was fetched before this run and lands now: news only if its own run never got to say so."""
    if not any(run.finished_at and run.started_at <= record.fetched_at <= run.finished_at for run in cut_short):
        return "kept"
    records = ledger.raw_files(record.source)
    earlier = (r for r in records if (r.table, r.partition) == (record.table, record.partition))
    return "new" if next(earlier).file_id == record.file_id else "revised"


def ending(run: Run) -> tuple[RunState, str]:
    """How a run that ends with landing ends: its state, and one sentence.

    Raises NothingIngested where every partition failed.
    """
    _require_something(run)
    counted = summary.count_outcomes(run)
    if not run.waiting:
        return "ingested", f"{counted}; landed, not built: a refresh (`entrepot run`) builds and publishes."
    return "partial", f"{counted}. {summary.waiting_sentence(run)}"


def quiet_ending(run: Run) -> tuple[RunState, str]:
    """How a run ends that found nothing to build: with nothing to do, unless partitions wait for a quota.

    Raises NothingIngested where every partition failed.
    """
    _require_something(run)
    return ("partial", summary.waiting_sentence(run)) if run.waiting else ("nothing_to_do", NOTHING_TO_DO)


def _require_something(run: Run) -> None:
    if not run.outcomes or len(run.failed) < len(run.outcomes):
        return
    first, *others = list(dict.fromkeys(outcome.reason for outcome in run.failed))
    more = f" ({plural(len(others), 'other reason')} on record: `entrepot status`.)" if others else ""
    came = f"Nothing came in: {summary.count_outcomes(run)}."
    raise NothingIngested(f"{came} {first}{more} The published warehouse is as it was.", run.run_id)
