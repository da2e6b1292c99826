"""The content of a 7z archive as a stream; all that needs py7zr."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import py7zr
from py7zr.io import Py7zIO, WriterFactory


class _Enough(Exception):
    """Thrown from inside the archive once no more is asked for."""


class _Sink(Py7zIO):
    """Takes the content as it comes out and hands it on."""

    def __init__(self, take: Callable[[bytes], bool]) -> None:
        self._take, self._size = take, 0

    def write(self, s: bytes | bytearray) -> int:
        self._size += len(s)
        if not self._take(bytes(s)):
            raise _Enough
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

    def __init__(self, take: Callable[[bytes], bool]) -> None:
        self._take = take

    def create(self, filename: str) -> Py7zIO:
        return _Sink(self._take)


def names_in(path: Path) -> list[str]:
    """The names of the files in an archive, folders left out; what py7zr raises where it is none."""
    with py7zr.SevenZipFile(path) as archive:
        return [entry.filename for entry in archive.files if not entry.is_directory]


def hand_out(path: Path, name: str, take: Callable[[bytes], bool]) -> None:
    """Hand the content of a file in the archive to `take`, part by part, as long as it says that it wants more.

    To its end its checksum is verified; what py7zr raises where it does not fit.
    """
    with py7zr.SevenZipFile(path) as archive, suppress(_Enough):
        archive.extract(targets=[name], factory=_Single(take))
