"""The whole story on one screen: fetch, land, build, audit, publish.

Every step is a plain function in `flows/steps/`; here they become Prefect tasks, so that a person sees each
source partition, the dbt build and the audit in the UI. Nothing flows back: a failure before `publish` leaves
the published warehouse as it was.
"""

from __future__ import annotations

import logging
from enum import Enum
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from expectations.checks import Result
from flows.errors import EntrepotError, GateFailed
from flows.ledger import Ledger, Outcome, RawFileRecord, Run
from flows.settings import get_settings
from flows.sources import source_names
from flows.sources.base import Partition
from flows.steps import NOTHING_TO_DO, Mode, audit, build, export, fetch, land, publish, summary

log = logging.getLogger("entrepot")

# The drop-down of the form: one entry per source found in the sources folder.
SourceName = Enum("SourceName", {name: name for name in source_names(get_settings())}, type=str)  # type: ignore[misc]


@task(task_run_name="fetch {partition}", cache_policy=NO_CACHE)
def fetch_partition(partition: Partition, ledger: Ledger) -> Outcome:
    """Bring one partition into the raw store."""
    return fetch.fetch_partition(ledger.settings, ledger, partition)


@task(task_run_name="land {record.file_id}", cache_policy=NO_CACHE)
def land_file(record: RawFileRecord, ledger: Ledger, kind: OutcomeKind) -> Outcome:
    """Land one raw file by its contract."""
    outcome = land.land_file(ledger.settings, ledger, record)
    return outcome if outcome.outcome == "failed" else outcome.model_copy(update={"outcome": kind})


@task(name="dbt build")
def build_candidate(run: Run) -> Path:
    """Build the candidate with dbt."""
    return build.build(get_settings(), Ledger(get_settings()), run)


@task(name="audit")
def audit_candidate(run: Run, candidate: Path) -> list[Result]:
    """Try to prove the candidate wrong."""
    settings = get_settings()
    return audit.audit(settings, candidate, audit.comparable(settings, Ledger(settings), run))


@task(name="publish")
def publish_candidate(run: Run, candidate: Path) -> Path:
    """Rename the proven candidate into place."""
    return publish.publish(get_settings(), Ledger(get_settings()), run, candidate)


@task(name="export parquet")
def export_parquet(run_id: str) -> None:
    """Write the marts and the star schema as Parquet, and to the public export where there is one."""
    export.export_release(get_settings(), run_id)


@task(name="data docs")
def build_data_docs(run_id: str) -> Path:
    """Make the Data Docs of the published release."""
    return audit.data_docs(get_settings(), publish.release_path(get_settings(), run_id))


def ingest(ledger: Ledger, run: Run, plan: fetch.Plan) -> None:
    """Fetch side by side, land one file after the other as they come; each partition's outcome goes into the record.

    Raises EntrepotError when a partition failed whose contract says that the run must stop.
    """
    settings = ledger.settings
    # What a killed run fetched lands first, and older vintages too when landed.duckdb was deleted.
    found = {record.file_id: land_file(record, ledger, land.kind_of(settings, ledger, record))
             for record in land.pending(settings, ledger)}  # fmt: skip
    run.outcomes = [*plan.unrecognised, *plan.unreachable]
    run.outcomes += [found.get(kept.file_id) or kept for kept in land.restate_all(settings, plan.kept)]
    progress = Progress(plan, open_http(settings), show_progress(ledger, run, plan))
    for outcome in fetch.fetch_all(settings, plan.fetch, partial(fetch_partition, ledger=ledger)):
        is_news = outcome.outcome in ("new", "revised")
        landed = land_file(ledger.raw_file(outcome.file_id), ledger, outcome.outcome) if is_news else outcome
        run.outcomes.append(land.restate(settings, landed))
        progress.after(run.outcomes[-1])
    run.outcomes.sort(key=lambda o: (o.source, o.table, o.partition))
    ledger.save(run)
    log.info("ingest: %s", summary.count_outcomes(run))
    for sentence in summary.sentences(run):
        log.warning("%s", sentence)
    stopping = [outcome.reason for outcome in run.failed if outcome.stops_run]
    if stopping:
        raise EntrepotError(" ".join(stopping) + " The published warehouse is unchanged.")


def show_progress(ledger: Ledger, run: Run, plan: fetch.Plan) -> Callable[[float, str], None]:
    """A progress artifact in the UI that follows the fetching; the run record is saved at each step of it."""
    if not plan.fetch:
        return lambda percent, line: None
    artifact = create_progress_artifact(0.0, key="ingest-progress", description=f"0 of {len(plan.fetch)} partitions")
    assert isinstance(artifact, UUID)

    def show(percent: float, line: str) -> None:
        update_progress_artifact(artifact, percent, description=line)
        ledger.save(run)

    return show


def prove(ledger: Ledger, run: Run, candidate: Path) -> None:
    """Audit the candidate, write the report into it, and stop here if an error-level check failed."""
    results = audit_candidate(run, candidate)
    audit.record(ledger, run, candidate, results)
    run.candidate_sha256 = publish.file_sha256(candidate)
    ledger.save(run)
    log.info("audit: %s", summary.count_checks(results))
    audit.require_passed(results)


def execute(ledger: Ledger, run: Run, sources: list[str] | None, mode: Mode) -> None:
    """One run from fetch to publish, as far as `mode` goes."""
    settings = ledger.settings
    land.prepare(settings)
    ingest(ledger, run, fetch.Plan() if mode == "build what is here" else fetch.plan(settings, ledger, sources))
    if mode == "ingest only":
        ledger.finish(run, *backfill_step.ending(run))
        return
    run.input_fingerprint = build.input_fingerprint(settings, run.left_out)
    if mode == "refresh" and build.is_up_to_date(settings, ledger, run.left_out):
        ledger.finish(run, "nothing_to_do", NOTHING_TO_DO)
        return
    log.info("build: dbt turns landed.duckdb into the candidate")
    candidate = build_candidate(run)
    prove(ledger, run, candidate)
    if mode in ("build without publishing", "build what is here"):
        ledger.finish(run, "built", f"Built and audited; `entrepot publish {run.run_id}` publishes it.")
        return
    release = publish_candidate(run, candidate)
    log.info("publish: %s", release)
    export_parquet(run.run_id)
    build_data_docs(run.run_id)
    publish.prune(settings, ledger)
    return ledger.run(run.run_id)


def describe(run: Run) -> None:
    """Leave what a person needs to know as artifacts in the Prefect UI."""
    create_markdown_artifact(key="refresh-summary", markdown=summary.markdown(get_settings(), run))
    create_table_artifact(key="ingest-outcomes", table=summary.outcome_table(run))
    if run.checks:
        create_table_artifact(key="check-results", table=summary.check_table(run))


@flow(name="refresh", description="Fetch, land, build, audit and publish the trade warehouse.")
def refresh(sources: list[SourceName] | None = None, mode: Mode = "refresh", only_redistributable: bool = False) -> str:
    """Bring the warehouse up to date and return the id of the run.

    Args:
        sources: Sources to look at; none chosen means all of them.
        mode: How far to go. "refresh" publishes when something changed, "rebuild" in any case.
        only_redistributable: Build without the sources that may not be passed on.
    """
    settings = get_settings()
    ledger = Ledger(settings)
    with ledger.writing():
        run = ledger.start("run", build.versions(), build.code_fingerprint())
        run.left_out = build.sources_left_out(settings, only_redistributable)
        try:
            run = execute(ledger, run, [source.value for source in sources] if sources else None, mode)
        except EntrepotError as error:
            ledger.finish(run, "gate_failed" if isinstance(error, GateFailed) else "failed", str(error))
            describe(run)
            raise
        except BaseException as error:
            ledger.finish(run, "failed", f"Unexpected {type(error).__name__}: {error}")
            raise
        describe(run)
    return run.run_id
