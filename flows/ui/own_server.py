"""The deployments on a Prefect server of one's own, whose workers run them: `entrepot deploy`."""

from __future__ import annotations

from flows.settings import Settings
from flows.ui import automations, server
from flows.ui.deployments import deployments, keep_switched_on

POOL = "entrepot"
# How often a run gives a sign of life; automations/run_is_gone.yaml counts on it, whatever a worker's environment says.
RUN_ENVIRONMENT = {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30"}


def deploy(settings: Settings) -> str:
    """Offer every flow in the work pool `entrepot`, one run at a time, and let the server watch over the runs.

    Returns in a line what is there now. To do it again does no harm: schedules that are on stay on, and runs under way
    go on. Raises EntrepotError where no server is known, it does not answer, or it does not let us in.
    """
    server.use_standing_server(settings)
    _make_pool()
    offered = deployments(settings)
    keep_switched_on(offered)
    for deployment in offered:
        deployment.job_variables = {"env": RUN_ENVIRONMENT}
        deployment.apply(work_pool_name=POOL)
    automations.watch_runs(settings)
    names = ", ".join(deployment.name for deployment in offered)
    return f"Deployed {names} in the work pool {POOL}; `prefect worker start --pool {POOL}` runs them."


def _make_pool() -> None:
    """The work pool, which lets one run go at a time, as there is one writer."""
    # Imported here: prefect reads the environment when it is imported.
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
    from prefect.exceptions import ObjectAlreadyExists
    from prefect.workers.process import ProcessWorker

    template = ProcessWorker.get_default_base_job_template()
    with get_client(sync_client=True) as client:
        try:
            client.create_work_pool(
                WorkPoolCreate(name=POOL, type=ProcessWorker.type, base_job_template=template, concurrency_limit=1)
            )
        except ObjectAlreadyExists:
            client.update_work_pool(POOL, WorkPoolUpdate(concurrency_limit=1))
