"""Tables as a fault leaves them: rows cut off, repeated, retyped, with a column more or less, in every format.

A table is a head and rows of cells. `named` finds the column a fault names; where it names none, the last one.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from standin.control import Fault
from standin.reply import Reply, tagged

NEW_COLUMN = "newColumn"


class Table(NamedTuple):
    """The names of the columns and the rows; a page's columns have their number for a name."""

    names: list[str]
    rows: list[list[Any]]


def edited(reply: Reply, fault: Fault) -> Reply:
    """The reply with its table edited; one without a table is left alone. Its ETag follows, as Range needs it."""
    return retagged(replace(reply, content=_edited(reply.content, reply.content_type, fault)))


def retagged(reply: Reply) -> Reply:
    """The reply with the ETag of its content, if it had one."""
    return tagged(reply, reply.headers["Last-Modified"]) if "ETag" in reply.headers else reply


def rewritten(content: bytes, change: Callable[[bytes], bytes], member: str = "") -> bytes:
    """Content with `change` applied to the text inside: a packed file's, or that of an archive's members named so."""
    if content[:2] == b"\x1f\x8b":
        return gzip.compress(change(gzip.decompress(content)), compresslevel=1, mtime=0)
    if content[:2] != b"PK":
        return change(content)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as good, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bad:
        for info in good.infolist():
            text = good.read(info)
            bad.writestr(info, change(text) if member in info.filename else text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _edited(content: bytes, content_type: str, fault: Fault) -> bytes:
    if "json" in content_type:
        return _json(content, fault)
    if "html" in content_type:
        return _page(content, fault)
    if "xml" in content_type and "csv" not in content_type:
        return _xml(content, fault)
    return rewritten(content, lambda text: _text(text, fault), str(fault.options.get("member", "_Y")))


def _change(table: Table, fault: Fault) -> Table:
    """The table after the fault."""
    names, rows = table
    if fault.kind == "silent_cap":
        return Table(names, rows[: int(fault.options.get("rows", len(rows) // 2))])
    if fault.kind == "duplicate_page":
        return Table(names, rows + rows)
    column, value = str(fault.options.get("column", "")), fault.options.get("value", "n/a")
    if fault.kind == "new_column":
        return Table([*names, column or NEW_COLUMN], [[*row, value] for row in rows])
    place = names.index(column) if column in names else None if column else len(names) - 1
    if place is None:
        return table
    if fault.kind == "retyped":
        return Table(names, [[*row[:place], value, *row[place + 1 :]] if len(row) > place else row for row in rows])
    return Table(names[:place] + names[place + 1 :], [row[:place] + row[place + 1 :] for row in rows])


def _json(content: bytes, fault: Fault) -> bytes:
    """Records under `data` or after a head (World Bank), or arrays of texts whose first are the names (Census)."""
    value = json.loads(content)
    if isinstance(value, list) and value and isinstance(value[0], list):
        names, rows = _change(Table(value[0], value[1:]), fault)
        return _dumped([names, *rows])
    records = value.get("data") if isinstance(value, dict) else value[1] if len(value) > 1 else None
    if not (isinstance(records, list) and records and isinstance(records[0], dict)):
        return content
    names, rows = _change(Table(list(records[0]), [list(record.values()) for record in records]), fault)
    records[:] = [dict(zip(names, row, strict=True)) for row in rows]
    if isinstance(value, dict) and "count" in value:
        value["count"] = len(records)
    return _dumped(value)


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _text(content: bytes, fault: Fault) -> bytes:
    """Comma or tab separated text, with the line ends it had."""
    text = content.decode("utf-8")
    delimiter, end = "\t" if "\t" in text.partition("\n")[0] else ",", "\r\n" if "\r\n" in text else "\n"
    names, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    changed, buffer = _change(Table(names, rows), fault), io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator=end).writerows([changed.names, *changed.rows])
    return buffer.getvalue().encode()


_RECORD = re.compile(r"<(Record|Valute)\b[^>]*>.*?</\1>", re.DOTALL)
_FIELD = re.compile(r"<(\w+)>([^<]*)</\1>")


def _xml(content: bytes, fault: Fault) -> bytes:
    """The records of the Bank of Russia; their fields are the columns, `Value` if none is named."""
    encoding = "windows-1251" if b"windows-1251" in content[:60] else "utf-8"
    text = content.decode(encoding)
    records = [match[0] for match in _RECORD.finditer(text)]
    if not records:
        return content
    column = str(fault.options.get("column", NEW_COLUMN if fault.kind == "new_column" else "Value"))
    fault = replace(fault, options={**fault.options, "column": column})
    names = [field[0] for field in _FIELD.findall(records[0])]
    table = Table(["<>", *names], [[record, *(field[1] for field in _FIELD.findall(record))] for record in records])
    changed = _change(table, fault)
    rows = ["".join(_record(row[0], changed.names[1:], row[1:])) for row in changed.rows]
    start, end = text.index(records[0]), text.rindex(records[-1]) + len(records[-1])
    return (text[:start] + "".join(rows) + text[end:]).encode(encoding)


def _record(shell: str, names: list[str], values: list[Any]) -> str:
    """A record with other fields in the same shell."""
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in zip(names, values, strict=True))
    return f"{shell[: shell.index('>') + 1]}{fields}{shell[shell.rindex('</') :]}"


_ROW = re.compile(r"<tr>(.*?)</tr>\s*", re.DOTALL)
_CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
_HEAD = re.compile(r"1to\d+|[a-z]+span=|Quantity")


def _page(content: bytes, fault: Fault) -> bytes:
    """The body rows of a page's table; columns are called 0, 1, 2 ... and 3 is meant where none is named."""
    before, border, rest = content.decode().partition('<table border="1">')
    if not border:
        return content
    body, end, after = rest.partition("</table>")
    rows = [(match[0], [str(cell) for cell in _CELL.findall(match[1])]) for match in _ROW.finditer(body)]
    heads = [number for number, (text, _) in enumerate(rows) if _HEAD.search(text)]
    first = heads[-1] + 1 if heads else 0
    cells = [row for _, row in rows[first:]]
    width = max((len(row) for row in cells), default=0)
    if fault.kind != "new_column":
        fault = replace(fault, options={"column": 3, **fault.options})
    changed = _change(Table([str(number) for number in range(width)], cells), fault)
    shown = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in changed.rows)
    return (before + border + "".join(text for text, _ in rows[:first]) + shown + end + after).encode()
