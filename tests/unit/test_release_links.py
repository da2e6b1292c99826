"""A link to a release leads there from wherever the warehouse is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.releases import place


@pytest.mark.parametrize("is_followed", [True, False])
def test_a_link_in_a_warehouse_that_is_a_link_leads_to_its_release(tmp_path: Path, is_followed: bool) -> None:
    """Its target may be named by way of that link, or by where it really lies."""
    real = tmp_path / "disk" / "of trade"
    release = real / "releases" / "run" / "trade.duckdb"
    release.parent.mkdir(parents=True)
    release.write_text("figures", encoding="utf-8")
    warehouse = tmp_path / "warehouse"
    warehouse.symlink_to(real)
    target = release if is_followed else warehouse / release.relative_to(real)
    place.swap_link(warehouse / "trade.duckdb", target)
    assert (real / "trade.duckdb").read_text(encoding="utf-8") == "figures"
    assert not Path((real / "trade.duckdb").readlink()).is_absolute(), "the warehouse may be moved"
