"""Functions are small enough to hold in the head (CONTRIBUTING.md, Rules)."""

from __future__ import annotations

import ast

import pytest

from flows.settings import ROOT
from tests.architecture.test_imports import PYTHON

LONGEST = 60  # lines


def too_long(text: str) -> list[str]:
    """The functions of a module that are longer."""
    return [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST
    ]


@pytest.mark.parametrize(("lines", "found"), [(LONGEST, []), (LONGEST + 1, ["f"])])
def test_a_function_that_is_too_long_is_found(lines: int, found: list[str]) -> None:
    assert too_long("def f():\n" + "    g()\n" * (lines - 1)) == found


def test_no_function_is_over_sixty_lines() -> None:
    found = {path.relative_to(ROOT).as_posix(): too_long(path.read_text(encoding="utf-8")) for path in PYTHON}
    assert {path: names for path, names in found.items() if names} == {}
