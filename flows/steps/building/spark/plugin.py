"""What dbt's connection to DuckDB can do besides with the target `spark`: three functions for the materializations.

    lake_wants(sql)                relations of a statement that do not lie in the lake yet, and files for their rows
    lake_view(name, sql)           nothing: from now on Spark sees the view of that name
    on_spark(name, sql, columns)   the folder of the rows Spark made from a statement; why it could not, or empty text

All answer in JSON.

dbt loads this module by its profile (dbt_project/profiles.yml), which hands over what lake.py has told.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from flows.steps.building.spark.client import Client

# as dbt writes it, or as the parts of a renewal are named (macros/renewal)
_RELATION = re.compile(r'"(\w+)"\."(\w+)"\."(\w+)"|\b(trade|workings|landed|last_release)\.(\w+)\.(\w+)\b')


class Plugin(BasePlugin):
    """Every relation has one name in the lake of a build, and Spark knows it by the same."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Take what the profile hands over, nothing where dbt only compiles; the first statement starts Spark."""
        self._is_told = bool(plugin_config["session"])
        if not self._is_told:
            return
        told = json.loads(plugin_config["session"])
        self._lake = Path(told.pop("lake")).resolve()
        self._files: dict[str, list[str]] = json.loads((self._lake / told.pop("landed")).read_text(encoding="utf-8"))
        self._views: dict[str, str] = {}
        if told["master"].startswith("local"):  # the workers of a cluster have disks of their own
            told["options"].setdefault("spark.local.dir", str(self._lake / "spark.tmp"))
        self._client = Client(log=Path(told.pop("log")), **told)

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the functions."""
        if not self._is_told:
            return
        for function, n_texts in ((self.lake_wants, 1), (self.lake_view, 2), (self.on_spark, 3)):
            conn.create_function(function.__name__, function, ["VARCHAR"] * n_texts, "VARCHAR", side_effects=True)

    def lake_wants(self, sql: str) -> str:
        """Relations `sql` reads that are to be written to the lake; they count as being there from then on."""
        wanted = []
        for relation, name in self._read_by(sql).items():
            if name not in self._files and name not in self._views:
                folder = self._lake / name
                folder.mkdir(exist_ok=True)
                self._files[name] = [str(folder)]
                wanted.append([relation, str(folder / "part-0.parquet")])
        return json.dumps(wanted)

    def lake_view(self, name: str, sql: str) -> str:
        """Note the SQL of a view, for the statements that read it."""
        self._views[lake_name(name)] = sql
        return json.dumps(None)

    def on_spark(self, name: str, sql: str, columns: str) -> str:
        """Make the relation `name` from `sql` on Spark, with the types of `columns`, in the lake."""
        folder = str(self._lake / lake_name(name))
        views = {view: self._files.get(view) or in_lake(self._views[view]) for view in self._read_by(sql).values()}
        error = self._client.make(in_lake(sql), views, folder, json.loads(columns))
        if not error:
            self._files[lake_name(name)] = [folder]
        return json.dumps({"folder": folder, "error": error})

    def _read_by(self, sql: str) -> dict[str, str]:
        """The relations `sql` reads, each with its name in the lake: those a view is made of before the view."""
        read: dict[str, str] = {}
        for relation, name in relations(sql).items():
            read |= {**self._read_by(self._views.get(name, "")), relation: name}
        return read


def relations(sql: str) -> dict[str, str]:
    """The relations named in `sql`, each with its name in the lake."""
    return {found[0]: lake_name(found[0]) for found in _RELATION.finditer(sql)}


def lake_name(relation: str) -> str:
    """The name of a relation in the lake: database, schema and table."""
    return relation.replace('"', "").replace(".", "__")


def in_lake(sql: str) -> str:
    """The same SQL by the names of the lake."""
    return _RELATION.sub(lambda found: lake_name(found[0]), sql)
