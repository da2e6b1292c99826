"""The tables of cells in a Parquet export: what stands in several of them is encoded once.

Most of what fct_trade_vintage holds are the cells as they are now: those that may be added up are fct_trade, the others
fct_trade_total. So its rows are written in three pieces, and the files of the three tables are put together from their
columns. A cell that a later file has restated names in the vintages the file it was first read in, and in the facts its
own: where there are such, the tables have too little in common, and each is written by itself.

The bounds of a value, and what it was before it was turned into dollars, are the value itself in most rows. In a piece
of these they are not encoded again either; all others are a piece of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import duckdb

from flows.exports.listed import write_listed
from flows.exports.parts import ALL, Part, columns_of, rows_of
from flows.formats.parquet_columns import Piece, put_together

_WHOLE = "fct_trade_vintage"
_VALUE, _LIKE_IT = "value_usd", ("value_usd_min", "value_usd_max", "value_original")
_OF_CELLS = {
    "fct_trade": ("is_current and is_additive",),
    "fct_trade_total": ("is_current and not is_additive",),
    _WHOLE: ("is_current and is_additive", "is_current and not is_additive", "not is_current"),
}


class Cells:
    """Writes the files of the tables of cells of a release; the pieces lie in `folder` until `done`."""

    def __init__(self, con: duckdb.DuckDBPyConnection, parts: list[Part], folder: Path) -> None:
        self._con, self._folder = con, folder
        self._whole = [part for part in parts if part.name == f"core.{_WHOLE}"]
        self._pieces: dict[str, Piece] = {}
        self._number = count()

    def has_written(self, part: Part, path: Path) -> bool:
        """Write the file of a part at `path`, if it can be put together from pieces."""
        if part.schema != "core" or part.table not in _OF_CELLS or not self._whole:
            return False
        is_restated = self._has_rows("core.trade_cell_restated", part.condition)
        if is_restated and part.table == _WHOLE:
            return False
        asked = [part] if is_restated else self._shared(part)
        pieces: list[Piece] = []
        for rows in asked:
            if self._has_rows(rows.name, rows.condition):
                for of_value in self._by_value(rows):
                    pieces.append(self._piece(*of_value, pieces[:1]))
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
            piece.path.unlink()
        self._pieces = {asked: piece for asked, piece in self._pieces.items() if piece not in pieces}

    def _shared(self, part: Part) -> list[Part]:
        """The rows of a part as other tables hold them, too."""
        return [
            replace(whole, condition=f"({whole.condition}) and {condition}")
            for whole in self._whole
            if part.condition in (whole.condition, ALL)
            for condition in _OF_CELLS[part.table]
        ]

    def _by_value(self, rows: Part) -> list[tuple[str, dict[str, str]]]:
        """Queries for the rows in which some columns are the value, which they leave out, and for those without."""
        kinds = dict(columns_of(self._con, rows))
        alike = [name for name in _LIKE_IT if name in kinds and kinds[name] == kinds.get(_VALUE)]
        if not alike:
            return [(rows_of(rows), {})]
        is_alike = " and ".join(f"{name} is not distinct from {_VALUE}" for name in alike)
        return [
            (
                f"select * exclude ({', '.join(alike)}) from ({rows_of(rows)}) where {is_alike}",
                dict.fromkeys(alike, _VALUE),
            ),
            (f"select * from ({rows_of(rows)}) where not ({is_alike})", {}),
        ]

    def _piece(self, asked: str, same_as: dict[str, str], first: Sequence[Piece]) -> Piece:
        """The file of these rows, in which a column may be empty where it may be in the first piece, if there is one.

        The engine packs a column of which it knows that none is empty in another way, and the few rows that ended have
        more such columns than those of now. As an element of a list it is no longer known.
        """
        if asked not in self._pieces:
            names = [name for piece in first for name in self._may_be_empty(piece) if name not in same_as]
            replaced = f" replace ({', '.join(f'[{name}][1] as {name}' for name in names)})" if names else ""
            path = self._folder / f".piece_{next(self._number)}"
            write_listed(self._con, f"select *{replaced} from ({asked})", path)
            self._pieces[asked] = Piece(path, same_as)
        return self._pieces[asked]

    def _may_be_empty(self, piece: Piece) -> list[str]:
        """The columns of a piece, also those left out of it, that have room for a value that is empty."""
        asked = "select name from parquet_schema(?) where repetition_type = 'OPTIONAL'"
        names = [name for (name,) in self._con.execute(asked, [str(piece.path)]).fetchall()]
        return names + [name for name, other in piece.same_as.items() if other in names]

    def _has_rows(self, table: str, condition: str) -> bool:
        return bool(self._con.execute(f"select 1 from {table} where {condition} limit 1").fetchall())
