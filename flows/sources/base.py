"""What every source offers, and the two kinds of local source: bundled files and the drop box.

A source module has two functions:

    partitions(settings, since) -> iterator of Partition   cheap: what exists upstream, with its revision tag
    fetch(partition)            -> iterator of bytes       as received, in chunks; no cleaning
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from flows.contracts import load_contracts
from flows.settings import Settings

CHUNK_BYTES = 1 << 20


class Partition(BaseModel):
    """One piece of a source that is fetched, landed and revised as a whole.

    `revision` changes when the content upstream does; while it stays the same nothing is fetched.
    `url` is where a person finds it; `location` is what `fetch` opens.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    table: str
    key: str
    revision: str
    url: str
    location: str
    suffix: str = "csv"
    labels: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.source}/{self.table}/{self.key}"


class SourceModule(Protocol):
    """The interface of a module in this folder."""

    def partitions(self, settings: Settings, since: datetime | None) -> Iterator[Partition]:
        """What exists upstream, of late if `since` is given; cheap."""

    def fetch(self, partition: Partition) -> Iterator[bytes]:
        """The bytes of one partition as received, in chunks."""


def read_chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a local file, in chunks."""
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK_BYTES):
            yield chunk


def bundled(module: str) -> Callable[[Settings, datetime | None], Iterator[Partition]]:
    """The `partitions` function of a bundled source: one partition per table that has its file.

    The revision is the file's own hash, so an edited file is a new vintage.
    """
    source = module.rpartition(".")[2]

    def partitions(settings: Settings, since: datetime | None) -> Iterator[Partition]:
        for table in load_contracts(settings.contracts)[source].tables:
            path = settings.bundled / source / f"{table.name}.csv"
            if path.is_file():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                url = f"warehouse/bundled/{source}/{table.name}.csv"
                yield Partition(
                    source=source, table=table.name, key="bundled", revision=digest, url=url, location=str(path)
                )

    return partitions


def fetch_local(partition: Partition) -> Iterator[bytes]:
    """Bytes of a partition that is a local file."""
    yield from read_chunks(Path(partition.location))
