"""A dashboard as Superset imports it: its filters, and where its charts stand."""

from __future__ import annotations

import json
from typing import Any

from bi.superset.charts import chart, uuid_of


def chart_ids(written: dict[str, Any]) -> dict[str, int]:
    """A number for each chart of a dashboard, by its title; the import puts Superset's own in their place."""
    titles = [one["title"] for row in written["rows"] for one in row["charts"]]
    return {title: number for number, title in enumerate(titles, 1)}


def native_filter(dashboard: dict[str, Any], written: dict[str, Any], parents: list[str]) -> dict[str, Any]:
    """One filter of a dashboard, over a range of years or one value of a column; `charts` names those it is for.

    A range without `from` is over all years there are: Superset refuses one that begins before the first of them.
    """
    column, start = written["column"], written.get("from")
    is_range = column == "year_number"
    chosen = written.get("default", start)
    value = [start, None] if start else [chosen] if chosen else []
    condition = {"col": column, "op": ">=", "val": start} if start else {"col": column, "op": "IN", "val": value}
    ids = chart_ids(dashboard)
    return {
        "id": f"NATIVE_FILTER-{dashboard['slug']}-{written['name']}",
        "type": "NATIVE_FILTER",
        "name": written["name"],
        "filterType": "filter_range" if is_range else "filter_select",
        "targets": [{"datasetUuid": uuid_of("dataset", written["dataset"]), "column": {"name": column}}],
        "controlValues": {
            "enableEmptyFilter": not is_range and not written.get("optional", False),
            "multiSelect": written.get("optional", False),
            "defaultToFirstItem": False,
        },
        "defaultDataMask": {
            "extraFormData": {"filters": [condition]} if value else {},
            "filterState": {"value": value, "label": f"{start} and later" if start else str(chosen)} if value else {},
        },
        "cascadeParentIds": [] if is_range else parents,
        "scope": {
            "rootPath": ["ROOT_ID"],
            "excluded": [ids[title] for title in ids.keys() - set(written.get("charts", ids))],
        },
    }


def position(written: dict[str, Any]) -> dict[str, Any]:
    """Where everything stands: the header first, then row by row."""
    cells: dict[str, Any] = {"ROW-header": ("ROW", "GRID_ID", {"background": "BACKGROUND_TRANSPARENT"})}
    cells["MARKDOWN-header"] = (
        "MARKDOWN", "ROW-header", {"width": 12, "height": written["header_height"], "code": written["header"]},
    )  # fmt: skip
    for number, row in enumerate(written["rows"], 1):
        cells[f"ROW-{number}"] = ("ROW", "GRID_ID", {"background": "BACKGROUND_TRANSPARENT"})
        for place, one in enumerate(row["charts"], 1):
            made = chart(written, one)
            meta = {"uuid": made["uuid"], "sliceName": one["title"], "width": one["width"], "height": row["height"]}
            meta["chartId"] = chart_ids(written)[one["title"]]
            cells[f"CHART-{number}-{place}"] = ("CHART", f"ROW-{number}", meta)
    tree: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "GRID_ID": {"id": "GRID_ID", "type": "GRID", "parents": ["ROOT_ID"], "children": []},
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": written["title"]}},
    }
    for cell, (kind, parent, meta) in cells.items():
        parents = [*tree[parent]["parents"], parent]
        tree[cell] = {"id": cell, "type": kind, "parents": parents, "children": [], "meta": meta}
        tree[parent]["children"].append(cell)
    return tree


def css(written: dict[str, Any]) -> str:
    """What stands in place of "No results" in a chart that is empty: its line `empty`, as the dashboard has it."""
    rules = []
    for one in [one for row in written["rows"] for one in row["charts"] if "empty" in one]:
        place = f'[data-test-chart-name={_text(one["title"])}] div:has(> [aria-label="empty"])'
        rules.append(f'{place} > :not([aria-label="empty"]) {{ display: none; }}')
        rules.append(f"{place}::after {{ content: {_text(one['empty'])}; max-width: 30em; text-align: center; }}")
    return "\n".join(rules)


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def dashboard(written: dict[str, Any]) -> dict[str, Any]:
    """One dashboard with its filters and its layout."""
    filters: list[dict[str, Any]] = []
    for one in written["filters"]:
        parents = [made["id"] for made in filters if made["filterType"] == "filter_select"]
        filters.append(native_filter(written, one, parents))
    return {
        "version": "1.0.0",
        "uuid": uuid_of("dashboard", written["slug"]),
        "dashboard_title": written["title"],
        "slug": written["slug"],
        "published": True,
        "css": css(written),
        "position": position(written),
        "metadata": {
            "native_filter_configuration": filters,
            "color_scheme": "entrepot",
            "label_colors": written.get("colours", {}),
            "cross_filters_enabled": False,
            "refresh_frequency": 0,
        },
    }
