"""The verbs of servers: `serve` a UI of your own, `deploy` the flows on your team's, `alert` somebody of its runs."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli import terminal
from flows.settings import get_settings

app = typer.Typer()


@app.command()
def serve() -> None:
    """Start the Prefect UI on loopback: every flow with its form, progress and summary. Ctrl-C stops it."""
    from flows.ui.deployments import serve as serve_deployments

    settings = get_settings()
    settings.prepare_process()
    serve_deployments(settings, terminal.say)


@app.command()
def deploy() -> None:
    """Offer every flow on your own Prefect server, for its workers; schedules that are on stay on."""
    from flows.ui.own_server import deploy as deploy_flows

    settings = get_settings()
    settings.prepare_process()
    terminal.say(deploy_flows(settings))


@app.command()
def alert(
    block: Annotated[str, typer.Argument(help="A notification block of the UI, such as slack-webhook/desk.")],
) -> None:
    """Tell somebody of every run that needs a look: sets up the automation in automations/alert.yaml."""
    from flows.ui.automations import alert as set_up

    settings = get_settings()
    settings.prepare_process()
    terminal.say(set_up(settings, block))
