"""Fetch: what exists upstream minus what the ledger holds, stored as received.

Gate G1 (transport) is here: an empty or cut-off file never reaches the raw store.
"""

from __future__ import annotations

import gzip
import hashlib
import tempfile
import zlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from flows.contracts import load_contracts
from flows.errors import ContractError, EntrepotError, FileRefused, HttpFailed, QuotaExhausted
from flows.ledger import Ledger, Outcome, OutcomeKind, RawFileRecord, utc_now
from flows.settings import Settings
from flows.sources import dropbox, load_source, source_names
from flows.sources.answers import is_page
from flows.sources.base import Partition, SourceModule
from flows.sources.dropbox import Unrecognised
from flows.sources.http import Http, open_http
from flows.steps import land


class Plan(BaseModel):
    """What a run has to do: partitions to fetch, partitions that are as they were, files nobody recognises.

    `unreachable` are sources that could not say what they have; their last good files stand in.
    """

    model_config = ConfigDict(frozen=True)

    fetch: list[Partition] = []
    kept: list[Outcome] = []
    unrecognised: list[Outcome] = []
    unreachable: list[Outcome] = []


def default_sources(settings: Settings) -> list[str]:
    """The sources a run asks when none is named: all local ones, and the live ones switched on."""
    contracts = load_contracts(settings.contracts)
    return [name for name, source in contracts.items() if source.origin != "live" or name in settings.live_sources]


def plan(
    settings: Settings,
    ledger: Ledger,
    sources: Iterable[str] | None = None,
    since: datetime | None = None,
    http: Http | None = None,
) -> Plan:
    """Compare what the sources say exists, and what lies in the inbox, with the ledger.

    Where no source is named the inbox is looked at for all of them: a file a person brought needs no server.
    Raises EntrepotError for an unknown source name.
    """
    http = http or open_http(settings)
    names = list(sources or default_sources(settings))
    unknown = sorted(set(names) - set(source_names(settings)))
    if unknown:
        raise EntrepotError(f"Unknown source {', '.join(unknown)}; `entrepot sources` lists them.")
    # What a live source sent damaged is asked for again, although upstream nothing changed.
    live = {name for name in names if load_contracts(settings.contracts)[name].origin == "live"}
    damaged = land.refused(settings) if live else set()
    damaged = {file_id for file_id in damaged if file_id.partition("/")[0] in live}
    todo: list[Partition] = []
    kept: list[Outcome] = []
    unreachable: list[Outcome] = []

    def compare(partition: Partition) -> None:
        standing = _standing(ledger, partition, damaged)
        if standing is None:
            todo.append(partition)
        else:
            kept.append(standing)

    for name in names:
        try:
            for partition in load_source(name).partitions(settings, since, http):
                compare(partition)
        except ContractError:
            raise
        except EntrepotError as error:
            unreachable.append(Outcome(source=name, table="", partition="", outcome="failed", reason=str(error)))
    brought = dropbox.scan(settings)
    for part in brought:
        if isinstance(part, Partition) and (not sources or part.source in names):
            compare(part)
    strangers = [] if sources else _unrecognised(brought)
    return Plan(fetch=todo, kept=kept, unrecognised=strangers, unreachable=unreachable)


def _unrecognised(brought: Iterable[Partition | Unrecognised]) -> list[Outcome]:
    strangers = [part for part in brought if isinstance(part, Unrecognised)]
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


def _outcome(partition: Partition, kind: OutcomeKind, record: RawFileRecord) -> Outcome:
    # The address and the tag are those of this look, even where an earlier file is kept.
    return record.outcome(kind).model_copy(update={"url": partition.url, "revision": partition.revision})


def _standing(ledger: Ledger, partition: Partition, damaged: set[str]) -> Outcome | None:
    """The outcome of a partition whose last file stands; none where it must be fetched. `damaged` were refused."""
    latest = ledger.latest_raw(partition.source, partition.table, partition.key)
    if latest is None:
        return None
    if partition.is_withdrawn:
        notice = f"The publisher no longer lists {partition}; its rows, fetched on {latest.fetched_at:%Y-%m-%d}, stay."
        return latest.outcome("kept").model_copy(update={"notice": notice})
    if latest.revision != partition.revision or (latest.file_id in damaged and not partition.is_dropped):
        return None
    return _outcome(partition, "kept", latest)


def fetch_partition(settings: Settings, ledger: Ledger, partition: Partition, http: Http | None = None) -> Outcome:
    """Bring one partition into the raw store and say whether it is new, revised or, byte for byte, kept.

    A file that fails on the way is an outcome, not an exception: other partitions go on.
    """
    http = http or open_http(settings)
    contract = load_contracts(settings.contracts)[partition.source]
    is_asked = contract.origin == "live" and not partition.is_dropped
    latest = ledger.latest_raw(partition.source, partition.table, partition.key)
    settings.raw.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.raw, prefix=".receiving-") as folder:
        received = Path(folder) / "received"
        try:
            digest, size = _receive(partition, received, http)
            _check_transport(partition, received, size, contract.table(partition.table).format)
        except (OSError, zlib.error, EOFError, FileRefused, HttpFailed, QuotaExhausted) as error:
            stops = contract.table(partition.table).on_failure == "stop"
            outcome = Outcome(source=partition.source, table=partition.table, partition=partition.key, outcome="failed")
            return outcome.model_copy(update={"url": partition.url, "stops_run": stops, "reason": str(error)})
        record = RawFileRecord(
            source=partition.source,
            table=partition.table,
            partition=partition.key,
            revision=partition.revision,
            url=settings.base_url(partition.url) if is_asked else partition.url,
            fetched_at=utc_now(),
            bytes=size,
            sha256=digest,
            licence=contract.licence,
            file_name=f"{digest[:12]}.{partition.suffix}",
            labels=partition.labels,
            headers=http.answered,
        )
        if latest is not None and latest.sha256 == digest:
            return _outcome(partition, "kept", ledger.restamp(latest, partition.revision))
        record = ledger.add_raw(record, received)
    return _outcome(partition, "revised" if latest else "new", record)


def _receive(partition: Partition, received: Path, http: Http) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    http.answered = {}
    with received.open("wb") as handle:
        module: SourceModule = dropbox if partition.is_dropped else load_source(partition.source)
        for chunk in module.fetch(partition, http):
            digest.update(chunk)
            size += handle.write(chunk)
    return digest.hexdigest(), size


def _check_transport(partition: Partition, received: Path, size: int, expected: str) -> None:
    if size == 0:
        raise FileRefused(f"{partition.url} is empty; nothing was taken from it.")
    is_gzip = partition.suffix.endswith(".gz")
    try:
        with gzip.open(received) if is_gzip else received.open("rb") as stream:
            start = stream.read(512)
            while is_gzip and stream.read(1 << 20):  # reading to the end verifies length and checksum
                pass
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileRefused(f"{partition.url} came cut off or damaged ({error}); nothing was taken from it.") from error
    if expected != "html" and is_page("", start):
        raise FileRefused(f"{partition.url} answered with a web page where {expected} was expected.")
