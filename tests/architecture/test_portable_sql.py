"""Heavy models say only what means the same on DuckDB and on Spark; what is not listed is found where it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_manifest import manifest_of
from tests.portable_sql import Allowed, Finding, findings, heavy_models
from tests.sharing import made_once

ENOUGH = "cast(sum(cell.value_usd) as decimal(28, 3)) as value_usd"


def compile_for_spark(folder: Path) -> None:
    manifest_of(folder, "compile", "--target", "spark", "--select", "tag:heavy", "tag:cells")


@pytest.fixture(scope="session")
def for_spark(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The manifest of the project, its heavy models compiled for Spark."""
    folder = made_once(tmp_path_factory, "for_spark", compile_for_spark)
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


def test_every_heavy_model_keeps_to_the_list(for_spark: Mapping[str, Any]) -> None:
    models = heavy_models(for_spark)
    assert len(models) > 20
    assert not [str(found) for node in models for found in findings(node, for_spark, Allowed.read())]


def test_heavy_models_are_compiled_for_spark(for_spark: Mapping[str, Any]) -> None:
    """Else the list would be asked about the other engine's SQL."""
    code = {node["name"]: node["compiled_code"] for node in heavy_models(for_spark)}
    assert "conv(" in code["trade_cell"]
    assert "collect_list(" in code["unit_value"]
    assert "mad(" not in code["unit_value"]


def model_with(before: str, after: str, macro: str = "") -> dict[str, Any]:
    """A manifest of one heavy model in which `after` stands for `before`; by a macro where one is named."""
    sql = (
        f"-- A sum, not list_agg.\nselect\n    cell.source_code,\n    {ENOUGH}\nfrom cell\ngroup by cell.source_code\n"
    )
    changed = sql.replace(before, after)
    assert changed != sql or before == after
    node = {
        "unique_id": "model.entrepot.heavy", "package_name": "entrepot", "name": "heavy", "resource_type": "model",
        "language": "sql", "config": {"tags": ["heavy"], "materialized": "table"}, "compiled_code": changed,
        "raw_code": sql.replace(before, f"{{{{ {macro}() }}}}") if macro else changed,
        "depends_on": {"macros": [f"macro.entrepot.{macro}"] if macro else [], "nodes": []},
        "original_file_path": "models/core/heavy.sql",
    }  # fmt: skip
    called = {
        "unique_id": f"macro.entrepot.{macro}", "package_name": "entrepot", "name": macro,
        "macro_sql": f"{{% macro {macro}() -%}}\n    {after}\n{{%- endmacro %}}", "depends_on": {"macros": []},
        "original_file_path": "macros/portability/new.sql",
    }  # fmt: skip
    return {"nodes": {node["unique_id"]: node}, "macros": {called["unique_id"]: called} if macro else {}}


def found_in(manifest: Mapping[str, Any]) -> list[Finding]:
    return [found for node in heavy_models(manifest) for found in findings(node, manifest, Allowed.read())]


def test_what_is_on_the_list_passes() -> None:
    assert not found_in(model_with(ENOUGH, ENOUGH))


@pytest.mark.parametrize(
    ("sql", "construct"),
    [
        ("list(cell.value_usd) as value_usd", "list"),
        ("cast(sum(cell.value_usd) as hugeint) as value_usd", "hugeint"),
        ("sum(cell.value_usd)::varchar as value_usd", "varchar"),
        ("sum(cell.value_usd) / 2 as value_usd", "/"),
        ("sum(cell.value_usd) // 2 as value_usd", "//"),
        ("sum(cell.value_usd) % 2 as value_usd", "%"),
        ("round(sum(cell.value_usd)) as value_usd", "round"),
        ("conv(min(cell.file_id), 16, 10) as value_usd", "conv"),
        ("min(cell.file_id) || '\\n' as value_usd", "\\"),
        ('min(cell.file_id) as "value_usd"', '"value_usd"'),
        ("[1, 2] as value_usd", "["),
        ("* exclude (source_code)", "exclude"),
        ("row_number() over (order by cell.line) as value_usd", "order by"),
        ("row_number() over (order by cell.line nulls last, cell.file_id desc) as value_usd", "order by"),
        ("sum(cell.value_usd ignore nulls) as value_usd", "value_usd ignore"),
        ("min(cell.day) + interval 1 month as value_usd", "interval 1"),
        ("(select 1 as value_usd union all by name select 2 as value_usd) as value_usd", "all by"),
        ("regexp_replace(min(cell.file_id), 'a', 'b') as value_usd", "regexp_replace"),
        ("extract(dow from min(cell.day)) as value_usd", "extract"),
    ],
)
def test_what_is_not_on_the_list_is_found(sql: str, construct: str) -> None:
    found = found_in(model_with(ENOUGH, sql))
    assert construct in {each.construct for each in found}
    assert {each.line for each in found} == {4}
    assert (
        "the model itself (models/core/heavy.sql:4)"
        in next(each for each in found if each.construct == construct).places
    )


def test_it_is_told_by_the_macro_that_wrote_it() -> None:
    (found,) = found_in(model_with("sum(cell.value_usd)", "list_sum(list(cell.value_usd))", "sum_of_list"))[:1]
    assert str(found) == (
        "heavy, line 4 of its SQL for Spark: list_sum: this function is not on the list. "
        "It comes from the macro sum_of_list (macros/portability/new.sql:2)."
    )


def test_rows_that_spark_would_compare_with_all_that_are_listed_are_found() -> None:
    listed = "from cell\nwhere (cell.source_code, cell.line) not in (select flag.source_code, flag.line from flag)\n"
    (found,) = found_in(model_with("from cell\n", listed))
    assert (found.construct, found.line) == ("not in", 6)
    one = "from cell\nwhere coalesce(cell.source_code, cell.file_id) not in (select flag.source_code from flag)\n"
    assert not found_in(model_with("from cell\n", one))


def test_a_join_of_one_engine_alone_is_found() -> None:
    found = found_in(model_with("from cell\n", "from cell\nasof join rate on cell.day >= rate.day\n"))
    assert [each.construct for each in found] == ["cell asof"]
