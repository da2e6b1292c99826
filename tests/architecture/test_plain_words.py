"""What people read has the words of docs/reference/style.md, not those it replaces."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from flows.settings import ROOT

STYLE = ROOT / "docs" / "reference" / "style.md"
ENTITIES = STYLE.with_name("entities.md")  # made of names of columns
OLD = re.compile(
    r"\bpass(ed)? on\b|\blast good\b[^.]*\bstands? in\b|\bgoes on (there|where|when)\b|\b(is|are|be) told\b"
    r"|\bof (your|one's) own\b|\bat hand\b|\b[Tt]urnover\b(?! *[|`(])|\b[Ss]urely\b|\b[Cc]areless\b|\b[Pp]erimeters?\b"
    r"|\bmended\b|\bput right\b|\bopen years?\b|\bsuch rows?\b, "
    r"|(?<![Tt]here )\b(?:is|are) no (?:comtrade of an )?(?:area|archive|backup|column|date|day|economy|figure|file"
    r"|frequency|list|number|part|period|record|report|source|table|text|total)s?\b"
)
CODE = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)|\{[{%].*?[%}]\}|<[^>]*>", re.DOTALL)
PAGES = [
    ROOT / "README.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if path not in (STYLE, ENTITIES)),
    *sorted((ROOT / "flows" / "exports" / "site" / "templates").glob("*.html")),
]


def old_words(text: str) -> list[str]:
    """The words of the left column in a text, outside code, addresses and templates."""
    return [found[0] for found in OLD.finditer(CODE.sub(" ", text))]


def test_the_left_column_is_what_is_looked_for() -> None:
    rows = re.findall(r"^\| (.*?) \| (.*?) \|$", STYLE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert len(rows) > 10
    assert [left for left, _ in rows if not set(left) <= {"-", "|"} and not old_words(left)] == []
    assert [right for _, right in rows if old_words(right)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_has_the_words_of_the_style(page: Path) -> None:
    assert old_words(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("book", sorted((ROOT / "queries").glob("*.sql")), ids=lambda path: path.name)
def test_the_questions_have_them_too(book: Path) -> None:
    asked = [line for line in book.read_text(encoding="utf-8").splitlines() if re.match(r"-- \d", line)]
    assert asked
    assert [line for line in asked if old_words(line)] == []


def sentences(path: Path) -> list[str]:
    """The texts of a module that a person reads: of several words on one line, and no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documentation)
    return [text for text in texts if isinstance(text, str) and " " in text and "\n" not in text]


def descriptions(node: object) -> list[str]:
    """The descriptions of tables and columns below a node of dbt's YAML, but for the columns a grain is made of."""
    if isinstance(node, list):
        return [text for each in node for text in descriptions(each)]
    if not isinstance(node, dict):
        return []
    own = [str(node["description"]).partition("Grain:")[0]] if "description" in node else []
    return own + [text for each in node.values() for text in descriptions(each)]


def test_the_dictionary_has_the_words_of_the_style() -> None:
    files = [
        path
        for folder in ("core", "marts", "meta")
        for path in sorted((ROOT / "dbt_project" / "models" / folder).rglob("*.yml"))
        if "unit_tests" not in path.name
    ]
    said = {(path.name, text) for path in files for text in descriptions(yaml.safe_load(path.read_text("utf-8")))}
    assert len(said) > 500
    assert sorted((name, old_words(text), text) for name, text in said if old_words(text)) == []


@pytest.mark.parametrize("folder", ["flows", "expectations", "bi"])
def test_what_the_page_and_the_terminal_say_has_them_too(folder: str) -> None:
    said = {path: sentences(path) for path in sorted((ROOT / folder).rglob("*.py"))}
    assert any(said.values())
    found = {(path.name, text) for path, texts in said.items() for text in texts if old_words(text)}
    assert sorted(found) == []
