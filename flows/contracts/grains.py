"""Grains of the published tables: the columns that tell their rows apart, and what they refer to.

Read from the YAML of the dbt models, where one test a model holds them: `contract`, with `grain` and `relationships`.
A view has the same in its `meta`: the tables it reads prove it.
A table is called as its model, or by the alias in the head of the model's SQL: dbt wants one name per model, and two
schemas may each have a table of that name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from flows.contracts.yaml_file import read_yaml

_REF = re.compile(r"ref\(\s*'(\w+)'\s*\)")
_ALIAS = re.compile(r"config\(alias='(\w+)'\)")
# Files of unit tests, much longer than those of models, need not be read.
_HAS_MODELS = re.compile(r"^models:", re.MULTILINE)


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
    found = (
        _grain(schema, table_name, model)
        for schema in ("core", "marts", "meta")
        for table_name, model in described_tables(dbt_project, schema).items()
    )
    return {f"{grain.schema_name}.{grain.table_name}": grain for grain in found}


def described_tables(dbt_project: Path, schema: str) -> dict[str, dict[str, Any]]:
    """What the YAML says of each table the models of a schema make, in the order of the tables' names."""
    folder = dbt_project / "models" / schema
    found: dict[str, dict[str, Any]] = {}
    for path in folder.glob("*.yml"):
        if not _HAS_MODELS.search(path.read_text(encoding="utf-8")):
            continue
        for model in read_yaml(path).get("models") or ():
            alias = _ALIAS.search((folder / f"{model['name']}.sql").read_text(encoding="utf-8"))
            found[alias[1] if alias else model["name"]] = model
    return dict(sorted(found.items()))


def _grain(schema: str, table_name: str, model: dict[str, Any]) -> Grain:
    promised = promises(model)
    return Grain(
        schema_name=schema,
        table_name=table_name,
        columns=promised.get("grain", ()),
        references=[
            Reference(column=each["column"], to_table=match[1], to_column=each["field"])
            for each in promised.get("relationships", ())
            if (match := _REF.fullmatch(each["to"]))
        ],
    )


def promises(model: dict[str, Any]) -> dict[str, Any]:
    """What a model is held to: of its own rows (grain, not_null, accepted_values), and relationships to others."""
    tests = [test for test in model.get("data_tests") or () if isinstance(test, dict)]
    meta = (model.get("config") or {}).get("meta") or {}
    of_others: dict[str, Any] = next((test["contract"]["arguments"] for test in tests if "contract" in test), {})
    return {**meta.get("contract", {}), **of_others}
