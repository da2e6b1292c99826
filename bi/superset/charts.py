"""A chart as Superset imports it, from the few lines that say what is its own."""

from __future__ import annotations

import re
import uuid
from typing import Any

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


_CONDITION = re.compile(r"(\w+) (?:(is known)|(=|is not) ([\w ]+))")


def condition(written: str) -> dict[str, Any]:
    """A fixed condition of a chart: `column = value`, `column is not value` or `column is known`.

    Raises ValueError for anything else: Superset would show every row.
    """
    found = _CONDITION.fullmatch(written)
    if found is None:
        raise ValueError(f"{written!r} is not a condition of a chart.")
    column, is_known, operator, value = found.groups()
    shape = {"clause": "WHERE", "expressionType": "SIMPLE", "subject": column}
    if is_known:
        return {**shape, "operator": "IS NOT NULL"}
    comparator = value == "true" if value in ("true", "false") else value
    return {**shape, "operator": "==" if operator == "=" else "!=", "comparator": comparator}


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
