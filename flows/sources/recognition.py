"""Recognition: which table of which contract a dropped file is.

Delimited text is known by its columns. Any other format is shown to the source modules that have a `recognise`.
Every table of a source that comes only through the inbox may be brought, and those of other sources whose contract
says `inbox: true`. A dropped file of such a source is a partition of its own, with a key that begins with `inbox-`:
it never replaces a live answer or is replaced by one. Where both hold a cell, the file fetched last counts.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict

from flows.contracts import Source, Table
from flows.sources import load_source
from flows.sources.base import Partition, Recogniser
from flows.sources.dropped import Dropped, header_in, kind_of

DELIMITERS = {"csv": ",", "tsv": "\t"}
INBOX_PREFIX = "inbox-"

_FORMAT_NAMES = {"json": "JSON", "html": "a web page", "xml": "XML"}


class Unrecognised(BaseModel):
    """A dropped file that no contract fits, with the sentence a person needs."""

    model_config = ConfigDict(frozen=True)

    name: str
    reason: str


class _Fit(BaseModel):
    """A table a dropped file can be, its partition key and labels; no key where only the file's name is wrong."""

    model_config = ConfigDict(frozen=True)

    table: Table
    key: str | None
    labels: dict[str, str] = {}


def inbox_tables(contracts: Mapping[str, Source]) -> list[Table]:
    """The tables whose files a person may bring."""
    return [
        table for source in contracts.values() for table in source.tables if source.origin == "drop_box" or table.inbox
    ]


def recognise(dropped: Dropped, contracts: Mapping[str, Source]) -> Partition | Unrecognised:
    """The partition a dropped file is, or why it is none: the closest contract and what differs.

    A file that fits several contracts is a question, unless the folder it lies in names one of them.
    """
    tables = inbox_tables(contracts)
    try:
        start = dropped.start()
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        return Unrecognised(name=dropped.name, reason=f"{dropped.name} cannot be read ({error}); get the file again.")
    named = [table for table in tables if dropped.folder in (table.source, f"{table.source}.{table.name}")]
    fits = list(_fits(dropped, start, named or tables))
    proper = [fit for fit in fits if fit.key is not None]
    if len(proper) == 1:
        return _partition(dropped, proper[0], contracts[proper[0].table.source].origin)
    return Unrecognised(name=dropped.name, reason=_why_not(dropped, start, proper or fits, tables))


def _fits(dropped: Dropped, start: bytes, tables: list[Table]) -> Iterator[_Fit]:
    headers = {form: {n.casefold() for n in header_in(start, mark)} for form, mark in DELIMITERS.items()}
    for table in tables:
        if table.format in DELIMITERS and {c.header.casefold() for c in table.columns} <= headers[table.format]:
            labels = _labels(dropped, table)
            key = table.partition_key.format(**(labels or {})) if labels and table.partition_key else dropped.stem
            yield _Fit(table=table, key=None if labels is None else key, labels=labels or {})
    others = {table.source: table for table in tables if table.format not in DELIMITERS}
    for source in others:
        module = load_source(source)
        found = module.recognise(dropped.name, start) if isinstance(module, Recogniser) else None
        if found is not None:
            table = next(table for table in tables if (table.source, table.name) == (source, found.table))
            yield _Fit(table=table, key=found.key, labels=found.labels)


def _labels(dropped: Dropped, table: Table) -> dict[str, str] | None:
    if table.name_pattern is None:
        return {}
    match = re.match(table.name_pattern, dropped.stem)
    return {k: v for k, v in match.groupdict().items() if v} if match else None


def _partition(dropped: Dropped, fit: _Fit, origin: str) -> Partition:
    key = re.sub(r"[^A-Za-z0-9_.-]+", "_", fit.key or "").strip("._")
    is_packed = dropped.member is not None or dropped.is_gzip
    return Partition(
        source=fit.table.source,
        table=fit.table.name,
        key=key if origin == "drop_box" else f"{INBOX_PREFIX}{key}",
        revision=dropped.revision,
        url=f"inbox/{dropped.name}",
        location=dropped.model_dump_json(),
        suffix=f"{fit.table.format}.gz" if is_packed else fit.table.format,
        labels=fit.labels,
        is_dropped=True,
    )


def _why_not(dropped: Dropped, start: bytes, fits: list[_Fit], tables: list[Table]) -> str:
    names = sorted(f"{fit.table.source}.{fit.table.name}" for fit in fits)
    if len(names) > 1:
        choice = f"the folder inbox/{names[0]}/ or inbox/{names[1]}/"
        return f"{dropped.name} fits the contracts {' and '.join(names)}; put it into {choice} to say which it is."
    if names:
        return (
            f"{dropped.name} has the columns of {names[0]} but not its name; rename it like {fits[0].table.name_hint}."
        )
    kind = kind_of(start)
    if kind != "text":
        return f"{dropped.name} is {_FORMAT_NAMES[kind]} that no source recognises; move it out of the inbox."
    return _closest(dropped, start, [table for table in tables if table.format in DELIMITERS])


def _closest(dropped: Dropped, start: bytes, tables: list[Table]) -> str:
    likeness = [(_overlap(header_in(start, DELIMITERS[table.format]), table), table) for table in tables]
    score, closest = max(likeness, key=lambda pair: pair[0], default=(0.0, None))
    if closest is None or score == 0:
        return f"{dropped.name} has no column of any contract; move it out of the inbox."
    difference = _difference(header_in(start, DELIMITERS[closest.format]), closest)
    return f"{dropped.name} fits no contract; closest is {closest.source}.{closest.name}: {difference}."


def _overlap(names: list[str], table: Table) -> float:
    ours = {column.header.casefold() for column in table.columns}
    theirs = {name.casefold() for name in names}
    return len(ours & theirs) / len(ours | theirs)


def _difference(names: list[str], table: Table) -> str:
    ours = {column.header.casefold(): column.header for column in table.columns}
    theirs = {name.casefold(): name for name in names}
    missing = [ours[name] for name in ours if name not in theirs][:8]
    extra = [theirs[name] for name in theirs if name not in ours][:8]
    return f"missing {missing or 'nothing'}, not known there {extra or 'nothing'}"
