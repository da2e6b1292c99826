"""Files as publishers hand them out, made in their exact shape: each publishes with exact sums, or is refused in one
sentence, and what is not used is told to the last row. All of them are brought at once.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import openpyxl
import pytest

from flows.contracts import load_contracts
from flows.settings import Settings
from tests import one_source
from tests.comtrade_files import columns, plus, text
from tests.conftest import Home

YEARS = range(2001, 2022)
PARTNERS = (156, 392, 842, 702, 458, 410, 699, 764, 36, 276, 528, 251, 380, 826, 704, 608, 682, 784, 76, 643)
RESIDUALS = {f"TX{n}": 1_000_000 * n for n in (126, 198, 399, 489, 598, 799, 884, 898, 899, 910)}
GROUPS = ("GX170", "GX405", "GX440", "GX605", "GX901", "G080", "G092", "G110", "G163", "G200", "G205", "G998")
PAST = {
    "YMD": 1985,
    "SCG": 2000,
    "SUN": 1985,
    "CSK": 1985,
    "DDR": 1985,
    "ANT": 2005,
    "YAR": 1985,
    "KOS": 2020,
    "WBG": 2020,
}


def yearly_values() -> Iterator[tuple[int, int, int, int]]:
    """Year, flow (1 import, 2 export), partner and dollars: growth by a fifth a year, and a residual that jumps."""
    for year in YEARS:
        for flow in (1, 2):
            values = {p: int(40_000_000 * (at + 1) * 1.2 ** (year - 2001)) + flow for at, p in enumerate(PARTNERS)}
            values[899] = 2_500_000_000 if year == 2015 else 30_000
            yield from ((year, flow, partner, value) for partner, value in values.items())
            yield year, flow, 0, sum(values.values())


def legacy(year: int, flow: int, partner: int, value: int) -> dict[str, Any]:
    return {
        "Classification": "H5", "Year": year, "Period": year, "Aggregate Level": 0, "Trade Flow Code": flow,
        "Reporter Code": 360, "Reporter": "Indonesia", "Partner Code": partner, "Commodity Code": "TOTAL",
        "Qty Unit Code": 1, "Trade Value (US$)": value, "Flag": 0,
    }  # fmt: skip


RUSSIAN_MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
SITC = [("TOTAL", 1000), ("0", 700), ("07", 700), ("071", 400), ("0711", 400), ("072", 300), ("33", 300), ("3", 300)]


def imf() -> list[dict[str, Any]]:
    values = {("2020", "CHN"): 900_000_000, ("2020", "G001"): 0, **{("2020", tx): v for tx, v in RESIDUALS.items()}}
    values |= {("2020", group): 5 for group in GROUPS} | {(str(year), code): 77_000 for code, year in PAST.items()}
    values["2020", "G001"] = sum(v for (year, code), v in values.items() if year == "2020" and code[0] not in "G")
    values["2020", "QQQ"] = 123_000
    return [observation("THA", code, "X", year, value) for (year, code), value in values.items()]


def observation(country: str, partner: str, flow: str, period: str, value: int) -> dict[str, Any]:
    valuation = "FOB" if flow == "X" else "CIF"
    return {
        "DATAFLOW": "IMF.STA:IMTS(1.0.0)", "COUNTRY": country, "INDICATOR": f"{flow}G_{valuation}_USD",
        "COUNTERPART_COUNTRY": partner, "FREQUENCY": "M" if "M" in period else "A", "TIME_PERIOD": period,
        "OBS_VALUE": value, "SCALE": 6, "TRADE_FLOW": f"{flow}G", "VALUATION": valuation, "UNIT": "USD",
        "DERIVATION_TYPE": "M", "OVERLAP": "OL",
    }  # fmt: skip


def months_of_kazakhstan() -> list[dict[str, Any]]:
    """By the IMF all months of 2019 and the year, and of 2020 the year and all months but one, each a little more than
    the office's table has.
    """
    rows = []
    for year, flow in ((year, flow) for year in (2019, 2020) for flow in "XM"):
        values = [1_010_000 * (year + n if flow == "X" else n + 1) for n in range(12)]
        rows += [observation("KAZ", "CHN", flow, f"{year}-M{n + 1:02}", v) for n, v in enumerate(values)][: 2031 - year]
        rows.append(observation("KAZ", "CHN", flow, str(year), sum(values)))
    return rows


def two_months(extra: int = 0) -> list[dict[str, Any]]:
    """By UN Comtrade, of 2021 January and February alone."""
    return [
        plus("H6", 2021, "TOTAL", 1_900_000_000 + extra, freqCode="M", refPeriodId=f"{month}01", refMonth=month % 100,
             period=month, reporterCode=398, partnerCode=156, flowCode=flow)
        for month in (202101, 202102) for flow in "XM"
    ]  # fmt: skip


def write_files(settings: Settings) -> None:
    inbox = settings.inbox
    inbox.mkdir(parents=True, exist_ok=True)
    names = columns(settings, "comtrade_csv", "legacy_trade")
    for year in YEARS:
        rows = [legacy(*row) for row in yearly_values() if row[0] == year]
        (inbox / f"indonesia_{year}.csv").write_text(text(names, rows), encoding="utf-8")
    names = columns(settings, "comtrade_csv", "plus_trade")
    ivory = plus("H6", 2022, "TOTAL", 123_456_789, partnerCode=384, partnerDesc="Côte d'Ivoire")
    (inbox / "plus.csv").write_bytes(text(names, [ivory]).encode("latin-1"))
    (inbox / "months.csv").write_text(text(names, two_months()), encoding="utf-8")
    (inbox / "months later.csv").write_text(text(names, two_months(7)[2:]), encoding="utf-8")
    sitc = [plus(name, year, code, value) for name, year in (("S1", 1970), ("S4", 2010)) for code, value in SITC]
    (inbox / "sitc.csv").write_text(text(names, sitc), encoding="utf-8")
    service = plus("EB", 2015, "TOTAL", 5, typeCode="S")
    (inbox / "services.csv").write_text(text(names, [service]), encoding="utf-8")
    bulk = columns(settings, "comtrade_bulk", "trade")
    rows = [
        plus(name, year, code, value, datasetCode=year)
        for name, year in (("S2", 1980), ("S3", 1990))
        for code, value in SITC
    ]
    kept = [{name: row[name] for name in bulk if name in row} for row in rows]
    (inbox / "CA410198001S2.txt").write_text(text(bulk, kept, "\t"), encoding="utf-8")
    theirs = load_contracts(settings.contracts)["comtrade_api"].table("legacy_trade").columns
    records = [
        {c.header: None for c in theirs}
        | {"pfCode": "H4", "yr": 2014, "period": 2014, "aggrLevel": 0, "rgCode": 2, "rtCode": 410, "ptCode": 704,
           "cmdCode": "TOTAL", "TradeValue": 22_351_000_321, "estCode": 0}
    ]  # fmt: skip
    old = {"validation": {"status": {"name": "Ok", "value": 0}, "count": {"value": 1}}, "dataset": records}
    (inbox / "get.json").write_text(json.dumps(old), encoding="utf-8")
    rows = [*imf(), *months_of_kazakhstan()]
    (inbox / "imts.csv").write_text(text(columns(settings, "imf_imts", "partner_trade"), rows), encoding="utf-8")


def write_tables(home: Home) -> None:
    """Tables as offices print them, each with a contract drafted by `sources new`."""
    years_above: list[list[Any]] = [["Внешняя торговля Казахстана с Китаем, млн долл. США"], ["", "Экспорт", "Импорт"]]
    for year in (2019, 2020):
        years_above += [[f"{year} год"], *([m, year + n, n + 1] for n, m in enumerate(RUSSIAN_MONTHS))]
    book = openpyxl.Workbook()
    for row in years_above:
        book.active.append(row)
    book.save(home.folder / "kazakhstan.xlsx")
    head = "Reporter Country Code,Reporter Countries,Partner Country Code,Partner Countries,Element,Unit,Y2018,Y2018F"
    rows = [
        f"9,Argentina,{code},{name},{element},{unit},{n + 1},A"
        for n, (code, name) in enumerate((("21", "Brazil"), ("59", "Egypt"), ("351", "Atlantis")))
        for element, unit in (("Export Value", "1000 USD"), ("Export Quantity", "t"))
    ]
    (home.folder / "fao.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    usual = ("--publisher", "An office", "--licence", "internal", "--yes")
    for name, more in (
        ("kazakhstan.xlsx", ("--reporter", "KAZ", "--partner", "CHN")),
        ("fao.csv", ("--product", "TOTAL")),
    ):
        result = home.entrepot("sources", "new", str(home.folder / name), *usual, *more)
        assert result.returncode == 0, result.stdout + result.stderr
        shutil.copy(home.folder / name, home.settings.inbox)


@pytest.fixture(scope="module")
def home(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = published.copy_without_exports(tmp_path_factory.mktemp("publishers") / "home")
    write_files(home.settings)
    write_tables(home)
    result = home.entrepot("run")
    (home.folder / "run.txt").write_text(result.stdout + result.stderr, encoding="utf-8")
    assert result.returncode == 3, result.stdout + result.stderr
    return home


@pytest.fixture(scope="module")
def con(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.settings.published), read_only=True) as connection:
        yield connection


def said(home: Home) -> str:
    return " ".join((home.folder / "run.txt").read_text(encoding="utf-8").split())


CELLS = "(select * from core.fct_trade union all by name select * from core.fct_trade_total)"


def test_21_yearly_files_of_one_reporter_arrive_to_the_dollar(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    values = list(yearly_values())
    sql = f"""
        select count(*), sum(value_usd) filter (where partner_code <> 'WLD'),
            sum(value_usd) filter (where partner_code = 'WLD')
        from {CELLS} where source_code = 'comtrade_csv' and reporter_code = 'IDN' and product_key = 'TOTAL'
    """
    partners = sum(value for *_, partner, value in values if partner)
    assert con.execute(sql).fetchall() == [(len(values), Decimal(partners), Decimal(partners))]
    assert "scale_over_time)" not in said(home)


def test_latin_1_is_read_as_what_it_is_and_said(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    sql = f"select value_usd from {CELLS} where reporter_code = 'KOR' and partner_code = 'CIV' and period_code = '2022'"
    assert con.execute(sql).fetchall() == [(Decimal(123_456_789),)]
    assert "is not UTF-8 and was read as windows-1252" in said(home)


def test_records_of_the_older_interface_arrive(con: duckdb.DuckDBPyConnection) -> None:
    sql = f"select source_code, value_usd from {CELLS} where reporter_code = 'KOR' and partner_code = 'VNM'"
    assert con.execute(sql).fetchall() == [("comtrade_api", Decimal(22_351_000_321))]


@pytest.mark.parametrize(
    ("source", "classification", "year"),
    [
        ("comtrade_csv", "S1", "1970"),
        ("comtrade_csv", "S4", "2010"),
        ("comtrade_bulk", "S2", "1980"),
        ("comtrade_bulk", "S3", "1990"),
    ],
)
def test_sitc_has_a_table_of_its_own_and_its_total(
    con: duckdb.DuckDBPyConnection, source: str, classification: str, year: str
) -> None:
    where = f"source_code = '{source}' and reporter_code = 'KOR' and period_code = '{year}'"
    kept = f"select commodity_code, value_usd::int from core.fct_trade_classified where {where} and"
    assert sorted(con.execute(f"{kept} classification_code = '{classification}'").fetchall()) == sorted(SITC)
    leaves = f"select sum(value_usd)::int from core.fct_trade_classified where is_additive and {where}"
    assert con.execute(leaves).fetchall() == [(1000,)]
    cells = f"select product_key, value_usd::int, is_additive from core.trade_cell where {where}"
    assert con.execute(cells).fetchall() == [("TOTAL", 1000, True)]


def test_services_are_refused_in_plain_words(home: Home) -> None:
    assert "services.csv holds trade in services; this warehouse takes trade in goods." in said(home)


def test_the_imf_has_residuals_that_may_be_added_and_groups_that_may_not(con: duckdb.DuckDBPyConnection) -> None:
    total = "select sum(value_usd) from core.fct_trade where source_code = 'imf_imts' and period_code = '2020'"
    total += " and reporter_code = 'THA'"
    world = "select value_usd from core.fct_trade_total where source_code = 'imf_imts' and partner_code = 'WLD'"
    assert con.execute(total).fetchall() == con.execute(world).fetchall()
    past = "select count(*) from core.fct_trade where source_code = 'imf_imts' and value_usd = 77000"
    assert con.execute(past).fetchall() == [(len(PAST),)]


def test_months_down_under_years_arrive_to_the_dollar(con: duckdb.DuckDBPyConnection) -> None:
    sql = f"""
        select flow_code, count(*), sum(value_usd) from {CELLS}
        where source_code = 'kazakhstan' and reporter_code = 'KAZ' and partner_code = 'CHN' group by 1 order by 1
    """
    exports = sum(year + n for year in (2019, 2020) for n in range(12))
    assert con.execute(sql).fetchall() == [("M", 24, Decimal(156_000_000)), ("X", 24, Decimal(exports) * 1_000_000)]


def test_the_matrix_of_fao_arrives_by_names_and_its_quantities_are_no_money(con: duckdb.DuckDBPyConnection) -> None:
    sql = f"select partner_code, value_usd from {CELLS} where source_code = 'fao' order by 1"
    assert con.execute(sql).fetchall() == [("BRA", Decimal(1000)), ("EGY", Decimal(2000))]
    lost = "select reason, sum(n_rows)::int, sum(value_usd)::int from meta.excluded_row where source_code = 'fao' "
    lost += "group by 1"
    assert sorted(con.execute(lost).fetchall()) == [("other_measure", 3, None), ("unmapped_area", 1, 3000)]


def test_months_of_a_year_come_from_one_source_where_one_has_them_all(con: duckdb.DuckDBPyConnection) -> None:
    """The year's own source first; of 2020 it lacks December, and the office's table has all twelve."""
    found = con.execute(
        """
        select year_number, string_agg(distinct source_code, '+'), any_value(n_month_sources), count(*),
            any_value(missing_months), any_value(year_state_code), any_value(year_source_code)
        from marts.bilateral_month where reporter_code = 'KAZ' and partner_code = 'CHN' group by 1 order by 1
        """
    ).fetchall()
    rest = ", ".join(f"{month:02}" for month in range(3, 13))
    assert found == [
        (2019, "imf_imts", 1, 12, None, "adds_up", "imf_imts"),
        (2020, "kazakhstan", 1, 12, None, "other_source", "imf_imts"),
        (2021, "comtrade_csv", 1, 2, rest, "months_missing", None),
    ]
    (later,) = con.execute("select sum(imports_usd)::bigint from marts.bilateral_month where year_number = 2021"
                           " and reporter_code = 'KAZ'").fetchone() or (None,)  # fmt: skip
    assert later in (3_800_000_000, 3_800_000_007), "the later file has what it has"


def test_months_add_up_to_the_year_or_the_row_says_why(con: duckdb.DuckDBPyConnection) -> None:
    years = con.execute(
        """
        select month.reporter_code, month.partner_code, month.year_number, sum(month.turnover_usd) as months_usd,
            sum(month.period_months) filter (where month.turnover_usd is not null) as n_months,
            any_value(month.missing_months), any_value(month.year_state_code), any_value(year.turnover_usd)
        from marts.bilateral_month as month
        left join marts.bilateral_year as year using (reporter_code, partner_code, year_number)
        group by all
        """
    ).fetchall()
    assert len(years) > 30
    for *_, months, n_months, missing, state, year in years:
        assert (n_months == 12) == (missing is None) == (state != "months_missing")
        if state == "adds_up":
            assert abs(months - year) <= Decimal("0.005") * year
        if state == "no_year":
            assert year is None


@pytest.mark.parametrize("mart", one_source.BY_ROW)
def test_no_row_stands_on_two_sources(con: duckdb.DuckDBPyConnection, mart: str) -> None:
    assert one_source.of_no_single_source(con, mart) == []


def test_what_is_not_used_is_told_to_the_last_row(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """An unknown code of a publisher stops nothing."""
    reasons = con.execute("select reason, sum(n_rows)::int from meta.excluded_row group by 1 order by 1").fetchall()
    codes = 4 * (len(SITC) - 1)
    assert reasons == [
        ("group_of_areas", len(GROUPS)), ("kept_in_its_classification", codes), ("other_measure", 3),
        ("superseded_by_later_file", 2), ("unknown_area", 1), ("unmapped_area", 1),
    ]  # fmt: skip
    assert "an area code no list knows" in said(home)
    found = re.search(r"Of ([\d,]+) landed rows ([\d,]+) are used; the other (\d+)", said(home))
    assert found is not None
    assert int(found[3]) == len(GROUPS) + codes + 7
    assert int(found[1].replace(",", "")) == int(found[2].replace(",", "")) + int(found[3])
