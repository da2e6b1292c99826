"""What a start imports, and what an earlier one imported and the code has no longer: that is taken out again.

Only what a start wrote down as imported is touched, by its lasting id. What a person made with it keeps it: a chart
stays while a dashboard of theirs shows it, a dataset while a chart or a filter of theirs reads it. It goes with the
first start after they let go of it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

KINDS = ("dashboards", "charts", "datasets")  # in this order, for each holds what comes after it
Ids = dict[str, set[str]]


def replace(folder: Path, files: dict[str, str]) -> list[str]:
    """Import these files inside Superset's application, and remove what `folder` records and they lack.

    Returns the names of what went.
    """
    from superset.commands.importers.v1.assets import ImportAssetsCommand

    ImportAssetsCommand(files).run()
    now, before = ids_of(files), recorded(folder)
    gone, kept = remove({kind: before[kind] - now[kind] for kind in KINDS})
    record(folder, {kind: now[kind] | kept[kind] for kind in KINDS})
    return gone


def ids_of(files: dict[str, str]) -> Ids:
    """The ids of the dashboards, charts and datasets among the files of an import."""
    return {
        kind: {yaml.safe_load(text)["uuid"] for path, text in files.items() if path.startswith(f"{kind}/")}
        for kind in KINDS
    }


def recorded(folder: Path) -> Ids:
    """What earlier starts imported and left in place; nothing where none has written it down."""
    path = folder / "imported.json"
    found = json.loads(path.read_text(encoding="ascii")) if path.is_file() else {}
    return {kind: set(found.get(kind, ())) for kind in KINDS}


def record(folder: Path, ids: Ids) -> None:
    """Write down what is in place now, whole or not at all."""
    unfinished = folder / ".imported.json.new"
    unfinished.write_text(json.dumps({kind: sorted(found) for kind, found in ids.items()}, indent=1), encoding="ascii")
    unfinished.replace(folder / "imported.json")


def remove(former: Ids) -> tuple[list[str], Ids]:
    """Delete these objects; returns the names of what went and the ids of what stays."""
    from superset.commands.chart.delete import DeleteChartCommand
    from superset.commands.dashboard.delete import DeleteDashboardCommand
    from superset.commands.dataset.delete import DeleteDatasetCommand
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    def is_read(dataset: Any) -> bool:
        charts = db.session.query(Slice).filter_by(datasource_type="table", datasource_id=dataset.id)
        filters = db.session.query(Dashboard.json_metadata).all()
        return charts.count() > 0 or any(dataset.id in filtered(metadata) for (metadata,) in filters)

    def is_shown(chart: Any) -> bool:
        return bool(chart.dashboards)

    kinds: dict[str, tuple[Any, str, Callable[[Any], bool], Any]] = {
        "dashboards": (Dashboard, "dashboard_title", lambda dashboard: False, DeleteDashboardCommand),
        "charts": (Slice, "slice_name", is_shown, DeleteChartCommand),
        "datasets": (SqlaTable, "table_name", is_read, DeleteDatasetCommand),
    }
    gone: list[str] = []
    kept: Ids = {kind: set() for kind in KINDS}
    for kind, (model, name, is_in_use, delete) in kinds.items():
        wanted = [uuid.UUID(one) for one in former[kind]]
        for found in db.session.query(model).filter(model.uuid.in_(wanted)).all():
            if is_in_use(found):
                kept[kind].add(str(found.uuid))
            else:
                gone.append(f"{kind.removesuffix('s')} {getattr(found, name)!r}")
                delete([found.id]).run()
    return gone, kept


def filtered(metadata: str | None) -> set[int]:
    """The datasets the filters of a dashboard read, from its metadata."""
    filters = json.loads(metadata or "{}").get("native_filter_configuration", [])
    return {target["datasetId"] for one in filters for target in one.get("targets", []) if "datasetId" in target}
