"""Models of the dbt project run on a few cells in memory: dbt compiles them once, DuckDB runs what came of it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import duckdb
import pandas as pd

from flows.settings import ROOT
from tests.dbt_manifest import manifest_of
from tests.opened import in_memory

MODELS = ROOT / "dbt_project" / "models"
CORE = """
create table trade.core.fct_trade (
    source_code varchar, reporter_code varchar, partner_code varchar, flow_code varchar, product_key varchar,
    period_code varchar, value_usd decimal(18, 3), net_weight_kg double, quantity double, quantity_unit_code varchar,
    valuation_code varchar, coverage varchar, file_id varchar, line bigint, cell_state varchar
);
create view trade.core.trade_cell as select *, true as is_additive from trade.core.fct_trade;
create table workings.intermediate.trade_total as from trade.core.fct_trade;
create table trade.core.dim_period as
select cast(y as varchar) as period_code, 'A' as freq_code, y as year_number, make_date(y, 1, 1) as period_start,
    make_date(y, 12, 31) as period_end
from (select cast(range as integer) as y from range(2000, 2030));
create table trade.core.dim_area (area_code varchar, is_economy boolean, valid_from date, valid_to date);
create table trade.core.dim_source (source_code varchar, statistic_code varchar, valuation_imports varchar);
insert into trade.core.dim_source values ('s', 'UNSD', 'CIF'), ('reconciled', 'BACI', 'FOB');
create table trade.core.bridge_product_revision (
    from_product_key varchar, to_revision varchar, to_product_key varchar, weight double, weight_before double,
    weight_upto double, weight_method varchar, family_code varchar
);
create table trade.core.fct_availability (
    source_code varchar, reporter_code varchar, flow_code varchar, period_code varchar, availability_state varchar,
    partner_scope varchar, product_scope varchar
);
create table trade.core.fct_macro (
    area_code varchar, period_code varchar, indicator_code varchar, value_usd decimal(18, 3), publication_id varchar,
    file_id varchar
);
create table trade.core.dim_raw_file (file_id varchar, known_from timestamp);
"""


class Cell(NamedTuple):
    """A yearly cell of fct_trade."""

    reporter: str
    partner: str
    flow: str
    product: str
    value: float
    year: int = 2021
    kg: float | None = None
    source: str = "s"


def compile_models(folder: Path, *select: str) -> None:
    """Let dbt compile what is selected, in its own words; the manifest in `folder` holds what came of it."""
    manifest_of(folder, "compile", "--select", *select)


class Compiled:
    """Compiled SQL of models, in the order they depend on each other; Python models as their functions."""

    def __init__(self, folder: Path, *select: str) -> None:
        """The models that `compile_models` left in `folder`, of those selected by name or by their folder."""
        nodes = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["nodes"]
        found = {
            key: node
            for key, node in nodes.items()
            if node.get("compiled")
            and node["resource_type"] == "model"
            and {node["name"], ".".join(node["fqn"][1:-1])} & set(select)
        }
        self.nodes: list[dict[str, str]] = []
        while found:
            ready = [key for key, node in found.items() if not set(node["depends_on"]["nodes"]) & set(found)]
            self.nodes += [found.pop(key) for key in sorted(ready)]

    def run(
        self,
        cells: Iterable[Cell],
        absent: Sequence[tuple[str, str, int]] = (),
        gdp_usd: Mapping[tuple[str, int], float] | None = None,
        bridge: Mapping[str, str] | None = None,
        announced_twice: bool = False,
    ) -> duckdb.DuckDBPyConnection:
        """A warehouse of these cells, every report whole but those of `absent` (reporter, flow, year): partial ones.

        A source of its own does not meet those of others: several worlds can be run at once. `bridge` names the one
        successor of a code in another revision.
        """
        con = in_memory()
        con.execute(CORE)
        con.register("frame", pd.DataFrame(list(cells), columns=Cell._fields))
        con.register("partial", pd.DataFrame(list(absent), columns=["reporter", "flow", "year"]))
        con.execute(
            "insert into core.fct_trade select source, reporter, partner, flow, product, cast(year as varchar), value, "
            "kg, kg, case when kg is not null then 'kg' end, case flow when 'M' then 'CIF' else 'FOB' end, 'complete', "
            "'f', row_number() over (), 'observed' from frame"
        )
        con.execute(
            "create table intermediate.trade_product_sum as select source_code, reporter_code, flow_code, period_code, "
            "product_key, true as is_additive, count(*) as n_cells, sum(value_usd) as value_usd, "
            "count(case when cell_state = 'estimated' then 1 end) as n_estimated from core.fct_trade group by all"
        )
        con.execute(
            "create table intermediate.trade_pair_sum as select distinct source_code, reporter_code, partner_code, "
            "flow_code, period_code, true as is_additive, 0 as n_converted from core.fct_trade"
        )
        con.execute(
            "insert into core.dim_source select distinct source_code, 'UNSD', 'CIF' from core.fct_trade "
            "anti join core.dim_source using (source_code)"
        )
        con.execute("insert into core.dim_raw_file values ('f', '2022-01-01')")
        for (area, year), value in (gdp_usd or {}).items():
            con.execute("insert into core.fct_macro values (?, ?, 'gdp_usd', ?, 'p', 'f')", [area, str(year), value])
        con.execute(
            "insert into core.dim_area select distinct unnest([reporter_code, partner_code]) as code, code <> 'NES', "
            "null::date, null::date from core.fct_trade"
        )
        con.execute(
            "insert into core.fct_availability select distinct source_code, reporter_code, flow_code, period_code, "
            "'published', case when year is null then 'complete' else 'selected' end, 'complete' from core.fct_trade "
            "left join partial on reporter_code = reporter and flow_code = flow and period_code = cast(year as varchar)"
        )
        if announced_twice:
            con.execute("insert into core.fct_availability from core.fct_availability")
        for code, successor in (bridge or {}).items():
            row = [code, successor[:2], successor, 1, 0, 1, "published", code]
            con.execute("insert into core.bridge_product_revision values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        seeds = ROOT / "dbt_project" / "seeds"
        con.execute(f"create table seed.indicator_definition as from read_csv('{seeds / 'indicator_definition.csv'}')")
        con.execute(
            "create table core.dim_product as select 'HS:' || chapter_code as product_key, "
            "'chapter' as product_level, chapter_code "
            f"from read_csv('{seeds / 'hs_chapter.csv'}', all_varchar = true)"
        )
        self.make(con)
        return con

    def make(self, con: duckdb.DuckDBPyConnection) -> None:
        """Every model as a table of `con`, from the tables that are there."""
        names = {node["name"]: f"{node['database']}.{node['schema']}.{node['name']}" for node in self.nodes}
        for node in self.nodes:
            name = names[node["name"]]
            con.execute(f"drop table if exists {name}")
            if node["language"] == "python":
                con.register("made", module_of(node).model(Session(con, names), None))
                con.execute(f"create table {name} as from made")
            else:
                con.execute(f"create table {name} as {node['compiled_code']}")


def module_of(node: Mapping[str, str]) -> ModuleType:
    """A compiled Python model as a module."""
    module = ModuleType(node["name"])
    exec(compile(node["raw_code"], node["original_file_path"], "exec"), module.__dict__)
    return module


class Session:
    """What dbt hands to a Python model, as far as ours use it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, names: Mapping[str, str]) -> None:
        self.con, self.names = con, names

    def config(self, materialized: str) -> None:
        """Where the model is kept is not decided here."""

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        return self.con.sql(f"from {self.names[name]}")


def python_model(path: Path) -> ModuleType:
    """A Python model of the dbt project as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# China's exports of crude oil to an island with which a release of the bundled figures has no trade at all.
GOODS_OF_TUVALU = """
insert into core.trade_cell
select * replace ('CHN' as reporter_code, 'TUV' as partner_code)
from core.trade_cell
where
    reporter_code = 'RUS' and partner_code = 'CHN' and product_key = 'G:crude_oil'
    and period_code in ('2015', '2017', '2019')
"""
