"""Verbs: what may be done with releases without building anew, one function each.

A verb of the command line and the flow of the same name in the Prefect UI call the same function. What they differ in
is passed to it: a flow makes a task of each thing that follows a release.
"""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Container
from functools import partial
from itertools import takewhile
from pathlib import Path

from expectations.checks import Result
from flows.errors import EntrepotError, cause_of_the_machine, of_the_machine
from flows.ledger import Ledger, Run
from flows.releases import place, retention
from flows.settings import Settings
from flows.steps import NOTHING_TO_DO, audit, build, fetch, land
from flows.steps import publish as publishing

log = logging.getLogger("entrepot")

_NAMES = {"parquet": "The Parquet export", "page": "The page", "data_docs": "Data Docs"}
_RUNS_THAT_TRY = 2  # the one that publishes, which tries thrice, and the next; what fails then fails for good
Follower = Callable[[], object]
Do = Callable[[str, Follower], None]


def _at_once(name: str, step: Follower) -> None:
    step()


def followers(settings: Settings, run_id: str) -> dict[str, Callable[[], object]]:
    """What is made from the release of `run_id` for others to read, by name: whenever the link changes, these follow.

    Only what the settings ask for. They are independent of each other. The release is published already, so what fails
    here is said and no more.
    """
    from flows.exports import data_docs, page, parquet, postgres  # here: a run with nothing to do needs none of them

    release, public = place.release_path(settings, run_id), settings.public_export
    found: dict[str, Callable[[], object]] = {}
    if "parquet" in settings.followers:
        found[_NAMES["parquet"]] = partial(parquet.export_parquet, settings, run_id)
    if public is not None:
        found["The public export"] = partial(parquet.export_public, settings, release, run_id, public)
    if settings.postgres is not None:
        found["The PostgreSQL copy"] = partial(postgres.refresh_serving_copy, settings, run_id)
    if "page" in settings.followers:
        found[_NAMES["page"]] = partial(page.build_site, settings, run_id)
    if "data_docs" in settings.followers:
        found[_NAMES["data_docs"]] = partial(data_docs.data_docs, settings, release)
    return found


def _failures(ledger: Ledger, release_id: str) -> Counter[str]:
    """In how many runs each export of a release failed."""
    since = takewhile(lambda run: run.run_id >= release_id, ledger.newest())
    return Counter(name for run in since for name, of in run.not_followed.items() if of == release_id)


def _due(ledger: Ledger, release_id: str) -> list[str]:
    """The exports that did not follow a release and are worth another try."""
    behind, failed = place.exports_behind(ledger.settings, release_id), _failures(ledger, release_id)
    return [name for name in behind if failed[_NAMES[name]] < _RUNS_THAT_TRY]


def catch_up(ledger: Ledger, run: Run, do: Do = _at_once) -> None:
    """Make the exports that did not follow the published release, since a run was killed or a disk was full, and delete
    those that stayed beside the ones that did. What has failed in two runs is left to a person.
    """
    published = ledger.published_run_id()
    behind = _due(ledger, published) if published else []
    if published and behind:
        log.info("publish: %s did not follow release %s; making up for it", ", ".join(behind), published)
        follow(ledger, run, published, do, only={_NAMES[name] for name in behind})
    for folder in retention.stale_exports(ledger.settings):
        shutil.rmtree(folder, ignore_errors=True)


def follow(
    ledger: Ledger, run: Run, release_id: str, do: Do = _at_once, only: Container[str] | None = None
) -> list[str]:
    """Make what others read follow the release, each (or `only` some) by `do`, and delete what no longer has to stay.

    The release is published already, so what fails here is a notice: on the record of `run`, and returned.
    """
    failed, before = [], _failures(ledger, release_id)
    steps = followers(ledger.settings, release_id)
    for name, step in ((name, steps[name]) for name in steps if only is None or name in only):
        try:
            do(name, step)
        except Exception as error:  # noqa: BLE001  whatever it was, the release stays published
            is_last = name not in _NAMES.values() or before[name] + 1 >= _RUNS_THAT_TRY
            why = (cause_of_the_machine(error) or str(error)).rstrip(".")
            then = f"`entrepot publish {release_id}` makes it" if is_last else "The next run tries once more"
            what = f"{name} failed; what is there is of an earlier release. {why}"
            failed.append(f"{what}. {then}.")
            run.not_followed[name] = release_id
            log.warning("%s", failed[-1])
    try:
        retention.delete(retention.leftovers(ledger.settings, ledger, ledger.settings.keep_releases))
    except Exception as error:  # noqa: BLE001  the same
        failed.append(f"Old releases and candidates could not be deleted: {error}")
        log.warning("%s", failed[-1])
    run.notices += failed
    ledger.save(run)
    return failed


def nothing_to_do(ledger: Ledger, only_redistributable: bool) -> bool:
    """Whether a refresh would end at once; found out in a second, without starting Prefect, and put on record.

    Not where live sources are switched on: the flow asks their publishers, and nobody should be asked twice.
    """
    settings = ledger.settings
    published = ledger.published_run_id()
    if settings.live_sources or ledger.last_published() is None:
        return False
    if published is None or _due(ledger, published) or retention.stale_exports(settings):
        return False
    with ledger.writing("run"):
        return _is_quiet(ledger, only_redistributable)


def _is_quiet(ledger: Ledger, only_redistributable: bool) -> bool:
    """Whether there is nothing to fetch, land or build; that is put on record. Call it holding the writer's lock."""
    settings = ledger.settings
    land.prepare(settings)
    plan = fetch.plan(settings, ledger)
    standing = land.restate_all(settings, plan.kept) if not plan.fetch else []
    quiet = not (plan.fetch or plan.unrecognised or plan.unreachable) and not land.pending(settings, ledger)
    left_out = build.sources_left_out(settings, only_redistributable)
    quiet = quiet and build.is_up_to_date(settings, ledger, left_out)
    if not quiet or any(outcome.outcome == "failed" for outcome in standing):
        return False
    run = ledger.start("run", build.versions(), build.code_fingerprint())
    run.left_out, run.outcomes = left_out, standing
    ledger.finish(run, "nothing_to_do", NOTHING_TO_DO)
    return True


def audit_again(
    ledger: Ledger, run_id: str | None, judge: Callable[[Settings, Path, Path | None], list[Result]] = audit.audit
) -> tuple[Run, list[Result]]:
    """Every check of the release gate by `judge`: on a release or a candidate, or on what is published.

    Nothing is changed: the run that is returned with the results is its record as it would read.
    Raises EntrepotError where there is no such file.
    """
    chosen, path = _to_audit(ledger.settings, ledger, run_id)
    results = judge(ledger.settings, path, None)
    checks = [result.model_dump(mode="json") for result in results]
    return ledger.run(chosen).model_copy(update={"checks": checks}), results


def publish(ledger: Ledger, run_id: str | None, do: Do = _at_once) -> tuple[Run, list[str]]:
    """Publish a candidate that was built and audited, or point the link to a release, and let others follow.

    The newest candidate if none is named. Returns the run that is published now, and what failed to follow it.
    Raises EntrepotError where there is nothing to publish, and what the step `publish` raises.
    """
    with ledger.writing("publish"):
        run = _publish_chosen(ledger.settings, ledger, run_id)
        return run, follow(ledger, run, run.run_id, do)


def roll_back(ledger: Ledger, run_id: str | None, do: Do = _at_once) -> tuple[Run, list[str]]:
    """Point the link to an earlier release, the one before if none is named, and let others follow.

    Returns the record of that, and what failed to follow. Raises EntrepotError where there is no such release.
    """
    with ledger.writing("rollback"):
        record, target = _point_back(ledger.settings, ledger, run_id)
        return record, follow(ledger, record, target, do)


def retain(ledger: Ledger, keep: int, dry_run: bool) -> tuple[str, list[dict[str, object]]]:
    """Prune, and put on record how that ended, so that an attempt that failed is not the last one for ever.

    The record comes after what is deleted, since there may be no room for it before. Returns what `prune` does.
    """
    with ledger.writing("retention"):
        try:
            line, table = prune(ledger, keep, dry_run)
        except OSError as error:
            ledger.refuse("retention", of_the_machine(error) or str(error))
            raise
        run = ledger.start("retention", build.versions(), build.code_fingerprint())
        ledger.finish(run, "planned" if dry_run else "pruned", line)
        return line, table


def prune(ledger: Ledger, keep: int, dry_run: bool) -> tuple[str, list[dict[str, object]]]:
    """Delete releases beyond `keep`, candidates of no use and leftovers of exports, or only find them.

    Returns what that comes to in one line, and a table of it. Call it while holding the writer's lock.
    """
    found = retention.leftovers(ledger.settings, ledger, keep)
    table = retention.table(ledger.settings, found)
    if not dry_run:
        retention.delete(found)
    return retention.line(found, dry_run), table


def _to_audit(settings: Settings, ledger: Ledger, run_id: str | None) -> tuple[str, Path]:
    """The run and its file to be audited again: a release, or else a candidate; what is published if none is named.

    Raises EntrepotError where there is no such file.
    """
    chosen = run_id or ledger.published_run_id()
    if chosen is None:
        raise EntrepotError("Nothing is published yet; `entrepot run` makes the first release.")
    path = place.built_file(settings, ledger.run(chosen).run_id)
    if path is None:
        raise EntrepotError(f"Run {chosen} has neither a candidate nor a release.")
    return chosen, path


def _publish_chosen(settings: Settings, ledger: Ledger, run_id: str | None) -> Run:
    """Publish a candidate that was built and audited, or point the link to a release; the newest candidate if none is
    named. Returns the run that is published now. Call it while holding the writer's lock.

    Raises EntrepotError where there is nothing to publish, and what `publish` raises.
    """
    chosen = run_id or _newest_candidate(ledger)
    run = ledger.run(chosen)
    if run.is_release:
        place.require_as_published(settings, chosen, ledger)
        place.point_to(settings, chosen)
    elif run.state != "built":
        raise EntrepotError(f"Run {chosen} is {run.state.replace('_', ' ')}, not built and audited.")
    else:
        publishing.publish(settings, ledger, run, build.candidate_path(settings, run))
    return ledger.run(chosen)


def _newest_candidate(ledger: Ledger) -> str:
    """The newest run that has built and audited a candidate.

    Raises EntrepotError where there is none, or it is older than what is published, or lacks sources of that: these are
    for a person to say.
    """
    runs = {run.run_id: run for run in ledger.heads()}
    published = runs.get(ledger.published_run_id() or "")
    built = [run for run in runs.values() if run.state == "built"]
    built = [run for run in built if build.candidate_path(ledger.settings, run).is_file()]
    if not built:
        raise EntrepotError("There is no built candidate; `entrepot run --no-publish` makes one.")
    newest = built[-1]
    if published is not None and newest.run_id < published.run_id:
        raise EntrepotError(
            f"The newest candidate, {newest.run_id}, is older than release {published.run_id}, which is published. "
            f"`entrepot publish {newest.run_id}` publishes it all the same."
        )
    if published is not None and (fewer := sorted(set(newest.left_out) - set(published.left_out))):
        raise EntrepotError(
            f"The newest candidate was built without {', '.join(fewer)}, which what is published has. "
            f"`entrepot publish {newest.run_id}` publishes it all the same."
        )
    return newest.run_id


def _point_back(settings: Settings, ledger: Ledger, run_id: str | None) -> tuple[Run, str]:
    """Point the link to an earlier release, the one before if none is named; the record of that, and the release.

    Call it while holding the writer's lock. Raises EntrepotError where there is no such release.
    """
    target = place.rollback_target(settings, ledger, run_id)
    record = ledger.start("rollback", build.versions(), build.code_fingerprint())
    record.target, record.message = target, f"Rolled back to release {target}."
    ledger.save(record)  # before the link moves: whoever finds the record can tell by the link whether it did
    try:
        place.require_as_published(settings, target, ledger)
        place.point_to(settings, target)
    except (EntrepotError, OSError) as error:
        if ledger.published_run_id() != target:
            ledger.finish(record, "failed", of_the_machine(error) or str(error))
        raise
    record.published_sha256 = ledger.run(target).published_sha256
    return ledger.finish(record, "published", record.message), target
