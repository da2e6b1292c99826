"""The inbox: a file in `warehouse/inbox/` is recognised and becomes a partition of its source.

Plain files, gzip files and the members of zip archives are looked at alike. Archives are streamed, never
unpacked; a member is stored as it is packed there (see zip_archive), and its sidecar names the archive.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from flows.contracts import Source, load_contracts
from flows.errors import FileRefused, refusing
from flows.formats.bounds import within
from flows.formats.dropped import Dropped
from flows.formats.zip_archive import as_gzip, member_of, open_archive, part_of_file
from flows.inbox.recognition import Unrecognised, recognise
from flows.settings import Settings
from flows.sources.base import CHUNK_BYTES, Partition
from flows.transport.http import Http

__all__ = ["Dropped", "Unrecognised", "fetch", "scan"]

_DOCUMENTATION = (".txt", ".md", ".pdf", ".html", ".htm")


def _dropped(inbox: Path) -> Iterator[Dropped | Unrecognised]:
    """Files in the inbox and in the folders in it, archives by their members; hidden files are passed over."""
    for path in sorted(path for path in inbox.rglob("*") if path.is_file()):
        parts = path.relative_to(inbox).parts
        if any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        whole = Dropped(path, folder="/".join(parts[:-1]))
        try:
            with refusing("It is no archive Entrepôt can read; get the file again"):
                members = _members(whole) if whole.is_archive else [whole]
        except (FileRefused, OSError) as error:
            yield Unrecognised(name=whole.name, reason=f"{whole.name} cannot be read. {error}")
            continue
        yield from members


def _members(archive: Dropped) -> list[Dropped]:
    """The files in an archive that somebody may have meant."""
    names = dict.fromkeys(info.filename for info in open_archive(archive.path).filelist if not info.is_dir())
    return [
        Dropped(archive.path, member=name, folder=archive.folder)
        for name in names
        if not name.startswith("__MACOSX/") and not PurePosixPath(name).name.startswith(".")
    ]


def scan(settings: Settings) -> list[Partition | Unrecognised]:
    """Everything in the inbox, recognised or not. Documentation inside archives is passed over.

    Two files for one partition are a question only a person can answer, so the second is refused.
    """
    contracts = load_contracts(settings.contracts)
    found: list[Partition | Unrecognised] = []
    first: dict[str, Partition] = {}
    with within(settings):
        for dropped in _dropped(settings.inbox):
            if isinstance(dropped, Unrecognised):
                found.append(dropped)
                continue
            part = recognise(dropped, contracts)
            if isinstance(part, Unrecognised) and dropped.member and dropped.member.lower().endswith(_DOCUMENTATION):
                continue
            if isinstance(part, Partition) and first.setdefault(str(part), part) is not part:
                twin = first[str(part)].url
                reason = f"{dropped.name} holds the same partition as {twin} ({part}); keep one of the two."
                part = Unrecognised(name=dropped.name, reason=reason)
            found.append(part)
    return _with_parts(found, contracts)


def _with_parts(
    found: list[Partition | Unrecognised], contracts: Mapping[str, Source]
) -> list[Partition | Unrecognised]:
    """What came in one archive is an edition as a whole: each file is told of how many."""
    archive = {
        id(part): (Dropped.at(part.location).path, part.table)
        for part in found
        if isinstance(part, Partition) and contracts[part.source].table(part.table).edition_of and "!" in part.url
    }
    parts = Counter(archive.values())
    return [
        part.model_copy(update={"labels": part.labels | {"parts": str(parts[archive[id(part)]])}})
        if isinstance(part, Partition) and id(part) in archive
        else part
        for part in found
    ]


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """Bytes of a dropped file as they are; of an archive member, as a gzip file if it is not one already."""
    dropped = Dropped.at(partition.location)
    if dropped.member is not None and not dropped.is_gzip:
        info = open_archive(dropped.path).getinfo(dropped.member)
        if info.compress_type == zipfile.ZIP_DEFLATED:
            yield from as_gzip(part_of_file(dropped.path), member_of(info))
            return
    with dropped.open_packed() as stream:
        if dropped.member is None or dropped.is_gzip:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
            return
        compressor = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        while chunk := stream.read(CHUNK_BYTES):
            yield compressor.compress(chunk)
        yield compressor.flush()
