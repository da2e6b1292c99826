"""A Prefect server of a team's own and its worker, started as docs/how-to/server.md says, by the files of `deploy/`."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from flows.settings import ROOT
from tests.conftest import Home
from tests.serving import Api, deployment, free_port, wait_for
from tests.warm_entrepot import ENTREPOT

PREFECT = str(Path(sys.executable).parent / "prefect")
_INHERITED = ("PREFECT_", "ENTREPOT_")
_CREDENTIALS = "desk:of the team"


def environment_of(file: str, **instead: str) -> dict[str, str]:
    """What `deploy/<file>` says, with some values of the place and the test instead of those for people to change."""
    lines = (ROOT / "deploy" / file).read_text(encoding="utf-8").splitlines()
    said = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    unknown = set(instead) - set(said)
    assert not unknown, f"{file} does not name {unknown}"
    return said | instead


def _stop_seconds() -> int:
    """How long the unit of a worker lets one that is told to stop go on."""
    unit = (ROOT / "deploy" / "entrepot-worker.service").read_text(encoding="utf-8")
    return int(next(line for line in unit.splitlines() if line.startswith("TimeoutStopSec=")).partition("=")[2])


@dataclass
class Team:
    """One server, one warehouse, and the worker that is there now."""

    home: Home
    port: int = field(default_factory=free_port)
    database: dict[str, str] = field(default_factory=dict)
    server: psutil.Popen | None = None
    worker: psutil.Popen | None = None
    fetchers: list[psutil.Popen] = field(default_factory=list)

    @property
    def api(self) -> Api:
        return Api(f"http://127.0.0.1:{self.port}", _CREDENTIALS)

    @property
    def database_known(self) -> dict[str, str]:
        """What a command on the server's machine knows besides: where Prefect's database is."""
        return {"PREFECT_HOME": str(self.home.folder / "server")} | self.database

    def entrepot(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A command on the worker's machine."""
        return subprocess.run(
            [ENTREPOT, *arguments], env=self.workers() | more, capture_output=True, text=True, timeout=600, check=False
        )

    def start_server(self) -> None:
        """The server, in what it kept from before; returns when it answers."""
        address = self.api.address
        environment = environment_of(
            "server.env",
            PREFECT_SERVER_API_AUTH_STRING=_CREDENTIALS, PREFECT_SERVER_API_PORT=str(self.port), PREFECT_UI_URL=address,
            PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS=address, PREFECT_HOME=str(self.home.folder / "server"),
        )  # fmt: skip
        self.server = self._start([PREFECT, "server", "start"], environment | self.database, "server.log")
        wait_for(self._answers, 120)

    def _answers(self) -> bool:
        assert self.server is not None
        assert self.server.poll() is None, (self.home.folder / "server.log").read_text(encoding="utf-8")[-2000:]
        return self.api.call("POST", "/flow_runs/count", {}) is not None

    def start_worker(self, **more: str) -> None:
        """A worker, as the unit starts it again when it is gone."""
        command = [PREFECT, "worker", "start", "--pool", "entrepot"]
        self.worker = self._start(command, self.workers() | more, "worker.log")

    def stop_worker(self, sign: int) -> None:
        """Send the worker a signal, and kill it if it is there when the unit would."""
        assert self.worker is not None
        self.worker.send_signal(sign)
        try:
            self.worker.wait(_stop_seconds())
        except psutil.TimeoutExpired:
            self.worker.kill()
            self.worker.wait(30)

    def stop_server(self, sign: int) -> None:
        """Send the server a signal, and wait for its end."""
        assert self.server is not None
        self.server.send_signal(sign)
        self.server.wait(60)

    def start_fetcher(self, **more: str) -> None:
        """One more worker that fetches for the runs of the other."""
        command = [PREFECT, "worker", "start", "--pool", "entrepot-fetch", "--limit", "1"]
        self.fetchers.append(self._start(command, self.workers() | more, "fetchers.log"))

    def fetching_process(self) -> psutil.Process:
        """The process of a part that is being fetched."""
        (found,) = [each for worker in self.fetchers for each in worker.children(recursive=True) if _is_flow(each)]
        return found

    def flow_process(self) -> psutil.Process:
        """The process of the run under way."""
        assert self.worker is not None
        found: list[psutil.Process] = wait_for(
            lambda: [each for each in self.worker.children(recursive=True) if _is_flow(each)], 60
        )
        return found[0]

    def stop(self) -> None:
        """End both."""
        for process in (*self.fetchers, self.worker, self.server):
            if process is not None and process.is_running():
                for each in [*process.children(recursive=True), process]:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        each.kill()
                process.wait(30)

    def workers(self) -> dict[str, str]:
        """The environment of the worker's machine."""
        said = environment_of(
            "worker.env",
            PREFECT_API_URL=f"{self.api.address}/api", PREFECT_API_AUTH_STRING=_CREDENTIALS,
            PREFECT_HOME=str(self.home.folder / "worker"), ENTREPOT_WAREHOUSE=str(self.home.settings.warehouse),
        )  # fmt: skip
        return self._machine | said | {"ENTREPOT_BUNDLED": str(self.home.settings.bundled), "NO_COLOR": "1"}

    @property
    def _machine(self) -> dict[str, str]:
        """The environment of a person who has set nothing of Prefect's and ours."""
        return {name: value for name, value in self.home.environment.items() if not name.startswith(_INHERITED)}

    def _start(self, command: list[str], environment: dict[str, str], log: str) -> psutil.Popen:
        with (self.home.folder / log).open("a", encoding="utf-8") as out:
            return psutil.Popen(
                command, env=self._machine | environment, stdout=out, stderr=subprocess.STDOUT,
                cwd=self.home.folder,
            )  # fmt: skip


def alive(of: Team) -> list[psutil.Process]:
    """The processes of the server, the worker and the runs of the worker."""
    at = [process for process in (of.server, of.worker) if process is not None and process.is_running()]
    return [one for each in at for one in [each, *each.children(recursive=True)]]


def _is_flow(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
        return "prefect.engine" in process.cmdline()
    return False


@contextlib.contextmanager
def team(home: Home, **database: str) -> Iterator[Team]:
    """A server with everything deployed and one worker."""
    home.folder.mkdir(parents=True, exist_ok=True)
    made = Team(home, database=database)
    try:
        made.start_server()
        done = made.entrepot("deploy")
        assert done.returncode == 0, done.stdout + done.stderr
        wait_for(lambda: deployment(made.api, "retention"), 30)
        yield made
    finally:
        made.stop()
