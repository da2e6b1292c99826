"""Sources without a module of their own: files that ship with the project, and those only people bring."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flows.contracts import load_contracts
from flows.machine import CHUNK_BYTES
from flows.settings import Settings
from flows.sources.base import Partition
from flows.transport.http import Http


class Bundled:
    """The files of one source under `warehouse/bundled/`; the contract is all there is to write for it."""

    def __init__(self, source: str) -> None:
        self.source = source

    def partitions(self, settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
        """One partition per table that has its file; none for a source whose files come through the inbox.

        The revision is the file's own hash, so an edited file is a new vintage.
        """
        contract = load_contracts(settings.contracts)[self.source]
        for table in contract.tables if contract.origin == "bundled" else ():
            name = f"{self.source}/{table.name}.csv"
            path = settings.bundled / name
            if path.is_file():
                yield Partition(
                    source=self.source, table=table.name, key="bundled", url=f"warehouse/bundled/{name}",
                    revision=hashlib.sha256(path.read_bytes()).hexdigest(), location=str(path),
                )  # fmt: skip

    def fetch(self, partition: Partition, http: Http) -> Iterator[bytes]:
        """The bytes of the file, in chunks."""
        with Path(partition.location).open("rb") as handle:
            while chunk := handle.read(CHUNK_BYTES):
                yield chunk
