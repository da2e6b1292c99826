"""One form of the apostrophe a place: straight in messages and in the terminal, typographic on the page."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import pytest

from flows.cli import terminal
from flows.cli.terminal import Screen
from flows.read.published import Answer
from flows.settings import ROOT

TYPOGRAPHIC = "\u2019"
# The page, words of a release, and patterns of what files hold.
ELSEWHERE = (
    "flows/exports/site",
    "flows/read/wording",
    "flows/formats/figures.py",
    "flows/inbox/own",
    "flows/sources/gacc",
)
PYTHON = sorted(
    path
    for folder in ("flows", "expectations")
    for path in (ROOT / folder).rglob("*.py")
    if not str(path.relative_to(ROOT)).startswith(ELSEWHERE) and path.name != "terminal.py"
)


def texts(path: Path) -> list[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_message_and_no_help_has_a_typographic_one(path: Path) -> None:
    assert [text for text in texts(path) if TYPOGRAPHIC in text] == []


def test_sentences_of_a_release_are_printed_with_straight_ones() -> None:
    screen = Screen(file=io.StringIO(), width=80)
    screen.print("China\u2019s figures; the Netherlands\u2019 report")
    assert isinstance(screen.file, io.StringIO)
    assert screen.file.getvalue() == "China's figures; the Netherlands' report\n"


def test_a_query_answers_what_is_stored(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.show_answer(Answer(["area_name"], [("C\u00f4te d\u2019Ivoire",)]), "table")
    assert "C\u00f4te d\u2019Ivoire" in capsys.readouterr().out
