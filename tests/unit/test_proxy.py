"""Proxies come from the environment; what lies on this machine is asked directly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from flows.errors import HttpFailed
from flows.ledger import Ledger
from flows.settings import Settings
from flows.transport.http import Http


class Handler(BaseHTTPRequestHandler):
    """Answers every request and keeps what stood in its first line."""

    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{running.server_port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield running
        running.shutdown()


def test_publishers_are_asked_through_the_proxy_of_the_environment(settings: Settings, proxy: Server) -> None:
    assert Http(settings, Ledger(settings)).get("http://publisher.invalid/data").content == b"ok"
    assert proxy.asked == ["http://publisher.invalid/data"], "the whole address, as a proxy is asked"


def test_what_lies_on_this_machine_is_asked_directly(settings: Settings, proxy: Server) -> None:
    with Server() as local:
        threading.Thread(target=local.serve_forever, args=(0.01,), daemon=True).start()
        for name in ("127.0.0.1", "localhost"):
            Http(settings, Ledger(settings)).get(f"http://{name}:{local.server_port}/data")
        local.shutdown()
    assert local.asked == ["/data", "/data"]
    assert proxy.asked == []


def test_the_proxy_can_be_switched_off(settings: Settings, proxy: Server) -> None:
    direct = settings.model_copy(update={"http_proxies_from_environment": False, "http_tries": 1})
    with pytest.raises(HttpFailed, match=r"publisher\.invalid broke"):
        Http(direct, Ledger(direct)).get("http://publisher.invalid/data")
    assert proxy.asked == []
