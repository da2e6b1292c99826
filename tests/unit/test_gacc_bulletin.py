"""China's customs: the monthly bulletin, what stands around a table, labels, and pages people save."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from flows.errors import FileRefused
from flows.settings import ROOT
from flows.sources import gacc, gacc_bulletin
from flows.sources.gacc.commodity import term_of
from flows.sources.gacc.division import division_table, level_of
from flows.sources.gacc.page import heading_of, page_of, span_of, table_of, text_of
from flows.sources.gacc.table import country_table, label_key
from standin.gacc_regions import REGIONS
from standin.gacc_table import COMMODITIES

COUNTRY = "(2) Imports and Exports by Country (Region) of Origin/Destination,9.2019"
DIVISION = "(4) Imports and Exports by HS Section and Division, 12. 2019"


def page(title: str, rows: list[list[str]], unit: str = "Unit:US$1,000", day: str = "2019/10/23") -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    return (
        f'<html><div class="atcl-ttl">{title}</div><div class="atcl-date">{day}</div><table>'
        f"<tr><td><span><b>{unit}</b></span></td></tr><tr><td>Country</td><td>9</td><td>1to9</td></tr>{body}</table></html>"
    )


def countries(russia: str = "5") -> list[list[str]]:
    rows = [["TOTAL", *["1,000"] * 6, "1.0", "-2.0", "-"], ["EUROPE:", *["500"] * 6, "1.0", "2.0", "3.0"]]
    rows += [[f"Land {n}", *["-"] * 6, "-", "-", "-"] for n in range(20)]
    return [*rows, ["Russia", russia, "50", "2", "20", "3", "30", "-1.0", "-2.0", "-3.0"]]


def divisions() -> list[list[str]]:
    rows = [["TOTAL", *["1,000"] * 4, "1.0", "-2.0"], ["Section V Mineral products", *["500"] * 4, "1.0", "2.0"]]
    return [*rows, *[[f"{n:02d} Goods", "1", "2", "-", "-", "-", "4.0"] for n in range(1, 25)]]


def test_the_bulletin_has_regions_partners_and_nothing_where_nothing_is() -> None:
    found = {values[7]: values for _, values in country_table(page(COUNTRY, countries()), "bulletin_country", "p")}
    assert found["Russia"][:4] == ["2019-09-01", "2019-09-30", "USD", "1000"]
    assert found["Russia"][8:] == ["russia", None, "5", "50", "2", "20", "3", "30", "-1.0", "-2.0", "-3.0"]
    assert found["EUROPE:"][8] == "europe"
    assert found["Land 3"][10:] == [None] * 9


def test_january_of_the_bulletin_is_a_month_and_january_with_february_two() -> None:
    title = COUNTRY.replace("9.2019", "1to2.2021")
    ((_, first), *_) = country_table(page(title, countries()), "bulletin_country", "p")
    assert first[:2] == ["2021-01-01", "2021-02-28"]
    ((_, first), *_) = country_table(page(COUNTRY.replace("9.2019", "2.2019"), countries()), "bulletin_country", "p")
    assert first[:2] == ["2019-02-01", "2019-02-28"]


def test_sections_and_chapters_are_read_by_their_codes() -> None:
    found = {values[7]: values for _, values in division_table(page(DIVISION, divisions()), "p")}
    assert found["Section V Mineral products"][8:10] == ["section", "V"]
    assert found["24 Goods"][:2] == ["2019-12-01", "2019-12-31"]
    assert found["24 Goods"][8:] == ["chapter", "24", "1", "2", None, None, None, "4.0"]


@pytest.mark.parametrize(
    ("label", "level"),
    [("Total", "total"), ("27 Mineral fuels", "chapter"), ("XVI. Machinery", "section"), ("Section I Live", "section"),
     ("Imports of others", "other"), ("2709 Crude oil", "other")],
)  # fmt: skip
def test_the_level_of_a_label(label: str, level: str) -> None:
    assert level_of(label)[0] == level


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (page(COUNTRY, countries("1,001")), "1001, more than the total of 1000"),
        (page(DIVISION, divisions()), "is not that of the bulletin's table by country"),
        (page(COUNTRY, countries()[:10]), "9 partners where at least 20 belong"),
        (page("Imports and Exports by Country (Region) of Origin/Destination", countries()), "is not that of"),
        (page(COUNTRY, [row[:9] for row in countries()]), "has 9 cells where the table has 10"),
        (page(COUNTRY, countries(), unit=""), "does not state its unit"),
    ],
)
def test_a_bulletin_that_contradicts_itself_is_refused(text: str, reason: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        list(country_table(text, "bulletin_country", "p"))
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (divisions()[:12], "10 chapters where at least 20 belong"),
        ([*divisions(), divisions()[-1]], "chapter 24 occurs twice"),
        ([*divisions(), ["30 Goods", "2,000", "-", "-", "-", "-", "-"]], "2000, more than the total of 1000"),
    ],
)
def test_a_table_of_sections_that_contradicts_itself_is_refused(rows: list[list[str]], reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        list(division_table(page(DIVISION, rows), "p"))


# -- what stands around a table --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "span"),
    [
        ("Values, March 2026 (in CNY)", (date(2026, 3, 1), date(2026, 3, 31))),
        ("Values by Major Country (Region), Jan. 2018", (date(2018, 1, 1), date(2018, 1, 31))),
        ("Values, Jan.-Feb. 2020 (in RMB)", (date(2020, 1, 1), date(2020, 2, 29))),
        ("Values, Feb 2020 (in USD)", (date(2020, 1, 1), date(2020, 2, 29))),
        ("Values, August 2018 (Only August, in CNY)", (date(2018, 8, 1), date(2018, 8, 31))),
        ("Origin/Destination, 12. 2019", (date(2019, 12, 1), date(2019, 12, 31))),
        ("Origin/Destination,1-2.2020", (date(2020, 1, 1), date(2020, 2, 29))),
        ("Origin/Destination, 13.2019", None),
        ("Values by Country/Region (in CNY)", None),
    ],
)
def test_the_period_is_read_from_the_title(title: str, span: tuple[date, date] | None) -> None:
    assert span_of(title) == span


@pytest.mark.parametrize(
    ("day", "published"),
    [("2019/10/23", date(2019, 10, 23)), ("23/10/2019", date(2019, 10, 23)), ("10/23/2019", date(2019, 10, 23)),
     ("08/10/2019", date(2019, 10, 8)), ("10/08/2019", date(2019, 10, 8)), ("soon", None)],
)  # fmt: skip
def test_a_day_is_read_in_any_order_and_lies_after_the_period(day: str, published: date | None) -> None:
    html, title = page_of(page(COUNTRY, countries(), day=day))
    assert heading_of(html, title, "bulletin_country", "p").published_on == published


def test_a_title_without_a_currency_takes_that_of_the_unit() -> None:
    html, title = page_of(page("Total Value of Imports and Exports by Major Country (Region), Jan. 2018", countries()))
    heading = heading_of(html, title, "preliminary_country", "p")
    assert (heading.currency, heading.factor) == ("USD", 1000)


def test_the_number_before_a_title_means_nothing() -> None:
    title = "China's Major Imports by Quantity and Value"
    assert {table_of(f"({n}) {title}") for n in range(9)} == {"preliminary_commodity"}


# -- labels -----------------------------------------------------------------------------------------------


def test_every_label_of_the_bulletin_and_of_the_commodity_tables_is_in_the_seeds() -> None:
    seeds = ROOT / "dbt_project" / "seeds"
    with (seeds / "gacc_label.csv").open(encoding="utf-8", newline="") as handle:
        areas = {row["gacc_label"]: row["area_code"] for row in csv.DictReader(handle)}
    with (seeds / "commodity_term.csv").open(encoding="utf-8", newline="") as handle:
        terms = {row["commodity_term"] for row in csv.DictReader(handle)}
    assert [label for label, _ in REGIONS if label_key(label) not in areas] == []
    assert [
        label for goods in COMMODITIES.values() for label, _, _ in goods if term_of(label.strip()) not in terms
    ] == []
    assert all(label_key(label) == label for label in areas), "the seed lists labels as they are looked up"
    written = {"R. O. Korea": "KOR", "United States (US)": "USA", "Cote d\u2019lvoir": "CIV", "Macao, China": "MAC"}
    assert {label: areas[label_key(label)] for label in written} == written


# -- pages people save ------------------------------------------------------------------------------------


def saved(text: str, charset: str) -> bytes:
    """The page as a browser saves it: declared charset, more head, scripts, the site's navigation."""
    head = (
        f'<!-- saved from url=(0035)http://english.customs.gov.cn/ --><html><head><meta charset="{charset}">'
        "<title>GACC</title><style>td { content: 'Unit: EUR 1' }</style><script>var rows = '<tr><td>Total</td></tr>';"
        "</script></head><body><table><tr><td>Home</td><td>\u4e2d\u6587\u7ad9</td></tr></table>"
    )
    return (head + text.removeprefix("<html>")).encode(charset)


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "GB18030"])
def test_a_saved_page_is_recognised_and_read_in_any_charset(charset: str) -> None:
    content = saved(page(COUNTRY, countries()), charset)
    assert "\u4e2d\u6587\u7ad9" in text_of(content)
    found = gacc_bulletin.recognise("whatever.htm", content)
    assert found is not None
    assert (found.table, found.key) == ("country", "2019-09")
    assert gacc.recognise("whatever.htm", content) is None
    assert len(list(country_table(text_of(content), "bulletin_country", "p"))) == len(countries())


@pytest.mark.parametrize(
    ("title", "table", "key"),
    [
        ("(4) China's Total Export & Import Values by Country/Region, Jan-Feb 2026 (in RMB)", "preliminary_country",
         "2026-02-CNY"),
        ("(6) China's Major Imports by Quantity and Value, May 2025 (in USD)", "preliminary_commodity",
         "2025-05-M-USD"),
        ("China's Total Export & Import Values by Country/Region (in CNY)", "preliminary_country", "undated"),
    ],
)  # fmt: skip
def test_a_saved_page_has_the_key_of_the_page_on_the_site(title: str, table: str, key: str) -> None:
    found = gacc.recognise("page.html", saved(page(title, []), "utf-8"))
    assert found is not None
    assert (found.table, found.key) == (table, key)


def test_another_page_is_nobodys() -> None:
    for text in ("<html><title>News</title></html>", "reporter,partner\n1,2\n", page("(5) Imports by Regime", [])):
        assert gacc.recognise("x", text.encode()) is None
        assert gacc_bulletin.recognise("x", text.encode()) is None


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_decides(mark: str) -> None:
    assert text_of("<html>\u6d77\u5173</html>".encode(mark)).endswith("\u6d77\u5173</html>")
