"""What a release leaves to be read in a browser, over HTTP: a browser follows no link from the UI to a file."""

from __future__ import annotations

import base64
import hmac
import logging
import sys
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from flows.ledger import Ledger
from flows.releases import metrics
from flows.settings import Settings
from flows.ui.listening import address_of, listen
from flows.ui.own_host import NO_FOREIGN_FRAME, refusal

log = logging.getLogger("entrepot")

# Folders of warehouse/export that are pages. Parquet and the like are files to be opened, not to be shown.
SHOWN = ("site", "data_docs", "dbt_docs", "docs")


# What monitors ask for, at the paths they expect: whether it answers at all, and numbers.
WATCHED: dict[str, Callable[[Settings], str]] = {
    "/healthz": lambda settings: "ok\n",
    "/metrics": lambda settings: metrics.text(Ledger(settings)),
}


class _Handler(SimpleHTTPRequestHandler):
    """Files of the folders shown, to those who ask by a right name, and with the credentials if there are any; no lists
    of folders.
    """

    settings: Settings
    names: tuple[str, ...] = ()
    credentials: str | None = None
    timeout = 60  # seconds a reader may keep a connection without asking for anything

    def send_head(self) -> Any:
        """Refuse wrong names, readers without credentials, and what is not shown."""
        hosts = self.headers.get_all("Host") or []
        origins = self.headers.get_all("Origin") or []
        if why := refusal(hosts, origins, self.connection.getsockname()[0], self.names):
            self.send_error(why[0], why[1])
            return None
        if not self._is_let_in():
            self.send_error(HTTPStatus.UNAUTHORIZED)
            return None
        path = self.path.partition("?")[0]
        if path in WATCHED:
            self._tell(WATCHED[path](self.settings))
            return None
        asked = Path(self.translate_path(self.path)).relative_to(self.directory).parts  # without any `..`
        try:
            if asked[:1] in [(folder,) for folder in SHOWN]:
                return super().send_head()
        except ValueError:  # no file can be called so
            pass
        self.send_error(HTTPStatus.NOT_FOUND)
        return None

    def _tell(self, said: str) -> None:
        """Answer with a text made now."""
        body = said.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _is_let_in(self) -> bool:
        if self.credentials is None:
            return True
        given = self.headers.get("Authorization", "")
        wanted = f"Basic {base64.b64encode(self.credentials.encode()).decode()}"
        return hmac.compare_digest(given.encode("latin-1", "replace"), wanted.encode())

    def send_response(self, code: int, message: str | None = None) -> None:
        """The status line, and the headers of every answer."""
        super().send_response(code, message)
        self.send_header(*NO_FOREIGN_FRAME)
        if code == HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", 'Basic realm="Entrepot", charset="UTF-8"')

    def list_directory(self, path: Any) -> None:
        """None: a folder without an index is not found."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the library's
        """Nothing: reading a page is no event."""


class _Server(ThreadingHTTPServer):
    """A server that says nothing of a reader who has gone away in mid-answer."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """One line in the log for whatever else goes wrong with a request, and no traceback in the terminal."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            log.warning("A page could not be shown: %r", error)


def show_pages(settings: Settings, port: int, credentials: str | None = None) -> str:
    """Show the pages at a port of `settings.host` for as long as this process lives; their address.

    `credentials` (`user:password`) are asked for, where given. Raises EntrepotError where the port cannot be used.
    """
    own = {"settings": settings, "names": settings.host_names, "credentials": credentials}
    handler = partial(type("Handler", (_Handler,), own), directory=str(settings.export))
    server = _Server((settings.host, port), handler, bind_and_activate=False)
    server.socket.close()  # of IPv4, whatever the address
    server.socket = listen(settings.host, port, "ENTREPOT_PAGES_PORT")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return address_of(settings.host, port)
