"""The entities page of the documentation, made from the contracts: grains, relationships tests and the lineage of dbt.

    python -m tests.entities

writes docs/reference/entities.md anew; a test holds that it is current.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flows.contracts.grains import Grain, load_grains
from flows.settings import ROOT, Settings
from tests.dbt_manifest import parse_manifest

PAGE = ROOT / "docs" / "reference" / "entities.md"
DRAWN = ("fct_trade", "fct_trade_report", "fct_trade_reconciled")  # what fits on one picture


def page(manifest: dict[str, Any]) -> str:
    """The page as Markdown."""
    grains = load_grains(Settings().dbt_project)
    core = [grain for grain in grains.values() if grain.schema_name == "core"]
    facts = [grain for grain in core if grain.table_name.startswith("fct_")]
    dims = sorted({ref.to_table for grain in facts for ref in grain.references})
    lines = [
        "# Entities", "",
        "Made from the contracts of the tables by `python -m tests.entities`; do not edit.", "",
        "## The trade tables", "",
        "A line leads from each column to the dimension it refers to. The site has the columns of the grain in bold;",
        "GitHub draws them as the keys.", "",
        "```mermaid", *_diagram([grain for grain in core if grain.table_name in DRAWN]), "```", "",
        "## Facts and their dimensions", "",
        "A mark for each column that refers to the dimension; every build tests it. The fact tables of vintages and",
        "revisions have the key columns of `fct_trade`, without a test of their references.", "",
        *_matrix("fact", [(grain.table_name, _referred(grain, dims)) for grain in facts], dims), "",
        "## What a row is", "",
        "| table | a row for each |", "|---|---|",
        *[f"| `core.{grain.table_name}` | {_words(grain.columns)} |" for grain in core], "",
        "## Marts and the core tables behind them", "",
        *_marts(manifest, grains), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _referred(grain: Grain, dims: list[str]) -> dict[str, str]:
    """Marks by dimension: how many columns refer to it."""
    counts = {dim: sum(ref.to_table == dim for ref in grain.references) for dim in dims}
    return {dim: "●" * count for dim, count in counts.items() if count}


def _matrix(first: str, rows: Iterable[tuple[str, dict[str, str]]], columns: list[str]) -> list[str]:
    heads = [column.removeprefix("dim_").replace("_", " ") for column in columns]
    lines = [f"| {first} | {' | '.join(heads)} |", f"|---|{':-:|' * len(columns)}"]
    return lines + [f"| `{name}` | {' | '.join(marks.get(column, '') for column in columns)} |" for name, marks in rows]


def _words(columns: Iterable[str]) -> str:
    return ", ".join(column.removesuffix("_code").removesuffix("_key").replace("_", " ") for column in columns)


def _marts(manifest: dict[str, Any], grains: dict[str, Grain]) -> list[str]:
    """Each mart with its grain and the core tables it reads, also through workings and other marts."""
    named = {node["alias"]: unique_id for unique_id, node in manifest["nodes"].items() if node["fqn"][1] == "marts"}
    lines = ["| mart | a row for each | reads |", "|---|---|---|"]
    for grain in grains.values():
        if grain.schema_name == "marts":
            read = ", ".join(f"`{name}`" for name in sorted(_core_behind(manifest, named[grain.table_name])))
            lines.append(f"| `marts.{grain.table_name}` | {_words(grain.columns)} | {read} |")
    return lines


def _core_behind(manifest: dict[str, Any], unique_id: str) -> set[str]:
    found: set[str] = set()
    for parent in manifest["nodes"][unique_id]["depends_on"]["nodes"]:
        node = manifest["nodes"].get(parent)
        if node and node["resource_type"] == "model":
            found |= {node["alias"]} if node["schema"] == "core" else _core_behind(manifest, parent)
    return found


def _diagram(facts: list[Grain]) -> list[str]:
    lines = ["erDiagram"]
    for fact in facts:
        for ref in fact.references:
            lines.append(f"    {ref.to_table} ||--o{{ {fact.table_name} : {ref.column}")
    for fact in facts:
        lines += [f"    {fact.table_name} {{", *[f"        grain {column} PK" for column in fact.columns], "    }"]
    return lines


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(page(parse_manifest(Path(folder))), encoding="utf-8")
