"""CEPII BACI, live and through the inbox: reconciled yearly trade by HS 6-digit product, release by release.

A release is one archive per HS revision. It is never kept as a whole: the directory at its end says what is in it,
and only the years asked for are read, each once, byte for byte as packed there (see zip_archive). What is raw here
is therefore the member, which is what a person finds in the archive, what its checksum is of, and what lands.
A correction of a release has a letter more in its name (202401b) and counts as the release after it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from flows.contracts import Table, load_contracts
from flows.errors import FileRefused, HttpFailed, NotFound
from flows.formats.zip_archive import Member, Part, as_gzip, members_of
from flows.ledger import utc_now
from flows.settings import Settings
from flows.sources.base import Partition
from flows.transport.http import Http

__all__ = ["fetch", "partitions", "resume"]

HOST = "https://www.cepii.fr"
_PAGE = f"{HOST}/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37"
_LINK = re.compile(r"BACI_(HS\d\d)_V(\d{6}[a-z]?)\.zip", re.IGNORECASE)
_MONTHS = ("02", "01")  # releases come out in January, once in February
_LETTERS = "bcdefgh"
_YEARS_BACK = 3
_MEMBERS = TypeAdapter(list[Member])


class _Place(BaseModel):
    """Where a partition is: a member of an archive whose tag was `tag` when its directory was read."""

    model_config = ConfigDict(frozen=True)

    archive: str
    tag: str
    member: Member


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """The years asked for of each release asked for, with its lists of countries and products; nothing if not asked.

    A release is complete with its `parts` years. Raises HttpFailed when CEPII does not answer, FileRefused when an
    archive is none.
    """
    if "baci" not in settings.live_sources:
        return
    tables = load_contracts(settings.contracts)["baci"].tables
    seen: set[str] = set()  # every revision of a release ships the same list of countries
    for revision in settings.baci_revisions:
        for release in sorted(settings.baci_releases) or [_newest(http, revision)]:
            for partition in _of_release(http, tables, revision, release):
                if str(partition) not in seen:
                    seen.add(str(partition))
                    yield partition


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """The member as a gzip file."""
    yield from resume(partition, http, 0)


def resume(partition: Partition, http: Http, start: int) -> Iterator[bytes]:
    """The same from byte `start` on: its location names the archive's tag, so the bytes before it still fit."""
    place = _Place.model_validate_json(partition.location)
    settings = http.settings
    free = shutil.disk_usage(settings.raw).free
    if free < 2 * place.member.packed_bytes:
        size = place.member.packed_bytes / 1e6
        raise FileRefused(f"{partition.url} has {size:.0f} MB and {settings.raw} only {free / 1e6:.0f} MB left.")
    try:
        yield from as_gzip(_part(http, place.archive, place.tag), place.member, start)
    except FileRefused:
        _directory_path(settings, place.archive, place.tag).unlink(missing_ok=True)
        raise


def _part(http: Http, archive: str, tag: str) -> Part:
    return partial(http.part, archive, tag=tag)


def _address(revision: str, release: str) -> str:
    return f"{HOST}/DATA_DOWNLOAD/baci/data/BACI_{revision}_V{release}.zip"


def _newest(http: Http, revision: str) -> str:
    """The newest release: by CEPII's page of the data base or, where that lists none, by trying their names."""
    try:
        text = http.get(_PAGE, expect="html").text("latin-1")
    except NotFound:
        text = ""
    listed = {found[2].lower() for found in _LINK.finditer(text) if found[1].upper() == revision}
    if listed:
        return max(listed)
    this_year = utc_now().year
    for year in range(this_year, this_year - _YEARS_BACK, -1):
        for month in _MONTHS:
            release = f"{year}{month}"
            if not _exists(http, revision, release):
                continue
            for letter in _LETTERS:
                if not _exists(http, revision, f"{year}{month}{letter}"):
                    return release
                release = f"{year}{month}{letter}"
            return release
    raise HttpFailed(
        f"No release of BACI in {revision} is found at {HOST}; set ENTREPOT_BACI_RELEASES, such as 202601."
    )


def _exists(http: Http, revision: str, release: str) -> bool:
    try:
        http.tag(_address(revision, release), expect="binary")
    except NotFound:
        return False
    return True


def _of_release(http: Http, tables: tuple[Table, ...], revision: str, release: str) -> Iterator[Partition]:
    archive = _address(revision, release)
    tag = http.tag(archive, expect="binary")
    size = int(http.answered.get("content-length") or 0)
    wanted = http.settings.years(utc_now().date())
    found = [
        (table, member, labels)
        for member in _directory(http, archive, tag, size)
        for table in tables
        if (labels := _labels(table, member)) is not None and ("year" not in labels or int(labels["year"]) in wanted)
    ]
    parts = {table.name: sum(other.name == table.name for other, _, _ in found) for table, _, _ in found}
    for table, member, labels in found:
        yield Partition(
            source="baci",
            table=table.name,
            key=(table.partition_key or "").format_map(labels),
            revision=member.revision,
            url=f"{archive}#{member.name}",
            location=_Place(archive=archive, tag=tag, member=member).model_dump_json(),
            suffix="csv.gz",
            period=labels.get("year", ""),
            labels=labels | ({"parts": str(parts[table.name])} if table.edition_of else {}),
        )


def _labels(table: Table, member: Member) -> dict[str, str] | None:
    match = re.match(table.name_pattern or "$", Path(member.name).name.split(".")[0])
    return {name: text for name, text in match.groupdict().items() if text} if match else None


def _directory_path(settings: Settings, archive: str, tag: str) -> Path:
    digest = hashlib.sha256(f"{archive} {tag}".encode()).hexdigest()[:16]
    return settings.raw / ".directory" / digest


def _directory(http: Http, archive: str, tag: str, size: int) -> list[Member]:
    """What an archive holds. It is kept as long as the archive's tag stays, so that nothing is read to plan a run."""
    path = _directory_path(http.settings, archive, tag)
    if tag and path.is_file():
        return _MEMBERS.validate_json(path.read_bytes())
    members = members_of(_part(http, archive, tag), size, archive)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(_MEMBERS.dump_json(members))
    temporary.replace(path)
    return members
