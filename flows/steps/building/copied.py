"""What dbt does otherwise in a copy of the last release: it passes over what stands, and uses freed blocks again.

What a node reads, and what has changed of that, is noted where macros/renewal looks, too. Nothing a standing node reads
has changed, so its table is what the release has, and its test passes as it did there. The macros would find the same,
but dbt compiles and renders a node before it gets to them, which takes ten times as long as asking.

Blocks of rows that were replaced are free from the next checkpoint on. Without one the file keeps all of them beside
the new rows until the end, and then has to be written anew (blocks.py), which costs more than many a build.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

from dbt.adapters.base.impl import BaseAdapter
from dbt.artifacts.resources.types import NodeType
from dbt.artifacts.schemas.results import RunStatus, TestStatus
from dbt.task.base import BaseRunner
from dbt.task.build import BuildTask
from dbt_common.exceptions import DbtRuntimeError

_READ = "select node, parent from landed.ledger.renewal"
_CHANGED = "select distinct model from renewal.changed"
_SIZE = "select estimated_size * column_count from duckdb_tables() where (database_name, schema_name, table_name) = "
VALUES_BETWEEN_CHECKPOINTS = 300_000


class Notes:
    """What each node reads of what may have changed, and which models the build at hand has changed so far."""

    def __init__(self) -> None:
        self._read: dict[str, set[str]] | None = None
        self._changed: set[str] = set()
        self._are_old = True

    def node_was_made(self) -> None:
        """A node was not passed over: there may be more notes now."""
        self._are_old = True

    def stands(self, adapter: BaseAdapter, name: str) -> bool:
        """Whether nothing a node reads has changed; False where nothing is noted of it, as in a build from nothing."""
        if self._read is None:
            self._read = {}
            for node, parent in _rows(adapter, _READ):
                self._read.setdefault(node, set()).add(parent)
        read = self._read.get(name)
        if not read or "" in read:
            return False
        if self._are_old:
            self._changed, self._are_old = {model for (model,) in _rows(adapter, _CHANGED)}, False
        return not read & self._changed


class Blocks:
    """Of each file of a candidate, how many values were written since its last checkpoint."""

    def __init__(self) -> None:
        self._written: dict[str, int] = {}

    def node_was_made(self, adapter: BaseAdapter, database: str, schema: str, name: str) -> None:
        """Let the file use its free blocks again, where this and other models may have left many."""
        sizes = _rows(adapter, f"{_SIZE}('{database}', '{schema}', '{name}')")
        self._written[database] = self._written.get(database, 0) + sum(int(size) for (size,) in sizes)
        if self._written[database] > VALUES_BETWEEN_CHECKPOINTS:
            with contextlib.suppress(DbtRuntimeError):  # somebody else writes: the blocks wait for the next one
                adapter.execute(f"checkpoint {database}")
            self._written[database] = 0


def _rows(adapter: BaseAdapter, query: str) -> list[Any]:
    _, table = adapter.execute(query, fetch=True)
    return list(table.rows)


def spare_copies() -> None:
    """Let dbt's builds in this process do so, where they are told what to make anew."""
    notes, blocks = Notes(), Blocks()
    for kind, status in ((NodeType.Model, RunStatus.Success), (NodeType.Test, TestStatus.Pass)):
        theirs = BuildTask.RUNNER_MAP[kind]
        BuildTask.RUNNER_MAP[kind] = _sparing(theirs, notes, blocks, status)  # type: ignore[type-abstract]


def _sparing(
    runner: type[BaseRunner], notes: Notes, blocks: Blocks, status: RunStatus | TestStatus
) -> type[BaseRunner]:
    """dbt's own runner of one kind of node, which asks first whether the node stands."""

    class Sparing(runner):  # type: ignore[misc,valid-type] # one of dbt's, by the kind of node
        """dbt's own, but for what stands."""

        def compile_and_execute(self, manifest: Any, ctx: Any) -> Any:
            """Nothing where the node stands; what dbt does elsewhere."""
            if not self.config.args.select:  # everything is made: nothing is noted, and there may be no notes to ask
                return super().compile_and_execute(manifest, ctx)
            begun, is_test = time.time(), self.node.resource_type == NodeType.Test
            where = (self.node.database, self.node.schema, self.node.name)
            with self.adapter.connection_named(self.node.unique_id, self.node):
                is_there = is_test or self.adapter.get_relation(*where) is not None
                stands = is_there and notes.stands(self.adapter, self.node.name)
            if stands:
                failures = 0 if is_test else None
                return self._build_run_result(ctx.node, begun, status, [], "STANDS", failures=failures)
            made = super().compile_and_execute(manifest, ctx)
            notes.node_was_made()
            if not is_test:
                with self.adapter.connection_named(self.node.unique_id, self.node):
                    blocks.node_was_made(self.adapter, *where)
            return made

    return Sparing
