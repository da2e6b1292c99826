"""The runs, releases and failing checks that forms of the Prefect UI offer in a list, kept as they are while served."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from expectations.checks import Result
from flows.errors import told
from flows.forms import CHECK_PATTERN, IF_LEFT_ALONE
from flows.ledger import Ledger
from flows.read.wording.numbers import plural
from flows.records import Run
from flows.releases import gate_report
from flows.releases.place import release_path
from flows.settings import Settings

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

log = logging.getLogger("entrepot")

_RUN, _CHECK = "run_id", "check"
_HELD = "accept"  # the form whose values the server checks
_SHOWN = 50  # newest runs in a list
_SECONDS = 5.0  # between two looks at the ledger: a run of the command line adds to the lists too


Lists = dict[str, list[str]]  # what is offered, by field of a form


def choices(settings: Settings) -> dict[str, Lists]:
    """What the forms offer, by deployment and field, newest first.

    A run is its id with what it left in brackets, a check its name with the rows that fail it.
    """
    ledger = Ledger(settings)
    published = ledger.published_run_id()
    runs = list(ledger.runs_as_they_are())
    releases = [run for run in runs if release_path(settings, run.run_id).is_file()]
    candidates = [run for run in runs if (settings.builds / run.run_id / "trade.duckdb").is_file()]
    built = [run for run in candidates if run.state == "built"]
    others = [run for run in releases if run.run_id != published]
    offered = {
        "audit": [*releases, *(run for run in candidates if run not in releases)],
        "publish": [*built, *others],
        "rollback": others,
    }
    failing = [(run, found) for run in runs if run in offered["audit"] and (found := _failing(run))]
    offered["accept"] = [run for run, _ in failing]
    lists = {
        name: {_RUN: [_said(run, published, releases) for run in found[:_SHOWN]]} for name, found in offered.items()
    }
    newest = {name: said for _, found in reversed(failing[:_SHOWN]) for name, said in found.items()}
    lists["accept"][_CHECK] = sorted(newest.values())
    return lists


def _failing(run: Run) -> dict[str, str]:
    """The checks of the gate that fail in a run and whose rows can be accepted, each as a form says it."""
    return {
        result.check.name: f"{result.check.name} ({_what(result)}: {plural(result.failing_rows, 'case')})"
        for result in gate_report.failing(gate_report.results_of(run))
        if gate_report.accept_command(result)
    }


def _what(result: Result) -> str:
    """What is wrong, as the gate says it; of a record before it did, the table."""
    return result.check.fault or result.check.table


def _said(run: Run, published: str | None, releases: list[Run]) -> str:
    if run.run_id == published:
        what = "the published release"
    elif run in releases:
        what = "a release"
    else:
        what = {"built": "built, not published", "gate_failed": "stopped by the gate"}.get(run.state, "a candidate")
    return f"{run.run_id} ({what}, {run.started_at:%-d %B %Y, %H:%M} UTC)"


def fill(schema: dict[str, Any], name: str, offered: Lists) -> dict[str, Any]:
    """`schema` of the form `name` with lists: the runs after what it takes if left alone, and the failing checks.

    A field of checks stays a text where none fails. The form of `accept` has fields that must be filled in, so the
    server holds its values against the schema, and bare names follow the entries for those who ask without the form.
    """
    fields = {}
    for of_field, said in offered.items():
        entries = [*said, *(entry.partition(" (")[0] for entry in said)] if name == _HELD else said
        field = {key: value for key, value in schema["properties"][of_field].items() if key not in ("pattern", "enum")}
        if of_field == _RUN:
            field |= {"default": IF_LEFT_ALONE[name], "enum": [IF_LEFT_ALONE[name], *entries]}
        elif entries:
            field["enum"] = entries
        else:
            field["pattern"] = CHECK_PATTERN
        fields[of_field] = field
    return {**schema, "properties": {**schema["properties"], **fields}}


def fill_all(settings: Settings, deployments: list[RunnerDeployment]) -> None:
    """Put the lists of now into the forms before they are served.

    Where nothing must be filled in, the server then leaves it to the flow to refuse another value: a run may be younger
    than the list, and who asks without the form gives a bare id.
    """
    offered = choices(settings)
    for deployment in deployments:
        if deployment.name in offered:
            schema = deployment._parameter_openapi_schema
            filled = fill({"properties": dict(schema.properties)}, deployment.name, offered[deployment.name])
            schema.properties = filled["properties"]
            deployment.enforce_parameter_schema = deployment.name == _HELD


def entered_at(settings: Settings) -> tuple[int, ...]:
    """When runs, candidates, releases and the published link were last entered, replaced or removed, in nanoseconds.

    A record is replaced by a file of another name, so its folder tells it, and no record need be read.
    """
    places = (settings.runs, settings.builds, settings.releases, settings.published)
    return tuple(place.lstat().st_mtime_ns if os.path.lexists(place) else 0 for place in places)


@contextlib.contextmanager
def kept_filled(settings: Settings, deployments: list[RunnerDeployment]) -> Iterator[None]:
    """While it is open, the lists of served forms follow the ledger."""
    stop = threading.Event()
    thread = threading.Thread(target=_follow, args=(settings, deployments, stop), name="choices", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _follow(settings: Settings, deployments: list[RunnerDeployment], stop: threading.Event) -> None:
    seen: tuple[int, ...] = ()
    shown: dict[str, Lists] = {}
    with contextlib.suppress(Exception):  # the first look then shows all, or says why not
        seen, shown = entered_at(settings), choices(settings)
    is_told = False
    while not stop.wait(_SECONDS):
        try:
            seen = _look(settings, deployments, seen, shown)
            is_told = False
        except Exception as error:  # noqa: BLE001  whatever it was, the next look may do better
            if not is_told:
                log.warning(
                    "The lists of the forms could not be brought up to date (%s); it is tried again.", told(error)
                )
            is_told = True


def _look(
    settings: Settings, deployments: list[RunnerDeployment], seen: tuple[int, ...], shown: dict[str, Lists]
) -> tuple[int, ...]:
    """Bring the lists up to date where the ledger is not as it was `seen`; how it is now, once all are `shown`."""
    if (moment := entered_at(settings)) == seen:
        return seen
    now = choices(settings)
    for name in [name for name in now if now[name] != shown.get(name)]:
        with contextlib.suppress(Exception):  # the server may be busy or going down; the next look tries again
            _show(name, now[name], deployments)
            shown[name] = now[name]
    return moment if shown == now else seen


def _show(name: str, offered: Lists, deployments: list[RunnerDeployment]) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import DeploymentUpdate

    flow = next(deployment.flow_name for deployment in deployments if deployment.name == name)
    with get_client(sync_client=True) as client:
        served = client.read_deployment_by_name(f"{flow}/{name}")
        schema = fill(served.parameter_openapi_schema or {}, name, offered)
        client.update_deployment(served.id, DeploymentUpdate(parameter_openapi_schema=schema))
