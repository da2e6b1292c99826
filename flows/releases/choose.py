"""Release: which candidate or release a person means, and what may be done with it without building anew.

Each is one decision: audit it again, publish it, go back to it. The command line and the Prefect UI call these.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from flows.errors import EntrepotError
from flows.exports import data_docs, page, parquet, postgres
from flows.ledger import Ledger, Run
from flows.releases import place
from flows.settings import Settings
from flows.steps import build, publish


def followers(settings: Settings, run_id: str) -> dict[str, Callable[[], object]]:
    """What is made from the release of `run_id` for others to read, by name: whenever the link changes, these follow.

    Only what the settings ask for. They are independent of each other. The release is published already, so what fails
    here is said and no more.
    """
    release, public = place.release_path(settings, run_id), settings.public_export
    found: dict[str, Callable[[], object]] = {}
    if "parquet" in settings.followers:
        found["The Parquet export"] = partial(parquet.export_parquet, settings, run_id)
    if public is not None:
        found["The public export"] = partial(parquet.export_public, settings, release, run_id, public)
    if settings.postgres is not None:
        found["The PostgreSQL copy"] = partial(postgres.refresh_serving_copy, settings, run_id)
    if "page" in settings.followers:
        found["The page"] = partial(page.build_site, settings, run_id)
    if "data_docs" in settings.followers:
        found["Data Docs"] = partial(data_docs.data_docs, settings, release)
    return found


def to_audit(settings: Settings, ledger: Ledger, run_id: str | None) -> tuple[str, Path]:
    """The run and its file to be audited again: a release, or else a candidate; what is published if none is named.

    Raises EntrepotError where there is no such file.
    """
    chosen = run_id or ledger.published_run_id()
    if chosen is None:
        raise EntrepotError("Nothing is published yet; `entrepot run` makes the first release.")
    paths = [place.release_path(settings, chosen), build.candidate_path(settings, ledger.run(chosen))]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        raise EntrepotError(f"Run {chosen} has neither a candidate nor a release.")
    return chosen, path


def publish_chosen(settings: Settings, ledger: Ledger, run_id: str | None) -> Run:
    """Publish a candidate that was built and audited, or point the link to a release; the newest candidate if none is
    named. Returns the run that is published now. Call it while holding the writer's lock.

    Raises EntrepotError where there is nothing to publish, and what `publish` raises.
    """
    built = [past.run_id for past in ledger.runs() if past.state == "built"]
    chosen = run_id or (built[-1] if built else None)
    if chosen is None:
        raise EntrepotError("There is no built candidate; `entrepot run --no-publish` makes one.")
    run = ledger.run(chosen)
    if place.release_path(settings, chosen).is_file():
        place.point_to(settings, chosen)
    elif run.state != "built":
        raise EntrepotError(f"Run {chosen} is {run.state.replace('_', ' ')}, not built and audited.")
    else:
        publish.publish(settings, ledger, run, build.candidate_path(settings, run))
    return ledger.run(chosen)


def roll_back(settings: Settings, ledger: Ledger, run_id: str | None) -> tuple[Run, str]:
    """Point the link to an earlier release, the one before if none is named; the record of that, and the release.

    Call it while holding the writer's lock. Raises EntrepotError where there is no such release.
    """
    target = place.rollback_target(settings, ledger, run_id)
    place.point_to(settings, target)
    record = ledger.start("rollback", build.versions(), build.code_fingerprint())
    record.published_sha256 = ledger.run(target).published_sha256
    return ledger.finish(record, "published", f"Rolled back to release {target}."), target
