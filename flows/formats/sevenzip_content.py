"""The content of a 7z archive as a stream; all that needs py7zr."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import py7zr
from py7zr.io import Py7zIO, WriterFactory

from flows.errors import FileRefused
from flows.redaction import legible_name


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


def hand_out(path: Path, take: Callable[[bytes], bool]) -> None:
    """Hand the content of the one file in an archive to `take`, part by part, as long as it says that it wants more.

    To its end its checksum is verified; what py7zr raises where it does not fit, or where the archive is none. Raises
    FileRefused where it holds no file or several.
    """
    with py7zr.SevenZipFile(path) as archive, suppress(_Enough):
        names = [entry.filename for entry in archive.files if not entry.is_directory]
        if len(names) != 1:
            holds = f"{legible_name(path.name)} holds {len(names)} files where one was expected"
            raise FileRefused(f"{holds}; unpack it first.")
        archive.extract(targets=names, factory=_Single(take))
