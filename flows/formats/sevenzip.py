"""7z archives that hold one file, as Eurostat packs its bulk files; unpacked as a stream, never whole in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import py7zr
from py7zr.io import Py7zIO, WriterFactory

from flows.errors import FileRefused, refusing
from flows.formats.bounds import Measure, temporary_file
from flows.redaction import legible_name

ENDING = ".7z"


class _Enough(Exception):
    """Thrown from inside the archive once the bytes asked for are there."""


class _Sink(Py7zIO):
    """Takes the content as it comes out and hands it on."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take, self._size = take, 0

    def write(self, s: bytes | bytearray) -> int:
        self._take(bytes(s))
        self._size += len(s)
        return len(s)

    def read(self, size: int | None = None) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def flush(self) -> None:
        return None

    def size(self) -> int:
        return self._size


class _Single(WriterFactory):
    """Hands the one file of an archive to `take`."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    def create(self, filename: str) -> Py7zIO:
        return _Sink(self._take)


def start(path: Path, size: int) -> bytes:
    """The first `size` bytes of the file in the archive. Raises FileRefused saying what is wrong with it."""
    found = bytearray()

    def take(part: bytes) -> None:
        found.extend(part)
        if len(found) >= size:
            raise _Enough

    _unpack(path, take)
    return bytes(found[:size])


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A temporary file with the content, its checksum verified. Raises FileRefused saying what is wrong with it."""
    with temporary_file(suffix=f"-{path.name.removesuffix(ENDING)}") as handle:

        def take(part: bytes) -> None:
            handle.write(part)

        _unpack(path, take)
        handle.flush()
        yield Path(handle.name)


@contextmanager
def plain(path: Path) -> Iterator[Path]:
    """The file itself, or for the time being the one in it where it is a 7z archive.

    Raises FileRefused where the archive is not whole or holds several files.
    """
    if not path.name.endswith(ENDING):
        yield path
        return
    with unpacked(path) as content:
        yield content


def _unpack(path: Path, take: Callable[[bytes], None]) -> None:
    name = legible_name(path.name)
    measure = Measure(name, "largest_unpacked_mb", path.stat().st_size)

    def take_measured(part: bytes) -> None:
        measure.add(len(part))
        take(part)

    what = f"{name} cannot be read: it is cut off or damaged, or no 7z archive; get the file again"
    with refusing(what), py7zr.SevenZipFile(path) as archive:
        names = [entry.filename for entry in archive.files if not entry.is_directory]
        if len(names) != 1:
            raise FileRefused(f"{name} holds {len(names)} files where one was expected; unpack it first.")
        with suppress(_Enough):
            archive.extract(targets=names, factory=_Single(take_measured))
