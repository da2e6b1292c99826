"""One raw file of given bytes, landed as if a run had fetched it."""

from __future__ import annotations

import hashlib

from flows.ledger import Ledger, Outcome, RawFileRecord, utc_now
from flows.settings import Settings
from flows.steps import land


def land_bytes(settings: Settings, table: str, partition: str, content: bytes, suffix: str) -> Outcome:
    """Put `content` into the raw store as the file of a partition of `table` (source.table), and land it."""
    received, digest = settings.warehouse / "received", hashlib.sha256(content).hexdigest()
    received.parent.mkdir(parents=True, exist_ok=True)
    received.write_bytes(content)
    source, _, table_name = table.partition(".")
    record = RawFileRecord(
        source=source, table=table_name, partition=partition, revision="1", url=f"https://{source}.example/{partition}",
        fetched_at=utc_now(), bytes=len(content), sha256=digest, licence="", file_name=f"{digest[:12]}.{suffix}",
    )  # fmt: skip
    ledger = Ledger(settings)
    land.prepare(settings)
    return land.land_file(settings, ledger, ledger.add_raw(record, received))
