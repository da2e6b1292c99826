"""What a release leaves to be read in a browser, over HTTP: a browser follows no link from the UI to a file."""

from __future__ import annotations

import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from flows.settings import Settings

# Folders of warehouse/export that are pages. Parquet and the like are files to be opened, not to be shown.
SHOWN = ("site", "data_docs", "dbt_docs", "docs")


class _Handler(SimpleHTTPRequestHandler):
    """Files of the folders shown, to readers of this machine; no lists of folders."""

    def send_head(self) -> Any:
        """Refuse what is not shown, and names other than this machine's, by which a foreign page could ask."""
        name = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        asked = Path(self.translate_path(self.path)).relative_to(self.directory).parts  # without any `..`
        own = cast(tuple[str, int], self.server.server_address)[0]
        if asked[:1] not in [(folder,) for folder in SHOWN] or name not in ("localhost", own):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def list_directory(self, path: Any) -> None:
        """None: a folder without an index is not found."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the library's
        """Nothing: reading a page is no event."""


def show_pages(settings: Settings, port: int) -> str:
    """Show the pages at a port of `settings.host` for as long as this process lives; their address."""
    handler = partial(_Handler, directory=str(settings.export))
    server = ThreadingHTTPServer((settings.host, port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://{settings.host}:{port}"
