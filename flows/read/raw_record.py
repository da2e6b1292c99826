"""The record of a raw file a figure stands on, and where it is in the file."""

from __future__ import annotations

import duckdb

from flows.contracts import Source, tables_of
from flows.errors import EntrepotError
from flows.formats import layouts
from flows.formats.dropped import Dropped
from flows.settings import Settings

_AS_TEXT = ("csv", "tsv")  # raw files with a record in every line


def raw_record(
    settings: Settings, contracts: dict[str, Source], file_id: str | None, path: str | None, line: int | None
) -> str:
    """The record of a raw file a figure stands on: its line, or where a record is no line its fields as landed.

    Empty when the raw store or the landed rows have been cleared, or another process writes to them.
    """
    if not file_id or not path or line is None:
        return ""
    source, table, *_ = file_id.split("/")
    contract = tables_of(contracts).get((source, table))
    if contract is None or (contract.format in _AS_TEXT and not contract.layout):
        return _text_line(settings, path, line)
    return _landed_fields(settings, contract.landed_name, file_id, line)


def raw_place(
    settings: Settings, contracts: dict[str, Source], file_id: str | None, path: str | None, line: int | None
) -> str:
    """Where in a raw file a figure stands: its line, or the row of its sheet.

    A table with a layout has several figures in a row, and its records are counted by figure: where its file is gone or
    has another layout by now, the number of the figure is all that is known.
    """
    source, table, *_ = (file_id or "//").split("/")
    contract = tables_of(contracts).get((source, table))
    if contract is None or not contract.layout or not path or line is None:
        return f"line {line}"
    try:
        found = layouts.place_of(Dropped(path=settings.warehouse / path), contract, line)
    except (EntrepotError, OSError):
        found = None
    if found is None:
        return f"figure {line}"
    sheet, row = found
    return f"row {row} of the sheet {sheet}" if sheet else f"line {row}"


def _text_line(settings: Settings, path: str, line: int) -> str:
    place = settings.warehouse / path
    if not place.is_file():
        return ""
    with Dropped(path=place).open() as stream:
        for number, text in enumerate(stream, start=1):
            if number == line:
                return text.decode("utf-8-sig", errors="replace").rstrip("\r\n")
    return ""


def _landed_fields(settings: Settings, landed_name: str, file_id: str, line: int) -> str:
    try:
        with duckdb.connect(str(settings.landed), read_only=True, config=settings.duckdb_config) as con:
            cursor = con.execute(f"select * from raw.{landed_name} where file_id = ? and line = ?", [file_id, line])
            names = [column[0] for column in cursor.description or []]
            row = cursor.fetchone()
    except duckdb.Error:
        return ""
    fields = zip(names, row or (), strict=False)
    return ", ".join(
        f"{name} {value}" for name, value in fields if value is not None and name not in ("file_id", "line")
    )
