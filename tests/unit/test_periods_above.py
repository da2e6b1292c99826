"""Lists no column of which says the period: a line above the header, or the name of a sheet, says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.contracts import load_contracts
from flows.errors import EntrepotError, FileRefused
from flows.formats import layouts
from flows.formats.dropped import Dropped
from flows.formats.spoken_periods import calls_other_span, period_in
from flows.formats.words import flow_of_period
from flows.inbox.own.questions import open_questions
from flows.settings import Settings
from tests.unit.test_printed_tables import drafted, landed, used, workbook


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Table 5. Exports of Kenya by country of destination in 2021", "2021"),
        ("Trade by partner, January-December 2021", "2021"),
        ("Экспорт за 2021 год по странам", "2021"),
        ("2021年进出口", "2021"),
        ("2021年1-12月", "2021"),
        ("Exports 2021 in constant 2015 prices, HS 2017", "2021"),
        ("Trade by partner, January 2024 (million USD)", "2024-01"),
        ("Внешняя торговля, март 2024 г.", "2024-03"),  # noqa: RUF001
        ("May 2021", "2021-05"),
        ("I кв. 2024 г.", "2024-Q1"),  # noqa: RUF001
        ("2024年第一季度", "2024-Q1"),
        ("Trade of the common market 2021", "2021"),
        ("Main partners, 2021: decline of exports", "2021"),
        ("Surveys carried out 2021", "2021"),
        ("Exportaciones por país, marzo 2021", "2021-03"),
        ("Exports 2015-2021", None),
        ("Exports 2019 and 2020", None),
        ("Trade of 2020/21", None),
        ("Trade in fiscal year 2021", None),
        ("First half of 2021", None),
        ("January-June 2021", None),
        ("9 months of 2021", None),
        ("Exports 2021 (12 months)", "2021"),
        ("12 months to June 2021", None),
        ("Exports, six months ended June 2021", None),
        ("Exports, year ended June 2021", None),
        ("Rolling 12 months, June 2021", None),
        ("Year to date, June 2021", None),
        ("Cumulative, Q2 2021", None),
        ("Exports until June 2021", None),
        ("Exports to end June 2021", None),
        ("Exports up to and including June 2021", None),
        ("Exports since 2021M06", None),
        ("накопленным итогом, июнь 2021", None),
        ("Quarter ended March 2021", None),
        ("May, June 2021", None),
        ("January and December 2021", None),
        ("Exports from Kenya to Uganda, June 2021", "2021-06"),
        ("Exportaciones a China, marzo 2021", "2021-03"),
        ("2021年1-6月", None),
        ("Statistical Yearbook 2022", None),
        ("Source: Customs, 2021", None),
        ("Published 15 March 2022", None),
        ("Delivered on 15 March 2022", None),
        ("Data of 12.03.2021", None),
        ("Exports of 2,021 units", None),
    ],
)
def test_the_period_a_text_speaks_of(text: str, period: str | None) -> None:
    assert period_in([text]) == period


def test_several_lines_leave_no_doubt_or_none_is_taken() -> None:
    assert period_in(["Statistical Yearbook 2023", "Exports by country, 2021", "USD million"]) == "2021"
    assert period_in(["Exports by country, 2021", "compared with 2020"]) is None
    assert period_in(["Exports by country, January 2024", "compared with 2023"]) is None


@pytest.mark.parametrize(
    ("text", "by_years", "by_months"),
    [
        ("Exports (12 months), 2019-2021", False, False),
        ("Half-finished products and moving parts", False, False),
        ("Monthly exports, January 2019 to June 2021", False, False),
        ("Released in June", False, False),
        ("May exports", False, False),
        ("12 months to June", True, True),
        ("Exports by marketing year", True, True),
        ("Q3", True, False),
        ("April-June", True, False),
    ],
)
def test_a_title_that_calls_figures_sums_of_another_span(text: str, by_years: bool, by_months: bool) -> None:
    assert (calls_other_span(text, by_years=True), calls_other_span(text, by_years=False)) == (by_years, by_months)


@pytest.mark.parametrize(
    "heading", ["Exports to June 2021", "Exports, 12 months to 2021M06", "Exports through Q2 2021"]
)
def test_a_heading_of_what_ends_with_a_month_says_no_month(heading: str) -> None:
    assert flow_of_period(heading) is None
    assert flow_of_period("Exports, June 2021") == ("X", "2021-06")


KENYA = "Table 5. Exports of Kenya by country in {year}\nThousand US dollars\nCountry,Value\nChina,1.5\nUganda,2\n"


def test_a_list_below_its_year(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "kenya.csv"
    path.write_text(KENYA.format(year=2021))
    draft = drafted(settings, path, reporter="KEN", multiplier=None)
    assert draft.sample.layout == "flows on sheets, years on sheets"
    assert ("period", "years on sheets", "layouts: YYYY; here 2021") in draft.summary()
    found = {(r["country"], r["flows_on_sheets"], r["years_on_sheets"], r["value"]) for r in landed(settings, draft)}
    assert found == {("China", "X", "2021", "1.5"), ("Uganda", "X", "2021", "2")}
    assert used(draft) == 3500

    later, table = tmp_path / "later.csv", load_contracts(settings.contracts)["kenya"].table("trade")
    at = [column.name for column in table.columns].index("years_on_sheets")
    later.write_text(KENYA.format(year=2022))
    assert {record[at] for _, record in layouts.read(Dropped(later), table)} == {"2022"}
    later.write_text(KENYA.format(year="the first half of 2022"))
    with pytest.raises(FileRefused, match=r"no line above its header says one year.*'Year: 2021'"):
        list(layouts.read(Dropped(later), table))


def test_a_line_of_its_own_says_the_period_first(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "own line.csv"
    path.write_text("Period: March 2021,\nCompared with 2020,\nCountry,Imports USD\nChina,10\nIndia,30\n")
    draft = drafted(settings, path, reporter="KEN")
    assert draft.sample.layout == "periods on sheets"
    assert {record["periods_on_sheets"] for record in landed(settings, draft)} == {"2021-03"}


def test_a_title_and_its_number_are_no_header(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "numbered.csv"
    path.write_text(
        "Table 7,Imports by country in 2021,,\nNo,Country,Imports USD,Share\n1,China,10,.1\n2,India,30,.2\n"
    )
    draft = drafted(settings, path, reporter="KEN")
    assert {(r["country"], r["imports_usd"], r["years_on_sheets"]) for r in landed(settings, draft)} == {
        ("China", "10", "2021"), ("India", "30", "2021"),
    }  # fmt: skip


def test_a_sheet_for_each_year_and_flow(settings: Settings, tmp_path: Path) -> None:
    def sheet(flow: str, year: int) -> list[list[str | int | float | None]]:
        return [[f"{flow} by country, {year}, million USD"], ["Country", "Value"], ["China", year], ["Peru", 5]]

    sheets = {f"{flow} {year}": sheet(flow, year) for flow in ("Exports", "Imports") for year in (2020, 2021)}
    draft = drafted(settings, workbook(tmp_path / "sheets.xlsx", **sheets), reporter="KEN", multiplier=None)
    found = {(r["flows_on_sheets"], r["years_on_sheets"], r["country"], r["value"]) for r in landed(settings, draft)}
    assert found == {
        (flow, str(year), country, value)
        for flow in "XM"
        for year in (2020, 2021)
        for country, value in (("China", str(year)), ("Peru", "5"))
    }


def test_a_table_that_says_no_period_is_asked_about(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "kenya_2021.csv"
    for title in ("", "Statistical Yearbook 2022,\n", "January-June 2021,\n", "Exports 2020-2021,\n"):
        path.write_text(f"{title}Country,Exports USD\nChina,10\nIndia,30\n")
        asked = {
            question.field: question.reason for question in open_questions(drafted(settings, path, reporter="KEN"))
        }
        assert "'Year: 2021'" in (asked["period"] or "")


def test_a_column_of_periods_counts_whatever_the_title_says(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "dated.csv"
    for name, text in (("Year", "2019"), ("Reference", "2019-03"), ("Reference", "15.03.2019")):
        path.write_text(f"Exports in 2021,,\nCountry,{name},Exports USD\nChina,{text},10\nIndia,{text},30\n")
        assert drafted(settings, path, reporter="KEN").sample.layout is None


@pytest.mark.parametrize(
    ("year", "said"),
    [("2564", r"Buddhist calendar, such as '2564'; write .* \(2021\)"), ("1400", r"Solar Hijri .* 1400 began in 2021")],
)
def test_years_of_another_calendar_are_told(settings: Settings, tmp_path: Path, year: str, said: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(f"Country,Year,Exports USD\nChina,{year},1400\nIndia,{year},2564\n")
    with pytest.raises(EntrepotError, match=said):
        open_questions(drafted(settings, path, reporter="THA"))
