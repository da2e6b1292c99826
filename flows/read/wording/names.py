"""Names of economies and groups in running text, where English gives some of them an article."""

from __future__ import annotations

from functools import cache
from typing import Any

from flows.contracts.yaml_file import read_yaml
from flows.settings import ROOT


@cache
def _articles() -> dict[str, Any]:
    """Which names take an article: by the whole name, by how it begins or ends; the claims in SQL read the same."""
    said: dict[str, Any] = read_yaml(ROOT / "dbt_project" / "dbt_project.yml")["vars"]
    return said


@cache
def in_text(name: str) -> str:
    """The name as it stands within a sentence: `the United States`, `China`."""
    said = _articles()
    if (
        name in said["article_names"]
        or name.startswith(tuple(said["article_beginnings"]))
        or name.endswith(tuple(said["article_endings"]))
    ):
        return f"the {said['article_spellings'].get(name, name)}"
    return name


def sentence_case(text: str) -> str:
    """The text with a capital at its beginning; the rest of it as it is."""
    return text[:1].upper() + text[1:]
