"""Whoever reads a file of the warehouse stays within the memory and the cores that the settings allow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.test_imports import PYTHON, module_name

# They ask for a few rows of small tables, or for the catalog alone.
READ_LITTLE = {
    "flows.doctor.release_files", "flows.releases.licence", "flows.steps.auditing.report",
    "flows.steps.building.blocks", "flows.steps.building.corrections", "flows.steps.building.start",
}  # fmt: skip


def unlimited(path: Path) -> Iterator[int]:
    """Lines where a file is opened without a config."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "duckdb.connect"
            and node.args
            and ast.unparse(node.args[0]) != "':memory:'"
            and not any(keyword.arg == "config" for keyword in node.keywords)
        ):
            yield node.lineno


def test_files_are_opened_within_the_limits_of_the_settings() -> None:
    found = {module_name(path): lines for path in PYTHON if (lines := list(unlimited(path)))}
    assert {name: lines for name, lines in found.items() if name not in READ_LITTLE} == {}
    assert set(found) == READ_LITTLE
