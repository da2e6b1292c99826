"""Parquet files put together from columns of others, byte for byte: nothing is read, encoded or compressed again.

A Parquet file is row groups of columns, each column packed by itself, and a footer that says where each of them lies.
So the same cells need be encoded once only, for however many tables they stand in, and so need columns that hold the
same values: that saves a third of the time of an export of BACI, and no Parquet library offers it. That the files hold
what DuckDB would have written, to the last value and in its order, is proven by tests/unit/test_parquet_columns.py and
tests/integration/test_parquet_export.py. Where parts differ in how a column is packed nothing is put together, and
DuckDB writes the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from flows.formats.thrift import BINARY, I32, I64, LIST, STRUCT, Reader, Structure, write

_MARK = b"PAR1"
# Fields by their number in Parquet's definition: of the footer, ...
_SCHEMA, _ROWS, _GROUPS, _ORDERS = 2, 3, 4, 7
_NAME, _CHILDREN = 4, 5
# ... of a row group, ...
_COLUMNS, _BYTES, _GROUP_ROWS, _SORTING, _OFFSET, _PACKED_BYTES, _ORDINAL = range(1, 8)
# ... and of a column in it. Its indexes, which lie elsewhere in the file, are left behind.
_ABOUT, _INDEXES = 3, (4, 5, 6, 7)
_PATH, _UNPACKED, _PACKED, _PAGES, _INDEX_PAGE, _DICTIONARY, _BLOOM, _BLOOM_BYTES = 3, 6, 7, 9, 10, 11, 14, 15


class Piece(NamedTuple):
    """A Parquet file, and what is left out of it: columns whose values are those of another, by the name of that, and
    columns of one value each. Those are in a file beside it for each number of rows that a row group of it has.
    """

    path: Path
    same_as: Mapping[str, str] = MappingProxyType({})
    beside: Mapping[int, Path] = MappingProxyType({})


def put_together(target: Path, columns: Sequence[str], pieces: Sequence[Piece]) -> bool:
    """Write `columns` of all rows of `pieces`, in this order, into the file `target`.

    No column may be nested. Nothing is written, and False returned, where the pieces differ in what a column is: a
    writer that finds no empty value in a column may say so, and then packs it otherwise. Nor is it where a file beside
    a piece is not one row group.
    """
    read = [_Read(piece) for piece in pieces]
    schemas = [[of_piece.element(column) for column in columns] for of_piece in read]
    if any(schema != schemas[0] for schema in schemas) or not all(of_piece.is_whole() for of_piece in read):
        return False
    with target.open("wb") as into:
        into.write(_MARK)
        groups = [_copied(into, chunks, group) for of_piece in read for group, chunks in of_piece.groups(columns)]
        for number, group in enumerate(groups):
            group[_ORDINAL] = (group.get(_ORDINAL, (I32, 0))[0], number)
        _write_footer(into, read[0].file.footer, schemas[0], groups)
    return True


class _Chunk(NamedTuple):
    """Where a column of a row group lies, and what it is called."""

    file: Path
    fields: Structure
    name: str


class _File:
    """A Parquet file: its footer, and where its columns stand."""

    def __init__(self, path: Path) -> None:
        self.path, self.footer = path, _footer(path)
        elements: list[Structure] = self.footer[_SCHEMA][1][1][1:]
        self.elements = {element[_NAME][1].decode(): element for element in elements}
        self.places = {name: place for place, name in enumerate(self.elements)}
        self.groups: list[Structure] = self.footer[_GROUPS][1][1]


class _Read:
    """A piece, and the files beside it."""

    def __init__(self, piece: Piece) -> None:
        self.file, self._same_as = _File(piece.path), piece.same_as
        self._beside = {n_rows: _File(path) for n_rows, path in piece.beside.items()}

    def is_whole(self) -> bool:
        """Whether each file beside has one row group of as many rows as it is for."""
        return all(
            [group[_GROUP_ROWS][1] for group in file.groups] == [n_rows] for n_rows, file in self._beside.items()
        )

    def element(self, column: str) -> Structure:
        """What the files say of a column, under the name it gets."""
        name = self._same_as.get(column, column)
        found = [file.elements[name] for file in (self.file, *self._beside.values()) if name in file.elements]
        return found[0] | {_NAME: (BINARY, column.encode())}

    def groups(self, columns: Sequence[str]) -> Iterator[tuple[Structure, list[_Chunk]]]:
        """The row groups, each with where its columns lie."""
        for group in self.file.groups:
            yield group, [self._chunk(group, column) for column in columns]

    def _chunk(self, group: Structure, column: str) -> _Chunk:
        name, file = self._same_as.get(column, column), self.file
        if name not in file.places:
            file = self._beside[group[_GROUP_ROWS][1]]
            (group,) = file.groups
        return _Chunk(file.path, group[_COLUMNS][1][1][file.places[name]], column)


def _footer(path: Path) -> Structure:
    with path.open("rb") as source:
        source.seek(-8, 2)
        size, mark = int.from_bytes(source.read(4), "little"), source.read(4)
        if mark != _MARK:
            raise ValueError(f"{path} is not a Parquet file")
        source.seek(-8 - size, 2)
        return Reader(source.read(size)).structure()


def _copied(into: BinaryIO, chunks: Sequence[_Chunk], group: Structure) -> Structure:
    """Copy the columns of a row group; what the footer says of them now."""
    start = into.tell()
    fields = [_copied_column(into, chunk) for chunk in chunks]
    copied = {number: field for number, field in group.items() if number != _SORTING}
    copied[_COLUMNS] = (LIST, (STRUCT, fields))
    copied[_BYTES] = (I64, sum(field[_ABOUT][1][_UNPACKED][1] for field in fields))
    copied[_PACKED_BYTES] = (I64, sum(field[_ABOUT][1][_PACKED][1] for field in fields))
    copied[_OFFSET] = (I64, start)
    return copied


def _copied_column(into: BinaryIO, chunk: _Chunk) -> Structure:
    about: Structure = chunk.fields[_ABOUT][1] | {_PATH: (LIST, (BINARY, [chunk.name.encode()]))}
    first = min(about[field][1] for field in (_PAGES, _DICTIONARY, _INDEX_PAGE) if field in about)
    moved = into.tell() - first
    with chunk.file.open("rb") as source:
        _copy(source, into, first, about[_PACKED][1])
        for field in (_PAGES, _DICTIONARY, _INDEX_PAGE):
            if field in about:
                about[field] = (I64, about[field][1] + moved)
        if _BLOOM in about and _BLOOM_BYTES in about:
            at = into.tell()
            _copy(source, into, about[_BLOOM][1], about[_BLOOM_BYTES][1])
            about[_BLOOM] = (I64, at)
        else:
            about.pop(_BLOOM, None)
    kept = {number: field for number, field in chunk.fields.items() if number not in _INDEXES}
    return kept | {_ABOUT: (STRUCT, about)}


def _copy(source: BinaryIO, into: BinaryIO, start: int, size: int) -> None:
    source.seek(start)
    into.write(source.read(size))


def _write_footer(into: BinaryIO, footer: Structure, schema: list[Structure], groups: list[Structure]) -> None:
    root = footer[_SCHEMA][1][1][0] | {_CHILDREN: (I32, len(schema))}
    made = dict(footer)
    made[_SCHEMA] = (LIST, (STRUCT, [root, *schema]))
    made[_ROWS] = (I64, sum(group[_GROUP_ROWS][1] for group in groups))
    made[_GROUPS] = (LIST, (STRUCT, groups))
    if _ORDERS in footer:
        kind, orders = footer[_ORDERS][1]
        # every column has the order of its type, the only one there is
        made[_ORDERS] = (LIST, (kind, [orders[0]] * len(schema)))
    content = write(made)
    into.write(content + len(content).to_bytes(4, "little") + _MARK)
