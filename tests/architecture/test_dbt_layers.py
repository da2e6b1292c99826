"""The layers of the dbt project, read from its manifest."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest

from bench.engines import is_heavy
from flows.contracts import load_contracts
from flows.settings import ROOT, Settings
from tests import entities

ALLOWED = {
    "staging": {"staging", "seeds"},
    "intermediate": {"staging", "intermediate", "seeds"},
    "core": {"staging", "intermediate", "core", "seeds"},
    "marts": {"core", "marts"},
    "meta": {"staging", "intermediate", "core", "marts", "meta", "seeds"},
}
# Which datasets exist, and how often a certain rank was wrong, is asked before anything that follows, in any layer.
ASKED_EVERYWHERE = {"fct_availability", "rank_error"}
COMPUTES = re.compile(
    r"\b(sum|count|avg|median|min|max|rank|dense_rank|row_number|lag|lead|first_value|last_value|greatest|least|power|"
    r"sqrt|ln|abs|round|ratio|text_list|coalesce)\s*\(|\bcase\b|\|\||\bover\b|[\w)] [-+/] [\w(]"
)
CTE = re.compile(r"(?:^|,)\s*(?:with\s+)?\w+ as (?:materialized )?\((?!\s*(?:partition|order)\b)", re.MULTILINE)


def test_the_entities_page_is_current(manifest: dict[str, Any]) -> None:
    written = entities.PAGE.read_text(encoding="utf-8")
    assert written == entities.page(manifest), "write it anew: python -m tests.entities"
    assert written.count("●") > 80
    assert "| `marts.partner_rank` |" in written


def models(manifest: dict[str, Any], *layers: str) -> list[dict[str, Any]]:
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return [node for node in found if not layers or layer_of(node) in layers]


def layer_of(node: dict[str, Any]) -> str:
    return "seeds" if node["resource_type"] == "seed" else str(node["fqn"][1])


def test_what_readers_meet_is_in_the_published_file_and_all_else_beside_it(manifest: dict[str, Any]) -> None:
    """By construction few tables, however many sources have landed; and no view leads out of the file."""
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    kept = [node for node in nodes if node["config"]["materialized"] != "ephemeral"]
    assert {node["schema"] for node in kept if node["database"] != "workings"} == {"core", "marts", "meta"}
    assert {node["schema"] for node in kept if node["database"] == "workings"} == {"raw", "seed", "intermediate"}
    published = {node["unique_id"] for node in kept if node["database"] != "workings"}
    assert len(published) < 90
    views = [node for node in kept if node["unique_id"] in published and node["config"]["materialized"] == "view"]
    assert views
    for node in views:
        assert set(node["depends_on"]["nodes"]) <= published, node["name"]


def proven_grain(manifest: dict[str, Any], node: dict[str, Any]) -> list[str]:
    """The columns a model is proven to have as its grain; a view promises what the tables it reads prove."""
    promised = node["config"]["meta"].get("contract", {})
    if promised:
        return list(promised.get("grain") or promised["unique"][:1])
    return next(
        (
            test["test_metadata"]["kwargs"].get("grain", [])
            for test in manifest["nodes"].values()
            if test["resource_type"] == "test"
            and (test.get("test_metadata") or {}).get("name") == "contract"
            and test.get("attached_node") == node["unique_id"]
        ),
        [],
    )


def test_only_staging_reads_sources_but_for_the_current_records_of_contracts(manifest: dict[str, Any]) -> None:
    """Elsewhere a model reads what landed by one macro, which leaves out the rows of superseded files, and the cells of
    the last release by another."""
    naming = [node for node in models(manifest) if re.search(r"\bsource\(", node["raw_code"])]
    assert {layer_of(node) for node in naming} == {"staging"}
    reading = [node for node in models(manifest, "intermediate", "core", "meta") if node["sources"]]
    assert len(reading) > 20
    last_release = [node["name"] for node in reading if {name for name, _ in node["sources"]} == {"last_release"}]
    assert last_release == ["fct_trade_revision"]
    landed = [node for node in reading if node["name"] not in last_release]
    wrong = [node["name"] for node in landed if "landed.file" not in {".".join(each) for each in node["sources"]}]
    assert not wrong


def test_no_model_in_staging_passes_on_what_landed_as_it_is(manifest: dict[str, Any]) -> None:
    assert not [node["name"] for node in models(manifest, "staging") if "current_records(" in node["raw_code"]]


def test_layers_read_only_what_they_may(manifest: dict[str, Any]) -> None:
    wrong = []
    for node in models(manifest):
        for parent in node["depends_on"]["nodes"]:
            other = manifest["nodes"].get(parent)
            # what holds cells, reads them, or is what they add up to may be read by any layer
            may = other and (is_heavy(other) or other["name"] in ASKED_EVERYWHERE)
            if other and layer_of(other) not in ALLOWED[layer_of(node)] and not may:
                wrong.append(f"{node['name']} reads {other['name']}")
    assert not wrong


def test_light_models_read_no_cells(manifest: dict[str, Any]) -> None:
    holding = {node["unique_id"]: node["name"] for node in models(manifest) if "cells" in node["tags"]}
    assert {"trade_cell", "fct_trade", "fct_trade_total", "fct_trade_vintage"} <= set(holding.values())
    wrong = {
        node["name"]
        for node in models(manifest)
        if set(node["depends_on"]["nodes"]) & set(holding) and not is_heavy(node)
    }
    assert sorted(wrong) == []


def test_models_all_sources_share_name_none_of_them(manifest: dict[str, Any]) -> None:
    contracts = load_contracts(Settings().contracts)
    tables = {table.name for source in contracts.values() for table in source.tables}
    fed = {name for source in contracts.values() for names in source.feeds.values() for name in names} - tables
    shared = [
        node
        for node in models(manifest)
        if re.search(
            r"\b(union_of_feeds|fed|partner_reports|commodity_reports|corrected_cells|cell_corrections|priced_cells)\(",
            node["raw_code"],
        )
    ]
    assert len(shared) >= 8
    named = {node["name"]: fed & set(re.findall(r"'(\w+)'", node["raw_code"])) for node in shared}
    assert not {name: sorted(found) for name, found in named.items() if found}
    known = {node["name"] for node in models(manifest)}
    assert fed <= known, fed - known


def test_every_model_states_its_grain_and_proves_it(manifest: dict[str, Any]) -> None:
    # a view has the key of the tables below it
    stored = [node for node in models(manifest, "core", "marts", "meta") if node["config"]["materialized"] != "view"]
    lacking = [
        node["name"]
        for node in stored
        if not any(word in node["description"].lower() for word in ("one row per", "grain:"))
        or not proven_grain(manifest, node)
    ]
    assert not lacking


def test_what_a_contract_names_is_a_column_and_named_once(manifest: dict[str, Any]) -> None:
    nodes = manifest["nodes"]
    told = [(node, node["config"]["meta"].get("contract", {})) for node in nodes.values()]
    for test in nodes.values():
        if (test.get("test_metadata") or {}).get("name") == "contract":
            told.append((nodes[test["attached_node"]], test["test_metadata"]["kwargs"]))
    assert len([node for node, promised in told if promised]) > 200
    for node, promised in told:
        if node["resource_type"] in ("model", "seed") and node["columns"]:
            references = [each["column"] for each in promised.get("relationships", [])]
            named = [promised.get("grain", []), promised.get("unique", []), promised.get("not_null", [])]
            assert not [twice for part in named for twice in part if part.count(twice) > 1]
            unknown = {*sum(named, references), *promised.get("accepted_values", {})} - set(node["columns"])
            assert not unknown or layer_of(node) in ("staging", "intermediate"), node["name"]


def test_a_table_says_of_its_own_rows_what_is_proven_when_it_is_made(manifest: dict[str, Any]) -> None:
    nodes = manifest["nodes"]
    for test in nodes.values():
        if (test.get("test_metadata") or {}).get("name") == "contract":
            is_table = nodes[test["attached_node"]]["config"]["materialized"] != "ephemeral"
            rules = set(test["test_metadata"]["kwargs"]) - {"model", "column_name"}
            assert rules == {"relationships"} or not is_table, test["name"]
    for node in models(manifest):
        meta = node["config"]["meta"]
        if meta.get("parts") and meta.get("contract"):  # proven part by part
            part = {"period_code"} if meta.get("across_sources") else {"source_code", "period_code"}
            assert part <= set(meta["contract"]["grain"]), node["name"]


def test_every_column_of_a_published_table_is_described(manifest: dict[str, Any]) -> None:
    lacking = [
        f"{node['name']}.{column['name']}"
        for node in models(manifest, "core", "marts", "meta")
        for column in node["columns"].values()
        if not column["description"]
    ]
    assert not lacking


def test_every_column_of_a_code_list_has_its_type(manifest: dict[str, Any]) -> None:
    """A code list is read by these types and by nothing else, so none may be left to a guess."""
    for node in manifest["nodes"].values():
        if node["resource_type"] == "seed":
            with (ROOT / "dbt_project" / node["original_file_path"]).open(encoding="utf-8", newline="") as file:
                header = next(csv.reader(file))
            assert list(node["config"]["column_types"]) == header, node["name"]


def test_core_and_marts_enforce_their_contracts(manifest: dict[str, Any]) -> None:
    # dbt enforces contracts of models in SQL only
    found = [node for node in models(manifest, "core", "marts") if node["language"] == "sql"]
    assert not [node["name"] for node in found if not node["config"]["contract"]["enforced"]]


def test_every_model_that_computes_has_a_unit_test(manifest: dict[str, Any]) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    computing = [
        node["name"]
        for node in models(manifest, "core", "marts")
        if node["language"] == "sql" and COMPUTES.search(code_of(node["raw_code"]).lower())
    ]
    assert sorted(set(computing) - tested) == []


def test_every_model_in_python_is_tested_in_python(manifest: dict[str, Any]) -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [n["name"] for n in models(manifest) if n["language"] == "python" and n["name"] not in tests] == []


def test_models_name_no_file_reader_and_no_double_quoted_name(manifest: dict[str, Any]) -> None:
    banned = ("read_csv", "read_json", "read_parquet", "read_text", "safe_cast", "date_spine", "listagg", " hash(")
    wrong = [
        f"{node['name']}: {word}" for node in models(manifest) for word in banned if word in node["raw_code"].lower()
    ]
    assert not wrong


def code_of(raw_code: str) -> str:
    """SQL without comments and empty lines; the formatter gives nearly every column a line of its own."""
    code = re.sub(r"\{#.*?#\}", "", raw_code, flags=re.DOTALL)
    return "\n".join(line for line in code.splitlines() if line.strip() and not line.strip().startswith("--"))


def is_large(raw_code: str) -> bool:
    """Whether SQL is over 100 lines or seven CTEs and does not say why."""
    code = code_of(raw_code)
    return (code.count("\n") >= 100 or len(CTE.findall(code)) > 7) and "reason for size" not in raw_code.lower()


def test_tables_hold_codes_and_their_words_are_made_at_the_edge(manifest: dict[str, Any]) -> None:
    """No model of the published tables glues a sentence, but for the evidence of statements and names of things."""
    names = {"dim_product"}
    glued = re.compile(r"(?:\|\| *|then )'[^'\n]*[a-z]{2} [a-z]{2,}[^'\n]*'", re.IGNORECASE)
    models_found = {node["name"] for node in models(manifest, "core", "marts") if glued.search(node["raw_code"])}
    evidence = {name for name in models_found if name.startswith("claim_")}
    assert evidence, "the pattern finds what it is meant to find"
    assert models_found - evidence - names == set()


def test_models_and_macros_stay_small_or_say_why(manifest: dict[str, Any]) -> None:
    macros = [macro for macro in manifest["macros"].values() if macro["package_name"] == manifest_name(manifest)]
    assert macros
    assert [node["name"] for node in models(manifest) if is_large(node["raw_code"])] == []
    assert [macro["name"] for macro in macros if is_large(macro["macro_sql"])] == []


def manifest_name(manifest: dict[str, Any]) -> str:
    """Name of the dbt project."""
    return str(manifest["metadata"]["project_name"])


@pytest.mark.parametrize(
    ("sql", "large"),
    [
        ("select 1\n" * 100, False),
        ("select 1\n" * 101, True),
        ("-- Reason for size: none\n" + "select 1\n" * 101, False),
        ("-- a comment\n\n" * 101, False),
        ("with " + ",\n".join(f"a{n} as (select 1)" for n in range(7)), False),
        ("with " + ",\n".join(f"a{n} as (select 1)" for n in range(8)), True),
        ("with\n" + ",\n".join(f"    a{n} as (\n\n select 1)" for n in range(8)), True),
        ("window\n" + ",\n".join(f"    a{n} as (partition by b)" for n in range(8)), False),
    ],
)
def test_size_is_measured_in_lines_of_code_and_ctes(sql: str, large: bool) -> None:
    assert is_large(sql) == large


@pytest.mark.parametrize(
    ("sql", "computes"),
    [
        ("select a, b from c", False),
        ("select * from c left join d on c.a = d.a", False),
        ("select case\n when a then b end", True),
        ("select a || b", True),
        ("select a - b", True),
        ("select max(a) over (partition by b)", True),
        ("select {{ ratio('a', 'b') }}", True),
    ],
)
def test_what_computes_is_seen(sql: str, computes: bool) -> None:
    assert bool(COMPUTES.search(sql)) == computes
