"""`python -m bi.superset` brings Superset up over the published warehouse; `python -m bi.superset stop` ends it."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import socket
import sys
from pathlib import Path
from typing import Any

import duckdb

from bi.superset import process
from bi.superset.assets import assets
from bi.superset.imported import replace
from bi.superset.users import admin, reader
from flows.errors import EntrepotError
from flows.settings import Settings, get_settings

HOST = "127.0.0.1"
_PID = "superset.pid"


def main(arguments: list[str]) -> int:
    """Start or stop, and return the exit code."""
    try:
        settings = get_settings()
    except EntrepotError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments == ["stop"]:
        print("Superset ends." if process.stop(settings.superset / _PID) else "Superset is not running.")
        return 0
    if reason := hindrance(settings):
        print(reason, file=sys.stderr)
        return 1
    os.umask(0o077)  # its database has the names of users and the hashes of their passwords
    settings.superset.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.set_environment(SUPERSET_CONFIG_PATH=str(Path(__file__).with_name("superset_config.py")))
    print("Preparing Superset; the first time this takes about a minute.", flush=True)
    with contextlib.redirect_stdout(io.StringIO()):  # its migrations talk of what they found nothing of
        app, password, gone = prepare(settings)
    for name in gone:
        print(f"Removed, since bi/superset has it no longer: {name}", flush=True)
    print(f"Superset is at http://{HOST}:{settings.superset_port}/dashboard/list/ as user admin", flush=True)
    if password:
        print(f"Password (shown this once): {password}", flush=True)
    print("Ctrl-C ends it, or: make superset-stop", flush=True)
    serve(app, settings)
    return 0


def hindrance(settings: Settings) -> str | None:
    """Why Superset cannot start, and what to do; None where it can."""
    if not settings.published.exists():
        return f"There is no published warehouse at {settings.published}; `make run` builds one."
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, settings.superset_port))
        except OSError:
            return (
                f"Port {settings.superset_port} is taken; end what uses it, or set ENTREPOT_SUPERSET_PORT to another."
            )
    with duckdb.connect(str(settings.published), read_only=True) as con:
        try:
            assets("", {}, con)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            return f"The published release lacks what the dashboards show; `make run` makes a new one. {error}"
    return None


def prepare(settings: Settings) -> tuple[Any, str | None, list[str]]:
    """Superset's application, all of its own in place; the password if just made; the names of what was removed."""
    logging.disable(logging.WARNING)  # its remarks on optional packages are no news to whoever starts it
    from superset.app import create_app  # reads the configuration when imported

    app = create_app()
    with app.app_context():
        from flask_migrate import upgrade
        from superset.extensions import appbuilder, db

        upgrade()
        appbuilder.add_permissions(update_perms=True)
        appbuilder.sm.sync_role_definitions()
        password = admin(settings, appbuilder.sm)
        reader(settings, appbuilder.sm)
        gone = import_assets(settings, appbuilder.sm)
        db.session.remove()
        db.engine.dispose()
    logging.disable(logging.NOTSET)
    return app, password, gone


def import_assets(settings: Settings, security: Any) -> list[str]:
    """Bring in the dashboards of this folder, replacing what an earlier start brought in; names what was removed."""
    from flask import current_app, g

    g.user = security.find_user(username="admin")
    config = current_app.config
    with duckdb.connect(str(settings.published), read_only=True) as con:
        files = assets(config["WAREHOUSE_URI"], config["READ_ONLY"], con)
    return replace(settings.superset, files)


def serve(app: Any, settings: Settings) -> None:
    """Answer on loopback until ended."""
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for key, value in {
                "bind": f"{HOST}:{settings.superset_port}",
                "workers": 1,
                "worker_class": "gthread",
                "threads": 8,
                "timeout": 120,
                "loglevel": "warning",
                "preload_app": True,
            }.items():
                self.cfg.set(key, value)

        def load(self) -> Any:
            return app

    process.note(settings.superset / _PID)
    try:
        Server().run()
    finally:
        (settings.superset / _PID).unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
