"""A Prefect server that is not there, is none, or does not let us in: one sentence that says what to set."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from flows.errors import EntrepotError
from flows.settings import Settings
from flows.ui import entry
from tests.serving import free_port

_WANTED = f"Basic {base64.b64encode(b'desk:chosen').decode()}"


class Prefect(BaseHTTPRequestHandler):
    """Answers where Prefect does, to those with the credentials."""

    def do_GET(self) -> None:
        is_let_in = self.headers.get("Authorization") == _WANTED
        found = 200 if is_let_in else 401
        self.send_response(found if self.path == "/api/admin/version" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the library's
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Prefect)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def refusal(settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str, credentials: str = "") -> str:
    """What is said of it; an empty text where it lets us in."""
    monkeypatch.setenv("PREFECT_API_URL", url)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", credentials)
    try:
        entry.require(settings)
    except EntrepotError as error:
        return str(error)
    return ""


def test_the_right_credentials_are_let_in(settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    assert refusal(settings, monkeypatch, f"{address}/api", "desk:chosen") == ""


@pytest.mark.parametrize(("credentials", "said"), [("", "asks for credentials"), ("a:b", "does not accept the")])
def test_missing_and_wrong_credentials_are_told_apart(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str, credentials: str, said: str
) -> None:
    told = refusal(settings, monkeypatch, f"{address}/api", credentials)
    assert said in told
    assert told.endswith(
        "set PREFECT_API_AUTH_STRING to what it was started with in PREFECT_SERVER_API_AUTH_STRING (user:password)."
    )
    assert "a:b" not in told


def test_an_address_without_api_and_one_where_nobody_is_are_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    assert refusal(settings, monkeypatch, address).startswith(f"{address} answers with status 404, as no Prefect")
    nobody = f"http://127.0.0.1:{free_port()}/api"
    assert refusal(settings, monkeypatch, nobody).startswith(f"No Prefect server answers at {nobody} ([Errno")
    assert refusal(settings, monkeypatch, "trade").startswith("No Prefect server answers at trade (")


def test_certificates_that_cannot_be_read_are_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_SSL_CERT_FILE", "/nowhere/authority.pem")
    told = refusal(settings, monkeypatch, f"https://127.0.0.1:{free_port()}/api")
    assert told.startswith("PREFECT_API_SSL_CERT_FILE names /nowhere/authority.pem, which has no certificates to read")
