"""The book of questions: every query answers, in the world it names, what stands under it."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.conftest import Home
from tests.query_book import BOOK, WORLDS, Question, answered, questions
from tests.worlds import Shown

QUESTIONS = questions()
ASKED = [
    pytest.param(question, id=question.number, marks=[pytest.mark.e2e] if question.world == "demo" else [])
    for question in QUESTIONS
]


@pytest.fixture(scope="module")
def bundled(published: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def demo(shown: Shown) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(shown.settings.published), read_only=True) as con:
        yield con


def test_no_query_of_the_book_is_skipped() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in BOOK.glob("*.sql"))
    assert len(QUESTIONS) == text.count("-- World: ") == text.count(";\n") >= 40
    assert {question.world for question in QUESTIONS} == set(WORLDS)
    assert len({question.number for question in QUESTIONS}) == len(QUESTIONS)


def test_questions_are_numbered_by_their_file() -> None:
    for file in BOOK.glob("*.sql"):
        chapter = file.name.partition("_")[0]
        numbers = [question.number for question in QUESTIONS if question.file == file]
        assert numbers == [f"{chapter}.{place + 1}" for place in range(len(numbers))], file.name


@pytest.mark.parametrize("question", ASKED)
def test_a_question_has_the_answer_of_the_book(question: Question, request: pytest.FixtureRequest) -> None:
    con: duckdb.DuckDBPyConnection = request.getfixturevalue(question.world)
    answer = answered(con, question.query)
    assert answer == question.answer
    assert answer.count("\n") > 1, "an answer has rows"
