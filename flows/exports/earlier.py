"""The Parquet export of the release before: its files stand on where the rows in them are still the same."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import duckdb

from flows.contracts.relations import WORKINGS, attach_workings, quote
from flows.exports.named import names_beside
from flows.exports.parts import Part, columns_of, is_view, rows_of
from flows.read.invented import invented_publishers
from flows.releases.place import export_of, release_path
from flows.settings import Settings


class Renewed:
    """What a build in a copy noted of its tables: whose rows may be others than in the release it was copied from."""

    def __init__(self, noted: list[tuple[str, str | None, str | None]]) -> None:
        self._noted: dict[str, set[tuple[str | None, str | None]]] = {}
        for table, source, year in noted:
            self._noted.setdefault(table, set()).add((source, year))

    def is_same(self, part: Part) -> bool | None:
        """Whether the rows of a part are those of the release before; None where that is not known."""
        named = {name.dimension.split(".")[1] for name in names_beside(part.columns).values()}
        noted = self._noted.get(part.table, set()).union(*(self._noted.get(table, set()) for table in named))
        years = {year for source, year in noted if part.is_of(source)}
        if not years or (part.year is not None and not years & {part.year, None}):
            return True
        return None if part.year is not None and part.year not in years else False


class Earlier:
    """An export, and the release it is of. Each release is asked by itself, since the views of both have one name."""

    def __init__(self, folder: Path, release: duckdb.DuckDBPyConnection, renewed: Renewed | None) -> None:
        self._folder, self._release, self._renewed = folder, release, renewed
        self._is_invented = bool(invented_publishers(release))

    def has_given(self, con: duckdb.DuckDBPyConnection, part: Part, path: Path) -> bool:
        """Make the file of a part that has the same rows in the release at `con` stand at `path`, too."""
        file = self._folder / part.path
        if not file.is_file() or not _is_left_of_same(file, path, part):
            return False
        if not self._is_same(con, part) or not _has_columns(con, part, file):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(file, path)
        except OSError:  # a file system without such links, or another one
            return False
        return True

    def _is_same(self, con: duckdb.DuckDBPyConnection, part: Part) -> bool:
        if part.is_invented != self._is_invented:
            return False
        # a copy is made by the code of the release it is a copy of, so its tables have the columns of that
        if self._renewed and (known := self._renewed.is_same(part)) is not None:
            return known
        if not self._has_table(part):
            return False
        columns = columns_of(con, part)
        if columns != columns_of(self._release, part):
            return False
        if not self._renewed and is_view(con, part.name):  # to make its rows twice more is dearer than to write them
            return False
        rows, hashed = f"from ({rows_of(part)})", f"sum(hash({', '.join(name for name, _ in columns)}))"
        asked = (f"select {what} {rows}" for what in ("count(*)", hashed))
        return all(con.execute(sql).fetchone() == self._release.execute(sql).fetchone() for sql in asked)

    def _has_table(self, part: Part) -> bool:
        sql = "select column_name from duckdb_columns() where schema_name = ? and table_name = ? order by column_index"
        names = tuple(name for (name,) in self._release.execute(sql, [part.schema, part.table]).fetchall())
        return bool(names) and part.columns in ((), names)


def _is_left_of_same(file: Path, path: Path, part: Part) -> bool:
    """Whether a file of what is left of a year leaves out the sources that `path` would: those with files beside it."""
    if part.year is None or part.source is not None:
        return True
    beside = {each.name for each in path.parent.iterdir()} if path.parent.is_dir() else set()
    return {each.name for each in file.parent.iterdir()} == {*beside, path.name}


def _has_columns(con: duckdb.DuckDBPyConnection, part: Part, file: Path) -> bool:
    """Whether a file has the columns it would be written with: an older version of the code wrote others."""
    described = con.execute(f"describe from read_parquet({quote(file)}, hive_partitioning = false)").fetchall()
    return [name for name, *_ in described] == [name for name, _ in columns_of(con, part)]


@contextlib.contextmanager
def earlier_export(settings: Settings, link: Path, run_id: str) -> Iterator[Earlier | None]:
    """The export `link` leads to; none where there is none, it is of this very run, or its release is gone."""
    folder = link.resolve()
    before = release_path(settings, export_of(folder)[1])
    if not link.is_symlink() or not folder.is_dir() or before.parent.name == run_id or not before.is_file():
        yield None
        return
    with duckdb.connect(str(before), read_only=True, config=settings.duckdb_config) as con:
        yield Earlier(folder, con, renewed_since(release_path(settings, run_id), before.parent.name))


def renewed_since(release: Path, before: str) -> Renewed | None:
    """What the build of `release` noted, where it started as a copy of the release `before`; else nothing is known."""
    with duckdb.connect(":memory:") as con:
        con.execute(f"attach {quote(release)} as trade (read_only)")
        is_copy = con.execute(
            "select count(*) from trade.core.dim_release where is_last_release and run_id = ?", [before]
        ).fetchone()
        if is_copy != (1,) or not attach_workings(con, release):
            return None
        # a release of an older version has no such table, or one that names no sources
        noted = f"database_name = '{WORKINGS}' and table_name = 'renewed' and column_name = 'source_code'"
        if con.execute(f"select 1 from duckdb_columns() where {noted}").fetchone() is None:
            return None
        asked = f"select table_name, source_code, year_code from {WORKINGS}.intermediate.renewed"
        return Renewed(con.execute(asked).fetchall())
