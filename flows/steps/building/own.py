"""What dbt is told of contracts: the tables mapped as trade, and whether a contract outside the project changed.

dbt reads the contracts itself. The tables whose contract has a `trade` block, of a publisher or your own, are named to
it besides, so that the lineage, and with it the licence, follows them.
"""

from __future__ import annotations

import hashlib
import json

from flows.contracts import load_contracts
from flows.contracts.own_contracts import paths
from flows.settings import Settings


def variables(settings: Settings) -> str:
    """JSON for dbt's `--vars`: source, table and roles of each table mapped as trade, all defaults in place."""
    tables = [
        {"source": table.source, "name": table.name, "trade": table.trade.model_dump(mode="json")}
        for source in load_contracts(settings.contracts).values()
        for table in source.tables
        if table.trade is not None
    ]
    return json.dumps({"mapped_tables": tables})


def fingerprint(settings: Settings) -> list[str]:
    """Changes when a contract outside the project does; nothing where there is none."""
    return [hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in paths(settings.contracts)]
