"""Members of a zip archive, on disk or on a server, as gzip files without unpacking or packing anything anew.

A member of an archive is a deflate stream, and so is the inside of a gzip file. Between a header and a trailer its
bytes are stored as received: the checksum and the length in the trailer are those of the archive's directory, so
whoever unpacks the gzip file to its end has verified the member. An archive is read in parts: first the directory
at its end, then each member that is wanted, once.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict

from flows.errors import FileRefused, refusing
from flows.formats.bounds import FLOOR_BYTES, limits
from flows.machine import CHUNK_BYTES

# first and last byte, both included -> the bytes, in chunks
Part = Callable[[int, int], Iterator[bytes]]

TAIL_BYTES = 1 << 17  # the longest end of an archive, and the directory before it: 4 KB for forty members
_GZIP_START = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate, no name, no time: the same bytes every time
_LOCAL_HEADER, _LOCAL_HEADER_BYTES = b"PK\x03\x04", 30
_END_RECORD, _END_RECORD_BYTES = b"PK\x05\x06", 22
_ENCRYPTED = 1  # bit of a member's flags
_LONGEST_COMMENT = (1 << 16) - 1
_LARGEST_DIRECTORY_BYTES = 16 << 20


class Member(BaseModel):
    """One file in an archive, as the archive's directory describes it; `offset` is where its own header begins."""

    model_config = ConfigDict(frozen=True)

    name: str
    offset: int
    packed_bytes: int
    bytes: int
    crc: int
    method: int

    @property
    def revision(self) -> str:
        """Tag of the content: size and checksum."""
        return f"{self.bytes}-{self.crc:08x}"


def member_of(info: zipfile.ZipInfo) -> Member:
    """A member as Python's own reader of directories gives it."""
    return Member(
        name=info.filename,
        offset=info.header_offset,
        packed_bytes=info.compress_size,
        bytes=info.file_size,
        crc=info.CRC,
        method=info.compress_type,
    )


def is_locked(path: Path, member: str) -> bool:
    """Whether a member of the archive on disk can be read only with a password."""
    return bool(open_archive(path).getinfo(member).flag_bits & _ENCRYPTED)


def open_archive(path: Path) -> zipfile.ZipFile:
    """The archive on disk. Its directory is read once, however many members are looked at; do not close it.

    Raises FileRefused when it is none, or holds or unpacks to more than the settings allow.
    """
    stat = path.stat()
    return _opened(path, stat.st_size, stat.st_mtime_ns, limits().most_archive_members, limits().largest_expansion)


@lru_cache(maxsize=2)
def _opened(path: Path, size: int, modified_ns: int, most_members: int, ratio: int) -> zipfile.ZipFile:
    damaged = "It is an archive that is cut off or damaged; get the file again"
    with refusing(damaged):
        archive = zipfile.ZipFile(path)
        with path.open("rb") as handle:
            is_one = is_whole(handle, archive)
    if not is_one:
        raise FileRefused(f"{damaged} (there is more in it than its directory lists, such as another archive).")
    if not all(info.filename for info in archive.filelist):
        raise FileRefused(f"{damaged} (a file in it has no name).")
    if len(archive.filelist) > most_members:
        what = f"It is an archive of {len(archive.filelist):,} files"
        raise FileRefused(f"{what}; if all are wanted, raise ENTREPOT_MOST_ARCHIVE_MEMBERS from {most_members:,}.")
    unpacked = sum(info.file_size for info in archive.filelist)
    if unpacked > max(FLOOR_BYTES, ratio * size):
        what = f"It is an archive that unpacks to more than {ratio} times its size"
        raise FileRefused(f"{what}; if it should, raise ENTREPOT_LARGEST_EXPANSION.")
    return archive


def is_whole(handle: BinaryIO | _Parts, archive: zipfile.ZipFile) -> bool:
    """Whether the directory of an archive tells of everything from its first file to its end.

    Python takes the last directory it finds and asks for nothing before or behind it: of an archive that was cut off
    that may be the directory of another one inside it, of two in one file that of one. A program that unpacks itself
    is whole, but does not begin with a file.
    """
    handle.seek(0)
    first = min((info.header_offset for info in archive.filelist), default=None)
    if first != 0 and handle.read(len(_LOCAL_HEADER)) == _LOCAL_HEADER:
        return False
    size = handle.seek(0, io.SEEK_END)
    handle.seek(max(0, size - _END_RECORD_BYTES - _LONGEST_COMMENT))
    tail = handle.read()
    behind = tail.rfind(_END_RECORD) + _END_RECORD_BYTES + len(archive.comment)
    return _LOCAL_HEADER not in tail[behind:]


def part_of_file(path: Path) -> Part:
    """Parts of an archive on disk."""

    def part(first: int, last: int) -> Iterator[bytes]:
        with path.open("rb") as handle:
            handle.seek(first)
            while first <= last and (chunk := handle.read(min(CHUNK_BYTES, last - first + 1))):
                first += len(chunk)
                yield chunk

    return part


def members_of(part: Part, size: int, name: str) -> list[Member]:
    """The files in an archive of `size` bytes. Raises FileRefused when it is none or not whole."""
    what = f"Nothing was taken from {name}, which is not a whole zip archive"
    parts = _Parts(part, size)
    with refusing(what), zipfile.ZipFile(parts) as archive:
        if not is_whole(parts, archive):
            raise FileRefused(f"{what} (there is more in it than its directory lists, such as another archive).")
        return [member_of(info) for info in archive.infolist() if not info.is_dir()]


def as_gzip(part: Part, member: Member, start: int = 0) -> Iterator[bytes]:
    """A member as a gzip file, from byte `start` of that on. Raises FileRefused when it is packed in another way."""
    if member.method != zipfile.ZIP_DEFLATED:
        raise FileRefused(f"{member.name} is packed by method {member.method}, not deflated; unpack it by hand.")
    if start < len(_GZIP_START):
        yield _GZIP_START[start:]
    first = _content_offset(part, member)
    begun = max(0, start - len(_GZIP_START))
    if begun < member.packed_bytes:
        yield from part(first + begun, first + member.packed_bytes - 1)
    trailer = member.crc.to_bytes(4, "little") + (member.bytes & 0xFFFFFFFF).to_bytes(4, "little")
    yield trailer[max(0, begun - member.packed_bytes) :]


def _content_offset(part: Part, member: Member) -> int:
    """Where the packed bytes begin: the member's own header may be longer than the directory tells."""
    header = b"".join(part(member.offset, member.offset + _LOCAL_HEADER_BYTES - 1))
    if len(header) < _LOCAL_HEADER_BYTES or not header.startswith(_LOCAL_HEADER):
        raise FileRefused(f"{member.name} is not where the archive's directory says; nothing was taken from it.")
    name_bytes, extra_bytes = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
    return member.offset + _LOCAL_HEADER_BYTES + name_bytes + extra_bytes


class _Parts(io.RawIOBase):
    """An archive as a file Python's reader of directories can seek in; its end is read once and kept."""

    def __init__(self, part: Part, size: int) -> None:
        self._part, self._size, self._at = part, size, 0
        self._tail_from = max(0, size - TAIL_BYTES)
        self._tail: bytes | None = None

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if at < 0:
            raise ValueError("before the beginning of the archive")
        self._at = at
        return at

    def read(self, size: int = -1) -> bytes:
        last = self._size - 1 if size < 0 else min(self._at + size, self._size) - 1
        if last - self._at > _LARGEST_DIRECTORY_BYTES:
            raise ValueError("its directory is larger than that of any archive read here")
        if last < self._at:
            return b""
        if self._at >= self._tail_from:
            if self._tail is None:
                self._tail = b"".join(self._part(self._tail_from, self._size - 1))
            content = self._tail[self._at - self._tail_from : last + 1 - self._tail_from]
        else:
            content = b"".join(self._part(self._at, last))
        self._at += len(content)
        return content
