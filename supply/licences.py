"""The licence of every locked package, as its own metadata says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)
_CLASSIFIER = "License :: "
_LONGEST = 60  # a longer text is the licence itself, not its name


@dataclass(frozen=True)
class Package:
    """A locked package; `licence` is empty where its metadata says none, or it is not installed here."""

    name: str
    version: str
    licence: str


def packages(lock: Path) -> list[Package]:
    """The packages of a lock file, by name."""
    entries = sorted(set(_ENTRY.findall(lock.read_text(encoding="utf-8"))))
    return [Package(name, version, _licence(name)) for name, version in entries]


def _licence(name: str) -> str:
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    expression, *_ = said.get_all("License-Expression") or [""]
    kinds = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or [] if line.startswith(_CLASSIFIER)]
    text = " ".join(" ".join(said.get_all("License") or []).split())
    return expression or ", ".join(kinds) or (text if len(text) <= _LONGEST else text[:_LONGEST] + " ...")
