"""The models of the mirror run in memory on reports of one's own making: what two sides say of a trade, reconciled."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import duckdb
import pandas as pd

from tests.marts import Compiled
from tests.opened import in_memory
from tests.rankings import MODELS as RANKINGS

MODELS = ("trade_pair_sum", "fct_availability", "int_mirror_report", "int_mirror_pair", "int_mirror_margin",
          "int_mirror_reliability", "fct_trade_reconciled_pair", "fct_trade_reconciled", "mirror_gap",
          "reporter_asymmetry")  # fmt: skip
ASSERTIONS = ("assert_reconciled_products_add_up", "assert_reconciled_values_keep_their_bounds",
              "assert_reconciled_values_follow_from_both_reports",
              "assert_mirror_gaps_agree_with_each_other")  # fmt: skip
GIVEN = """
create table trade.core.trade_cell (
    source_code varchar, reporter_code varchar, partner_code varchar, flow_code varchar, product_key varchar,
    period_code varchar, value_usd decimal(18, 3), value_original decimal(18, 3), net_weight_kg double,
    quantity double, quantity_unit_code varchar, valuation_code varchar, coverage varchar, cell_state varchar,
    is_additive boolean, detail_id bigint, file_id varchar, line bigint
);
create table trade.core.trade_cell_detail (
    detail_id bigint, conversion_rule varchar, is_corrected boolean, uncorrected_value_usd decimal(18, 3),
    publication_id varchar
);
create table workings.intermediate.trade_total (
    source_code varchar, reporter_code varchar, partner_code varchar, flow_code varchar, product_key varchar,
    period_code varchar, value_usd decimal(18, 3)
);
create table workings.seed.area (area_code varchar, area_kind varchar, valid_to date);
create table trade.core.dim_area (area_code varchar, area_name varchar);
create table workings.seed.area_location (area_code varchar, latitude double, longitude double);
create table workings.seed.area_border (area_code varchar, neighbour_code varchar);
create table workings.raw.stg_ledger__source (
    source_code varchar, priority integer, statistic_code varchar, origin varchar
);
insert into workings.raw.stg_ledger__source values
    ('s', 10, 'UNSD', 'bundled'), ('again', 20, 'UNSD', 'bundled'), ('baci', 5, 'BACI', 'bundled');
create table workings.raw.stg_landed__file (
    file_id varchar, source_code varchar, table_name varchar, is_current boolean, url varchar
);
create table workings.seed.area_code (code_system varchar, code varchar, area_code varchar);
create table workings.intermediate.int_dataset_announced (
    source_code varchar, reporter_code varchar, flow_code varchar, period_code varchar, classification_code varchar,
    announced_rows bigint, dataset_checksum varchar, first_released_at timestamp, last_released_at timestamp,
    file_id varchar
);
create table workings.intermediate.int_publication_unioned (publication_id varchar, published_on varchar);
create table trade.core.dim_period as
select cast(range as varchar) as period_code, 'A' as freq_code from range(1990, 2030);
create table workings.intermediate.int_mirror_margin_reported (
    exporter_code varchar, importer_code varchar, period_code varchar, reported_tau double
);
create table trade.core.bridge_product_revision (
    from_product_key varchar, to_revision varchar, to_product_key varchar, weight double, weight_before double,
    weight_upto double, weight_method varchar, family_code varchar
);
insert into trade.core.bridge_product_revision values
    ('H6:851713', 'H5', 'H5:851712', 1, 0, 1, 'whole', 'f'), ('H6:851714', 'H5', 'H5:851712', 1, 0, 1, 'whole', 'f'),
    ('H6:270900', 'H5', 'H5:270900', 1, 0, 1, 'whole', 'f'), ('H6:100199', 'H5', 'H5:100199', 1, 0, 1, 'whole', 'f');
"""
WORLD, UNKNOWN = "WLD", "NES"


class Report(NamedTuple):
    """What a reporter says of a product in a year: exports (X) FOB, imports (M) CIF unless told otherwise."""

    reporter: str
    partner: str
    flow: str
    product: str
    value: float
    year: int = 2021
    source: str = "s"
    valuation: str = ""


COMPILED = (*MODELS, *RANKINGS, *ASSERTIONS)
"""What `Mirror` runs."""


class Mirror(Compiled):
    """Compiled models of the mirror. Every report is whole: its totals, and World's, are the sum of its products.

    `ranking` has the models that rank partners, compiled with them because that is what takes long.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, *MODELS, *RANKINGS)
        self.ranking = copy.copy(self)
        self.ranking.nodes = [node for node in self.nodes if node["name"] in RANKINGS]
        self.nodes = [node for node in self.nodes if node["name"] in MODELS]
        nodes = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
        self.assertions = {node["name"]: node["compiled_code"] for node in nodes if node["name"] in ASSERTIONS}
        assert set(self.assertions) == set(ASSERTIONS)

    def broken(self, con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
        """What a build would refuse of a warehouse of `reconcile`: the rows each data test of the mirror finds."""
        found = {name: con.execute(code).fetchall() for name, code in self.assertions.items()}
        return {name: rows for name, rows in found.items() if rows}

    def altered(self, model: str, old: str, new: str) -> Mirror:
        """The same models, but in one of them `new` stands where `old` was."""
        other = copy.copy(self)
        other.nodes = [dict(node) for node in self.nodes]
        (node,) = [node for node in other.nodes if node["name"] == model]
        code = "raw_code" if node["language"] == "python" else "compiled_code"
        assert node[code].count(old) == 1, f"{model} does not say {old!r} once"
        node[code] = node[code].replace(old, new)
        return other

    def reconcile(
        self,
        reports: Iterable[Report],
        margins: Mapping[tuple[str, str], float] | None = None,
        gone: Mapping[str, str] | None = None,
        re_exports: Iterable[Report] = (),
    ) -> duckdb.DuckDBPyConnection:
        """A warehouse of these reports.

        margins: tau that importers give, by (exporter, importer); gone: the last day of areas that are no more.
        """
        con = in_memory()
        con.execute(GIVEN)
        products = frame_of(reports)
        con.register("products", products)
        con.register("totals", with_totals(products))
        con.register("passed", frame_of(re_exports))
        for additive, table in (("true", "products"), ("false", "totals")):
            con.execute(
                "insert into core.trade_cell select source, reporter, partner, flow, product, year, value, null, null, "
                f"null, null, valuation, 'download', 'observed', {additive}, null, source || reporter, "
                f"row_number() over () from {table}"
            )
        con.execute(
            "insert into intermediate.trade_total select source, reporter, partner, flow, product, year, value "
            "from passed"
        )
        self.place(con, gone or {})
        for (exporter, importer), tau in (margins or {}).items():
            con.execute(
                "insert into intermediate.int_mirror_margin_reported select distinct partner, reporter, year, ? "
                "from products where flow = 'M' and partner = ? and reporter = ?",
                [tau, exporter, importer],
            )
        self.make(con)
        return con

    def place(self, con: duckdb.DuckDBPyConnection, gone: Mapping[str, str]) -> None:
        """Areas, and where they lie: anywhere, but each in a place of its own."""
        codes = con.execute("select distinct unnest([reporter, partner]) as code from totals order by code").fetchall()
        for (code,) in codes:
            kind = {WORLD: "world", UNKNOWN: "nes"}.get(code, "economy")
            con.execute("insert into seed.area values (?, ?, ?)", [code, kind, gone.get(code)])
            con.execute("insert into core.dim_area values (?, ?)", [code, code])
            if kind == "economy":
                con.execute("insert into seed.area_location values (?, ?, ?)", [code, *place_of(code)])


def place_of(code: str) -> tuple[float, float]:
    """Latitude and longitude of an invented economy, degrees."""
    rng = Random(code)
    return rng.uniform(-50, 60), rng.uniform(-180, 180)


def frame_of(reports: Iterable[Report]) -> pd.DataFrame:
    """Reports as text columns and values, with the valuation each flow has by custom."""
    frame = pd.DataFrame(list(reports), columns=Report._fields).astype({"year": "string", "value": "float64"})
    custom = frame["flow"].map({"M": "CIF"}).fillna("FOB")
    text = [name for name in Report._fields if name != "value"]
    return frame.assign(valuation=frame["valuation"].where(frame["valuation"] != "", custom)).astype(
        dict.fromkeys(text, "string")
    )


def with_totals(products: pd.DataFrame) -> pd.DataFrame:
    """TOTAL of each partner and of World."""
    key = ["source", "reporter", "flow", "year", "valuation"]
    exact = products.assign(product="TOTAL", value=products["value"].round(3))
    partners = exact.groupby([*key, "partner", "product"], as_index=False)["value"].sum()
    world = exact.assign(partner=WORLD).groupby([*key, "partner", "product"], as_index=False)["value"].sum()
    return pd.concat([partners, world]).round({"value": 3})


PAIR = ("exporter_code", "importer_code", "period_code")


def pairs(con: duckdb.DuckDBPyConnection, table: str = "core.fct_trade_reconciled_pair") -> pd.DataFrame:
    """A table of the mirror in one order, money as float."""
    found = con.execute(f"from {table} order by all").df()
    money = [name for name in found.columns if name.endswith("_usd")]
    return found.astype(dict.fromkeys(money, "float64"))


# --- invented worlds ------------------------------------------------------------------------------------------------

PRODUCTS = ("H5:270900", "H5:851712", "H5:100199")


class Invented(NamedTuple):
    """Reports of an invented world, and what is true in it: FOB value and tau by exporter, importer and year."""

    reports: list[Report]
    true_usd: dict[tuple[str, str, str], float]
    tau: dict[tuple[str, str], float]
    noise: dict[str, float]


def kilometres(one: str, other: str) -> float:
    """Rough distance of two places, for a margin that grows with it."""
    (lat1, lon1), (lat2, lon2) = place_of(one), place_of(other)
    turn = min(abs(lon1 - lon2), 360 - abs(lon1 - lon2))
    return float(max(200.0, 100 * ((lat1 - lat2) ** 2 + turn**2) ** 0.5))


def invented(
    seed: int, n: int = 12, years: Sequence[int] = (2021,), noise: Sequence[float] | None = None, freight: bool = True
) -> Invented:
    """A world of n economies. A report is wrong by a factor of its own, the larger the noise of its reporter.

    noise: standard deviation of the logarithm of that factor, by economy; 2 % for all if not told.
    """
    rng = Random(seed)
    areas = [f"A{number:02}" for number in range(n)]
    wrong = dict(zip(areas, noise or [0.02] * n, strict=True))
    tau = {(i, j): 0.03 + 0.004 * kilometres(i, j) / 1000 if freight else 0.0 for i in areas for j in areas if i != j}
    reports, true = [], {}
    for i, j in tau:
        size = rng.lognormvariate(0, 1)
        parts = [rng.uniform(0.5, 1.5) for _ in PRODUCTS]
        for year in years:
            values = [round(1e8 * size * part * rng.uniform(0.9, 1.1), 3) for part in parts]
            true[i, j, str(year)] = sum(values)
            told, heard = rng.lognormvariate(0, wrong[i]), (1 + tau[i, j]) * rng.lognormvariate(0, wrong[j])
            for product, value in zip(PRODUCTS, values, strict=True):
                reports.append(Report(i, j, "X", product, round(value * told, 3), year))
                reports.append(Report(j, i, "M", product, round(value * heard, 3), year))
    return Invented(reports, true, tau, wrong)
