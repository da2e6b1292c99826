"""Fetch: what exists upstream minus what the ledger holds, stored as received.

Gate G1 (transport) is here: an empty or cut-off file never reaches the raw store.
"""

from __future__ import annotations

import gzip
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from pydantic import BaseModel, ConfigDict

from flows.contracts import load_contracts
from flows.contracts.loading import faults
from flows.errors import (
    ContractError,
    EntrepotError,
    FileRefused,
    NothingYet,
    NotModified,
    QuotaExhausted,
    UnsafeKey,
    told,
)
from flows.formats import sevenzip
from flows.formats.bounds import bounded, within
from flows.inbox import files
from flows.inbox.files import Unrecognised
from flows.ledger import Ledger, Outcome, OutcomeKind, RawFileRecord, utc_now
from flows.machine import CHUNK_BYTES
from flows.redaction import legible_name
from flows.settings import Settings
from flows.sources import load_source, source_names
from flows.sources.base import Partition
from flows.steps import land
from flows.steps.fetching.lanes import side_by_side
from flows.steps.fetching.receive import place_for, receive
from flows.steps.fetching.span import Span
from flows.transport.answers import is_page, tag_of
from flows.transport.http import Http, open_http

log = logging.getLogger("entrepot")

T = TypeVar("T")


class Plan(BaseModel):
    """What a run has to do: partitions to fetch, partitions that are as they were, files nobody recognises.

    `unreachable` are sources that could not say what they have; their last good files are used.
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
    span: Span | None = None,
) -> Plan:
    """Compare what the sources say exists (in `span`, if one is given), and what lies in the inbox, with the ledger.

    Publishers are asked side by side. Where no source is named the inbox is looked at for all of them: a file a
    person brought needs no server. Raises EntrepotError for an unknown source name.
    """
    http = http or open_http(settings)
    names = list(dict.fromkeys(sources or default_sources(settings)))
    unknown = sorted(set(names) - set(source_names(settings)))
    if unknown:
        raise EntrepotError(f"Unknown source {', '.join(unknown)}; `entrepot sources` lists them.")
    # To name a source is to switch it on, also where its files may be brought as well.
    asked = settings.model_copy(update={"live_sources": tuple(names)}) if sources else settings
    parts = _ask(asked, ledger, names, since, http, span)
    brought = files.scan(settings)
    dropped = [part for part in brought if isinstance(part, Partition) and (not sources or part.source in names)]
    planned = {str(part) for part in parts}  # what is upstream need not be taken from the inbox too
    parts += [_compare(ledger, partition, set()) for partition in dropped if str(partition) not in planned]
    return Plan(
        fetch=[part for part in parts if isinstance(part, Partition)],
        kept=[part for part in parts if isinstance(part, Outcome) and part.outcome == "kept"],
        unrecognised=_faulty_contracts(settings) + ([] if sources else unrecognised(brought)),
        unreachable=[part for part in parts if isinstance(part, Outcome) and part.outcome != "kept"],
    )


def _ask(
    settings: Settings, ledger: Ledger, names: list[str], since: datetime | None, http: Http, span: Span | None
) -> list[Partition | Outcome]:
    """What is to be fetched of these sources and what is certain already, in their order; publishers side by side."""
    # What a live source sent damaged is asked for again, although upstream nothing changed.
    damaged = land.refused(settings) if any(is_live(settings, name) for name in names) else set()
    ask = partial(_plan_source, settings, ledger, since=since, http=http, span=span, damaged=damaged)
    lanes = [((name, ask(name)) for name in lane) for lane in by_lane(settings, names, str)]
    answers = dict(answer for answer in side_by_side(lanes))
    return [part for name in names for part in answers[name]]


def by_lane(settings: Settings, things: Iterable[T], source_of: Callable[[T], str]) -> list[list[T]]:
    """Things of one publisher's host together, in their order; what is local is a lane too."""
    contracts = load_contracts(settings.contracts)
    lanes: dict[str, list[T]] = {}
    for thing in things:
        lanes.setdefault(next(iter(contracts[source_of(thing)].hosts), ""), []).append(thing)
    return list(lanes.values())


def is_live(settings: Settings, name: str) -> bool:
    """Whether a source is asked at a publisher's host."""
    return bool(load_contracts(settings.contracts)[name].hosts)


def _plan_source(
    settings: Settings,
    ledger: Ledger,
    name: str,
    since: datetime | None,
    http: Http,
    span: Span | None,
    damaged: set[str],
) -> list[Partition | Outcome]:
    """What to fetch of one source, and the outcomes that are certain already: those of files kept, and the source's
    own where it cannot be asked to the end.
    """
    if is_live(settings, name):
        span = span or Span.between(str(settings.history_from), str(settings.history_to or 9999))
    else:
        span, damaged = None, set()
    parts: list[Partition | Outcome] = []
    try:
        for partition in load_source(name).partitions(settings, since, http):
            if span is None or span.touches(partition.period):
                parts.append(_compare_listed(ledger, partition, damaged))
    except ContractError:
        raise
    except EntrepotError as error:
        kind: OutcomeKind = "waiting" if isinstance(error, QuotaExhausted) else "failed"
        parts.append(Outcome(source=name, table="", partition="", outcome=kind, reason=str(error)))
    except Exception as error:
        log.debug("What %s lists cannot be read", name, exc_info=True)
        said = f"What {name} says it has is not what it documents ({told(error)}); the last good files are used."
        parts.append(Outcome(source=name, table="", partition="", outcome="failed", reason=said))
    return parts


def _compare_listed(ledger: Ledger, partition: Partition, damaged: set[str]) -> Partition | Outcome:
    """The same for what a publisher lists: it may call a partition what no folder can be called."""
    try:
        return _compare(ledger, partition, damaged)
    except UnsafeKey as refusal:
        return _not_fetched(partition, "failed", str(refusal))


def _compare(ledger: Ledger, partition: Partition, damaged: set[str]) -> Partition | Outcome:
    """The partition, if it has to be fetched, or the outcome of one whose last file stands.

    `damaged` were refused. One that came again with the same bytes is not asked for a third time on the same day.
    """
    latest = ledger.latest_raw(partition.source, partition.table, partition.key)
    if latest is None:
        return partition
    if partition.is_withdrawn:
        notice = f"The publisher no longer lists {partition}; its rows, fetched on {latest.fetched_at:%Y-%m-%d}, stay."
        return latest.outcome("kept").model_copy(update={"notice": notice})
    if latest.file_id in damaged and latest.confirmed_on != utc_now().date():
        return partition
    if latest.revision == partition.revision:
        return _outcome(partition, "kept", latest)
    # The tag of the stored file is worth something only if that file is what would be asked for now.
    return partition.model_copy(update={"unless": tag_of(latest.headers) if latest.asked == partition.asked else ""})


def unrecognised(brought: Iterable[Partition | Unrecognised]) -> list[Outcome]:
    """The outcome of every file nobody recognises, which stays in the inbox."""
    return [_unusable("inbox", item.name, item.reason) for item in brought if isinstance(item, Unrecognised)]


def _faulty_contracts(settings: Settings) -> list[Outcome]:
    """The outcome of every contract of one's own that is wrong, whichever sources are asked."""
    return [
        _unusable("contracts", fault.path.name, f"{fault.said} {fault.advice}") for fault in faults(settings.contracts)
    ]


def _unusable(folder: str, name: str, reason: str) -> Outcome:
    """The outcome of a person's file that is no good; `folder` is where it lies in the warehouse, and stays."""
    return Outcome(source=folder, table="", partition=name, outcome="failed", url=f"{folder}/{name}", reason=reason)


def _outcome(partition: Partition, kind: OutcomeKind, record: RawFileRecord) -> Outcome:
    # The address and the tag are those of this look, even where an earlier file is kept.
    return record.outcome(kind).model_copy(update={"url": partition.url, "revision": partition.revision})


def fetch_partition(settings: Settings, ledger: Ledger, partition: Partition, http: Http | None = None) -> Outcome:
    """Bring one partition into the raw store and say whether it is new, revised or, byte for byte, kept.

    A file that fails on the way is an outcome, not an exception: other partitions go on.
    """
    http = http or open_http(settings)
    with within(settings):
        return _fetched(settings, ledger, partition, http)


def _fetched(settings: Settings, ledger: Ledger, partition: Partition, http: Http) -> Outcome:
    contract = load_contracts(settings.contracts)[partition.source]
    latest = ledger.latest_raw(partition.source, partition.table, partition.key)
    try:
        with place_for(settings, partition) as received:
            digest, size = receive(partition, received, http)
            _require_still(partition)
            _check_transport(partition, received, size, contract.table(partition.table).format)
            if latest is not None and latest.sha256 == digest:
                return _outcome(partition, "kept", ledger.restamp(latest, partition.revision, partition.asked))
            record = ledger.add_raw(_record(ledger, partition, digest, size, http.answered), received)
    except NotModified:
        assert latest is not None, partition
        return _outcome(partition, "kept", ledger.restamp(latest, partition.revision, partition.asked))
    except (QuotaExhausted, NothingYet) as error:
        return _not_fetched(partition, "waiting" if isinstance(error, QuotaExhausted) else "absent", str(error))
    except ContractError:
        raise
    except Exception as error:  # noqa: BLE001  a publisher may answer anything, and a file hold it; the others go on
        stops = contract.table(partition.table).on_failure == "stop"
        said = str(error) if isinstance(error, EntrepotError | OSError) else _unreadable(partition, error)
        return _not_fetched(partition, "failed", said).model_copy(update={"stops_run": stops})
    return _outcome(partition, "revised" if latest else "new", record)


def _require_still(partition: Partition) -> None:
    """Raises FileRefused for a dropped file that is another now than when it was found: what was read may be a part."""
    if partition.is_dropped and files.Dropped.at(partition.location).revision != partition.revision:
        raise FileRefused(f"{partition.url} changed while it was read; run again when nobody writes it any more.")


def _unreadable(partition: Partition, error: Exception) -> str:
    log.debug("%s cannot be read", partition, exc_info=True)
    return f"{partition.url} is not what {partition.source} documents ({told(error)}); nothing was taken from it."


def _record(ledger: Ledger, partition: Partition, digest: str, size: int, headers: dict[str, str]) -> RawFileRecord:
    settings = ledger.settings
    contract = load_contracts(settings.contracts)[partition.source]
    return RawFileRecord(
        source=partition.source,
        table=partition.table,
        partition=partition.key,
        revision=partition.revision,
        url=settings.base_url(partition.url) if contract.hosts and not partition.is_dropped else partition.url,
        fetched_at=ledger.now(),
        bytes=size,
        sha256=digest,
        licence=contract.licence,
        file_name=f"{digest[:12]}.{partition.suffix}",
        labels=partition.labels,
        asked=partition.asked,
        headers=headers,
    )


def fetch_all(
    settings: Settings, partitions: Iterable[Partition], fetch_one: Callable[[Partition], Outcome]
) -> Iterator[Outcome]:
    """The outcome of each partition as soon as it is there; publishers side by side.

    Once a publisher's quota is used up, the rest of the source waits without being tried.
    """
    lanes = by_lane(settings, partitions, lambda partition: partition.source)
    return side_by_side([_fetch_lane(lane, fetch_one) for lane in lanes])


def _fetch_lane(partitions: list[Partition], fetch_one: Callable[[Partition], Outcome]) -> Iterator[Outcome]:
    used_up: dict[str, str] = {}
    for partition in partitions:
        if partition.source in used_up:
            yield _not_fetched(partition, "waiting", used_up[partition.source])
            continue
        outcome = fetch_one(partition)
        if outcome.outcome == "waiting":
            used_up[partition.source] = outcome.reason
        yield outcome


def _not_fetched(partition: Partition, kind: OutcomeKind, reason: str) -> Outcome:
    return Outcome(
        source=partition.source,
        table=partition.table,
        partition=partition.key,
        outcome=kind,
        url=partition.url,
        reason=legible_name(reason),
    )


def _check_transport(partition: Partition, received: Path, size: int, expected: str) -> None:
    if size == 0:
        raise FileRefused(f"{partition.url} is empty; nothing was taken from it.")
    is_gzip = partition.suffix.endswith(".gz")
    try:
        with gzip.open(received) if is_gzip else received.open("rb") as stream:
            measured = bounded(cast(BinaryIO, stream), partition.url, "largest_unpacked_mb", size if is_gzip else None)
            start = measured.read(512)
            while is_gzip and measured.read(CHUNK_BYTES):  # reading to the end verifies length and checksum
                pass
        if partition.suffix.endswith(sevenzip.ENDING) and not is_page("", start):
            start = sevenzip.start(received, 512)  # its table of contents stands at the end
    except (EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # of this machine's disk, not of the file
            raise
        raise FileRefused(f"{partition.url} came cut off or damaged ({error}); nothing was taken from it.") from error
    if expected != "html" and is_page("", start):
        raise FileRefused(f"{partition.url} answered with a web page where {expected} was expected.")
