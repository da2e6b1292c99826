"""The floor's job in pandas, tables left as Parquet."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from bench.codes import ROOT
from bench.floor import step

YEAR, EXPORTER, IMPORTER, PRODUCT = "year_number", "exporter_code", "importer_code", "product_code"
TYPES = {"t": "int16", "i": "int32", "j": "int32", "k": "str", "v": "float64", "q": "str"}


def cells(inbox: Path) -> pd.DataFrame:
    """Every row of the files with area codes, USD and kg."""
    codes = pd.read_csv(ROOT / "dbt_project/seeds/area_code.csv", dtype=str, keep_default_na=False)
    names = (
        codes[codes["code_system"] == "baci"].astype({"code": int}).set_index("code")["area_code"].astype("category")
    )
    files = sorted(inbox.glob("BACI_*.csv"))
    landed = pd.concat([pd.read_csv(file, dtype=TYPES, keep_default_na=False) for file in files], ignore_index=True)
    step("cells")
    weight = pd.to_numeric(landed["q"].str.strip(), errors="coerce")
    return pd.DataFrame(
        {
            YEAR: landed["t"],
            EXPORTER: landed["i"].map(names),
            IMPORTER: landed["j"].map(names),
            PRODUCT: landed["k"].str.zfill(6).astype("category"),
            "value_usd": landed["v"] * 1000,
            "net_weight_kg": weight * 1000,
        }
    )


def grouped(table: pd.DataFrame, keys: list[str], **sums: tuple[str, str]) -> pd.DataFrame:
    """Sums by keys that occur."""
    return table.groupby(keys, observed=True).agg(**sums).reset_index()


def sums(cell: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The sums the marts are made of."""
    value, weight = ("value_usd", "sum"), ("net_weight_kg", "sum")
    chapter = cell[PRODUCT].astype(str).str[:2].astype("category")
    by_chapter = cell.assign(chapter=chapter)
    pair_chapter = grouped(by_chapter, [YEAR, EXPORTER, IMPORTER, "chapter"], value_usd=value, n_cells=(YEAR, "size"))
    return {
        "pair_chapter": pair_chapter,
        "exporter_product": grouped(cell, [YEAR, EXPORTER, PRODUCT], value_usd=value, net_weight_kg=weight),
        "importer_product": grouped(cell, [YEAR, IMPORTER, PRODUCT], value_usd=value, net_weight_kg=weight),
        "pair": grouped(pair_chapter, [YEAR, EXPORTER, IMPORTER], value_usd=value, n_cells=("n_cells", "sum")),
    }


def marts(cell: pd.DataFrame, sum_of: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The six marts."""
    pair = sum_of["pair"].astype({EXPORTER: str, IMPORTER: str})
    reporter, partner = "reporter_code", "partner_code"
    sold = pair.rename(columns={EXPORTER: reporter, IMPORTER: partner, "value_usd": "exports_usd"})
    bought = pair.rename(columns={IMPORTER: reporter, EXPORTER: partner, "value_usd": "imports_usd"})
    both = pd.concat([sold, bought])
    bilateral = grouped(
        both, [YEAR, reporter, partner], exports_usd=("exports_usd", "sum"), imports_usd=("imports_usd", "sum")
    )
    bilateral["turnover_usd"] = bilateral["exports_usd"] + bilateral["imports_usd"]
    turnover = bilateral.groupby([YEAR, reporter])["turnover_usd"]
    share = bilateral["turnover_usd"] / turnover.transform("sum")
    rank = bilateral.assign(place=turnover.rank("min", ascending=False), share=share, squared=share**2)
    mix, made = sum_of["pair_chapter"], sum_of["exporter_product"]

    def total(table: pd.DataFrame, keys: list[str]) -> pd.Series:
        return table.groupby(keys, observed=True)["value_usd"].transform("sum")

    rca = (made["value_usd"] / total(made, [YEAR, EXPORTER])) / (total(made, [YEAR, PRODUCT]) / total(made, [YEAR]))
    priced = cell[cell["net_weight_kg"] > 0]
    priced = priced.assign(price=priced["value_usd"] / priced["net_weight_kg"])
    return {
        "bilateral_year": bilateral,
        "partner_rank": rank.drop(columns="squared"),
        "commodity_mix": mix.assign(share=mix["value_usd"] / total(mix, [YEAR, EXPORTER, IMPORTER])),
        "product_indicator": made[[YEAR, EXPORTER, PRODUCT]].assign(rca=rca),
        "concentration": grouped(rank, [YEAR, reporter], hhi=("squared", "sum"), n_partners=("share", "size")),
        "unit_value": priced.groupby([YEAR, PRODUCT], observed=True)["price"].quantile([0.25, 0.5, 0.75]).reset_index(),
    }  # fmt: skip


def main(inbox: Path, out: Path) -> None:
    """The whole job. Raises AssertionError where a cell comes twice."""
    step("land")
    cell = cells(inbox)
    step("keys")
    assert not cell.duplicated([YEAR, EXPORTER, IMPORTER, PRODUCT]).any()
    step("sums")
    sum_of = sums(cell)
    step("marts")
    tables = {"cell": cell, **sum_of, **marts(cell, sum_of)}
    step("publish")
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(out / f"{name}.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
