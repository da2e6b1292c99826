"""The pages of a release over HTTP: only what is a page, only to who asks by the right name."""

from __future__ import annotations

import base64
import socket
import struct
import threading
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from flows.settings import Settings
from flows.ui.pages import show_pages
from tests.serving import free_port


@pytest.fixture
def address(settings: Settings) -> str:
    for folder, name in (("data_docs", "index.html"), ("parquet", "core.parquet")):
        (settings.export / folder).mkdir(parents=True)
        (settings.export / folder / name).write_text("shown", encoding="utf-8")
    (settings.export / "data_docs" / "more").mkdir()
    return show_pages(settings, free_port())


def test_a_page_is_shown(address: str) -> None:
    with urllib.request.urlopen(f"{address}/data_docs/index.html") as answer:
        assert answer.read() == b"shown"


@pytest.mark.parametrize(
    "path",
    [
        "/parquet/core.parquet",
        "/data_docs/../parquet/core.parquet",
        "/data_docs/%2e%2e/parquet/core.parquet",
        "/data_docs/more/",
        "/data_docs/%00",
        "/data_docs/%ed%a0%80",
        "/",
    ],
)
def test_nothing_else_is(address: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{address}{path}")
    assert refusal.value.code == 404


def first_line(address: str, *headers: str) -> str:
    """The status line for a page, asked for with exactly these headers."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=10) as connection:
        connection.sendall("\r\n".join(["GET /data_docs/index.html HTTP/1.1", *headers, "", ""]).encode("latin-1"))
        return connection.makefile("r", encoding="latin-1").readline()


@pytest.mark.parametrize(
    "hosts",
    [
        ["pages.example.org"], ["127.0.0.1.example.org"], ["localhost.example.org:80"], ["127.0.0.2"], ["[::1"], ["[]"],
        ["["], ["]"], ["localhost:x"], ["localhost:1:2"], ["user@localhost"], ["localhost/"], ["\xff\xfe"], [""], [],
        ["localhost", "pages.example.org"], ["pages.example.org", "localhost"], ["0x7f.1"], ["2130706433"],
    ],
    ids=str,
)  # fmt: skip
def test_by_another_name_nothing_is(address: str, hosts: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert " 421 " in first_line(address, *(f"Host: {host}" for host in hosts))
    assert capfd.readouterr().err == "", "a broken header is no event"


def test_a_page_of_another_origin_gets_nothing(address: str) -> None:
    own = urlsplit(address).netloc
    assert " 200 " in first_line(address, f"Host: {own}", f"Origin: {address}")
    for origin in ("http://example.org", "null", f"http://{own}.example.org", "http://127.0.0.1:1"):
        assert " 403 " in first_line(address, f"Host: {own}", f"Origin: {origin}")
        assert " 403 " in first_line(address, f"Host: {own}", f"Origin: http://{own}", f"Origin: {origin}")


def test_on_all_addresses_that_of_the_connection_is_right_and_the_names_that_were_given(settings: Settings) -> None:
    (settings.export / "data_docs").mkdir(parents=True)
    (settings.export / "data_docs" / "index.html").write_text("shown", encoding="utf-8")
    public = settings.model_copy(update={"host": "0.0.0.0", "host_names": ("trade.example.org",)})
    address = show_pages(public, free_port(), "desk:secret")
    given = f"Authorization: Basic {base64.b64encode(b'desk:secret').decode()}"
    for host in ("127.0.0.1", "localhost", "trade.example.org", "Trade.Example.Org:8080"):
        assert " 200 " in first_line(address, f"Host: {host}", given)
    for host in ("0.0.0.0", "example.org", "127.0.0.2"):
        assert " 421 " in first_line(address, f"Host: {host}", given)
    for wrong in ((), ("Authorization: Basic !",), ("Authorization: Bearer desk:secret",), ("Authorization: \xff",)):
        assert " 401 " in first_line(address, "Host: localhost", *wrong)


def test_a_reader_who_goes_away_leaves_no_traceback(
    settings: Settings, address: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    page = settings.export / "data_docs" / "index.html"
    page.write_bytes(b" " * 20_000_000)
    parts = urlsplit(address)
    before = set(threading.enumerate())
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=10) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, and no farewell
        connection.sendall(f"GET /data_docs/index.html HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        assert connection.recv(1000).startswith(b"HTTP/1.0 200")
        answering = set(threading.enumerate()) - before
    for thread in answering:
        thread.join(timeout=10)
    assert answering
    assert capfd.readouterr().err == ""
    assert caplog.text == ""
