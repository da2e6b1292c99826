"""What is made once for all workers of a test run: the first that asks makes it, the others wait and look at it."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

FAILED = "failed.txt"


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder `name` of this test run, filled by `make` in whichever worker asks first; tests must not change it.

    What `make` raises is raised in every worker, without another attempt.
    """
    own = factory.getbasetemp()
    of_run = own.parent if own.name.startswith("popen-") else own  # each worker of pytest-xdist has a folder in it
    folder = of_run / f"shared-{name}"
    with folder.with_suffix(".lock").open("a+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            folder.mkdir()
            try:
                make(folder)
            except BaseException as error:
                (folder / FAILED).write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
                raise
        if (failure := folder / FAILED).exists():
            pytest.fail(f"{name} could not be made in another worker: {failure.read_text(encoding='utf-8')}")
    return folder
