"""The drop box: a file in `warehouse/inbox/` is recognised by its columns and becomes a partition of its source.

Plain files, gzip files and the members of zip archives are looked at alike. Archives are streamed, never
unpacked; a member is stored gzip-compressed, and its sidecar names the archive.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict

from flows.contracts import Table, load_contracts
from flows.settings import Settings
from flows.sources.base import CHUNK_BYTES, Partition, Partitions, fetch_local
from flows.sources.http import Http

_DOCUMENTATION = (".txt", ".md", ".pdf", ".html")


class Dropped(BaseModel):
    """One thing lying in the drop box: a file, or a member of an archive."""

    model_config = ConfigDict(frozen=True)

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """Its name as a person sees it."""
        return f"{self.path.name}!{self.member}" if self.member else self.path.name

    @property
    def stem(self) -> str:
        """Name of the file itself without folder and endings."""
        return Path(self.member or self.path.name).name.split(".")[0]

    @property
    def revision(self) -> str:
        """Cheap tag of the content: size and time of a file, size and checksum of an archive member."""
        if self.member is None:
            stat = self.path.stat()
            return f"{stat.st_size}-{stat.st_mtime_ns}"
        with zipfile.ZipFile(self.path) as archive:
            info = archive.getinfo(self.member)
            return f"{info.file_size}-{info.CRC:08x}"

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The content, unzipped and gunzipped, as a stream."""
        with contextlib.ExitStack() as stack:
            if self.member is None:
                stream: BinaryIO = stack.enter_context(self.path.open("rb"))
            else:
                archive = stack.enter_context(zipfile.ZipFile(self.path))
                stream = stack.enter_context(archive.open(self.member))  # type: ignore[assignment]
            if (self.member or self.path.name).endswith(".gz"):
                stream = stack.enter_context(gzip.GzipFile(fileobj=stream))  # type: ignore[assignment]
            yield stream


class Unrecognised(BaseModel):
    """A dropped file that no contract fits, with the sentence a person needs."""

    model_config = ConfigDict(frozen=True)

    name: str
    reason: str


def header_of(dropped: Dropped, delimiter: str = ",") -> list[str]:
    """Column names in the first line; a trailing delimiter adds none. Empty when the content is not text."""
    with dropped.open() as stream:
        line = stream.readline(1 << 16).decode("utf-8-sig", errors="replace")
    try:
        names = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return []
    return names[:-1] if names and names[-1] == "" else names


def _dropped(inbox: Path) -> Iterator[Dropped]:
    for path in sorted(p for p in inbox.glob("*") if p.is_file() and not p.name.startswith(".")):
        if not zipfile.is_zipfile(path):
            yield Dropped(path=path)
            continue
        with zipfile.ZipFile(path) as archive:
            members = [info.filename for info in archive.infolist() if not info.is_dir()]
        yield from (
            Dropped(path=path, member=member) for member in members if not member.lower().endswith(_DOCUMENTATION)
        )


def _tables(settings: Settings) -> list[Table]:
    sources = load_contracts(settings.contracts).values()
    return [table for source in sources if source.origin == "drop_box" for table in source.tables]


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


def _labels(dropped: Dropped, table: Table) -> dict[str, str] | None:
    if table.name_pattern is None:
        return {}
    match = re.match(table.name_pattern, dropped.stem)
    return {k: v for k, v in match.groupdict().items() if v} if match else None


def _partition(dropped: Dropped, table: Table, labels: dict[str, str]) -> Partition:
    key = table.partition_key.format(**labels) if table.partition_key else dropped.stem
    compressed = dropped.member is not None or dropped.path.name.endswith(".gz")
    return Partition(
        source=table.source,
        table=table.name,
        key=re.sub(r"[^A-Za-z0-9_.-]+", "_", key).strip("._"),
        revision=dropped.revision,
        url=f"inbox/{dropped.name}",
        location=f"{dropped.path}!{dropped.member or ''}",
        suffix="csv.gz" if compressed else "csv",
        labels=labels,
    )


def recognise(dropped: Dropped, tables: list[Table]) -> Partition | Unrecognised:
    """The partition a dropped file is, or why it is none: the closest contract and what differs."""
    try:
        names = header_of(dropped)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        return Unrecognised(name=dropped.name, reason=f"{dropped.name} cannot be read ({error}); get the file again.")
    headers = {name.casefold() for name in names}
    for table in tables:
        if {column.header.casefold() for column in table.columns} <= headers:
            labels = _labels(dropped, table)
            if labels is not None:
                return _partition(dropped, table, labels)
            what = f"has the columns of {table.source}.{table.name} but not its name"
            return Unrecognised(name=dropped.name, reason=f"{dropped.name} {what}; rename it like {table.name_hint}.")
    return _stranger(dropped, names, tables)


def _stranger(dropped: Dropped, names: list[str], tables: list[Table]) -> Unrecognised:
    closest = max(tables, key=lambda table: _overlap(names, table), default=None)
    if closest is None or _overlap(names, closest) == 0:
        reason = f"{dropped.name} has no column of any contract; move it out of the inbox."
    else:
        likeness = f"closest is {closest.source}.{closest.name}: {_difference(names, closest)}"
        reason = f"{dropped.name} fits no contract; {likeness}."
    return Unrecognised(name=dropped.name, reason=reason)


def scan(settings: Settings) -> list[Partition | Unrecognised]:
    """Everything in the drop box, recognised or not. Documentation inside archives is passed over.

    Two files for one partition are a question only a person can answer, so the second is refused.
    """
    tables = _tables(settings)
    found: list[Partition | Unrecognised] = []
    first: dict[str, Partition] = {}
    for dropped in _dropped(settings.inbox):
        part = recognise(dropped, tables)
        if isinstance(part, Partition) and first.setdefault(str(part), part) is not part:
            reason = f"{dropped.name} holds the same partition as {first[str(part)].url} ({part}); keep one of the two."
            part = Unrecognised(name=dropped.name, reason=reason)
        found.append(part)
    return found


def drop_box(module: str) -> Partitions:
    """The `partitions` function of a source that people bring: its files in the drop box."""
    source = module.rpartition(".")[2]

    def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
        yield from (part for part in scan(settings) if isinstance(part, Partition) and part.source == source)

    return partitions


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """Bytes of a dropped file as they are; of an archive member, gzip-compressed on the way."""
    path, _, member = partition.location.partition("!")
    if not member:
        yield from fetch_local(partition.model_copy(update={"location": path}), http)
        return
    compressor = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield compressor.compress(chunk)
    yield compressor.flush()
