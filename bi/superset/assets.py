"""From the short YAML beside this file to the files Superset imports: datasets, charts and dashboards.

Ids are made of names, so that an import replaces what an earlier one made. Column descriptions come from the
warehouse's own dictionary; what a file here says only once is said nowhere else.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import duckdb
import yaml

FOLDER = Path(__file__).parent
DATABASE = "Trade warehouse"

# How a metric adds up: {sum} over the rows of one pair in billions, or a figure that is never summed.
RULES = {
    "one_pair": "case when count(distinct reporter_code || ' ' || partner_code) = 1 then sum({}) / 1e9 end",
    "one_row": "case when count(*) = 1 then max({}) end",
    "sql": "{}",
}
RULE_NOTES = {
    "one_pair": "Billions of current USD; a sum over one reporter and one partner, empty where several meet.",
    "one_row": "Never summed: empty where several rows meet.",
    "sql": "",
}
FORMATS = {
    "bn USD": ",.1f", "percent": "+,.1f", "count": ",d", "place": ",d", "USD a tonne": ",.0f", "index": ",.3f"
}  # fmt: skip

COLUMN_FORMATS = {"_bn": ",.1f", "_pct": ",.1f", "_mt": ",.2f", "_usd_t": ",.0f", "n_": ",d", "value": ",.3f"}

TIME_AXIS = {
    "time_grain_sqla": None, "x_axis_time_format": "%Y", "rich_tooltip": True, "tooltipTimeFormat": "%Y",
    "truncateXAxis": False, "show_legend": True, "legendOrientation": "top", "legendType": "scroll",
    "color_scheme": "entrepot", "row_limit": 10000, "truncate_metric": True, "show_empty_columns": True,
    "sort_series_type": "name", "sort_series_ascending": True, "y_axis_title_margin": 50,
    "y_axis_title_position": "Left", "minorTicks": False, "order_desc": False,
}  # fmt: skip
DEFAULTS: dict[str, dict[str, Any]] = {
    "echarts_timeseries_bar": {**TIME_AXIS, "orientation": "vertical"},
    "echarts_timeseries_line": {**TIME_AXIS, "markerEnabled": True, "markerSize": 5},
    "echarts_timeseries_scatter": {**TIME_AXIS, "markerSize": 5},
    "big_number": {"show_trend_line": True, "start_y_axis_at_zero": True, "show_timestamp": True,
                   "time_format": "%Y", "color_picker": {"r": 0, "g": 114, "b": 178, "a": 1}},
    "big_number_total": {"header_font_size": 0.4},
    "heatmap_v2": {"linear_color_scheme": "entrepot_blues", "normalize_across": "heatmap", "legend_type": "continuous",
                   "sort_x_axis": "alpha_asc", "sort_y_axis": "alpha_desc", "show_legend": True, "row_limit": 10000,
                   "xscale_interval": -1, "yscale_interval": 1, "left_margin": 140, "bottom_margin": "auto",
                   "value_bounds": [0, None], "show_values": False, "show_percentage": False},
    "treemap_v2": {"color_scheme": "entrepot", "show_labels": True, "show_upper_labels": True, "row_limit": 100},
    "table": {"row_limit": 10000, "page_length": 0, "include_search": False, "table_timestamp_format": "%Y-%m-%d",
              "show_cell_bars": False, "allow_render_html": False, "order_desc": False, "query_mode": "raw"},
}  # fmt: skip


def uuid_of(kind: str, name: str) -> str:
    """The lasting id of a dataset, chart or dashboard."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"entrepot/superset/{kind}/{name}"))


def read(path: Path) -> dict[str, Any]:
    """A YAML file of this folder."""
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def dashboards() -> list[dict[str, Any]]:
    """The dashboards as written, in the order of their file names."""
    return [read(path) for path in sorted((FOLDER / "dashboards").glob("*.yaml"))]


def metric(name: str, written: dict[str, str]) -> dict[str, Any]:
    """One saved metric; `written` names its rule and, where it is not billions of dollars, its unit."""
    (rule,) = written.keys() & RULES.keys()
    unit = written.get("unit", "bn USD")
    return {
        "metric_name": name,
        "verbose_name": name,
        "expression": RULES[rule].format(written[rule]),
        "description": " ".join(part for part in (written.get("says"), RULE_NOTES[rule], f"Unit: {unit}.") if part),
        "d3format": FORMATS[unit],
    }


def query(written: dict[str, Any]) -> str:
    """The dataset's SQL with the names of its areas beside their codes; an area without a name keeps its code."""
    names = written.get("names", [])
    columns = ["data.*", *(f"coalesce({name}.area_name, data.{name}_code) as {name}" for name in names)]
    columns += [written["with"].strip()] if "with" in written else []
    joins = [f"left join core.dim_area as {name} on data.{name}_code = {name}.area_code" for name in names]
    return "\n".join([f"select {', '.join(columns)}", f"from (\n{written['sql']}) as data", *joins])


def dataset(name: str, written: dict[str, Any], con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """One virtual dataset: types as the warehouse gives them, descriptions from its dictionary."""
    described = dict(
        con.execute(
            "select column_name, concat_ws(' Unit: ', column_description, unit || '.')"
            " from meta.dictionary where schema_name || '.' || table_name = ?",
            [written["table"]],
        ).fetchall()
    )
    described.update(reporter="Economy whose statistic is read, by name.", partner="Partner of the reporter, by name.")
    described.update(written.get("columns", {}))
    sql, labels = query(written), written.get("labels", {})
    columns = [
        {
            "column_name": column,
            "verbose_name": labels.get(column),
            "type": kind,
            "is_dttm": kind in ("DATE", "TIMESTAMP"),
            "groupby": True,
            "filterable": True,
            "description": described[column],
        }
        for column, kind, *_ in con.execute(f"describe ({sql})").fetchall()
    ]
    return {
        "version": "1.0.0",
        "uuid": uuid_of("dataset", name),
        "database_uuid": uuid_of("database", DATABASE),
        "table_name": name,
        "schema": "main",
        "sql": sql,
        "description": f"{written['says']} From {written['table']}.",
        "main_dttm_col": written.get("time"),
        "columns": columns,
        "metrics": [metric(label, rule) for label, rule in written.get("metrics", {}).items()],
    }


def condition(written: str) -> dict[str, Any]:
    """A fixed condition of a chart, written as `column = value` or `column is known`."""
    column, _, value = written.partition(" = ")
    shape = {"clause": "WHERE", "expressionType": "SIMPLE"}
    if not value:
        return {**shape, "subject": column.removesuffix(" is known"), "operator": "IS NOT NULL"}
    comparator = value == "true" if value in ("true", "false") else value
    return {**shape, "subject": column, "operator": "==", "comparator": comparator}


def column_config(written: dict[str, Any]) -> dict[str, Any]:
    """How the columns of a table are written, by the unit in their names; `widths` are in pixels."""
    config: dict[str, Any] = {}
    for column in written["params"].get("all_columns", []):
        found = [form for part, form in COLUMN_FORMATS.items() if column.endswith(part) or column.startswith(part)]
        config[column] = {"d3NumberFormat": found[0]} if found else {}
        if width := written.get("widths", {}).get(column):
            config[column]["columnWidth"] = width
    return config


def chart(dashboard: dict[str, Any], written: dict[str, Any]) -> dict[str, Any]:
    """One chart: what its kind has by default, and its own parameters over it."""
    return {
        "version": "1.0.0",
        "uuid": uuid_of("chart", f"{dashboard['slug']}/{written['title']}"),
        "dataset_uuid": uuid_of("dataset", written["dataset"]),
        "slice_name": written["title"],
        "description": written.get("says"),
        "viz_type": written["viz"],
        "params": {
            "viz_type": written["viz"],
            **DEFAULTS[written["viz"]],
            **written["params"],
            "column_config": column_config(written),
            "adhoc_filters": [condition(one) for one in written["params"].get("adhoc_filters", [])],
        },
    }


def chart_ids(written: dict[str, Any]) -> dict[str, int]:
    """A number for each chart of a dashboard, by its title; the import puts Superset's own in their place."""
    titles = [one["title"] for row in written["rows"] for one in row["charts"]]
    return {title: number for number, title in enumerate(titles, 1)}


def native_filter(dashboard: dict[str, Any], written: dict[str, Any], parents: list[str]) -> dict[str, Any]:
    """One filter of a dashboard, over a range of years or one value of a column; `charts` names those it is for."""
    column, start = written["column"], written.get("from")
    chosen = written.get("default", start)
    value = [start, None] if start else [chosen] if chosen else []
    condition = {"col": column, "op": ">=", "val": start} if start else {"col": column, "op": "IN", "val": value}
    ids = chart_ids(dashboard)
    return {
        "id": f"NATIVE_FILTER-{dashboard['slug']}-{written['name']}",
        "type": "NATIVE_FILTER",
        "name": written["name"],
        "filterType": "filter_range" if start else "filter_select",
        "targets": [{"datasetUuid": uuid_of("dataset", written["dataset"]), "column": {"name": column}}],
        "controlValues": {
            "enableEmptyFilter": not start and not written.get("optional", False),
            "multiSelect": written.get("optional", False),
            "defaultToFirstItem": False,
        },
        "defaultDataMask": {
            "extraFormData": {"filters": [condition]} if value else {},
            "filterState": {"value": value, "label": f"{start} and later" if start else str(chosen)} if value else {},
        },
        "cascadeParentIds": [] if start else parents,
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
        "position": position(written),
        "metadata": {
            "native_filter_configuration": filters,
            "color_scheme": "entrepot",
            "label_colors": written.get("colours", {}),
            "cross_filters_enabled": False,
            "refresh_frequency": 0,
        },
    }


def assets(uri: str, connect_args: dict[str, Any], con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Every file of the import by its path, YAML as text; `con` reads the published warehouse."""
    found: dict[str, dict[str, Any]] = {
        "metadata.yaml": {"version": "1.0.0", "type": "assets", "timestamp": "2026-01-01T00:00:00+00:00"},
        "databases/warehouse.yaml": {
            "version": "1.0.0",
            "uuid": uuid_of("database", DATABASE),
            "database_name": DATABASE,
            "sqlalchemy_uri": uri,
            "expose_in_sqllab": True,
            "allow_ctas": False,
            "allow_cvas": False,
            "allow_dml": False,
            "allow_csv_upload": False,
            "extra": {"engine_params": {"connect_args": connect_args}, "allows_virtual_table_explore": True},
        },
    }
    for name, written in read(FOLDER / "datasets.yaml").items():
        made = dataset(name, written, con)
        found[f"datasets/warehouse/{made['uuid']}.yaml"] = made
    for written in dashboards():
        found[f"dashboards/{written['slug']}.yaml"] = dashboard(written)
        for row in written["rows"]:
            for one in row["charts"]:
                made = chart(written, one)
                found[f"charts/{made['uuid']}.yaml"] = made
    return {path: yaml.safe_dump(content, allow_unicode=True) for path, content in found.items()}
