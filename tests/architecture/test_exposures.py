"""The exposures of dbt name what there is, and depend on just the tables its code reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bi.superset import assets
from flows.exports.postgres import SERVED_SCHEMAS
from flows.read.goods_parts import NAMED_GROUPS
from flows.releases.licence import EXPORTED_SCHEMAS
from flows.settings import ROOT

STORAGE = ("trade_cell", "growth_component", "product_trade")  # how facts and marts that are views are kept
TABLE = re.compile(r"\b(?:core|marts|meta)\.\w+")


def published_models(manifest: dict[str, Any]) -> dict[str, str]:
    """The id of every model in core, marts and meta by its table."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return {
        f"{node['schema']}.{node['alias']}": node["unique_id"]
        for node in models
        if node["schema"] in ("core", "marts", "meta") and not node["name"].startswith(STORAGE)
    }


def exposure(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in manifest["exposures"].values() if one["name"] == name]
    return dict(found)


def tables_of(manifest: dict[str, Any], name: str) -> set[str]:
    parents = set(exposure(manifest, name)["depends_on"]["nodes"])
    return {table for table, model in published_models(manifest).items() if model in parents}


def in_schemas(manifest: dict[str, Any], schemas: tuple[str, ...]) -> set[str]:
    return {table for table in published_models(manifest) if table.split(".")[0] in schemas}


def read_by(manifest: dict[str, Any], *texts: str) -> set[str]:
    return {table for text in texts for table in TABLE.findall(text)} & published_models(manifest).keys()


def sources(folder: Path, pattern: str) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(folder.rglob(pattern))]


def test_every_exposure_says_who_makes_it_of_what_and_where_it_is(manifest: dict[str, Any]) -> None:
    assert len(manifest["exposures"]) >= 7
    for one in manifest["exposures"].values():
        assert one["owner"]["name"]
        assert one["description"]
        assert one["depends_on"]["nodes"], one["name"]
        assert one["config"]["meta"]["found_at"]
        assert (ROOT / one["config"]["meta"]["made_by"]).is_file(), one["name"]


def test_every_mart_is_shown_to_someone(manifest: dict[str, Any]) -> None:
    """In the Parquet export and in the workbook, by which every mart leaves the warehouse."""
    marts = in_schemas(manifest, ("marts",))
    assert len(marts) > 20
    for name in ("parquet_export", "excel_workbook", "postgres_copy"):
        assert marts - tables_of(manifest, name) == set(), name


def test_whole_copies_depend_on_the_schemas_they_copy(manifest: dict[str, Any]) -> None:
    assert tables_of(manifest, "parquet_export") == in_schemas(manifest, EXPORTED_SCHEMAS)
    assert tables_of(manifest, "postgres_copy") == in_schemas(manifest, SERVED_SCHEMAS)


def test_the_workbook_depends_on_the_marts_and_on_what_it_tells_of_them(manifest: dict[str, Any]) -> None:
    told = read_by(manifest, *sources(ROOT / "flows" / "exports", "excel*.py"))
    assert tables_of(manifest, "excel_workbook") == in_schemas(manifest, ("marts",)) | told


def test_the_page_depends_on_the_tables_its_sections_read(manifest: dict[str, Any]) -> None:
    sections = sources(ROOT / "flows" / "exports" / "site", "*.py")
    assert tables_of(manifest, "page") == read_by(manifest, *sections, NAMED_GROUPS)


@pytest.mark.parametrize("dashboard", assets.dashboards(), ids=lambda written: written["slug"])
def test_a_dashboard_depends_on_the_tables_its_charts_read(manifest: dict[str, Any], dashboard: dict[str, Any]) -> None:
    datasets = assets.read(assets.FOLDER / "datasets.yaml")
    charts = [chart["dataset"] for row in dashboard["rows"] for chart in row["charts"]]
    used = {*charts, *(one["dataset"] for one in dashboard["filters"])}
    name = f"superset_{dashboard['slug'].replace('-', '_')}"
    assert tables_of(manifest, name) == read_by(manifest, *(assets.query(datasets[one]) for one in used))
    assert exposure(manifest, name)["url"].endswith(f"/superset/dashboard/{dashboard['slug']}/")
