"""The manifest dbt makes of the project, parsed once for all tests of the architecture."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.dbt_manifest import parse_manifest
from tests.sharing import made_once


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = made_once(tmp_path_factory, "manifest", parse_manifest)
    parsed: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return parsed
