"""The files the dashboards are made of, and what hinders a start, without Superset itself."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bi.superset import assets
from bi.superset.__main__ import hindrance, main
from bi.superset.charts import DEFAULTS, chart, condition
from bi.superset.imported import filtered, ids_of, record, recorded
from bi.superset.layout import dashboard, native_filter
from flows.settings import Settings

DATASETS = assets.read(assets.FOLDER / "datasets.yaml")
DASHBOARDS = {written["slug"]: written for written in assets.dashboards()}


def charts_of(written: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for row in written["rows"] for one in row["charts"]]


@pytest.mark.parametrize("slug", DASHBOARDS)
def test_charts_use_datasets_and_metrics_there_are(slug: str) -> None:
    for one in charts_of(DASHBOARDS[slug]):
        metrics = [*one["params"].get("metrics", []), *([one["params"]["metric"]] if "metric" in one["params"] else [])]
        assert set(metrics) <= DATASETS[one["dataset"]].get("metrics", {}).keys(), one["title"]
        assert one["viz"] in DEFAULTS


@pytest.mark.parametrize("slug", DASHBOARDS)
def test_a_dashboard_is_wide_as_a_page_and_has_its_filters(slug: str) -> None:
    written = DASHBOARDS[slug]
    assert [sum(one["width"] for one in row["charts"]) for row in written["rows"]] == [12] * len(written["rows"])
    titles = [one["title"] for one in charts_of(written)]
    assert len(titles) == len(set(titles))
    for one in written["filters"]:
        assert set(one.get("charts", [])) <= set(titles)
        assert one["column"] in ("year_number", "reporter", "partner", "flow")
    names = {one["column"] for one in written["filters"]}
    assert names >= {"reporter", "partner", "year_number"}
    made = dashboard(written)
    placed = {
        cell["meta"]["uuid"] for cell in made["position"].values() if isinstance(cell, dict) and cell["type"] == "CHART"
    }
    assert placed == {chart(written, one)["uuid"] for one in charts_of(written)}


def test_a_range_of_years_that_names_none_is_over_all_of_them() -> None:
    written = DASHBOARDS["commodities"]
    (years,) = [one for one in written["filters"] if one["column"] == "year_number"]
    made = native_filter(written, years, [])
    assert "from" not in years
    assert (made["filterType"], made["controlValues"]["enableEmptyFilter"]) == ("filter_range", False)
    assert made["defaultDataMask"] == {"extraFormData": {}, "filterState": {}}


def test_a_chart_that_cannot_say_why_it_is_empty_has_its_reason_in_its_place() -> None:
    made = {slug: dashboard(written)["css"] for slug, written in DASHBOARDS.items()}
    (reason,) = [one["empty"] for one in charts_of(DASHBOARDS["commodities"]) if "empty" in one]
    assert reason.startswith("No goods of this flow are loaded")
    assert f'content: "{reason}";' in made["commodities"]
    assert '[data-test-chart-name="Goods in the latest year"]' in made["commodities"]
    assert {slug for slug, css in made.items() if css} == {"commodities"}


def test_ids_last() -> None:
    """An id that changed would leave what an earlier start imported beside its successor."""
    assert dashboard(DASHBOARDS["bilateral"])["uuid"] == "c248207e-b14b-5869-aa1d-48116e2fdeb3"


@pytest.mark.parametrize(
    ("rule", "rows", "expected"),
    [
        ("one_pair", "('A', 'B', 1e9), ('A', 'B', 2e9)", 3.0),
        ("one_pair", "('A', 'B', 1e9), ('A', 'C', 2e9)", None),
        ("one_pair", "('A', 'B', 1e9), ('B', 'A', 1e9)", None),
        ("one_row", "('A', 'B', 5)", 5.0),
        ("one_row", "('A', 'B', 5), ('A', 'B', 5)", None),
    ],
)
def test_a_metric_is_empty_where_a_sum_would_mislead(rule: str, rows: str, expected: float | None) -> None:
    made = assets.metric("Value", {rule: "value", "unit": "bn USD"})
    relation = f"(values {rows}) as data (reporter_code, partner_code, value)"
    with duckdb.connect() as con:
        assert con.execute(f"select {made['expression']} from {relation}").fetchone() == (expected,)


def test_what_was_imported_is_written_down_and_read_back(tmp_path: Path) -> None:
    assert recorded(tmp_path) == {"dashboards": set(), "charts": set(), "datasets": set()}
    files = {"metadata.yaml": "type: assets", "charts/a.yaml": "uuid: one", "datasets/w/b.yaml": "uuid: two"}
    assert ids_of(files) == {"dashboards": set(), "charts": {"one"}, "datasets": {"two"}}
    record(tmp_path, ids_of(files))
    assert recorded(tmp_path) == ids_of(files)


def test_the_datasets_a_dashboard_filters_by_are_found() -> None:
    written = {**DASHBOARDS["bilateral"], "filters": []}
    assert filtered(None) == filtered("{}") == filtered(json.dumps(dashboard(written)["metadata"])) == set()
    assert filtered('{"native_filter_configuration": [{"targets": [{"datasetId": 7}, {}]}]}') == {7}


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("flows.settings._in_use", [])
    monkeypatch.setenv("ENTREPOT_SUPERSET_PORT", "harbour")
    assert main([]) == 1
    assert "ENTREPOT_SUPERSET_PORT" in capsys.readouterr().err


def test_without_a_warehouse_it_says_what_to_do(settings: Settings) -> None:
    assert "`make run` builds one" in str(hindrance(settings))


def test_a_port_that_is_taken_is_named(settings: Settings) -> None:
    settings.warehouse.mkdir()
    settings.published.touch()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = settings.model_copy(update={"superset_port": other.getsockname()[1]})
        assert "ENTREPOT_SUPERSET_PORT" in str(hindrance(taken))


def test_a_release_without_the_tables_is_refused_in_a_sentence(settings: Settings) -> None:
    settings.warehouse.mkdir()
    duckdb.connect(str(settings.published)).close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "lacks what the dashboards show" in str(hindrance(settings.model_copy(update={"superset_port": port})))


@pytest.mark.parametrize("slug", DASHBOARDS)
def test_growth_is_the_marts_and_never_the_row_before(slug: str) -> None:
    """A big number compares with the row before, which need not be the year before, nor of the same source."""
    for one in charts_of(DASHBOARDS[slug]):
        assert not {"compare_lag", "compare_suffix"} & {**DEFAULTS[one["viz"]], **one["params"]}.keys(), one["title"]
    growth = DATASETS["Trade by year"]["metrics"]["Growth, computed"]["one_row"]
    assert growth == "case when turnover_yoy_is_comparable then turnover_yoy_pct end"


@pytest.mark.parametrize(
    ("written", "operator", "comparator"),
    [
        ("measure = turnover", "==", "turnover"),
        ("is_year = true", "==", True),
        ("result is not passed", "!=", "passed"),
        ("unit_value_usd_t is known", "IS NOT NULL", None),
    ],
)
def test_a_fixed_condition_of_a_chart_is_one_superset_keeps(written: str, operator: str, comparator: Any) -> None:
    made = condition(written)
    assert (made["operator"], made.get("comparator")) == (operator, comparator)
    assert made["subject"] == written.split()[0]


@pytest.mark.parametrize("written", ["result <> 'passed'", "result", "a > 1"])
def test_a_condition_superset_would_not_keep_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a condition of a chart"):
        condition(written)
