"""Tasks of a stranger on the page: each done as docs/how-to/ten-questions.md says, in as many clicks as it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from flows.settings import ROOT
from tests.conftest import Home

DRAWN = "document.querySelectorAll('.draw').length === document.querySelectorAll('.draw[data-drawn] svg').length"
TABLE = re.findall(
    r"^\| (.+?) \| .+ \| (\d+) (click|quer)", (ROOT / "docs/how-to/ten-questions.md").read_text("utf-8"), flags=re.M
)
AT_MOST = 3


class Stranger:
    """Somebody at the page who counts what it takes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def take(self, box: str, name: str) -> None:
        """Type a name and take it with Enter."""
        self.clicks += 1
        self.page.locator(box).fill(name)
        self.page.keyboard.press("Enter")


def last_trade(stranger: Stranger) -> str:
    stranger.take("#other", "Korea")
    stranger.page.locator("h1", has_text="China and South Korea").wait_for()
    return stranger.page.locator("#lead .sub").inner_text()


def source(stranger: Stranger) -> str:
    stranger.click(stranger.page.locator("section#turnover .say .source").first)
    return stranger.page.locator(".card:popover-open").inner_text()


def place(stranger: Stranger) -> str:
    stranger.click(stranger.page.locator("nav a[href='#ranks']"))
    stranger.click(stranger.page.locator(".takes[data-chart=rank-of-rus-for-chn] [data-view]"))
    return stranger.page.locator("figure#rank-of-rus-for-chn table").inner_text()


def series(stranger: Stranger) -> str:
    with stranger.page.expect_download() as download:
        stranger.click(stranger.page.locator("[data-chart=turnover-by-year] [data-take=csv]"))
    return Path(download.value.path()).read_text(encoding="utf-8")


def partners(stranger: Stranger) -> str:
    stranger.click(stranger.page.locator("nav a[href='#partners']"))
    stranger.click(stranger.page.locator(".takes[data-chart=partners-of-chn] [data-view]"))
    return stranger.page.locator("figure#partners-of-chn table").inner_text()


TASKS: list[tuple[Callable[[Stranger], str], tuple[str, ...]]] = [
    (last_trade, ("traded", "bn USD", "report")),
    (source, ("Publisher", "Licence", "https://")),
    (place, ("Best", "Worst", "2023", "6", "12")),
    (series, ("2021", "146.887", "citation")),
    (partners, ("United States", "688.3", "South Korea")),
]


@pytest.fixture
def stranger(chromium: Browser, published: Home) -> Iterator[Stranger]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto((published.settings.export / "site" / "index.html").resolve().as_uri())
    page.wait_for_function(DRAWN)
    yield Stranger(page)
    context.close()


def test_ten_tasks_are_told_and_none_takes_more_than_three() -> None:
    assert len(TABLE) == 10
    assert [how for _, _, how in TABLE] == ["click"] * 5 + ["quer"] * 5
    assert max(int(takes) for _, takes, _ in TABLE) <= AT_MOST


@pytest.mark.parametrize("number", range(len(TASKS)), ids=[task.__name__ for task, _ in TASKS])
def test_a_task_takes_what_is_said(stranger: Stranger, number: int) -> None:
    task, answers = TASKS[number]
    said = task(stranger)
    assert [answer for answer in answers if answer not in said] == []
    assert stranger.clicks == int(TABLE[number][1])
