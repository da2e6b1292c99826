"""A file with the same trade under two codes of one economy is refused where it lands, whatever source it is of."""

from __future__ import annotations

import csv
import io
from collections import defaultdict

import pytest

from flows.contracts import Table, load_contracts
from flows.settings import Settings
from tests.live import query
from tests.raw_file import land_bytes

BACI = "t,i,j,k,v,q\n2023,{},{},010121,10.5,1.5\n2023,{},{},010121,11.5,2.5\n2023,842,156,010121,7.5,2.5\n"
COMEXT = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,"
    "VALUE_EUR,VALUE_NAC,QUANTITY_KG,QUANTITY_SUPPL_UNIT\n"
)
COMTRADE = (
    ("comtrade_csv", "legacy_trade"),
    ("comtrade_csv", "plus_trade"),
    ("comtrade_bulk", "trade"),
    ("comtrade_api", "trade"),
    ("comtrade_api", "legacy_trade"),
)


def tables() -> list[Table]:
    return [table for source in load_contracts(Settings().contracts).values() for table in source.tables]


def codes_of_one_area() -> dict[str, set[str]]:
    """Code systems in which an economy has more than one code, with these economies."""
    seeds = Settings().seeds
    with (seeds / "area.csv").open(encoding="utf-8") as handle:
        economies = {row["area_code"] for row in csv.DictReader(handle) if row["area_kind"] == "economy"}
    count: defaultdict[tuple[str, str], int] = defaultdict(int)
    with (seeds / "area_code.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            count[row["code_system"], row["area_code"]] += row["area_code"] in economies
    found: defaultdict[str, set[str]] = defaultdict(set)
    for (system, area), n_codes in count.items():
        if n_codes > 1:
            found[system].add(area)
    return found


def test_every_list_that_gives_an_economy_two_codes_is_watched() -> None:
    """But for that of the Census Bureau, whose two codes of Palestine are parts that are certainly added up."""
    columns = [column for table in tables() for column in table.columns]
    watched = {system for column in columns if column.areas for system in column.areas.split(", ")}
    assert codes_of_one_area()["schedule_c"] == {"PSE"}
    assert codes_of_one_area().keys() - {"iso2"} == watched - {"imf"} | {"schedule_c"}
    for table in tables():
        coded = {column.name for column in table.columns if column.areas}
        assert coded <= set(table.key)
        reports = {name for name in ("reporter_code", "partner_code") if name in table.key}
        if (table.source, table.name) in COMTRADE:
            assert coded == reports


def landed(settings: Settings, table: str, content: str, partition: str = "p", suffix: str = "csv") -> tuple[str, str]:
    outcome = land_bytes(settings, table, partition, content.encode(), suffix)
    return outcome.outcome, outcome.reason


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize(("first", "second"), [(("250", "156"), ("251", "156")), (("156", "380"), ("156", "381"))])
def test_a_year_of_baci(settings: Settings, first: tuple[str, str], second: tuple[str, str], careful: bool) -> None:
    content = BACI.format(*first, *second)
    if careful:
        content = content.replace("842,156,010121,7.5", "842,156,10121,7.5")  # a zero is lost
    outcome, reason = landed(settings, "baci.trade_year", content)
    assert outcome == "failed"
    name, column = ("France", "i") if first[0] == "250" else ("Italy", "j")
    code, other = next((one, two) for one, two in zip(first, second, strict=True) if one != two)
    assert f"under two codes of {name}, {column} {code} in line 2 and {other} in line 3 (1 such case)" in reason
    assert query(settings, "select count(*) from raw.baci__trade_year") == [(0,)]
    assert query(settings, "select state from raw.file") == [("refused",)]


def test_two_codes_that_never_meet_are_no_reason(settings: Settings) -> None:
    content = BACI.format("250", "156", "251", "392")
    assert landed(settings, "baci.trade_year", content)[0] == "new"
    assert query(settings, "select count(*) from raw.baci__trade_year") == [(3,)]


def comext(*partners: str) -> str:
    rows = [f"DE,{partner},E,27090090,1,1,NO_SU,202403,{at + 5},,1,\n" for at, partner in enumerate(partners)]
    return COMEXT + "".join(rows)


def test_a_month_of_eurostat(settings: Settings) -> None:
    outcome, reason = landed(settings, "comext.bulk", comext("GB", "CN", "UK"))
    assert outcome == "failed"
    assert "under two codes of United Kingdom, PARTNER GB in line 2 and UK in line 4" in reason


def test_special_partners_of_eurostat_are_parts_and_land(settings: Settings) -> None:
    assert landed(settings, "comext.bulk", comext("QQ", "QR", "QS"))[0] == "new"


@pytest.mark.parametrize("name", ["legacy_trade", "plus_trade"])
def test_a_download_of_comtrade(settings: Settings, name: str) -> None:
    table = load_contracts(settings.contracts)["comtrade_csv"].table(name)
    given = {
        "legacy_trade": {"Classification": "H5", "Year": 2020, "Period": 2020, "Aggregate Level": 0,
                         "Trade Flow Code": 1, "Reporter Code": 360, "Commodity Code": "TOTAL",
                         "Trade Value (US$)": 5, "Flag": 0},
        "plus_trade": {"typeCode": "C", "freqCode": "A", "refPeriodId": 20200101, "refYear": 2020, "refMonth": 52,
                       "period": 2020, "reporterCode": 360, "flowCode": "M", "classificationCode": "H5",
                       "isOriginalClassification": "true", "cmdCode": "TOTAL", "aggrLevel": 0, "primaryValue": 5,
                       "isReported": "true", "isAggregate": "true", "customsCode": "C00", "motCode": 0, "mosCode": 0,
                       "partner2Code": 0},
    }[name]  # fmt: skip
    partner = "Partner Code" if name == "legacy_trade" else "partnerCode"
    handle = io.StringIO()
    writer = csv.DictWriter(handle, [column.header for column in table.columns], restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows([given | {partner: code} for code in (757, 156, 756)])
    outcome, reason = landed(settings, f"comtrade_csv.{name}", handle.getvalue())
    assert outcome == "failed"
    assert f"under two codes of Switzerland, {partner} 757 in line 2 and 756 in line 4" in reason


@pytest.mark.parametrize(("one", "other"), [("TWN", "S19"), ("KOS", "XKX")])
def test_a_download_of_the_imf(settings: Settings, one: str, other: str) -> None:
    table = load_contracts(settings.contracts)["imf_imts"].table("partner_trade")
    given = {
        "DATAFLOW": "IMF.STA:IMTS(1.0.0)", "COUNTRY": "THA", "INDICATOR": "XG_FOB_USD", "FREQUENCY": "A",
        "TIME_PERIOD": "2020", "OBS_VALUE": "5", "SCALE": "6", "TRADE_FLOW": "XG", "VALUATION": "FOB", "UNIT": "USD",
        "DERIVATION_TYPE": "M", "OVERLAP": "OL",
    }  # fmt: skip
    handle = io.StringIO()
    writer = csv.DictWriter(handle, [column.header for column in table.columns], restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows([given | {"COUNTERPART_COUNTRY": code} for code in (one, other)])
    outcome, reason = landed(settings, "imf_imts.partner_trade", handle.getvalue())
    assert outcome == "failed"
    assert "under two codes of" in reason
    assert f"COUNTERPART_COUNTRY {one} in line 2 and {other} in line 3" in reason
