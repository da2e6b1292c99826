"""What a run makes of a Prefect server that does not answer when it asks for its parts."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from flows.ingest import prefect_workers
from flows.ingest.prefect_workers import PrefectWorkers

_ASKED = httpx.Request("GET", "http://127.0.0.1:4200/api/flow_runs/1")


def answers(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def get_client(**how: Any) -> Any:
        raise error

    monkeypatch.setattr(prefect_workers, "get_client", get_client)


def status(code: int) -> httpx.HTTPStatusError:
    return httpx.HTTPStatusError("answered", request=_ASKED, response=httpx.Response(code, request=_ASKED))


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), status(500), RuntimeError("Failed to reach API at http://127.0.0.1:4200")]
)
def test_a_server_that_is_away_for_a_moment_ends_no_run(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    answers(monkeypatch, error)
    assert not PrefectWorkers().has_ended(uuid4())
    PrefectWorkers().end(uuid4())


def test_a_server_that_refuses_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, status(401))
    with pytest.raises(httpx.HTTPStatusError):
        PrefectWorkers().has_ended(uuid4())
