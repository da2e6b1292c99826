"""Apache Superset from nothing to three dashboards, over a warehouse that gets a new release meanwhile."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser, Page, Request
from playwright.sync_api import TimeoutError as NotInTime

from bi.superset import assets
from flows.releases.place import swap_link
from tests.conftest import Home
from tests.superset import Superset, running_superset

CELL = ".dashboard-component-chart-holder"
DRAWN = "canvas, td, .header-line"
ALL_DRAWN = """([cell, drawn, count]) => !document.querySelector('.loading, [aria-label=Loading]')
    && [...document.querySelectorAll(cell)].filter(one => one.querySelector(drawn)).length >= count"""
DASHBOARDS = {written["slug"]: written for written in assets.dashboards()}


@pytest.fixture(scope="module")
def superset(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Superset]:
    """Superset over a copy of the published warehouse, brought up by the one command of the README."""
    folder = tmp_path_factory.mktemp("superset")
    with running_superset(published.copy(folder / "home"), folder / "printed.txt") as running:
        yield running


@pytest.fixture(scope="module")
def page(chromium: Browser, superset: Superset) -> Page:
    """A page whose user has logged in."""
    page = chromium.new_page(viewport={"width": 1440, "height": 2600})
    page.set_default_timeout(120_000)
    page.goto(f"{superset.base}/login/")
    page.fill("#username", "admin")
    page.fill("#password", superset.password)
    page.click("button[type=submit], input[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)  # on a busy machine the network is idle before it is asked
    page.wait_for_load_state("networkidle")
    return page


def look(page: Page, superset: Superset, slug: str, screenshots: Path) -> None:
    """Open a dashboard, wait until every chart is drawn, and keep a picture of it."""
    count = sum(len(row["charts"]) for row in DASHBOARDS[slug]["rows"])
    for _ in range(3):
        page.goto(f"{superset.base}/superset/dashboard/{slug}/")
        page.wait_for_load_state("networkidle")
        with contextlib.suppress(NotInTime):  # what is not drawn then, the test names
            page.wait_for_selector(CELL, timeout=60_000)
            wait_until_drawn(page, count)
        if page.locator(CELL).count():
            break  # else Superset laid out no grid at all, as it does once in a while until the page is opened anew
    # of what is in view: for a full page the browser makes it taller, and Superset empties its grid to lay it out anew
    page.screenshot(path=str(screenshots / f"superset-{slug}.png"))


def wait_until_drawn(page: Page, count: int) -> None:
    """Wait until every chart is drawn and stays so."""
    page.wait_for_function(ALL_DRAWN, arg=[CELL, DRAWN, count], timeout=300_000)
    # drawn once it draws all anew when the filters have found their values: it counts when it stays
    for _ in range(30):
        page.wait_for_timeout(2000)
        if page.evaluate(ALL_DRAWN, [CELL, DRAWN, count]):
            page.wait_for_timeout(2000)
            if page.evaluate(ALL_DRAWN, [CELL, DRAWN, count]):
                break


def rows(superset: Superset, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(superset.home.settings.published), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.mark.parametrize("slug", DASHBOARDS)
def test_every_chart_of_a_dashboard_shows_something(
    page: Page, superset: Superset, slug: str, screenshots: Path
) -> None:
    finished: list[str] = []
    broken: list[str] = []

    def note(request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith(superset.base):
            finished.append(request.url)

    page.on("requestfinished", note)
    page.on("pageerror", lambda error: broken.append(str(error)))
    look(page, superset, slug, screenshots)
    page.remove_listener("requestfinished", note)
    expected = [chart["title"] for row in DASHBOARDS[slug]["rows"] for chart in row["charts"]]
    cells = {cell.inner_text().split("\n")[0]: cell for cell in page.locator(CELL).all()}
    assert set(expected) <= set(cells)
    for title in expected:
        text = cells[title].inner_text()
        assert "No results" not in text, title
        assert cells[title].locator("[role=alert], .ant-alert, [data-test*=error]").count() == 0, f"{title}: {text}"
        assert cells[title].locator(DRAWN).count(), f"{title} is empty: {text}"
    assert finished == []  # the pixel in Superset's pages is stopped
    assert broken == []


def test_figures_are_those_of_sql(superset: Superset) -> None:
    pair = {"reporter": "China", "partner": "Russia"}
    shown = superset.chart_data("Trade by year", ["year_number"], ["Total trade", "Balance"], **pair)
    expected = rows(
        superset,
        "select year_number, turnover_usd / 1e9, balance_usd / 1e9 from marts.bilateral_year"
        " where reporter_code = 'CHN' and partner_code = 'RUS'",
    )
    assert len(expected) > 20
    found = {row["year_number"]: (row["Total trade"], row["Balance"]) for row in shown}
    assert {year: pytest.approx(values) for year, *values in expected} == {k: list(v) for k, v in found.items()}

    shown = superset.chart_data("Goods by year", ["good"], ["Value"], flow="Imports", year_number="2024", **pair)
    by_good = {row["good"]: row["Value"] for row in shown}
    ((crude, whole),) = rows(
        superset,
        "select value_usd / 1e9, flow_usd / 1e9 from marts.commodity_mix where reporter_code = 'CHN'"
        " and partner_code = 'RUS' and flow_code = 'M' and period_code = '2024' and commodity_group_code = 'crude_oil'",
    )
    assert by_good["Crude oil"] == pytest.approx(crude)
    assert sum(by_good.values()) == pytest.approx(whole)  # what is shown adds up to the flow

    shown = superset.chart_data("Checks", ["result"], ["Checks"])
    (counted,) = rows(superset, "select count(*), count(*) filter (accepted_rows > 0) from meta.check_result")
    assert {row["result"]: row["Checks"] for row in shown} == {
        "passed": counted[0] - counted[1],
        "accepted": counted[1],
    }


PAIRS = [("CHN", "China", "RUS", "Russia"), ("DEU", "Germany", "RUS", "Russia"), ("JPN", "Japan", "CHN", "China"),
         ("BRA", "Brazil", "CHN", "China")]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]}-{pair[2]}")
def test_every_chart_of_a_pair_has_the_figures_of_its_mart(superset: Superset, pair: tuple[str, str, str, str]) -> None:
    one, reporter, other, partner = pair
    chosen = {"reporter": reporter, "partner": partner}
    where = f"where reporter_code = '{one}' and partner_code = '{other}'"

    def same(dataset: str, column: str, metrics: list[str], sql: str, **more: str) -> None:
        shown = superset.chart_data(dataset, [column], metrics, **chosen, **more)
        found = {str(row[column]): [row[name] for name in metrics] for row in shown}
        expected = {
            str(key): [None if value is None else float(value) for value in values]
            for key, *values in rows(superset, sql)
        }
        assert found == {key: pytest.approx(values) for key, values in expected.items()}, dataset

    same(
        "Trade by year", "year_number", ["Total trade", "Exports", "Imports", "Balance", "Growth, computed"],
        "select year_number, turnover_usd / 1e9, exports_usd / 1e9, imports_usd / 1e9, balance_usd / 1e9,"
        f" case when turnover_yoy_is_comparable then turnover_yoy_pct end from marts.bilateral_year {where}",
    )  # fmt: skip
    same(
        "Both reports by year", "year_number", ["Total trade"],
        f"select year_number, partner_reported_turnover_usd / 1e9 from marts.bilateral_year {where}", side=partner,
    )  # fmt: skip
    same(
        "Rank among partners", "year_number", ["Place"],
        f"select year_number, rank_worst from marts.partner_rank {where} and not is_among_few"
        " and measure = 'turnover' and perimeter_code = 'all'", measure="turnover", perimeter_code="all",
        series="Worst possible place",
    )  # fmt: skip
    same(
        "Mirror gap", "year_number", ["Gap"],
        "select cast(period_code as integer), gap_usd / 1e9 from marts.mirror_gap"
        f" where exporter_code = '{one}' and importer_code = '{other}' and gap_usd is not null",
        flow="Exports of the reporter",
    )  # fmt: skip


def test_a_metric_is_empty_where_a_sum_would_mislead(superset: Superset) -> None:
    (both,) = superset.chart_data("Trade by year", [], ["Total trade", "Growth, computed"], year_number="2020")
    assert both == {"Total trade": None, "Growth, computed": None}


def test_a_side_that_does_not_report_has_nothing_and_no_zero(superset: Superset) -> None:
    shown = superset.chart_data(
        "Both reports by year", ["side"], ["Total trade"], reporter="China", partner="Russia", year_number="2023"
    )
    by_side = {row["side"]: row["Total trade"] for row in shown}
    assert by_side == {"China": pytest.approx(240.11), "Russia": None}


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/hostname')",
        "set enable_external_access = true",
        "attach '/tmp/other.duckdb' as other",
        "create table main.mine as select 1 as one",
    ],
)
def test_sql_lab_refuses_what_is_beyond_the_file(superset: Superset, sql: str) -> None:
    answer = superset.sql_lab(sql)
    assert answer.status_code >= 400, answer.text
    assert "errors" in answer.json()


def test_sql_lab_answers_what_is_in_the_file(superset: Superset) -> None:
    answer = superset.sql_lab("select count(*) as n from marts.bilateral_year")
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"] == [{"n": rows(superset, "select count(*) from marts.bilateral_year")[0][0]}]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from marts.bilateral_year limit 20",
        "from marts.bilateral_year limit 20;",
        "with year as (from marts.bilateral_year) select * from year order by all limit 20 -- twenty",
    ],
)
def test_a_limit_in_sql_lab_holds(superset: Superset, sql: str) -> None:
    answer = superset.sql_lab(sql, at_most=1000)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["data"]) == 20


def test_no_other_database_can_be_added(superset: Superset) -> None:
    with superset.client() as client:
        answer = client.post(
            "/api/v1/database/", json={"database_name": "other", "sqlalchemy_uri": "duckdb:///:memory:"}
        )
    assert answer.status_code in (400, 422), answer.text
    assert list(superset.ids("database", "database_name")) == ["Trade warehouse"]


def test_the_secret_key_is_its_owners_alone(superset: Superset) -> None:
    path = superset.home.settings.superset / "secret_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir() if each.stat().st_mode & 0o077] == []
    assert path.read_text(encoding="ascii") not in superset.printed


def test_a_reader_looks_and_asks(superset: Superset) -> None:
    shown = superset.chart_data(
        "Trade by year", [], ["Total trade"], user="reader", reporter="China", partner="Russia", year_number="2021"
    )
    assert shown == [{"Total trade": pytest.approx(146.887)}]
    with superset.client("reader") as client:
        found = client.get("/api/v1/dashboard/").raise_for_status().json()["result"]
    assert {one["slug"] for one in found} == set(DASHBOARDS)
    assert superset.sql_lab("select 1 as one", "reader").json()["data"] == [{"one": 1}]
    assert superset.sql_lab("select * from read_text('/etc/hostname')", "reader").status_code >= 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "chart/{chart}", {"slice_name": "mine"}),
        ("DELETE", "chart/{chart}", None),
        ("POST", "chart/", {"slice_name": "mine", "datasource_id": 1, "datasource_type": "table"}),
        ("PUT", "dashboard/{dashboard}", {"dashboard_title": "mine"}),
        ("DELETE", "dashboard/{dashboard}", None),
        ("PUT", "dataset/{dataset}", {"sql": "select 1"}),
        ("POST", "database/", {"database_name": "other", "sqlalchemy_uri": "duckdb:///:memory:"}),
        ("GET", "security/users/", None),
    ],
)
def test_a_reader_changes_nothing(superset: Superset, method: str, path: str, body: dict[str, Any] | None) -> None:
    names = {"chart": "slice_name", "dashboard": "dashboard_title", "dataset": "table_name"}
    some = {kind: min(superset.ids(kind, name).values()) for kind, name in names.items() if kind in path}
    with superset.client("reader") as client:
        answer = client.request(method, f"/api/v1/{path.format(**some)}", json=body)
    assert answer.status_code == 403, answer.text


def test_what_the_code_has_no_longer_goes_and_what_a_person_made_stays(superset: Superset) -> None:
    while_in_use, let_go = superset.starts_again()
    assert while_in_use == ["dashboard 'Former'", "chart 'Former, let go'", "dataset 'Former, let go'"]
    assert let_go == ["chart 'Former, in use'", "dataset 'Former, in use'"]
    titles = {chart["title"] for written in DASHBOARDS.values() for row in written["rows"] for chart in row["charts"]}
    assert set(superset.ids("chart", "slice_name")) == titles | {"By hand"}
    slugs = {written["title"] for written in DASHBOARDS.values()}
    assert set(superset.ids("dashboard", "dashboard_title")) == slugs | {"By hand"}


def test_a_publish_shows_at_the_next_refresh(page: Page, superset: Superset, screenshots: Path) -> None:
    look(page, superset, "bilateral", screenshots)
    shown = page.locator(CELL, has_text="Total trade, bn USD").first
    assert "228.1" in shown.inner_text()
    settings = superset.home.settings
    release = settings.releases / "with-one-changed-figure" / "trade.duckdb"
    release.parent.mkdir()
    release.write_bytes(settings.published.read_bytes())
    with duckdb.connect(str(release)) as con:
        con.execute(
            "update marts.bilateral_year set turnover_usd = 345.6e9"
            " where reporter_code = 'CHN' and partner_code = 'RUS' and year_number = 2025"
        )
    swap_link(settings.published, release)
    look(page, superset, "bilateral", screenshots)
    assert "345.6" in shown.inner_text()
    latest = superset.chart_data(
        "Trade by year", [], ["Total trade"], reporter="China", partner="Russia", year_number="2025"
    )
    assert latest == [{"Total trade": pytest.approx(345.6)}]
