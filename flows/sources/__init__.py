"""Sources: one file per publisher, each with `partitions` and `fetch`. Discovery lists this folder.

A module is a source when a contract of the same name exists under `dbt_project/models/staging/`. A source that comes
only through the inbox needs no file.
"""

from __future__ import annotations

import importlib
from typing import cast

from flows.contracts import load_contracts
from flows.settings import Settings
from flows.sources.base import SourceModule


def load_source(name: str) -> SourceModule:
    """The module of the source `name`; the drop box for a contract that has none and comes only through the inbox."""
    try:
        module = importlib.import_module(f"flows.sources.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"flows.sources.{name}":
            raise
        module = None
    if module is None or not hasattr(module, "partitions"):
        module = importlib.import_module("flows.inbox.dropbox")
    return cast(SourceModule, module)


def source_names(settings: Settings) -> list[str]:
    """Names of all sources, in the order of their contracts."""
    return list(load_contracts(settings.contracts))
