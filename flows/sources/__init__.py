"""Sources: one file per publisher, each with `partitions` and `fetch`. Discovery lists this folder.

A module is a source when a contract of the same name exists under `dbt_project/models/staging/`.
"""

from __future__ import annotations

import importlib
from typing import cast

from flows.contracts import load_contracts
from flows.errors import ContractError
from flows.settings import Settings
from flows.sources.base import SourceModule


def load_source(name: str) -> SourceModule:
    """The module of the source `name`. Raises ContractError when the contract has no module."""
    try:
        module = importlib.import_module(f"flows.sources.{name}")
    except ModuleNotFoundError as error:
        raise ContractError(f"Contract {name} has no source file flows/sources/{name}.py; add it.") from error
    return cast(SourceModule, module)


def source_names(settings: Settings) -> list[str]:
    """Names of all sources, in the order of their contracts."""
    return list(load_contracts(settings.contracts))
