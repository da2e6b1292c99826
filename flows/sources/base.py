"""What a source offers to the steps, and what several sources need.

A source module has two functions:

    partitions(settings, since, http) -> iterator of Partition   cheap: what exists upstream, with its revision tag
    fetch(partition, http)            -> iterator of bytes       as received, in chunks; no cleaning

and of these the ones it has a reason for:

    read(path, table)                 -> iterator of records     its files are neither delimited text nor Excel
    recognise(name, start)            -> Recognised or None      people bring such files through the inbox
    mended(path, table)               -> sentence or nothing     a file that lacks something is used, with a notice
    resume(partition, http, start)    -> iterator of bytes       a later process continues a download at byte `start`
    write_records(path, table, into)  -> Unread or None          DuckDB reads the records faster than `read` does
    columns_in(path, table)           -> list of names           columns that are new in a file are noticed

The protocols below say what each of them is given, gives and raises.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from flows.contracts import Table
from flows.formats import Record
from flows.formats.bounds import Limit
from flows.formats.dropped import Dropped
from flows.settings import Settings
from flows.transport.http import Http


class Partition(BaseModel):
    """One piece of a source that is fetched, landed and revised as a whole.

    `revision` changes when the content upstream does; while it stays the same nothing is fetched.
    `url` is where a person finds it, without any secret; `location` is what `fetch` opens. The label `cap`
    holds the row count at which this answer would have been cut short, the label `announced` the number of records
    the publisher says there are: another number in the file makes a notice. `is_dropped` says that a person brought it:
    `location` is then a `Dropped`, and the inbox fetches it whatever the source. `is_withdrawn` says that the
    publisher no longer lists it: there is nothing to fetch, and its last good file is used.
    `asked` is what else decides its content, where the settings do: a word each, or several joined by `+`.
    `period` is the one year, quarter or month it holds (2021, 2021-Q1, 2021-03), empty where there is no such one.
    `requests` is about how many requests it takes. `unless` is set by the plan: the server's tag of the
    stored file, to be passed to `Http.stream` or `Http.get`, so that an unchanged file is not sent again.
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
    is_dropped: bool = False
    is_withdrawn: bool = False
    asked: dict[str, str] = {}
    period: str = ""
    requests: int = 1
    unless: str = ""

    def __str__(self) -> str:
        return f"{self.source}/{self.table}/{self.key}"


class Fetcher(Protocol):
    """What has the bytes of a partition: a source, or the inbox for whatever a person brought."""

    def fetch(self, partition: Partition, http: Http) -> Iterator[bytes]:
        """The bytes of one partition as received, in chunks."""


class SourceModule(Fetcher, Protocol):
    """The interface of a module in this folder."""

    def partitions(self, settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
        """What exists upstream, of late if `since` is given; cheap."""


@runtime_checkable
class Reader(Protocol):
    """A source module that reads its own format."""

    def read(self, path: Path, table: Table) -> Iterator[Record]:
        """Line or record number and the values as text, in the order of the contract's columns.

        `path` may be gzip-compressed (its name ends in .gz). Raises FileRefused when the file is not what it
        should be; ValueError, KeyError and TypeError are taken for the same.
        """


@dataclass(frozen=True)
class Unread:
    """Records handed on without being read: the name in them of every column of the contract, how many they are, and
    whether they are lines or one list.
    """

    names: Mapping[str, str]
    count: int
    form: Literal["newline_delimited", "array"]


@runtime_checkable
class Forwarder(Protocol):
    """A source module that can hand on the records of a file without reading them itself."""

    def write_records(self, path: Path, table: Table, into: BinaryIO) -> Unread | None:
        """Write the records as JSON objects, in the order of `read`, and say what is in it.

        None where that cannot be done for sure: then `read` is asked. Raises FileRefused as `read` does.
        """


@runtime_checkable
class Mender(Protocol):
    """A source module that reads files although something is missing in them, and says so."""

    def mended(self, path: Path, table: Table) -> str:
        """A sentence on what `read` had to do without; empty where nothing is missing."""


@runtime_checkable
class Resumer(Protocol):
    """A source module whose downloads continue where they broke, by a later process too."""

    def resume(self, partition: Partition, http: Http, start: int) -> Iterator[bytes]:
        """The bytes of one partition from byte `start` on.

        The `location` of the partition must name the version of what is read: the bytes before `start` were received
        for the same location, by whichever process.
        """


@runtime_checkable
class Namer(Protocol):
    """A source module that says which columns a file of its own format has, so that new ones are noticed."""

    def columns_in(self, path: Path, table: Table) -> list[str]:
        """Names as the publisher spells them. Called for files that have landed."""


class Recognised(BaseModel):
    """What a source module makes of a dropped file: its table, its partition key (without `inbox-`) and labels."""

    model_config = ConfigDict(frozen=True)

    table: str
    key: str
    labels: dict[str, str] = {}


@runtime_checkable
class Recogniser(Protocol):
    """A source module that knows its own files when a person brings them."""

    def recognise(self, name: str, start: bytes) -> Recognised | None:
        """What the file called `name` is by the first bytes of its content (unzipped); None when it is not ours.

        Cheap: it is asked about every file in the inbox that is not delimited text or fits no contract by columns.
        """


def withdrawn(
    http: Http, source: str, table: str, listed: Collection[str], is_asked: Callable[[str], bool]
) -> Iterator[Partition]:
    """Partitions fetched in earlier runs that would be asked for again and are not among the `listed` keys.

    `listed` must be the publisher's whole list, and `is_asked` must hold for no key that list would leave out.
    """
    for key in http.ledger.partition_keys(source, table):
        latest = http.ledger.latest_raw(source, table, key) if is_asked(key) and key not in listed else None
        if latest is not None:
            yield Partition(
                source=source,
                table=table,
                key=key,
                revision=latest.revision,
                url=latest.url,
                location="",
                labels=latest.labels,
                is_withdrawn=True,
            )


def read_whole(path: Path, limit: Limit = "largest_answer_mb") -> bytes:
    """The content of a raw file, gunzipped where its name ends in .gz. FileRefused beyond the setting `limit`."""
    return Dropped(path).read(limit)


def rate_years(settings: Settings, since: datetime | None, today: date) -> Iterator[tuple[int, str]]:
    """Years of daily rates with their revision: the day they are looked at, of a closed year the quarter.

    The first days of a year have no rate yet, so it begins on 15 January. It counts as closed from February of the
    next year on, when its last days have come. What is put right later is found in the next quarter, when every
    closed year is asked for once more.
    """
    quarter = f"closed, as of {today.year}-Q{(today.month + 2) // 3}"
    for year in settings.years(today):
        if (since is None or year >= since.year) and today >= date(year, 1, 15):
            yield year, quarter if today >= date(year + 1, 2, 1) else today.isoformat()


def asked_before(http: Http, source: str, table: str, key: str) -> dict[str, str]:
    """What the newest stored file of a partition was asked for; empty where there is none."""
    latest = http.ledger.latest_raw(source, table, key)
    return latest.asked if latest else {}


def widened(wanted: Iterable[str], before: str | None) -> tuple[str, ...]:
    """What to ask for, so that a partition never shrinks: what is `wanted`, and what its stored file was asked for
    (`before`, joined by `+`; None without a file).

    No words at all mean everything. So a run with narrower settings than the last one finds nothing revised, and
    what a backfill brought stays current when the next ordinary run finds something new.
    """
    words = set(wanted)
    if not words or before == "":
        return ()
    return tuple(sorted(words | set(before.split("+") if before else ())))


def widened_years(settings: Settings, before: dict[str, str]) -> tuple[int, int | None]:
    """The same for a partition of many years, `first` and `last` in what was asked before: the first and the last year
    to ask for, no last one for no end.
    """
    first, last = settings.history_from, settings.history_to
    if not before:
        return first, last
    end = max(last, int(before["last"])) if last and before["last"] else None
    return min(first, int(before["first"])), end
