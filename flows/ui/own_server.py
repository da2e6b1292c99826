"""The deployments on a Prefect server of one's own, whose workers run them: `entrepot deploy`."""

from __future__ import annotations

from flows.settings import Settings
from flows.ui import automations, server
from flows.ui.deployments import RUN_ENVIRONMENT, deployments, fetch_deployment, keep_switched_on

POOL, FETCH_POOL = "entrepot", "entrepot-fetch"


def deploy(settings: Settings) -> str:
    """Offer every flow in the work pool `entrepot`, one run at a time, and let the server watch over the runs.

    Returns in a line what is there now. To do it again does no harm: schedules that are on stay on, and runs under way
    go on. Raises EntrepotError where no server is known, it does not answer, or it does not let us in.
    """
    server.use_standing_server(settings)
    _make_pool(POOL, 1)  # one run goes at a time, as there is one writer
    _make_pool(FETCH_POOL, None)
    offered = deployments(settings)
    keep_switched_on(offered)
    for deployment in offered:
        deployment.job_variables = {"env": RUN_ENVIRONMENT}
        deployment.apply(work_pool_name=POOL)
    fetching = fetch_deployment()
    fetching.job_variables = {"env": RUN_ENVIRONMENT}
    fetching.apply(work_pool_name=FETCH_POOL)
    automations.watch_runs(settings)
    names = ", ".join(deployment.name for deployment in offered)
    return f"Deployed {names} in the work pool {POOL}; `prefect worker start --pool {POOL}` runs them."


def _make_pool(name: str, limit: int | None) -> None:
    """A work pool of processes that lets `limit` runs go at a time; any number where that is None."""
    # Imported here: prefect reads the environment when it is imported.
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
    from prefect.exceptions import ObjectAlreadyExists
    from prefect.workers.process import ProcessWorker

    template = ProcessWorker.get_default_base_job_template()
    with get_client(sync_client=True) as client:
        try:
            client.create_work_pool(
                WorkPoolCreate(name=name, type=ProcessWorker.type, base_job_template=template, concurrency_limit=limit)
            )
        except ObjectAlreadyExists:
            client.update_work_pool(name, WorkPoolUpdate(concurrency_limit=limit))
