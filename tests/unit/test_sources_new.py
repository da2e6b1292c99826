"""`entrepot sources new`: what is guessed of a table, what is asked, and the contract that comes of it."""

from __future__ import annotations

import calendar
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import py7zr
import pytest
import typer

from flows.cli import source_commands
from flows.contracts import code_list, load_contracts
from flows.errors import ContractError, EntrepotError, FileRefused
from flows.formats.figures import CellNumber
from flows.inbox.own.codes import area_system, flow_of, hs_code
from flows.inbox.own.draft import Answers, Draft, save
from flows.inbox.own.losses import losses
from flows.inbox.own.numbers import Spelling, guess_spelling
from flows.inbox.own.periods import guess_frequency, guess_layouts, read_period
from flows.inbox.own.questions import open_questions
from flows.inbox.own.sample import read_sample
from flows.settings import Settings

FINLAND = """Trade of Finland;;;;;
Reporter;Partner country;Month;HS6 code;Exports (1000 EUR);Net weight, tons
Finland;Russian Federation;2021M01;270900;123.456,7;1.234
Finland;Sweden;2021M01;270900;..;
Finland;Atlantis;2021M02;010121;5,5;3
"""
TIDY = """year,reporter_iso,partner_iso,flow,cmdCode,primaryValue,qty,qtyUnit
2020,FIN,RUS,Exports,TOTAL,100,,
2020,FIN,WLD,Imports,27,100,5,kg
"""


def draft(settings: Settings, path: Path, content: str | bytes, **said: Any) -> Draft:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Draft(settings, read_sample(path), Answers(**said))


def trade(drafted: Draft) -> dict[str, Any]:
    return drafted.trade()


def test_a_table_is_read_by_its_names_and_values(settings: Settings, tmp_path: Path) -> None:
    made = draft(settings, tmp_path / "Finnish Trade.csv", FINLAND, publisher="Tulli", licence="internal")
    assert trade(made) == {
        "reporter": {"column": "reporter", "codes": "name"},
        "partner": {"column": "partner_country", "codes": "name"},
        "product": {"column": "hs6_code", "classification": "HS", "total": ["TOTAL"]},
        "period": {"column": "month", "layouts": ["YYYYMMM"]},
        "values": [{"column": "exports_1000_eur", "flow": "X", "currency": "EUR", "multiplier": 1000}],
        "weight": {"column": "net_weight_tons", "kg_per_unit": 1000},
    }
    assert [question.field for question in open_questions(made)] == ["hs", "exports_valuation", "imports_valuation"]
    path = save(made)
    assert path == settings.own_contracts / "finnish_trade.yml"
    table = load_contracts(settings.contracts)["finnish_trade"].table("trade")
    assert (table.delimiter, table.decimal_mark, table.thousands_mark, table.header_row) == (";", ",", ".", 2)
    assert (table.null_texts, table.key) == (("..",), ("reporter", "partner_country", "month", "hs6_code"))
    assert not load_contracts(settings.contracts)["finnish_trade"].redistributable
    text = path.read_text(encoding="utf-8")
    assert "1 of 3 names in 'Partner country' are not known areas" in text
    assert "'Atlantis': no area is called much like it" in text


def test_flow_words_iso_codes_and_quantities_are_seen(settings: Settings, tmp_path: Path) -> None:
    made = draft(settings, tmp_path / "tidy.csv", TIDY, currency="usd")
    found = trade(made)
    assert found["flow"] == {"column": "flow", "values": {"Exports": "X", "Imports": "M"}}
    assert (found["reporter"]["codes"], found["partner"]["codes"]) == ("iso3", "iso3")
    assert found["period"] == {"column": "year", "layouts": ["YYYY"]}
    assert found["quantity"] == {"column": "qty", "unit_column": "qtyunit"}
    assert found["values"] == [{"column": "primaryvalue", "currency": "USD", "multiplier": 1}]


@pytest.mark.parametrize(
    "heading", ["出口增长", "出口同比", "Export growth", "Exports, percent of GDP", "Доля экспорта"]
)
def test_a_share_or_a_rate_of_change_is_no_value(settings: Settings, tmp_path: Path, heading: str) -> None:
    drafted = draft(settings, tmp_path / "t.csv", f"国家;年份;{heading};出口额\nDEU;2020;3.5;100\nFRA;2020;4.5;200\n")
    assert drafted.guess.values == {3: "X"}


def test_a_sheet_with_dates_of_one_day_a_year_is_yearly(settings: Settings, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["date", "exporter", "importer", "value_usd_mn"])
    for year in (2019, 2020, 2021):
        book.active.append([f"31/12/{year}", "Germany", "Viet Nam", year / 8])
    book.save(tmp_path / "b.xlsx")
    made = Draft(settings, read_sample(tmp_path / "b.xlsx"), Answers())
    found = trade(made)
    assert found["flow"] == {"constant": "X"}
    assert found["period"] == {"column": "date", "layouts": ["DD/MM/YYYY"], "frequency": "A"}
    assert found["values"] == [{"column": "value_usd_mn", "currency": "USD", "multiplier": 1000000}]
    assert made.sample.format == "xlsx"


def test_a_column_that_is_called_product_but_holds_no_codes_is_asked_about(settings: Settings, tmp_path: Path) -> None:
    table = "year,reporter,partner,commodity,exports_usd\n2020,FIN,SWE,crude oil,1\n2020,FIN,SWE,coal,2\n"
    made = draft(settings, tmp_path / "a.csv", table, publisher="p", licence="l")
    assert "product" in [question.field for question in open_questions(made)]
    made.answer("product", "TOTAL")
    assert "product" not in [question.field for question in open_questions(made)]
    assert "Rows that differ only in commodity are added up" in made.text()


@pytest.mark.parametrize(
    ("header", "is_read"),
    [("product", True), ("cmdCode", True), ("Produit", False), ("goods", True), ("commodity name", False)],
)
def test_a_later_file_of_single_products_is_not_taken_for_all_of_them(
    settings: Settings, tmp_path: Path, header: str, is_read: bool
) -> None:
    """TOTAL is a word for the World as well; what a column of goods is called says what it means."""
    made = draft(settings, tmp_path / "a.csv", f"year,reporter,partner,{header},exports_usd\n2020,FIN,SWE,TOTAL,1\n")
    if is_read:
        assert trade(made)["product"] == {"column": header.lower(), "classification": "HS", "total": ["TOTAL"]}
    else:
        assert trade(made)["product"] == {"constant": "TOTAL"}
        column = made.contract()["sources"][0]["tables"][0]["columns"][3]
        assert column["config"]["meta"]["accepted"] == ["TOTAL"], "the landing rejects any other"


def coded(header: str, *codes: str) -> str:
    rows = (f"{partner};X;{code};2020;{n}" for partner in ("SWE", "NOR") for n, code in enumerate(codes, 1))
    return "\n".join((f"partner;flow;{header};period;value_usd", *rows))


@pytest.mark.parametrize(
    ("header", "codes", "name"),
    [
        ("SITC Rev.4 commodity code", "TOTAL 03 33 78", "SITC"),
        ("sitc", "0 1 33", "SITC"),
        ("Product (BEC5)", "11 12 21", "BEC"),
        ("cpc_code", "01 02 33", "CPC"),
        ("Code CTCI", "03 33", "SITC"),
        ("ISIC4", "10 11 12", "ISIC"),
        ("СМТК код", "03 33", "SITC"),  # noqa: RUF001
    ],
)
def test_codes_of_another_classification_are_asked_about_and_never_hs(
    settings: Settings, tmp_path: Path, header: str, codes: str, name: str
) -> None:
    table = coded(header, *codes.split())
    made = draft(settings, tmp_path / "a.csv", table, reporter="FIN", publisher="p", licence="l")
    (asked,) = [question for question in open_questions(made) if question.field == "product"]
    assert asked.reason is not None
    assert asked.reason.startswith(f"{header!r} has codes of {name}, not of HS: name a column of HS codes")
    with pytest.raises(EntrepotError, match=f"names codes of {name}, not of HS: name a column of HS codes"):
        draft(settings, tmp_path / "a.csv", table, reporter="FIN", product=header).product()


def test_a_title_a_file_a_sheet_or_a_column_names_the_classification_too(settings: Settings, tmp_path: Path) -> None:
    table = coded("Product code", "03", "33", "78")
    beside = table.replace("period", "classification;period").replace(";2020", ";S4;2020")
    for name, text in (("a.csv", f"Trade by SITC;;;;\n{table}"), ("sitc_trade.csv", table), ("a.csv", beside)):
        made = draft(settings, tmp_path / name, text, reporter="FIN")
        assert (made.guess.product, made.guess.other_classification) == (None, "SITC")
        made.answer("product", "Product code")  # a person may know better than a title
        assert made.product()["column"] == "product_code"
    book = openpyxl.Workbook()
    book.active.title = "BEC"
    for line in table.splitlines():
        book.active.append(line.split(";"))
    book.save(tmp_path / "b.xlsx")
    assert Draft(settings, read_sample(tmp_path / "b.xlsx"), Answers()).guess.other_classification == "BEC"


@pytest.mark.parametrize("header", ["CN8 code", "HS code", "Commodity (Combined Nomenclature)", "Product"])
def test_national_lists_that_begin_with_hs_are_hs(settings: Settings, tmp_path: Path, header: str) -> None:
    made = draft(settings, tmp_path / "a.csv", coded(header, "27090010", "01012100"), reporter="FIN")
    assert (made.guess.product, made.guess.other_classification) == (2, None)


def test_00_beside_codes_is_no_total(settings: Settings, tmp_path: Path) -> None:
    codes = [f"{chapter:02}" for chapter in range(31)]
    made = draft(settings, tmp_path / "a.csv", coded("HS", *codes), reporter="FIN", currency="USD")
    assert made.product() == {"column": "hs", "classification": "HS", "total": ["TOTAL"]}
    assert losses(made)["unmapped_product", "USD"].examples == ["00"]
    alone = draft(settings, tmp_path / "a.csv", coded("HS", "00"), reporter="FIN")
    assert alone.product()["total"] == ["TOTAL", "00"]


def test_totals_beside_their_parts_are_not_added_up(settings: Settings, tmp_path: Path) -> None:
    made = draft(settings, tmp_path / "a.csv", coded("HS", "TOTAL", "01", "02"), reporter="FIN", product="TOTAL")
    with pytest.raises(EntrepotError, match=r"'HS' has rows of all products .'TOTAL'. beside rows of some"):
        made.product()


def test_rows_of_one_key_are_shown_as_rejected_before_the_run_rejects_them(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("partner,year,exports_usd\nSWE,2020,1\nSWE,2020,2\nNOR,2020,4\n")
    monkeypatch.setattr(source_commands, "get_settings", lambda: settings)
    source_commands.new(tmp_path / "a.csv", reporter="FIN", publisher="Me", licence="mine", yes=True)
    said = " ".join(capsys.readouterr().out.split())
    assert "0 of 3 figures of the file are used: the run rejects 2 of them and then refuses the file" in said
    assert "the run refuses the file: leave one row for each cell" in said


def test_a_figure_that_is_no_number_is_shown_as_rejected(settings: Settings, tmp_path: Path) -> None:
    lines = [f"SWE,{year},{year}" for year in range(1990, 2020)]
    table = "\n".join(("partner,year,exports_usd", *lines, "SWE,2020,12 kg", "SWE,2021,n/a"))
    found = losses(draft(settings, tmp_path / "a.csv", table, reporter="FIN"))
    assert found["broke_the_contract", "USD"].examples == ["12 kg"]
    assert found["no_value", "USD"].count == 1


@pytest.mark.parametrize(
    ("header", "figure", "reason"),
    [
        ("exports_usd", "Infinity", "no_value"),
        ("exports_usd", "1e15", "broke_the_contract"),
        ("exports_usd", "123456789012345678901", "broke_the_contract"),
        ("exports_usd", "999999999999999", "used"),
        ("exports_mln_usd", "2000000000", "broke_the_contract"),
        ("exports_mln_usd", "20000000", "used"),
        ("index;exports_usd", "100000000000000;5", "broke_the_contract"),
    ],
)
def test_figures_are_counted_as_the_run_takes_them(
    settings: Settings, tmp_path: Path, header: str, figure: str, reason: str
) -> None:
    """A value has 15 digits before the mark, times its multiplier too; any other figure is below 1e14."""
    other = "1;6" if ";" in header else "6"
    table = f"partner;year;{header}\nSWE;2019;{figure}\nNOR;2019;{other}\n"
    made = draft(settings, tmp_path / "a.csv", table, reporter="FIN", publisher="p", licence="l")
    assert losses(made)[reason, "USD"].count == (2 if reason == "used" else 1)
    assert ("more than anybody trades" in made.text()) is (reason == "broke_the_contract")


FLOW_OF_ANOTHER = {
    "a mark beside named values": ("Status,Period,Partner,Exports USD", ("M,2020,SWE,1", "M,2020,NOR,2"), "X"),
    "a total of goods": ("Commodity,Period,Partner,Exports USD", ("Total,2020,SWE,1", "Total,2020,NOR,2"), "X"),
    "a mark": ("Status,Period,Partner,Value USD", ("M,2020,SWE,1", "M,2020,NOR,2"), None),
    "two marks": ("Status,Period,Partner,Value USD", ("M,2020,SWE,1", "X,2020,NOR,2"), None),
    "a mark by any name": ("K,Period,Partner,Value USD", ("X,2020,SWE,1", "X,2020,NOR,2"), None),
    "against the name of the values": ("Flow,Period,Partner,Exports USD", ("M,2020,SWE,1", "M,2020,NOR,2"), None),
}


@pytest.mark.parametrize("case", FLOW_OF_ANOTHER)
def test_a_column_of_letters_is_no_flow_unless_it_is_called_one(settings: Settings, tmp_path: Path, case: str) -> None:
    head, lines, flow = FLOW_OF_ANOTHER[case]
    made = draft(settings, tmp_path / "a.csv", "\n".join((head, *lines)), reporter="FIN", publisher="p", licence="l")
    assert made.flow() is None
    assert [value.get("flow") for value in made.values()] == [flow]
    assert ("flow" in [question.field for question in open_questions(made)]) is (flow is None)


@pytest.mark.parametrize(
    ("name", "words"), [("Richtung", "X M"), ("种类", "出口 出口"), ("Type", "Exports Exports"), ("flow", "M M")]
)
def test_both_letters_or_words_of_trade_are_a_flow(settings: Settings, tmp_path: Path, name: str, words: str) -> None:
    first, second = words.split()
    table = f"{name},Period,Partner,Value USD\n{first},2020,SWE,1\n{second},2020,NOR,2\n"
    made = draft(settings, tmp_path / "a.csv", table, reporter="FIN")
    assert made.guess.flow == 0


def months_of_a_year(*more: str) -> str:
    names = [calendar.month_name[month] for month in range(1, 13)]
    rows = [f"SWE,2019,{name},10" for name in names]
    return "\n".join(("partner,year,month,exports_usd", *rows, *more))


@pytest.mark.parametrize("word", ["Total", "Year", "13", "Summe"])
def test_the_total_of_a_year_is_not_added_to_its_months(settings: Settings, tmp_path: Path, word: str) -> None:
    table = months_of_a_year(f"SWE,2019,{word},120")
    made = draft(settings, tmp_path / "a.csv", table, reporter="FIN", publisher="p", licence="l")
    assert made.period() == {"year": "year", "month": "month"}
    assert made.contract()["sources"][0]["tables"][0]["config"]["meta"]["key"] == ["partner", "year", "month"]
    found = losses(made)
    assert (found["used", "USD"].count, found["used", "USD"].value) == (12, 120)
    assert found["unmapped_period", "USD"].examples == [f"2019 {word}"]


def test_a_forecast_is_left_out_and_told(settings: Settings, tmp_path: Path) -> None:
    table = "partner,year,exports_usd\nSWE,2019,5\nSWE,2098,7\nNOR,2098,8\n"
    made = draft(settings, tmp_path / "a.csv", table, reporter="FIN", publisher="p", licence="l")
    found = losses(made)
    assert (found["used", "USD"].value, found["future_period", "USD"].value) == (5, 15)
    assert found["future_period", "USD"].examples == ["2098"]


@pytest.mark.parametrize(
    ("heading", "is_asked"),
    [
        ("exports_usd", False),
        ("exports, USD, Jan-Dec", False),
        ("exports_usd_ytd", True),
        ("exports USD cumulative", True),
        ("Exports USD, January-March", True),
        ("Ausfuhr USD kumuliert", True),
        ("Экспорт USD нарастающим итогом", True),
        ("出口 美元 累计", True),
        ("出口 美元 1-9月", True),
        ("exports USD, rolling 12 months", True),
    ],
)
def test_sums_since_january_are_asked_about(settings: Settings, tmp_path: Path, heading: str, is_asked: bool) -> None:
    table = months_of_a_year().replace("exports_usd", f'"{heading}"')
    said = {"reporter": "FIN", "flow": "X", "publisher": "p", "licence": "l"}
    made = draft(settings, tmp_path / "a.csv", table, **said)
    found = [question.option for question in open_questions(made) if question.default is None]
    assert found == (["--cumulative"] if is_asked else [])
    made.answer("cumulative", "no")
    assert "cumulative" not in [question.field for question in open_questions(made)]
    assert "is_cumulative" not in (made.period() or {})
    made.answer("cumulative", "yes")
    assert open_questions(made) == [question for question in open_questions(made) if question.default is not None]
    assert (made.period() or {})["is_cumulative"] is True


@pytest.mark.parametrize(
    ("heading", "is_asked"),
    [
        ("exports USD", False),
        ("exports USD, January-December", False),
        ("quarterly exports USD", False),
        ("exports USD, H1", True),
        ("exports USD, first half-year", True),
        ("exports USD, Q1", True),
        ("exports USD, 2nd quarter", True),
        ("exports USD, April-June", True),
        ("exports USD, June", True),
        ("exports USD, year ended June", True),
        ("exports USD, fiscal year", True),
        ("Экспорт USD, первое полугодие", True),
    ],
)
def test_a_part_of_each_year_is_no_year_unless_somebody_says_so(
    settings: Settings, tmp_path: Path, heading: str, is_asked: bool
) -> None:
    table = f'partner,year,"{heading}"\nSWE,2019,5\nNOR,2019,6\nSWE,2020,7\n'
    said = {"reporter": "FIN", "flow": "X", "publisher": "p", "licence": "l"}
    made = draft(settings, tmp_path / "a.csv", table, **said)
    found = [question for question in open_questions(made) if question.default is None]
    assert [question.option for question in found] == (["--cumulative"] if is_asked else [])
    assert not is_asked or "another span, which would count as figures of their year" in (found[0].reason or "")
    made.answer("cumulative", "no")
    assert all(question.default is not None for question in open_questions(made))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("partner,year,exports_usd_ytd\nSWE,2019,5\n", "need the month they end with, and the period is a year"),
        ("partner,month,X USD,X USD ytd\nSWE,2019-05,5,9\n", "reads as sums since January and 'X USD' beside it does"),
        (
            "partner,month,kind,exports_usd\nSWE,2019-05,month,5\nSWE,2019-05,cumulative,9\n",
            "'cumulative' reads as sums since January and 'month' beside it does not; leave one of the two",
        ),
    ],
)
def test_sums_that_nobody_can_place_are_refused(settings: Settings, tmp_path: Path, table: str, said: str) -> None:
    values = ["X USD=X", "X USD ytd=M"] if "X USD" in table else []
    made = draft(settings, tmp_path / "a.csv", table, reporter="FIN", flow=None if values else "X", values=values)
    made.answer("cumulative", "yes")
    with pytest.raises(EntrepotError, match=said):
        open_questions(made)


@pytest.mark.parametrize(
    ("header", "first", "second", "is_refused"),
    [
        ("Seasonal adjustment", "Unadjusted", "Seasonally adjusted", True),
        ("S_ADJ", "NSA", "SCA", True),
        ("Basis", "Customs", "Balance of payments", True),
        ("PRICE_BASE", "V", "Q", True),
        ("kind", "current prices", "constant prices", True),
        ("kind", "Preliminary", "Revised", True),
        ("Valuation", "CIF", "FOB", True),
        ("transport", "sea", "air", False),
        ("port", "Adjuntas", "Trent", False),
    ],
)
def test_two_views_of_the_same_trade_are_not_added_up(
    settings: Settings, tmp_path: Path, header: str, first: str, second: str, is_refused: bool
) -> None:
    rows = [f"{area},2019-05,{kind},5" for area in ("SWE", "NOR") for kind in (first, second)]
    table = "\n".join((f"partner,month,{header},exports_usd", *rows))
    made = draft(settings, tmp_path / "a.csv", table, reporter="FIN", publisher="p", licence="l")
    if is_refused:
        said = f"{header!r} has rows of {first!r} beside rows of {second!r} for the same trade"
        with pytest.raises(EntrepotError, match=said):
            made.contract()
        return
    made.contract()
    assert f"Rows that differ only in {header.lower()} are added up to one cell: take totals out." in made.notes
    apart = table.replace(f"NOR,2019-05,{second},5", "").replace(f"SWE,2019-05,{first},5", "")
    draft(settings, tmp_path / "a.csv", apart, reporter="FIN", publisher="p", licence="l").contract()


@pytest.mark.parametrize(("step", "is_asked"), [(10, True), (0, False), (-10, False)])
def test_figures_that_grow_all_year_are_asked_about(
    settings: Settings, tmp_path: Path, step: int, is_asked: bool
) -> None:
    rows = [f"{area},{year}-{m:02},{130 + step * m}" for area in ("SWE", "NOR") for year in (2019, 2020)
            for m in range(1, 13)]  # fmt: skip
    table = "\n".join(("partner,month,exports_usd", *rows))
    grown = draft(settings, tmp_path / "a.csv", table, reporter="FIN", publisher="p", licence="l")
    assert ("cumulative" in [question.field for question in open_questions(grown)]) is is_asked
    fallen = table.replace("NOR,2020-12,250", "NOR,2020-12,1")  # no such sum falls
    other = draft(settings, tmp_path / "a.csv", fallen, reporter="FIN", publisher="p", licence="l")
    assert not is_asked or "cumulative" not in [question.field for question in open_questions(other)]


def test_sums_up_to_one_month_of_every_year_are_no_figures_of_years(settings: Settings, tmp_path: Path) -> None:
    table = "partner,month,exports_usd_ytd\nSWE,2019-03,5\nSWE,2020-03,6\nSWE,2021-03,7\n"
    said = {"reporter": "FIN", "cumulative": "yes"}
    made = draft(settings, tmp_path / "a.csv", table, **said)
    assert made.period() == {"column": "month", "layouts": ["YYYY-MM"], "is_cumulative": True}


def test_months_the_build_would_take_for_others_are_refused(settings: Settings, tmp_path: Path) -> None:
    said = {"reporter": "FIN", "publisher": "p", "licence": "l"}
    summed = draft(settings, tmp_path / "a.csv", months_of_a_year("SWE,2019,Jan-Mar,30"), **said)
    with pytest.raises(EntrepotError, match="'month' has 'Jan-Mar' beside months, which is no single month"):
        open_questions(summed)
    german = months_of_a_year().replace("March", "März").replace("May", "Mai").replace("October", "Oktober")
    german = german.replace("December", "Dezember").replace("January", "Januar").replace("February", "Februar")
    russian = "partner,year,month,exports_usd\nSWE,2019,янв.,1\nSWE,2019,фев.,2\nSWE,2019,март,3\n"
    with pytest.raises(EntrepotError, match=r"'month' has months by names such as 'янв\.'; read them with --layout"):
        open_questions(draft(settings, tmp_path / "a.csv", russian, **said))
    with pytest.raises(EntrepotError, match="'month' has months by names such as 'Januar'; read them"):
        open_questions(draft(settings, tmp_path / "a.csv", german, **said))
    for table, count in ((russian, 3), (months_of_a_year("SWE,2019,Jan-Mar,30"), 12), (german, 12)):
        (tmp_path / "a.csv").write_text(table, encoding="utf-8")
        made = Draft(settings, read_sample(tmp_path / "a.csv", layout="months down"), Answers(**said))
        assert open_questions(made)
        assert losses(made)["used", "USD"].count == count


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("EU Imports", "M"),
        ("Goods, Value of Exports, Free on board (FOB), US Dollars", "X"),
        ("Domestic exports", "DX"),
        ("Total exports", "X"),
        ("Special imports", "M"),
        ("Quantity of imports", "-"),
        ("Balance of exports and imports", "-"),
        ("Exporting firms", None),
        ("Important goods", None),
    ],
)
def test_a_flow_is_known_wherever_its_word_stands(settings: Settings, word: str, code: str | None) -> None:
    assert flow_of(word, code_list("flow", settings.seeds)) == code


@pytest.mark.parametrize(
    ("year", "month", "word"),
    [
        ("Ano", "M\u00eas", "01. Janeiro"), ("A\u00f1o", "Mes", "Febrero"), ("Ann\u00e9e", "Mois", "F\u00e9vrier"),
        ("Anno", "Mese", "Maggio"), ("Rok", "Miesi\u0105c", "luty"), ("Jaar", "Maand", "mei"),
        ("Jahr", "Monat", "Januar"),
    ],
)  # fmt: skip
def test_years_and_months_are_known_in_more_languages(
    settings: Settings, tmp_path: Path, year: str, month: str, word: str
) -> None:
    table = f"{year};{month};partner;flow;value_usd\n2021;{word};SWE;X;5\n2022;{word};SWE;X;6\n"
    with pytest.raises(EntrepotError, match=f"'{month}' has months by names such as '{word}'; read them with --layout"):
        open_questions(draft(settings, tmp_path / "a.csv", table, reporter="BRA"))
    made = Draft(
        settings, read_sample(tmp_path / "a.csv", layout="months down"), Answers(reporter="BRA", multiplier="1")
    )
    assert losses(made)["used", "USD"].count == 2


def test_periods_in_words_lead_to_the_layout_that_reads_them(settings: Settings, tmp_path: Path) -> None:
    table = "partner,Time,exports_usd\nSWE,January 2021,1\nSWE,February 2021,2\n"
    for said in ({}, {"period": "Time"}):
        with pytest.raises(EntrepotError, match="'Time' has periods in words such as 'January 2021'; read them with"):
            open_questions(draft(settings, tmp_path / "a.csv", table, reporter="USA", **said))
    made = Draft(
        settings, read_sample(tmp_path / "a.csv", layout="periods down"), Answers(reporter="USA", multiplier="1")
    )
    assert losses(made)["used", "USD"].count == 2


@pytest.mark.parametrize(
    ("header", "code", "product", "is_asked"),
    [
        ("C\u00f3digo NCM", "27090010", "column", False),
        ("HTS Number", "2709001000", "column", False),
        ("Nr", "27090010", None, True),
        ("Mercanc\u00eda", "Petr\u00f3leo", None, True),
        ("updated", "20210101", "constant", False),
        ("\u5099\u8003", "270900", None, True),
    ],
)
def test_the_rows_of_one_product_are_not_taken_for_all_trade(
    settings: Settings, tmp_path: Path, header: str, code: str, product: str | None, is_asked: bool
) -> None:
    table = f"year,partner,flow,{header},value_usd\n2021,SWE,X,{code},5\n2022,SWE,X,{code},6\n"
    made = draft(settings, tmp_path / "a.csv", table, reporter="BRA")
    asked = {question.field: str(question.reason) for question in open_questions(made)}
    assert ("product" in asked) is is_asked
    assert not is_asked or ("what may be codes of goods" in asked["product"]) is code.isdigit()
    assert product is None or product in made.product()


def test_two_words_for_one_flow_of_the_same_trade_are_refused(settings: Settings, tmp_path: Path) -> None:
    rows = ("2020,SWE,General imports,5", "2020,{},Special imports,4")
    table = "\n".join(("year,partner,flow,value_usd", *rows))
    apart = draft(settings, tmp_path / "a.csv", table.format("NOR"), reporter="SGP", multiplier="1")
    assert losses(apart)["used", "USD"].value == 9
    with pytest.raises(EntrepotError, match="rows of 'General imports' beside rows of 'Special imports' for the same"):
        draft(settings, tmp_path / "a.csv", table.format("SWE"), reporter="SGP", multiplier="1").contract()


def test_a_total_beside_its_parts_in_any_other_column_is_refused(settings: Settings, tmp_path: Path) -> None:
    table = "year,partner,mode,exports_usd\n2020,SWE,sea,1\n2020,SWE,air,2\n2020,SWE,All modes,3\n2020,NOR,sea,4\n"
    made = draft(settings, tmp_path / "a.csv", table, publisher="p", licence="l", reporter="FIN")
    with pytest.raises(EntrepotError, match=r"'mode' has rows of a total .'All modes'. beside rows of its parts"):
        made.text()


def test_answers_stand_above_guesses(settings: Settings, tmp_path: Path) -> None:
    said = {"reporter": "Sweden", "partner": "reporter_iso", "flow": "M", "product": "TOTAL", "values": ["qty"]}
    table = TIDY.replace("TOTAL", "2709")
    made = draft(settings, tmp_path / "tidy.csv", table, **said, currency="EUR", multiplier="1000")
    found = trade(made)
    assert found["reporter"] == {"constant": "SWE"}
    assert found["partner"] == {"column": "reporter_iso", "codes": "iso3"}
    assert found["flow"] == {"constant": "M"}
    assert found["product"] == {"constant": "TOTAL"}
    assert found["values"] == [{"column": "qty", "currency": "EUR", "multiplier": 1000}]


def test_rows_alike_but_for_a_column_without_a_role_are_noticed(settings: Settings, tmp_path: Path) -> None:
    table = "year,partner,mode,exports_usd\n2020,FIN,sea,1\n2020,FIN,air,2\n"
    made = draft(settings, tmp_path / "a.csv", table, publisher="p", licence="l", reporter="SWE")
    assert "Rows that differ only in mode are added up to one cell" in made.text()
    assert made.contract()["sources"][0]["tables"][0]["config"]["meta"]["key"] == ["year", "partner", "mode"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            {"reporter": "Narnia"},
            "--reporter 'Narnia' is neither a column of a.csv nor a known economy, by name or code.",
        ),
        ({"values": ["worth"]}, "--value 'worth' is not a column of a.csv; it has 'year', 'reporter_iso'"),
        ({"flow": "sideways"}, "--flow 'sideways' is neither a column nor a flow"),
        ({"multiplier": "many"}, "--multiplier 'many' is not a number"),
        ({"weight": "qty", "weight_unit": "stone", "multiplier": "1"}, "--weight-unit 'stone' is not known"),
        ({"currency": "DOLLARS"}, "--currency 'DOLLARS' is not the code of a currency in `currency.csv`; say one of"),
        ({"exports_valuation": "FOO"}, "--exports-valuation 'FOO' is not a valuation; say FOB, CIF, FAS, customs."),
        ({"cadence": "never"}, "--cadence 'never' does not say how often the table appears; say daily, weekly"),
        ({"period_layout": "YYYY-Qq"}, "--period-layout 'YYYY-Qq' reads no period of 'year', such as '2020'; write"),
        ({"hs": "H9"}, "--hs 'H9' is no revision of HS; say H0 (1992) to H6 (2022)"),
    ],
)
def test_a_wrong_answer_is_told_before_anything_is_written(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: dict[str, Any], reason: str
) -> None:
    monkeypatch.setattr(source_commands, "get_settings", lambda: settings)
    (tmp_path / "a.csv").write_text(TIDY, encoding="utf-8")
    options = {"value" if name == "values" else name: value for name, value in said.items()}
    with pytest.raises(EntrepotError) as told:
        source_commands.new(tmp_path / "a.csv", publisher="p", licence="l", yes=True, **({"currency": "USD"} | options))
    assert reason in str(told.value)
    assert "\n" not in str(told.value)
    assert not (settings.own_contracts / "a.yml").exists()


@pytest.mark.parametrize("row", [0, -1])
def test_a_header_row_is_counted_from_1(tmp_path: Path, row: int) -> None:
    (tmp_path / "a.csv").write_text(TIDY, encoding="utf-8")
    with pytest.raises(FileRefused, match=rf"^--header-row {row} is no row of a.csv; the first one is 1\.$"):
        read_sample(tmp_path / "a.csv", header_row=row)


def test_a_refused_contract_is_called_by_the_name_it_would_have(settings: Settings, tmp_path: Path) -> None:
    made = draft(settings, tmp_path / "a.csv", TIDY, publisher="p", licence="l", currency="USD", name="Evil Name")
    with pytest.raises(ContractError, match=r"^Contract Evil Name.yml: 'Evil Name' cannot be the name of a source; "):
        save(made)
    assert not settings.own_contracts.exists()


@pytest.mark.parametrize(
    ("heading", "currency"),
    [
        ("Exports, KWD million", "KWD"),
        ("imports_vnd", "VND"),
        ("EXPORTS TO ALL PARTNERS", None),
        ("Top exports", None),
        ("Exports, TRY", "TRY"),
    ],
)
def test_any_currency_is_known_by_its_code_and_no_word_is_one(
    settings: Settings, tmp_path: Path, heading: str, currency: str | None
) -> None:
    made = draft(settings, tmp_path / "a.csv", f"partner,year,{heading!r}\nSWE,2020,1\n".replace("'", '"'))
    assert made.guess.currency == currency


def test_a_column_of_currencies_takes_only_codes_the_warehouse_knows(settings: Settings, tmp_path: Path) -> None:
    table = "partner,year,currency,exports\nSWE,2020,USD,1\nNOR,2020,XYZ,2\n"
    with pytest.raises(EntrepotError, match="'currency': 'XYZ' is not the code of a currency"):
        draft(settings, tmp_path / "a.csv", table, reporter="FIN").values()
    made = draft(settings, tmp_path / "a.csv", table.replace("XYZ", "EUR"), reporter="FIN", publisher="p", licence="l")
    save(made)
    columns = {column.name: column for column in load_contracts(settings.contracts)["a"].table("trade").columns}
    assert columns["currency"].code_list == "currency"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("1,2,3\n4,5,6\n", "has no row that names its columns; say with --header-row"),
        ("a,b\n", "has a header and no row below it"),
        ("a,b,B\n1,2,3\n", "the header has 'b' more than once"),
        ("year,value,value\n2020,2,3\n2021,4,5\n", "the header has 'value' more than once"),
        ('{"a": 1}', "is not a table; a contract can be drafted from a CSV or an .xlsx file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is in the old Excel format"),
        (b"a,b\n\0\0\0", "is not a text file"),
    ],
)
def test_what_is_no_tidy_table_is_told_in_one_sentence(
    settings: Settings, tmp_path: Path, content: str | bytes, reason: str
) -> None:
    with pytest.raises(FileRefused) as told:
        draft(settings, tmp_path / "a.csv", content)
    assert reason in str(told.value)
    assert "\n" not in str(told.value)


def test_an_archive_of_7z_is_to_be_unpacked_first(settings: Settings, tmp_path: Path) -> None:
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as archive:
        archive.writestr("partner,month,exports_usd\nSWE,2021-01,1\n", "a.csv")
    with pytest.raises(FileRefused, match=r"a\.7z is an archive; unpack it"):
        draft(settings, tmp_path / "a.7z", (tmp_path / "a.7z").read_bytes())


def test_an_archive_is_to_be_unpacked_first(settings: Settings, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "of 2021.zip", "w") as archive:
        archive.writestr("a.csv", "partner,month,exports_usd\nSWE,2021-01,1\n")
    with pytest.raises(FileRefused, match=r"of 2021.zip is an archive; unpack it, and name the table that is in it\.$"):
        draft(settings, tmp_path / "of 2021.zip", (tmp_path / "of 2021.zip").read_bytes())


def test_figures_spelt_otherwise_than_the_others_are_told(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f'SWE,2021-0{n},{n}000.5,"{n} 234,5"\n' for n in range(1, 8))
    text = f"partner,month,exports_usd,imports_usd\n{rows}"
    made = draft(settings, tmp_path / "a.csv", text, reporter="FIN", publisher="p", licence="l")
    made.text()
    (said,) = [note for note in made.notes if "imports_usd" in note]
    assert said == (
        "The figures of the column 'imports_usd' are not used: they are spelt otherwise than the others, such as "
        "'1 234,5'. Spell all of them alike."
    )


def test_a_contract_is_never_written_over_another(settings: Settings, tmp_path: Path) -> None:
    save(draft(settings, tmp_path / "a.csv", TIDY, publisher="p", licence="l", currency="USD"))
    with pytest.raises(EntrepotError, match="exists; delete it, or give the source another name with --name"):
        save(draft(settings, tmp_path / "a.csv", TIDY, publisher="q", licence="l", currency="USD"))
    assert load_contracts(settings.contracts)["a"].publisher == "p"
    with pytest.raises(EntrepotError, match="There is a source gacc already"):
        draft(settings, tmp_path / "a.csv", TIDY, name="gacc").require_new()


def test_without_a_terminal_every_lacking_option_is_named(settings: Settings, tmp_path: Path) -> None:
    made = draft(settings, tmp_path / "a.csv", "who,when,how_much\nA,1,2\n")
    with pytest.raises(EntrepotError) as told:
        source_commands._answer(made, asks=False)
    assert str(told.value) == (
        "Cannot tell from a.csv: say --reporter, --partner, --period, --value, --currency, --multiplier, --publisher, "
        "--licence (where no column has the period, a first line such as 'Year: 2021' or 'Period: March 2021' says it; "
        "nothing in the table says what its figures count: 1 for single units, 1000 for thousands)."
    )


@pytest.mark.parametrize(
    ("head", "said", "is_asked"),
    [
        ("exports", {"currency": "USD"}, True),
        ("exports", {}, True),
        ("exports fob value", {"currency": "USD"}, True),
        ("exports_usd", {}, False),
        ("exports_usd", {"currency": "USD"}, False),
        ("exports,currency", {}, False),
    ],
)
def test_one_unit_is_one_only_where_the_table_names_its_currency(
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    head: str,
    said: dict[str, str],
    is_asked: bool,
) -> None:
    rows = "\n".join(f"{2020 + n},NOR,{n + 5}{',EUR' if 'currency' in head else ''}" for n in range(3))
    table = f"year,partner,{head}\n{rows}\n"
    made = draft(settings, tmp_path / "a.csv", table, reporter="FIN", publisher="p", licence="l", **said)
    if is_asked:
        with pytest.raises(EntrepotError, match=r"say (--currency, )?--multiplier .*1000 for thousands\)\.$"):
            source_commands._answer(made, asks=False)
        return
    source_commands._answer(made, asks=False)
    assert "so a figure counts single units of it; --multiplier says otherwise." in " ".join(
        capsys.readouterr().out.split()
    )
    assert trade(made)["values"][0]["multiplier"] == 1


@pytest.mark.parametrize("where", ["inbox", "folder of the warehouse", "elsewhere"])
def test_a_file_of_the_inbox_is_found_by_the_name_a_run_gives_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, where: str
) -> None:
    settings.inbox.mkdir(parents=True)
    (settings.inbox / "my sales.csv").write_text(
        "partner,month,imports\nSWE,2021-01,5\nNOR,2021-02,6\n", encoding="utf-8"
    )
    monkeypatch.setattr(source_commands, "get_settings", lambda: settings)
    folder, name = {
        "inbox": (settings.inbox, "my sales.csv"),
        "folder of the warehouse": (settings.warehouse, f"{settings.inbox.name}/my sales.csv"),
        "elsewhere": (tmp_path, "my sales.csv"),
    }[where]
    monkeypatch.chdir(folder)
    source_commands.new(
        Path(name), reporter="FIN", currency="EUR", multiplier="1", publisher="Me", licence="mine", yes=True
    )
    assert "Look it over, then `entrepot run`." in " ".join(capsys.readouterr().out.split())
    assert "my_sales" in load_contracts(settings.contracts)


def test_at_a_terminal_what_is_open_is_asked_one_by_one(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = {"reporter": "FIN", "currency": "EUR", "publisher": "Me", "licence": "mine", "unit": "1000"}
    asked: list[str] = []

    def prompt(text: str, default: str | None = None) -> str:
        asked.append(text)
        words = {"Whose": "reporter", "Which currency": "currency", "Who publishes": "publisher", "What may": "licence"}
        words["What is one unit"] = "unit"
        field = next((field for start, field in words.items() if text.startswith(start)), "")
        return replies.get(field) or str(default)

    monkeypatch.setattr(typer, "prompt", prompt)
    made = draft(settings, tmp_path / "a.csv", "partner,month,imports\nSWE,2021-01,5\nNOR,2021-02,6\n")
    source_commands._answer(made, asks=True)
    assert len(asked) == len(set(asked)) == 7
    source = load_contracts((settings.contracts[0], save(made).parent))["a"]
    roles = source.table("trade").trade
    assert roles is not None
    assert (roles.reporter.constant, roles.values[0].currency, roles.values[0].flow) == ("FIN", "EUR", "M")
    assert roles.values[0].multiplier == 1000
    assert source.publisher == "Me"


@pytest.mark.parametrize(
    ("values", "layouts"),
    [
        (["2020", "2021"], ("YYYY",)),
        (["2020-01", "2021-12"], ("YYYY-MM",)),
        (["202001", "202112"], ("YYYYMM",)),
        (["2021-M01"], ("YYYY-MMM",)),
        (["Q1 2021", "Q4 2021"], ("Qq YYYY",)),
        (["2021-Q1", "2021"], ("YYYY", "YYYY-Qq")),
        (["2021", "2021-Q1", "2021-01", "2021-02"], ("YYYY", "YYYY-Qq", "YYYY-MM")),
        (["2021-01", "2021/02", "2021.03"], ()),
        (["2021-01", "2021-02", "TOTAL 2021"], ("YYYY-MM",)),
        (["TOTAL 2020", "TOTAL 2021"], ()),
        (["Jan 2021", "Dec 2021"], ("Mon YYYY",)),
        (["13/02/2021", "01/02/2021"], ("DD/MM/YYYY",)),
        (["02/13/2021", "01/02/2021"], ("MM/DD/YYYY",)),
        (["01/02/2021", "01/03/2021"], ("DD/MM/YYYY",)),
        (["02/01/2021", "03/01/2021"], ("MM/DD/YYYY",)),
        (["02/03/2021", "03/02/2021"], ()),
        (["202152"], ()),
        (["spring"], ()),
        ([], ()),
    ],
)
def test_layouts_of_periods_are_seen_or_left_open(values: list[str], layouts: tuple[str, ...]) -> None:
    assert set(guess_layouts(values)) == set(layouts)


UNREAD = (
    "No layout reads the periods of 'when' in a.csv, such as {!r}; write them in the file as 2021, 2021-Q1 or 2021-03."
)
OF_A_BUDGET = (
    "'when' has years that end in the next, such as {!r}; the warehouse has calendar years, quarters and months, so "
    "get the table by one of these."
)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("I/2021", "II/2021", UNREAD), ("2021-III", "2021-IV", UNREAD), ("1. Quartal 2021", "2. Quartal 2021", UNREAD),
        ("Jan-21", "Feb-21", UNREAD), ("2019/20", "2020/21", OF_A_BUDGET), ("2008-09", "2009-10", OF_A_BUDGET),
        ("2020-2021", "2021-2022", OF_A_BUDGET),
    ],
)  # fmt: skip
def test_periods_no_layout_reads_have_to_be_rewritten(
    settings: Settings, tmp_path: Path, first: str, second: str, told: str
) -> None:
    table = f"partner,when,exports_usd\nSWE,{first},1\nNOR,{second},2\n"
    for said in ({}, {"period": "when"}):
        with pytest.raises(EntrepotError) as refused:
            open_questions(draft(settings, tmp_path / "a.csv", table, reporter="FIN", **said))
        assert str(refused.value) == told.format(first)


@pytest.mark.parametrize(
    ("name", "kilograms"),
    [
        ("Net weight (t)", 1000), ("Weight, tonnes", 1000), ("Net weight (1000 kg)", 1000), ("netweight_t", 1000),
        ("Weight (thousand tonnes)", 10**6), ("weight_kg", 1), ("вес, тыс. тонн", 10**6), ("Weight, 万吨", 10**7),
        ("净重 weight 千克", 1), ("Weight", None), ("Weight in short tons", None), ("Weight (Mt)", None),
    ],
)  # fmt: skip
def test_the_unit_of_a_weight_is_in_its_name(
    settings: Settings, tmp_path: Path, name: str, kilograms: int | None
) -> None:
    table = f"partner;year;exports_usd;{name}\nSWE;2020;1;5\nNOR;2020;2;6\n"
    made = draft(settings, tmp_path / "a.csv", table, reporter="FIN")
    assert (made.weight() or {}).get("kg_per_unit") == kilograms


def test_quarters_written_as_dates_are_seen() -> None:
    days = [f"2021-{month:02d}-01" for month in (1, 4, 7, 10)]
    assert guess_frequency(("YYYY-MM-DD",), days) == "Q"
    assert guess_frequency(("YYYY-MM-DD",), ["2021-01-01", "2021-02-01"]) is None
    assert guess_frequency(("YYYY", "YYYY-MM"), ["2018", "2019", "2020", "2021-01"]) is None, "a month beside years"
    assert str(read_period("Qq/YYYY", "Q3/2021")) == "2021-07-01"


@pytest.mark.parametrize(
    ("columns", "prefers_comma", "spelling"),
    [
        ([["1", "2.5"]], False, (".", "")),
        ([["1,234", "2,000.5"]], False, (".", ",")),
        ([["1.234,5", "7"]], False, (",", ".")),
        ([["1 234,5", "7"]], False, (",", " ")),
        ([["1,234"]], False, (".", ",")),
        ([["1,234"]], True, (",", "")),
        ([["1.234"]], True, (",", ".")),
        ([["1.5"]], True, (".", "")),
        ([["1", "2"]], True, (".", "")),
        ([["12", "n/a"], ["x1"]], False, (".", "")),
    ],
)
def test_spelling_of_numbers(columns: list[list[str]], prefers_comma: bool, spelling: tuple[str, str]) -> None:
    decimal, thousands = spelling
    assert guess_spelling(columns, prefers_comma) == Spelling(decimal=decimal, thousands=thousands)


@pytest.mark.parametrize(
    ("spelling", "text", "number"),
    [
        (Spelling(thousands=","), "1,234.5", "1234.5"),
        (Spelling(thousands=","), "1,5", None),
        (Spelling(thousands=","), "12,34,567", "1234567"),
        (Spelling(thousands=" "), "1234 1", None),
        (Spelling(decimal=",", thousands="."), "1.5", None),
        (Spelling(decimal=","), "1.234", None),
        (Spelling(decimal=",", has_cells=True), "1.234", None),
        (Spelling(decimal=",", thousands=".", has_cells=True), "1.234", "1234"),
        (Spelling(decimal=",", thousands=".", has_cells=True), "0.125", "0.125"),
        (Spelling(decimal=",", thousands=".", has_cells=True), CellNumber("1.234"), "1.234"),
        (Spelling(), ".5", "0.5"),
        (Spelling(), "\u0661\u0662", None),
    ],
)
def test_a_number_is_read_only_as_it_is_spelt(spelling: Spelling, text: str, number: str | None) -> None:
    assert spelling.read(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("mark", "figures", "is_asked"),
    [
        (";", "1.234 2.500 10.000", True),
        (";", "1,234 2,500 10", True),
        ("\t", "1,234 2,500", True),
        (",", "1.234 2.500", True),
        (",", '"1,234" "2,500"', True),
        (",", '"1,234" "2,500,000"', False),
        (",", '"1,234" 2.5', False),
        (";", "1.234 0.500", False),
        (";", "1.234 2.5", False),
        (";", "1,234 1234,500", False),
        (";", "1.234 1.234.567", False),
        (";", "1.234 2.345,6", False),
        (";", "1234 2500", False),
    ],
)
def test_a_mark_of_thousands_or_decimals_is_asked_about_where_no_figure_tells(
    settings: Settings, tmp_path: Path, mark: str, figures: str, is_asked: bool
) -> None:
    rows = [mark.join(("SWE", str(2000 + n), figure)) for n, figure in enumerate(figures.split())]
    table = "\n".join((mark.join(("partner", "year", "exports_usd")), *rows))
    made = draft(settings, tmp_path / "a.csv", table, reporter="FIN", publisher="p", licence="l")
    assert ("--decimal-mark" in [question.option for question in open_questions(made)]) is is_asked


@pytest.mark.parametrize(
    ("cells", "is_asked", "worth"),
    [
        (("1.234", "12.345,50", "2.345", "7.890", "123.456,75", "999,5"), False, "148270.75"),
        (("1.234", "2.345", "7.890"), True, None),
        (("1,234", "2,345", "7,890"), True, None),
        (("1.234", 2345.5, 7.891), True, None),
        (("1.234", "0.5"), False, "1.734"),
        (("1.234,5", 2.125, "1.000"), False, "2236.625"),
        ((1.234, 2.345, 7.891), False, "11.47"),
        ((1.234, "-", 1000), False, "1001.234"),
    ],
)
def test_numbers_typed_as_text_in_a_workbook_are_taken_or_asked_about_as_in_a_text_file(
    settings: Settings, tmp_path: Path, cells: tuple[object, ...], is_asked: bool, worth: str | None
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["partner", "year", "exports_usd"])
    for n, cell in enumerate(cells):
        book.active.append(["SWE", 2000 + n, cell])
    book.save(tmp_path / "b.xlsx")
    made = Draft(settings, read_sample(tmp_path / "b.xlsx"), Answers(reporter="FIN", publisher="p", licence="l"))
    assert ("--decimal-mark" in [question.option for question in open_questions(made)]) is is_asked
    if worth is not None:
        assert losses(made)["used", "USD"].value == Decimal(worth)


def test_years_across_a_workbook_typed_as_text_are_read_as_they_are_spelt(settings: Settings, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Exports of Finland (EUR)"])
    book.active.append(["Partner", 2019, 2020])
    book.active.append(["Sweden", "1.234", "1.234,5"])
    book.active.append(["Norway", 1234.5, 7.891])
    book.save(tmp_path / "b.xlsx")
    made = Draft(settings, read_sample(tmp_path / "b.xlsx"), Answers(reporter="FIN", publisher="p", licence="l"))
    assert made.sample.layout is not None
    assert losses(made)["used", "EUR"].value == Decimal("3710.891")


@pytest.mark.parametrize(("mark", "worth"), [(",", 13_734), (".", "13.734")])
def test_the_decimal_mark_said_is_taken(settings: Settings, tmp_path: Path, mark: str, worth: str) -> None:
    table = "partner;year;exports_usd\nSWE;2019;1.234\nSWE;2020;2.500\nSWE;2021;10.000\n"
    made = draft(settings, tmp_path / "a.csv", table, reporter="FIN", publisher="p", licence="l")
    made.answer("decimal_mark", mark)
    assert "decimal_mark" not in [question.field for question in open_questions(made)]
    assert losses(made)["used", "USD"].value == Decimal(worth)
    with pytest.raises(EntrepotError, match=r"--decimal-mark 'x' is neither \. nor ,"):
        made.answer("decimal_mark", "x")


@pytest.mark.parametrize(
    ("values", "system"),
    [
        (["FIN", "RUS"], "iso3"),
        (["FI", "RU"], "iso2"),
        (["246", "840"], "m49"),
        (["246", "842", "699"], "comtrade"),
        (["Finland", "Korea, Rep."], "name"),
    ],
)
def test_code_systems_of_areas(settings: Settings, values: list[str], system: str) -> None:
    assert area_system(values, settings.seeds) == (system, 1.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0101.21", "010121"),
        ("10121", "010121"),
        ("101,3", "010130"),
        ("01.01.21", "010121"),
        ("27", "27"),
        ("77", None),
        ("oil", None),
    ],
)
def test_hs_codes(text: str, code: str | None) -> None:
    assert hs_code(text) == code


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1254", "Ülke,Yıl,İhracat\nİzlanda,2020,5\nÇekya,2020,1\n"),  # noqa: RUF001
        ("cp857", "Ülke,Yıl,İhracat\nİzlanda,2020,5\nİsveç,2020,6\n"),  # noqa: RUF001
        ("koi8-r", "Страна,Год,Экспорт\nКитай,2020,5\nГермания,2020,6\n"),  # noqa: RUF001
        ("cp866", "Страна,Год,Экспорт\nКитай,2020,5\nГермания,2020,6\n"),  # noqa: RUF001
        ("mac-cyrillic", "Страна,Год,Экспорт\nКитай,2020,5\nГермания,2020,6\n"),  # noqa: RUF001
        ("windows-1251", "Країна,Рік,Експорт\nКитай,2020,5\nНімеччина,2020,6\n"),  # noqa: RUF001
        ("gb18030", "国家,年份,出口\n美国,2020,5\n德国,2020,6\n"),
        ("big5", "國家,年份,出口\n美國,2020,5\n德國,2020,6\n"),
        ("big5", "partner,year,goods\nCHN,2020,原油\nDEU,2020,煤炭及焦炭\n"),
        ("shift_jis", "国名,年,輸出\nアメリカ合衆国,2020,5\nドイツ,2020,6\n"),
        ("euc_kr", "국가,연도,수출\n미국,2020,5\n독일,2020,6\n"),
        ("euc_jp", "国名,年,輸出\nアメリカ合衆国,2020,5\nドイツ,2020,6\n"),
        ("windows-1252", "Pays,Année,Exportations\nRéunion,2020,5\nAlgérie,2020,6\n"),
        ("windows-1252", "partner,year,goods\nCHN,2020,Modèle\nDEU,2020,Pétrole brut, léger\n"),
        ("windows-1252", "Land,Ár,Virði\nÞýskaland,2020,5\nSvíþjóð,2020,6\n"),
        ("mac-roman", "Pays,Année,Exportations\nRéunion,2020,5\nAlgérie,2020,6\n"),
        ("windows-1250", "Kraj,Rok,Wartość\nWęgry,2020,5\nNiemcy,2020,6\n"),
        ("windows-1253", "Χώρα,Έτος,Εξαγωγές\nΓερμανία,2020,5\nΚίνα,2020,6\n"),  # noqa: RUF001
        ("windows-1255", "partner,year,x\nגרמניה,2020,5\nסין,2020,6\n"),  # noqa: RUF001
        ("windows-1256", "partner,year,x\nألمانيا,2020,5\nالصين,2020,6\n"),  # noqa: RUF001
        ("utf-16-le", "partner,year,x\nGermany,2020,5\nFrance,2020,6\n"),
        ("utf-16-be", "Страна,Год,Экспорт\nКитай,2020,5\n"),  # noqa: RUF001
    ],
)
def test_names_show_which_encoding_they_are_written_in(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    sample = read_sample(path)
    assert sample.header == tuple(text.partition("\n")[0].split(","))
    assert [row[0] for row in sample.rows] == [line.split(",")[0] for line in text.splitlines()[1:]]
    assert text.encode(sample.encoding) == text.encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "word"),
    [("koi8-r", "Нефть"), ("mac-cyrillic", "Нефть"), ("windows-1254", "Şeker"), ("shift_jis", "原油")],
)
def test_letters_that_leave_the_encoding_open_are_asked_about(tmp_path: Path, encoding: str, word: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"partner,year,goods\nCHN,2020,{word}\n".encode(encoding))
    with pytest.raises(
        FileRefused, match=r"^a\.csv is not UTF-8, and may be written in .*; say which with --encoding, or"
    ):
        read_sample(path)
    assert read_sample(path, encoding=encoding).rows[0][2] == word
    with pytest.raises(FileRefused, match="--encoding 'klingon' is not known; say one such as windows-1254"):
        read_sample(path, encoding="klingon")


def test_cyrillic_and_western_encodings_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Страна,Год\nКитай,2020\n".encode("windows-1251"))  # noqa: RUF001
    assert read_sample(path).encoding == "windows-1251"
    path.write_bytes("Pays,Année\nRéunion,2020\n".encode("latin-1"))
    assert (read_sample(path).encoding, read_sample(path).header[1]) == ("windows-1252", "Année")
    path.write_bytes("Pays,Année\nRéunion,2020\n".encode("utf-16"))
    assert (read_sample(path).encoding, read_sample(path).header) == ("utf-16", ("Pays", "Année"))
