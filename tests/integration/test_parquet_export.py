"""The Parquet export: the tables of the release in files of stable names, large ones by year, and what describes them.

What `datapackage.json` must hold is tested by the rules of Data Package 2.0, written out here.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.contracts.relations import IS_STORAGE, RELATIONS
from flows.exports.parquet import ROWS_OF_A_FILE, export_parquet
from tests.conftest import Home

LOW = 1000
PARTITIONED = {"core.fct_trade", "core.fct_trade_report", "marts.partner_rank", "marts.bilateral_year"}
WHOLE = {"core.dim_product", "core.fct_trade_target", "marts.bilateral_month", "marts.claim_check"}
TYPES = {"string", "integer", "number", "boolean", "date", "datetime"}
SAFE_PATH = re.compile(r"(?!/)(?!.*\.\.)[^~\\]+")


@pytest.fixture(scope="module")
def home(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return published.copy(tmp_path_factory.mktemp("parquet") / "home")


@pytest.fixture(scope="module", params=[ROWS_OF_A_FILE, LOW], ids=["whole tables", "large tables by year"])
def exported(home: Home, request: pytest.FixtureRequest) -> Path:
    run_id = home.settings.published.resolve().parent.name
    return export_parquet(home.settings, run_id, request.param).resolve()


@pytest.fixture(scope="module")
def package(exported: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((exported / "datapackage.json").read_text(encoding="utf-8"))
    return read


def files(resource: dict[str, Any]) -> list[str]:
    path = resource["path"]
    return [path] if isinstance(path, str) else list(path)


def with_names(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """A table; a mart with the names of its areas and products beside their codes."""
    codes = {"reporter": "area", "partner": "area", "exporter": "area", "importer": "area", "product": "product"}
    columns = {name for name, *_ in con.execute(f"describe {table}").fetchall()}
    chosen = "*"
    for what, dimension in codes.items():
        code = "product_key" if what == "product" else f"{what}_code"
        if table.startswith("marts.") and code in columns and f"{what}_name" not in columns:
            key = "product_key" if what == "product" else "area_code"
            chosen += (
                f", (select {dimension}_name from core.dim_{dimension} as named where named.{key} = given.{code}) "
                f"as {what}_name"
            )
    return f"(select {chosen} from {table} as given)"


def test_every_table_equals_that_of_the_release(home: Home, exported: Path, package: dict[str, Any]) -> None:
    with duckdb.connect() as con:
        con.execute(f"attach '{home.settings.published.resolve()}' as release (read_only)")
        con.execute("use release")
        tables = con.execute(
            f"select schema_name || '.' || table_name from {RELATIONS} "
            f"where schema_name in ('core', 'marts') and not {IS_STORAGE} order by 1"
        ).fetchall()
        assert [resource["name"] for resource in package["resources"]] == [name for (name,) in tables]
        for resource in package["resources"]:
            paths = [str(exported / path) for path in files(resource)]
            kept = ", ".join(field["name"] for field in resource["schema"]["fields"])
            mine = f"select {kept} from read_parquet({paths}, hive_partitioning = false)"
            theirs = f"select {kept} from {with_names(con, resource['name'])}"
            differing = con.execute(
                f"select count(*) from (({mine} except all {theirs}) union all ({theirs} except all {mine}))"
            ).fetchone()
            assert differing == (0,), resource["name"]


def test_marts_have_names_beside_codes_and_their_codes_stay(package: dict[str, Any]) -> None:
    fields = {one["name"]: [field["name"] for field in one["schema"]["fields"]] for one in package["resources"]}
    assert fields["marts.bilateral_year"][:4] == ["reporter_code", "reporter_name", "partner_code", "partner_name"]
    assert "reporter_name" not in fields["core.fct_trade"]


def test_every_file_is_described_and_every_described_file_is_there(exported: Path, package: dict[str, Any]) -> None:
    described = [path for resource in package["resources"] for path in files(resource)]
    assert sorted(described) == sorted(path.relative_to(exported).as_posix() for path in exported.rglob("*.parquet"))


def test_names_are_stable_and_only_large_tables_are_cut(exported: Path, package: dict[str, Any]) -> None:
    paths = {resource["name"]: files(resource) for resource in package["resources"]}
    by_year = {name for name, found in paths.items() if not found[0].endswith(f"{name.replace('.', '/')}.parquet")}
    assert not by_year & WHOLE
    if not by_year:
        return
    assert by_year >= PARTITIONED
    with duckdb.connect() as con:
        for name in sorted(PARTITIONED):
            column = "year_number" if name.startswith("marts") else "left(period_code, 4)::int"
            for path in paths[name]:
                found = re.fullmatch(rf"{name.replace('.', '/')}/year=(\d{{4}})/part_\w+\.parquet", path)
                assert found is not None, path
                years = con.execute(
                    f"select distinct {column} from read_parquet('{exported / path}', hive_partitioning = false)"
                )
                assert years.fetchall() == [(int(found[1]),)]
        folder = exported / "core" / "fct_trade"
        asked = con.execute(f"select count(*) from read_parquet('{folder}/**/*.parquet') where year = 2021").fetchone()
        assert asked is not None
        assert 0 < asked[0] < LOW


def test_the_descriptor_is_a_data_package(home: Home, package: dict[str, Any]) -> None:
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["version"] == home.settings.published.resolve().parent.name
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", package["created"])
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names) > 60
    assert all(licence["path"] == "SOURCES.md" and licence["title"] for licence in package["licenses"])
    for resource in package["resources"]:
        assert all(SAFE_PATH.fullmatch(path) for path in files(resource))
        assert (resource["type"], resource["format"]) == ("table", "parquet")
        assert resource["description"]
        fields = resource["schema"]["fields"]
        assert {field["type"] for field in fields} <= TYPES
        assert all(field["description"] for field in fields)
        assert len({field["name"] for field in fields}) == len(fields)


def test_keys_and_references_hold_in_the_files(exported: Path, package: dict[str, Any]) -> None:
    resources = {resource["name"]: resource for resource in package["resources"]}
    keyed = 0
    with duckdb.connect() as con:
        for resource in resources.values():
            schema, rows = resource["schema"], relation(exported, resource)
            keys = [schema["primaryKey"]] if "primaryKey" in schema else schema["uniqueKeys"]
            for key in keys:
                total, distinct = con.execute(
                    f"select count(*), count(distinct ({', '.join(key)})) from {rows}"
                ).fetchone() or (0, 0)
                assert total == distinct, (resource["name"], key)
            required = [field["name"] for field in schema["fields"] if field.get("constraints", {}).get("required")]
            assert set(schema.get("primaryKey", ())) <= set(required)
            for reference in schema.get("foreignKeys", ()):
                (column,), (other,) = reference["fields"], reference["reference"]["fields"]
                there = relation(exported, resources[reference["reference"]["resource"]])
                lost = con.execute(f"select count(*) from {rows} where {column} not in (select {other} from {there})")
                assert lost.fetchone() == (0,), (resource["name"], reference)
                keyed += 1
    assert keyed > 60


def relation(exported: Path, resource: dict[str, Any]) -> str:
    paths = [str(exported / path) for path in files(resource)]
    return f"read_parquet({paths}, hive_partitioning = false)"


def test_units_and_sources_are_those_of_the_warehouse(home: Home, package: dict[str, Any]) -> None:
    with duckdb.connect(str(home.settings.published), read_only=True) as con:
        units = con.execute(
            "select schema_name || '.' || table_name, column_name, unit from meta.dictionary "
            "where object_kind = 'table' and schema_name in ('core', 'marts') and unit is not null "
            f"and not {IS_STORAGE}"
        ).fetchall()
        terms = con.execute(
            "select distinct schema_name || '.' || table_name, source_code, licence, is_redistributable "
            "from meta.table_source join core.dim_source using (source_code) "
            f"where schema_name in ('core', 'marts') and not {IS_STORAGE} "
            "and source_code in (select source_code from core.dim_raw_file where row_count > 0)"
        ).fetchall()
    found = {
        (resource["name"], field["name"], field["unit"])
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
        if "unit" in field
    }
    assert found == set(units)
    told = {
        (resource["name"], source["title"].rpartition("(")[2].rstrip(")"), source["licence"], source["redistributable"])
        for resource in package["resources"]
        for source in resource["sources"]
    }
    assert told == set(terms)
    assert any(not allowed for *_, allowed in told)


def test_of_the_next_release_only_files_with_other_rows_are_written(published: Home, tmp_path: Path) -> None:
    settings = published.copy(tmp_path / "home").settings
    run_id = settings.published.resolve().parent.name
    before = inodes(export_parquet(settings, run_id))
    later = f"{run_id[:-4]}ffff"
    shutil.copytree(settings.releases / run_id, settings.releases / later)
    with duckdb.connect(str(settings.releases / later / settings.published.name)) as con:
        con.execute("update core.dim_currency set currency_name = 'Another name' where currency_code = 'CNY'")
        con.execute("update core.trade_cell set value_usd = value_usd + 1 where is_additive and period_code = '2021'")
        value = con.execute("select sum(value_usd) from core.fct_trade").fetchall()
    folder = export_parquet(settings, later)
    after = inodes(folder)
    # nobody noted what was changed: tables are compared, and views are written
    assert {name for name in after if after[name] != before.get(name)} == {
        "core/dim_currency.parquet",
        "core/fct_trade.parquet",
        "core/fct_trade_total.parquet",
        "core/fct_trade_vintage.parquet",
        "marts/growth_contribution.parquet",
        "marts/product_indicator.parquet",
        "marts/revision.parquet",
    }
    assert duckdb.sql(f"select sum(value_usd) from read_parquet('{folder}/core/fct_trade.parquet')").fetchall() == value
    assert sum(1 for path in folder.rglob("*") if path.name.startswith(".")) == 0
    kept = shutil.copytree(folder.resolve(), tmp_path / "beside the earlier one")
    settings.export.joinpath("parquet").unlink()
    same_exports(kept, export_parquet(settings, later).resolve())


def same_exports(one: Path, other: Path) -> None:
    """Both hold the same files: tables of the same columns and rows, in whatever order; all else byte for byte."""
    names = [
        sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()) for root in (one, other)
    ]
    assert names[0] == names[1]
    for name in names[0]:
        if not name.endswith(".parquet"):
            assert (one / name).read_bytes() == (other / name).read_bytes(), name
            continue
        here, there = (f"from read_parquet('{root / name}', hive_partitioning = false)" for root in (one, other))
        assert duckdb.sql(f"describe {here}").fetchall() == duckdb.sql(f"describe {there}").fetchall(), name
        differing = f"select count(*) from (({here} except all {there}) union all ({there} except all {here}))"
        assert duckdb.sql(differing).fetchall() == [(0,)], name


def inodes(folder: Path) -> dict[str, int]:
    """Which file on disk each file of an export is."""
    return {path.relative_to(folder).as_posix(): path.stat().st_ino for path in folder.rglob("*.parquet")}
