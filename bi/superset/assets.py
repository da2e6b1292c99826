"""From the short YAML beside this file to the files Superset imports: datasets, charts and dashboards.

Ids are made of names, so that an import replaces what an earlier one made. Column descriptions come from the
warehouse's own dictionary; what a file here says only once is said nowhere else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import yaml

from bi.superset.charts import chart, uuid_of
from bi.superset.layout import dashboard

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
    """The dataset's SQL with names and words beside the codes; an area without a name keeps its code."""
    names = {name: f"coalesce({name}.area_name, data.{name}_code)" for name in written.get("names", [])}
    columns = ["data.*", *(f"{shown} as {name}" for name, shown in names.items())]
    columns += [written["with"].strip()] if "with" in written else []
    joins = [f"left join core.dim_area as {name} on data.{name}_code = {name}.area_code" for name in names]
    for name, (code, code_list, filled) in written.get("words", {}).items():
        shown = f"coalesce({name}_words.words, replace(data.{code}, '_', ' '), '')"
        for column in filled:
            value = names.get(column, f"coalesce(cast(data.{column} as varchar), '')")
            shown = f"replace({shown}, '{{{column}}}', {value})"
        columns.append(f"{shown} as {name}")
        joins.append(
            f"left join core.dim_code as {name}_words"
            f" on {name}_words.code_list = '{code_list}' and data.{code} = {name}_words.code"
        )
    sql = with_reasons(written["sql"], written["none"], written.get("time")) if "none" in written else written["sql"]
    return "\n".join([f"select {', '.join(columns)}", f"from (\n{sql}) as data", *joins])


def with_reasons(sql: str, none: dict[str, Any], time: str | None) -> str:
    """The query and a row for each pair (and flow) without a figure, which says so in the pair's last year.

    Superset draws such a row as an empty chart with the sentence in its legend, instead of "No results".
    """
    keys = ["reporter_code", "partner_code", *(["flow"] if none.get("by_flow") else [])]
    last_day = f", make_date(max(year_number), 1, 1) as {time}" if time else ""
    told = {none["in"]: none["says"], **none.get("also", {})}
    values = [f"{_literal(value)} as {column}" for column, value in told.items()]
    flows = "cross join (values ('Exports'), ('Imports')) as flow (flow)" if none.get("by_flow") else ""
    return f"""with figure as ({sql}),
pair as (
    select reporter_code, partner_code, max(year_number) as year_number{last_day}
    from marts.bilateral_year
    group by reporter_code, partner_code
)
select * from figure
union all by name
select pair.*{", flow.flow" if flows else ""}, {", ".join(values)}
from pair {flows}
anti join (select * from figure where {none["known"]} is not null) as known
    on {" and ".join(f"{'flow' if key == 'flow' else 'pair'}.{key} = known.{key}" for key in keys)}
"""


def _literal(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else "'" + value.replace("'", "''") + "'"


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
