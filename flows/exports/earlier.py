"""The Parquet export of the release before: its files stand on where the rows in them are still the same."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import duckdb

from flows.exports.parts import Part, columns_of, rows_of
from flows.read.invented import invented_publishers
from flows.releases.place import release_path
from flows.settings import Settings


class Earlier:
    """An export, and the release it is of. Each release is asked by itself, since the views of both have one name."""

    def __init__(self, folder: Path, release: duckdb.DuckDBPyConnection) -> None:
        self._folder, self._release = folder, release
        self._is_invented = bool(invented_publishers(release))

    def has_given(self, con: duckdb.DuckDBPyConnection, part: Part, path: Path) -> bool:
        """Make the file of a part that has the same rows in the release at `con` stand at `path`, too."""
        file = self._folder / part.path
        if not file.is_file() or not self._is_same(con, part) or not _has_columns(con, part, file):
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
        if not self._has_table(part):
            return False
        columns = columns_of(con, part)
        if columns != columns_of(self._release, part):
            return False
        rows, hashed = f"from ({rows_of(part)})", f"sum(hash({', '.join(name for name, _ in columns)}))"
        asked = (f"select {what} {rows}" for what in ("count(*)", hashed))
        return all(con.execute(sql).fetchone() == self._release.execute(sql).fetchone() for sql in asked)

    def _has_table(self, part: Part) -> bool:
        sql = "select column_name from duckdb_columns() where schema_name = ? and table_name = ? order by column_index"
        names = tuple(name for (name,) in self._release.execute(sql, [part.schema, part.table]).fetchall())
        return bool(names) and part.columns in ((), names)


def _has_columns(con: duckdb.DuckDBPyConnection, part: Part, file: Path) -> bool:
    """Whether a file has the columns it would be written with: an older version of the code wrote others."""
    quoted = str(file).replace("'", "''")
    described = con.execute(f"describe from read_parquet('{quoted}', hive_partitioning = false)").fetchall()
    return [name for name, *_ in described] == [name for name, _ in columns_of(con, part)]


@contextlib.contextmanager
def earlier_export(settings: Settings, link: Path, run_id: str) -> Iterator[Earlier | None]:
    """The export `link` leads to; none where there is none, it is of this very run, or its release is gone."""
    folder = link.resolve()
    release = release_path(settings, folder.name.removeprefix(f"{link.name}-"))
    if not link.is_symlink() or not folder.is_dir() or release.parent.name == run_id or not release.is_file():
        yield None
        return
    with duckdb.connect(str(release), read_only=True) as con:
        yield Earlier(folder, con)
