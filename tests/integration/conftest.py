"""What several tests of a published warehouse of their own share."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.conftest import Home
from tests.opened import opened


@pytest.fixture(scope="module")
def con(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Both files of the release in `home`, which is a fixture of the module."""
    with opened(home.settings.published) as connection:
        yield connection
