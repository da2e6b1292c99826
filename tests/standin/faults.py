"""What each fault does to a good reply. Faults of the wire itself (cut, slow, reset) are in `server`."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.standin.control import HTML_PAGE, Fault, bad_key, out_of_quota, rate_limited
from tests.standin.reply import Reply, as_json

ON_THE_WIRE = ("cut", "slow", "reset", "truncated_gzip")


def spoiled(reply: Reply, fault: Fault) -> Reply:
    """The reply as the fault leaves it."""
    options = fault.options
    if fault.kind == "rate_limit":
        return rate_limited(int(options.get("retry_after", 1)))
    if fault.kind == "quota":
        return out_of_quota(int(options.get("retry_after", 11657)))
    if fault.kind == "revoked_key":
        return bad_key()
    if fault.kind == "status":
        status = int(options.get("status", 500))
        return as_json({"error": "Something went wrong. Please try again.", "details": None}, status)
    if fault.kind == "html":
        return Reply(HTML_PAGE, "text/html; charset=utf-8", int(options.get("status", 200)))
    if fault.kind == "empty":
        return replace(reply, content=b"")
    if fault.kind == "wrong_charset":
        return _wrong_charset(reply)
    if fault.kind in ("silent_cap", "retyped", "new_column", "missing_column", "duplicate_page"):
        return _edited(reply, fault)
    return reply


def _wrong_charset(reply: Reply) -> Reply:
    """The same characters in another encoding than the one announced."""
    announced = "windows-1251" if b"windows-1251" in reply.content[:60] else "utf-8"
    other = "utf-8" if announced == "windows-1251" else "utf-16"
    return replace(reply, content=reply.content.decode(announced, "replace").encode(other))


def _edited(reply: Reply, fault: Fault) -> Reply:
    """Rows cut off, repeated or changed, in JSON, CSV or XML."""
    if "json" in reply.content_type:
        value = json.loads(reply.content)
        rows = value.get("data") if isinstance(value, dict) else value[1] if len(value) > 1 else value
        if isinstance(rows, list):
            rows[:] = _rows(rows, fault)
            if isinstance(value, dict) and "count" in value:
                value["count"] = len(rows)
        return replace(as_json(value), headers=reply.headers, gzipped=reply.gzipped)
    if "csv" in reply.content_type:
        records = list(csv.DictReader(io.StringIO(reply.content.decode("utf-8"))))
        table, text = _rows(records, fault), io.StringIO()
        names = list(table[0]) if table else list(records[0]) if records else []
        writer = csv.DictWriter(text, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
        return replace(reply, content=text.getvalue().encode())
    if "xml" in reply.content_type and fault.kind == "retyped":
        return replace(reply, content=re.sub(rb"<Value>[^<]*</Value>", b"<Value>n/a</Value>", reply.content))
    return reply


def _rows(rows: list[Any], fault: Fault) -> list[Any]:
    """The records after the fault; a record is a dict by column name."""
    column, value = fault.options.get("column"), fault.options.get("value", "n/a")
    if fault.kind == "silent_cap":
        return rows[: int(fault.options.get("rows", len(rows) // 2))]
    if fault.kind == "duplicate_page":
        return rows + rows
    edits: dict[str, Callable[[dict[Any, Any]], dict[Any, Any]]] = {
        "retyped": lambda row: {name: value if name == column else cell for name, cell in row.items()},
        "new_column": lambda row: {**row, column or "newColumn": value},
        "missing_column": lambda row: {name: cell for name, cell in row.items() if name != column},
    }
    return [edits[fault.kind](row) if isinstance(row, dict) else row for row in rows]
