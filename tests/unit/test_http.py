"""The polite session against a server that misbehaves on demand: each fault ends in the right state."""

from __future__ import annotations

import gzip
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from flows.errors import HttpFailed, KeyRefused, NotModified, QuotaExhausted, RateLimited
from flows.ledger import Ledger, utc_now
from flows.records import HostUse
from flows.settings import Settings
from flows.transport.http import Http

COMTRADE = "comtradeapi.un.org"
KEY = "0123456789abcdef-the-key"


@dataclass
class Reply:
    """One scripted answer; `sent` below the length of `body` cuts the connection there."""

    status: int = 200
    body: bytes = b'{"data": []}'
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    sent: int | None = None


class Server(ThreadingHTTPServer):
    """Gives the scripted answers one after the other, the last one for ever, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Reply] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.answer: Callable[[BaseHTTPRequestHandler], Reply] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.command, self.path, headers))
        if self.server.answer is not None:
            reply = self.server.answer(self)
        else:
            reply = self.server.script.pop(0) if len(self.server.script) > 1 else self.server.script[0]
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD" and reply.status != 304:
            self.wfile.write(reply.body[: reply.sent])
        if reply.sent is not None:
            self.close_connection = True

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.shutdown()


@dataclass
class Session:
    """A session whose waits are written down instead of waited."""

    http: Http
    waits: list[float]

    @property
    def ledger(self) -> Ledger:
        return self.http.ledger


def open_session(settings: Settings, server: Server, **changes: object) -> Session:
    waits: list[float] = []
    chosen = settings.model_copy(
        update={"stand_in": server.address, "http_timeout_seconds": 0.5, "http_tries": 3, **changes}
    )
    return Session(Http(chosen, Ledger(chosen), waits.append), waits)


@pytest.fixture
def session(settings: Settings, server: Server) -> Session:
    return open_session(settings, server)


URL = f"https://{COMTRADE}/data/v1/get/C/A/HS"


def test_an_address_goes_to_the_stand_in_with_the_publishers_host_and_an_agent(
    session: Session, server: Server
) -> None:
    server.script = [Reply()]
    answer = session.http.get(URL, {"period": "2021,2022", "cmdCode": "TOTAL"}, expect="json")
    assert answer.json() == {"data": []}
    ((method, path, headers),) = server.asked
    assert (method, path) == ("GET", f"/{COMTRADE}/data/v1/get/C/A/HS?period=2021,2022&cmdCode=TOTAL")
    assert headers["user-agent"].startswith("entrepot/")
    assert answer.url == f"{server.address}{path}"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_trouble_is_tried_again_with_longer_waits(session: Session, server: Server, status: int) -> None:
    server.script = [Reply(status), Reply(status), Reply()]
    assert session.http.get(URL).status == 200
    assert session.waits == [1.0, 2.0]


def test_retry_after_is_honoured_as_seconds_and_as_a_date(session: Session, server: Server) -> None:
    later = (utc_now() + timedelta(seconds=30)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    server.script = [Reply(429, headers={"Retry-After": "7"}), Reply(503, headers={"Retry-After": later}), Reply()]
    session.http.get(URL)
    assert session.waits[0] == 7
    assert 25 < session.waits[1] <= 30


def test_a_storm_of_429_ends_in_one_sentence(session: Session, server: Server) -> None:
    server.script = [Reply(429, b'{"message":"Rate limit is exceeded. Try again in 1 seconds."}')]
    with pytest.raises(RateLimited, match="too many requests") as caught:
        session.http.get(URL)
    assert len(server.asked) == 3
    assert "\n" not in str(caught.value)


def test_an_out_of_order_server_is_given_up_after_all_tries(session: Session, server: Server) -> None:
    server.script = [Reply(502, b"<html>Bad gateway</html>")]
    with pytest.raises(HttpFailed, match=r"out of order \(502\)"):
        session.http.get(URL)
    assert len(server.asked) == 3


def test_a_host_given_up_is_tried_once_until_it_answers_again(session: Session, server: Server) -> None:
    server.script = [Reply(502)]
    for tries in (3, 4, 5):
        with pytest.raises(HttpFailed):
            session.http.get(URL)
        assert len(server.asked) == tries
    with pytest.raises(HttpFailed):
        list(session.http.stream(URL))
    assert len(server.asked) == 6
    server.script = [Reply(), Reply(502), Reply()]
    session.http.get(URL)
    session.http.get(URL)
    assert len(server.asked) == 9


def test_a_refusal_is_not_repeated(session: Session, server: Server) -> None:
    server.script = [Reply(400, b'{"errorMessage":"period is not valid"}')]
    with pytest.raises(HttpFailed, match="period is not valid"):
        session.http.get(URL)
    assert len(server.asked) == 1


def test_the_daily_quota_closes_the_host_across_sessions_until_it_is_replenished(
    session: Session, server: Server, settings: Settings
) -> None:
    server.script = [Reply(403, b'{"message":"Out of call volume quota. Quota will be replenished in 03:14:17."}')]
    with pytest.raises(QuotaExhausted, match="partial, resume after") as caught:
        session.http.get(URL)
    left = caught.value.resume_at - utc_now()
    assert timedelta(hours=3, minutes=13) < left < timedelta(hours=3, minutes=15)
    with pytest.raises(QuotaExhausted):
        open_session(settings, server).http.get(URL)
    assert len(server.asked) == 1, "a closed host is not asked again"
    server.script = [Reply()]
    session.http.get("https://data-api.ecb.europa.eu/x")
    session.http.turns.close(COMTRADE, utc_now() - timedelta(seconds=1))
    session.http.get(URL)


def test_a_wait_beyond_the_longest_ends_the_run_of_the_source(session: Session, server: Server) -> None:
    server.script = [Reply(429, headers={"Retry-After": "5000"})]
    with pytest.raises(QuotaExhausted):
        session.http.get(URL)
    assert session.waits == []


STATUSES = [408, 425, 429, 500, 502, 503, 504, 599]
NEVER = "Thu, 01 Jan 2037 00:00:00 GMT"


@pytest.mark.parametrize("asked", ["86400", "315360000", "1" + "0" * 14, "9" * 400, "9" * 5000, NEVER])
@pytest.mark.parametrize("status", STATUSES)
def test_a_long_wait_is_not_waited_and_no_block_of_more_than_a_day_is_stored(
    session: Session, server: Server, status: int, asked: str
) -> None:
    server.script = [Reply(status, headers={"Retry-After": asked})]
    with pytest.raises(QuotaExhausted, match="partial, resume after") as caught:
        session.http.get(URL)
    assert (session.waits, len(server.asked)) == ([], 1)
    assert timedelta(hours=23) < caught.value.resume_at - utc_now() <= timedelta(days=1)
    assert session.http.turns.use(COMTRADE).closed_until == caught.value.resume_at


UNREADABLE = [
    "1e14", "\u00b2", "-5", "1.5", "0x10", "", "soon", "NaN", "1, 2", "Thu, 99 Jan 2037",
    "Thu, 01 Jan 2037 00:00:00 -9999",
]  # fmt: skip


@pytest.mark.parametrize("asked", UNREADABLE)
@pytest.mark.parametrize("status", STATUSES)
def test_a_wait_that_cannot_be_read_is_none(session: Session, server: Server, status: int, asked: str) -> None:
    server.script = [Reply(status, headers={"Retry-After": asked}), Reply()]
    assert session.http.get(URL).status == 200
    assert session.waits == [1.0]


def test_no_wait_is_longer_than_the_setting(settings: Settings, server: Server) -> None:
    session = open_session(settings, server, http_tries=9, http_longest_wait_seconds=5.0)
    server.script = [*[Reply(503, headers={"Retry-After": "5"})] * 8, Reply()]
    session.http.get(URL)
    assert session.waits == [5.0] * 8


@pytest.mark.parametrize("clock", ["99:99:99", "24:00:00"])
def test_a_quota_is_replenished_within_a_day_whatever_the_clock_says(
    session: Session, server: Server, clock: str
) -> None:
    said = f"Out of call volume quota. Quota will be replenished in {clock}."
    server.script = [Reply(403, said.encode())]
    with pytest.raises(QuotaExhausted) as caught:
        session.http.get(URL)
    assert caught.value.resume_at - utc_now() <= timedelta(days=1)


def test_a_block_until_another_age_that_an_earlier_version_stored_is_none(session: Session, server: Server) -> None:
    session.http.turns.close(COMTRADE, utc_now() + timedelta(days=3650))
    server.script = [Reply()]
    assert session.http.get(URL).status == 200


@pytest.mark.parametrize(
    ("changes", "budget"),
    [
        ({}, 250),
        ({"comtrade_key": SecretStr("")}, 250),
        ({"comtrade_key": SecretStr("a key")}, 500),
        ({"comtrade_key": SecretStr("a key"), "comtrade_requests_per_day": 600}, 600),
        ({"comtrade_requests_per_day": 600}, 250),
    ],
    ids=["preview", "empty key", "free key", "premium key", "premium without its key"],
)
def test_the_daily_budget_depends_on_the_key_and_is_kept_across_sessions(
    server: Server, settings: Settings, changes: dict[str, object], budget: int
) -> None:
    session = open_session(settings, server, **changes)
    asked = HostUse(host=COMTRADE, day=utc_now().date(), requests=budget - 1)
    session.http.turns._quotas._save(asked, session.http.turns._key(COMTRADE))
    server.script = [Reply()]
    session.http.get(URL)
    with pytest.raises(QuotaExhausted, match="resume after 00:00 UTC"):
        open_session(settings, server, **changes).http.get(URL)
    assert len(server.asked) == 1
    assert session.ledger.runs() == [], "the count lies beside the run records, not among them"


def test_a_revoked_key_is_named_and_never_shown(
    settings: Settings, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    session = open_session(settings, server, comtrade_key=SecretStr(KEY))
    server.script = [Reply(401, f'{{"message":"Access denied due to invalid subscription key {KEY}."}}'.encode())]
    with caplog.at_level(logging.DEBUG), pytest.raises(KeyRefused, match="subscription key") as caught:
        session.http.get(URL, secret_params={"subscription-key": KEY})
    assert f"subscription-key={KEY}" in server.asked[0][1]
    assert "***" in str(caught.value)
    assert KEY not in str(caught.value)
    assert KEY not in caplog.text
    assert caught.value.__cause__ is None
    server.script = [Reply()]
    assert KEY not in session.http.get(URL, secret_params={"key": KEY}).url


def test_a_key_is_not_carried_to_another_address(settings: Settings, server: Server) -> None:
    session = open_session(settings, server)
    server.script = [Reply(302, headers={"Location": "http://127.0.0.1:9/elsewhere"})]
    with pytest.raises(HttpFailed, match="302"):
        session.http.get(URL, secret_params={"key": KEY})


@pytest.mark.parametrize(
    "elsewhere", ["http://127.0.0.1:9/", "http://169.254.169.254/latest", "//[::1]/", "https://a.example/"]
)
def test_a_redirect_to_a_host_no_contract_names_is_not_followed(
    session: Session, server: Server, elsewhere: str
) -> None:
    server.script = [Reply(302, headers={"Location": elsewhere})]
    with pytest.raises(HttpFailed, match=f"{COMTRADE} redirects to .*not followed"):
        session.http.get(URL)
    assert len(server.asked) == 1


def test_a_redirect_on_the_same_host_is_followed(session: Session, server: Server) -> None:
    server.script = [Reply(302, headers={"Location": "/there"}), Reply()]
    assert session.http.get(URL).json() == {"data": []}


def test_a_web_page_with_status_200_is_no_data(session: Session, server: Server) -> None:
    page = Reply(200, b"<!DOCTYPE html><html>maintenance</html>")
    server.script = [page, Reply()]
    assert session.http.get(URL, expect="json").json() == {"data": []}
    server.script = [page]
    with pytest.raises(HttpFailed, match="web page where csv data was expected"):
        session.http.get(URL, expect="csv")
    with pytest.raises(HttpFailed, match="web page"):
        list(session.http.stream(URL, expect="binary"))
    assert session.http.get(URL, expect="html").status == 200


def test_a_cut_connection_is_tried_again(session: Session, server: Server) -> None:
    body = b'{"data": [1, 2, 3]}'
    server.script = [Reply(200, body, sent=6), Reply(200, body)]
    assert session.http.get(URL).content == body
    server.script = [Reply(200, body, sent=6)]
    with pytest.raises(HttpFailed, match="broke"):
        session.http.get(URL)


def test_a_truncated_gzip_answer_is_not_taken(session: Session, server: Server) -> None:
    packed, headers = gzip.compress(b'{"data": [1]}' * 100), {"Content-Encoding": "gzip"}
    server.script = [Reply(200, packed[:-9], headers), Reply(200, packed, headers)]
    assert session.http.get(URL).content == b'{"data": [1]}' * 100
    server.script = [Reply(200, packed[:-9], headers)]
    with pytest.raises(HttpFailed, match="cut off"):
        session.http.get(URL)


def test_a_silent_server_and_a_closed_port_end_in_one_sentence(session: Session, server: Server) -> None:
    release = threading.Event()

    def hang(_: BaseHTTPRequestHandler) -> Reply:
        release.wait(5)
        return Reply()

    server.answer = hang
    with pytest.raises(HttpFailed, match=r"was silent for 0\.5 s"):
        session.http.get(URL)
    release.set()
    away = session.http.settings.model_copy(update={"stand_in": "http://127.0.0.1:9"})
    with pytest.raises(HttpFailed, match="broke"):
        Http(away, Ledger(away), session.waits.append).get(URL)


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ({"ETag": "0x8DDA3D7FA42F612"}, {"if-none-match": "0x8DDA3D7FA42F612"}),
        ({"ETag": 'W/"abc"'}, {"if-none-match": 'W/"abc"'}),
        (
            {"Last-Modified": "Mon, 06 Oct 2025 08:00:00 GMT"},
            {"if-modified-since": "Mon, 06 Oct 2025 08:00:00 GMT"},
        ),
    ],
    ids=["ETag without quotes", "weak ETag", "date"],
)
def test_a_tag_comes_back_as_the_condition_it_is(
    session: Session, server: Server, headers: dict[str, str], asked: dict[str, str]
) -> None:
    server.script = [Reply(headers=headers), Reply(304, b"")]
    first = session.http.get(URL)
    with pytest.raises(NotModified):
        session.http.get(URL, unless=first.tag)
    sent = {name: value for name, value in server.asked[1][2].items() if name.startswith("if-")}
    assert sent == asked


def test_a_body_that_trickles_is_given_up(session: Session, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.transport.http._SLOW_AFTER_SECONDS", -1.0)
    slow = session.http.settings.model_copy(update={"http_slowest_bytes_per_second": 1e12})
    server.script = [Reply()]
    with pytest.raises(HttpFailed, match="too slowly"):
        Http(slow, Ledger(slow), session.waits.append).get(URL)


def test_what_has_not_changed_is_not_sent_again(session: Session, server: Server) -> None:
    server.script = [Reply(headers={"ETag": '"abc"'}), Reply(304, b"")]
    first = session.http.get(URL)
    assert first.tag == '"abc"'
    assert session.http.answered["etag"] == '"abc"'
    with pytest.raises(NotModified):
        session.http.get(URL, unless=first.tag)
    with pytest.raises(NotModified):
        list(session.http.stream(URL, unless=first.tag))
    assert [asked[2]["if-none-match"] for asked in server.asked[1:]] == ['"abc"', '"abc"']
    server.script = [Reply(headers={"Last-Modified": "Tue, 04 Nov 2025 10:00:00 GMT"})]
    tag = session.http.tag(URL)
    assert tag.startswith("Tue, 04 Nov 2025 10:00:00 GMT")
    session.http.get(URL, unless=tag)
    assert server.asked[-1][2]["if-modified-since"] == "Tue, 04 Nov 2025 10:00:00 GMT"
    assert [method for method, _, _ in server.asked] == ["GET", "GET", "GET", "HEAD", "GET"]


BODY = bytes(range(256)) * 40


def ranged(cuts: list[int], etags: list[str], supports_range: bool = True) -> Callable[[BaseHTTPRequestHandler], Reply]:
    def answer(request: BaseHTTPRequestHandler) -> Reply:
        etag = etags.pop(0) if len(etags) > 1 else etags[0]
        headers = {"ETag": etag, "Content-Type": "application/zip"}
        asked = request.headers.get("Range")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and supports_range else 0
        headers |= {"Content-Range": f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"} if start else {}
        return Reply(206 if start else 200, BODY[start:], headers, cuts.pop(0) if cuts else None)

    return answer


@pytest.mark.parametrize("supports_range", [True, False])
def test_a_download_goes_on_where_the_connection_broke(session: Session, server: Server, supports_range: bool) -> None:
    server.answer = ranged([1000, 2500 if supports_range else 3500], ['"v1"'], supports_range)
    assert b"".join(session.http.stream(URL, expect="binary")) == BODY
    starts = [headers.get("range") for _, _, headers in server.asked]
    assert starts == [None, "bytes=1000-", "bytes=3500-"]


def test_a_file_that_changes_during_the_download_is_not_patched_together(session: Session, server: Server) -> None:
    server.answer = ranged([1000], ['"v1"', '"v2"'])
    with pytest.raises(HttpFailed, match="changed"):
        list(session.http.stream(URL))


def test_a_download_that_gets_nowhere_is_given_up(session: Session, server: Server) -> None:
    server.answer = ranged([1000, 0, 0, 0, 0], ['"v1"'])
    with pytest.raises(HttpFailed, match="broke"):
        list(session.http.stream(URL))


def test_requests_to_one_host_keep_their_distance(settings: Settings, server: Server) -> None:
    waits: list[float] = []
    http = Http(settings, Ledger(settings), waits.append)
    server.script = [Reply()]
    host = server.address.removeprefix("http://")
    (contract, *_) = http.turns._contracts[COMTRADE]
    http.turns._contracts[host] = [contract, contract.model_copy(update={"seconds_between_requests": 30.0})]
    http.get(f"{server.address}/a")
    http.get(f"{server.address}/b")
    assert len(waits) == 1
    assert 29 < waits[0] <= 30


def test_the_key_is_in_no_file_of_the_warehouse(settings: Settings, server: Server) -> None:
    session = open_session(settings, server, comtrade_key=SecretStr(KEY))
    server.script = [Reply()]
    session.http.get(URL, headers={"Ocp-Apim-Subscription-Key": KEY})
    files = [
        path for path in Path(settings.warehouse).parent.rglob("*") if path.is_file() and "bundled" not in path.parts
    ]
    assert files
    assert all(KEY not in path.read_text(encoding="utf-8") for path in files)
