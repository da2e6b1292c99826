"""Who gets in at `entrepot serve`: clients and people with credentials; no page of another origin, no other user.

Whoever may call Prefect's API runs commands as the user of the warehouse and reads the keys in its Secret blocks.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from flows.settings import ROOT
from tests.conftest import Home
from tests.serving import Api, free_port, serving
from tests.warm_entrepot import ENTREPOT

FOREIGN = [{"Host": "rebound.example.org"}, {"Host": "127.0.0.1.example.org"}, {"Host": "[::1"}, {"Host": ""}]
PAGES = [{"Origin": "http://example.org"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"}]
ASKED = [
    ("POST", "/api/block_documents/filter", {"include_secrets": True}),
    ("POST", "/api/flow_runs/filter", {}),
    ("POST", "/api/deployments/", {"name": "refresh", "pull_steps": [{"run_shell_script": {"script": "id"}}]}),
    ("GET", "/api/admin/settings", None),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Api]]:
    home = Home(tmp_path_factory.mktemp("doors"))
    with serving(home, ENTREPOT_HOST_NAMES="trade.example.org") as api:
        yield home, api


def answer(
    address: str, method: str, path: str, body: Any, headers: Mapping[str, str]
) -> tuple[int, Mapping[str, str]]:
    """Status and headers of one request."""
    data = None if body is None else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **headers}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{address}{path}", data, sent, method=method)) as response:
            return response.status, response.headers
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers


@pytest.mark.parametrize(("method", "path", "body"), ASKED)
def test_without_its_credentials_nobody_is_let_in(served: tuple[Home, Api], method: str, path: str, body: Any) -> None:
    _, api = served
    wrong = Api(api.address, "entrepot:guessed")
    for headers in (
        {},
        wrong.authorization,
        {"Authorization": "Basic"},
        {"Authorization": f"Bearer {api.credentials}"},
    ):
        assert answer(api.address, method, path, body, headers)[0] == 401
    assert answer(api.address, method, path, body, api.authorization)[0] in (200, 409, 422)


@pytest.mark.parametrize(("method", "path", "body"), [*ASKED, ("GET", "/", None), ("GET", "/ui-settings", None)])
def test_a_forged_host_and_another_origin_are_refused_even_with_them(
    served: tuple[Home, Api], method: str, path: str, body: Any
) -> None:
    _, api = served
    for forged in FOREIGN:
        assert answer(api.address, method, path, body, {**api.authorization, **forged})[0] == 421
    for page in PAGES:
        status, headers = answer(api.address, method, path, body, {**api.authorization, **page})
        assert (status, headers["access-control-allow-origin"]) == (403, None)
    preflight = {"Origin": "http://example.org", "Access-Control-Request-Method": "POST"}
    assert answer(api.address, "OPTIONS", path, None, preflight)[0] == 403


def test_its_own_names_and_its_own_pages_are_let_in(served: tuple[Home, Api]) -> None:
    _, api = served
    port = api.address.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", "trade.example.org"):
        headers = {**api.authorization, "Host": host, "Origin": f"http://{host}"}
        status, said = answer(api.address, "POST", "/api/flow_runs/filter", {}, headers)
        assert (status, said["content-security-policy"]) == (200, "frame-ancestors 'self'")


@pytest.mark.parametrize("path", ["/api/events/out", "/api/logs/out", "/api/task_runs/subscriptions/scheduled"])
def test_a_websocket_is_a_door_like_any_other(served: tuple[Home, Api], path: str) -> None:
    _, api = served
    address = f"{api.address.replace('http', 'ws', 1)}{path}"
    spoken = [Subprotocol("prefect")]
    with pytest.raises(InvalidStatus), connect(address, subprotocols=spoken, origin=Origin("http://example.org")):
        pass
    with pytest.raises((InvalidStatus, ConnectionClosed)), connect(address) as socket:
        socket.recv(timeout=10)
    for token in (None, "entrepot:guessed"):
        with connect(address, subprotocols=spoken) as socket:
            socket.send(json.dumps({"type": "auth", "token": token}))
            with pytest.raises(ConnectionClosed):
                socket.recv(timeout=10)
    with connect(address, subprotocols=spoken) as socket:
        socket.send(json.dumps({"type": "auth", "token": api.credentials}))
        assert json.loads(socket.recv(timeout=10))["type"] == "auth_success"


def test_a_command_beside_it_finds_its_credentials_and_they_are_its_owners_alone(served: tuple[Home, Api]) -> None:
    home, api = served
    done = home.entrepot("ingest", "--source", "press_record")
    assert done.returncode == 0, done.stderr
    assert [run["state"]["name"] for run in api.call("POST", "/flow_runs/filter", {})] == ["Ingested"]
    said = (home.folder / "serve.log").read_text(encoding="utf-8")
    assert said.count(api.credentials) == 1, "shown once"
    holders = [path for path in files_of(home.settings.warehouse) if api.credentials.encode() in path.read_bytes()]
    assert [path.name for path in holders] == [".serve.lock"]
    kept = {holders[0], *files_of(home.settings.prefect_home), *files_of(home.settings.runs)}
    assert {"prefect.db", ".serve.lock"} < {path.name for path in kept}
    assert any(path.parent == home.settings.runs for path in kept)
    assert [path for path in kept if others_may(path)] == []
    assert not others_may(home.settings.prefect_home)
    assert not others_may(home.settings.runs)


def test_another_user_of_the_machine_finds_the_credentials_nowhere(served: tuple[Home, Api]) -> None:
    """Anybody may read the arguments of every process; the environment of ours is read by their owner alone."""
    _, api = served
    told, kept = [], []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            told += [process.pid] if api.credentials in " ".join(process.cmdline()) else []
            kept += [process.pid] if api.credentials in " ".join(process.environ().values()) else []
    assert told == []
    assert kept, "the server and the deployments have them"
    if os.geteuid() != 0:
        return  # only root can try as another user
    for pid in kept:
        tried = subprocess.run(
            ["cat", f"/proc/{pid}/environ"], user=65534, group=65534, extra_groups=[], cwd="/", capture_output=True,
            check=False,
        )  # fmt: skip
        assert (tried.returncode, tried.stdout) == (1, b"")


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def others_may(path: Path) -> int:
    """What its group and all others may do with a file or folder."""
    return path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)


COMMAND = """
import sys
from flows.settings import get_settings
from flows.ui.server import start_own_server
settings = get_settings()
settings.prepare_process()
start_own_server(settings)
environment = settings.tool_environment()
print(environment["PREFECT_API_URL"], environment["PREFECT_API_AUTH_STRING"], flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def command_with_a_server(home: Home) -> Iterator[tuple[subprocess.Popen[str], Api]]:
    """A command that has its own server, until the block ends, and that server."""
    environment = {key: value for key, value in home.environment.items() if not key.startswith("PREFECT_")}
    # What the user has set for a server elsewhere is neither asked for here nor sent here.
    environment |= {"PREFECT_SERVER_API_AUTH_STRING": "a:b", "PREFECT_API_AUTH_STRING": "c:d"}
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stdout
        url, credentials = command.stdout.readline().split()
        yield command, Api(url.removesuffix("/api"), credentials)
        command.communicate("", timeout=60)


def test_the_server_of_a_single_command_asks_too_and_shows_no_ui(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with command_with_a_server(home) as (_, api):
        asked = (api.address, *ASKED[1])
        assert answer(*asked, api.authorization)[0] == 200
        assert [answer(*asked, Api("", known).authorization)[0] for known in ("a:b", "c:d", "entrepot:x")] == [401] * 3
        assert answer(*asked, {**api.authorization, **FOREIGN[0]})[0] == 421
        assert answer(*asked, {**api.authorization, **PAGES[0]})[0] == 403
        assert answer(api.address, "GET", "/", None, {})[0] == 404
    assert not others_may(home.settings.prefect_home / "prefect.db")


def test_a_server_that_is_killed_under_a_command_is_started_again_at_its_address(tmp_path: Path) -> None:
    with command_with_a_server(Home(tmp_path)) as (command, api):
        (killed,) = psutil.Process(command.pid).children()
        killed.kill()
        killed.wait(30)
        assert answer(api.address, *ASKED[1], api.authorization)[0] == 200, "who asks meanwhile waits"
        (second,) = psutil.Process(command.pid).children()
        assert second.pid != killed.pid
        assert answer(api.address, *ASKED[1], {})[0] == 401
    with contextlib.suppress(psutil.NoSuchProcess):
        second.wait(30)
    assert not second.is_running(), "it ends with its command, as the first would have"


def test_other_machines_are_let_in_by_credentials_somebody_chose(tmp_path: Path) -> None:
    home = Home(tmp_path)
    public = {"ENTREPOT_HOST": "0.0.0.0", "ENTREPOT_PORT": str(free_port()), "ENTREPOT_PAGES_PORT": str(free_port())}
    environment = {**home.environment, **public}
    refused = subprocess.run(
        [ENTREPOT, "serve"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), refused.stderr
    for named in ("ENTREPOT_HOST=0.0.0.0", "PREFECT_SERVER_API_AUTH_STRING", "ENTREPOT_SERVE_WITHOUT_CREDENTIALS"):
        assert named in refused.stderr
    with serving(home, ENTREPOT_HOST="0.0.0.0", PREFECT_SERVER_API_AUTH_STRING="desk:chosen:by us") as api:
        assert api.credentials == "desk:chosen:by us"
        assert api.credentials not in (home.folder / "serve.log").read_text(encoding="utf-8")
        assert answer(*(asked := (api.address, *ASKED[1])), {})[0] == 401
        for forged in ({"Host": "0.0.0.0"}, *FOREIGN):
            assert answer(*asked, {**api.authorization, **forged})[0] == 421
        said = (home.folder / "serve.log").read_text(encoding="utf-8")
        shown_at = said.partition("Pages")[2].split()[0].rstrip(",")
        page = (shown_at.removesuffix("/site/index.html"), "GET", "/site/index.html", None)
        assert [answer(*page, known)[0] for known in ({}, api.authorization)] == [401, 404]


def test_everybody_is_let_in_where_that_was_said_by_name(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with serving(home, ENTREPOT_SERVE_WITHOUT_CREDENTIALS="true", PREFECT_SERVER_API_AUTH_STRING="a:b") as api:
        assert answer(*(asked := (api.address, *ASKED[1])), {})[0] == 200
        assert answer(*asked, FOREIGN[0])[0] == 421
        assert answer(*asked, PAGES[0])[0] == 403
