"""What other users of the machine may not read: keys, credentials, records, the databases of the tools.

The figures are not among it: whoever may enter the folder of the warehouse may read what is published.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import IO

from flows.settings import Settings

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def open_private(path: Path, mode: str) -> IO[str]:
    """Open a text file that only its owner may read, also where it is there already."""
    _close(path)
    return open(path, mode, encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600))


def keep_private(settings: Settings) -> None:
    """Take from others what an earlier version, a copy or an editor has left open to them."""
    for path in open_to_others(settings):
        _close(path)


def open_to_others(settings: Settings) -> list[Path]:
    """What is left open to others."""
    folders = [settings.runs, settings.prefect_home, settings.superset]
    files = [settings.root / ".env", settings.sql_history]
    for folder in folders:
        files += [path for path in folder.rglob("*") if path.is_file()] if folder == settings.runs else []
        files += list(folder.glob("*.db*"))
    return [path for path in (*folders, *files) if _mode(path) & _OTHERS]


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:  # not there
        return 0


def _close(path: Path) -> None:
    with contextlib.suppress(OSError):  # not there, or not ours to change
        if _mode(path) & _OTHERS:
            path.chmod(_mode(path) & ~_OTHERS)
