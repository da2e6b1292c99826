"""Tables of one's own in the build: what dbt is told about contracts that lie outside the project.

dbt reads those contracts itself. The tables mapped as trade are named to it besides, so that the lineage, and with it
the licence, follows them.
"""

from __future__ import annotations

import hashlib
import json

from flows.contracts import Table, load_contracts
from flows.contracts.own_contracts import paths
from flows.settings import Settings


def own_tables(settings: Settings) -> list[Table]:
    """Every table whose contract lies outside the project."""
    inside = load_contracts(settings.contracts[0])
    return [
        table
        for source in load_contracts(settings.contracts).values()
        if source.name not in inside
        for table in source.tables
    ]


def variables(settings: Settings) -> str:
    """JSON for dbt's `--vars`: source, table and roles of each table mapped as trade, all defaults in place."""
    tables = [
        {"source": table.source, "name": table.name, "trade": table.trade.model_dump(mode="json")}
        for table in own_tables(settings)
        if table.trade is not None
    ]
    return json.dumps({"own_tables": tables})


def fingerprint(settings: Settings) -> list[str]:
    """Changes when a contract of one's own does; nothing where there is none."""
    return [hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in paths(settings.contracts)]
