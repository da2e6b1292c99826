"""Adding a source is one Python file and one contract: a toy is added to a copy of the tree, and all of it follows.

No other file of the copy is touched; the toy's trade reaches the facts, the coverage and the marts all the same, that
of a table with models of its own beside the contract too.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.ledger import Ledger, UnitTests, utc_now
from flows.settings import ROOT, Settings
from flows.steps.building import unit_tests
from tests.opened import opened

SOURCE_FILE = '''"""A toy: the price of bread and the trade of two islands, which their publisher would give as CSV."""

from flows.sources.base import Partition


def partitions(settings, since, http):
    """One partition of each table, revised never."""
    for table in ("bread", "loaves", "honey"):
        url = f"https://toy.example/{table}.csv"
        yield Partition(source="toy_prices", table=table, key="2024", revision="1", url=url, location=url)


def fetch(partition, http):
    """The bytes, in two chunks; the third line has a price that is none, and nobody trades with Atlantis."""
    if partition.table == "loaves":
        yield b"year,island,partner,hs,exports,imports\\n2024,MLT,CYP,1905.90,12.5,4\\n"
        yield b"2024,MLT,CYP,TOTAL,30,9.25\\n2024,MLT,ATL,TOTAL,1,1\\n"
        return
    if partition.table == "honey":
        yield b"year,jars,kind\\n2024,7,sold\\n2024,2,eaten\\n"
        return
    yield b"day,price\\n2024-01-01,3.20\\n"
    yield b"2024-01-02,3.30\\n2024-01-03,dear\\n"
'''

CONTRACT = """
version: 2
sources:
  - name: toy_prices
    description: "The price of bread."
    database: landed
    schema: raw
    config:
      meta: {publisher: "The Toy Office", statistic_code: MACRO, landing_page: "https://toy.example/",
             licence: "public domain", redistributable: true, origin: live, cadence: daily, max_age_days: 7,
             priority: 90, hosts: [toy.example],
             feeds: {cells: [int_toy_honey_cell], excluded_rows: [int_toy_honey_eaten],
                     landed_rows: [int_toy_honey_landed], products: [int_toy_honey_product]}}
    tables:
      - name: bread
        identifier: toy_prices__bread
        description: "One row per day. It's the toy's only table."
        config: {meta: {key: [day], max_reject_share: 0.5, on_failure: stand_in}}
        columns:
          - {name: day, data_type: date, description: "Day of the price.", config: {meta: {required: true}}}
          - {name: price, data_type: "decimal(9,2)", description: "Price of a loaf, toy pounds."}
      - name: loaves
        identifier: toy_prices__loaves
        description: "One row per island, partner, product and year."
        config:
          meta:
            key: [island, partner, hs, year]
            on_failure: stand_in
            trade:
              reporter: {column: island}
              partner: {column: partner}
              product: {column: hs, classification: H6}
              period: {year: year}
              values:
                - {column: exports, flow: X, currency: USD, multiplier: 1000}
                - {column: imports, flow: M, currency: USD, multiplier: 1000}
        columns:
          - {name: year, data_type: varchar, description: "Year."}
          - {name: island, data_type: varchar, description: "Reporter."}
          - {name: partner, data_type: varchar, description: "Partner."}
          - {name: hs, data_type: varchar, description: "Product."}
          - {name: exports, data_type: "decimal(18,2)", description: "Exports, thousand dollars."}
          - {name: imports, data_type: "decimal(18,2)", description: "Imports, thousand dollars."}
      - name: honey
        identifier: toy_prices__honey
        description: "One row per year and what became of the jars of Malta."
        config: {meta: {key: [year, kind], year: year, on_failure: stand_in}}
        columns:
          - {name: year, data_type: varchar, description: "Year."}
          - {name: jars, data_type: integer, description: "Jars, a dollar each."}
          - {name: kind, data_type: varchar, description: "Sold to Italy, or eaten."}
"""

# A table whose records need more than a mapping: only jars that were sold are trade.
MODELS = {
    "int_toy_honey_cell": """{{ config(materialized='ephemeral') }}
        select
            'toy_prices' as source_code, 'MLT' as reporter_code, 'ITA' as partner_code, 'X' as flow_code,
            'H6:040900' as product_key, year as period_code, cast(jars as decimal(18, 3)) as value_usd,
            cast(jars as decimal(18, 3)) as value_usd_min, cast(jars as decimal(18, 3)) as value_usd_max,
            cast(jars as decimal(18, 3)) as value_original, 'USD' as original_currency_code, 1 as n_reports,
            'only_report' as choice_rule, cast(null as double) as net_weight_kg, cast(null as double) as quantity,
            cast(null as varchar) as quantity_unit_code, 'FOB' as valuation_code, 'selected' as coverage,
            'observed' as cell_state, false as is_corrected, cast(null as decimal(18, 3)) as uncorrected_value_usd,
            cast(null as varchar) as publication_id, file_id, line, true as is_base
        from {{ landed('toy_prices', 'honey') }} where kind = 'sold'""",
    "int_toy_honey_eaten": """{{ config(materialized='ephemeral') }}
        select
            'toy_prices' as source_code, file_id, 'no_value' as reason, 1 as n_rows, 0 as value_usd,
            0 as value_original, 'USD' as original_currency_code
        from {{ landed('toy_prices', 'honey') }} where kind = 'eaten'""",
    "int_toy_honey_landed": """{{ config(materialized='ephemeral') }}
        select file_id, count(*) as n_rows, sum(case when kind = 'sold' then jars else 0 end) as value_usd
        from {{ landed('toy_prices', 'honey') }} group by file_id""",
    "int_toy_honey_product": """{{ config(materialized='ephemeral') }}
        select distinct 'H6:040900' as product_key, 'Honey' as product_name, 2 as preference, '' as release_label
        from {{ landed('toy_prices', 'honey') }}""",
}


class Tree:
    """A copy of the project with the toy in it, and a warehouse of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        skipped = shutil.ignore_patterns("__pycache__", "target", "logs")
        for part in ("flows", "expectations", "dbt_project", "standin", "tests"):
            shutil.copytree(ROOT / part, folder / part, ignore=skipped)
        shutil.copytree(ROOT / "warehouse" / "bundled", folder / "warehouse" / "bundled")
        shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
        (folder / "flows" / "sources" / "toy_prices.py").write_text(SOURCE_FILE, encoding="utf-8")
        contract = folder / "dbt_project" / "models" / "staging" / "toy_prices" / "_toy_prices__sources.yml"
        contract.parent.mkdir()
        contract.write_text(CONTRACT, encoding="utf-8")
        for name, sql in MODELS.items():
            contract.with_name(f"{name}.sql").write_text(sql, encoding="utf-8")

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Python in the copy: its modules come before those of the project."""
        warehouse = str(self.folder / "warehouse")
        environment = Settings().tool_environment(
            PYTHONPATH=str(self.folder), ENTREPOT_WAREHOUSE=warehouse, ENTREPOT_FOLLOWERS=""
        )
        return subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=600,
            check=False,
        )  # fmt: skip

    def entrepot(self, *arguments: str) -> Any:
        """What `entrepot ... --json` in the copy answers."""
        result = self.python("-c", "from flows.cli.main import main; main()", *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        return json.loads(result.stdout) if "--json" in arguments else result.stdout

    def asked(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query of its release."""
        with opened(self.folder / "warehouse" / "trade.duckdb") as con:
            return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    tree = Tree(tmp_path_factory.mktemp("toy"))
    copied = Settings(warehouse=tree.folder / "warehouse", dbt_project=tree.folder / "dbt_project")
    fingerprint = unit_tests.fingerprint(copied)  # those of the project need not run again beside the toy's models
    passed = UnitTests(fingerprint=fingerprint, passed_at=utc_now(), count=0, ran_by="the test")
    Ledger(copied).record_unit_tests(passed)
    tree.entrepot("run", "-s", "toy_prices")
    return tree


def test_the_toy_is_among_the_sources(tree: Tree) -> None:
    (toy,) = [source for source in tree.entrepot("sources", "--json") if source["source"] == "toy_prices"]
    assert toy["publisher"] == "The Toy Office"
    assert (toy["redistributable"], toy["tables"], toy["raw_files"]) == (True, ["bread", "loaves", "honey"], 3)


def test_the_contract_suite_covers_the_toy(tree: Tree) -> None:
    result = tree.python("-m", "pytest", "-vv", "tests/contract", "-k", "toy_prices or every_contract")
    assert result.returncode == 0, result.stdout
    assert "test_source_offers_partitions_and_fetch[toy_prices]" in result.stdout
    assert "test_contract_is_complete_and_its_types_exist[toy_prices.bread]" in result.stdout
    assert "test_contract_says_who_publishes_and_what_may_be_done[toy_prices]" in result.stdout


def test_the_ledger_knows_what_became_of_its_file_and_of_its_bad_line(tree: Tree) -> None:
    (run,) = tree.entrepot("status", "--json")["runs"]
    outcome, _, trade = run["outcomes"]
    assert (outcome["source"], outcome["partition"], outcome["outcome"]) == ("toy_prices", "2024", "new")
    assert (outcome["rows"], outcome["rejects"]) == (2, 1)
    assert (trade["table"], trade["rows"], trade["rejects"]) == ("loaves", 3, 0)
    query = "select line, column_name, value from meta.rejected_row where source_code = 'toy_prices'"
    assert tree.asked(query) == [(4, "price", "dear")]
    terms = "select publisher, is_redistributable from core.dim_source where source_code = 'toy_prices'"
    assert tree.entrepot("sql", terms, "--json") == [{"publisher": "The Toy Office", "is_redistributable": True}]
    assert tree.asked(terms) == [("The Toy Office", True)]


def test_the_dictionary_describes_its_table_and_the_table_is_there(tree: Tree) -> None:
    described = tree.asked(
        "select schema_name, column_name, data_type, column_description, table_description from meta.dictionary "
        "where table_name = 'stg_toy_prices__bread' order by column_position"
    )
    assert [row[:3] for row in described] == [
        ("raw", "day", "date"), ("raw", "price", "decimal(9,2)"),
        ("raw", "file_id", "varchar"), ("raw", "line", "bigint"),
    ]  # fmt: skip
    assert described[1][3] == "Price of a loaf, toy pounds."
    assert described[0][4] == "One row per day. It's the toy's only table."
    rows = tree.asked("select day::varchar, price::double, line from raw.stg_toy_prices__bread order by day")
    assert rows == [("2024-01-01", 3.2, 2), ("2024-01-02", 3.3, 3)]
    comment = (
        "select comment from duckdb_columns() where database_name = 'workings' "
        "and table_name = 'stg_toy_prices__bread' and column_name = 'price'"
    )
    assert tree.asked(comment) == [("Price of a loaf, toy pounds.",)]
    behind = "select source_code from meta.table_source where table_name = 'stg_toy_prices__bread'"
    assert tree.asked(behind) == [("toy_prices",)]


def test_its_trade_reaches_facts_coverage_and_marts_though_no_other_file_knows_of_it(tree: Tree) -> None:
    asked = tree.asked
    columns = "reporter_code, partner_code, flow_code, product_key, period_code, value_usd"
    facts = (
        f"select {columns} from core.fct_trade where source_code = 'toy_prices' and partner_code = 'CYP' order by all"
    )
    assert asked(facts) == [
        ("MLT", "CYP", "M", "H6:190590", "2024", 4000.0), ("MLT", "CYP", "M", "UNALLOCATED", "2024", 5250.0),
        ("MLT", "CYP", "X", "H6:190590", "2024", 12500.0), ("MLT", "CYP", "X", "UNALLOCATED", "2024", 17500.0),
    ]  # fmt: skip
    totals = f"select {columns} from core.fct_trade_total where source_code = 'toy_prices' order by all"
    assert asked(totals) == [
        ("MLT", "CYP", "M", "TOTAL", "2024", 9250.0), ("MLT", "CYP", "X", "TOTAL", "2024", 30000.0),
    ]  # fmt: skip
    lost = "select reason, n_rows from meta.excluded_row where source_code = 'toy_prices' order by all"
    assert asked(lost) == [("no_value", 1), ("unmapped_area", 2)]
    year = "select exports_usd from marts.bilateral_year where reporter_code = 'MLT' and partner_code = 'CYP'"
    assert asked(year) == [(30000.0,)]
    assert asked("select count(*) > 0 from meta.coverage where source_code = 'toy_prices'") == [(True,)]


def test_a_table_with_models_of_its_own_reaches_them_too(tree: Tree) -> None:
    sql = (
        "select reporter_code, partner_code, flow_code, value_usd, product_name from core.fct_trade "
        "inner join core.dim_product using (product_key) where source_code = 'toy_prices' and partner_code = 'ITA'"
    )
    assert tree.asked(sql) == [("MLT", "ITA", "X", 7.0, "Honey")]
    behind = (
        "select count(*) as n from meta.table_source where table_name = 'trade_cell' and source_code = 'toy_prices'"
    )
    assert tree.asked(behind) == [(1,)]


def test_its_revision_stands_so_a_second_run_keeps_what_there_is(tree: Tree) -> None:
    tree.entrepot("ingest", "-s", "toy_prices")
    outcome, *_ = tree.entrepot("status", "--json")["runs"][-1]["outcomes"]
    assert (outcome["outcome"], outcome["rows"], outcome["rejects"]) == ("kept", 2, 1)
