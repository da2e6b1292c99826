"""Receive: the bytes of one partition into a file outside the raw store, from where an earlier process left off.

What a source can resume is received under `raw/.partial/` and stays there until it is whole; anything else goes into
a folder that is removed whatever happens.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flows.errors import EntrepotError, FileRefused
from flows.formats.bounds import Measure
from flows.inbox import files
from flows.machine import CHUNK_BYTES
from flows.settings import Settings
from flows.sources import load_source
from flows.sources.base import Fetcher, Partition, Resumer
from flows.transport.http import Http


@contextlib.contextmanager
def place_for(settings: Settings, partition: Partition) -> Iterator[Path]:
    """Where to receive `partition`. What is refused is not worth resuming; bytes of another version neither."""
    settings.raw.mkdir(parents=True, exist_ok=True)
    if not isinstance(_module(partition), Resumer):
        with tempfile.TemporaryDirectory(dir=settings.raw, prefix=".receiving-") as passing:
            yield Path(passing) / "received"
        return
    folder = settings.raw / ".partial"
    folder.mkdir(exist_ok=True)
    name = f"{partition.source}-{partition.table}-{partition.key}"
    received = folder / f"{name}.{hashlib.sha256(partition.location.encode()).hexdigest()[:12]}"
    for other in folder.glob(f"{glob.escape(name)}.*"):
        if other != received:
            other.unlink()
    try:
        yield received
    except (EntrepotError, OSError) as error:
        if isinstance(error, FileRefused | OSError):
            received.unlink(missing_ok=True)
        raise
    received.unlink(missing_ok=True)


def receive(partition: Partition, received: Path, http: Http) -> tuple[str, int]:
    """SHA-256 and number of the bytes, which stand in `received` afterwards. Raises what the source's fetch raises."""
    digest, size = hashlib.sha256(), 0
    measure = Measure(partition.url, "largest_unpacked_mb", settings=http.settings)
    module = _module(partition)
    if received.is_file():
        with received.open("rb") as handle:
            while chunk := handle.read(CHUNK_BYTES):
                measure.add(len(chunk))
                digest.update(chunk)
                size += len(chunk)
    http.answered = {}
    chunks = module.resume(partition, http, size) if isinstance(module, Resumer) else module.fetch(partition, http)
    with received.open("ab") as handle:
        for chunk in chunks:
            measure.add(len(chunk))
            digest.update(chunk)
            size += handle.write(chunk)
    return digest.hexdigest(), size


def _module(partition: Partition) -> Fetcher:
    return files if partition.is_dropped else load_source(partition.source)
