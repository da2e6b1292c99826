"""What the Prefect UI offers: the deployments with their forms and schedules, served on loopback by one command.

`prefect.yaml` offers the same to those who run a server and workers of their own; a test compares them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flows.contracts import load_contracts
from flows.settings import Settings
from flows.ui import automations, choices, pages, server
from flows.ui.listening import is_loopback

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Schedule

TAGS = ["entrepot"]
# When to ask a source, by how often it publishes. The day of a release is not known beforehand and asking is cheap,
# so a source is asked more often than it publishes. Minute and hour (UTC) are spread, one source after the other.
_ASKED = {
    "daily": "{minute} 5 * * *",
    "monthly": "{minute} 6 * * 1",
    "quarterly": "{minute} 6 2,16 * *",
    "yearly": "{minute} 6 1 * *",
}
_PUBLISH_DAILY = "0 8 * * *"
# How often a run gives a sign of life; automations/run_is_gone.yaml counts on it, whatever the environment says.
RUN_ENVIRONMENT = {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30"}


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Start a Prefect server on `settings.host` and serve the deployments until interrupted.

    On an address that other machines reach, the pages ask for the credentials of the UI; on loopback for none. Raises
    EntrepotError where the warehouse is served already, a port is taken, or the server does not start.
    """
    with server.standing_server(settings) as door:
        asked = None if is_loopback(settings.host) else door.credentials
        shown_at = pages.show_pages(settings, settings.pages_at, asked)
        known = {"ENTREPOT_PAGES_URL": settings.pages_url or shown_at, **RUN_ENVIRONMENT}
        settings.set_environment(**door.client_environment, **known)
        # Imported here: prefect reads the environment when it is imported.
        from prefect import serve as serve_deployments

        offered = deployments(settings)
        keep_switched_on(offered)
        automations.watch_runs(settings)
        choices.fill_all(settings, offered)
        names = ", ".join(deployment.name for deployment in offered)
        say(f"Prefect UI  {door.address}/deployments")
        say(f"            {_asked_there(settings, door.credentials)}")
        say(f"            Press Run on one of {names}. Schedules are there, switched off.")
        say(f"Pages       {shown_at}/{pages.SHOWN[0]}/index.html, once something is published.")
        say("Ctrl-C stops all of it; a run that is under way is interrupted, and the next one resumes from it.")
        # One run at a time, whichever deployment it is of, for there is one writer: the others wait for their turn.
        with choices.kept_filled(settings, offered):
            serve_deployments(*offered, pause_on_shutdown=False, print_starting_message=False, limit=1)


def _asked_there(settings: Settings, credentials: str | None) -> str:
    """What the UI asks for; credentials made for this start are shown, and only here."""
    if credentials is None:
        return "It asks for no credentials: whoever reaches it may run flows and read keys."
    if credentials == server.chosen_credentials(settings):
        return "It asks for what PREFECT_SERVER_API_AUTH_STRING says."
    return f"It asks for {credentials} (new at every start; shown this once)"


def deployments(settings: Settings) -> list[RunnerDeployment]:
    """The deployments in the order people need them. Importing the flows takes seconds."""
    from prefect.schedules import Cron

    from flows import pipeline

    publishing = Cron(_PUBLISH_DAILY, timezone="UTC", active=False, slug="publish-daily")
    return [
        _offer(pipeline.refresh, publishing),
        _offer(pipeline.ingest_sources, *source_schedules(settings)),
        _offer(pipeline.backfill),
        _offer(pipeline.audit_again),
        _offer(pipeline.publish_chosen),
        _offer(pipeline.rollback),
        _offer(pipeline.accept_rows),
        _offer(pipeline.refuse_file),
        _offer(pipeline.retain),
    ]


def fetch_deployment() -> RunnerDeployment:
    """What runs give to other workers to do; nobody presses Run on it."""
    from flows import pipeline

    return _offer(pipeline.fetch_for_a_run)


def source_schedules(settings: Settings) -> list[Schedule]:
    """One schedule per live source that publishes at some pace, switched off; what is there to be switched on."""
    from prefect.schedules import Cron

    from flows.forms import Source

    sources = load_contracts(settings.contracts).values()
    paced = [source for source in sources if source.hosts and source.cadence in _ASKED]
    return [
        Cron(
            _ASKED[source.cadence].format(minute=5 * number % 60),
            timezone="UTC",
            active=False,
            parameters={"sources": [Source[source.name].value]},
            slug=f"{source.name}-{source.cadence}",
        )
        for number, source in enumerate(paced)
    ]


def _offer(flow: Flow[Any, Any], *schedules: Schedule) -> RunnerDeployment:
    from prefect.types.entrypoint import EntrypointType

    made: Any = flow.to_deployment(
        name=flow.name,
        description=flow.description,
        tags=TAGS,
        schedules=list(schedules) or None,
        entrypoint_type=EntrypointType.MODULE_PATH,  # whatever folder the command is started in
    )
    return made  # type: ignore[no-any-return]


def keep_switched_on(offered: list[RunnerDeployment]) -> None:
    """Leave on what a person switched on: to serve a deployment again would switch its schedules off."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        for deployment in offered:
            with contextlib.suppress(ObjectNotFound):  # served for the first time
                before = client.read_deployment_by_name(f"{deployment.flow_name}/{deployment.name}")
                on = {schedule.slug for schedule in before.schedules if schedule.active}
                for schedule in deployment.schedules or []:
                    schedule.active = schedule.slug in on
