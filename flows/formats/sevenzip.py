"""7z archives that hold one file, as Eurostat packs its bulk files; unpacked as a stream, never whole in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import refusing
from flows.formats.bounds import Measure, temporary_file
from flows.redaction import legible_name

ENDING = ".7z"


def start(path: Path, size: int) -> bytes:
    """The first `size` bytes of the file in the archive. Raises FileRefused saying what is wrong with it."""
    found = bytearray()

    def take(part: bytes) -> bool:
        found.extend(part)
        return len(found) < size

    _unpack(path, take)
    return bytes(found[:size])


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A temporary file with the content, its checksum verified. Raises FileRefused saying what is wrong with it."""
    with temporary_file(suffix=f"-{path.name.removesuffix(ENDING)}") as handle:

        def take(part: bytes) -> bool:
            handle.write(part)
            return True

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


def _unpack(path: Path, take: Callable[[bytes], bool]) -> None:
    """Hand the content of the one file of an archive to `take`, part by part, as long as it asks for more."""
    from flows.formats.sevenzip_content import hand_out  # here: py7zr is seldom needed, and slow to import

    name = legible_name(path.name)
    measure = Measure(name, "largest_unpacked_mb", path.stat().st_size)

    def take_measured(part: bytes) -> bool:
        measure.add(len(part))
        return take(part)

    with refusing(f"{name} cannot be read: it is cut off or damaged, or no 7z archive; get the file again"):
        hand_out(path, take_measured)
