"""Contracts: what every source promises, read from the dbt source YAML into frozen models.

dbt and Python read the same `_<source>__sources.yml`, so they cannot disagree. Everything dbt does not know
stands under `config.meta`; an unknown key there is an error, because a misspelt rule is a rule not applied.
"""

from __future__ import annotations

import csv
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from flows.errors import ContractError

# code list -> seed file, column of the codes, and the code system where the seed holds several
_CODE_LISTS: dict[str, tuple[str, str, str | None]] = {
    "press": ("area_code.csv", "code", "press"),
    "comtrade": ("area_code.csv", "code", "comtrade"),
    "baci": ("area_code.csv", "code", "baci"),
    "iso3": ("area_code.csv", "code", "iso3"),
    "commodity_term": ("commodity_term.csv", "commodity_term", None),
    "quantity_unit": ("quantity_unit.csv", "unit_term", None),
    "currency": ("currency.csv", "currency_code", None),
    "currency_term": ("currency_term.csv", "currency_term", None),
    "gacc_label": ("gacc_label.csv", "gacc_label", None),
    "flow": ("flow.csv", "flow_code", None),
}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Frozen):
    """One column of a raw table: its name here, in the file (`header`), its type, and its rules."""

    name: str
    data_type: str
    description: str
    header: str
    required: bool = False
    min: float | None = None
    max: float | None = None
    accepted: tuple[str, ...] | None = None
    pattern: str | None = None
    code_list: str | None = None


class Table(_Frozen):
    """One raw table: its columns, its key, and what a file must satisfy to land.

    Files of the formats csv and tsv are read by DuckDB; json, xml and html by the source module's `read`.
    `ignored` are columns of the file that are known and not landed: any other one is news and makes a notice.
    `inbox` says that files a person brings are taken too; for a source of the origin drop_box that goes without saying.
    `cap` is the row count at which the publisher cuts an answer short; the label `cap` of a file overrules it.
    """

    source: str
    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    format: Literal["csv", "tsv", "json", "xml", "html"] = "csv"
    partition: Literal["file", "file_name"] = "file"
    name_pattern: str | None = None
    partition_key: str | None = None
    name_hint: str | None = None
    inbox: bool = False
    null_texts: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    row_floor: int = 1
    cap: int | None = None
    max_shrink: float | None = None
    max_reject_share: float = 0.0
    on_failure: Literal["stop", "stand_in"] = "stop"
    publish_raw: bool = True

    @property
    def landed_name(self) -> str:
        """Name of the table in the schema `raw` of landed.duckdb."""
        return f"{self.source}__{self.name}"

    @property
    def fingerprint(self) -> str:
        """Changes when anything in the contract does; files landed under another one are landed again."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


class Source(_Frozen):
    """One publisher's contract.

    `hosts` are the servers a live source asks; what follows says how politely, and holds for each of them. `key_name`
    is the setting, without its ending `_key`, that holds the subscription key; who has none may ask less often.
    """

    name: str
    description: str
    publisher: str
    statistic_code: str
    landing_page: str
    licence: str
    redistributable: bool
    origin: Literal["bundled", "drop_box", "live"]
    cadence: str
    max_age_days: int | None
    priority: int
    valuation: dict[str, str] = {}
    hosts: tuple[str, ...] = ()
    seconds_between_requests: float = 0.25
    requests_per_day: int | None = None
    requests_per_day_without_key: int | None = None
    key_name: str | None = None
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """The table called `name`. Raises ContractError when there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise ContractError(f"Source {self.name} has no table {name!r}; it has {[t.name for t in self.tables]}.")


def _meta(node: dict[str, Any]) -> dict[str, Any]:
    return dict((node.get("config") or {}).get("meta") or {})


def _column(node: dict[str, Any]) -> Column:
    meta = _meta(node)
    if "accepted" in meta:
        meta["accepted"] = tuple(str(value) for value in meta["accepted"])
    meta.setdefault("header", node["name"])
    return Column(name=node["name"], data_type=node["data_type"], description=node["description"], **meta)


def _table(source: str, node: dict[str, Any]) -> Table:
    columns = tuple(_column(column) for column in node["columns"])
    table = Table(source=source, name=node["name"], description=node["description"], columns=columns, **_meta(node))
    unknown = set(table.key) - {column.name for column in columns}
    if unknown:
        raise ContractError(f"Contract {source}.{table.name}: key columns {sorted(unknown)} are not columns.")
    return table


def _read(path: Path) -> Source:
    node = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"][0]
    try:
        tables = tuple(_table(node["name"], table) for table in node["tables"])
        return Source(name=node["name"], description=node["description"], tables=tables, **_meta(node))
    except (KeyError, ValidationError) as error:
        raise ContractError(f"Contract {path.name} is not well formed: {error}") from error


@lru_cache(maxsize=4)
def load_contracts(folder: Path) -> dict[str, Source]:
    """All contracts under `folder` by source name. Raises ContractError naming the file and what is wrong."""
    paths = sorted(path for path in folder.glob("*/_*__sources.yml"))
    sources = [_read(path) for path in paths]
    return {source.name: source for source in sources}


@lru_cache(maxsize=32)
def code_list(name: str, seeds: Path) -> frozenset[str]:
    """Codes a column may hold, from the seed that dbt uses for the same purpose."""
    if name not in _CODE_LISTS:
        raise ContractError(f"Unknown code list {name!r}; known are {sorted(_CODE_LISTS)}.")
    file_name, column, system = _CODE_LISTS[name]
    with (seeds / file_name).open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if system is None or row["code_system"] == system]
    return frozenset(row[column] for row in rows)
