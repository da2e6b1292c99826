"""The content of a 7z archive as a stream; all that needs py7zr."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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


@contextmanager
def _locked_is_refused(path: Path) -> Iterator[None]:
    """Say of an archive with a password that it has one: it is not damaged, and to get it again is no use."""
    try:
        yield
    except py7zr.PasswordRequired as error:
        raise FileRefused(f"{legible_name(path.name)} is protected by a password; unpack it first.") from error


def hand_out(path: Path, take: Callable[[bytes], bool]) -> None:
    """Hand the content of the one file in an archive to `take`, part by part, as long as it says that it wants more.

    To its end its checksum is verified; what py7zr raises where it does not fit, or where the archive is none. Raises
    FileRefused where it holds no file or several, or wants a password.
    """
    with _locked_is_refused(path), py7zr.SevenZipFile(path) as archive, suppress(_Enough):
        names = [entry.filename for entry in archive.files if not entry.is_directory]
        if not names:
            raise FileRefused(f"{legible_name(path.name)} is an archive without a file; get it again.")
        if len(names) > 1:
            holds = f"{legible_name(path.name)} holds {len(names)} files where one was expected"
            raise FileRefused(f"{holds}; unpack it first.")
        archive.extract(targets=names, factory=_Single(take))
