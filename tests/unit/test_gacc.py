"""China's customs, live: the table by country as printed, and each way in which a page can be wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.contracts import load_contracts
from flows.errors import FileRefused, HttpFailed, RateLimited
from flows.formats.html_table import HtmlPage
from flows.ledger import Ledger, utc_now
from flows.settings import ROOT, Settings
from flows.sources import gacc
from flows.sources.gacc.page import currency_of
from flows.sources.gacc.table import country_table
from flows.steps import land
from flows.transport.http import Answer, Http
from standin.gacc import Gacc
from standin.gacc_page import Page, html
from standin.world import World
from tests.raw_file import land_bytes

COUNTRY = "gacc.preliminary_country"
FIXTURE = Path(__file__).parents[1] / "fixtures" / "gacc" / "month.html"
OTHERS = (
    "Japan", "Hong Kong, China", "Republic of Korea", "Taiwan, China", "Australia", "India", "United Kingdom",
    "Canada", "ASEAN", "Viet Nam", "Malaysia", "Thailand", "Singapore", "Latin America",
)  # fmt: skip
PAGE = FIXTURE.read_text(encoding="utf-8").replace(
    "<!-- more -->", "".join(f"<tr><td>{label}</td>{'<td>1.0</td>' * 9}</tr>\n" for label in OTHERS)
)
TWO_MONTHS = (
    PAGE.replace("March 2026", "Jan-Feb 2026").replace("in USD", "in RMB").replace("USD1 Million", "CNY 100 Million")
)


def without_month(page: str) -> str:
    """The page with the cells of the month taken out of every row of figures."""
    lines = []
    for line in page.splitlines():
        cells = line.split("<td>")
        lines.append("<td>".join([*cells[:2], *(cells[n] for n in (3, 5, 7, 8, 9, 10))]) if len(cells) == 11 else line)
    return "\n".join(lines)


def rows(page: str) -> dict[str, list[str | None]]:
    return {str(values[7]): values for _, values in country_table(page, "preliminary_country", "page.html")}


def test_a_month_has_its_figures_and_the_cumulative_ones() -> None:
    found = rows(PAGE)
    assert len(found) == 21
    assert found["Russia"] == [
        "2026-03-01", "2026-03-31", "USD", "1000000", "Unit: USD1 Million",
        "(4) China's Total Export & Import Values by Country/Region, March 2026 (in USD)", "2026-04-14",
        "Russia", "russia", None, "190.5", "560.1", "90.2", "270.0", "100.3", "290.1", "-6.9", "-10.0", "-3.9",
    ]  # fmt: skip
    assert found["Total"][10:12] == ["5000.0", "15000.0"]


@pytest.mark.parametrize(
    "printed",
    [
        "<td>Russia<sup>1</sup></td><td>190.5<sup>2</sup></td>",
        "<td>Russia <SUP><a href='#n'>1)</a></SUP></td><td><sup>*</sup>190.5</td>",
        "<td>Russia<sup>1</td><td>190.5</td>",
    ],
)
def test_raised_marks_of_notes_are_no_part_of_a_figure_or_a_name(printed: str) -> None:
    found = rows(PAGE.replace("<td>Russia</td><td>190.5</td>", printed))
    assert found["Russia"][7:12] == ["Russia", "russia", None, "190.5", "560.1"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [("10000 m<sup>3</sup>", "10000 m3"), ("km<sup>2</sup><sup>1</sup>", "km2"), ("<sup>190.5</sup>", "190.5")],
)
def test_what_is_raised_counts_in_a_unit_and_where_it_stands_alone(cell: str, text: str) -> None:
    assert HtmlPage(f"<table><tr><td>{cell}</td></tr></table>").rows[0][0].text == text


@pytest.mark.parametrize(
    "printed",
    [
        "<td>Russia</td><td><del>109.5</del>190.5</td>",
        "<td><s>Rusia</s>Russia</td><td>190.5<STRIKE><b>109.5</b></STRIKE></td>",
        "<td>Russia</td><td>190.5<del>109.5</td>",
        "<td>Russia</td><td><del>109<s>.5</s><br>7</del>190.5</td>",
    ],
)
def test_what_is_struck_out_is_no_part_of_a_figure_or_a_name(printed: str) -> None:
    found = rows(PAGE.replace("<td>Russia</td><td>190.5</td>", printed))
    assert found["Russia"][7:12] == ["Russia", "russia", None, "190.5", "560.1"]


def test_members_are_listed_under_their_bloc_and_the_next_partner_is_not() -> None:
    found = rows(PAGE)
    assert found["of which: Germany"][8:10] == ["germany", "european union"]
    assert found["Netherlands"][8:10] == ["netherlands", "european union"]
    assert found["United States"][9] is None


def test_january_and_february_are_one_period_without_months() -> None:
    found = rows(without_month(TWO_MONTHS))
    assert found["Russia"][:4] == ["2026-01-01", "2026-02-28", "CNY", "100000000"]
    assert found["Russia"][10:] == [None, "560.1", None, "270.0", None, "290.1", "-6.9", "-10.0", "-3.9"]


def test_february_of_its_own_is_a_month_and_january_may_have_no_cumulative_figures() -> None:
    assert rows(PAGE.replace("March 2026", "Feb 2019"))["Russia"][:2] == ["2019-02-01", "2019-02-28"]
    both = TWO_MONTHS.replace("Jan-Feb 2026", "Feb 2020")
    assert rows(without_month(both))["Russia"][:2] == ["2020-01-01", "2020-02-29"]
    january = rows(without_month(TWO_MONTHS.replace("Jan-Feb 2026", "Jan. 2019")))["Russia"]
    assert (january[:2], january[10:12]) == (["2019-01-01", "2019-01-31"], [None, "560.1"])


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (PAGE.replace("USD1 Million", "CNY 100 Million"), "the title says USD and the unit says CNY"),
        (PAGE.replace("Unit: USD1 Million", ""), "does not state its unit"),
        (PAGE.replace("Country/Region, March", "Commodity, March"), "is not that of the table by country"),
        (PAGE.replace("<td>Russia</td>", ""), "'190.5' where the partner belongs; the row is shifted"),
        (PAGE.replace("<td>560.1</td>", ""), "has 9 cells where the table has 10"),
        (PAGE.replace("<td>560.1</td>", "<td>n.a.</td>"), "'n.a.' where a number belongs"),
        (PAGE.replace("<td>560.1</td>", "<td>560,1</td>"), "'560,1' where a number belongs"),
        (PAGE.replace("<td>560.1</td>", "<td>5,60.1</td>"), "'5,60.1' where a number belongs"),
        (PAGE.replace("<td>560.1</td>", "<td>1234,567</td>"), "'1234,567' where a number belongs"),
        (PAGE.replace("<td>560.1</td>", "<td><sup>a</sup></td>"), "'a' where a number belongs"),
        (PAGE.replace("<td>560.1</td>", "<td><s>560.1</s></td>"), "'560.1 (struck out)' where a number belongs"),
        (PAGE.replace("<td>560.1</td>", "<td>15,000.1</td>"), "15000.1, more than the total of 15000.0"),
        (PAGE.replace("<td>120.0</td>", "<td>400.1</td>"), "400.1, more than european union of 400.0"),
        (FIXTURE.read_text(encoding="utf-8"), "6 partners where at least 20 belong"),
        (PAGE.replace("March 2026", "Jan-Feb 2026"), "has 10 cells where the table has 7"),
        ("<html><body>moved</body></html>", "is not that of the table by country"),
        (PAGE.partition("<table>")[0], "the page has no table"),
    ],
)  # fmt: skip
def test_a_page_that_contradicts_itself_is_refused_in_one_sentence(page: str, reason: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        rows(page)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(("title", "currency"), [("(in RMB)", "CNY"), ("in USD", "USD"), ("Values, 2026", None)])
def test_the_currency_is_read_from_the_title(title: str, currency: str | None) -> None:
    assert currency_of(title) == currency


class Customs(Http):
    """Customs without a network: an index of 2025 and one of 2026."""

    row = (
        "<tr><td>(9) China's Total Export &amp; Import Values by Country/Region (in RMB)</td>"
        '<td><a href="/Statics/{}-2.html">Jan-Feb</a></td><td><a href="/Statics/{}-3.html">March</a></td></tr>'
        "<tr><td>(5) China's Major Exports by Quantity and Value (in CNY)</td>"
        '<td><a href="/Statics/x.html">Mar.</a></td></tr>'
        '<tr><td>(1) Total Values (in CNY)</td><td><a href="/Statics/y.html">Mar.</a></td></tr>'
    )

    def __init__(self, settings: Settings, tag: str) -> None:
        super().__init__(settings, Ledger(settings))
        self.said = tag

    def get(self, url: str, *args: Any, **kwargs: Any) -> Answer:
        year = "2025" if "2025" in url else "2026"
        older = '<a href="/statics/report/preliminary2025.html">2025</a>'
        return Answer(
            url=url, status=200, headers={}, content=f"{older}<table>{self.row.format(year, year)}</table>".encode()
        )

    def tag(self, *args: Any, **kwargs: Any) -> str:
        return self.said


@pytest.mark.parametrize(("tag", "revision"), [('"abc"', '2026-2 "abc"'), ("4711", "2026-2 4711 ")])
def test_partitions_are_the_tables_of_every_year(settings: Settings, tag: str, revision: str) -> None:
    asked = settings.model_copy(update={"history_from": 2025, "history_to": 2026})
    parts = list(gacc.partitions(asked, None, Customs(asked, tag)))
    keys = ["02-CNY", "03-CNY", "03-X-CNY"]
    assert [part.key for part in parts] == [f"{year}-{key}" for year in (2025, 2026) for key in keys]
    assert parts[3].url == "http://english.customs.gov.cn/Statics/2026-2.html"
    assert parts[3].revision.startswith(revision)


class Headless(Customs):
    """Customs where nobody may ask for a page's head."""

    def __init__(self, settings: Settings, error: HttpFailed) -> None:
        super().__init__(settings, "")
        self.error = error

    def tag(self, *args: Any, **kwargs: Any) -> str:
        raise self.error


def test_a_server_without_head_is_looked_at_by_the_day_and_a_strict_one_is_left_alone(settings: Settings) -> None:
    asked = settings.model_copy(update={"history_from": 2026, "history_to": 2026})
    part = next(gacc.partitions(asked, None, Headless(asked, HttpFailed("405"))))
    assert part.revision == f"2026-2 0 {utc_now():%Y-%m-%d}"
    with pytest.raises(RateLimited):
        list(gacc.partitions(asked, None, Headless(asked, RateLimited("429"))))


class Chooser(Customs):
    """Customs as the site is: the years in a list to choose from, the links of a row in one cell."""

    row = (
        "<tr><td>4</td><td>(4) China's Total Export &amp; Import Values by Country/Region (in CNY)</td>"
        '<td><a href="/Statics/{0}-2.html">Feb.</a> <a href="/Statics/{1}-3.html">Mar.</a></td></tr>'
        "<tr><td>5</td><td>(5) China's Major Exports by Quantity and Value (in CNY)</td>"
        '<td><a href="/Statics/{0}-m.html">Mar.</a></td></tr>'
    )

    def get(self, url: str, *args: Any, **kwargs: Any) -> Answer:
        year = "2025" if "2025" in url else "2026"
        years = "<option>2026</option><option value=x> 2025 </option><option>All</option>"
        content = f"<h1>Since 2014</h1><select>{years}</select><table>{self.row.format(year, year)}</table>".encode()
        return Answer(url=url, status=200, headers={}, content=content)


def test_years_to_choose_from_are_found(settings: Settings) -> None:
    asked = settings.model_copy(update={"history_from": 2025, "history_to": 2026})
    parts = list(gacc.partitions(asked, None, Chooser(asked, '"t"')))
    keys = ["02-CNY", "03-CNY", "03-X-CNY"]
    assert [part.key for part in parts] == [f"{year}-{key}" for year in (2025, 2026) for key in keys]
    assert [part.period for part in parts][:2] == ["2025-02", "2025-03"]
    assert parts[0].url == "http://english.customs.gov.cn/Statics/2025-2.html"


def test_an_index_without_tables_is_said(settings: Settings) -> None:
    asked = settings.model_copy(update={"history_from": 2025, "history_to": 2025})
    customs = Customs(asked, "")
    customs.row = "<tr><td>Maintenance {} {}</td></tr>"
    with pytest.raises(FileRefused, match="lists no table by country"):
        list(gacc.partitions(asked, None, customs))


def test_a_page_lands_with_nothing_for_what_is_not_printed(settings: Settings) -> None:
    outcome = land_bytes(settings, COUNTRY, "2026-03-USD", PAGE.encode(), "html")
    assert (outcome.rows, outcome.rejects) == (21, 0), outcome.reason
    with land.landed(settings) as con:
        found = con.execute(
            "select total_month, yoy_total_pct from raw.gacc__preliminary_country where area_key = 'new zealand'"
        ).fetchone()
    assert found == (None, None)


def test_an_unknown_partner_lands_to_be_counted(settings: Settings) -> None:
    page = PAGE.replace("New Zealand", "Atlantis")
    outcome = land_bytes(settings, COUNTRY, "2026-03-USD", page.encode(), "html")
    assert (outcome.rows, outcome.reason) == (21, ""), "a new name does not hold up the others"


@pytest.mark.parametrize(
    ("page", "title", "published"),
    [
        (Page(2019, 7, 4, "USD"), "Jul 2019 (in USD)", "2019-08-08"),
        (Page(2021, 5, 4, "CNY"), "(6) China's Total", "2021-06-08"),
        (Page(2022, 4, 4, "CNY"), "Apr 2022 (in RMB)", "2022-05-08"),
        (Page(2023, 3, 4, "USD"), "March 2023", "2023-04-08"),
        (Page(2024, 2, 4, "CNY"), "Jan-Feb 2024", "2024-03-08"),
    ],
)
def test_the_quirks_of_the_pages_over_the_years_are_read(page: Page, title: str, published: str) -> None:
    text = html(Gacc(World())._page(page)).content.decode()
    found = rows(text)
    assert len(found) == 30
    assert all(values[2] == page.currency and values[6] == published for values in found.values())
    assert title in str(found["Total"][5])


def test_a_page_that_only_has_an_attachment_is_refused() -> None:
    with pytest.raises(FileRefused, match="the page has no table"):
        rows(html(Gacc(World())._page(Page(2019, 5, 4, "CNY"))).content.decode())


@pytest.mark.parametrize("table", ["core.fct_trade_growth", "marts.printed_growth", "marts.bilateral_year"])
def test_a_printed_growth_that_lands_fits_where_it_is_published(settings: Settings, table: str) -> None:
    """One that did not fit stopped the build of every source."""
    landed = load_contracts(settings.contracts)["gacc"].table("preliminary_country")
    widest = {column.data_type for column in landed.columns if column.name.startswith("yoy_")}
    assert widest == {"decimal(12,3)"}
    schema, name = table.split(".")
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "dbt_project/models" / schema).glob("*.yml")]
    models = [model for text in texts for model in yaml.safe_load(text).get("models") or []]
    columns = next(model["columns"] for model in models if model["name"] == name)
    printed = ("yoy_pct", "yoy_pct_min", "yoy_pct_max", "yoy_printed_pct", "turnover_yoy_published_pct")
    types = {column["data_type"].replace(" ", "") for column in columns if column["name"] in printed}
    assert types == widest
