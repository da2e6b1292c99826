"""The whole story in one file: fetch, land, build, audit, publish.

Every step is a plain function in `flows/steps/`; here they become Prefect tasks, so that a person sees each source
partition, the dbt build and the audit in the UI. `execute` is a run from its beginning to its end; the flows below it
are what a person starts. Nothing flows back: a failure before `publish` leaves the published warehouse as it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar, cast
from uuid import UUID

from prefect import Flow, flow, task
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.states import Completed
from prefect.tasks import exponential_backoff
from pydantic import Field

from flows import verbs
from flows.errors import EntrepotError
from flows.forms import CheckName, Day, Economy, LiveSource, RunId, Source, StatisticFrequency, codes, titled
from flows.ingest import backfill as backfilling
from flows.ingest import ingest, refusal
from flows.ingest.by_workers import fetch_by_workers, fetch_part
from flows.ingest.prefect_workers import PrefectWorkers
from flows.ingest.progress import Progress
from flows.ledger import Ledger, Run
from flows.machine import file_sha256
from flows.read.wording.numbers import plural
from flows.recording import pointed, recorded, refused, standing_settings, unrecorded
from flows.records import utc_now
from flows.releases import acceptance, gate_report, summary
from flows.releases.place import release_path
from flows.settings import get_settings
from flows.steps import Mode, audit, build, fetch, land, publish
from flows.steps.auditing import again
from flows.stopping import raise_lost_signal
from flows.transport.http import open_http

log = logging.getLogger("entrepot")
P = ParamSpec("P")
R = TypeVar("R")

# Called with the run as soon as its release is published, before what follows it is made: the answer need not wait.
announce_release: ContextVar[Callable[[Run], None]] = ContextVar("announce_release", default=lambda run: None)

# Who tries again: a request to a publisher is tried again by Http, which knows what the answer means, so the task
# around it is not. dbt and the gate give the same answer twice. What follows a release writes to other places, which
# may be out of reach for a moment.
plan_fetch = task(
    name="ask the publishers what they have", task_run_name="ask the publishers what they have", cache_policy=NO_CACHE
)(fetch.plan)
fetch_partition = task(task_run_name="fetch {partition}", cache_policy=NO_CACHE)(fetch.fetch_partition)
land_file = task(task_run_name="land {record.file_id}", cache_policy=NO_CACHE)(land.land_file)
build_candidate = task(task_run_name="dbt build", cache_policy=NO_CACHE)(build.build)
audit_candidate = task(task_run_name="audit", cache_policy=NO_CACHE)(audit.audit)
publish_candidate = task(task_run_name="publish", cache_policy=NO_CACHE)(publish.publish)


@task(
    task_run_name="{name}", cache_policy=NO_CACHE,
    retries=2, retry_delay_seconds=exponential_backoff(backoff_factor=2), retry_jitter_factor=0.5,
)  # fmt: skip
def follow_release(name: str, step: Callable[[], object]) -> None:
    """Make one thing for others to read follow the release."""
    raise_lost_signal()
    step()


def fetch_and_land(ledger: Ledger, run: Run, plan: fetch.Plan) -> None:
    """Fetch side by side and land one file after the other, with a progress artifact in the UI."""
    begun = f"{plural(len(plan.fetch), 'partition')} to fetch"
    artifact = create_progress_artifact(0.0 if plan.fetch else 100.0, key="ingest-progress", description=begun)
    tell = partial(update_progress_artifact, cast(UUID, artifact))
    progress = Progress(plan, open_http(ledger.settings), tell)
    fetch_one, land_one = (partial(step, ledger.settings, ledger) for step in (fetch_partition, land_file))
    fetch_all = None
    if ledger.settings.fetch_by_workers:
        fetch_all = partial(fetch_by_workers, ledger, run, PrefectWorkers(), fetch_one=fetch_one)
    ingest.ingest(ledger, run, plan, fetch_one, land_one, progress.after, fetch_all)


def prove(ledger: Ledger, run: Run, candidate: Path) -> None:
    """Audit the candidate, write the report into it, and stop here if an error-level check failed."""
    run.compared_with = audit.comparable(ledger, run)
    previous = release_path(ledger.settings, run.compared_with) if run.compared_with else None
    results = audit_candidate(ledger.settings, candidate, previous, keep=True)
    audit.record(ledger, run, candidate, results)
    run.candidate_sha256 = file_sha256(candidate)
    ledger.save(run)
    log.info("audit: %s", gate_report.count_checks(results))
    for warned in [result for result in results if not result.passed and not result.stops_release]:
        log.info("audit: warning: %s", gate_report.in_short(ledger.settings, warned))
    for sentence in gate_report.told(results):
        log.info("audit: %s", sentence)
    audit.require_passed(ledger.settings, run.run_id, results)


def bring_in(ledger: Ledger, run: Run, sources: tuple[str, ...]) -> None:
    """Fetch and land what is new."""
    fetch_and_land(ledger, run, plan_fetch(ledger.settings, ledger, sources))


def judge_again(ledger: Ledger, run: Run, stopped: Run) -> Run:
    """Judge the candidate of the run `stopped` once more, and publish it if it passes now; the run it is released by.

    Nothing but what people have accepted has changed since the gate stopped it, so `run` need not build it anew.
    """
    log.info("audit: nothing new since run %s, which the gate stopped; its candidate is judged again", stopped.run_id)
    candidate = build.candidate_path(ledger.settings, stopped)
    try:
        prove(ledger, stopped, candidate)
    finally:
        run.checks = stopped.checks
    release(ledger, stopped, candidate)
    ledger.finish(run, "nothing_to_do", f"Nothing new came in; the candidate of run {stopped.run_id} is published.")
    return stopped


def release(ledger: Ledger, run: Run, candidate: Path) -> None:
    """Publish a candidate that has passed, and let others follow."""
    raise_lost_signal()
    released = publish_candidate(ledger.settings, ledger, run, candidate)
    log.info("publish: %s", released)
    try:
        announce_release.get()(ledger.run(run.run_id))
    except Exception as error:  # noqa: BLE001  whatever it was, the release stays published and the exports follow
        log.warning("The answer could not be shown: %r", error)
    verbs.follow(ledger, ledger.run(run.run_id), run.run_id, follow_release)


def execute(ledger: Ledger, run: Run, sources: tuple[str, ...], mode: Mode) -> Run:
    """One run from fetch to publish, as far as `mode` goes; the run whose release or candidate it ended with."""
    settings = ledger.settings
    with build.reading(ledger, run, from_nothing=mode == "rebuild") as reader:
        if mode == "offline":
            fetch_and_land(ledger, run, fetch.Plan())
        else:
            bring_in(ledger, run, sources)
        run.input_fingerprint = build.input_fingerprint(settings, run.left_out)
        if mode == "refresh" and build.is_up_to_date(settings, ledger, run.left_out):
            verbs.catch_up(ledger, run, follow_release)
            ledger.finish(run, *ingest.quiet_ending(run))
            return run
        if mode == "refresh" and (stopped := again.stopped(ledger, run)):
            return judge_again(ledger, run, stopped)
        log.info("build: dbt turns landed.duckdb into the candidate")
        ready = partial(audit.make_ready, settings)
        candidate = build_candidate(
            settings, ledger, run, from_nothing=mode == "rebuild", reader=reader, meanwhile=ready
        )
    prove(ledger, run, candidate)
    if mode in ("build without publishing", "offline"):
        ledger.finish(run, "built", f"Built and audited; `entrepot publish {run.run_id}` publishes it.")
    else:
        release(ledger, run, candidate)
    return run


def _name_of_run() -> str:
    """What the UI calls a run, which Prefect would call by two random words: its flow and the second it began, in UTC.
    The run's id begins with the same second.
    """
    return f"{flow_run.flow_name} {utc_now():%Y-%m-%d %H:%M:%S}"


def _flow(name: str, description: str) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """Make a function a flow that the UI shows under this name and with this description."""
    return flow(name=name, description=description, flow_run_name=_name_of_run)


@_flow("refresh", "Fetch, land, build, audit and publish the trade warehouse.")
def refresh(
    sources: Annotated[tuple[Source, ...], titled("Sources")] = (),
    mode: Annotated[Mode, titled("How far to go")] = "refresh",
    only_redistributable: Annotated[bool, titled("Only redistributable sources")] = False,
) -> str:
    """Bring the warehouse up to date and return the id of the run.

    Args:
        sources: Sources to ask for something new. None chosen: those that ship with the project, the inbox, and the
            live sources switched on in the settings.
        mode: "refresh" publishes when something has changed; "rebuild" builds from nothing and publishes in any case;
            "offline" asks no source.
        only_redistributable: Build without the sources that are not redistributable.
    """
    ledger = Ledger(standing_settings())

    def work(run: Run) -> Run:
        run.left_out = build.sources_left_out(ledger.settings, only_redistributable)
        return execute(ledger, run, codes(sources), mode)

    return recorded(ledger, "run", work)


@_flow("ingest", "Fetch and land what is new, and stop there: nothing is built or published.")
def ingest_sources(sources: Annotated[tuple[Source, ...], titled("Sources")] = ()) -> str:
    """Fetch and land what is new.

    Args:
        sources: Sources to ask. None chosen: those that ship with the project, the inbox, and the live sources
            switched on in the settings.
    """
    ledger = Ledger(standing_settings())

    def work(run: Run) -> None:
        bring_in(ledger, run, codes(sources))
        ledger.finish(run, *ingest.ending(run))

    return recorded(ledger, "ingest", work)


@_flow("fetch", "Fetch a part of another run. Runs start it where ENTREPOT_FETCH_BY_WORKERS is set.")
def fetch_for_a_run(part_id: Annotated[str, titled("Part")]) -> str:
    """Fetch what is left of a part, without the writer's lock: the run it belongs to has it.

    Args:
        part_id: The run and the number of the part.
    """

    def work(ledger: Ledger) -> str:
        done = fetch_part(ledger.settings, ledger, part_id, partial(fetch_partition, ledger.settings, ledger))
        return cast(str, Completed(name="Fetched", message=f"{plural(done, 'partition')} fetched for {part_id}."))

    return unrecorded(work)


@_flow("backfill", "Fetch and land any range of periods of any sources; it resumes where it stopped.")
def backfill(
    sources: Annotated[tuple[LiveSource, ...], Field(min_length=1), titled("Sources")],
    first: Annotated[Day, titled("From month")],
    last: Annotated[Day, titled("To month")],
    reporters: Annotated[tuple[Economy, ...], titled("Reporters")] = (),
    partners: Annotated[tuple[Economy, ...], titled("Partners")] = (),
    frequencies: Annotated[tuple[StatisticFrequency, ...], titled("Frequencies")] = (),
    dry_run: Annotated[bool, titled("Only estimate")] = False,
) -> str:
    """Bring in a range of periods: estimate first, and stop cleanly when a publisher's quota is used up.

    Args:
        sources: Live sources to fetch from.
        first: Any day of the first month.
        last: Any day of the last month; today for "up to now".
        reporters: Economies whose reports are fetched. None chosen: those of the settings.
        partners: Only trade with these. None chosen: those of the settings.
        frequencies: None chosen: those of the settings.
        dry_run: Say what it would cost at each publisher, and stop there.
    """
    settings = standing_settings()
    try:
        asked = backfilling.Request(
            sources=codes(sources), first=f"{first:%Y-%m}", last=f"{last:%Y-%m}",
            reporters=codes(reporters), partners=codes(partners), frequencies=codes(frequencies),
        )  # fmt: skip
        ledger = Ledger(asked.over(settings))
    except EntrepotError as error:
        return refused(settings, error)

    def work(run: Run) -> None:
        plan = plan_fetch(ledger.settings, ledger, asked.sources, span=asked.span)
        estimates = backfilling.estimate(ledger.settings, open_http(ledger.settings), plan)
        line, table = backfilling.planned_line(plan, estimates), backfilling.estimate_table(estimates)
        if dry_run:
            run.outcomes = plan.unreachable
            backfilling.require_known(plan, run.run_id)
        log.info("%s", line, extra={"table": table})
        create_table_artifact(key="backfill-estimate", table=table, description=line)
        if dry_run:
            ledger.finish(run, "planned", line)
        else:
            fetch_and_land(ledger, run, plan)
            ledger.finish(run, *ingest.ending(run))

    return recorded(ledger, "backfill", work)


@_flow("audit", "Run the release gate again, on the published file or on a candidate.")
def audit_again(run_id: Annotated[RunId, titled("Run")] = "") -> str:
    """Run every check of the release gate again; nothing is changed.

    Args:
        run_id: A run with a release or a candidate, newest first. Left as it is: the published release.
    """

    def work(ledger: Ledger) -> str:
        run, results = verbs.audit_again(ledger, run_id, audit_candidate)
        title, table = f"Run {run.run_id}", gate_report.check_table(results)
        markdown = summary.audit_markdown(ledger.settings, run)
        create_markdown_artifact(key="audit-summary", markdown=markdown, description=title)
        create_table_artifact(key="check-results", table=table, description=title)
        audit.require_passed(ledger.settings, run.run_id, results)
        found = f"{gate_report.count_checks(results)} on run {run.run_id}."
        return cast(str, Completed(name="Audited", message=found, data=run.run_id))

    return unrecorded(work)


@_flow("publish", "Publish a run that was built and audited, or a release that was kept.")
def publish_chosen(run_id: Annotated[RunId, titled("Run")] = "") -> str:
    """Publish what "build without publishing" made.

    Args:
        run_id: A built run or a release that was kept, newest first. Left as it is: the newest built run.
    """
    return pointed("publish", lambda ledger: verbs.publish(ledger, run_id, follow_release))


@_flow("rollback", "Point the published link back to an earlier release, byte for byte what it was.")
def rollback(run_id: Annotated[RunId, titled("Release")] = "") -> str:
    """Go back to an earlier release.

    Args:
        run_id: The run that made it, newest first. Left as it is: the release before the published one.
    """
    return pointed("rollback", lambda ledger: verbs.roll_back(ledger, run_id, follow_release))


@_flow("accept", "Accept rows that fail a check of the release gate, for a time, with a reason.")
def accept_rows(
    check: Annotated[CheckName, titled("Check")],
    until: Annotated[Day, titled("Until")],
    why: Annotated[str, Field(min_length=1), titled("Why the rows are right")],
    accepted_by: Annotated[str, Field(min_length=1), titled("Who accepts them")],
    rows: Annotated[tuple[str, ...], Field(min_length=1), titled("Rows")] = (acceptance.ALL,),
    run_id: Annotated[RunId, titled("Run")] = "",
) -> str:
    """Accept failing rows; the next refresh judges again. Other rows of the check still count.

    Args:
        check: The check that fails, as the summary of the run names it.
        until: The last day on which the acceptance counts.
        why: Why the rows are right as they are. It is shown in every summary and in meta.accepted_row.
        accepted_by: The person who answers for them.
        rows: The keys of the rows, as the summary shows them; "all" for all that fail.
        run_id: The run whose gate found them, newest first. Left as it is: the newest that was judged.
    """

    def work(ledger: Ledger) -> str:
        done = acceptance.accept(ledger, check, rows, until, why, accepted_by, run_id)
        line = f"Accepted {plural(len(done.rows), 'row')} of {check} until {until}; a refresh judges again."
        create_table_artifact(key="accepted", table=acceptance.table([done]), description=line)
        return cast(str, Completed(name="Accepted", message=line, data=done.acceptance_id))

    return unrecorded(work)


@_flow("refuse", "Refuse a raw file that is wrong: nothing of it is used from the next run on.")
def refuse_file(
    file: Annotated[str, Field(min_length=1), titled("File")],
    why: Annotated[str, Field(min_length=1), titled("Why the file is wrong")],
    refused_by: Annotated[str, Field(min_length=1), titled("Who refuses it")],
) -> str:
    """Refuse a raw file; the last good one of its partition is used. Its bytes stay.

    Args:
        file: Its id or its partition, as the summary of a run names it, or its name in the inbox. A file that a release
            was made of is history and cannot be refused.
        why: What is wrong with it. Every run repeats it until the publisher or the inbox has another file.
        refused_by: The person who answers for it.
    """

    def work(ledger: Ledger) -> str:
        done = refusal.refuse(ledger, file, why, refused_by)
        return cast(str, Completed(name="Refused", message=f"Refused {done.file_id}; a refresh does without it."))

    return unrecorded(work)


@_flow("retention", "Delete old releases and candidates; never raw files, records or what is published.")
def retain(
    keep: Annotated[int, Field(ge=1, le=100), titled("Releases to keep", range(1, 101))] = get_settings().keep_releases,
    dry_run: Annotated[bool, titled("Only say what would go")] = True,
) -> str:
    """Delete releases beyond a number, candidates of no use and leftovers of exports.

    Args:
        keep: The newest releases to keep, the published one in any case.
        dry_run: List what would be deleted, and delete nothing.
    """
    ledger = Ledger(standing_settings())

    def work(run: Run) -> None:
        line, table = verbs.prune(ledger, keep, dry_run)
        if table:
            create_table_artifact(key="retention", table=table, description=line)
        ledger.finish(run, "planned" if dry_run else "pruned", line)

    return recorded(ledger, "retention", work)
