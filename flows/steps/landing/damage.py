"""A damaged landed.duckdb is set aside and made again from the raw files, where those are all here.

A process that is killed in the middle of a write can leave a block of it half written, and half a block is one nobody
can read.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from flows.errors import LandedDamaged
from flows.ledger import Ledger, RawFileRecord
from flows.machine import file_sha256
from flows.settings import Settings
from flows.steps.land import prepare

log = logging.getLogger("entrepot")

SET_ASIDE = "landed.damaged.duckdb"


def prepare_anew(ledger: Ledger) -> str:
    """Prepare landed.duckdb; a damaged one is set aside, and a sentence says so. An empty text where it is sound.

    Raises LandedDamaged where not all raw files are here as they were received: what had landed is kept as it is then.
    """
    try:
        prepare(ledger.settings)
    except LandedDamaged as damage:
        said = set_aside_for(ledger, damage)
        log.warning(said)
        prepare(ledger.settings)
        return said
    return ""


def set_aside_for(ledger: Ledger, damage: LandedDamaged) -> str:
    """Set landed.duckdb aside and say so in a sentence. Raises `damage` where that would lose what had landed."""
    if not all(_is_sound(ledger, record) for record in ledger.raw_files()):
        raise damage
    aside = set_aside(ledger.settings)
    cause = str(damage.__cause__ or damage).splitlines()[0][:150].rstrip(".")
    return f"{ledger.settings.landed} was damaged ({cause}): it is {aside.name} now, and every raw file lands again."


def set_aside(settings: Settings) -> Path:
    """Rename landed.duckdb, so that the next run lands every raw file again; one such file is kept."""
    aside = settings.landed.with_name(SET_ASIDE)
    with contextlib.suppress(FileNotFoundError):  # set aside for another finding
        settings.landed.replace(aside)
        wal = Path(f"{settings.landed}.wal")
        if wal.exists():
            wal.replace(f"{aside}.wal")
    return aside


def _is_sound(ledger: Ledger, record: RawFileRecord) -> bool:
    try:
        return file_sha256(ledger.raw_path(record)) == record.sha256
    except OSError:
        return False
