"""What dbt is told of contracts: what feeds the models sources share, and whether one outside the project changed.

dbt reads the contracts itself, but only when its models are read already. What decides which models read which (the
tables with a `trade` block, of a publisher or your own, the models a source `feeds`, the tables with a `year`) is named
to it besides, so that the order, the lineage, and with it the licence, follow.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flows.contracts import Source, load_contracts
from flows.contracts.own_contracts import paths
from flows.settings import Settings, get_settings


def variables(settings: Settings) -> str:
    """JSON for dbt's `--vars`.

    `mapped_tables`: source, table and roles of each table mapped as trade, all defaults in place; `feeds`: by purpose
    the models of sources, each once; `dated_tables`: source, table and the year of a record.
    """
    sources = list(load_contracts(settings.contracts).values())
    tables = [table for source in sources for table in source.tables]
    return json.dumps(
        {
            "mapped_tables": [
                {"source": table.source, "name": table.name, "trade": table.trade.model_dump(mode="json")}
                for table in tables
                if table.trade is not None
            ],
            "feeds": _feeds(sources),
            "dated_tables": [
                {"source": table.source, "name": table.name, "year": table.year} for table in tables if table.year
            ],
        }
    )


def _feeds(sources: list[Source]) -> dict[str, list[dict[str, Any]]]:
    fed: dict[str, dict[str, dict[str, Any]]] = {}
    for source in sources:
        landed = {f"stg_{table.landed_name}": table for table in source.tables}
        for purpose, models in source.feeds.items():
            for model in models:
                table = landed.get(model)
                columns = [column.name for column in table.columns] if table else []
                entry = {
                    "model": model,
                    "source": source.name,
                    "table": table.name if table else "",
                    "columns": columns,
                }
                fed.setdefault(purpose, {}).setdefault(model, entry)
    return {purpose: list(models.values()) for purpose, models in fed.items()}


def fingerprint(settings: Settings) -> list[str]:
    """Changes when a contract outside the project does; nothing where there is none."""
    return [hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in paths(settings.contracts)]


if __name__ == "__main__":
    print(variables(get_settings()))
