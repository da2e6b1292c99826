"""Great Expectations as the gate uses it: without SciPy's statistics, which other expectations than ours would need.

Their import takes a quarter of all that Great Expectations imports. They are put off until somebody uses them.
"""

from __future__ import annotations

import importlib.util
import sys


def _put_off(name: str) -> None:
    """Let `import name` succeed at once, and load the module when something in it is first asked for."""
    spec = importlib.util.find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    parent, _, child = name.rpartition(".")
    setattr(sys.modules[parent], child, module)


_put_off("scipy.stats")

import great_expectations as gx  # noqa: E402
from great_expectations.core.run_identifier import RunIdentifier  # noqa: E402
from great_expectations.data_context import EphemeralDataContext, set_context  # noqa: E402
from great_expectations.data_context.types.base import (  # noqa: E402
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.expectations.core import UnexpectedRowsExpectation  # noqa: E402

__all__ = [
    "DataContextConfig",
    "EphemeralDataContext",
    "InMemoryStoreBackendDefaults",
    "ProgressBarsConfig",
    "RunIdentifier",
    "UnexpectedRowsExpectation",
    "gx",
    "set_context",
]
