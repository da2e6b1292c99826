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

from flows.ledger import Ledger
from tests.conftest import ENTREPOT, Home
from tests.standin.server import StandIn


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
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def served(published: Home, standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Api]]:
    home = published.copy(tmp_path_factory.mktemp("serve") / "home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **home.environment,
        "ENTREPOT_PORT": str(port),
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        "ENTREPOT_BASE_URL": standin.url,
        "ENTREPOT_REQUESTS_PER_DAY": "www.cbr.ru=2",
        "ENTREPOT_CURRENCIES": "USD,CNY",
    }
    log = (home.folder / "serve.log").open("w", encoding="utf-8")
    process = subprocess.Popen([ENTREPOT, "serve"], env=environment, stdout=log, stderr=subprocess.STDOUT)
    api = Api(f"http://127.0.0.1:{port}")
    try:
        wait_for(lambda: deployment(api), 180)
        wait_for(lambda: deployment(api, "backfill"), 60)
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


def deployment(api: Api, name: str = "refresh") -> Any:
    return api.call("GET", f"/deployments/name/{name}/{name}")


def press_run(api: Api, deployed: str = "refresh", **values: Any) -> Any:
    return api.call("POST", f"/deployments/{deployment(api, deployed)['id']}/create_flow_run", {"parameters": values})


def state_after(api: Api, run: Any) -> Any:
    """The state a flow run ends in."""

    def ended() -> Any:
        state = api.call("GET", f"/flow_runs/{run['id']}")["state"]
        return state if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

    return wait_for(ended, 300)


def artifacts_of(api: Api, run: Any) -> dict[str, Any]:
    """The artifacts of a flow run by key."""
    wanted = {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}}
    return {artifact["key"]: artifact for artifact in api.call("POST", "/artifacts/filter", wanted)}


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


@pytest.mark.parametrize(
    ("deployed", "values"),
    [
        ("refresh", {"mode": "everything"}),
        ("refresh", {"sources": ["nowhere"]}),
        ("backfill", {"sources": ["ecb"], "first": "spring"}),
        ("backfill", {"sources": ["ecb"]}),
        ("backfill", {"sources": ["ecb"], "first": "2024", "frequencies": ["W"]}),
    ],
)
def test_a_wrong_value_is_refused(served: tuple[Home, Api], deployed: str, values: dict[str, Any]) -> None:
    _, api = served
    with pytest.raises(urllib.error.HTTPError) as refusal:
        press_run(api, deployed, **values)
    assert refusal.value.code in (400, 409, 422)


def test_a_run_from_the_form_publishes_and_leaves_a_summary(served: tuple[Home, Api]) -> None:
    home, api = served
    before = home.settings.published.resolve()
    run = press_run(api, sources=["gacc_quoted", "press_record"], mode="rebuild")
    assert state_after(api, run)["name"] == "Published"
    assert home.settings.published.resolve() != before
    artifacts = artifacts_of(api, run)
    assert {"refresh-summary", "ingest-outcomes", "check-results"} <= set(artifacts)
    assert "published" in artifacts["refresh-summary"]["data"]
    tasks = api.call("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
    names = " ".join(task["name"] for task in tasks)
    for name in ("dbt build", "audit", "publish", "export parquet"):
        assert name in names


def test_a_backfill_from_the_form_estimates_shows_progress_and_stops_at_the_quota(served: tuple[Home, Api]) -> None:
    home, api = served
    asked = {"sources": ["ecb", "cbr"], "first": "2023-03", "last": "2024", "reporters": ["CHN"]}
    planned = press_run(api, "backfill", **asked, dry_run=True)
    assert state_after(api, planned)["name"] == "Planned"
    table = json.loads(artifacts_of(api, planned)["backfill-estimate"]["data"])
    assert {row["host"]: row["left today"] for row in table} == {"data-api.ecb.europa.eu": "no limit", "www.cbr.ru": 2}
    assert "partial today, resume after 00:00 UTC" in next(
        row["outlook"] for row in table if row["host"] == "www.cbr.ru"
    )
    run = press_run(api, "backfill", **asked)
    state = state_after(api, run)
    assert (state["type"], state["name"]) == ("COMPLETED", "Partial")
    assert "resume after 00:00 UTC" in state["message"]
    artifacts = artifacts_of(api, run)
    assert artifacts["ingest-progress"]["data"] == 100.0
    assert artifacts["ingest-progress"]["description"].startswith("8 of 8 partitions, ")
    outcomes = [outcome.outcome for outcome in Ledger(home.settings).runs()[-1].outcomes]
    assert (outcomes.count("new"), outcomes.count("waiting"), outcomes.count("failed")) == (4, 4, 0)
