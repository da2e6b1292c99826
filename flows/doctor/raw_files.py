"""The raw store: every record has its bytes, and they are those that were received."""

from __future__ import annotations

from pathlib import Path

from flows.doctor.finding import Finding, Part
from flows.ledger import Ledger, RawFileRecord
from flows.machine import file_sha256
from flows.read.wording.numbers import plural


def examine(ledger: Ledger) -> Part:
    """Bytes against the hash of their record, and records that cannot be read."""
    records = ledger.raw_files()
    found = [finding for record in records if (finding := _bytes(ledger, record))]
    found += [_record(path) for path in ledger.unreadable()]
    return Part(found, [plural(len(records), "raw file")])


def _bytes(ledger: Ledger, record: RawFileRecord) -> Finding | None:
    path = ledger.raw_path(record)
    advice = (
        f"Put the received bytes back at {path}, or delete its record there (the same name, ending in json): "
        "then the next run fetches the file again."
    )
    try:
        sha256 = file_sha256(path)
    except FileNotFoundError:
        return Finding("raw_file_missing", str(path), f"The raw file of {record.file_id} is gone.", advice)
    except OSError as error:
        said = f"The raw file of {record.file_id} cannot be read ({error.strerror})."
        return Finding("raw_file_unreadable", str(path), said, f"Make {path} readable for the user who runs Entrepôt.")
    if sha256 == record.sha256:
        return None
    said = f"The raw file of {record.file_id} is not what was received: its SHA-256 differs from its record's."
    return Finding("raw_file_altered", str(path), said, advice)


def _record(path: Path) -> Finding:
    if path.stem.count("-") and path.parent.name == "runs":
        advice = "Put it back from a copy; what that run published stays as it is."
    else:
        advice = "Put it back from a copy, or delete it and the bytes beside it: then the next run fetches them again."
    return Finding("record_unreadable", str(path), f"The record {path} cannot be read.", advice)
