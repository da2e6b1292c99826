"""What the Prefect UI offers: the deployments with their forms, served on loopback by one command."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from flows.errors import EntrepotError
from flows.settings import Settings

_START_SECONDS = 120


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


def _start_server(settings: Settings, address: str) -> subprocess.Popen[bytes]:
    if _healthy(address):
        raise EntrepotError(f"Something already answers at {address}; stop it or set ENTREPOT_PORT to another port.")
    command = [settings.tool("prefect"), "server", "start", "--host", settings.host, "--port", str(settings.port)]
    environment = settings.tool_environment(PREFECT_API_URL=f"{address}/api", PREFECT_UI_API_URL=f"{address}/api")
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + _START_SECONDS
    while not _healthy(address):
        if server.poll() is not None or time.monotonic() > deadline:
            server.terminate()
            raise EntrepotError(f"The Prefect server did not start at {address}; is the port free?")
        time.sleep(0.5)
    return server


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
