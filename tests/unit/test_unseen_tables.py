"""Tables of portals and newspapers as they are downloaded or pasted, with invented figures: each is read whole."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from expectations.checks import Check, Result
from flows.contracts import load_contracts
from flows.errors import EntrepotError, FileRefused
from flows.formats.workbook import read
from flows.inbox.files import Unrecognised, scan
from flows.inbox.own.codes import area_named
from flows.inbox.own.draft import save
from flows.inbox.own.losses import losses
from flows.inbox.own.questions import open_questions
from flows.inbox.own.sample import read_sample
from flows.ledger import Ledger
from flows.read.raw_record import raw_place, raw_record
from flows.releases import gate_report
from flows.settings import Settings
from flows.steps.landing.parse import news
from tests.unit.test_land import ingest, query
from tests.unit.test_printed_tables import Cell, drafted, used, workbook

LIST = ["Year", "Partner", "Exports (USD million)"]
NORTH = [LIST, [2021, "Germany", 1.5], [2022, "India", 2]]
SOUTH = [LIST, [2021, "Brazil", 4], [2022, "Peru", 8.25]]


def text(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_trade_map_says_exported_value_in_a_year(settings: Settings, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["List of importing markets for the product exported by Peru"], ["Unit : US Dollar thousand"],
        ["Importers", "Exported value in 2019", "Exported value in 2020"],
        ["World", 30, 50], ["Germany", 10, 20], ["Viet Nam", 20, 30],
    ]  # fmt: skip
    draft = drafted(settings, workbook(tmp_path / "trademap.xlsx", List=rows), reporter="PER", multiplier=None)
    assert draft.sample.layout == "years across, flows across"
    assert draft.trade()["values"] == [{"column": "values", "currency": "USD", "multiplier": 1000}]
    assert used(draft) == 160_000


@pytest.mark.parametrize(
    ("periods", "read"),
    [
        (("2020-M12", "2021-M01"), ("2020-12", "2021-01")),
        (("2020-Q4", "2021-Q1"), ("2020-Q4", "2021-Q1")),
        (("December 2020", "Jan 2021"), ("2020-12", "2021-01")),
    ],
)
def test_trade_map_says_exported_value_in_a_month_or_a_quarter(
    settings: Settings, ledger: Ledger, tmp_path: Path, periods: tuple[str, str], read: tuple[str, str]
) -> None:
    rows: list[list[Cell]] = [
        ["Importers", *(f"Exported value in {period}, US Dollar thousand" for period in periods)],
        ["World", 30, 50], ["Germany", 10, 20], ["Viet Nam", 20, 30],
    ]  # fmt: skip
    settings.inbox.mkdir(parents=True)
    draft = drafted(settings, workbook(settings.inbox / "trademap.xlsx", List=rows), reporter="PER", multiplier=None)
    assert draft.sample.layout == "periods across, flows across"
    assert used(draft) == 160_000
    save(draft)
    (outcome,) = ingest(settings, ledger, "trademap")
    assert (outcome.outcome, outcome.rows) == ("new", 6)
    found = query(settings, 'select periods_across, sum("values") from raw.trademap__trade group by all order by 1')
    assert found == [(read[0], 60), (read[1], 100)]


@pytest.mark.parametrize(
    "part", ["Jan-Mar {}", "H1 {}", "9M {}", "{} (YTD)", "I-IX {}", "M3 {}", "1-3.{}", "first half {}", "FY{}", "{}/22"]
)
def test_a_part_of_a_year_in_a_heading_is_not_taken_for_the_year(settings: Settings, tmp_path: Path, part: str) -> None:
    rows: list[list[Cell]] = [
        ["Importers", f"Exports {part.format(2020)}", f"Exports {part.format(2021)}"],
        ["World", 30, 50], ["Germany", 10, 20], ["Viet Nam", 20, 30],
    ]  # fmt: skip
    path = workbook(tmp_path / "parts.xlsx", List=rows)
    assert drafted(settings, path, reporter="PER").sample.layout is None


def test_semicolons_part_columns_where_decimal_commas_would_part_as_many(settings: Settings, tmp_path: Path) -> None:
    lines = ("Year;Exports, $bn;Imports, $bn;Turnover, $bn", "2019;12,4;5,6;18,0", "2020;11,1;6,3;17,4")
    draft = drafted(settings, text(tmp_path / "press.csv", *lines), reporter="BRA", partner="IND", multiplier=None)
    assert draft.sample.delimiter == ";"
    assert used(draft) == Decimal("35.4") * 10**9


def test_a_unit_in_the_header_of_a_flow_is_known_on_sheets_by_year(settings: Settings, tmp_path: Path) -> None:
    head: list[Cell] = ["Month", "Partner", "Exports (USD million)", "Imports (USD million)"]
    rows: list[list[Cell]] = [head, *([month, "Germany", 1, 2] for month in ("January", "February", "March"))]
    path = workbook(tmp_path / "months.xlsx", **{"2021": rows, "2022": rows})
    draft = drafted(settings, path, reporter="CHL", multiplier=None)
    assert draft.trade()["values"] == [{"column": "values", "currency": "USD", "multiplier": 1_000_000}]
    assert used(draft) == 18_000_000


def test_sheets_with_one_header_are_one_list_and_any_other_is_named(settings: Settings, tmp_path: Path) -> None:
    path = workbook(tmp_path / "lists.xlsx", North=NORTH, South=SOUTH, Notes=[["A note", "on method"], ["x", "y"]])
    draft = drafted(settings, path, reporter="ECU", multiplier=None)
    assert used(draft) == Decimal("15.75") * 10**6
    assert "Only sheets with the header of the first are read" in draft.text()
    save(draft)
    table = load_contracts(settings.contracts)["lists"].table("trade")
    records = list(read(path, table))
    assert [values[1] for _, values in records] == ["Germany", "India", "Brazil", "Peru"]
    assert len({number for number, _ in records}) == 4
    assert (
        news(table, path)
        == "lists.xlsx: the contract reads the sheets with one header; the sheets 'Notes' are not read."
    )


def test_a_sheet_that_is_named_is_read_alone(settings: Settings, tmp_path: Path) -> None:
    path = workbook(tmp_path / "lists.xlsx", North=NORTH, South=SOUTH)
    assert len(read_sample(path, sheet="South").rows) == 2


def test_the_imf_portal_names_the_currency_in_its_indicator(settings: Settings, tmp_path: Path) -> None:
    series = (
        "IMF.STA:IMTS(1.0.0),CHL.XG_FOB_USD.{}.A,Chile,'Exports of goods, Free on board (FOB), US dollar',{},Annual"
    )
    lines = [
        "DATASET,SERIES_CODE,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,2019,2020",
        *(f"{series.format(code, name)},{value},{value}".replace("'", '"') for code, name, value in (
            ("DEU", "Germany", 5), ("CHN", "'China, People\u2019s Republic of'", 7), ("G001", "World", 12))),
    ]  # fmt: skip
    draft = drafted(settings, text(tmp_path / "imf.csv", *lines))
    trade = draft.trade()
    assert trade["values"] == [{"column": "values", "currency": "USD", "multiplier": 1}]
    assert used(draft) == 48


def test_values_at_current_prices_are_values(settings: Settings, tmp_path: Path) -> None:
    lines = (
        "Year,Economy Label,Partner Label,Flow Label,US$ at current prices in thousands,Missing value",
        "2019,Peru,Germany,Exports,5,", "2019,Peru,India,Imports,7,",
    )  # fmt: skip
    draft = drafted(settings, text(tmp_path / "unctad.csv", *lines), multiplier=None)
    assert draft.trade()["values"] == [
        {"column": "us_at_current_prices_in_thousands", "currency": "USD", "multiplier": 1000}
    ]


@pytest.mark.parametrize(
    "head", ['Partner,"Exports, 1000 USD",Year', ',"Exports, 1000 USD",Year', "Year,Exports USD,Partner"]
)
def test_a_figure_that_looks_like_a_year_makes_no_header(settings: Settings, tmp_path: Path, head: str) -> None:
    names = ("Sweden", "Norway", "Italy", "Spain")
    rows = [(name, f"{345 + year}", f"{year}") for name in names for year in (2019, 2020)]
    rows[5] = ("Italy", "2021", "2020")
    order = (2, 1, 0) if head.startswith("Year") else (0, 1, 2)
    lines = [head, *(",".join(row[at] for at in order) for row in rows)]
    draft = drafted(settings, text(tmp_path / "list.csv", *lines), reporter="FIN")
    assert draft.sample.layout is None
    assert used(draft) == sum(int(row[1]) for row in rows)


@pytest.mark.parametrize(
    "above", [("National Office;;;;", "Trade of Finland, USD million;;;;"), ("Partner: all;;;;",), ("Partner;all;;;",)]
)
def test_a_column_of_partners_stands_above_what_the_lines_over_it_say(
    settings: Settings, tmp_path: Path, above: tuple[str, ...]
) -> None:
    body = ("Partner;Exports;Exports;Imports;Imports", ";2020;2021;2020;2021", "Sweden;1;2;3;4", "Norway;5;6;7;8")
    draft = drafted(settings, text(tmp_path / "a.csv", *above, *body), reporter="FIN", currency="USD")
    assert draft.sample.layout == "flows across, years across"
    assert draft.sample.header == ("Partner", "flows across", "years across", "values")
    assert used(draft) == 36


def test_words_above_years_are_part_of_a_header(settings: Settings, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["Country", "Revised", "Provisional"],
        [None, 2019, 2020],
        ["Italy", 5, 6],
        ["Spain", 7, 8],
    ]
    for merged in ((), ("A1:A2",)):
        path = workbook(tmp_path / "two.xlsx", merged=merged, A=rows)
        draft = drafted(settings, path, reporter="FIN", flow="X", currency="EUR")
        assert draft.sample.layout == "years across"
        assert used(draft) == 5 + 6 + 7 + 8


def test_figures_in_equal_steps_are_no_second_header(settings: Settings, tmp_path: Path) -> None:
    lines = ("Country,2019,2020", "Italy,10,11", "Spain,2020,2021", "Norway,5,6")
    draft = drafted(settings, text(tmp_path / "a.csv", *lines), reporter="FIN", flow="X", currency="EUR")
    assert used(draft) == 10 + 11 + 2020 + 2021 + 5 + 6


@pytest.mark.parametrize(
    ("codes", "system"),
    [(["EL", "UK", "XI", "CH"], "iso2"), (["EL", "UK", "XS", "QU", "US"], "comext"), (["US", "ZZ", "DE"], "name")],
)
def test_codes_of_the_european_union_are_known(
    settings: Settings, tmp_path: Path, codes: list[str], system: str
) -> None:
    lines = ["period,partner,flow,value_eur", *(f"2020,{code},1,{n}" for n, code in enumerate(codes, 1))]
    draft = drafted(settings, text(tmp_path / "eu.csv", *lines), reporter="DEU")
    found: dict[str, Any] = draft.guess.areas
    assert found.get(1, "name") == system


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ('Year,Partner,"Exports{}(USD million)"', [3, 4]),
        ('"A note{}of two lines",,{}Year,Partner,Exports (USD million)', [4, 5]),
        ('"A note{}of two lines",,{}{}Year,"Partner{}country",Exports (USD million)', [6, 7]),
    ],
)
def test_notes_and_names_of_two_lines_are_read_as_drafted_and_lines_counted(
    settings: Settings, ledger: Ledger, tmp_path: Path, head: str, lines: list[int], line_end: str
) -> None:
    path = tmp_path / "two.csv"
    rows = [head.replace("{}", line_end), "2021,Germany,1.5", "2022,India,2"]
    path.write_bytes((line_end.join(rows) + line_end).encode())
    save(drafted(settings, path, reporter="ECU", multiplier=None))
    settings.inbox.mkdir(parents=True, exist_ok=True)
    (settings.inbox / "two.csv").write_bytes(path.read_bytes())
    (outcome,) = ingest(settings, ledger, "two")
    assert (outcome.outcome, outcome.rows, outcome.rejects) == ("new", 2, 0)
    assert query(settings, "select line from raw.two__trade order by line") == [(line,) for line in lines]


ACROSS = (
    "Trade of Finland;;;;", '"A note', 'of two lines";;;;', "million USD;;;;", "Partner;2020;;2021;",
    ";Exports;Imports;Exports;Imports",
    "Sweden;1;2;3;4", "Côte d'Ivoire;5;6;7;8", "", "USA;9;10;11;12.5",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "where"), [("across.csv", {1: ("line", 7), 8: ("line", 8), 12: ("line", 10), 13: ("figure", 13)})]
)
def test_explain_and_the_gate_lead_to_the_line_a_figure_of_a_layout_is_in(
    settings: Settings, ledger: Ledger, tmp_path: Path, name: str, where: dict[int, tuple[str, int]]
) -> None:
    path = tmp_path / name
    path.write_bytes("\r\n".join(ACROSS).encode("cp1252"))
    save(drafted(settings, path, reporter="FIN"))
    settings.inbox.mkdir(parents=True, exist_ok=True)
    (settings.inbox / name).write_bytes(path.read_bytes())
    (outcome,) = ingest(settings, ledger, "across")
    assert (outcome.outcome, outcome.rows) == ("new", 12)
    check = Check(name="c", table="core.fct_trade", description="d", fault="f", severity="warning", remedy="")
    found = [{"file_id": outcome.file_id, "line": number} for number in where]
    shown = gate_report.rows(settings, Result(check=check, passed=False, sample=found))
    assert [next((each, row[each]) for each in ("line", "figure") if each in row) for row in shown] == [*where.values()]
    contracts = load_contracts(settings.contracts)
    path_there = str(ledger.raw_path(ledger.raw_file(str(outcome.file_id))).relative_to(settings.warehouse))
    assert raw_place(settings, contracts, outcome.file_id, path_there, 12) == "line 10"
    said = raw_record(settings, contracts, outcome.file_id, path_there, 12)
    assert "partner USA" in said
    assert "values 12.5" in said


def test_a_figure_of_a_workbook_is_in_a_row_of_its_sheet(settings: Settings, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["Country", 2019, 2020], ["Italy", 5, 6], [], ["Spain", 7, 8]]
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    path = workbook(settings.warehouse / "two.xlsx", Exports=rows, Imports=rows)
    save(drafted(settings, path, reporter="FIN", currency="EUR"))
    contracts = load_contracts(settings.contracts)
    places = [raw_place(settings, contracts, "two/trade/x", path.name, number) for number in (1, 4, 5)]
    assert places == ["row 2 of the sheet Exports", "row 4 of the sheet Exports", "row 2 of the sheet Imports"]


def hide(path: Path, *names: str) -> Path:
    book = openpyxl.load_workbook(path)
    for name in names:
        book[name].sheet_state = "hidden"
    book.active = next(at for at, sheet in enumerate(book.worksheets) if sheet.title not in names)
    book.save(path)
    return path


def test_a_hidden_sheet_is_not_read_unless_it_is_named_and_is_told(settings: Settings, tmp_path: Path) -> None:
    path = hide(workbook(tmp_path / "lists.xlsx", Old=NORTH, New=SOUTH), "Old")
    draft = drafted(settings, path, reporter="ECU", multiplier=None)
    assert used(draft) == Decimal("12.25") * 10**6
    assert "reads 'Old'" in draft.text()
    save(draft)
    table = load_contracts(settings.contracts)["lists"].table("trade")
    assert [values[1] for _, values in read(path, table)] == ["Brazil", "Peru"]
    assert "the sheets 'Old' are not read" in news(table, path)
    assert [row[1] for row in read_sample(path, sheet="Old").rows] == ["Germany", "India"]


@pytest.mark.parametrize(
    ("number_format", "is_refused"),
    [("#,##0,", True), ("0.0,,", True), ('#,##0, "k"', True), ("#,##0", False), ('0.0","', False), ("0%", False)],
)
def test_a_number_shown_in_thousands_of_itself_is_refused(
    settings: Settings, tmp_path: Path, number_format: str, is_refused: bool
) -> None:
    path = workbook(tmp_path / "shown.xlsx", A=[LIST, [2021, "Germany", 1500000], [2022, "India", 2500000]])
    book = openpyxl.load_workbook(path)
    for cell in ("C2", "C3"):
        book["A"][cell].number_format = number_format
    book.save(path)
    if not is_refused:
        assert used(drafted(settings, path, reporter="ECU", multiplier=None)) == 4 * 10**12
        return
    with pytest.raises(FileRefused, match="row 2 holds 1500000 and shows it in thousands or millions"):
        read_sample(path)


def test_notes_below_a_short_table_do_not_hide_its_columns(settings: Settings, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [*NORTH, ["Source: the office"], ["* provisional"]]
    draft = drafted(settings, workbook(tmp_path / "short.xlsx", A=rows), reporter="ECU", multiplier=None)
    assert open_questions(draft) == []
    assert used(draft) == Decimal("3.5") * 10**6


def test_a_sheet_of_contents_leads_to_the_other_sheets(settings: Settings, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "book.xlsx", Contents=[["Sheet", "What"], ["T1", "Exports"], ["T2", "Imports"]], T1=NORTH
    )
    reasons = [question.reason for question in open_questions(drafted(settings, path, reporter="ECU"))]
    assert "only the sheet 'Contents' is read; --sheet reads another, such as 'T1'" in reasons


@pytest.mark.parametrize("figure", ["1234-", "$1,234.50", "1234 USD", "1.5 mn", "<0.5", "\u0661\u0662", "1234 1"])
def test_figures_that_are_no_numbers_are_told_where_the_values_are_asked_for(
    settings: Settings, tmp_path: Path, figure: str
) -> None:
    path = text(tmp_path / "odd.csv", "Year;Partner;Exports (USD)", f"2020;Sweden;{figure}", f"2021;Sweden;{figure}")
    asked = {question.field: question.reason for question in open_questions(drafted(settings, path, reporter="FIN"))}
    assert asked["values"] == (
        f"'Exports (USD)' is called a value, and {figure!r} in it cannot be read as a number; write plain numbers"
    )


CHINESE = "年份,国家,出口额(万美元)\n2020,俄罗斯,12\n2021,日本,13\n"


@pytest.mark.parametrize(
    ("content", "written_in", "encoding"),
    [
        (CHINESE, "gb18030", "gb18030"),
        ("年,国,輸出額\n2020,ロシア,12\n2021,中国,13\n", "shift_jis", "shift_jis"),
        ("年,国,輸出額\n2020,ロシア,12\n2021,中国,13\n", "euc_jp", "euc_jp"),
        ("연도,국가,수출액\n2020,러시아,12\n2021,중국,13\n", "euc_kr", "euc_kr"),
        ("NAPR;STRANA;STOIM\n\u0418\u041c;CN;1\n\u042d\u041a;CN;2\n", "windows-1251", "windows-1251"),
        ("Pays;Année\nÎle créée;2020\nCôte d'Ivoire;2021\n", "windows-1252", "windows-1252"),
    ],
)
def test_the_encoding_of_a_table_is_told_by_its_words(
    tmp_path: Path, content: str, written_in: str, encoding: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode(written_in))
    sample = read_sample(path)
    assert sample.encoding == encoding
    assert sample.header == tuple(content.partition("\n")[0].replace(";", ",").split(","))


def test_a_table_of_chinese_bytes_lands_as_drafted(settings: Settings, ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "gacc_own.csv"
    path.write_bytes(CHINESE.encode("gb18030"))
    draft = drafted(settings, path, reporter="CHN", multiplier=None)
    assert used(draft) == 25 * 10**4
    save(draft)
    settings.inbox.mkdir(parents=True, exist_ok=True)
    (settings.inbox / "gacc_own.csv").write_bytes(path.read_bytes())
    (outcome,) = ingest(settings, ledger, "gacc_own")
    assert (outcome.outcome, outcome.rows) == ("new", 2)
    assert query(settings, "select column_2 from raw.gacc_own__trade order by line") == [("俄罗斯",), ("日本",)]


def test_two_letters_of_cyrillic_are_not_read_as_western(settings: Settings, ledger: Ledger) -> None:
    settings.inbox.mkdir(parents=True, exist_ok=True)
    path = settings.inbox / "itts.csv"
    path.write_bytes("NAPR;STRANA\n\u0418\u041c;CN\n".encode("windows-1251"))
    (told,) = scan(settings)
    assert isinstance(told, Unrecognised)
    assert "is not written in UTF-8" in told.reason


def test_a_column_of_several_dimensions_is_refused_and_not_added_up(tmp_path: Path) -> None:
    rows = (r"freq,reporter,partner,flow\TIME_PERIOD\t2020 \t2021 ", "A,DE,RU,1\t5 \t6 p", "A,DE,RU,2\t: \t2 ")
    path = text(tmp_path / "eurostat.tsv", *(row.replace(r"\t2", "\t2") for row in rows))
    with pytest.raises(FileRefused, match=r"the first column holds several in one .*; get the file as SDMX-CSV"):
        read_sample(path)
    named = text(tmp_path / "named.csv", "Partner;Year;Value", '"Korea, Rep. of";2020;5', '"Sweden";2020;6')
    assert len(read_sample(named).rows) == 2


def test_a_word_for_no_figure_is_a_partner_or_a_flow_elsewhere(
    settings: Settings, ledger: Ledger, tmp_path: Path
) -> None:
    rows = ("year,partner,flow,value_usd", "2020,NA,x,NA", "2020,SE,x,7", "2020,DE,x,x", "2021,NA,x,9")
    path = text(tmp_path / "mine.csv", *rows)
    draft = drafted(settings, path, reporter="FIN")
    assert losses(draft)["used", "USD"].count == 2
    save(draft)
    settings.inbox.mkdir(parents=True, exist_ok=True)
    (settings.inbox / "mine.csv").write_bytes(path.read_bytes())
    (outcome,) = ingest(settings, ledger, "mine")
    assert (outcome.outcome, outcome.rows) == ("new", 4)
    landed = query(settings, "select partner, flow, value_usd from raw.mine__trade order by line")
    assert landed == [("NA", "x", None), ("SE", "x", Decimal(7)), ("DE", "x", None), ("NA", "x", Decimal(9))]


def test_origin_and_consignment_leave_the_partner_open(settings: Settings, tmp_path: Path) -> None:
    head = "Year,Country of origin,Country of consignment,Imports USD"
    path = text(tmp_path / "two.csv", head, "2020,Sweden,Norway,5", "2020,Sweden,Denmark,6")
    asked = {question.field: question.reason for question in open_questions(drafted(settings, path, reporter="FIN"))}
    assert str(asked["partner"]).startswith("'Country of origin' and 'Country of consignment' may each be the partner")
    said = drafted(settings, path, reporter="FIN", partner="Country of origin")
    assert (said.area("partner") or {})["column"] == "country_of_origin"


MILLION: list[list[Cell]] = [["Exports, USD million"], ["Country", 2019, 2020], ["Italy", 5, 6], ["Spain", 7, 8]]
THOUSAND: list[list[Cell]] = [["Imports, USD thousand"], ["Country", 2019, 2020], ["Italy", 5, 6], ["Spain", 7, 8]]
OF_THOUSANDS: list[list[Cell]] = [["Trade, USD thousand"], ["Year", "Partner", "Exports"], [2021, "Peru", 4]]
OF_MILLIONS: list[list[Cell]] = [["Trade, USD million"], ["Year", "Partner", "Exports"], [2022, "Peru", 4]]
IN_ONE: list[list[Cell]] = [["Country", "Exports 2019 (USD million)", "Exports 2020 (USD thousand)"], ["Italy", 5, 6]]


@pytest.mark.parametrize(
    "sheets", [{"A": MILLION, "B": THOUSAND}, {"A": OF_MILLIONS, "B": OF_THOUSANDS}, {"A": [*IN_ONE, ["Spain", 7, 8]]}]
)
def test_sheets_and_headings_in_different_units_are_asked_about(
    settings: Settings, tmp_path: Path, sheets: dict[str, list[list[Cell]]]
) -> None:
    path = workbook(tmp_path / "units.xlsx", **sheets)
    asked = {q.field: q for q in open_questions(drafted(settings, path, reporter="FIN", multiplier=None))}
    assert asked["multiplier"].default is None
    assert "say different units; read one sheet with --sheet" in str(asked["multiplier"].reason)


@pytest.mark.parametrize("units", [("tonnes", "USD million"), ("USD million", "tonnes"), ("%", "USD million")])
def test_a_year_over_a_quantity_and_a_value_is_that_of_the_value(
    settings: Settings, tmp_path: Path, units: tuple[str, str]
) -> None:
    figures = (3, 50) if units[1] == "USD million" else (50, 3)
    rows: list[list[Cell]] = [
        ["Country", 2019, None, 2020, None],
        [None, *units, *units],
        ["Italy", *figures, *figures],
        ["Spain", *figures, *figures],
    ]
    path = workbook(tmp_path / "spanned.xlsx", merged=("B1:C1", "D1:E1"), A=rows)
    draft = drafted(settings, path, reporter="FIN", flow="X", multiplier=None)
    assert open_questions(draft) == []
    assert used(draft) == 200 * 10**6
    save(draft)
    table = load_contracts(settings.contracts)["spanned"].table("trade")
    other = next(unit for unit in units if unit != "USD million")
    assert f"the columns {other!r} are not in the layout" in news(table, path)


@pytest.mark.parametrize("lost", ["#REF!", "#DIV/0!", "#NAME?", "#VALUE!"])
@pytest.mark.parametrize("is_across", [False, True])
def test_a_formula_that_failed_is_rejected_and_not_taken_for_no_value(
    settings: Settings, ledger: Ledger, tmp_path: Path, lost: str, is_across: bool
) -> None:
    across: list[list[Cell]] = [["Country", 2020, 2021], ["Germany", 1, lost], ["India", "#N/A", 4], ["Peru", 5, 6]]
    as_list: list[list[Cell]] = [["Year", "Country", "Exports (USD)"], [2020, "Germany", 1], [2021, "Germany", lost],
                                 [2020, "India", "#N/A"], [2021, "India", 4], [2020, "Peru", 5]]  # fmt: skip
    path = workbook(tmp_path / "failed.xlsx", A=across if is_across else as_list)
    draft = drafted(settings, path, reporter="FIN", flow="X", currency="USD")
    assert open_questions(draft) == []
    found = losses(draft)
    assert (found["broke_the_contract", "USD"].count, found["no_value", "USD"].count) == (1, 1)
    assert f"{lost!r} cannot be read as numbers" in draft.text()
    save(draft)
    (settings.warehouse / "inbox").mkdir(parents=True)
    path.rename(settings.warehouse / "inbox" / path.name)
    (outcome,) = ingest(settings, ledger, "failed")
    assert outcome.outcome == "failed"
    assert query(settings, "select value from raw.reject") == [(lost,)]


@pytest.mark.parametrize(
    ("exports", "imports"), [("Gross Exp.", "Gross Imp."), ("ЭК", "ИМ"), ("Re-Exp.", "Re-Imp."), ("Export", "Import")]
)
def test_flows_are_known_as_wits_and_russias_customs_shorten_them(
    settings: Settings, tmp_path: Path, exports: str, imports: str
) -> None:
    lines = ("NAPR,PERIOD,STRANA,STOIM", f"{exports},01/2021,CN,7", f"{imports},01/2021,CN,5")
    draft = drafted(settings, text(tmp_path / "flows.csv", *lines), reporter="RUS", currency="USD")
    assert open_questions(draft) == []
    trade, back = draft.trade(), "R" if exports.startswith("Re") else ""
    assert trade["flow"]["values"] == {exports: f"{back}X", imports: f"{back}M"}
    assert (trade["partner"], trade["values"][0]["column"]) == ({"column": "strana", "codes": "iso2"}, "stoim")


def test_codes_with_an_apostrophe_as_trade_map_writes_them_are_hs_codes(settings: Settings, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["Product code", "Product label", "Exported value in 2019", "Exported value in 2020"],
        ["'TOTAL", "All products", 100, 200], ["'01", "Live animals", 5, 6], ["'8471", "Computers", 95, 194],
    ]  # fmt: skip
    path = workbook(tmp_path / "trademap.xlsx", Data=rows)
    draft = drafted(settings, path, reporter="CHN", partner="WLD", hs="H5", currency="USD")
    assert open_questions(draft) == []
    assert draft.trade()["product"]["column"] == "product_code"
    assert {reason for reason, _ in losses(draft)} == {"used"}


@pytest.mark.parametrize(
    ("name", "area"),
    [("Area Nes", "X899"), ("Areas n.e.s.", "X899"), ("Other Europe, nes", "X568"), ("Other Europe n. e. s.", "X568"),
     ("Western Asia, not elsewhere specified", "X879"), ("Neutral Zone", "X536"), ("US Misc. Pacific Isds", "PUS")],
)  # fmt: skip
def test_what_publishers_call_areas_not_specified_is_known(settings: Settings, name: str, area: str) -> None:
    assert area_named(name, settings.seeds) == area


def test_months_before_a_decimal_comma_do_not_say_what_the_mark_is(settings: Settings, tmp_path: Path) -> None:
    head = "период;направление;страна;стоимость (тыс. долл.);вес нетто (кг)"
    lines = (head, "01.2021;ЭК;Китай;1 234,5;100", "01.2021;ИМ;Китай;234,5;10", "02.2021;ЭК;Германия;34,5;5")
    draft = drafted(settings, text(tmp_path / "customs.csv", *lines), reporter="RUS", multiplier=None)
    assert open_questions(draft) == []
    assert used(draft) == 1_503_500


@pytest.mark.parametrize(("header", "currency"), [("美元", "USD"), ("人民币", "CNY")])
def test_a_column_called_a_currency_alone_holds_the_values(
    settings: Settings, tmp_path: Path, header: str, currency: str
) -> None:
    lines = (f"数据年月,商品编码,贸易伙伴名称,{header}", "202101,27090000,俄罗斯,5000", "202101,27090000,美国,700")
    path = text(tmp_path / "customs.csv", *lines)
    draft = drafted(settings, path, reporter="CHN", flow="M", hs="H5")
    assert open_questions(draft) == []
    assert draft.trade()["values"] == [{"column": "column_4", "currency": currency, "multiplier": 1}]


@pytest.mark.parametrize("year", ["FY{}", "FY {}", "Fiscal year {}", "FY{}/22"])
def test_fiscal_years_are_refused_by_their_name(settings: Settings, tmp_path: Path, year: str) -> None:
    lines = ("Year,Partner,Exports (USD)", *(f"{year.format(n)},China,{n}" for n in (2019, 2020, 2021)))
    draft = drafted(settings, text(tmp_path / "fiscal.csv", *lines), reporter="IND")
    with pytest.raises(EntrepotError, match="has fiscal years, such as"):
        open_questions(draft)


def test_a_column_without_a_name_that_is_needed_is_named_by_its_place(settings: Settings, tmp_path: Path) -> None:
    lines = ("Year,,Exports (USD)", "2021,China,10", "2021,India,5")
    draft = drafted(settings, text(tmp_path / "blank.csv", *lines), reporter="DEU")
    with pytest.raises(EntrepotError, match=r"Column 2 of blank\.csv has no name in its header; write one there\."):
        save(draft)
