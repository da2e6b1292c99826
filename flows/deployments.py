"""What the Prefect UI offers: the deployments with their forms, served on loopback by one command."""

from __future__ import annotations

import atexit
import ctypes
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

from flows.errors import EntrepotError
from flows.settings import Settings

_START_SECONDS = 120
_PR_SET_PDEATHSIG = 1


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Start a Prefect server on `settings.host` and serve the deployments until interrupted.

    Raises EntrepotError when the server does not come up, for example because the port is taken.
    """
    address = f"http://{settings.host}:{settings.port}"
    server = _start_server(settings, address)
    try:
        settings.set_environment(PREFECT_API_URL=f"{address}/api")
        # Imported here: prefect reads the environment when it is imported.
        from prefect import serve as serve_deployments

        from flows.pipeline import backfill, refresh

        say(f"Prefect UI: {address}/deployments  (press Run on `refresh/refresh` or `backfill/backfill`; Ctrl-C stops)")
        deployments = [
            refresh.to_deployment(
                name="refresh",
                description="Bring the trade warehouse up to date. Choose sources and how far to go, then Run.",
                tags=["entrepot"],
            ),
            backfill.to_deployment(
                name="backfill",
                description="Fetch and land any range of periods; run it again to go on where it stopped.",
                tags=["entrepot"],
            ),
        ]
        # One run at a time, whichever deployment it is of: there is one writer.
        serve_deployments(*deployments, pause_on_shutdown=False, limit=1)  # type: ignore[arg-type]
    finally:
        server.terminate()
        server.wait(timeout=30)


def start_own_server(settings: Settings) -> None:
    """A Prefect server for this command alone, on loopback; it ends with the command, whatever ends that.

    Call it before prefect is imported. Where PREFECT_API_URL names a server, that one is used.
    """
    if "PREFECT_API_URL" in settings.tool_environment():
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    server = _start_server(settings, address, PREFECT_UI_ENABLED="false")
    settings.set_environment(PREFECT_API_URL=f"{address}/api")
    atexit.register(server.terminate)  # before prefect's own, so that it runs after: they still send their logs


def _start_server(settings: Settings, address: str, **more: str) -> subprocess.Popen[bytes]:
    if _healthy(address):
        raise EntrepotError(f"Something already answers at {address}; stop it or set ENTREPOT_PORT to another port.")
    parts = urlsplit(address)
    command = [settings.tool("prefect"), "server", "start", "--host", parts.hostname or "", "--port", str(parts.port)]
    more |= {"PREFECT_API_URL": f"{address}/api", "PREFECT_UI_API_URL": f"{address}/api"}
    server = subprocess.Popen(
        command,
        env=settings.tool_environment(**more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us; we stop the server when we have told it how the run ended
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )
    deadline = time.monotonic() + _START_SECONDS
    while not _healthy(address):
        if server.poll() is not None or time.monotonic() > deadline:
            server.terminate()
            raise EntrepotError(f"The Prefect server did not start at {address}; is the port free?")
        time.sleep(0.1)
    return server


def _end_with_parent() -> None:
    """Ask Linux to stop this process when its parent is gone, `kill -9` included."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
