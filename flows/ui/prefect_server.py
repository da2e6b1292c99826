"""The process of a Prefect server of ours: `python -P -m flows.ui.prefect_server FD PARENT [NAME ...]`.

`prefect server start` checks no Host and leaves its database readable by all users of the machine, and no setting of
Prefect's changes that. FD is a socket that listens already: nobody else can take the port meanwhile. It ends with the
process PARENT, which has started it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys

import uvicorn

from flows.machine import end_with_parent, keep_in_memory
from flows.ui.own_host import OwnHostOnly
from flows.ui.tries_again import TriesAgain


def main(arguments: list[str]) -> None:
    """Serve until told to end."""
    end_with_parent(signal.SIGTERM, parent=int(arguments[1]))
    keep_in_memory()
    from prefect.settings import PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED, get_current_settings, temporary_settings

    from flows.ui import prefect_database

    os.umask(0o077)  # before the database is made
    prefect_database.prepare()
    listening = socket.socket(fileno=int(arguments[0]))
    server = get_current_settings().server
    # a server without a UI is asked for no new automations: it starts what looks after them where there are some
    looks = server.ui.enabled or prefect_database.has_automations()
    without = {PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED: False}
    with contextlib.nullcontext() if looks else temporary_settings(without):
        serve(listening, arguments[2:])


def serve(listening: socket.socket, names: list[str]) -> None:
    """Serve by the settings at hand, under these names besides the address, until told to end."""
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    api = get_current_settings().server.api
    config = uvicorn.Config(
        OwnHostOnly(TriesAgain(create_app(final=True)), names),
        log_level="critical",
        timeout_keep_alive=api.keepalive_timeout,
        ws_ping_interval=api.websocket_ping_interval,
        ws_ping_timeout=api.websocket_ping_timeout,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1:])
