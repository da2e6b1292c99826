"""Prefect's workers as those who fetch parts of a run: each part goes to them as a run of a deployment."""

from __future__ import annotations

import logging
from typing import cast
from uuid import UUID

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.states import Cancelling

log = logging.getLogger("entrepot")

_DEPLOYMENT = "fetch/fetch"


class PrefectWorkers:
    """Workers of the pool `entrepot-fetch`, to whom parts go as runs of the deployment `fetch`."""

    def start(self, part_id: str) -> UUID:
        """Start a run of the deployment, and do not wait for it."""
        started = run_deployment(_DEPLOYMENT, parameters={"part_id": part_id}, timeout=0, as_subflow=False)
        return cast(FlowRun, started).id

    def has_ended(self, started: UUID) -> bool:
        """Ask the server; while it does not answer, as when it is started again, the part is taken to go on.

        What workers bring lies in the shared folder, so a run misses nothing meanwhile.
        """
        try:
            with get_client(sync_client=True) as client:
                state = client.read_flow_run(started).state
        except (httpx.HTTPError, RuntimeError) as error:  # the latter where it cannot even ask for the version
            if _is_refusal(error):
                raise
            log.debug("The Prefect server does not answer: %s", error)
            return False
        return state is not None and state.is_final()

    def end(self, started: UUID) -> None:
        """Cancel it, where it has not ended; unless the server answers, it ends when it sees that its run has."""
        try:
            if not self.has_ended(started):
                with get_client(sync_client=True) as client:
                    client.set_flow_run_state(started, Cancelling())
        except (httpx.HTTPError, RuntimeError) as error:
            log.debug("A part could not be cancelled: %s", error)


def _is_refusal(error: Exception) -> bool:
    """Whether the server has answered, and will answer the same again."""
    return isinstance(error, httpx.HTTPStatusError) and error.response.is_client_error
