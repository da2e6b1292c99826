"""A Prefect server that is not there, is none, or does not let us in: one sentence that says what to set."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from flows import recording
from flows.cli import run_commands
from flows.errors import EntrepotError
from flows.ledger import Ledger
from flows.settings import Settings
from flows.transport import server_trouble
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


OF_OURS = "Its database is in {home}: if that disk is full, make room; then try again."
FAILED = httpx.HTTPStatusError(
    "Server error",
    request=httpx.Request("POST", "http://127.0.0.1:1/api/flow_runs/"),
    response=httpx.Response(500, request=httpx.Request("POST", "http://127.0.0.1:1/api/flow_runs/")),
)


@pytest.mark.parametrize(
    ("url", "error", "said"),
    [
        ("http://127.0.0.1:1/api", FAILED, "Prefect's server could not record the run (500 Internal Server Error)."),
        ("https://desk.example/api", FAILED, "The Prefect server at https://desk.example/api could not record the run"),
        ("http://127.0.0.1:1/api", httpx.ConnectError("refused"), "Prefect's server no longer answers (refused);"),
        ("http://127.0.0.1:1/api", httpx.ReadTimeout(""), "Prefect's server no longer answers (ReadTimeout);"),
    ],
)
def test_a_server_that_fails_while_a_run_is_recorded_ends_the_command_with_a_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str, error: httpx.HTTPError, said: str
) -> None:
    """Where its disk was full, a traceback of a hundred lines did."""
    monkeypatch.setenv("PREFECT_API_URL", url)
    monkeypatch.setattr(run_commands, "get_settings", lambda: settings)

    def flow() -> str:
        raise error

    with pytest.raises(EntrepotError) as stopped:
        run_commands._recorded(flow)
    assert str(stopped.value).startswith(said)
    assert str(stopped.value).endswith("try again. `entrepot status` says what is published.")
    is_about_our_disk = OF_OURS.format(home=settings.prefect_home) in str(stopped.value)
    assert is_about_our_disk is (error is FAILED and "127.0.0.1" in url)


def test_it_is_on_the_record_of_the_run_in_the_same_sentence(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")

    def fail(*_: object) -> None:
        raise FAILED

    monkeypatch.setattr(recording, "describe", fail)
    with pytest.raises(httpx.HTTPStatusError):
        recording.recorded(ledger, "run", fail)
    (run,) = ledger.runs()
    assert (run.state, run.message) == ("failed", server_trouble.failure(settings, FAILED))
    assert caplog.messages[-1].endswith("could not be left in the Prefect UI: 500 Internal Server Error")
