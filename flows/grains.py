"""Grains of the published tables: the columns that tell their rows apart, and what they refer to.

Read from the YAML of the dbt models, where tests hold them: `unique_grain` a table's grain, `relationships` its
references.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

_REF = re.compile(r"ref\(\s*'(\w+)'\s*\)")
_CALLED = {("marts", "coverage_index"): "coverage"}  # dbt wants one name per model; meta has the other `coverage`


class Reference(BaseModel):
    """A column whose values stand in a column of another table."""

    model_config = ConfigDict(frozen=True)

    column: str
    to_table: str
    to_column: str


class Grain(BaseModel):
    """One published table: the columns of its grain, in order, and its references."""

    model_config = ConfigDict(frozen=True)

    schema_name: str
    table_name: str
    columns: tuple[str, ...]
    references: tuple[Reference, ...]


@lru_cache(maxsize=4)
def load_grains(dbt_project: Path) -> dict[str, Grain]:
    """Grains of core, marts and meta by `schema.table`, in the order of their names."""
    found: dict[str, Grain] = {}
    for schema in ("core", "marts", "meta"):
        for path in sorted((dbt_project / "models" / schema).glob("*.yml")):
            for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models") or ():
                grain = _grain(schema, model)
                found[f"{schema}.{grain.table_name}"] = grain
    return dict(sorted(found.items()))


def _grain(schema: str, model: dict[str, Any]) -> Grain:
    name = model["name"]
    return Grain(
        schema_name=schema,
        table_name=_CALLED.get((schema, name), name),
        columns=next(
            (test["unique_grain"]["arguments"]["columns"] for test in _tests(model) if "unique_grain" in test), ()
        ),
        references=[
            Reference(column=column["name"], to_table=match[1], to_column=test["relationships"]["arguments"]["field"])
            for column in model.get("columns") or ()
            for test in _tests(column)
            if "relationships" in test and (match := _REF.fullmatch(test["relationships"]["arguments"]["to"]))
        ],
    )


def _tests(described: dict[str, Any]) -> list[dict[str, Any]]:
    """Its tests that take arguments."""
    return [test for test in described.get("data_tests") or () if isinstance(test, dict)]
