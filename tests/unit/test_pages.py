"""The pages of a release over HTTP: only what is a page, only to this machine."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from flows.pages import show_pages
from flows.settings import Settings
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
    ("path", "host"),
    [
        ("/parquet/core.parquet", None),
        ("/data_docs/../parquet/core.parquet", None),
        ("/data_docs/%2e%2e/parquet/core.parquet", None),
        ("/data_docs/more/", None),
        ("/", None),
        ("/data_docs/index.html", "pages.example.org"),
    ],
)
def test_nothing_else_is(address: str, path: str, host: str | None) -> None:
    request = urllib.request.Request(f"{address}{path}", headers={"Host": host} if host else {})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert refusal.value.code == 404
