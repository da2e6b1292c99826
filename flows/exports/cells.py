"""The tables of cells in a Parquet export: what stands in several of them is encoded once.

Most of what fct_trade_vintage holds are the cells as they are now: those that may be added up are fct_trade, the others
fct_trade_total. So its rows are written in three pieces, and the files of the three tables are put together from their
columns. A cell that a later file has restated names in the vintages the file it was first read in, and in the facts its
own: where there are such, the tables have too little in common, and each is written by itself.

The bounds of a value, and what it was before it was turned into dollars, are the value itself in most rows; and most
rows of a year come from one file, whose cells have one source, one valuation, one coverage and so on. In a piece of
these rows such columns are not encoded row by row either; all others are a piece of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import duckdb

from flows.contracts.relations import quote
from flows.exports.listed import Lists
from flows.exports.parts import ALL, Part, columns_of, rows_of, write
from flows.formats.parquet_columns import Piece, put_together

_WHOLE = "fct_trade_vintage"
_VALUE, _LIKE_IT = "value_usd", ("value_usd_min", "value_usd_max", "value_original")
# What tells from where a row is, and whose.
_OF_FILE = {"file_id", "line", "reporter_code"}
_NO_FILE: tuple[None, int, Sequence[str]] = (None, 0, ())
# Rows from which on it pays to look for columns of one value, and the part of them a file must have.
_MANY, _MOST = 100_000, 0.5
_FACT = "fct_trade"
_NOW, _NOT_ADDED_UP, _ENDED = "is_current and is_additive", "is_current and not is_additive", "not is_current"
# The rows of each table as those of the vintages.
_OF_CELLS = {_FACT: (_NOW,), "fct_trade_total": (_NOT_ADDED_UP,), _WHOLE: (_NOW, _NOT_ADDED_UP, _ENDED)}


class _Asked(NamedTuple):
    """The rows of a piece, and the columns it leaves out: {column: that which holds the same}, {column: its value}."""

    query: str
    same_as: Mapping[str, str] = MappingProxyType({})
    usual: Mapping[str, str] = MappingProxyType({})


@contextmanager
def _joined_as_written(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Joins in the order they are written in: cells first, then what is looked up for them.

    After the many conditions of a piece the engine expects hardly a row. It would make a year of cells what is looked
    up, and ask it for their one file: five times the work, and by one thread.
    """
    con.execute("set disabled_optimizers = 'join_order'")
    try:
        yield
    finally:
        con.execute("reset disabled_optimizers")


class Cells:
    """Writes the files of the tables of cells of a release; the pieces lie in `folder` until `done`."""

    def __init__(self, con: duckdb.DuckDBPyConnection, parts: list[Part], folder: Path, lists: Lists) -> None:
        self._con, self._folder, self._lists = con, folder, lists
        self._whole = [part for part in parts if part.name == f"core.{_WHOLE}"]
        self._pieces: dict[str, Piece] = {}
        self._n_rows: dict[Path, int] = {}
        self._parts: dict[str, list[_Asked]] = {}
        self._number = count()

    def has_written(self, part: Part, path: Path) -> bool:
        """Write the file of a part at `path`, if it can be put together from pieces."""
        if part.schema != "core" or part.table not in _OF_CELLS or not self._whole:
            return False
        is_restated = self._has_rows("core.trade_cell_restated", part.condition)
        if is_restated and part.table == _WHOLE:
            return False
        pieces: list[Piece] = []
        for rows, are_many in [(part, part.table == _FACT)] if is_restated else self._shared(part):
            if self._has_rows(rows.name, rows.condition):
                for asked in self._parted(rows) if are_many else [_Asked(rows_of(rows))]:
                    pieces.append(self._piece(asked, pieces[:1]))
        path.parent.mkdir(parents=True, exist_ok=True)
        is_written = bool(pieces) and put_together(path, [name for name, _ in columns_of(self._con, part)], pieces)
        if is_restated:  # nobody else asks for them
            self._delete(pieces)
        return is_written

    def done(self) -> None:
        """Delete the pieces."""
        self._delete(list(self._pieces.values()))

    def _delete(self, pieces: Sequence[Piece]) -> None:
        for piece in pieces:
            for path in (piece.path, *piece.beside.values()):
                path.unlink()
        self._pieces = {asked: piece for asked, piece in self._pieces.items() if piece not in pieces}

    def _shared(self, part: Part) -> list[tuple[Part, bool]]:
        """The rows of a part as other tables hold them, too, and whether these are most of a year."""
        return [
            (replace(whole, condition=f"({whole.condition}) and {condition}"), condition == _NOW)
            for whole in self._whole
            if part.condition in (whole.condition, ALL)
            for condition in _OF_CELLS[part.table]
        ]

    def _parted(self, rows: Part) -> list[_Asked]:
        """Rows apart by whether they leave out columns that hold the value, or what most rows have in common.

        Those that do are written here already: how many they are says how the others are found.
        """
        whole = rows_of(rows)
        if whole not in self._parts:
            kinds = dict(columns_of(self._con, rows))
            same_as = {name: _VALUE for name in _LIKE_IT if name in kinds and kinds[name] == kinds.get(_VALUE)}
            others = {name: kind for name, kind in kinds.items() if name not in (_VALUE, *same_as)}
            file_id, n_rows, reporters = self._file_of_most(whole) if set(others) >= _OF_FILE else _NO_FILE
            usual = self._usual(whole, others, file_id, reporters) if file_id else {}
            left_out = same_as | usual
            is_usual = " and ".join(f"{name} is not distinct from {value}" for name, value in left_out.items())
            self._parts[whole] = [_Asked(whole)]
            if left_out:
                leaving_out = f"select * exclude ({', '.join(left_out)}) from ({whole}) where {is_usual}"
                of_most = _Asked(leaving_out, same_as, usual)
                # where all rows of the file are usual the others are those of other files, found without a look at each
                is_whole_file = "file_id" in usual and self._n_rows[self._piece(of_most, ()).path] == n_rows
                is_other = f"file_id is distinct from {usual['file_id']}" if is_whole_file else f"not ({is_usual})"
                self._parts[whole] = [of_most, _Asked(f"select * from ({whole}) where {is_other}")]
        return self._parts[whole]

    def _file_of_most(self, rows: str) -> tuple[str | None, int, Sequence[str]]:
        """The file that many rows, and most, come from, how many, and the two reporters most of them are of; none where
        there is no such file."""
        counted = f"select file_id, reporter_code, count(*) as n from ({rows}) group by all"
        of_files = f"select file_id, sum(n) as n_rows, arg_max(reporter_code, n, 2) from ({counted}) group by file_id"
        found = self._con.execute(f"select *, sum(n_rows) over () from ({of_files}) order by n_rows desc limit 1")
        file_id, n_rows, reporters, n_all = found.fetchone() or (*_NO_FILE, 0)
        return _NO_FILE if n_all < _MANY or n_rows < _MOST * n_all else (file_id, n_rows, reporters)

    def _usual(self, rows: str, kinds: dict[str, str], file_id: str, reporters: Sequence[str]) -> dict[str, str]:
        """{column: its value, in SQL} of what has one value in the rows of this file of these reporters: rows of one
        reporter lie together, so the engine finds them without a look at all."""
        asked = ", ".join(
            f"min({name})::varchar, min({name}) is not distinct from max({name}) and count({name}) in (0, count(*))"
            for name in kinds
        )
        listed = ", ".join(map(quote, reporters))
        some = f"select * from ({rows}) where file_id = {quote(file_id)} and reporter_code in ({listed})"
        found = self._con.execute(f"select {asked} from ({some})").fetchone() or ()
        return {
            name: f"cast({'null' if value is None else quote(value)} as {kind})"
            for (name, kind), value, is_one in zip(kinds.items(), found[::2], found[1::2], strict=True)
            if is_one
        }

    def _piece(self, asked: _Asked, first: Sequence[Piece]) -> Piece:
        """The file of these rows, in which a column may be empty where it may be in the first piece, if there is one.

        The engine packs a column of which it knows that none is empty in another way, and the few rows that ended have
        more such columns than those of now. As an element of a list it is no longer known.
        """
        here = {name for name, *_ in self._con.execute(f"describe {asked.query}").fetchall()}
        names = [name for piece in first for name in self._may_be_empty(piece) if name in here]
        replaced = f" replace ({', '.join(f'[{name}][1] as {name}' for name in names)})" if names else ""
        query = f"select *{replaced} from ({asked.query})"
        if query not in self._pieces:
            path = self._folder / f".piece_{next(self._number)}"
            with _joined_as_written(self._con):
                self._n_rows[path] = self._lists.write(query, path)
            self._pieces[query] = Piece(path, asked.same_as, self._beside(path, asked.usual))
        return self._pieces[query]

    def _beside(self, path: Path, usual: Mapping[str, str]) -> dict[int, Path]:
        """Files of the columns that have one value, one for each number of rows a row group of the file has."""
        if not usual:
            return {}
        sizes = self._con.execute("select distinct row_group_num_rows from parquet_metadata(?)", [str(path)]).fetchall()
        # as the outcome of a case the value may be empty, for all the engine knows
        chosen = ", ".join(f"case when number >= 0 then {value} end as {name}" for name, value in usual.items())
        beside = {size: path.with_name(f"{path.name}_{size}") for (size,) in sizes}
        for size, file in beside.items():
            write(self._con, f"select {chosen} from range({size}) as rows(number)", file, size)
        return beside

    def _may_be_empty(self, piece: Piece) -> list[str]:
        """The columns of a piece, also those left out of it, that have room for a value that is empty."""
        asked = "select distinct name from parquet_schema(?) where repetition_type = 'OPTIONAL' order by all"
        files = [str(path) for path in (piece.path, *piece.beside.values())]
        names = [name for (name,) in self._con.execute(asked, [files]).fetchall()]
        return names + [name for name, other in piece.same_as.items() if other in names]

    def _has_rows(self, table: str, condition: str) -> bool:
        return bool(self._con.execute(f"select 1 from {table} where {condition} limit 1").fetchall())
