"""The contract of a source of one's own, `mine`, with one table, `trade`."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

from flows.settings import Settings

_SOURCE = """
version: 2
sources:
  - name: mine
    description: "Mine."
    database: landed
    schema: raw
    config:
      meta: {publisher: Me, statistic_code: MINE, landing_page: "", licence: mine, redistributable: false,
             origin: drop_box, cadence: once, max_age_days: null, priority: 90}
    tables:
      - name: trade
        identifier: mine__trade
"""


def own_contract(table: str) -> str:
    """The contract as YAML; `table` says what its table is: description, config and columns."""
    return _SOURCE + indent(table.strip("\n"), " " * 8) + "\n"


def write_contract(settings: Settings, text: str) -> Path:
    """Put a contract where those of one's own are looked for."""
    settings.own_contracts.mkdir(parents=True, exist_ok=True)
    path = settings.own_contracts / "mine.yml"
    path.write_text(text, encoding="utf-8")
    return path


# A table that is landed and not mapped as trade.
PLAIN = own_contract(
    """
description: "One row per code."
config:
  meta: {key: [code]}
columns:
  - {name: code, data_type: varchar, description: "Code."}
"""
)
