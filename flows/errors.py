"""What can go wrong because of input: shown to people as one sentence, never as a traceback."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

_OF_THE_MACHINE = {
    errno.ENOSPC: "The disk is full: make room, then try again",
    errno.EDQUOT: "Your share of the disk is used up: make room, then try again",
    errno.EROFS: "The disk can only be read: mount it for writing, then try again",
    errno.EACCES: "This user may not read or write a file that is needed: give it to the user who runs Entrepôt",
    errno.EPERM: "This user may not change a file that has to be changed: give it to the user who runs Entrepôt",
    errno.EIO: "The disk reports errors: look after it, then try again",
    errno.EMFILE: "Too many files are open: raise the limit (ulimit -n), then try again",
}

# The engine names settings of its own where memory runs out.
TOO_LITTLE_MEMORY = "it needs more memory than ENTREPOT_MEMORY_LIMIT gives it; raise that, or set ENTREPOT_THREADS=1"

# What pydantic says of a value, as it begins, and what a person reads of it.
_OF_A_VALUE = (
    (re.compile(r"^(?:Value error|Assertion failed), "), ""),
    (re.compile(r"^Input should be a valid integer.*"), "it should be a whole number"),
    (re.compile(r"^Input should be a valid (?:number|decimal).*"), "it should be a number"),
    (re.compile(r"^Input should be a valid string.*"), "it should be a text"),
    (re.compile(r"^Input should be a valid boolean.*"), "it should be true or false"),
    (re.compile(r"^Input should be a valid (?:list|tuple).*"), "it should be a list"),
    (re.compile(r"^Input should be a valid (?:dictionary|mapping).*"), "it should be names with values"),
    (re.compile(r"^Input should be greater than or equal to (.+)"), r"it should be \1 or more"),
    (re.compile(r"^Input should be less than or equal to (.+)"), r"it should be \1 or less"),
    (re.compile(r"^Input should "), "it should "),
    (re.compile(r"^Field required.*"), "it is missing"),
    (re.compile(r"^Extra inputs are not permitted.*"), "nothing of this name is known"),
)


class EntrepotError(Exception):
    """Something a person can act on. The message says what, where and what to do."""

    exit_code = 1


class ContractError(EntrepotError):
    """A contract file is itself wrong."""


class FileRefused(EntrepotError):
    """A raw file breaks its contract so that none of it can be used."""


class ColumnsMissing(FileRefused):
    """A raw file lacks columns of its contract: `columns`, as their headers are written there, of `table`."""

    def __init__(self, file_name: str, columns: Sequence[str], table: str) -> None:
        super().__init__(f"{file_name}: the columns {', '.join(columns)} of {table} are missing; get the whole file.")


class CutShort(FileRefused):
    """A raw file holds `rows` rows where its source hands out `cap` at once, so that there may be more of them."""

    def __init__(self, place: str, rows: int, source: str, cap: int) -> None:
        super().__init__(
            f"{place}: {rows} rows are as many as {source} hands out at once ({cap}); "
            "the answer was cut short and has to be asked for in smaller pieces."
        )


class UnsafeKey(FileRefused):
    """What a publisher calls a partition cannot be the name of a folder."""


class NotModified(EntrepotError):
    """The server says that the stored file is still what it has (304)."""


class NothingYet(EntrepotError):
    """The publisher has nothing for a partition so far, and nothing is wrong with that."""


class HttpFailed(EntrepotError):
    """A publisher's server did not give what was asked for, after all tries."""


class NotFound(HttpFailed):
    """The server has nothing at that address (404, 410)."""


class RateLimited(HttpFailed):
    """The server kept saying "too many requests"."""


class KeyRefused(HttpFailed):
    """The server did not accept the subscription key."""


class QuotaExhausted(EntrepotError):
    """The daily number of requests is used up; `resume_at` (UTC) says when it starts anew."""

    def __init__(self, message: str, resume_at: datetime) -> None:
        super().__init__(message)
        self.resume_at = resume_at


class WriterBusy(EntrepotError):
    """Another process is writing to the warehouse."""

    exit_code = 4


class LandedDamaged(EntrepotError):
    """landed.duckdb cannot be read; it can be made again from the raw files."""


class RunStopped(EntrepotError):
    """A check stopped a run, and nothing was published. The record of `run_id`, if given, says what was found."""

    def __init__(self, message: str, run_id: str = "") -> None:
        super().__init__(message)
        self.run_id = run_id


class NothingIngested(EntrepotError):
    """Every partition a run asked for failed; the record of `run_id` says why. The last good files are used."""

    exit_code = 3

    def __init__(self, message: str, run_id: str) -> None:
        super().__init__(message)
        self.run_id = run_id


class BuildFailed(RunStopped):
    """dbt could not build the candidate, or a dbt test failed."""


class GateFailed(RunStopped):
    """The release gate found an error; nothing was published."""

    exit_code = 2


class LicenceRefused(GateFailed):
    """Figures that are not redistributable would have gone to a public place; nothing was written there."""


class PublishRefused(EntrepotError):
    """The candidate may not become the published file."""


def is_interruption(error: BaseException) -> bool:
    """Whether a person stopped the run: Ctrl-C, which during a query is an error of DuckDB's."""
    return isinstance(error, KeyboardInterrupt) or str(error) == "Query interrupted"


def of_the_machine(error: BaseException) -> str:
    """What is wrong with the machine, such as a full disk, in two sentences. An empty text for any other trouble."""
    cause = cause_of_the_machine(error)
    return f"{cause}. `entrepot status` says what is published." if cause else ""


def cause_of_the_machine(error: BaseException) -> str:
    """What is wrong with the machine and what to do, without a full stop. An empty text where it is something else."""
    said, where = str(error), ""
    if isinstance(error, OSError) and error.errno is not None:
        number: int | None = error.errno
        where = str(error.filename or "")
    else:
        is_of_the_engine = type(error).__module__.endswith("duckdb")
        number = next((n for n in _OF_THE_MACHINE if is_of_the_engine and os.strerror(n) in said), None)
    if number not in _OF_THE_MACHINE:
        return ""
    place = where or " ".join(said.split())[:200]
    return f"{_OF_THE_MACHINE[number]} ({place})"


def of_the_engine(said: str, longest: int) -> str:
    """What the engine says in a line; where memory ran out, what to do."""
    return TOO_LITTLE_MEMORY if "Out of Memory Error" in said else " ".join(said.split())[:longest]


def of_a_value(said: str) -> str:
    """What pydantic says of a value it refuses, in plain words and without a full stop: it should be a whole number."""
    for pattern, plain in _OF_A_VALUE:
        said = pattern.sub(plain, said)
    return said.rstrip(".")


def told(error: BaseException) -> str:
    """What a reader's error says of the bytes it was given, in a few words."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    if isinstance(error, KeyError):
        return f"{_in_one_line(str(error), 100)} is missing"
    return f"{type(error).__name__}: {_in_one_line(str(error))}"


def _in_one_line(text: str, longest: int = 200) -> str:
    """The beginning of what a library says, which may be a paragraph, without a full stop."""
    return " ".join(text.split())[:longest].rstrip(" .")


@contextlib.contextmanager
def refusing(what: str) -> Iterator[None]:
    """Turn whatever a reader raises over bytes that are not what they should be into FileRefused, which begins with
    `what`. Trouble of the machine (OSError with a number, such as a full disk) is no fault of the file and goes on.
    """
    try:
        yield
    except EntrepotError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise FileRefused(f"{what} ({told(error)}).") from error
