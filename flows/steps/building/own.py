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
from flows.contracts.loading import own_files
from flows.settings import Settings, get_settings


def variables(settings: Settings) -> str:
    """JSON for dbt's `--vars`.

    `mapped_tables`: source, table and roles of each table mapped as trade, all defaults in place; `feeds`: by purpose
    the models and tables of sources, each once; `dated_tables`: source, table and the year of a record;
    `quoted_sources`: the sources of what the press quotes.
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
            "quoted_sources": [source.name for source in sources if source.report_kind == "quoted"],
        }
    )


def _feeds(sources: list[Source]) -> dict[str, list[dict[str, Any]]]:
    """By purpose what sources feed: a table of theirs as it landed, or else a model."""
    fed: dict[str, list[dict[str, Any]]] = {}
    for source in sources:
        tables = {table.name: table for table in source.tables}
        for purpose, names in source.feeds.items():
            for name in dict.fromkeys(names):
                table = tables.get(name)
                entry = {
                    "model": "" if table else name,
                    "source": source.name,
                    "table": table.name if table else "",
                    "columns": [column.name for column in table.columns] if table else [],
                }
                known = fed.setdefault(purpose, [])
                if table or name not in {other["model"] for other in known}:
                    known.append(entry)
    return fed


def fingerprint(settings: Settings) -> list[str]:
    """Changes when a contract outside the project does; nothing where there is none."""
    return [hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in own_files(settings.contracts)]


if __name__ == "__main__":
    print(variables(get_settings()))
