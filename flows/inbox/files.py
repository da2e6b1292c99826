"""The inbox: a file in `warehouse/inbox/` is recognised and becomes a partition of its source.

Plain files, gzip files and the members of zip archives are looked at alike. Archives are streamed, never
unpacked; a member is stored as it is packed there (see zip_archive), and its sidecar names the archive.
"""

from __future__ import annotations

import os
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from flows.contracts import Source, load_contracts
from flows.errors import FileRefused, refusing
from flows.formats.bounds import within
from flows.formats.dropped import Dropped
from flows.formats.zip_archive import as_gzip, is_locked, member_of, open_archive, part_of_file
from flows.inbox.recognition import Unrecognised, recognise
from flows.machine import CHUNK_BYTES
from flows.redaction import legible_name
from flows.settings import Settings
from flows.sources.base import Partition
from flows.transport.http import Http

__all__ = ["Dropped", "Unrecognised", "fetch", "scan"]

_NO_FILE = "It is not a file, or a link that leads to none; move it out of the inbox."
_LINKED = "It is a link to a folder, and such links are not followed; put the folder itself into the inbox."
_UNFINISHED = (".crdownload", ".part", ".partial", ".filepart", ".opdownload", ".download", ".tmp")
_NOT_WHOLE = "It is a download that has not ended; wait for its end, or take this ending off its name if it is whole."
_LOCK = "~$"  # what Office puts beside a workbook that is open
_OPEN_WORKBOOK = "Excel keeps it while a workbook is open; close the workbook, or delete it."
_BACKUP = re.compile(r".*~|.*\.(?:bak|orig|old|sw[op])|#.*#", re.IGNORECASE | re.DOTALL)
_OLD_COPY = (
    "It is named as the backup of an editor is and is not read; delete it, or rename it if it is the file you mean."
)
_DOCUMENTATION = (".txt", ".md", ".pdf", ".html", ".htm")


def _dropped(inbox: Path) -> Iterator[Dropped | Unrecognised]:
    """Files in the inbox and in the folders in it, archives by their members; hidden files are passed over."""
    for path, said in sorted(_entries(inbox), key=lambda entry: entry[0]):
        parts = path.relative_to(inbox).parts
        if any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        whole = Dropped(path, folder="/".join(parts[:-1]))
        try:
            if said:
                raise FileRefused(said)
            with refusing("It is not an archive Entrepôt can read; get the file again"):
                members = _members(whole) if whole.is_archive else [whole]
        except (FileRefused, OSError) as error:
            yield Unrecognised(name=whole.name, reason=f"{whole.name} cannot be read. {error}")
            continue
        yield from map(_if_readable, members)


def _if_readable(dropped: Dropped) -> Dropped | Unrecognised:
    """The file, and of one in an archive why it is not read where it is locked or the backup of another."""
    if dropped.member is None:
        return dropped
    if _BACKUP.fullmatch(PurePosixPath(dropped.member).name):
        return Unrecognised(name=dropped.name, reason=f"{dropped.name} cannot be read. {_OLD_COPY}")
    if is_locked(dropped.path, dropped.member):
        said = "is protected by a password; unpack the archive first."
        return Unrecognised(name=dropped.name, reason=f"{dropped.name} {said}")
    return dropped


def _entries(inbox: Path) -> Iterator[tuple[Path, str]]:
    """Every file in the inbox, and why it cannot be read where it is none, such as a link that leads nowhere; folders
    that cannot be looked into too.
    """
    locked: list[OSError] = []
    for folder, folders, names in os.walk(inbox, onerror=locked.append):
        for path in (Path(folder, name) for name in names):
            if os.path.lexists(path):  # and nobody has just taken it out
                yield path, _why_no_table(path)
        yield from ((path, _LINKED) for name in folders if (path := Path(folder, name)).is_symlink())
    for error in locked:
        if Path(error.filename) != inbox or not isinstance(error, FileNotFoundError):
            yield Path(error.filename), f"Its folder cannot be looked into ({error.strerror}); let this user read it."


def _why_no_table(path: Path) -> str:
    """Why what lies there cannot be a whole table, by its name and kind; empty where nothing says so."""
    if path.name.lower().endswith(_UNFINISHED):
        return _NOT_WHOLE
    if path.name.startswith(_LOCK):
        return _OPEN_WORKBOOK
    if _BACKUP.fullmatch(path.name):
        return _OLD_COPY
    return "" if _is_file(path) else _NO_FILE


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # opening it says what is wrong
        return True


def _members(archive: Dropped) -> list[Dropped]:
    """The files in an archive that somebody may have meant. Raises FileRefused where two have one name, or there is
    none.
    """
    count = Counter(info.filename for info in open_archive(archive.path).filelist if not info.is_dir())
    names = [
        name for name in count if not name.startswith("__MACOSX/") and not PurePosixPath(name).name.startswith(".")
    ]
    if twice := next((name for name in names if count[name] > 1), None):
        what = f"It is an archive of {count[twice]} files of one name ({legible_name(twice)})"
        raise FileRefused(f"{what}; unpack it and put in the right one.")
    if not names:
        raise FileRefused("It is an archive without a file; get it again.")
    return [Dropped(archive.path, member=name, folder=archive.folder) for name in names]


def scan(settings: Settings) -> list[Partition | Unrecognised]:
    """Everything in the inbox, recognised or not. Documentation inside archives is passed over.

    Two files for one partition are a question only a person can answer, so the second is refused; the same list of
    codes in two archives, as publishers put it there, is one file.
    """
    contracts = load_contracts(settings.contracts)
    found: list[Partition | Unrecognised] = []
    first: dict[str, Partition] = {}
    about: list[Dropped] = []
    heard: set[Path] = set()
    with within(settings):
        for dropped in _dropped(settings.inbox):
            if isinstance(dropped, Unrecognised):
                found.append(dropped)
                continue
            part = recognise(dropped, contracts)
            if isinstance(part, Unrecognised) and dropped.member and dropped.member.lower().endswith(_DOCUMENTATION):
                about.append(dropped)
                continue
            if isinstance(part, Partition) and first.setdefault(str(part), part) is not part:
                if _is_same_member(dropped, Dropped.at(first[str(part)].location)):
                    heard.add(dropped.path)
                    continue
                is_of_name = contracts[part.source].table(part.table).partition_key is None
                reason = _twice(dropped, first[str(part)], is_of_name)
                part = Unrecognised(name=dropped.name, reason=reason)
            found.append(part)
            heard.add(dropped.path)
    found += _without_table(about, heard)
    return _with_parts(found, contracts)


def _twice(dropped: Dropped, first: Partition, is_of_name: bool) -> str:
    """Why a file is refused whose partition another has, by the name of the file or by what it is about."""
    if is_of_name:
        return (
            f"{dropped.name} and {first.url} have one name as far as it tells files apart ({first}); rename one of "
            "them, or keep one where both hold the same."
        )
    return f"{dropped.name} holds the same partition as {first.url} ({first}); keep one of the two."


def _is_same_member(one: Dropped, other: Dropped) -> bool:
    """Whether the members of two archives are the same byte for byte; of plain files one is too many."""
    if one.member is None or other.member is None or one.revision != other.revision:
        return False
    with one.open_packed() as these, other.open_packed() as those:
        while chunk := these.read(CHUNK_BYTES):
            if chunk != those.read(CHUNK_BYTES):
                return False
    return True


def _without_table(about: Iterable[Dropped], heard: set[Path]) -> Iterator[Unrecognised]:
    """The archives of which nothing else is said than that there is documentation in them."""
    for archive in dict.fromkeys(Dropped(dropped.path, folder=dropped.folder) for dropped in about):
        if archive.path not in heard:
            said = f"{archive.name} holds documentation and no table; move it out of the inbox."
            yield Unrecognised(name=archive.name, reason=said)


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
