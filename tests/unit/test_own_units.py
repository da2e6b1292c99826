"""Tables of one's own whose rows have several units: the contract, what is told of it, and the SQL made of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from flows.errors import EntrepotError
from flows.inbox.own.draft import Answers, Draft, save
from flows.inbox.own.losses import losses
from flows.inbox.own.questions import open_questions
from flows.inbox.own.sample import read_sample
from flows.inbox.own.units import currency_in, multiplier_in
from flows.ledger import Ledger
from flows.settings import ROOT, Settings
from flows.steps.building import own
from tests.macros import macros
from tests.unit.test_land import ingest

UNITS = """Reporter,Partner,Flow,Year,Unit,Value
Spain,Portugal,Exports,2020,EUR million,10
Spain,Portugal,Exports,2020,Tonnes,555
Spain,France,Exports,2020,EUR thousand,20
Spain,France,Exports,2020,Tonnes,777
"""


def figures(settings: Settings) -> str:
    """SQL of the figures of the table, with the landed records in the table `landed`."""
    folder = ROOT / "dbt_project" / "macros"
    paths = (
        "own/own_figures.sql",
        "own/own_period.sql",
        "portability/month_name.sql",
        "exact_product.sql",
        "dictionary.sql",
    )
    known = macros("".join((folder / path).read_text(encoding="utf-8") for path in paths))
    known["landed"] = lambda *_: "landed"
    (table,) = [t for t in json.loads(own.variables(settings))["mapped_tables"] if t["source"] == "units"]
    return str(known["own_figures"](table))


def test_tonnes_beside_money_are_no_money_and_each_unit_is_worth_its_own(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(UNITS, encoding="utf-8")
    said = {"publisher": "Me", "licence": "mine", "exports_valuation": "FOB", "imports_valuation": "CIF"}
    draft = Draft(settings, read_sample(path), Answers(**said))
    value = draft.trade()["values"][0]
    assert (value["unit_column"], value["units"]) == ("unit", {"EUR million": 1_000_000, "EUR thousand": 1000})
    assert losses(draft)["used", "EUR"].value == 10_020_000
    assert losses(draft)["other_measure", "EUR"].count == 2
    save(draft)
    with duckdb.connect() as con:
        con.execute(f"create table landed as select *, 1 as file_id, 1 as line from read_csv('{path}')")
        sql = f"select partner_term, flow_term, value_original from ({figures(settings)}) order by all"
        found = con.execute(sql).fetchall()
    assert found == [
        ("France", "-", Decimal(777)), ("France", "X", Decimal(20_000)),
        ("Portugal", "-", Decimal(555)), ("Portugal", "X", Decimal(10_000_000)),
    ]  # fmt: skip


TERMS = {"reporter": "FIN", "publisher": "Me", "licence": "mine"}


def answered(settings: Settings, path: Path, text: str, **said: Any) -> Draft:
    """A draft with the usual answers to all questions that have one."""
    path.write_text(text, encoding="utf-8")
    draft = Draft(settings, read_sample(path), Answers(**TERMS, **said))
    while questions := open_questions(draft):
        for question in questions:
            assert question.default is not None, question.field
            draft.answer(question.field, question.default)
    return draft


def by_unit(column: str, *units: str, value: str = "5000", other: str = "5") -> str:
    rows = [f"Germany,2019,{flow},{value if n == 0 else other},{unit}" for flow in "XM" for n, unit in enumerate(units)]
    return "\n".join((f"partner,year,flow,value,{column}", *rows))


@pytest.mark.parametrize(
    ("column", "money", "other", "said", "used"),
    [
        ("unit", "USD", "tonnes", {}, 10_000),
        ("unit", "US dollars", "number", {}, 10_000),
        ("unit", "USD", "whatever", {}, 10_000),
        ("unit", "thousand USD", "kg", {"multiplier": "1000", "currency": "USD"}, 10_000_000),
        ("unit", "thousand", "tonnes", {"currency": "USD"}, 10_000_000),
        ("indicator", "Trade Value (US$ Thousand)", "Partner Share (%)", {}, 10_000_000),
        ("measure", "Value", "Share (%)", {"currency": "USD", "multiplier": "1"}, 10_000),
        ("what", "Trade value", "Growth (%)", {"currency": "USD", "multiplier": "1000"}, 10_000_000),
        ("indicator", "US$ at current prices (millions)", "Unit value (US$/kg)", {}, 10_000_000_000),
        ("Показатель", "Стоимость млн долл.", "Вес тонн", {}, 10_000_000_000),  # noqa: RUF001
    ],
)
def test_whatever_is_no_money_beside_money_is_left_out(
    settings: Settings, tmp_path: Path, column: str, money: str, other: str, said: dict[str, str], used: int
) -> None:
    draft = answered(settings, tmp_path / "a.csv", by_unit(column, money, other), **said)
    found = losses(draft)
    assert (found["used", "USD"].count, found["used", "USD"].value) == (2, used)
    assert (found["other_measure", "USD"].count, found["other_measure", "USD"].examples) == (2, [other])
    assert "added up" not in draft.text()


@pytest.mark.parametrize("column", ["Indicator", "measure", "note"])
def test_a_column_that_says_the_same_of_all_rows_says_thousands_too(
    settings: Settings, tmp_path: Path, column: str
) -> None:
    draft = answered(settings, tmp_path / "a.csv", by_unit(column, "Trade Value (US$ Thousand)"))
    assert draft.values() == [{"column": "value", "currency": "USD", "multiplier": 1000}]


def test_thousands_of_the_heading_hold_for_a_unit_that_names_only_the_currency(
    settings: Settings, tmp_path: Path
) -> None:
    text = by_unit("unit", "USD", "tonnes").replace("value", "value (thousand)")
    assert answered(settings, tmp_path / "a.csv", text).values()[0]["units"] == {"USD": 1000}


def test_what_the_units_contradict_is_asked_or_refused(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(by_unit("unit", "EUR million", "tonnes").replace("value", "value_usd"), encoding="utf-8")
    asked = [question.field for question in open_questions(Draft(settings, read_sample(path), Answers(**TERMS)))]
    assert "currency" in asked
    several = by_unit("unit", "USD million", "USD thousand")
    with pytest.raises(EntrepotError, match="--multiplier '7' would hold for all of 'USD million', 'USD thousand'"):
        answered(settings, path, several, multiplier="7")
    with pytest.raises(EntrepotError, match="--currency 'CNY' is the currency of no unit of 'unit'; it has USD, EUR"):
        answered(settings, path, by_unit("unit", "USD", "EUR", "t"), currency="CNY")
    with pytest.raises(EntrepotError, match="'unit' says that the figures are in 'tonnes', which is no money"):
        answered(settings, path, by_unit("unit", "tonnes"), currency="USD")


def test_the_unit_of_a_quantity_is_no_unit_of_the_value(settings: Settings, tmp_path: Path) -> None:
    text = "partner,year,flow,value_usd,qty,unit\nSWE,2019,X,5,1,kg\nNOR,2019,X,6,2,u\n"
    draft = answered(settings, tmp_path / "a.csv", text)
    assert draft.values() == [{"column": "value_usd", "currency": "USD", "multiplier": 1}]
    assert draft.quantity() == {"column": "qty", "unit_column": "unit"}


def drafted(settings: Settings, path: Path, *lines: str) -> Draft:
    path.write_text("\n".join(lines), encoding="utf-8")
    said = {"publisher": "Me", "licence": "mine", "exports_valuation": "FOB", "imports_valuation": "CIF"}
    return Draft(settings, read_sample(path), Answers(reporter="KAZ", multiplier="1000", **said))


def test_a_figure_in_two_currencies_is_used_once(settings: Settings, tmp_path: Path) -> None:
    """As the build chooses: dollars where there are any, whatever another cell has."""
    draft = drafted(
        settings, tmp_path / "two.csv", "Year,Country,Flow,Currency,Value (thousand)",
        "2020,China,Exports,EUR,9", "2020,China,Exports,USD,10",
        "2020,Germany,Exports,EUR,4", "2020,Germany,Exports,CNY,30",
    )  # fmt: skip
    found = {key: (share.count, share.value) for key, share in losses(draft).items()}
    assert found == {
        ("other_currency", "EUR"): (2, 13_000), ("used", "USD"): (1, 10_000), ("used", "CNY"): (1, 30_000)
    }  # fmt: skip
    text = draft.text()
    assert "those in US dollars are used" in text
    assert "added up" not in text


def test_codes_of_items_are_no_hs_codes_however_many_look_like_some(settings: Settings, tmp_path: Path) -> None:
    """FAO's wheat is 15 and its exports are 5922; chapter 15 is fats, 59 textiles. The items are no total either."""
    draft = drafted(
        settings, tmp_path / "fao.csv", "Year,Country,Item Code,Item,Element Code,Flow,Value",
        "2020,China,15,Wheat,5922,Exports,4", "2020,Germany,15,Wheat,5922,Exports,5",
    )  # fmt: skip
    assert draft.guess.product is None
    assert "product" in [question.field for question in open_questions(draft)]
    coded = drafted(
        settings, tmp_path / "hs.csv", "Year,Country,код тн вэд,Flow,Value", "2020,China,1001,Exports,4",
    )  # fmt: skip
    assert coded.guess.product == 2


def test_a_figure_is_as_exact_as_its_source_prints_it(settings: Settings) -> None:
    """300 million in billions of the press, in a table of thousands, in dollars: half of 0.1 billion, 1,000 and 1."""
    folder = ROOT / "dbt_project" / "macros"
    paths = ("marts/adds_up.sql", "portability/printed_decimals.sql")
    known = macros("".join((folder / path).read_text(encoding="utf-8") for path in paths))
    told = json.loads(own.variables(settings))
    assert "gacc_quoted" in told["quoted_sources"]
    assert "comtrade_csv" not in told["quoted_sources"]
    values = {"values": [{"unit_column": None, "multiplier": "1000"}]}
    by_row = {"values": [{"unit_column": "unit", "units": {"USD": "1", "USD million": "1000000"}}]}
    scales = {"multiplier_column": "unit_mult", "multipliers": {"0": "1", "3": "1000"}}
    scaled = {"values": [{"unit_column": None, "multiplier": "1", **scales}]}
    told["mapped_tables"] = [
        {"source": "mine", "trade": values}, {"source": "units", "trade": by_row}, {"source": "scaled", "trade": scaled}
    ]  # fmt: skip
    known["var"] = told.get
    half = known["half_last_digit"]("300000000::decimal(18, 3)", "source")
    sources = ["gacc_quoted", "mine", "units", "scaled", "gacc", "comtrade_csv"]
    with duckdb.connect() as con:
        found = con.execute(f"select source, {half} from unnest({sources}) as each(source)").fetchall()
    assert found == [
        ("gacc_quoted", 50_000_000), ("mine", 500), ("units", 500_000), ("scaled", 500), ("gacc", 50_000),
        ("comtrade_csv", 0.5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("ProductCode,TradeFlowCode,TradeValue in 1000 USD", ["tradevalue_in_1000_usd"]),
        ("HS,value_flag,Exports status,value_usd", ["value_usd"]),
        ("HS,Number of exporters,Import transactions,value_usd", ["value_usd"]),
        ("HS,Exports previous year USD,Exports USD", ["exports_usd"]),
        ("HS,Экспорт тонн,Экспорт тыс. долл.,Импорт тонн,Импорт тыс. долл.", ["column_5", "column_7"]),
        ("HS,出口数量,出口金额(万美元),进口重量(千克),进口金额(万美元)", ["column_5", "column_7"]),
        ("HS,Trade volume USD", ["trade_volume_usd"]),
        ("HS,value constant prices USD,value current prices USD", ["value_current_prices_usd"]),
        ("HS,value seasonally adjusted USD,value unadjusted USD", ["value_unadjusted_usd"]),
    ],
)
def test_codes_counts_and_quantities_are_no_values_whatever_trade_they_are_called_by(
    settings: Settings, tmp_path: Path, header: str, values: list[str]
) -> None:
    figures = ",".join(str(n) for n in range(5, 4 + len(header.split(","))))
    text = f"year,partner,{header}\n2020,SWE,010121,{figures}\n2020,NOR,010129,{figures}\n"
    draft = answered(settings, tmp_path / "a.csv", text, flow=None if len(values) > 1 else "X")
    assert [value["column"] for value in draft.values()] == values


def test_the_unit_code_of_a_quantity_is_no_quantity(settings: Settings, tmp_path: Path) -> None:
    text = "year,partner,flow,Qty Unit Code,Qty Unit,Qty,value_usd\n2020,SWE,X,8,kg,5,100\n2020,NOR,X,8,kg,6,200\n"
    assert answered(settings, tmp_path / "a.csv", text).quantity() == {"column": "qty", "unit_column": "qty_unit"}


@pytest.mark.parametrize(
    ("heading", "reporter", "is_asked"),
    [
        ("value ($ million)", "CAN", True),
        ("value (dollars)", "AUS", True),
        ("value ($)", "MEX", True),
        ("value ($ million)", "USA", False),
        ("value ($ million)", "FIN", False),
        ("value (US$ million)", "CAN", False),
        ("value (US dollars)", "CAN", False),
        ("value (C$)", "CAN", False),
        ("value (\u00a5)", "CHN", True),
        ("value (\u00a5)", "JPN", False),
        ("value (рублей)", "BLR", True),
        ("value (российских рублей)", "BLR", False),
        ("value (рублей)", "RUS", False),
    ],
)
def test_a_sign_that_is_also_that_of_the_reporters_own_money_is_asked_about(
    settings: Settings, tmp_path: Path, heading: str, reporter: str, is_asked: bool
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"year,partner,flow,{heading}\n2020,SWE,X,5\n", encoding="utf-8")
    draft = Draft(settings, read_sample(path), Answers(**{**TERMS, "reporter": reporter}))
    asked = {question.field: question for question in open_questions(draft)}
    assert ("currency" in asked) is is_asked
    if is_asked:
        assert f"or the own money of {reporter}" in str(asked["currency"].reason)
        draft.answer("currency", "EUR")
        assert "currency" not in [question.field for question in open_questions(draft)]
        assert draft.values()[0]["currency"] == "EUR"


def test_dollars_in_a_column_of_units_of_canada_are_asked_about(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("REF_DATE,GEO,Trade,Partner,UOM,VALUE\n2020,Canada,Export,Sweden,Dollars,5\n", encoding="utf-8")
    draft = Draft(settings, read_sample(path), Answers())
    assert "currency" in [question.field for question in open_questions(draft)]
    draft.answer("currency", "CAD")
    assert draft.values()[0]["currency"] == "CAD"


def test_one_currency_in_a_column_called_so_is_the_currency_and_no_area(settings: Settings, tmp_path: Path) -> None:
    text = "year,partner,flow,Currency,value\n2020,SWE,X,EUR,5\n2020,NOR,X,EUR,6\n"
    draft = answered(settings, tmp_path / "a.csv", text)
    assert draft.values() == [{"column": "value", "currency_column": "currency", "currency": "EUR", "multiplier": 1}]
    assert draft.area("partner") == {"column": "partner", "codes": "iso3"}
    with pytest.raises(AssertionError, match="currency"):
        answered(settings, tmp_path / "a.csv", text.replace("value", "value_usd"))


@pytest.mark.parametrize(
    ("column", "first", "later"),
    [("unit", "USD thousand", "USD million"), ("Indicator", "Trade (US$)", "Trade (EUR)"), ("UNIT_MULT", "1", "6")],
)
def test_a_later_file_in_another_unit_is_refused_and_not_read_as_the_first(
    settings: Settings, ledger: Ledger, tmp_path: Path, column: str, first: str, later: str
) -> None:
    path = tmp_path / "mine.csv"
    save(answered(settings, path, by_unit(column, first), currency="USD", multiplier="1000"))
    settings.inbox.mkdir(parents=True, exist_ok=True)
    (settings.inbox / "a.csv").write_text(by_unit(column, first), encoding="utf-8")
    (settings.inbox / "b.csv").write_text(by_unit(column, later), encoding="utf-8")
    outcomes = {outcome.partition: outcome for outcome in ingest(settings, ledger, "mine")}
    assert outcomes["a"].outcome == "new"
    assert f"value {later!r}: not one of {first}" in outcomes["b"].reason


ABOVE = {
    "csv": "Trade of Freeport\n{}\nyear,partner,exports\n2020,NOR,5\n2021,NOR,6\n",
    "years across.csv": "Exports of Freeport,,\n{},,\nPartner,2020,2021\nNorway,5,6\nSweden,7,8\nGermany,7,8\n",
    "flows across.csv": ",2020,2020,2021,2021\nPartner,Exports ({0}),Imports ({0}),Exports ({0}),Imports ({0})\n"
    "Norway,5,6,7,8\nSweden,7,8,9,10\nGermany,1,2,3,4\n",
}


@pytest.mark.parametrize("form", ABOVE)
@pytest.mark.parametrize("is_workbook", [False, True])
@pytest.mark.parametrize(
    ("later", "said"),
    [
        ("in million US dollars", "says 1000000 USD"),
        ("thousand euros", "says 1000 EUR"),
        ("revised", "the lines above the header say no unit"),
        ("USD thousand", ""),
    ],
)
def test_a_later_file_with_another_unit_above_its_header_is_refused(
    settings: Settings, ledger: Ledger, tmp_path: Path, form: str, is_workbook: bool, later: str, said: str
) -> None:
    def write(place: Path, unit: str) -> Path:
        text = ABOVE[form].format(unit)
        if is_workbook:
            book = openpyxl.Workbook()
            for line in text.splitlines():
                book.active.append([int(cell) if cell.isdigit() else cell or None for cell in line.split(",")])
            book.save(place.with_suffix(".xlsx"))
            return place.with_suffix(".xlsx")
        place.write_text(text, encoding="utf-8")
        return place

    sample = read_sample(write(tmp_path / "mine.csv", "thousand US dollars"))
    draft = Draft(settings, sample, Answers(**(TERMS | {"reporter": "FIN"})))
    for question in open_questions(draft):
        draft.answer(question.field, question.default or "")
    assert (draft.sample.layout is None) == (form == "csv")
    save(draft)
    settings.inbox.mkdir(parents=True, exist_ok=True)
    write(settings.inbox / "a.csv", "thousand US dollars")
    write(settings.inbox / "b.csv", later)
    outcomes = {outcome.partition: outcome for outcome in ingest(settings, ledger, "mine")}
    assert outcomes["a"].outcome == "new", outcomes["a"].reason
    if said:
        assert said in outcomes["b"].reason
    else:
        assert outcomes["b"].outcome == "new", outcomes["b"].reason


@pytest.mark.parametrize(
    ("said", "currency", "worth"),
    [
        ("100 million yuan", "CNY", 10**8),
        ("hundred million yuan", "CNY", 10**8),
        ("10,000 USD", "USD", 10**4),
        ("USD 10 000", "USD", 10**4),
        ("10 thousand USD", "USD", 10**4),
        ("1,000,000 EUR", "EUR", 10**6),
        ("2020 million USD", "USD", 10**6),
        ("Exportações (US$ mil)", "USD", 1000),
        ("mil dólares", "USD", 1000),
        ("millones de dólares", "USD", 10**6),
        ("miles de dólares", "USD", 1000),
        ("Trade (US$ Mil)", "USD", 10**6),
        ("mil. Kč", None, 10**6),
        ("en milliers d'euros", "EUR", 1000),
        ("Tausend Euro", "EUR", 1000),
        ("Bin ABD $", "USD", 1000),
        ("US$ 000s", "USD", 1000),
        ("億円", "JPY", 10**8),
        ("백만 달러", "USD", 10**6),
        ("MNOK", "NOK", 10**6),
        ("kEUR", "EUR", 1000),
        ("INR crore", "INR", 10**7),
        ("천연가스", None, None),
        ("USD", "USD", None),
    ],
)
def test_a_unit_is_worth_what_its_words_say_in_any_language(said: str, currency: str | None, worth: int | None) -> None:
    assert (currency_in(said), multiplier_in(said)) == (currency, worth)


@pytest.mark.parametrize("text", [by_unit("unit", "US$ mil", "kg"), by_unit("unit", "US$ mil")])
def test_a_word_for_thousands_or_millions_is_asked_about(settings: Settings, tmp_path: Path, text: str) -> None:
    with pytest.raises(AssertionError, match="multiplier"):
        answered(settings, tmp_path / "a.csv", text)
    assert losses(answered(settings, tmp_path / "a.csv", text, multiplier="1000"))["used", "USD"].value == 10_000_000


def test_each_column_of_values_has_the_unit_and_the_currency_of_its_heading(settings: Settings, tmp_path: Path) -> None:
    text = "year,partner,Exports (USD million),Imports (EUR thousand)\n2020,SWE,5,6000\n2020,NOR,7,8000\n"
    draft = answered(settings, tmp_path / "a.csv", text)
    assert [(value["currency"], value["multiplier"]) for value in draft.values()] == [("USD", 10**6), ("EUR", 1000)]
    assert losses(draft)["used", "USD"].value == 12 * 10**6
    assert losses(draft)["used", "EUR"].value == 14 * 10**6
    with pytest.raises(
        EntrepotError, match=r"--multiplier '1000' would hold for 'Exports .* which say theirs; leave it"
    ):
        answered(settings, tmp_path / "a.csv", text, multiplier="1000")
    with pytest.raises(EntrepotError, match=r"--currency 'USD' would hold for 'Exports .* which say theirs; leave it"):
        answered(settings, tmp_path / "a.csv", text, currency="USD")


def test_the_unit_of_the_column_a_person_names_counts_and_not_that_of_another(
    settings: Settings, tmp_path: Path
) -> None:
    text = "year,partner,flow,Value EUR million,Value USD\n2020,SWE,X,5,6\n"
    draft = answered(settings, tmp_path / "a.csv", text, values=["Value USD"])
    assert draft.values() == [{"column": "value_usd", "currency": "USD", "multiplier": 1}]


def test_a_unit_in_the_row_below_the_header_is_read(settings: Settings, tmp_path: Path) -> None:
    text = "year,partner,Exports,Imports\n,,USD million,EUR thousand\n2020,SWE,5,6\n2020,NOR,7,8\n"
    draft = answered(settings, tmp_path / "a.csv", text)
    assert [(value["currency"], value["multiplier"]) for value in draft.values()] == [("USD", 10**6), ("EUR", 1000)]
