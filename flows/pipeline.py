"""The whole story on one screen: fetch, land, build, audit, publish.

Every step is a plain function in `flows/steps/`; here they become Prefect tasks, so that a person sees each
source partition, the dbt build and the audit in the UI. Nothing flows back: a failure before `publish` leaves
the published warehouse as it was.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated, cast
from uuid import UUID

from prefect import flow, task
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.blocks.system import Secret
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed
from pydantic import Field, SecretStr

from flows.errors import EntrepotError, GateFailed, is_interruption
from flows.ledger import Ledger, Run, RunState
from flows.settings import Settings, get_settings
from flows.sources import source_names
from flows.sources.http import open_http
from flows.steps import Frequency, Mode, audit, build, export, fetch, ingest, land, postgres, publish, summary
from flows.steps.backfill import Request, estimate, estimate_table, planned_line
from flows.steps.progress import Progress

log = logging.getLogger("entrepot")

INTERRUPTED: tuple[RunState, str] = (
    "interrupted", "Interrupted; what was fetched is kept, and the next run goes on there."
)  # fmt: skip
Period = Annotated[str, Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2]))?$")]

# The drop-down of the form: one entry per source found in the sources folder.
SourceName = Enum("SourceName", {name: name for name in source_names(get_settings())}, type=str)  # type: ignore[misc]


def standing_settings() -> Settings:
    """The settings of the environment, and of Prefect's Secret blocks a key the environment does not give.

    The block of `comtrade_key` is called `entrepot-comtrade-key`, and so on.
    """
    settings = get_settings()
    found: dict[str, SecretStr] = {}
    for field in settings.missing_keys():
        with contextlib.suppress(ValueError):  # there is no such block
            found[field] = SecretStr(cast(Secret[str], Secret.load(f"entrepot-{field.replace('_', '-')}")).get())
    return settings.model_copy(update=found)


fetch_partition = task(task_run_name="fetch {partition}", cache_policy=NO_CACHE)(fetch.fetch_partition)
land_file = task(task_run_name="land {record.file_id}", cache_policy=NO_CACHE)(land.land_file)
build_candidate = task(name="dbt build", cache_policy=NO_CACHE)(build.build)
audit_candidate = task(name="audit", cache_policy=NO_CACHE)(audit.audit)
publish_candidate = task(name="publish", cache_policy=NO_CACHE)(publish.publish)
export_parquet = task(name="export parquet", cache_policy=NO_CACHE)(export.export_release)
serve_postgres = task(name="copy to postgresql", cache_policy=NO_CACHE)(postgres.refresh_serving_copy)
build_data_docs = task(name="data docs", cache_policy=NO_CACHE)(audit.data_docs)


def fetch_and_land(ledger: Ledger, run: Run, plan: fetch.Plan) -> None:
    """Fetch side by side and land one file after the other, with a progress artifact in the UI."""
    begun = f"{len(plan.fetch)} partitions to fetch"
    artifact = create_progress_artifact(0.0 if plan.fetch else 100.0, key="ingest-progress", description=begun)
    tell = partial(update_progress_artifact, cast(UUID, artifact))
    progress = Progress(plan, open_http(ledger.settings), tell)
    fetch_one, land_one = (partial(step, ledger.settings, ledger) for step in (fetch_partition, land_file))
    ingest.ingest(ledger, run, plan, fetch_one, land_one, progress.after)


def prove(ledger: Ledger, run: Run, candidate: Path) -> None:
    """Audit the candidate, write the report into it, and stop here if an error-level check failed."""
    results = audit_candidate(ledger.settings, candidate, audit.comparable(ledger.settings, ledger, run))
    audit.record(ledger, run, candidate, results)
    run.candidate_sha256 = publish.file_sha256(candidate)
    ledger.save(run)
    log.info("audit: %s", summary.count_checks(results))
    audit.require_passed(results)


def follow(ledger: Ledger, run: Run, release: Path) -> None:
    """Make what others read follow the release. It is published already, so what fails here is a notice."""
    steps: dict[str, Callable[[], object]] = {
        "The Parquet export": partial(export_parquet, ledger.settings, run.run_id),
        "The PostgreSQL copy": partial(serve_postgres, ledger.settings, run.run_id),
        "Data Docs": partial(build_data_docs, ledger.settings, release),
    }
    for name, step in steps.items():
        try:
            step()
        except Exception as error:  # noqa: BLE001  whatever it was, the release stays published
            run.notices.append(f"{name} failed, what is there is of an earlier release: {error}")
            log.warning("%s", run.notices[-1])
    publish.prune(ledger.settings, ledger)
    ledger.save(run)


def execute(ledger: Ledger, run: Run, sources: list[str] | None, mode: Mode) -> None:
    """One run from fetch to publish, as far as `mode` goes."""
    settings = ledger.settings
    plan = fetch.Plan() if mode == "build what is here" else fetch.plan(settings, ledger, sources)
    fetch_and_land(ledger, run, plan)
    if mode == "ingest only":
        ledger.finish(run, *ingest.ending(run))
        return
    run.input_fingerprint = build.input_fingerprint(settings, run.left_out)
    if mode == "refresh" and build.is_up_to_date(settings, ledger, run.left_out):
        ledger.finish(run, *ingest.quiet_ending(run))
        return
    log.info("build: dbt turns landed.duckdb into the candidate")
    candidate = build_candidate(settings, ledger, run)
    prove(ledger, run, candidate)
    if mode in ("build without publishing", "build what is here"):
        ledger.finish(run, "built", f"Built and audited; `entrepot publish {run.run_id}` publishes it.")
        return
    release = publish_candidate(settings, ledger, run, candidate)
    log.info("publish: %s", release)
    follow(ledger, ledger.run(run.run_id), release)


def describe(ledger: Ledger, run: Run) -> None:
    """Leave what a person needs to know as artifacts in the Prefect UI."""
    create_markdown_artifact(key="refresh-summary", markdown=summary.markdown(ledger.settings, run))
    create_table_artifact(key="ingest-outcomes", table=summary.outcome_table(run))
    if run.checks:
        create_table_artifact(key="check-results", table=summary.check_table(run))


@contextlib.contextmanager
def recorded(ledger: Ledger, kind: str) -> Iterator[Run]:
    """A run record under the writer's lock, closed and described whatever happens."""
    with ledger.writing():
        ledger.tidy()
        land.prepare(ledger.settings)
        run = ledger.start(kind, build.versions(), build.code_fingerprint())
        try:
            yield run
        except EntrepotError as error:
            ledger.finish(run, "gate_failed" if isinstance(error, GateFailed) else "failed", str(error))
            raise
        except BaseException as error:
            unexpected: tuple[RunState, str] = ("failed", f"Unexpected {type(error).__name__}: {error}")
            ledger.finish(run, *(INTERRUPTED if is_interruption(error) else unexpected))
            raise
        finally:
            describe(ledger, ledger.run(run.run_id))


def ended(ledger: Ledger, run: Run) -> str:
    """The run's id, for Prefect in a state that bears the name of how the run ended, such as Partial."""
    run = ledger.run(run.run_id)
    return cast(str, Completed(name=run.state.replace("_", " ").title(), message=run.message, data=run.run_id))


@flow(name="refresh", description="Fetch, land, build, audit and publish the trade warehouse.")
def refresh(sources: list[SourceName] | None = None, mode: Mode = "refresh", only_redistributable: bool = False) -> str:
    """Bring the warehouse up to date and return the id of the run.

    Args:
        sources: Sources to look at; none chosen means all of them.
        mode: How far to go. "refresh" publishes when something changed, "rebuild" in any case.
        only_redistributable: Build without the sources that may not be passed on.
    """
    ledger = Ledger(standing_settings())
    with recorded(ledger, "run") as run:
        run.left_out = build.sources_left_out(ledger.settings, only_redistributable)
        execute(ledger, run, [source.value for source in sources] if sources else None, mode)
    return ended(ledger, run)


@flow(name="backfill", description="Fetch and land any range of periods of any sources; goes on where it stopped.")
def backfill(
    sources: list[SourceName],
    first: Period,
    last: Period | None = None,
    reporters: list[str] | None = None,
    partners: list[str] | None = None,
    frequencies: list[Frequency] | None = None,
    dry_run: bool = False,
) -> str:
    """Bring in a range of periods: estimate first, and stop cleanly when a publisher's quota is used up.

    Args:
        sources: Sources to fetch from.
        first: First year (2015) or month (2015-03).
        last: Last year or month; up to now if empty.
        reporters: Economies whose reports are fetched, ISO 3166 alpha-3; those of the settings if empty.
        partners: Only these partners, ISO 3166 alpha-3; those of the settings if empty.
        frequencies: Annual, quarterly, monthly; those of the settings if empty.
        dry_run: Stop after the estimate.
    """
    asked = Request(
        sources=tuple(source.value for source in sources), first=first, last=last or "",
        reporters=tuple(reporters or ()), partners=tuple(partners or ()), frequencies=tuple(frequencies or ()),
    )  # fmt: skip
    ledger = Ledger(asked.over(standing_settings()))
    with recorded(ledger, "backfill") as run:
        plan = fetch.plan(ledger.settings, ledger, asked.sources, span=asked.span)
        estimates = estimate(ledger.settings, ledger, open_http(ledger.settings), plan)
        line, table = planned_line(plan, estimates), estimate_table(estimates)
        log.info("%s", line, extra={"table": table})
        create_table_artifact(key="backfill-estimate", table=table, description=line)
        if dry_run:
            ledger.finish(run, "planned", line)
        else:
            fetch_and_land(ledger, run, plan)
            ledger.finish(run, *ingest.ending(run))
    return ended(ledger, run)
