"""The metrics of the semantic layer, asked for as docs/how-to/metrics.md says, against SQL on the same file."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import duckdb
import pytest

from flows.settings import ROOT, Settings
from tests.conftest import Home


class Metrics:
    """`mf query` over one published file."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.home, self.folder = home, folder
        self.environment = {
            **home.settings.tool_environment(),
            "DBT_PROFILES_DIR": ".",
            "DBT_LOG_PATH": str(folder / "logs"),
            "ENTREPOT_DBT_TARGET": "published",
            "ENTREPOT_CANDIDATE": str(home.settings.published),
        }
        self.run("dbt", "parse")  # into the project's own target folder, the only one mf looks into

    def run(self, tool: str, *arguments: str) -> str:
        done = subprocess.run(
            [Settings().tool(tool), *arguments],
            cwd=ROOT / "dbt_project", env=self.environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def query(self, *arguments: str) -> list[dict[str, str]]:
        """The rows of an answer, as text."""
        answer = self.folder / "answer.csv"
        answer.unlink(missing_ok=True)
        printed = self.run("mf", "query", *arguments, "--csv", str(answer))
        assert answer.is_file(), printed
        with answer.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    def sql(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.home.settings.published), read_only=True) as con:
            return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def metrics(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Metrics:
    return Metrics(published, tmp_path_factory.mktemp("metrics"))


def number(text: str) -> float | None:
    return float(text) if text else None


def test_metrics_of_a_pair_are_those_of_sql(metrics: Metrics) -> None:
    names = ["turnover_usd", "turnover_any_basis_usd", "balance_usd", "turnover_growth_pct", "share_of_turnover_pct"]
    found = {
        (row["reporter"], row["partner"], int(row["metric_time__year"][:4])): [number(row[name]) for name in names]
        for row in metrics.query("--saved-query", "china_and_russia_by_year")
    }
    expected = metrics.sql(
        "select reporter_code, partner_code, year_number, turnover_usd, turnover_any_basis_usd, balance_usd,"
        " case when turnover_yoy_is_comparable then turnover_yoy_pct end, share_of_turnover_pct"
        " from marts.bilateral_year"
        " where reporter_code in ('CHN', 'RUS') and partner_code in ('CHN', 'RUS')"
    )
    assert len(expected) > 40
    assert found.keys() == {row[:3] for row in expected}
    for row in expected:
        assert found[row[:3]] == [None if one is None else pytest.approx(float(one)) for one in row[3:]]


def test_ends_of_a_rank_are_those_of_sql(metrics: Metrics) -> None:
    pair = "{{ Entity('reporter') }} = 'CHN' and {{ Entity('partner') }} = 'RUS'"
    rows = metrics.query("--metrics", "rank_best,rank_worst", "--group-by", "metric_time__year", "--where", pair)
    found = {(int(row["metric_time__year"][:4]), number(row["rank_best"]), number(row["rank_worst"])) for row in rows}
    expected = metrics.sql(
        "select year_number, rank_best_if_unallocated, rank_worst_if_unallocated from marts.partner_rank "
        "where reporter_code = 'CHN' and partner_code = 'RUS' and measure = 'turnover' and perimeter_code = 'all'"
    )
    assert found == set(expected)
    assert (2024, 5, 19) in found


def test_a_metric_is_empty_where_several_pairs_meet(metrics: Metrics) -> None:
    rows = metrics.query("--metrics", "turnover_usd,turnover_growth_pct", "--group-by", "metric_time__year")
    assert rows
    several = [row for row in rows if int(row["metric_time__year"][:4]) >= 2005]
    assert {row["turnover_usd"] + row["turnover_growth_pct"] for row in several} == {""}


def test_every_metric_is_in_the_docs_or_an_input_of_one_that_is(metrics: Metrics) -> None:
    manifest = json.loads((ROOT / "dbt_project" / "target" / "semantic_manifest.json").read_text(encoding="utf-8"))
    inputs = {one["name"] for metric in manifest["metrics"] for one in metric["type_params"].get("metrics") or []}
    shown = {metric["name"] for metric in manifest["metrics"]} - inputs
    page = (ROOT / "docs" / "how-to" / "metrics.md").read_text(encoding="utf-8")
    assert len(shown) >= 10
    assert {name for name in shown if f"`{name}`" not in page} == set()
