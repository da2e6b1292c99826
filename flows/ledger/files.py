"""Files of run state: JSON records that are whole or not there, and the names they may have."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from flows.machine import sync
from flows.privacy import open_private

_Record = TypeVar("_Record", bound=BaseModel)

_FOLDER_NAME = re.compile(r"[^./\\\x00-\x1f\x7f\ud800-\udfff][^/\\\x00-\x1f\x7f\ud800-\udfff]*")
RUN_ID = r"\d{8}T\d{9}-[0-9a-f]{4}"
"""Pattern of the id of a run: when it began, to the thousandth of a second, and four random digits."""
_LONGEST_NAME = 200  # bytes; file systems take 255, and files received in part are called by the key and more


def write_json(path: Path, text: str) -> None:
    """Write a record to a temporary file and rename it, so that a kill leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open_private(temporary, "w") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:  # on a full disk it does not say of which file it is
        error.filename = error.filename or str(path)
        raise
    temporary.replace(path)
    sync(path.parent)


def read_record(kind: type[_Record], path: Path) -> _Record | None:
    """The record in a file; None where it cannot be read as one, or is none: a folder, a pipe, a link to nowhere."""
    try:
        return kind.model_validate_json(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (ValueError, FileNotFoundError):  # or it was deleted just now
        return None


def is_run_id(name: str) -> bool:
    """Whether a run can be called so; a folder beside those of runs may be anybody's."""
    return re.fullmatch(RUN_ID, name) is not None


def is_folder_name(key: str) -> bool:
    """Whether what a publisher calls a partition names a folder, and leads to no other: no `..`, no `/`, no control
    character, not hidden, not longer than file systems take.
    """
    return _FOLDER_NAME.fullmatch(key) is not None and len(key.encode("utf-8", "surrogatepass")) <= _LONGEST_NAME
