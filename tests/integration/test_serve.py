"""`entrepot serve`: a person presses Run in the UI, here through the same API the form uses."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import ENTREPOT, Home


@dataclass(frozen=True)
class Api:
    """Prefect's API as the form in the browser calls it."""

    address: str

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            f"{self.address}/api{path}", data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


@pytest.fixture(scope="module")
def served(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Api]]:
    home = published.copy(tmp_path_factory.mktemp("serve") / "home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**home.environment, "ENTREPOT_PORT": str(port), "PREFECT_RUNNER_POLL_FREQUENCY": "1"}
    log = (home.folder / "serve.log").open("w", encoding="utf-8")
    process = subprocess.Popen([ENTREPOT, "serve"], env=environment, stdout=log, stderr=subprocess.STDOUT)
    api = Api(f"http://127.0.0.1:{port}")
    try:
        wait_for(lambda: deployment(api), 180)
        yield home, api
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def wait_for(ready: Any, seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if value := ready():
                return value
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(1)
    raise TimeoutError(ready)


def deployment(api: Api) -> Any:
    return api.call("GET", "/deployments/name/refresh/refresh")


def press_run(api: Api, **values: Any) -> Any:
    return api.call("POST", f"/deployments/{deployment(api)['id']}/create_flow_run", {"parameters": values})


def test_the_form_offers_the_sources_and_the_modes(served: tuple[Home, Api]) -> None:
    _, api = served
    schema = deployment(api)["parameter_openapi_schema"]
    assert schema["properties"]["mode"]["enum"] == [
        "refresh",
        "rebuild",
        "ingest only",
        "build without publishing",
        "build what is here",
    ]
    assert "gacc_quoted" in json.dumps(schema)
    assert "Sources to look at" in json.dumps(schema)


@pytest.mark.parametrize("values", [{"mode": "everything"}, {"sources": ["nowhere"]}])
def test_a_wrong_value_is_refused(served: tuple[Home, Api], values: dict[str, Any]) -> None:
    _, api = served
    with pytest.raises(urllib.error.HTTPError) as refusal:
        press_run(api, **values)
    assert refusal.value.code in (400, 409, 422)


def test_a_run_from_the_form_publishes_and_leaves_a_summary(served: tuple[Home, Api]) -> None:
    home, api = served
    before = home.settings.published.resolve()
    run = press_run(api, sources=["gacc_quoted", "press_record"], mode="rebuild")

    def ended() -> Any:
        state = api.call("GET", f"/flow_runs/{run['id']}")["state"]["type"]
        return state if state in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

    assert wait_for(ended, 300) == "COMPLETED"
    assert home.settings.published.resolve() != before
    wanted = {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}}
    artifacts = {artifact["key"]: artifact for artifact in api.call("POST", "/artifacts/filter", wanted)}
    assert {"refresh-summary", "ingest-outcomes", "check-results"} <= set(artifacts)
    assert "published" in artifacts["refresh-summary"]["data"]
    tasks = api.call("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
    names = " ".join(task["name"] for task in tasks)
    for name in ("dbt build", "audit", "publish", "export parquet"):
        assert name in names
