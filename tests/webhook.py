"""Somebody's webhook, and the notification block that calls it, as made under Blocks in the UI."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.serving import Api, wait_for
from tests.team import Team


@dataclass(frozen=True)
class Webhook:
    """What it was sent, one text after the other, and the block for `entrepot alert`."""

    heard: list[str]
    block: str = "custom-webhook/desk"

    def hears(self, of: str, seconds: float = 30) -> str:
        """The first text that says `of`, now or soon."""
        told: list[str] = wait_for(lambda: [each for each in self.heard if of in each], seconds)
        return told[0]


@contextlib.contextmanager
def webhook(api: Api) -> Iterator[Webhook]:
    """One that listens while it is open."""
    made = Webhook([])

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.heard.append(said["text"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the library's
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    Thread(target=listener.serve_forever, daemon=True).start()
    kind = api.call("GET", "/block_types/slug/custom-webhook")["id"]
    (schema,) = api.call("POST", "/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [kind]}}})
    url = f"http://127.0.0.1:{listener.server_address[1]}/"
    data = {"name": "desk", "url": url, "json_data": {"text": "{{subject}}: {{body}}"}}
    document = {"name": "desk", "block_type_id": kind, "block_schema_id": schema["id"], "data": data}
    api.call("POST", "/block_documents/", document)
    try:
        yield made
    finally:
        listener.shutdown()


@contextlib.contextmanager
def notified(team: Team) -> Iterator[Webhook]:
    """The webhook of a team whose server is told to notify it."""
    with webhook(team.api) as made:
        done = team.entrepot("alert", made.block)
        assert done.returncode == 0, done.stderr
        yield made
