"""`entrepot serve` as a process, and Prefect's API as the form in the browser calls it."""

from __future__ import annotations

import base64
import contextlib
import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flows.ui.server import standing_door
from tests.conftest import Home
from tests.warm_entrepot import ENTREPOT


@dataclass(frozen=True)
class Api:
    """Prefect's API as the form in the browser calls it, with the credentials the server asks for."""

    address: str
    credentials: str

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Basic {base64.b64encode(self.credentials.encode()).decode()}"}

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer, as `send` gets it."""
        return json.loads(self.send(method, path, body))

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        """What is answered, which may be nothing; asked again while the server says 503.

        That is how it tells a client that its SQLite file was locked and that nothing was written. Prefect's own
        clients do the same.
        """
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json", **self.authorization}
        request = urllib.request.Request(f"{self.address}/api{path}", data=data, method=method, headers=headers)
        attempts = 0
        while True:
            attempts += 1
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return bytes(answer.read())
            except urllib.error.HTTPError as refused:
                if refused.code != HTTPStatus.SERVICE_UNAVAILABLE or attempts == 6:
                    raise
            time.sleep(attempts)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(home: Home, **more: str) -> Iterator[Api]:
    """`entrepot serve` on a free port, with all deployments there; stopped as Ctrl-C stops it."""
    environment = {
        **home.environment,
        "ENTREPOT_PORT": str(free_port()),
        "ENTREPOT_PAGES_PORT": str(free_port()),
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        **more,
    }
    log = (home.folder / "serve.log").open("w", encoding="utf-8")
    process = subprocess.Popen(
        [ENTREPOT, "serve"], env=environment, stdout=log, stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    )  # fmt: skip
    try:
        door = wait_for(lambda: standing_door(home.settings), 180)
        api = Api(door.address, door.credentials or "")
        wait_for(lambda: deployment(api, "retention"), 180)
        yield api
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def wait_for(ready: Any, seconds: float, every: float = 1.0) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if value := ready():
                return value
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(every)
    raise TimeoutError(ready)


def deployment(api: Api, name: str = "refresh") -> Any:
    return api.call("GET", f"/deployments/name/{name}/{name}")


def press_run(api: Api, deployed: str = "refresh", **values: Any) -> Any:
    """One flow run, however often the server had to be asked for it."""
    wanted = {"parameters": values, "idempotency_key": str(uuid4())}
    return api.call("POST", f"/deployments/{deployment(api, deployed)['id']}/create_flow_run", wanted)


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
