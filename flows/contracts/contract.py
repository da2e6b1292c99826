"""Contracts: what every source promises, read from the dbt source YAML into frozen models.

dbt and Python read the same `_<source>__sources.yml`, so they cannot disagree. Everything dbt does not know
stands under `config.meta`; an unknown key there is an error, because a misspelt rule is a rule not applied.

Contracts of tables of one's own lie outside the project, one file per source, so that an upgrade leaves them alone.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from flows.contracts import own_contracts, own_settings
from flows.contracts.seeds import seed_rows
from flows.contracts.trade_roles import TradeRoles, Value
from flows.contracts.yaml_file import KeyTwice, read_yaml
from flows.errors import ContractError, of_a_value

# code list -> seed file, column of the codes, and the code system where the seed holds several
_CODE_LISTS: dict[str, tuple[str, str, str | None]] = {
    "press": ("area_code", "code", "press"),
    "comtrade": ("area_code", "code", "comtrade"),
    "baci": ("area_code", "code", "baci"),
    "iso3": ("area_code", "code", "iso3"),
    "commodity_term": ("commodity_term", "commodity_term", None),
    "quantity_unit": ("quantity_unit", "unit_term", None),
    "currency": ("currency", "currency_code", None),
    "currency_term": ("currency_term", "currency_term", None),
    "gacc_label": ("gacc_label", "gacc_label", None),
    "flow": ("flow", "flow_code", None),
}


_TYPES = "varchar, boolean, smallint, integer, bigint, hugeint, double, date, timestamp"
_TYPE = re.compile(rf"{_TYPES.replace(', ', '|')}|decimal\(\d{{1,2}}, ?\d{{1,2}}\)", re.IGNORECASE)
_NUMBERS = {
    "decimal",
    "numeric",
    "double",
    "float",
    "real",
    "tinyint",
    "smallint",
    "integer",
    "int",
    "bigint",
    "hugeint",
}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Frozen):
    """One column of a raw table: its name here, in the file (`header`), its type, and its rules.

    `other_headers` are names the publisher gives the same column in other layouts of the file. `elsewhere` pairs
    values of the first row with what a file that has them holds and this warehouse does not take. `label` names a
    label of the file, such as the year in its name, that every value must be. `digits` is how many digits a code has
    whose leading zeros a spreadsheet may have taken, a number or the column that says so: two records that differ in
    these zeros alone are one. `total` are the values that say the total of what the column parts, as an empty one does:
    two records that differ in these alone are one. `areas` is the code system of an area's code, or several with
    commas: a file in which two records differ in codes of one economy alone is refused. `is_begun` says that it is a
    year, or begins with one, and that no publisher knows the trade of a year to come.
    """

    name: str
    data_type: str
    description: str
    header: str
    other_headers: tuple[str, ...] = ()
    required: bool = False
    min: float | None = None
    max: float | None = None
    accepted: tuple[str, ...] | None = None
    pattern: str | None = None
    code_list: str | None = None
    label: str | None = None
    digits: str | None = None
    total: tuple[str, ...] = ()
    areas: str | None = None
    is_begun: bool = False
    elsewhere: tuple[tuple[str, str], ...] = ()

    @field_validator("data_type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        if _TYPE.fullmatch(value) is None:
            raise ValueError(f"{value[:40]!r} is none of {_TYPES}, decimal(p,s)")
        return value

    @property
    def headers(self) -> tuple[str, ...]:
        """All names it may have in a file; upper and lower case do not matter."""
        return tuple(name.casefold() for name in (self.header, *self.other_headers))

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers."""
        return self.data_type.partition("(")[0].lower() in _NUMBERS


class Check(_Frozen):
    """What the columns of one record say together: SQL that `holds`, else the record is rejected with the `reason`."""

    column: str
    holds: str
    reason: str


class Table(_Frozen):
    """One raw table: its columns, its key, and what a file must satisfy to land.

    Files of the formats csv and tsv are read by DuckDB, xlsx by its (named or first) sheet, or by all sheets with the
    header of the first where `sheet` is "*"; json, xml and html by the source module's `read`. The header stands in
    row `header_row`, counted as a spreadsheet does. `trade` maps the columns of a table of one's own.
    `layout` says where a dimension stands that has no column, such as `years across` (flows/formats/matrix.py).
    `units_above` are the currencies and multipliers that the lines above the header of your table say, such as USD and
    1000: a file whose lines say others is refused.
    `null_texts` stand for no value; in a table with `trade` only in columns of numbers, as NA may be Namibia elsewhere.
    `printed_figures` takes marks of notes off numbers, and brackets around negative ones (flows/formats/figures.py).
    `ignored` are columns of the file that are known and not landed: any other one is news and makes a notice.
    `inbox` says that files a person brings are taken too; for a source of the origin drop_box that goes without saying.
    `vintage_of` says what the files of several releases are vintages of, in the labels of a file; its partition if
    empty. Files with the same `edition_of` and the same label `release` are an edition: they are published together,
    when all of them are here (label `parts`), and no two editions at a time.
    `cap` is the row count at which the publisher cuts an answer short; the label `cap` of a file overrules it.
    `handed_out` are the row counts at which the publisher cuts what people download, where a file may also have as many
    by chance: it lands with a notice.
    `year` is the year a record speaks of, as SQL on the columns of the table.
    `checks` are rules that look at several columns of a record.
    `values` are the columns of values of a table without `trade`: a record that is rejected is counted with its value.
    """

    source: str
    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    format: Literal["csv", "tsv", "xlsx", "json", "xml", "html"] = "csv"
    delimiter: str | None = None
    encoding: str = "utf-8"
    sheet: str | None = None
    layout: str | None = None
    header_row: int = 1
    units_above: tuple[str, ...] | None = None
    decimal_mark: Literal[".", ","] = "."
    thousands_mark: str = ""
    printed_figures: bool = False
    partition: Literal["file", "file_name"] = "file"
    name_pattern: str | None = None
    partition_key: str | None = None
    name_hint: str | None = None
    vintage_of: str | None = None
    edition_of: str | None = None
    inbox: bool = False
    null_texts: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    row_floor: int = 1
    cap: int | None = None
    handed_out: tuple[int, ...] = ()
    max_shrink: float | None = None
    max_reject_share: float = 0.0
    on_failure: Literal["stop", "stand_in"] = "stop"
    publish_raw: bool = True
    year: str | None = None
    checks: tuple[Check, ...] = ()
    values: tuple[Value, ...] = ()
    trade: TradeRoles | None = None

    @field_validator("header_row")
    @classmethod
    def _first_row_is_1(cls, value: int) -> int:
        if value < 1:
            raise ValueError(f"{value} is no row of a file; the first one is 1")
        return value

    def column(self, name: str) -> Column:
        """The column called `name`. Raises ContractError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise ContractError(f"Table {self.source}.{self.name} has no column {name!r}.")

    @property
    def value_columns(self) -> tuple[Value, ...]:
        """The columns that hold what a record is worth; those in other currencies than the first say it again."""
        return tuple(value for value in self.all_values if value.currency == self.all_values[0].currency)

    @property
    def all_values(self) -> tuple[Value, ...]:
        """The columns of values in any currency."""
        return self.trade.values if self.trade else self.values

    @property
    def is_tabular(self) -> bool:
        """Whether a file of this format is known by its columns."""
        return self.format in ("csv", "tsv", "xlsx")

    @property
    def separator(self) -> str | None:
        """The character between the values of a line; none where the format is not delimited text."""
        default = {"csv": ",", "tsv": "\t"}.get(self.format)
        return (self.delimiter or default) if default else None

    @property
    def landed_name(self) -> str:
        """Name of the table in the schema `raw` of landed.duckdb."""
        return f"{self.source}__{self.name}"

    @property
    def fingerprint(self) -> str:
        """Changes when anything in the contract does that landing reads; files landed before are then landed again."""
        left_out: dict[str, Any] = {"year": True, "handed_out": True}  # by which no row of a release lands otherwise
        if self.units_above is None:  # what a table does not say is left out too, or all would land again
            left_out["units_above"] = True
        has_totals = any(column.total for column in self.columns)
        unread = {"is_begun", "areas"}
        left_out["columns"] = {"__all__": unread if has_totals else unread | {"total"}}
        return hashlib.sha256(self.model_dump_json(exclude=left_out).encode()).hexdigest()[:16]


FeedPurpose = Literal[
    "cells",
    "excluded_rows",
    "landed_rows",
    "products",
    "product_codes",
    "spans",
    "publications",
    "partner_reports",
    "commodity_reports",
    "daily_rates",
    "macro_records",
]


class Source(_Frozen):
    """One publisher's contract.

    `report_kind` says whose word its figures are: `official`, the reporter's own statistic as its office issues it or
    hands it to an international organisation; `quoted`, that statistic as the press quotes it; `compiled`, what a
    publisher makes of several countries' reports.

    `feeds` names what models all sources share read of the source, its tables as they landed or models of its own, by
    purpose: trade cells with the columns of int_quoted_cell_chosen but report_key; rows that are none, by reason; rows
    that landed, by raw file; products, with names or by codes alone; spans of days; publications; reports of partners
    or commodities quoted in the press; exchange rates of days; figures of the size of economies.

    `fills` are published tables that have rows once this source has landed, which the release gate sees to.
    `partitions_are_apart` says that a cell depends on records of its own partition only, so that a replaced file
    changes nothing else. `hosts` are the servers a live source asks; what follows says how politely, and holds for
    each of them. `key_name` is the setting, without its ending `_key`, that holds the subscription key; who has none
    may ask less often.
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
    report_kind: Literal["official", "quoted", "compiled"] = "official"
    partitions_are_apart: bool = False
    feeds: dict[FeedPurpose, tuple[str, ...]] = {}
    fills: tuple[str, ...] = ()
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
    for name in ("accepted", "total"):
        if name in meta:
            meta[name] = tuple(str(value) for value in meta[name])
    meta.setdefault("header", node["name"])
    return Column(name=node["name"], data_type=node["data_type"], description=node["description"], **meta)


def _table(source: str, node: dict[str, Any]) -> Table:
    columns = tuple(_column(column) for column in node["columns"])
    table = Table(source=source, name=node["name"], description=node["description"], columns=columns, **_meta(node))
    known = {column.name for column in columns}
    for what, names in (
        ("key", set(table.key)),
        ("values", {value.column for value in table.values}),
        ("trade", table.trade.columns if table.trade else set()),
    ):
        if names - known:
            raise ContractError(
                f"Contract {source}.{table.name}: {what} columns {sorted(names - known)} are not columns."
            )
    return table


def read_contract(path: Path) -> Source:
    """The source of a contract. Raises ContractError naming the file and what is wrong."""
    try:
        node = read_yaml(path)["sources"][0]
        tables = tuple(_table(node["name"], table) for table in node["tables"])
        return Source(name=node["name"], description=node["description"], tables=tables, **_meta(node))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'a rule'}: {of_a_value(e['msg'])}" for e in error.errors())
        raise ContractError(f"Contract {path.name} is not well formed: {wrong}.") from error
    except KeyTwice as error:
        raise ContractError(f"Contract {path.name}: {error}.") from error
    except (KeyError, TypeError, IndexError, ValueError, yaml.YAMLError) as error:
        what = f"{type(error).__name__} {' '.join(str(error).split())}"
        raise ContractError(f"Contract {path.name} is not well formed: {what}.") from error


def check_own_contract(path: Path, seeds: Path) -> Source:
    """A contract from outside the project, with what the project's own tests see to in those inside it.

    `seeds` is the folder of the code lists.

    Raises ContractError naming the file and what is wrong.
    """
    source = read_contract(path)
    own_contracts.require_proper(path.name, read_yaml(path)["sources"][0])
    own_settings.require_known(path.name, source, code_list("currency", seeds))
    return source


@lru_cache(maxsize=32)
def code_list(name: str, seeds: Path) -> frozenset[str]:
    """Codes a column may hold, from the seed that dbt uses for the same purpose."""
    if name not in _CODE_LISTS:
        raise ContractError(f"Unknown code list {name!r}; known are {sorted(_CODE_LISTS)}.")
    seed, column, system = _CODE_LISTS[name]
    rows = [row for row in seed_rows(seeds, seed) if system is None or row["code_system"] == system]
    return frozenset(row[column] for row in rows)
