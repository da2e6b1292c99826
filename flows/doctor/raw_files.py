"""The raw store: every record has its bytes, and they are those that were received."""

from __future__ import annotations

from pathlib import Path

from flows.doctor.finding import Finding, Part, number
from flows.ledger import Ledger, RawFileRecord, utc_now
from flows.steps.publish import file_sha256

FUTURE = "fetched_in_the_future"


def examine(ledger: Ledger) -> Part:
    """Bytes against the hash of their record, records that cannot be read, records from the future."""
    records = ledger.raw_files()
    found = [finding for record in records if (finding := _bytes(ledger, record))]
    found += [finding for record in records if (finding := _time(record))]
    found += [_record(path) for path in ledger.unreadable()]
    return Part(found, [number(len(records), "raw file")])


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
    said = f"The raw file of {record.file_id} is not what was received: its SHA-256 is another than its record's."
    return Finding("raw_file_altered", str(path), said, advice)


def _time(record: RawFileRecord) -> Finding | None:
    if record.fetched_at <= utc_now():
        return None
    said = f"{record.file_id} was fetched in the future, at {record.fetched_at:%Y-%m-%d %H:%M} UTC by its record."
    advice = (
        "Set the clock of this machine if it is behind. If it was ahead then, newer files still take this one's place; "
        "questions as of a time (core.trade_asof) do not see it before its time."
    )
    return Finding(FUTURE, record.file_id, said, advice)


def _record(path: Path) -> Finding:
    if path.stem.count("-") and path.parent.name == "runs":
        advice = "Put it back from a copy; what that run published stays as it is."
    else:
        advice = "Put it back from a copy, or delete it and the bytes beside it: then the next run fetches them again."
    return Finding("record_unreadable", str(path), f"The record {path} cannot be read.", advice)
