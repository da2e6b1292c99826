"""The tables of cells in a Parquet export: what stands in several of them is encoded once.

Most of what fct_trade_vintage holds are the cells as they are now: those that may be added up are fct_trade, the others
fct_trade_total. So its rows are written in three pieces, and the files of the three tables are put together from their
columns. A cell that a later file has restated names in the vintages the file it was first read in, and in the facts its
own: where there are such, the tables have too little in common, and each is written by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from flows.exports.parts import ALL, Part, columns_of, rows_of, write
from flows.formats.parquet_columns import put_together

_WHOLE = "fct_trade_vintage"
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
        self._pieces: dict[str, Path] = {}

    def has_written(self, part: Part, path: Path) -> bool:
        """Write the file of a part at `path`, if it can be put together from what is in others, too."""
        if part.schema != "core" or part.table not in _OF_CELLS or not self._whole:
            return False
        if self._has_rows("core.trade_cell_restated", part.condition):
            return False
        asked = [
            replace(whole, condition=f"({whole.condition}) and {condition}")
            for whole in self._whole
            if part.condition in (whole.condition, ALL)
            for condition in _OF_CELLS[part.table]
        ]
        pieces: list[Path] = []
        for rows in asked:
            if self._has_rows(rows.name, rows.condition):
                pieces.append(self._piece(rows, pieces[:1]))
        path.parent.mkdir(parents=True, exist_ok=True)
        return bool(pieces) and put_together(path, [name for name, _ in columns_of(self._con, part)], pieces)

    def done(self) -> None:
        """Delete the pieces."""
        for piece in self._pieces.values():
            piece.unlink()

    def _piece(self, rows: Part, first: Sequence[Path]) -> Path:
        """The file of these rows, in which a column may be empty where it may be in the first piece, if there is one.

        The engine packs a column of which it knows that none is empty in another way, and the few rows that ended have
        more such columns than those of now. As an element of a list it is no longer known.
        """
        if rows.condition not in self._pieces:
            path = self._folder / f".piece_{len(self._pieces)}"
            names = [name for piece in first for name in self._may_be_empty(piece)]
            replaced = f" replace ({', '.join(f'[{name}][1] as {name}' for name in names)})" if names else ""
            write(self._con, f"select *{replaced} from ({rows_of(rows)})", path)
            self._pieces[rows.condition] = path
        return self._pieces[rows.condition]

    def _may_be_empty(self, piece: Path) -> list[str]:
        """The columns of a file that have room for a value that is empty."""
        asked = "select name from parquet_schema(?) where repetition_type = 'OPTIONAL'"
        return [name for (name,) in self._con.execute(asked, [str(piece)]).fetchall()]

    def _has_rows(self, table: str, condition: str) -> bool:
        return bool(self._con.execute(f"select 1 from {table} where {condition} limit 1").fetchall())
