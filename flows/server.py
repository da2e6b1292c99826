"""The Prefect server as a process of its own on loopback: one that stays (`entrepot serve`), or one for a command."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from flows.errors import EntrepotError
from flows.settings import Settings

_START_SECONDS = 120
_PR_SET_PDEATHSIG = 1


@contextlib.contextmanager
def standing_server(settings: Settings, address: str) -> Iterator[None]:
    """The server of `entrepot serve`. One per warehouse: its records are one file there.

    Raises EntrepotError where the warehouse is served already, the port is taken, or the server does not start.
    """
    path = _lock_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as handle:
        if running := standing_address(settings):
            raise EntrepotError(f"{settings.warehouse} is served already: open {running}, or stop that one first.")
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _require_free(settings.host, settings.port, "ENTREPOT_PORT")
        _require_free(settings.host, settings.pages_at, "ENTREPOT_PAGES_PORT")
        server = _start(settings, address)
        handle.truncate(0)
        handle.write(address)
        handle.flush()
        try:
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)


def standing_address(settings: Settings) -> str | None:
    """Address of the server that `entrepot serve` runs for this warehouse; None where none does.

    The kernel frees the lock when its holder dies, so a file left behind means nothing.
    """
    path = _lock_path(settings)
    if not path.is_file():
        return None
    with path.open(encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return handle.read() or None
    return None


def start_own_server(settings: Settings) -> None:
    """A Prefect server for this command alone, on loopback; it ends with the command, whatever ends that.

    Call it before prefect is imported. Where PREFECT_API_URL names a server, or `entrepot serve` runs one for this
    warehouse, that one is used, and the run is seen there.
    """
    if "PREFECT_API_URL" in settings.tool_environment():
        return
    address = standing_address(settings)
    if address is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{probe.getsockname()[1]}"
        server = _start(settings, address, PREFECT_UI_ENABLED="false")
        atexit.register(server.terminate)  # before prefect's own, so that it runs after: they still send their logs
    settings.set_environment(PREFECT_API_URL=f"{address}/api")


def use_standing_server(settings: Settings) -> None:
    """Work with the server that PREFECT_API_URL names, or else with that of `entrepot serve`.

    Call it before prefect is imported. Raises EntrepotError where there is neither.
    """
    if "PREFECT_API_URL" in settings.tool_environment():
        return
    address = standing_address(settings)
    if address is None:
        raise EntrepotError("No Prefect server is known: start `entrepot serve`, or name one by PREFECT_API_URL.")
    settings.set_environment(PREFECT_API_URL=f"{address}/api")


def _require_free(host: str, port: int, setting: str) -> None:
    """Raise EntrepotError, naming the setting that chooses it, where a port is taken or may not be used."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise EntrepotError(
                f"Port {port} of {host} cannot be used ({error.strerror}); set {setting} to another one."
            ) from None


def _lock_path(settings: Settings) -> Path:
    return settings.warehouse / ".serve.lock"


def _start(settings: Settings, address: str, **more: str) -> subprocess.Popen[bytes]:
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
