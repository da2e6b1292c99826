"""Tables as statistical offices print them: which layout they have, what is read, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from flows.contracts import Column, Table, load_contracts
from flows.errors import ContractError, FileRefused
from flows.formats import layouts
from flows.formats.dropped import Dropped
from flows.formats.figures import bare
from flows.formats.matrix import Layout
from flows.formats.period_words import month_of, period_of, year_of
from flows.formats.plain import plain
from flows.formats.words import flow_word
from flows.inbox.own.codes import area_named, likely_areas
from flows.inbox.own.draft import Answers, Draft, save
from flows.inbox.own.losses import losses
from flows.inbox.own.questions import open_questions
from flows.inbox.own.sample import read_sample
from flows.inbox.recognition import recognise
from flows.settings import Settings
from flows.sources.base import Partition
from flows.steps.landing.parse import news, parse, text_at

Cell = str | int | float | None

YEARS_ACROSS = [
    ["Exports of Finland by country, USD million"], [],
    ["Country", "Code", 2019, 2020, "2021*"],
    ["Germany (incl. former GDR)", "a", 10, 20, 30],
    ["Russian Federation (Russia)", "b", 5, None, 7],
    ["Сhina", "c", 1, 2, 3],  # the first letter is Cyrillic
    ["Atlantiss", "d", 100, 200, 300],
    ["World", "e", 116, 222, 340],
]  # fmt: skip
YEARS_ABOVE = [
    ["Внешняя торговля России с Китаем, млн долл. США"],
    ["", "Экспорт", "Импорт"],
    ["2021 год", 300, 30], ["январь", 100, 10], ["февраль", 200, 20],
    ["2022 год", 700, 70], ["январь", 300, 30], ["февраль", 400, 40],
]  # fmt: skip
TWO_HEADERS = [
    ["Страна", "2020", None, "2021", None, None],
    [None, "Экспорт", "Импорт", "Экспорт", "Импорт", "Темп роста, %"],
    ["Казахстан", 1, 2, 3, 4, 50],
    ["Республика Корея", 5, 6, 7, 8, 60],
    ["Узбекистан", 5, 6, 7, 8, 60],
]  # fmt: skip
PARTNERS_ACROSS = [
    ["年份", "日本", "韩国", "俄罗斯", "美国", "其他"],
    ["2019", 1, 2, 3, 4, 5],
    ["2020", 6, 7, 8, 9, 10],
]  # fmt: skip


def workbook(path: Path, merged: Sequence[str] = (), **sheets: Sequence[Sequence[Cell]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in merged:
            sheet.merge_cells(cells)
    book.save(path)
    return path


def drafted(settings: Settings, path: Path, **said: Any) -> Draft:
    usual = {
        "publisher": "Me",
        "licence": "mine",
        "exports_valuation": "FOB",
        "imports_valuation": "CIF",
        "multiplier": "1",
    }
    sample = read_sample(path, layout=said.pop("layout", None))
    return Draft(settings, sample, Answers(**(usual | said)))


def landed(settings: Settings, draft: Draft) -> list[dict[str, str | None]]:
    """The records of the file as its saved contract reads them."""
    assert [question.text for question in open_questions(draft)] == []
    save(draft)
    table = load_contracts(settings.contracts)[draft.name].table("trade")
    names = [column.name for column in table.columns]
    return [dict(zip(names, values, strict=True)) for _, values in layouts.read(Dropped(draft.sample.path), table)]


def used(draft: Draft) -> Decimal:
    return sum((share.value for (reason, _), share in losses(draft).items() if reason == "used"), Decimal(0))


def test_years_across_with_notes_look_alikes_and_an_aggregate(settings: Settings, tmp_path: Path) -> None:
    draft = drafted(settings, workbook(tmp_path / "finland.xlsx", Data=YEARS_ACROSS), reporter="FIN", multiplier=None)
    assert draft.sample.layout == "years across, flows on sheets"
    trade = draft.trade()
    assert trade["partner"]["values"] == {
        "Germany (incl. former GDR)": "DEU", "Russian Federation (Russia)": "RUS", "Сhina": "CHN",
    }  # fmt: skip
    assert trade["values"] == [{"column": "values", "currency": "USD", "multiplier": 1_000_000}]
    assert used(draft) == (10 + 20 + 30 + 5 + 7 + 1 + 2 + 3 + 116 + 222 + 340) * 1_000_000
    lost = losses(draft)["unmapped_area", "USD"]
    assert (lost.count, lost.value, lost.examples) == (3, Decimal(600_000_000), ["Atlantiss"])
    records = landed(settings, draft)
    assert len(records) == 14
    assert {record["years_across"] for record in records} == {"2019", "2020", "2021"}
    text = draft.path.read_text(encoding="utf-8")
    assert "layout: years across, flows on sheets\n" in text
    assert "'Atlantiss': no area is called much like it" in text


def test_years_above_months_down_in_russian(settings: Settings, tmp_path: Path) -> None:
    path = workbook(tmp_path / "torgovlya.xlsx", Лист=YEARS_ABOVE)
    draft = drafted(settings, path, reporter="RUS", partner="CHN", multiplier=None)
    assert draft.sample.layout == "flows across, years above, months down"
    assert draft.trade()["period"] == {"year": "years_above", "month": "months_down"}
    assert draft.trade()["values"] == [{"column": "values", "currency": "USD", "multiplier": 1_000_000}]
    assert used(draft) == (100 + 200 + 300 + 400 + 10 + 20 + 30 + 40) * 1_000_000
    assert losses(draft)["unmapped_period", "USD"].value == (300 + 30 + 700 + 70) * 1_000_000
    march = [r for r in landed(settings, draft) if r["months_down"] == "02" and r["flows_across"] == "M"]
    assert [(r["years_above"], r["values"]) for r in march] == [("2021", "20"), ("2022", "40")]


def test_two_header_rows_and_a_column_that_is_no_value(settings: Settings, tmp_path: Path) -> None:
    draft = drafted(settings, workbook(tmp_path / "two.xlsx", A=TWO_HEADERS), reporter="RUS", currency="USD")
    assert draft.sample.layout == "years across, flows across"
    assert draft.trade()["partner"]["codes"] == "name"
    assert used(draft) == 1 + 2 + 3 + 4 + 2 * (5 + 6 + 7 + 8)
    records = landed(settings, draft)
    assert len(records) == 12
    table = load_contracts(settings.contracts)["two"].table("trade")
    assert "'Темп роста, %'" in layouts.unread(Dropped(draft.sample.path), table)


def test_partners_across_in_chinese(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "zhongguo.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in PARTNERS_ACROSS), encoding="utf-8")
    draft = drafted(settings, path, reporter="CHN", flow="X", currency="USD")
    assert draft.sample.layout == "partners across"
    assert used(draft) == 1 + 2 + 3 + 4 + 6 + 7 + 8 + 9
    assert losses(draft)["unmapped_area", "USD"].examples == ["其他"]
    assert len(landed(settings, draft)) == 10


def test_sheets_that_say_the_flow_and_one_that_is_no_table(settings: Settings, tmp_path: Path) -> None:
    body = [
        ["TIME", "2020", None, "2021", None],
        ["PARTNER (Labels)"],
        ["Norway", 1, "p", 2, None],
        ["Japan", ":", None, 4, "p"],
    ]
    head = [["Data extracted on 01/02/2025"], ["Indicator:", "Value in euros"], ["Reporter:", "Germany"]]
    path = workbook(
        tmp_path / "eurostat.xlsx", Summary=[["Contents"]],
        Sheet1=[*head, ["Flow:", "IMPORT"], [], *body], Sheet2=[*head, ["Flow:", "EXPORT"], [], *body],
    )  # fmt: skip
    draft = drafted(settings, path)
    assert draft.sample.layout == "years across, flows on sheets, reporters on sheets"
    assert draft.trade()["values"][0]["currency"] == "EUR"
    assert used(draft) == 2 * (1 + 2 + 4)
    records = landed(settings, draft)
    assert {(r["flows_on_sheets"], r["values"]) for r in records if r["years_across"] == "2021"} == {
        ("M", "2"), ("M", "4"), ("X", "2"), ("X", "4"),
    }  # fmt: skip
    table = load_contracts(settings.contracts)["eurostat"].table("trade")
    assert "the sheets 'Summary'" in layouts.unread(Dropped(path), table)


def test_the_matrix_of_fao_by_names_and_not_by_numbers_of_another_list(settings: Settings, tmp_path: Path) -> None:
    head = "Reporter Country Code,Reporter Countries,Partner Country Code,Partner Countries,Item,Element,Unit,"
    head += "Y2020,Y2020F,Y2021,Y2021F"
    lines = [
        f"{code},{name},{other},{partner},Wheat,{element},{unit},{first},A,{second},E"
        for code, name, other, partner in (
            ("185", "Russian Federation", "59", "Egypt"),
            ("79", "Germany", "106", "Italy"),
            ("9", "Argentina", "21", "Brazil"),
        )
        for element, unit, first, second in (
            ("Export Value", "1000 USD", 10, 20),
            ("Export Quantity", "t", 7, 8),
            ("Import Value", "1000 USD", 3, 4),
        )
    ]
    path = tmp_path / "fao.csv"
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    draft = drafted(settings, path, product="TOTAL", multiplier=None)
    assert draft.sample.layout == "years across"
    trade = draft.trade()
    assert (trade["reporter"], trade["partner"]) == (
        {"column": "reporter_countries", "codes": "name"}, {"column": "partner_countries", "codes": "name"}
    )  # fmt: skip
    assert trade["flow"]["values"] == {"Export Quantity": "-", "Export Value": "X", "Import Value": "M"}
    by_unit = {"unit_column": "unit", "units": {"1000 USD": 1000}}
    assert trade["values"] == [{"column": "values", "currency": "USD", "multiplier": 1, **by_unit}]
    assert used(draft) == 3 * (10 + 20 + 3 + 4) * 1000
    assert losses(draft)["other_measure", "USD"].value == 0
    assert len(landed(settings, draft)) == 18


def test_one_year_that_is_marked_as_one_stands_across(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("Partner Countries,Element,Y2018,Y2018F\nBrazil,Export Value,1,A\nEgypt,Export Value,2,A\n")
    draft = drafted(settings, path, reporter="ARG", currency="USD")
    assert draft.sample.layout == "years across"
    assert used(draft) == 3


def test_several_currencies_have_a_column(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "currencies.csv"
    path.write_text(
        "year,partner,value,currency\n2020,Japan,5,USD\n2020,Norway,7,EUR\n2021,Japan,9,EUR\n", encoding="utf-8"
    )
    draft = drafted(settings, path, reporter="FIN", flow="X")
    assert draft.trade()["values"] == [
        {"column": "value", "currency_column": "currency", "currency": "USD", "multiplier": 1}
    ]  # fmt: skip
    assert {key: share.value for key, share in losses(draft).items()} == {("used", "USD"): 5, ("used", "EUR"): 16}


def test_the_whole_file_is_read(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    rows = [f"{1990 + n % 30},Japan,{n}" for n in range(30)] * 300
    path.write_text("\n".join(["year,partner,value", *rows, "2020,Nowhereland,1"]), encoding="utf-8")
    draft = drafted(settings, path, reporter="FIN", flow="X", currency="USD")
    assert len(draft.sample.rows) == 9001
    assert losses(draft)["unmapped_area", "USD"].examples == ["Nowhereland"]


def test_a_layout_is_one_line_and_a_wrong_one_is_told() -> None:
    assert str(Layout.of("years across, flows on sheets")) == "years across, flows on sheets"
    with pytest.raises(ContractError, match="the layout 'years sideways' is not known"):
        Layout.of("years sideways")


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Germany (incl. former GDR)", "DEU"), ("Russian Federation (Russia)", "RUS"), ("Россия", "RUS"),
        ("КНР", "CHN"),
        ("俄罗斯联邦", "RUS"), ("Сhina", "CHN"), ("China (Hong Kong)", "HKG"), ("Total", "WLD"), ("  Japan 1)", "JPN"),
        ("Korea (North)", "PRK"), ("Other countries", None), ("EU (27)", None),
        ("Congo, Democratic Republic of", "COD"), ("China, Republic of", None), ("Russian Fed.", "RUS"),
        ("Iran (Islamic Rep.)", "IRN"), ("Curaçao, Kingdom of the Netherlands", "CUW"), ("Faroe Isds", "FRO"),
        ("Гонконг (Китай)", "HKG"), ("Соединённые Штаты", "USA"), ("Côte d\u2019Ivoire", "CIV"), ("Dominica", "DMA"),
        ("China except Hong Kong", "CHN"), ("Китай кроме Гонконга", "CHN"), ("France (incl. Monaco)", "FRA"),
        ("World (excluding EU)", None), ("All countries (excl. intra-EU)", None), ("Africa except Egypt", None),
        ("European Union (excluding United Kingdom)", None), ("ASEAN (without Viet Nam)", None),
        ("Extra-EU27 (from 2020)", "XEU27"), ("United Kingdom (Northern Ireland)", None),
        ("Belgium-Luxembourg (...1998)", "BLX"), ("India (...1974)", None), ("Ethiopia (...1992)", "ETX"),
    ],
)  # fmt: skip
def test_names_are_read_where_they_leave_no_doubt(settings: Settings, text: str, area: str | None) -> None:
    assert area_named(text, settings.seeds) == area


def test_guesses_are_offered_and_not_taken(settings: Settings) -> None:
    assert "DEU" in likely_areas("Germny", settings.seeds)
    for name in ("World (excluding EU)", "ASEAN without Viet Nam", "United Kingdom (Northern Ireland)"):
        assert likely_areas(name, settings.seeds) == []
    assert area_named("Germny", settings.seeds) is None


def test_words_of_dates_and_flows() -> None:
    years = ("2021", "Y2021", "2021 г.", "2021年", "2021*")
    assert {year_of(text) for text in years} == {"2021"}
    assert [year_of(text) for text in ("12021", "Y2021F")] == [None, None]
    months = {"January": "01", "янв.": "01", "3月": "03", "март": "03", "mai": "05", "июнь": "06", "Germany": None}
    assert {text: month_of(text) for text in months} == months
    periods = ("2021-03", "2021M03", "Mar 2021", "март 2021 г.", "2021年3月", "03.2021")
    assert {period_of(text) for text in periods} == {"2021-03"}
    assert period_of("2021") is None
    flows = {"Exports": "X", "Импорт": "M", "出口": "X", "Export quantity": None, "Exports and imports": None}
    flows |= {"Exports, percent of GDP": None, "Exports, growth": None, "出口增长": None}
    assert {text: flow_word(text) for text in flows} == flows
    assert plain("Россия \u00b9") == "россия"


PRINTED = """Norway: exports by country, NOK million;;;
Country;2018;2019*;2020p
Germany;1 234,5;1\u00a0300,0*;1 250,1 p
Sweden;900,0;\u2013;not available
China;(2 000,5);2 100,5\u00b9;\u2026
Denmark;:;10,5;11,5(r)
Total;5 000;6\u202f000;7 000
"""


def test_marks_of_notes_dashes_and_brackets_are_read_as_printed(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "norway.csv"
    path.write_text(PRINTED, encoding="utf-8-sig")
    draft = drafted(settings, path, reporter="NOR", multiplier=None)
    assert draft.trade()["values"] == [{"column": "values", "currency": "NOK", "multiplier": 1_000_000}]
    assert used(draft) == Decimal("24807.1") * 1_000_000
    assert losses(draft)["no_value", "NOK"].count == 4
    assert losses(draft)["negative_value", "NOK"].value == Decimal("-2000.5") * 1_000_000
    assert len(landed(settings, draft)) == 15
    table = load_contracts(settings.contracts)["norway"].table("trade")
    with duckdb.connect() as con:
        parse(con, table, path)
        found = con.execute("select country, years_across, values from parsed where values is not null").fetchall()
    read = {(country, year): Decimal(value) for country, year, value in found}
    assert read["Germany", "2019"] == 1300
    assert read["Germany", "2020"] == Decimal("1250.1")
    assert read["China", "2018"] == Decimal("-2000.5")
    assert sum(value for value in read.values() if value > 0) * 1_000_000 == used(draft)


@pytest.mark.parametrize(
    ("printed", "number"),
    [("12,3*", "12,3"), ("1 250,1 p", "1 250,1"), ("11,5(r)", "11,5"), ("7 1)", "7"), ("(5.20)", "-5.20"),
     ("\u22127.5", "-7.5"), ("12 kg", "12 kg"), ("1e5", "1e5"), ("3)", "3)")],
)  # fmt: skip
def test_sql_takes_the_marks_off_a_number_as_python_does(printed: str, number: str) -> None:
    column = Column(name="v", header="v", data_type="double", description="d")
    table = Table(source="s", name="t", description="d", columns=(column,), key=("v",), printed_figures=True)
    with duckdb.connect() as con:
        found = con.execute(f"select {text_at(table, column, 'p')} from (select ? as p)", [printed]).fetchone()
    assert bare(printed) == number
    assert found == (number,)


@pytest.mark.parametrize(
    ("said", "currency", "multiplier"),
    [
        ("thsd. USD", "USD", 1000), ("thous. dollars", "USD", 1000), ("US$ m", "USD", 10**6),
     ("A$ million", "AUD", 10**6), ("R$ mil.", "BRL", 10**6), ("тысяч рублей", "RUB", 1000),
        ("миллиардов иен", "JPY", 10**9),
     ("SEK mn", "SEK", 10**6), ("1,000 US dollars", "USD", 1000), ("rubber to Europe, million CHF", "CHF", 10**6),
    ],
)  # fmt: skip
def test_units_in_the_lines_above(
    settings: Settings, tmp_path: Path, said: str, currency: str, multiplier: int
) -> None:
    rows = [["Trade by country"], [said], ["Country", 2019, 2020], ["Germany", 1, 2], ["Japan", 3, 4]]
    draft = drafted(settings, workbook(tmp_path / "a.xlsx", A=rows), reporter="FIN", flow="X", multiplier=None)
    assert (draft.trade()["values"][0]["currency"], draft.trade()["values"][0]["multiplier"]) == (currency, multiplier)


EUROSTAT_ROWS = [
    ["TIME", "2020", None, "2021", None],
    ["PARTNER (Labels)"],
    ["Russia", 1, None, 2, "p"],
    ["Japan", 3, None, ":", "c"],
    [],
    ["Special value"], [":", "not available"], ["Observation flags:"], ["p", "provisional"],
]  # fmt: skip


def test_reporter_flow_and_indicator_stand_in_lines_above_each_sheet(settings: Settings, tmp_path: Path) -> None:
    def sheet(reporter: str, flow: str, indicator: str) -> list[list[Cell]]:
        head: list[list[Cell]] = [["Reporter", None, reporter], ["Flow", None, flow], ["Indicators", None, indicator]]
        return [["Data extracted on 26/11/2025 from [ESTAT]"], *head, [], *EUROSTAT_ROWS]

    path = workbook(
        tmp_path / "estat.xlsx", Summary=[["Contents"]],
        Sheet1=sheet("Germany", "EXPORT", "Value in Euros"), Sheet2=sheet("France", "IMPORT", "Value in Euros"),
        Sheet3=sheet("France", "IMPORT", "Quantity in 100 kg"),
    )  # fmt: skip
    draft = drafted(settings, path)
    assert draft.sample.layout == "years across, flows on sheets, reporters on sheets"
    assert draft.trade()["partner"] == {"column": "partner_labels", "codes": "name"}
    assert used(draft) == 2 * (1 + 2 + 3)
    assert losses(draft)["other_measure", "EUR"].count == 3
    found = {(r["reporters_on_sheets"], r["flows_on_sheets"], r["partner_labels"], r["years_across"], r["values"])
             for r in landed(settings, draft)}  # fmt: skip
    assert not any(mark in note for note in draft.notes for mark in ("':'", "'p'", "Not known as flows"))
    assert ("Germany", "X", "Russia", "2021", "2") in found
    assert ("France", "-", "Japan", "2020", "3") in found


def test_labels_merged_over_several_rows_hold_for_each_and_balances_are_no_flow(
    settings: Settings, tmp_path: Path
) -> None:
    rows: list[list[Cell]] = [["Trade of Finland, EUR million"], ["Partner", "Flow", 2019, 2020]]
    for name, value in (("Russia", 1), ("Sweden", 10)):
        rows += [
            [name, "Exports", value, value + 1],
            [None, "Imports", value + 2, value + 3],
            [None, "Balance", -2, -2],
        ]
    path = workbook(tmp_path / "fin.xlsx", merged=("A3:A5", "A6:A8"), A=rows)
    draft = drafted(settings, path, reporter="FIN")
    assert draft.trade()["flow"]["values"] == {"Exports": "X", "Imports": "M", "Balance": "-"}
    assert used(draft) == 1 + 2 + 3 + 4 + 10 + 11 + 12 + 13
    assert losses(draft)["other_measure", "EUR"].count == 4
    assert ("Sweden", "12") in {(r["partner"], r["values"]) for r in landed(settings, draft)}


@pytest.mark.parametrize(
    ("headings", "note", "unread"),
    [
        (["2019", "2020", "2021*"], "* January-April", ["2021*"]),
        (["2019 г.", "2020 г.", "2021 г.1)"], "1) Январь - апрель 2021 года", ["2021 г.1)"]),
        (["2019", "2020", "2021(1)"], "(1) First half of the year.", ["2021(1)"]),
        (["2019", "2020", "2021*"], "* Preliminary; revised quarterly", []),
        (["2019*", "2020", "2021**"], "** Q1", ["2021**"]),
        (["2019", "2020", "2021 (Jan-Apr)"], "Source: customs", ["2021 (Jan-Apr)"]),
        (["2019", "2020", "2021 H1"], "Source: customs", ["2021 H1"]),
    ],
)
def test_a_year_that_is_none_by_its_heading_or_a_note_is_not_read_and_told(
    settings: Settings, tmp_path: Path, headings: list[str], note: str, unread: list[str]
) -> None:
    rows = [["Country", *headings], ["Germany", 10, 20, 30], ["China", 5, 6, 7], [], [note]]
    draft = drafted(settings, workbook(tmp_path / "years.xlsx", Trade=rows), reporter="FIN", flow="X", currency="USD")
    assert draft.sample.unread_columns == tuple(unread)
    found = {record["years_across"] for record in landed(settings, draft)}
    assert found == {"2019", "2020", *([] if unread else ["2021"])}
    notes = [note for note in draft.notes if "does not read the columns" in note]
    assert notes == ([f"The layout `years across` does not read the columns {unread[0]!r}."] if unread else [])
    table = load_contracts(settings.contracts)[draft.name].table("trade")
    assert (f"the columns {unread[0]!r} are not in the layout" if unread else "") in layouts.unread(
        Dropped(path=tmp_path / "years.xlsx"), table
    )


@pytest.mark.parametrize("is_merged", [True, False])
@pytest.mark.parametrize(
    ("rows", "merged", "said"),
    [
        (
            [["Country", "Trade, USD million", None], [None, "Exports", "Imports"], ["Japan", 1, 2], ["India", 5, 6]],
            ("A1:A2", "B1:C1"),
            "the header takes two rows, 'Trade, USD million' in row 1 above 'Imports' in row 2. Write one row that",
        ),
        (
            [
                ["国家", "进出口", None, "出口", None],
                [None, "12月", "1至12月", "12月", "1至12月"],
                ["日本", 1, 2, 3, 4],
            ],
            ("A1:A2", "B1:C1", "D1:E1"),
            "the header takes two rows, '进出口' in row 1 above '1至12月' in row 2",
        ),
        (
            [["Country", "Total", None, "Export", None], [None, "12", "1to12", "12", "1to12"], ["Japan", 1, 2, 3, 4]],
            ("A1:A2", "B1:C1", "D1:E1"),
            "the header takes two rows, 'Total' in row 1 above '1to12' in row 2",
        ),
    ],
)
def test_a_header_of_two_rows_that_is_no_layout_is_told_and_no_column_lost(
    tmp_path: Path, rows: list[list[Cell]], merged: tuple[str, ...], said: str, is_merged: bool
) -> None:
    """The second column of a name that spans two had no name, so that it was left out in silence."""
    with pytest.raises(FileRefused) as refusal:
        read_sample(workbook(tmp_path / "two.xlsx", merged if is_merged else (), Sheet=rows))
    assert said in str(refusal.value)


def test_a_figure_merged_over_two_rows_is_counted_once(settings: Settings, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["Country", 2019, 2020], ["Sweden", 5, 6], ["Norway", None, 7]]
    path = workbook(tmp_path / "one.xlsx", merged=("B2:B3",), A=rows)
    assert used(drafted(settings, path, reporter="FIN", flow="X", currency="EUR")) == 5 + 6 + 7


def test_a_table_further_down_has_its_own_years_and_flow(settings: Settings, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["Table 1. Exports, EUR thousand"], ["Country", 2018, 2019], ["Italy", 10, 11], ["Russia", 1, 2], [],
        ["Table 2. Imports, EUR thousand"], ["Partner", 2019, 2020], ["Italy", 20, 21], ["Russia", 3, 4],
    ]  # fmt: skip
    draft = drafted(settings, workbook(tmp_path / "two tables.xlsx", A=rows), reporter="ROU")
    assert draft.sample.layout == "years across, flows above"
    found = {(r["country"], r["flows_above"], r["years_across"], r["values"]) for r in landed(settings, draft)}
    assert found == {
        ("Italy", "X", "2018", "10"), ("Italy", "X", "2019", "11"), ("Russia", "X", "2018", "1"),
        ("Russia", "X", "2019", "2"), ("Italy", "M", "2019", "20"), ("Italy", "M", "2020", "21"),
        ("Russia", "M", "2019", "3"), ("Russia", "M", "2020", "4"),
    }  # fmt: skip


def test_a_list_on_a_sheet_for_each_year(settings: Settings, tmp_path: Path) -> None:
    def sheet(year: int) -> list[list[Cell]]:
        return [[f"Trade by country, {year}"], ["thous. USD"], ["Countries", "Export", "Import"], ["China", year, 2]]

    path = workbook(tmp_path / "mongolia.xlsx", **{"2019": sheet(2019), "2020": sheet(2020)})
    draft = drafted(settings, path, reporter="MNG", multiplier=None)
    assert draft.sample.layout == "flows across, years on sheets"
    found = {(r["years_on_sheets"], r["flows_across"], r["values"]) for r in landed(settings, draft)}
    assert found == {("2019", "X", "2019"), ("2019", "M", "2"), ("2020", "X", "2020"), ("2020", "M", "2")}


def test_quarters_across(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "quarters.csv"
    path.write_text("Country,2020Q1,2020Q2,2020Q3\nNorway,1,2,3\nDenmark,5,6,7\n", encoding="utf-8")
    draft = drafted(settings, path, reporter="ISL", flow="X", currency="USD")
    assert draft.trade()["period"] == {"column": "periods_across", "layouts": ["YYYY-Qq"]}
    assert used(draft) == 1 + 2 + 3 + 5 + 6 + 7


@pytest.mark.parametrize(
    "text", ["2021Q1", "2021-Q1", "Q1 2021", "1Q2021", "I кв. 2021 г.", "1 квартал 2021", "2021年第一季度"]
)
def test_words_of_quarters(text: str) -> None:
    assert period_of(text) == "2021-Q1"


RUSSIAN_LIST = (
    "Внешняя торговля;;;\nмлн долл. США;;;\nСтрана;Экспорт;Импорт;Год\nКитай;1 234,5;2 000;2020\nГермания;5;6;2020\n"
)


def test_a_list_in_russian_takes_its_unit_from_the_lines_above(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(RUSSIAN_LIST.encode("cp1251"))
    draft = drafted(settings, path, reporter="RUS", multiplier=None)
    assert {value["flow"]: value["multiplier"] for value in draft.trade()["values"]} == {"X": 10**6, "M": 10**6}
    assert used(draft) == Decimal("3245.5") * 1_000_000


def test_numbers_of_countries_are_no_products(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("Exports EUR 000\nCode,Country,2019,2020\n276,Germany,1,2\n826,Great Britain,3,4\n,Total,4,6\n")
    draft = drafted(settings, path, reporter="IRL", flow="X", multiplier=None)
    assert draft.product() == {"constant": "TOTAL"}
    assert used(draft) == (1 + 2 + 3 + 4 + 4 + 6) * 1000


def test_units_below_the_header_and_years_as_twelve_months(settings: Settings, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["№", "Страна", "Январь-декабрь 2019 г.", "Январь - декабрь 2020 г."],
        [None, None, "тыс. долл.", "тыс. долл."], [1, "Китай", 5, 6], [2, "Казахстан", 7, 8],
    ]  # fmt: skip
    path = workbook(tmp_path / "a.xlsx", A=rows)
    draft = drafted(settings, path, reporter="TJK", flow="M", multiplier=None)
    assert draft.trade()["values"] == [{"column": "values", "currency": "USD", "multiplier": 1000}]
    assert used(draft) == (5 + 6 + 7 + 8) * 1000
    assert [year_of(text) for text in ("2020年1-12月", "Jan-Dec 2021", "Jan-Mar 2021")] == ["2020", "2021", None]


def test_apostrophes_between_thousands_and_negative_values(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "swiss.csv"
    path.write_text(
        "Partner;Flow;Year;CHF\nItaly;Export;2020;1'234'567.5\nPeru;Export;2020;2\u2019000\nChad;Export;2020;(5)\n"
    )
    draft = drafted(settings, path, reporter="CHE")
    assert used(draft) == Decimal("1236567.5")
    lost = losses(draft)["negative_value", "CHF"]
    assert (lost.count, lost.value) == (1, -5)
    save(draft)
    table = load_contracts(settings.contracts)["swiss"].table("trade")
    with duckdb.connect() as con:
        parse(con, table, path)
        assert con.execute("select list(chf order by line) from parsed").fetchone() == (["1234567.5", "2000", "-5"],)


def test_other_sheets_of_a_list_are_told_before_and_at_the_run(settings: Settings, tmp_path: Path) -> None:
    def sheet(partner: str, year: int) -> list[list[Cell]]:
        return [["reporter", partner, "flow", "year", "value_usd"], ["Peru", "Chile", "X", year, 1]]

    path = workbook(tmp_path / "two.xlsx", **{"2020": sheet("partner", 2020), "2021": sheet("counterpart", 2021)})
    draft = drafted(settings, path)
    assert "reads '2021'" in draft.text()
    save(draft)
    table = load_contracts(settings.contracts)["two"].table("trade")
    assert "the sheets '2021' are not read" in news(table, path)


def test_a_contract_in_another_encoding_keeps_no_file_from_its_own(settings: Settings, tmp_path: Path) -> None:
    western, theirs = tmp_path / "western.csv", tmp_path / "theirs.csv"
    western.write_bytes("Country,2019,2020\nCôte d'Ivoire,1,2\nPeru,3,4\n".encode("latin-1"))
    save(drafted(settings, western, reporter="FRA", flow="X", currency="EUR"))
    theirs.write_text("Reporter,Partner,Flow,Year,Value USD\nJapan,Кaзахстан,Export,2020,1\n", encoding="utf-8")
    save(drafted(settings, theirs))
    found = recognise(Dropped(theirs), load_contracts(settings.contracts))
    assert isinstance(found, Partition)
    assert found.source == "theirs"


def test_year_and_flow_in_one_header_cell(settings: Settings, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["Country", "Exports 2019 (mn USD)", "Exports 2020 (mn USD)", "2019 Imports (mn USD)", "Export growth 2020, %"],
        ["Italy", 1, 2, 3, 100], ["China", 5, 6, 7, 20],
    ]  # fmt: skip
    draft = drafted(settings, workbook(tmp_path / "egypt.xlsx", A=rows), reporter="EGY", multiplier=None)
    assert draft.sample.layout == "years across, flows across"
    assert draft.trade()["values"] == [{"column": "values", "currency": "USD", "multiplier": 1_000_000}]
    found = {(r["country"], r["flows_across"], r["years_across"], r["values"]) for r in landed(settings, draft)}
    assert found == {
        ("Italy", "X", "2019", "1"), ("Italy", "X", "2020", "2"), ("Italy", "M", "2019", "3"),
        ("China", "X", "2019", "5"), ("China", "X", "2020", "6"), ("China", "M", "2019", "7"),
    }  # fmt: skip
    table = load_contracts(settings.contracts)["egypt"].table("trade")
    assert "'Export growth 2020, %'" in layouts.unread(Dropped(draft.sample.path), table)
