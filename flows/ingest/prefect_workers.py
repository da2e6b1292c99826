"""Prefect's workers as those who fetch parts of a run: each part goes to them as a run of a deployment."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.states import Cancelling

_DEPLOYMENT = "fetch/fetch"


class PrefectWorkers:
    """Workers of the pool `entrepot-fetch`, to whom parts go as runs of the deployment `fetch`."""

    def start(self, part_id: str) -> UUID:
        """Start a run of the deployment, and do not wait for it."""
        started = run_deployment(_DEPLOYMENT, parameters={"part_id": part_id}, timeout=0, as_subflow=False)
        return cast(FlowRun, started).id

    def has_ended(self, started: UUID) -> bool:
        """Ask the server."""
        with get_client(sync_client=True) as client:
            state = client.read_flow_run(started).state
        return state is not None and state.is_final()

    def end(self, started: UUID) -> None:
        """Cancel it, where it has not ended."""
        if not self.has_ended(started):
            with get_client(sync_client=True) as client:
                client.set_flow_run_state(started, Cancelling())
