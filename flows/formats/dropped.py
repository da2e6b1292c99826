"""One thing lying in the inbox, and what can be told from its first bytes."""

from __future__ import annotations

import contextlib
import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict

from flows.formats import sevenzip

_PACKING = re.compile(r"\.(gz|7z|zip)$", re.IGNORECASE)
_ENDING = re.compile(r"\.(?=\w*[a-z])\w{1,5}$", re.IGNORECASE)  # .csv and .xlsx are endings, .2021 is none
START_BYTES = 1 << 18  # saved web pages carry long heads

Kind = Literal["text", "html", "xml", "json", "xlsx", "office", "zip"]


class Dropped(BaseModel):
    """A file, or a member of an archive. `folder` is the folder of the inbox it lies in, by which a person may name
    the source (or `source.table`) it belongs to."""

    model_config = ConfigDict(frozen=True)

    path: Path
    member: str | None = None
    folder: str = ""

    @property
    def name(self) -> str:
        """Its name as a person sees it."""
        name = f"{self.path.name}!{self.member}" if self.member else self.path.name
        return f"{self.folder}/{name}" if self.folder else name

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
        with zipfile.ZipFile(self.path) as archive:
            info = archive.getinfo(self.member)
            return f"{info.file_size}-{info.CRC:08x}"

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
        with contextlib.ExitStack() as stack:
            if self.member is None:
                yield stack.enter_context(self.path.open("rb"))
            else:
                archive = stack.enter_context(zipfile.ZipFile(self.path))
                yield stack.enter_context(archive.open(self.member))  # type: ignore[misc]

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The content, unzipped and gunzipped, as a stream; a 7z archive as it is."""
        with self.open_packed() as packed:
            if not self.is_gzip:
                yield packed
                return
            with gzip.GzipFile(fileobj=packed) as stream:
                yield stream  # type: ignore[misc]

    @property
    def is_readable_zip(self) -> bool:
        """Whether the file, or the member, is a zip archive whose list of members can be read."""
        try:
            with self.open_packed() as stream, zipfile.ZipFile(io.BytesIO(stream.read()) if self.member else stream):
                return True
        except zipfile.BadZipFile:
            return False

    @property
    def is_archive(self) -> bool:
        """Whether it is a zip archive of files rather than one document that happens to be zipped, as Excel's are."""
        if self.member is not None or not zipfile.is_zipfile(self.path) or not self.is_readable_zip:
            return False
        with zipfile.ZipFile(self.path) as archive:
            return not {"[Content_Types].xml", "mimetype"} & set(archive.namelist())

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
