"""The floor's job in polars, tables left as Parquet."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from bench.codes import ROOT
from bench.floor import step

YEAR, EXPORTER, IMPORTER, PRODUCT = "year_number", "exporter_code", "importer_code", "product_code"
TYPES = {"t": pl.Int16, "i": pl.Int32, "j": pl.Int32, "k": pl.String, "v": pl.Float64, "q": pl.String}


def cells(inbox: Path) -> pl.DataFrame:
    """Every row of the files with area codes, USD and kg."""
    codes = pl.read_csv(ROOT / "dbt_project/seeds/area_code.csv", infer_schema=False)
    codes = codes.filter(pl.col("code_system") == "baci").select(pl.col("code").cast(pl.Int32), "area_code")
    landed = pl.concat([pl.read_csv(file, schema=TYPES) for file in sorted(inbox.glob("BACI_*.csv"))])
    step("cells")
    return (
        landed.join(codes.rename({"area_code": EXPORTER}), left_on="i", right_on="code")
        .join(codes.rename({"area_code": IMPORTER}), left_on="j", right_on="code")
        .select(
            pl.col("t").alias(YEAR),
            EXPORTER,
            IMPORTER,
            pl.col("k").str.zfill(6).alias(PRODUCT),
            (pl.col("v") * 1000).alias("value_usd"),
            (pl.col("q").str.strip_chars().cast(pl.Float64, strict=False) * 1000).alias("net_weight_kg"),
        )
    )


def sums(cell: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The sums the marts are made of."""
    value, weight = pl.col("value_usd").sum(), pl.col("net_weight_kg").sum()
    chapter = pl.col(PRODUCT).str.slice(0, 2).alias("chapter")
    pair_chapter = cell.group_by(YEAR, EXPORTER, IMPORTER, chapter).agg(value, pl.len().alias("n_cells"))
    return {
        "pair_chapter": pair_chapter,
        "exporter_product": cell.group_by(YEAR, EXPORTER, PRODUCT).agg(value, weight),
        "importer_product": cell.group_by(YEAR, IMPORTER, PRODUCT).agg(value, weight),
        "pair": pair_chapter.group_by(YEAR, EXPORTER, IMPORTER).agg(value, pl.col("n_cells").sum()),
    }


def marts(cell: pl.DataFrame, sum_of: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The six marts."""
    value, zero = pl.col("value_usd"), pl.lit(0.0)
    sides = [
        sum_of["pair"].select(YEAR, pl.col(one).alias("reporter_code"), pl.col(other).alias("partner_code"),
                              exports.alias("exports_usd"), imports.alias("imports_usd"))
        for one, other, exports, imports in ((EXPORTER, IMPORTER, value, zero), (IMPORTER, EXPORTER, zero, value))
    ]  # fmt: skip
    both = (
        pl.concat(sides).group_by(YEAR, "reporter_code", "partner_code").agg(pl.col("exports_usd", "imports_usd").sum())
    )
    bilateral = both.with_columns((pl.col("exports_usd") + pl.col("imports_usd")).alias("turnover_usd"))
    turnover = pl.col("turnover_usd")
    rank = bilateral.with_columns(
        turnover.rank("min", descending=True).over(YEAR, "reporter_code").alias("place"),
        (turnover / turnover.sum().over(YEAR, "reporter_code")).alias("share"),
    )
    of_exporter, of_product = value.sum().over(YEAR, EXPORTER), value.sum().over(YEAR, PRODUCT)
    rca = (value / of_exporter) / (of_product / value.sum().over(YEAR))
    price = pl.col("value_usd") / pl.col("net_weight_kg")
    share = value / value.sum().over(YEAR, EXPORTER, IMPORTER)
    return {
        "bilateral_year": bilateral,
        "partner_rank": rank,
        "commodity_mix": sum_of["pair_chapter"].with_columns(share.alias("share")),
        "product_indicator": sum_of["exporter_product"].select(YEAR, EXPORTER, PRODUCT, rca.alias("rca")),
        "concentration": rank.group_by(YEAR, "reporter_code").agg((pl.col("share") ** 2).sum().alias("hhi"), pl.len()),
        "unit_value": cell.filter(pl.col("net_weight_kg") > 0).group_by(YEAR, PRODUCT).agg(
            *(price.quantile(part, "linear").alias(f"q{part}") for part in (0.25, 0.5, 0.75))
        ),
    }  # fmt: skip


def main(inbox: Path, out: Path) -> None:
    """The whole job. Raises AssertionError where a cell comes twice."""
    step("land")
    cell = cells(inbox)
    step("keys")
    assert not cell.select(YEAR, EXPORTER, IMPORTER, PRODUCT).is_duplicated().any()
    step("sums")
    sum_of = sums(cell)
    step("marts")
    tables = {"cell": cell, **sum_of, **marts(cell, sum_of)}
    step("publish")
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.write_parquet(out / f"{name}.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
