"""The index of raw files: a sidecar beside the bytes of each."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flows.errors import UnsafeKey
from flows.ledger.files import is_folder_name, read_record, write_json
from flows.machine import sync
from flows.records import RawFileRecord, Refusal, utc_now
from flows.settings import Settings

log = logging.getLogger("entrepot")


def _sidecars(folder: Path, under: str = "") -> Iterator[RawFileRecord]:
    """The sidecars in a folder; a raw JSON file beside them has one dot more in its name.

    One that cannot be read is passed over, so that its partition is fetched again; the file stays for a look.
    """
    for path in filter(is_sidecar, folder.glob(f"{under}*.json")):
        record = read_record(RawFileRecord, path)
        if record is None:
            log.warning("%s cannot be read as the record of a raw file, and is passed over.", path)
        else:
            yield record


def is_sidecar(path: Path) -> bool:
    """Whether a file is called as a sidecar is."""
    return path.name.count(".") == 1 and bool(path.stem) and path.is_file()


class RawFiles:
    """The raw files of one warehouse."""

    settings: Settings

    def raw_folder(self, source: str, table: str, partition: str) -> Path:
        """Folder of the raw files of one partition. Raises UnsafeKey where its key would lead elsewhere."""
        if not is_folder_name(partition):
            raise UnsafeKey(
                f"{source} has a partition called {partition[:100]!r}, which can be no name of a folder; nothing was "
                "taken from it."
            )
        return self.settings.raw / source / table / partition

    def raw_files(self, source: str | None = None) -> list[RawFileRecord]:
        """Records of all raw files (of one source), in the order they were fetched."""
        records = _sidecars(self.settings.raw, f"{source or '[!.]*'}/*/*/")
        return sorted(records, key=lambda r: (r.fetched_at, r.file_id))

    def partition_keys(self, source: str, table: str) -> list[str]:
        """The partitions of a table that have a raw file."""
        return sorted(path.name for path in (self.settings.raw / source / table).glob("*") if path.is_dir())

    def raw_file(self, file_id: str) -> RawFileRecord:
        """The record of one raw file. Raises ValueError where that is no id, OSError where it has no record."""
        source, table, partition, stem = file_id.split("/")
        path = self.raw_folder(source, table, partition) / f"{stem}.json"
        return RawFileRecord.model_validate_json(path.read_text(encoding="utf-8"))

    def latest_raw(self, source: str, table: str, partition: str) -> RawFileRecord | None:
        """The file fetched last for one partition."""
        records = _sidecars(self.raw_folder(source, table, partition))
        return max(records, key=lambda record: record.fetched_at, default=None)

    def raw_path(self, record: RawFileRecord) -> Path:
        """Path of the bytes of a raw file."""
        return self.raw_folder(record.source, record.table, record.partition) / record.file_name

    def add_raw(self, record: RawFileRecord, received: Path) -> RawFileRecord:
        """Move `received` into the raw store and write its sidecar, the bytes first."""
        folder = self.raw_folder(record.source, record.table, record.partition)
        folder.mkdir(parents=True, exist_ok=True)
        stem, _, suffix = record.file_name.partition(".")
        suffix = "data.json" if suffix == "json" else suffix  # the sidecar is the one that ends in .json alone
        # The same bytes can come back after a revision: that is a new vintage and gets a name of its own.
        number, name = 1, f"{stem}.{suffix}"
        while (folder / name).exists() and (folder / f"{name.partition('.')[0]}.json").exists():
            number += 1
            name = f"{stem}-{number}.{suffix}"
        record = record.model_copy(update={"file_name": name})
        sync(received)
        received.replace(folder / name)
        self._write_sidecar(record)  # which makes the names in the folder outlast a power cut, too
        return record

    def restamp(self, record: RawFileRecord, revision: str, asked: dict[str, str]) -> RawFileRecord:
        """Note that `revision`, or asking for more, brought the same bytes, so that it is not asked for once more."""
        seen = {"revision": revision, "asked": asked, "confirmed_on": utc_now().date()}
        record = record.model_copy(update=seen)
        self._write_sidecar(record)
        return record

    def note_refusal(self, record: RawFileRecord, refusal: Refusal) -> RawFileRecord:
        """Note that a person has refused the file."""
        record = record.model_copy(update={"refusal": refusal})
        self._write_sidecar(record)
        return record

    def receive_again(self, record: RawFileRecord, at: datetime) -> RawFileRecord:
        """Add the bytes of a refused file once more, as a file received at that time."""
        folder = self.raw_folder(record.source, record.table, record.partition)
        name = f"{record.sha256[:12]}.{record.file_name.partition('.')[2]}"
        copied = folder / f".{name}"
        shutil.copyfile(self.raw_path(record), copied)
        return self.add_raw(record.model_copy(update={"file_name": name, "fetched_at": at, "refusal": None}), copied)

    def _write_sidecar(self, record: RawFileRecord) -> None:
        path = self.raw_folder(record.source, record.table, record.partition) / record.file_name.partition(".")[0]
        write_json(path.with_name(f"{path.name}.json"), record.model_dump_json(indent=1))
