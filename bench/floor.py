"""The floor: the same job in hand-written SQL, one statement a step. `python -m bench.floor FILES OUT.duckdb`.

Load typed, cells, keys proven by period, the sums, six marts, checks, file synced and renamed. It keeps no history, no
source beside another, no path back to a line: it says what the engine needs for the bare job.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from bench.codes import ROOT

AREAS = f"""
create table area as
select code::int as code, area_code
from read_csv('{ROOT}/dbt_project/seeds/area_code.csv', all_varchar=true) where code_system = 'baci'
"""
CELLS = """
create table cell as
select t::smallint as year_number, e.area_code as exporter_code, i.area_code as importer_code,
    lpad(k, 6, '0') as product_code, (v * 1000)::decimal(18,3) as value_usd, q * 1000 as net_weight_kg
from landed
join area as e on landed.i = e.code
join area as i on landed.j = i.code
"""
_WEIGHED = "sum(value_usd) as value_usd, sum(net_weight_kg) as net_weight_kg from cell group by all"
SUMS = {
    "pair_chapter": """
        select year_number, exporter_code, importer_code, product_code[:2] as chapter,
            sum(value_usd) as value_usd, count(*) as n_cells
        from cell group by all""",
    "exporter_product": f"select year_number, exporter_code, product_code, {_WEIGHED}",
    "importer_product": f"select year_number, importer_code, product_code, {_WEIGHED}",
    "pair": """
        select year_number, exporter_code, importer_code, sum(value_usd) as value_usd, sum(n_cells) as n_cells
        from pair_chapter group by all""",
}
MARTS = {
    "bilateral_year": """
        select year_number, reporter_code, partner_code, sum(exports_usd) as exports_usd,
            sum(imports_usd) as imports_usd, sum(exports_usd) + sum(imports_usd) as turnover_usd
        from (
            select year_number, exporter_code as reporter_code, importer_code as partner_code,
                value_usd as exports_usd, 0 as imports_usd
            from pair
            union all
            select year_number, importer_code, exporter_code, 0, value_usd from pair
        ) group by all""",
    "partner_rank": """
        select *, rank() over (partition by year_number, reporter_code order by turnover_usd desc) as place,
            turnover_usd / sum(turnover_usd) over (partition by year_number, reporter_code) as share
        from bilateral_year""",
    "commodity_mix": """
        select *, value_usd / sum(value_usd) over (partition by year_number, exporter_code, importer_code) as share
        from pair_chapter""",
    "product_indicator": """
        select year_number, exporter_code, product_code,
            (value_usd / sum(value_usd) over (partition by year_number, exporter_code))
            / (sum(value_usd) over (partition by year_number, product_code)
                / sum(value_usd) over (partition by year_number)) as rca
        from exporter_product""",
    "concentration": """
        select year_number, reporter_code, sum(share * share) as hhi, count(*) as n_partners
        from partner_rank group by all""",
    "unit_value": """
        select year_number, product_code, quantile_cont(value_usd / net_weight_kg, [0.25, 0.5, 0.75]) as usd_per_kg
        from cell where net_weight_kg > 0 group by all""",
}
CHECKS = (
    "select count(*) = (select count(*) from landed) from cell",
    "select sum(value_usd) = (select sum(value_usd) from cell) from pair",
    "select bool_and(rca > 0) from product_indicator",
    "select bool_and(share between 0 and 1) from partner_rank",
)


def step(name: str) -> None:
    """Tell the one who measures that a step begins."""
    print(f"step: {name}", flush=True)


def landing(files: Sequence[str]) -> str:
    """The statement that reads the files as they are, typed in the read."""
    names = ", ".join("'" + name.replace("'", "''") + "'" for name in files)
    return f"""
create table landed as
select t, i, j, k, v, try_cast(trim(q) as double) as q
from read_csv([{names}], header=true, auto_detect=false, delim=',', quote='', escape='', columns={{
    't': 'SMALLINT', 'i': 'INTEGER', 'j': 'INTEGER', 'k': 'VARCHAR', 'v': 'DOUBLE', 'q': 'VARCHAR'}})
"""


def prove_keys(con: duckdb.DuckDBPyConnection) -> None:
    """One cell for each exporter, importer and product of a year. Raises AssertionError otherwise."""
    for (year_number,) in con.execute("select distinct year_number from cell order by all").fetchall():
        doubled = con.execute(
            "select count(*) from (select 1 from cell where year_number = ? "
            "group by exporter_code, importer_code, product_code having count(*) > 1)",
            [year_number],
        ).fetchone()
        assert doubled == (0,), f"{year_number} has cells twice"


def transform(con: duckdb.DuckDBPyConnection) -> None:
    """Everything between the landed rows and the finished file."""
    step("cells")
    con.execute(CELLS)
    step("keys")
    prove_keys(con)
    for title, tables in (("sums", SUMS), ("marts", MARTS)):
        step(title)
        for name, query in tables.items():
            con.execute(f"create table {name} as {query}")
    step("checks")
    for check in CHECKS:
        assert con.execute(check).fetchone() == (True,), check


def build(files: list[Path], target: Path, memory_limit: str, threads: int) -> None:
    """The whole job into `target`."""
    unfinished = target.with_suffix(".building")
    with duckdb.connect(str(unfinished), config={"memory_limit": memory_limit, "threads": threads}) as con:
        step("land")
        con.execute(AREAS)
        con.execute(landing([str(path) for path in files]))
        transform(con)
        step("publish")
        con.execute("drop table landed")
        con.execute("checkpoint")
    with unfinished.open("rb") as stream:
        os.fsync(stream.fileno())
    unfinished.replace(target)


if __name__ == "__main__":
    inbox, out, limit, cores = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    build(sorted(inbox.glob("BACI_*.csv")), out, limit, cores)
