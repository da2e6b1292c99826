"""Fetch: what exists upstream minus what the ledger holds, stored as received.

Gate G1 (transport) is here: an empty or cut-off file never reaches the raw store.
"""

from __future__ import annotations

import gzip
import hashlib
import tempfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from flows.contracts import load_contracts
from flows.errors import EntrepotError, FileRefused
from flows.ledger import Ledger, Outcome, RawFileRecord, utc_now
from flows.settings import Settings
from flows.sources import load_source, source_names
from flows.sources.base import Partition
from flows.sources.dropbox import Unrecognised, scan


class Plan(BaseModel):
    """What a run has to do: partitions to fetch, partitions that are as they were, files nobody recognises."""

    model_config = ConfigDict(frozen=True)

    fetch: list[Partition] = []
    kept: list[Outcome] = []
    unrecognised: list[Outcome] = []


def plan(settings: Settings, ledger: Ledger, sources: Iterable[str] | None = None) -> Plan:
    """Compare what the sources say exists with the ledger. Raises EntrepotError for an unknown source name."""
    names = list(sources or source_names(settings))
    unknown = sorted(set(names) - set(source_names(settings)))
    if unknown:
        raise EntrepotError(f"Unknown source {', '.join(unknown)}; `entrepot sources` lists them.")
    todo: list[Partition] = []
    kept: list[Outcome] = []
    for name in names:
        for partition in load_source(name).partitions(settings, None):
            latest = ledger.latest_raw(partition.source, partition.table, partition.key)
            if latest is not None and latest.revision == partition.revision:
                kept.append(_outcome(partition, "kept", latest))
            else:
                todo.append(partition)
    return Plan(fetch=todo, kept=kept, unrecognised=[] if sources else _unrecognised(settings))


def _unrecognised(settings: Settings) -> list[Outcome]:
    strangers = [part for part in scan(settings) if isinstance(part, Unrecognised)]
    return [
        Outcome(
            source="inbox",
            table="",
            partition=item.name,
            outcome="failed",
            url=f"inbox/{item.name}",
            reason=item.reason,
        )
        for item in strangers
    ]


def _outcome(partition: Partition, kind: str, record: RawFileRecord) -> Outcome:
    return Outcome.model_validate(
        {
            "source": partition.source,
            "table": partition.table,
            "partition": partition.key,
            "outcome": kind,
            "url": partition.url,
            "revision": partition.revision,
            "sha256": record.sha256,
            "file_id": record.file_id,
        }
    )


def fetch_partition(settings: Settings, ledger: Ledger, partition: Partition) -> Outcome:
    """Bring one partition into the raw store and say whether it is new, revised or, byte for byte, kept.

    A file that fails on the way is an outcome, not an exception: other partitions go on.
    """
    contract = load_contracts(settings.contracts)[partition.source]
    latest = ledger.latest_raw(partition.source, partition.table, partition.key)
    settings.raw.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.raw, prefix=".receiving-") as folder:
        received = Path(folder) / "received"
        try:
            digest, size = _receive(partition, received)
            _check_transport(partition, received, size)
        except (OSError, zlib.error, EOFError, FileRefused) as error:
            stops = contract.table(partition.table).on_failure == "stop"
            outcome = Outcome(source=partition.source, table=partition.table, partition=partition.key, outcome="failed")
            return outcome.model_copy(update={"url": partition.url, "stops_run": stops, "reason": str(error)})
        record = RawFileRecord(
            source=partition.source,
            table=partition.table,
            partition=partition.key,
            revision=partition.revision,
            url=partition.url,
            fetched_at=utc_now(),
            bytes=size,
            sha256=digest,
            licence=contract.licence,
            file_name=f"{digest[:12]}.{partition.suffix}",
            labels=partition.labels,
        )
        if latest is not None and latest.sha256 == digest:
            return _outcome(partition, "kept", latest)
        record = ledger.add_raw(record, received)
    return _outcome(partition, "revised" if latest else "new", record)


def _receive(partition: Partition, received: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with received.open("wb") as handle:
        for chunk in load_source(partition.source).fetch(partition):
            digest.update(chunk)
            size += handle.write(chunk)
    return digest.hexdigest(), size


def _check_transport(partition: Partition, received: Path, size: int) -> None:
    if size == 0:
        raise FileRefused(f"{partition.url} is empty; nothing was taken from it.")
    if partition.suffix.endswith(".gz"):
        with gzip.open(received) as stream:  # reading to the end verifies length and checksum
            while stream.read(1 << 20):
                pass
