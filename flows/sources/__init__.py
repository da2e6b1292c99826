"""Sources: one file or folder per publisher, each with `partitions` and `fetch`. Discovery lists this folder.

A module is a source when a contract of the same name exists under `dbt_project/models/staging/`. A source whose files
ship with the project, or come only through the inbox, is its contract and needs no module.
"""

from __future__ import annotations

import importlib
from typing import cast

from flows.contracts import load_contracts
from flows.settings import Settings
from flows.sources.base import SourceModule
from flows.sources.bundled import Bundled


def load_source(name: str) -> SourceModule:
    """The module of the source `name`, or what serves a source that has none."""
    try:
        module = importlib.import_module(f"flows.sources.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"flows.sources.{name}":
            raise
        return Bundled(name)
    return cast(SourceModule, module) if hasattr(module, "partitions") else Bundled(name)


def source_names(settings: Settings) -> list[str]:
    """Names of all sources, in the order of their contracts."""
    return list(load_contracts(settings.contracts))
