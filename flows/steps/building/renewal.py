"""What a copy of the last release must make anew: the models downstream of what has changed since.

dbt's graph says what a model reads. What is the same in the release and in what landed since changes no model: raw
files, table by table, rejects, corrections and contracts. Run state and the last release are others in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb

from flows.contracts.relations import WORKINGS, attach_workings, insert_rows, quote
from flows.settings import Settings

_FILES = "landed.file"
# Tables of what landed that a staging model keeps in the release, and the rows of it that are theirs.
_KEPT = {
    "landed.reject": "stg_landed__reject",
    "ledger.source": "stg_ledger__source",
    "ledger.correction": "stg_ledger__correction",
}
_ROWS_OF_LANDED = {"stg_ledger__correction": "declared_in = 'warehouse'"}
_OF_EVERY_RUN = ("ledger.build", "ledger.run", "ledger.ingest_outcome", "last_release.")
# A model that uses such a macro reads of a table only what belongs to its other rows: it changes with those.
_READS_ITS_OWN = {
    "current_records": _FILES,
    "files_of_records": "stg_landed__file",
    "files_of_cells": "dim_raw_file",
    "details_of_cells": "trade_cell_detail",
}
# Read by others as what they are made of: they hold no rows.
_SEEN_THROUGH = ("ephemeral", "view")


class Graph:
    """What the models and data tests of dbt's manifest read, by name; a source is `source.table`."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self._macros: dict[str, list[str]] = {
            name: macro["depends_on"]["macros"] for name, macro in manifest["macros"].items()
        }
        nodes = manifest["nodes"].values()
        self._nodes = {node["name"]: node for node in nodes if node["resource_type"] in ("model", "test")}
        self.models = {name for name, node in self._nodes.items() if node["resource_type"] == "model"}
        self.reads = {name: self._read_by(name) for name in self._nodes}

    def _parents(self, name: str) -> set[str]:
        return {".".join(parent.split(".")[2:]) for parent in self._nodes[name]["depends_on"].get("nodes", [])}

    def _meta(self, name: str) -> dict[str, Any]:
        meta: dict[str, Any] = self._nodes[name]["config"]["meta"]
        return meta

    def _read_by(self, name: str) -> frozenset[str]:
        macros = self._used(self._nodes[name]["depends_on"]["macros"])
        free = {_READS_ITS_OWN.get(macro.split(".")[-1]) for macro in macros} | set(self._meta(name).get("told", []))
        files_of = self._meta(name).get("files_of", [])
        if files_of:
            free |= {_FILES, _READS_ITS_OWN["files_of_records"]}
        return frozenset((self._parents(name) - free) | set(files_of))

    def _used(self, macros: list[str]) -> set[str]:
        """These macros and all they use."""
        return set(macros) | _reached(macros, lambda macro: self._macros.get(macro, []))

    def holds_rows(self, name: str) -> bool:
        """Whether a node is no view and no ephemeral model."""
        return self._nodes[name]["config"]["materialized"] not in _SEEN_THROUGH

    def read_by(self, name: str) -> frozenset[str]:
        """Tables and sources a node reads, views and ephemeral models seen through."""
        told = set(self._meta(name).get("told", []))
        found: set[str] = set()
        waiting = list(self.reads[name])
        while waiting:
            parent = waiting.pop()
            if parent in told:
                continue
            if parent in self.models and not self.holds_rows(parent):
                waiting += self.reads[parent]
            else:
                found.add(parent)
        return frozenset(found)

    def downstream(self, changed: Iterable[str]) -> set[str]:
        """The models and tests that read, directly or through others, one of the `changed` sources or models."""
        children: dict[str, set[str]] = {}
        for name, parents in self.reads.items():
            for parent in parents:
                children.setdefault(parent, set()).add(name)
        return _reached(changed, lambda name: children.get(name, ()))

    def sources(self) -> set[str]:
        """All sources a model reads."""
        return {parent for parents in self.reads.values() for parent in parents if parent not in self.models}

    def made_of(self) -> list[tuple[str, str, bool]]:
        """Each view with each table it is made of, and whether a row of it is made of rows of its own source alone."""
        views = [name for name in self.models if not self.holds_rows(name)]
        return [
            (view, table, self._meta(view).get("of_one_source", False))
            for view in views
            for table in self.read_by(view)
        ]

    def views_behind(self, names: set[str]) -> set[str]:
        """Views the models `names` read: those of the build are not there in a release."""
        return _reached(
            names, lambda name: {each for each in self._parents(name) & self.models if not self.holds_rows(each)}
        )


def _reached(start: Iterable[str], further: Callable[[str], Iterable[str]]) -> set[str]:
    """All that steps from `start` lead to; what one starts from only where a step leads back to it."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        new = set(further(waiting.pop())) - found
        found |= new
        waiting += new
    return found


def changed_sources(settings: Settings, candidate: Path, landed: Path, graph: Graph) -> set[str]:
    """Sources, as `source.table`, whose rows are no longer those that `candidate`, a copy of a release, was made of."""
    found = {source for source in graph.sources() if source.startswith(_OF_EVERY_RUN)}
    with duckdb.connect(str(candidate), read_only=True, config=settings.duckdb_config) as con:
        con.execute(f"attach {quote(landed)} as landed (read_only)")
        attach_workings(con, candidate)
        files = _difference(con, "raw.file", "stg_landed__file")
        tables = con.execute(f"select distinct source_code || '.' || table_name from ({files})").fetchall()
        found |= {table for (table,) in tables} | ({_FILES} if tables else set())
        for source, kept in _KEPT.items():
            now = f"raw.{source.split('.')[1]}" if source.startswith("landed.") else source
            if con.execute(f"select 1 from ({_difference(con, now, kept)}) limit 1").fetchall():
                found.add(source)
    return found


def _difference(con: duckdb.DuckDBPyConnection, landed_table: str, kept: str) -> str:
    """A query for the rows that stand only in a landed table, or only in what the release keeps of it."""
    both = (f"landed.{landed_table}", f"{WORKINGS}.raw.{kept}")
    landed, in_release = ([name for name, *_ in con.execute(f"describe {table}").fetchall()] for table in both)
    columns = ", ".join(name for name in in_release if name in landed)
    now = f"select {columns} from landed.{landed_table}"
    past = f"select {columns} from {WORKINGS}.raw.{kept} where {_ROWS_OF_LANDED.get(kept, 'true')}"
    return f"({now} except all {past}) union all ({past} except all {now})"


def selection(settings: Settings, candidate: Path, landed: Path, graph: Graph) -> list[str]:
    """Names of the models that may have to be made anew in `candidate`, a copy of a release, from what is `landed` now.

    What each of them, and each of their tests, reads of what may have changed is left in `ledger.renewal` of `landed`,
    with no name for a source: the build itself sees what did change, and lets the rest stand (macros/renewal). What
    each view is made of is left in `ledger.made_of`, so that the release can say whose rows may be others now.
    """
    changed = changed_sources(settings, candidate, landed, graph)
    due = graph.downstream(changed)
    rows = [
        (name, "" if parent in changed else parent)
        for name in sorted(due)
        if graph.holds_rows(name)
        for parent in sorted(graph.read_by(name) & (due | changed))
    ]
    with duckdb.connect(str(landed), config=settings.duckdb_config) as con:
        insert_rows(con, "ledger.renewal", rows)
        insert_rows(con, "ledger.made_of", graph.made_of())
    return sorted((due | graph.views_behind(due)) & graph.models)


def forget(settings: Settings, landed: Path) -> None:
    """Empty `ledger.renewal` when the build is over: what is asked of dbt later is asked of everything."""
    with duckdb.connect(str(landed), config=settings.duckdb_config) as con:
        con.execute("delete from ledger.renewal; delete from ledger.made_of")
