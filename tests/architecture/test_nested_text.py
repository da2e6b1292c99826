"""No text of a template opens inside a text of SQL: the formatter takes it for SQL and puts blanks into it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.settings import ROOT

TOKEN = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|--[^\n]*|'(?:[^'{]|\{(?![{%])|\{\{.*?\}\}|\{%.*?%\})*'", re.DOTALL)
TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
SQL = sorted((ROOT / "dbt_project").glob("m*/**/*.sql"))


def nested(text: str) -> list[str]:
    """The texts of SQL with a template inside that has a text of its own."""
    texts = [found for found in TOKEN.findall(text) if found.startswith("'")]
    return [found for found in texts if any("'" in each for each in TEMPLATE.findall(found))]


def test_none_is_nested() -> None:
    assert {str(path): found for path in SQL if (found := nested(path.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("when '{{ name }}' then '{{ ' 0 ' if loop.index < 10 }}{{ loop.index }}'", True),
        ("when 'a-{{ 'b' if x }}' then 1", True),
        ("{%- for unit in units %}'{{ sql_text(unit) }}'{{ ', ' if not loop.last }}{% endfor -%}", False),
        ("when '{{ name }}' then '{{ month }}'", False),
        ("{{ 'cell.a' if is_alone else 'cell.b' }} as a", False),
    ],
)
def test_one_that_is_nested_is_found(line: str, is_found: bool) -> None:
    assert bool(nested(f"select\n    {line}")) == is_found


def test_there_is_sql_to_look_at() -> None:
    assert Path("own_period.sql") in {Path(path.name) for path in SQL}
