"""One thing lying in the inbox, and what can be told from its first bytes."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, Self, cast

from flows.errors import FileRefused
from flows.formats import sevenzip
from flows.formats.bounds import Limit, bounded
from flows.formats.zip_archive import open_archive
from flows.redaction import legible_name

_PACKING = re.compile(r"\.(gz|7z|zip)$", re.IGNORECASE)
_ENDING = re.compile(r"\.(?=\w*[a-z])\w{1,5}$", re.IGNORECASE)  # .csv and .xlsx are endings, .2021 is none
START_BYTES = 1 << 18  # saved web pages carry long heads
_DOCUMENTS = frozenset({"[Content_Types].xml", "mimetype"})  # what zipped documents of Office hold

Kind = Literal["text", "html", "xml", "json", "xlsx", "office", "zip"]


@dataclass(frozen=True)
class Dropped:
    """A file, or a member of an archive. `folder` is the folder of the inbox it lies in, by which a person may name
    the source (or `source.table`) it belongs to.

    Names need not be UTF-8: Python keeps what is not as surrogates, which only `location` may hold, escaped.
    """

    path: Path
    member: str | None = None
    folder: str = ""

    @classmethod
    def at(cls, location: str) -> Self:
        """What `location` names."""
        path, member, folder = json.loads(location)
        return cls(Path(path), member, folder)

    @property
    def location(self) -> str:
        """Where it is, as text every file takes."""
        return json.dumps([os.fspath(self.path), self.member, self.folder])

    @property
    def name(self) -> str:
        """Its name as a person sees it, with what is no letter written out."""
        name = f"{self.path.name}!{self.member}" if self.member else self.path.name
        return legible_name(f"{self.folder}/{name}" if self.folder else name)

    @property
    def stem(self) -> str:
        """Name of the file itself without folder and endings."""
        return stem_of(self.member or self.path.name)

    @property
    def revision(self) -> str:
        """Cheap tag of the content: size and time of a file, size and checksum of an archive member."""
        if self.member is None:
            stat = self.path.stat()
            return f"{stat.st_size}-{stat.st_mtime_ns}"
        info = open_archive(self.path).getinfo(self.member)
        return f"{info.file_size}-{info.CRC:08x}"

    @property
    def packed_bytes(self) -> int:
        """Size of the file, or of the member as it is packed."""
        if self.member is None:
            return self.path.stat().st_size
        return open_archive(self.path).getinfo(self.member).compress_size

    @property
    def is_gzip(self) -> bool:
        """Whether the file, or the member itself, is gzip-compressed."""
        return (self.member or self.path.name).lower().endswith(".gz")

    @property
    def is_7z(self) -> bool:
        """Whether it is a 7z archive, which holds one file."""
        return self.member is None and self.path.name.lower().endswith(sevenzip.ENDING)

    @contextlib.contextmanager
    def open_packed(self) -> Iterator[BinaryIO]:
        """The bytes of the file or the member, gzip left as it is."""
        if self.member is None:
            with self.path.open("rb") as plain:
                yield plain
            return
        with open_archive(self.path).open(self.member) as packed:
            yield bounded(cast(BinaryIO, packed), self.name, "largest_unpacked_mb", self.packed_bytes)

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The content, unzipped and gunzipped, as a stream; a 7z archive as it is.

        Reading it raises FileRefused where it grows larger than the settings allow.
        """
        with self.open_packed() as packed:
            if not self.is_gzip:
                yield packed
                return
            with gzip.GzipFile(fileobj=packed) as stream:
                yield bounded(cast(BinaryIO, stream), self.name, "largest_unpacked_mb", self.packed_bytes)

    def read(self, limit: Limit) -> bytes:
        """The content as a whole. Raises FileRefused where it is larger than the setting `limit` allows."""
        with self.open() as stream:
            return bounded(stream, self.name, limit).read()

    @property
    def is_damaged_zip(self) -> bool:
        """Whether a file that begins as a zip archive is none; of a zip archive inside another it is not asked."""
        if self.member is not None:
            return False
        try:
            open_archive(self.path)
        except FileRefused:
            return True
        return False

    @property
    def is_archive(self) -> bool:
        """Whether it is a zip archive of files rather than one document that happens to be zipped, as Excel's are.

        Raises FileRefused when it cannot be read as one.
        """
        if self.member is not None or not zipfile.is_zipfile(self.path):
            return False
        return not _DOCUMENTS & open_archive(self.path).NameToInfo.keys()

    def start(self) -> bytes:
        """The first bytes of the content. Raises OSError when it cannot be read."""
        if self.is_7z:
            return sevenzip.start(self.path, START_BYTES)
        with self.open() as stream:
            return stream.read(START_BYTES)


def stem_of(name: str) -> str:
    """The name of a file without folder and endings; a dot before what is no ending belongs to the name."""
    name = PurePosixPath(name).name
    return _ENDING.sub("", _PACKING.sub("", name)) or name


def kind_of(start: bytes) -> Kind:
    """What the content looks like by its first characters; a table with delimiters is `text`."""
    if start.startswith(b"PK\x03\x04"):
        return "xlsx" if b"[Content_Types].xml" in start or b"xl/" in start else "zip"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "office"
    text = start[:4096].decode("utf-8-sig", errors="replace").lstrip().lower()
    if text.startswith(("{", "[")):
        return "json"
    if text.startswith("<"):
        return "xml" if text.startswith("<?xml") and "<html" not in text else "html"
    return "text"
