"""The Prefect server as a process of its own: one that stays (`entrepot serve`), or one for a command.

Whoever may call Prefect's API may run any command as the user that runs the flows, and read the Secret blocks. So
every server asks for credentials, new ones at every start. Its own clients find them in a file of the warehouse that
only its owner can read.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import logging
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ValidationError

from flows.errors import EntrepotError
from flows.privacy import keep_private, open_private
from flows.settings import Settings
from flows.ui import entry
from flows.ui.listening import address_of, is_loopback, listen

log = logging.getLogger("entrepot")

_START_SECONDS = 120
_MOST_STARTS = 3  # of a server whose command goes on
_STARTED_AGAIN = "Prefect's server was ended by something else and is started again; the run goes on."
_LOOKING_SECONDS = 1.0  # for which others who look for a server may have its lock
# A server that ends with its command schedules nothing, tidies up after nobody and offers no forms for new blocks;
# records and alerts are as ever.
_IDLE = ("SCHEDULER", "LATE_RUNS", "FOREMAN", "PAUSE_EXPIRATIONS", "CANCELLATION_CLEANUP", "REPOSSESSOR")
_FOR_A_COMMAND = {
    **{f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in _IDLE},
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    "PREFECT_UI_ENABLED": "false",
}
_SERVER_AUTH, _CLIENT_AUTH = "PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING"


class Door(BaseModel):
    """Where a server is, and the credentials (`user:password`) it asks for; None where it lets in everybody."""

    address: str
    credentials: str | None = None

    @property
    def client_environment(self) -> dict[str, str]:
        """What a client of Prefect's needs to know."""
        known = {"PREFECT_API_URL": f"{self.address}/api"}
        return known if self.credentials is None else known | {_CLIENT_AUTH: self.credentials}


@contextlib.contextmanager
def standing_server(settings: Settings) -> Iterator[Door]:
    """The server of `entrepot serve`. One per warehouse: its records are one file there.

    Raises EntrepotError where the warehouse is served already, a port is taken, the server does not start, or other
    machines would reach it without credentials.
    """
    door = Door(address=address_of(settings.host, settings.port), credentials=_credentials(settings))
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    with open_private(_lock_path(settings), "a+") as handle:
        if running := standing_door(settings):
            raise EntrepotError(
                f"{settings.warehouse} is served already: open {running.address}, or stop that one first."
            )
        _lock(handle, settings)
        listening = listen(settings.host, settings.port, "ENTREPOT_PORT")
        listen(settings.host, settings.pages_at, "ENTREPOT_PAGES_PORT").close()
        server = _launch(settings, door, listening)
        _wait(settings, door, server)
        _note(handle, door.model_dump_json())
        try:
            yield door
        finally:
            _note(handle, "")
            server.terminate()
            server.wait(timeout=30)


def _lock(handle: IO[str], settings: Settings) -> None:
    """Take the lock of the server. Whoever looks for a server has it for a moment; one that starts or stops keeps it.

    Raises EntrepotError then.
    """
    until = time.monotonic() + _LOOKING_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise EntrepotError(
                    f"A server of {settings.warehouse} is starting or stopping; wait a minute, then try again."
                ) from None
        time.sleep(0.05)


def standing_door(settings: Settings) -> Door | None:
    """The server that `entrepot serve` runs for this warehouse; None where none does.

    The kernel frees the lock when its holder dies, so a file left behind means nothing.
    """
    path = _lock_path(settings)
    if not path.is_file():
        return None
    with path.open(encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            with contextlib.suppress(ValidationError):  # it is starting, or stopping
                return Door.model_validate_json(handle.read())
    return None


def start_own_server(settings: Settings, meanwhile: Callable[[], object] = lambda: None) -> None:
    """A Prefect server for this command alone, on loopback; it ends with the command, whatever ends that.

    Call it before prefect is imported. Where PREFECT_API_URL names a server, or `entrepot serve` runs one for this
    warehouse, that one is used, and the run is seen there. `meanwhile` is done while it starts, which takes seconds.
    """
    door = _known_door(settings)
    if door is None and "PREFECT_API_URL" in settings.tool_environment():
        entry.require(settings)
        return
    if door is None:
        listening = listen("127.0.0.1", 0, "")
        door = Door(address=address_of(*listening.getsockname()), credentials=_new_credentials())
        kept = _Kept(settings, door, listening)
        atexit.register(kept.end)  # before prefect's own, so that it runs after: they still send their logs
        settings.set_environment(**door.client_environment)
        meanwhile()
        _wait(settings, door, kept.server)
        kept.watch()
    settings.set_environment(**door.client_environment)


class _Kept:
    """The server of a command. Where something else ends it, such as a machine that is short of memory, another one
    takes its place at the same address: the run would wait for minutes to tell it how it went, and fail.

    Its socket listens here all the while, so that who asks in between waits and is not turned away; it is closed when
    the last server has ended, so that who asks then is told at once.
    """

    def __init__(self, settings: Settings, door: Door, listening: socket.socket) -> None:
        self._settings, self._door, self._listening = settings, door, listening
        self._turn, self._is_ending = threading.Lock(), False
        self.server = self._launch()

    def _launch(self) -> subprocess.Popen[bytes]:
        return _launch(self._settings, self._door, self._listening.dup(), **_FOR_A_COMMAND)

    def watch(self) -> None:
        """From now on start it again where it ends, a few times at most, until `end`."""
        threading.Thread(target=self._start_again, daemon=True).start()

    def _start_again(self) -> None:
        with self._listening, contextlib.suppress(OSError):  # nobody waits for an answer where it cannot be started
            for _ in range(_MOST_STARTS):
                self.server.wait()
                with self._turn:
                    if self._is_ending:
                        return
                    log.warning(_STARTED_AGAIN, extra={"send_to_api": False})  # this thread is of no flow run
                    self.server = self._launch()
            self.server.wait()

    def end(self) -> None:
        """Stop the server; it is not started again."""
        with self._turn:
            self._is_ending = True
            self.server.terminate()


def chosen_credentials(settings: Settings) -> str | None:
    """What the user wants a standing server to ask for, if anything."""
    return settings.tool_environment().get(_SERVER_AUTH)


def use_standing_server(settings: Settings) -> None:
    """Work with the server that PREFECT_API_URL names, or else with that of `entrepot serve`.

    Call it before prefect is imported. Raises EntrepotError where there is neither, and where it does not let us in.
    """
    door = _known_door(settings)
    if door is not None:
        settings.set_environment(**door.client_environment)
    elif "PREFECT_API_URL" not in settings.tool_environment():
        raise EntrepotError("No Prefect server is known: start `entrepot serve`, or name one by PREFECT_API_URL.")
    entry.require(settings)


def _known_door(settings: Settings) -> Door | None:
    """That of `entrepot serve`, unless PREFECT_API_URL names another server, or the user its credentials."""
    door, environment = standing_door(settings), settings.tool_environment()
    if door is None or {_CLIENT_AUTH, "PREFECT_API_URL"} <= environment.keys():
        return None
    return door if environment.get("PREFECT_API_URL", f"{door.address}/api") == f"{door.address}/api" else None


def _credentials(settings: Settings) -> str | None:
    """What `entrepot serve` asks for: what the user has set, or something new.

    Raises EntrepotError where other machines would reach the server and nobody chose what to ask them for.
    """
    if settings.serve_without_credentials:
        return None
    if chosen := chosen_credentials(settings):
        return chosen
    if not is_loopback(settings.host):
        raise EntrepotError(
            f"Other machines reach ENTREPOT_HOST={settings.host}: choose credentials for them with "
            f"{_SERVER_AUTH}=user:password, or let in everybody with ENTREPOT_SERVE_WITHOUT_CREDENTIALS=true."
        )
    return _new_credentials()


def _new_credentials() -> str:
    return f"entrepot:{secrets.token_urlsafe(24)}"


def _note(handle: IO[str], text: str) -> None:
    handle.seek(0)
    handle.truncate()
    handle.write(text)
    handle.flush()


def _lock_path(settings: Settings) -> Path:
    return settings.warehouse / ".serve.lock"


def _launch(settings: Settings, door: Door, listening: socket.socket, **more: str) -> subprocess.Popen[bytes]:
    """Start the process that will answer at `listening`, which is closed here."""
    keep_private(settings)
    told = [str(listening.fileno()), str(os.getpid()), *settings.host_names]
    command = [sys.executable, "-P", "-m", "flows.ui.prefect_server", *told]
    environment = settings.tool_environment(
        **door.client_environment,
        PREFECT_UI_URL=door.address,  # links in alerts
        PREFECT_UI_API_URL="/api",  # of the name by which the browser has found the UI
        PREFECT_SERVER_CORS_ALLOWED_ORIGINS=door.address,
        **more,
    )
    environment.pop(_SERVER_AUTH, None)
    if door.credentials is not None:
        environment[_SERVER_AUTH] = door.credentials
    with listening:
        return subprocess.Popen(
            command,
            env=environment,
            pass_fds=[listening.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; we stop the server when we have told it how the run ended
        )


def _wait(settings: Settings, door: Door, server: subprocess.Popen[bytes]) -> None:
    """Until the server answers. Raises EntrepotError where it does not; it is stopped then."""
    deadline = time.monotonic() + _START_SECONDS
    while not _healthy(door.address):
        if server.poll() is not None or time.monotonic() > deadline:
            server.terminate()
            raise EntrepotError(
                f"The Prefect server did not start at {door.address}; `{settings.tool('prefect')} version` says "
                "whether Prefect works at all."
            )
        time.sleep(0.1)


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
