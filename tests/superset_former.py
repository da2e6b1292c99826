"""Run by Superset's own Python: a start of an earlier code that had more, what a person made of it, and today's starts.

Prints as JSON what the two starts of today's code removed: while the person uses some of it, and after they let go.
"""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

import duckdb
import yaml
from flask import current_app, g
from superset.app import create_app

from bi.superset.assets import assets, dataset
from bi.superset.charts import chart, uuid_of
from bi.superset.imported import replace
from bi.superset.layout import dashboard
from flows.settings import get_settings

DATA = {"says": "Of an earlier code.", "table": "marts.bilateral_year", "sql": "select * from marts.bilateral_year"}


def earlier(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The files an earlier code had beside today's: two datasets, a chart of each, and a dashboard of both."""
    charts = [
        {"title": title, "dataset": title, "viz": "table", "width": 6, "params": {"all_columns": ["year_number"]}}
        for title in ("Former, let go", "Former, in use")
    ]
    written: dict[str, Any] = {
        "slug": "former", "title": "Former", "header": "Former", "header_height": 20, "filters": [],
        "rows": [{"height": 50, "charts": charts}],
    }  # fmt: skip
    found = {"dashboards/former.yaml": dashboard(written)}
    for one in charts:
        found[f"charts/{one['title']}.yaml"] = chart(written, one)
        found[f"datasets/warehouse/{one['title']}.yaml"] = dataset(str(one["dataset"]), DATA, con)
    return {path: yaml.safe_dump(content) for path, content in found.items()}


def main() -> list[list[str]]:
    settings = get_settings()
    with create_app().app_context():
        from superset.connectors.sqla.models import SqlaTable
        from superset.extensions import db, security_manager
        from superset.models.dashboard import Dashboard
        from superset.models.slice import Slice

        g.user = security_manager.find_user(username="admin")
        with duckdb.connect(str(settings.published), read_only=True) as con:
            today = assets(current_app.config["WAREHOUSE_URI"], current_app.config["READ_ONLY"], con)
            replace(settings.superset, today | earlier(con))
        data = db.session.query(SqlaTable).filter_by(uuid=uuid_of("dataset", "Former, in use")).one()
        shown = db.session.query(Slice).filter_by(slice_name="Former, in use").one()
        by_hand = Slice(
            slice_name="By hand", datasource_type="table", datasource_id=data.id, viz_type="table", params="{}"
        )
        board = Dashboard(dashboard_title="By hand", slices=[shown, by_hand], json_metadata="{}", position_json="{}")
        db.session.add(board)
        db.session.commit()
        removed = [replace(settings.superset, today)]
        board.slices = []
        by_hand.datasource_id = db.session.query(SqlaTable).filter_by(table_name="Trade by year").one().id
        db.session.commit()
        return [*removed, replace(settings.superset, today)]


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        found = main()
    print(json.dumps(found))
