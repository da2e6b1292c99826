"""Bounds of what is unpacked: how large it may become, and where its temporary files are.

A few kilobytes can be packed to unpack to gigabytes, so nothing is unpacked or held in memory without a limit. The
limits are settings; what is larger is refused with a sentence that names the one to raise.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator
from contextvars import ContextVar
from typing import IO, Any, BinaryIO, Literal, cast

from flows.errors import FileRefused
from flows.machine import CHUNK_BYTES
from flows.settings import Settings, get_settings

Limit = Literal[
    "largest_unpacked_mb", "largest_document_mb", "largest_workbook_mb", "largest_page_mb", "largest_answer_mb"
]

FLOOR_BYTES = 64 * 10**6  # smaller ones may expand as they like
_in_force: ContextVar[Settings | None] = ContextVar("bounds", default=None)


@contextlib.contextmanager
def within(settings: Settings) -> Iterator[None]:
    """Let the limits of `settings`, and its folder for temporary files, hold for what is read inside."""
    token = _in_force.set(settings)
    try:
        yield
    finally:
        _in_force.reset(token)


def limits() -> Settings:
    """The settings whose limits hold here; those of the process where none are named."""
    return _in_force.get() or get_settings()


@contextlib.contextmanager
def temporary_file(mode: str = "w+b", suffix: str = "", **how: Any) -> Iterator[IO[Any]]:
    """A file inside the warehouse that is gone afterwards."""
    folder = limits().passing
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(mode, suffix=suffix, dir=folder, **how) as handle:
        yield handle


class Measure:
    """Counts what comes out of something packed. `add` raises FileRefused once that is more than the limit, or more
    times larger than the `packed_bytes` it came from than is allowed.
    """

    def __init__(
        self, name: str, limit: Limit, packed_bytes: int | None = None, settings: Settings | None = None
    ) -> None:
        settings = settings or limits()
        self._name, self._limit, self._total = name, limit, 0
        self._most = getattr(settings, limit) * 10**6
        self._ratio = settings.largest_expansion
        self._most_by_ratio = None if packed_bytes is None else max(FLOOR_BYTES, self._ratio * packed_bytes)

    def add(self, size: int) -> None:
        """Count `size` bytes more."""
        self._total += size
        if self._total > self._most:
            what = f"is larger than {self._most // 10**6:,} MB"
            raise FileRefused(f"{self._name} {what}; if it should be, raise ENTREPOT_{self._limit.upper()}.")
        if self._most_by_ratio is not None and self._total > self._most_by_ratio:
            what = f"unpacks to more than {self._ratio} times its size"
            raise FileRefused(f"{self._name} {what}; if it should, raise ENTREPOT_LARGEST_EXPANSION.")


class _Bounded(io.RawIOBase):
    """A stream that is measured while it is read."""

    def __init__(self, stream: BinaryIO, measure: Measure) -> None:
        self._stream, self._measure = stream, measure

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._stream.read(len(buffer))
        self._measure.add(len(chunk))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def readall(self) -> bytes:
        parts = []
        while chunk := self._stream.read(CHUNK_BYTES):
            self._measure.add(len(chunk))
            parts.append(chunk)
        return b"".join(parts)


def bounded(stream: BinaryIO, name: str, limit: Limit, packed_bytes: int | None = None) -> BinaryIO:
    """`stream`, which raises FileRefused while it is read where it is too large (see Measure)."""
    return cast(BinaryIO, io.BufferedReader(_Bounded(stream, Measure(name, limit, packed_bytes)), CHUNK_BYTES))
