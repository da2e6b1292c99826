"""What the inbox recognises, and what it says of a file it does not."""

from __future__ import annotations

import gzip
import zipfile
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows.contracts import Source, load_contracts
from flows.formats.dropped import Dropped, stem_of
from flows.inbox import recognition
from flows.inbox.files import Unrecognised, fetch, scan
from flows.inbox.recognition import recognise
from flows.ledger import Ledger
from flows.settings import Settings
from flows.sources.base import Partition, Recognised
from flows.steps import fetch as step
from flows.steps import land
from flows.transport.http import open_http
from tests.live import NOBODY, query

BACI = 't,i,j,k,v,q\n2021,156,643,10121,12.5,"   1.25"\n2021,156,643,270900,1.0,NA\n'


@pytest.fixture
def inbox(settings: Settings) -> Settings:
    settings.inbox.mkdir(parents=True)
    return settings


def headers(settings: Settings, table: str) -> str:
    return ",".join(
        f'"{column.header}"' for column in load_contracts(settings.contracts)["comtrade_csv"].table(table).columns
    )


def only(settings: Settings) -> Partition | Unrecognised:
    (found,) = scan(settings)
    return found


def test_baci_year_file_is_known_by_its_columns_and_dated_by_its_name(inbox: Settings) -> None:
    (inbox.inbox / "BACI_HS92_Y2021_V202601.csv").write_text(BACI, encoding="utf-8")
    found = only(inbox)
    assert isinstance(found, Partition)
    assert (str(found), found.labels) == (
        "baci/trade_year/HS92-202601-2021",
        {"hs_revision": "HS92", "year": "2021", "release": "202601"},
    )


@pytest.mark.parametrize("header", ["t,hs6,i,j,v,q", "HS6,I,J,T,V,Q", "t,i,j,hs6,v,q"])
def test_an_old_year_of_baci_calls_the_product_hs6_in_any_order(inbox: Settings, ledger: Ledger, header: str) -> None:
    given = {"t": "1998", "hs6": "10111", "i": "156", "j": "250", "v": "12.5", "q": "1.5"}
    row = ",".join(given[name.lower()] for name in header.split(","))
    (inbox.inbox / "baci92_1998.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    (found,) = scan(inbox)
    assert isinstance(found, Unrecognised)
    assert "has the columns of baci.trade_year but not its name; rename it like BACI_HS92_Y" in found.reason
    (inbox.inbox / "baci92_1998.csv").rename(inbox.inbox / "BACI_HS92_Y1998_V201001.csv")
    plan = step.plan(inbox.model_copy(update=NOBODY), ledger, ["baci"])
    for partition in plan.fetch:
        step.fetch_partition(inbox, ledger, partition)
    land.prepare(inbox)
    outcomes = [land.land_file(inbox, ledger, record) for record in land.pending(inbox, ledger)]
    assert [(outcome.outcome, outcome.rows) for outcome in outcomes] == [("new", 1)]
    found_rows = query(inbox, "select t, i, j, k, v, q from raw.baci__trade_year")
    assert found_rows == [(1998, 156, 250, "10111", Decimal("12.500"), 1.5)]


def test_gzip_and_plain_are_the_same_partition_so_one_must_go(inbox: Settings) -> None:
    (inbox.inbox / "BACI_HS92_Y2021_V202601.csv").write_text(BACI, encoding="utf-8")
    (inbox.inbox / "BACI_HS92_Y2021_V202601.csv.gz").write_bytes(gzip.compress(BACI.encode()))
    refused = [part for part in scan(inbox) if isinstance(part, Unrecognised)]
    assert len(refused) == 1
    assert "keep one of the two" in refused[0].reason


def test_the_same_list_of_codes_in_two_archives_is_one_file_and_another_list_is_a_question(inbox: Settings) -> None:
    codes = "country_code,country_name,country_iso2,country_iso3\n156,China,CN,CHN\n"
    for revision, text in (("HS92", codes), ("HS17", codes), ("HS22", codes.replace("China", "CHINA"))):
        with zipfile.ZipFile(inbox.inbox / f"BACI_{revision}_V202401.zip", "w") as archive:
            archive.writestr(f"BACI_{revision}_Y2021_V202401.csv", BACI)
            archive.writestr("country_codes_V202401.csv", text)
    found = scan(inbox)
    assert [str(part) for part in found if isinstance(part, Partition)] == [
        "baci/trade_year/HS17-202401-2021",
        "baci/country_code/202401",
        "baci/trade_year/HS22-202401-2021",
        "baci/trade_year/HS92-202401-2021",
    ]
    (refused,) = (part for part in found if isinstance(part, Unrecognised))
    assert "BACI_HS22_V202401.zip!country_codes_V202401.csv holds the same partition" in refused.reason


def test_an_archive_downloaded_twice_is_not_said_to_hold_no_table(inbox: Settings) -> None:
    for name in ("BACI_HS92_V202601.zip", "BACI_HS92_V202601 (1).zip"):
        with zipfile.ZipFile(inbox.inbox / name, "w") as archive:
            archive.writestr("BACI_HS92_Y2021_V202601.csv", BACI)
            archive.writestr("Readme.txt", "About BACI.")
    assert str(only(inbox)) == "baci/trade_year/HS92-202601-2021"


def test_every_data_member_of_an_archive_is_a_partition(inbox: Settings) -> None:
    with zipfile.ZipFile(inbox.inbox / "BACI_HS92_V202601.zip", "w") as archive:
        for year in (2020, 2021):
            archive.writestr(f"BACI_HS92_Y{year}_V202601.csv", BACI.replace("2021", str(year)))
        archive.writestr("product_codes_HS92_V202601.csv", 'code,description\n010121,"Horses, bred"\n')
        archive.writestr("Readme.txt", "about")
    found = scan(inbox)
    assert [str(part) for part in found] == [
        "baci/trade_year/HS92-202601-2020",
        "baci/trade_year/HS92-202601-2021",
        "baci/product_code/HS92-202601",
    ]
    assert isinstance(found[0], Partition)
    assert gzip.decompress(b"".join(fetch(found[0], open_http(inbox)))).decode() == BACI.replace("2021", "2020")


@pytest.mark.parametrize("table", ["legacy_trade", "plus_trade"])
@pytest.mark.parametrize("ending", ["\n", ",\n"])
def test_both_comtrade_layouts_are_known_with_and_without_trailing_comma(
    inbox: Settings, table: str, ending: str
) -> None:
    (inbox.inbox / "my download (1).csv").write_text(headers(inbox, table) + ending, encoding="utf-8")
    found = only(inbox)
    assert isinstance(found, Partition)
    assert (found.table, found.key) == (table, "my_download_1")


def test_the_names_of_comtrades_old_programming_interface_are_known(inbox: Settings) -> None:
    columns = load_contracts(inbox.contracts)["comtrade_csv"].table("legacy_trade").columns
    names = [(*column.other_headers, column.header)[0] for column in columns]
    assert names[:7] == ["pfCode", "yr", "Period", "periodDesc", "aggrLevel", "IsLeaf", "rgCode"]
    (inbox.inbox / "saved.csv").write_text(",".join(names), encoding="utf-8")
    found = only(inbox)
    assert isinstance(found, Partition)
    assert (found.table, found.key) == ("legacy_trade", "saved")


def test_a_stranger_is_named_with_the_closest_contract_and_the_difference(inbox: Settings) -> None:
    (inbox.inbox / "odd.csv").write_text("t,i,j,k,value\n", encoding="utf-8")
    found = only(inbox)
    assert isinstance(found, Unrecognised)
    assert "odd.csv fits no contract; closest is baci.trade_year" in found.reason
    assert "missing ['v', 'q'], not known there ['value']" in found.reason


@pytest.mark.parametrize("more", ["", ";isReported;legacyEstimationFlag"])
def test_a_download_saved_by_a_spreadsheet_is_told_from_a_stranger(inbox: Settings, more: str) -> None:
    """The publisher's file has more columns than the contract reads."""
    (inbox.inbox / "saved.csv").write_text(
        headers(inbox, "plus_trade").replace('"', "").replace(",", ";") + more, encoding="utf-8"
    )
    found = only(inbox)
    assert isinstance(found, Unrecognised)
    assert "has the columns of comtrade_csv.plus_trade parted by semicolons" in found.reason


def test_a_download_of_a_source_the_inbox_does_not_take_is_told_to_be_fetched(inbox: Settings) -> None:
    header = "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE"
    (inbox.inbox / "rates.csv").write_text(f"{header}\nEXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2024-01-02,1.0956\n")
    found = only(inbox)
    assert isinstance(found, Unrecognised)
    assert found.reason == (
        "rates.csv has the columns of ecb.reference_rate, which the inbox does not take; "
        "`entrepot ingest --source ecb` fetches it. Move it out of the inbox."
    )


def test_some_columns_of_the_older_interface_are_closest_to_its_contract(inbox: Settings) -> None:
    (inbox.inbox / "some.csv").write_text(
        "pfCode,yr,period,rgCode,rtCode,ptCode,cmdCode,TradeValue\n", encoding="utf-8"
    )
    found = only(inbox)
    assert isinstance(found, Unrecognised)
    assert "closest is comtrade_csv.legacy_trade" in found.reason
    assert "not known there nothing" in found.reason


def test_right_columns_under_a_name_without_a_year_ask_for_a_better_name(inbox: Settings) -> None:
    (inbox.inbox / "download.csv").write_text(BACI, encoding="utf-8")
    found = only(inbox)
    assert isinstance(found, Unrecognised)
    assert "rename it like BACI_HS92_Y2021_V202601.csv" in found.reason


@pytest.mark.parametrize("name", ["2017_2012", "HS2012_to_HS2007", "HS2017_to_HS2017", "H5_H9"])
def test_weights_under_the_name_of_other_revisions_ask_for_a_better_name(inbox: Settings, name: str) -> None:
    """They landed and were used nowhere, without a word: their direction is told by the name alone."""
    (inbox.inbox / f"conversion_weights_{name}.csv").write_text("H5,H4,weight\n010121,010121,1\n")
    found = only(inbox)
    assert isinstance(found, Unrecognised)
    assert found.reason.endswith("not its name; rename it like conversion_weights_HS2017_to_HS2012.csv.")


@pytest.mark.parametrize("name", ["HS2017_to_HS2012", "HS12_HS17", "H5_to_H4"])
def test_weights_are_known_by_the_names_of_their_revisions(inbox: Settings, name: str) -> None:
    (inbox.inbox / f"conversion_weights_{name}.csv").write_text("H5,H4,weight\n010121,010121,1\n")
    found = only(inbox)
    assert isinstance(found, Partition)
    assert str(found) == f"hs_weight/h5_h4/{name.replace('_to_', '_').replace('_', '-')}"


def test_a_cut_off_gzip_is_not_read_as_an_empty_table(inbox: Settings) -> None:
    (inbox.inbox / "BACI_HS92_Y2021_V202601.csv.gz").write_bytes(gzip.compress(BACI.encode())[:12])
    found = only(inbox)
    assert isinstance(found, Unrecognised)
    assert "cannot be read" in found.reason


IMTS = (
    "DATAFLOW,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE,PRECISION,DECIMALS_DISPLAYED,"
    "TRADE_FLOW,VALUATION,UNIT,DERIVATION_TYPE,OVERLAP,STATUS\n"
    "IMF.STA:IMTS(1.0.0),CHN,XG_FOB_USD,RUS,A,2021,67565000000,0,,1,XG,FOB,USD,O,OL,N\n"
)


def test_a_saved_answer_of_a_live_source_lands_beside_live_ones_without_asking_a_server(
    inbox: Settings, ledger: Ledger
) -> None:
    (inbox.inbox / "imts 2021.csv").write_text(IMTS, encoding="utf-8")
    land.prepare(inbox)
    (partition,) = [part for part in step.plan(inbox, ledger).fetch if part.source == "imf_imts"]
    assert partition.key == "inbox-imts_2021"
    fetched = step.fetch_partition(inbox, ledger, partition)
    assert (fetched.outcome, fetched.url) == ("new", "inbox/imts 2021.csv")
    (record,) = land.pending(inbox, ledger)
    assert land.land_file(inbox, ledger, record).rows == 1
    assert [o.outcome for o in step.plan(inbox, ledger).kept if o.source == "imf_imts"] == ["kept"]


BULK = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,QUANTITY_KG,"
    "QUANTITY_SUPPL_UNIT\nDE,CN,E,01012100,1,1,NO_SU,202401,100,100,10,0\n"
)
COMEXT = (
    "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE\n"
    "ESTAT:DS-045409(1.0),01/02/25 11:00:00,A,DE,CN,0101,1,VALUE_IN_EUROS,2024,100\n"
)
LOST_ZERO = "has an odd number of digits, as where a spreadsheet has taken the leading zero"
OF_OTHER_FREQUENCY = "is not a period of its frequency"


@pytest.mark.parametrize(
    ("content", "was", "written", "said"),
    [
        (BULK, "01012100", "1012100", LOST_ZERO),
        (BULK, "202401", "000001", "does not match"),
        (COMEXT, ",0101,", ",101,", LOST_ZERO),
        (COMEXT, ",2024,", ",2024-01,", OF_OTHER_FREQUENCY),
        (COMEXT, ",A,", ",M,", OF_OTHER_FREQUENCY),
        (IMTS, ",A,2021,", ",Q,2021,", OF_OTHER_FREQUENCY),
        (IMTS, ",A,2021,", ",A,2021-Q1,", OF_OTHER_FREQUENCY),
        (IMTS, ",A,2021,", ",M,2021-Q1,", OF_OTHER_FREQUENCY),
        (IMTS, ",A,2021,", ",A,0000,", "does not match"),
    ],
)
def test_a_figure_of_another_product_or_period_than_it_seems_is_refused(
    inbox: Settings, ledger: Ledger, content: str, was: str, written: str, said: str
) -> None:
    """1012100 would count as cereals, and a quarter called 2021 as the year."""
    assert content.count(was) == 1
    for name, text in (("good", content), ("bad", content.replace(was, written))):
        (inbox.inbox / f"{name}.csv").write_text(text, encoding="utf-8")
    land.prepare(inbox)
    for partition in scan(inbox):
        assert isinstance(partition, Partition)
        step.fetch_partition(inbox, ledger, partition)
    outcomes = {record.url: land.land_file(inbox, ledger, record) for record in land.pending(inbox, ledger)}
    assert outcomes["inbox/good.csv"].rows == 1
    assert outcomes["inbox/bad.csv"].outcome == "failed"
    assert said in outcomes["inbox/bad.csv"].reason


def toy(name: str, *headers: str, form: str = "csv", origin: str = "live", **meta: object) -> Source:
    columns = [{"name": h.lower(), "data_type": "varchar", "description": "A.", "header": h} for h in headers]
    table = {"source": name, "name": "trade", "description": "One row per a.", "columns": columns, "format": form}
    head = dict.fromkeys(("publisher", "statistic_code", "landing_page", "licence", "cadence"), "x")
    node = {**head, "name": name, "description": "A.", "redistributable": False, "origin": origin, "priority": 9}
    return Source.model_validate({**node, "max_age_days": None, "tables": [{**table, "key": ["a"], **meta}]})


def seen(path: Path, *sources: Source, folder: str = "") -> Partition | Unrecognised:
    return recognise(Dropped(path=path, folder=folder), {source.name: source for source in sources})


def test_tab_separated_columns_are_looked_for_where_the_contract_says_tsv(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("a\tb\n1\t2\n", encoding="utf-8")
    found = seen(path, toy("one", "A", "B", form="tsv", inbox=True))
    assert isinstance(found, Partition)
    assert found.suffix == "tsv"
    assert isinstance(seen(path, toy("one", "A", "B", inbox=True)), Unrecognised)


def test_a_live_table_that_does_not_say_so_takes_no_files(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert isinstance(seen(path, toy("one", "a", "b")), Unrecognised)


def test_a_file_that_fits_two_contracts_is_a_question_the_folder_answers(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    sources = [toy("one", "a", "b", inbox=True), toy("two", "a", "b", origin="drop_box")]
    found = seen(path, *sources)
    assert isinstance(found, Unrecognised)
    assert found.reason == (
        "x.csv fits the contracts one.trade and two.trade; put it into the folder inbox/one.trade/ or "
        "inbox/two.trade/ to say which it is."
    )
    chosen = seen(path, *sources, folder="two.trade")
    assert isinstance(chosen, Partition)
    assert (chosen.source, chosen.key, chosen.url) == ("two", "x", "inbox/two.trade/x.csv")


@pytest.mark.parametrize(("name", "source"), [("two.csv", "two"), ("Two.2021.csv", "two"), ("one.csv", "one")])
def test_a_file_that_fits_two_contracts_is_that_of_the_source_it_is_called_as(
    tmp_path: Path, name: str, source: str
) -> None:
    path = tmp_path / name
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    sources = [toy("one", "a", "b", origin="drop_box"), toy("two", "a", "b", origin="drop_box")]
    found = seen(path, *sources)
    assert isinstance(found, Partition)
    assert found.source == source
    other = seen(path, *sources, folder="one" if source == "two" else "two")
    assert isinstance(other, Partition)
    assert other.source != source


def test_other_formats_are_recognised_by_their_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def known(name: str, start: bytes) -> Recognised | None:
        return Recognised(table="trade", key="2024 01", labels={"release": "r"}) if b"Table 2" in start else None

    monkeypatch.setattr(recognition, "load_source", lambda name: SimpleNamespace(recognise=known))
    page = tmp_path / "saved.html"
    page.write_text("<html><h1>Table 2</h1></html>", encoding="utf-8")
    found = seen(page, toy("one", "a", form="html", inbox=True))
    assert isinstance(found, Partition)
    assert (found.key, found.suffix, found.labels) == ("inbox-2024_01", "html", {"release": "r"})
    page.write_text("<html><h1>Cats</h1></html>", encoding="utf-8")
    other = seen(page, toy("one", "a", form="html", inbox=True))
    assert isinstance(other, Unrecognised)
    assert other.reason == "saved.html is a web page that no source recognises; move it out of the inbox."


def test_a_gzip_member_of_an_archive_is_stored_as_it_is(inbox: Settings) -> None:
    packed = gzip.compress(BACI.encode())
    with zipfile.ZipFile(inbox.inbox / "all.zip", "w") as archive:
        archive.writestr("BACI_HS92_Y2021_V202601.csv.gz", packed)
    found = only(inbox)
    assert isinstance(found, Partition)
    assert b"".join(fetch(found, open_http(inbox))) == packed


ANSWER = (Path(__file__).parents[1] / "fixtures" / "comtrade_api" / "trade.jsonl").read_bytes()


def test_a_saved_answer_of_un_comtrade_lands_as_one(inbox: Settings, ledger: Ledger) -> None:
    (inbox.inbox / "china exports.txt").write_bytes(ANSWER)
    found = only(inbox)
    assert isinstance(found, Partition)
    assert (str(found), found.labels) == ("comtrade_api/trade/inbox-china_exports", {})
    land.prepare(inbox)
    step.fetch_partition(inbox, ledger, found)
    (record,) = land.pending(inbox, ledger)
    outcome = land.land_file(inbox, ledger, record)
    assert (outcome.outcome, outcome.rows) == ("new", ANSWER.count(b'"primaryValue"'))


def test_a_saved_answer_as_long_as_the_preview_is_taken_for_a_part_of_more(inbox: Settings) -> None:
    (inbox.inbox / "a.json").write_bytes(ANSWER.replace(b'"count": 2', b'"count": 500', 1))
    found = only(inbox)
    assert isinstance(found, Partition)
    assert found.labels == {"cap": "500"}


def test_an_answer_that_only_counts_is_no_table(inbox: Settings) -> None:
    (inbox.inbox / "a.json").write_text('{"elapsedTime": "0.1 secs", "count": 7, "data": null, "error": ""}')
    found = only(inbox)
    assert isinstance(found, Unrecognised)
    assert "is an answer of UN Comtrade without a record" in found.reason


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("trade.2021.csv", "trade.2021"),
        ("trade.2022.csv.gz", "trade.2022"),
        ("trade.v1.2", "trade.v1.2"),
        ("trade.CSV", "trade"),
        ("folder.d/trade.tsv", "trade"),
        ("BACI_HS92_Y2021_V202601.csv.7z", "BACI_HS92_Y2021_V202601"),
        (".csv", ".csv"),
        ("trade", "trade"),
    ],
)
def test_a_dot_before_what_is_no_ending_belongs_to_the_name(name: str, stem: str) -> None:
    assert stem_of(name) == stem


def test_two_files_that_differ_after_a_dot_are_two_partitions(inbox: Settings, ledger: Ledger) -> None:
    rows = headers(inbox, "legacy_trade")
    for year in ("2021", "2022"):
        (inbox.inbox / f"trade.{year}.csv").write_text(f"{rows}\n", encoding="utf-8")
    assert [str(part) for part in scan(inbox)] == [
        "comtrade_csv/legacy_trade/trade.2021",
        "comtrade_csv/legacy_trade/trade.2022",
    ]
    assert {str(part) for part in step.plan(inbox, ledger).fetch} >= {str(part) for part in scan(inbox)}


def test_names_longer_than_a_folder_may_be_called_stay_apart(inbox: Settings) -> None:
    for end in "ab":
        name = f"{'long' * 60}{end}.csv"
        (inbox.inbox / name).write_text(headers(inbox, "legacy_trade"), encoding="utf-8")
    keys = {part.key for part in scan(inbox) if isinstance(part, Partition)}
    assert len(keys) == 2
    assert max(map(len, keys)) < 120


_RECORD = '{"rtCode": 410, "ptCode": 704, "cmdCode": "TOTAL", "TradeValue": 5, "pfCode": "H4"}'
_NEW = '{"typeCode": "C", "reporterCode": 410, "partnerCode": 704, "cmdCode": "TOTAL", "primaryValue": 5}'


@pytest.mark.parametrize(
    ("content", "table"),
    [
        (f"[{_RECORD}]", "legacy_trade"),
        (f'{{"validation": {{"count": {{"value": 1}}}}, "dataset": [{_RECORD}]}}', "legacy_trade"),
        (f"{_RECORD}\n{_RECORD}\n", "legacy_trade"),
        (f"[{_NEW}]", "trade"),
        (f'{{"count": 1, "data": [{_NEW}], "error": ""}}', "trade"),
    ],
)
def test_records_of_un_comtrade_are_known_by_their_names(inbox: Settings, content: str, table: str) -> None:
    (inbox.inbox / "answer.json").write_text(content, encoding="utf-8")
    found = only(inbox)
    assert isinstance(found, Partition), found
    assert (found.source, found.table) == ("comtrade_api", table)


def test_services_are_refused_whatever_the_format(inbox: Settings) -> None:
    (inbox.inbox / "services.json").write_text(f"[{_NEW}]".replace('"C"', '"S"'), encoding="utf-8")
    found = only(inbox)
    assert isinstance(found, Unrecognised)
    assert found.reason == "services.json holds trade in services; this warehouse takes trade in goods. Move it out."
