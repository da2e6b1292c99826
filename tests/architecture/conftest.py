"""The manifest dbt makes of the project, parsed once for all tests of the architecture."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt_manifest import parse_manifest


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return parse_manifest(tmp_path_factory.mktemp("parse"))
