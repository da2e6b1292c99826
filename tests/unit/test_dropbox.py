"""What the drop box recognises, and what it says of a file it does not."""

from __future__ import annotations

import gzip
import zipfile

import pytest

from flows.contracts import load_contracts
from flows.settings import Settings
from flows.sources.base import Partition
from flows.sources.dropbox import Unrecognised, fetch, scan
from flows.sources.http import open_http

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
        "baci/trade_year/HS92-2021",
        {"hs_revision": "HS92", "year": "2021", "release": "202601"},
    )


def test_gzip_and_plain_are_the_same_partition_so_one_must_go(inbox: Settings) -> None:
    (inbox.inbox / "BACI_HS92_Y2021_V202601.csv").write_text(BACI, encoding="utf-8")
    (inbox.inbox / "BACI_HS92_Y2021_V202601.csv.gz").write_bytes(gzip.compress(BACI.encode()))
    refused = [part for part in scan(inbox) if isinstance(part, Unrecognised)]
    assert len(refused) == 1
    assert "keep one of the two" in refused[0].reason


def test_every_data_member_of_an_archive_is_a_partition(inbox: Settings) -> None:
    with zipfile.ZipFile(inbox.inbox / "BACI_HS92_V202601.zip", "w") as archive:
        for year in (2020, 2021):
            archive.writestr(f"BACI_HS92_Y{year}_V202601.csv", BACI.replace("2021", str(year)))
        archive.writestr("product_codes_HS92_V202601.csv", 'code,description\n010121,"Horses, bred"\n')
        archive.writestr("Readme.txt", "about")
    found = scan(inbox)
    assert [str(part) for part in found] == [
        "baci/trade_year/HS92-2020",
        "baci/trade_year/HS92-2021",
        "baci/product_code/HS92",
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


def test_a_stranger_is_named_with_the_closest_contract_and_the_difference(inbox: Settings) -> None:
    (inbox.inbox / "odd.csv").write_text("t,i,j,k,value\n", encoding="utf-8")
    found = only(inbox)
    assert isinstance(found, Unrecognised)
    assert "odd.csv fits no contract; closest is baci.trade_year" in found.reason
    assert "missing ['v', 'q'], not known there ['value']" in found.reason


def test_right_columns_under_a_name_without_a_year_ask_for_a_better_name(inbox: Settings) -> None:
    (inbox.inbox / "download.csv").write_text(BACI, encoding="utf-8")
    found = only(inbox)
    assert isinstance(found, Unrecognised)
    assert "rename it like BACI_HS92_Y2021_V202601.csv" in found.reason


def test_a_cut_off_gzip_is_not_read_as_an_empty_table(inbox: Settings) -> None:
    (inbox.inbox / "BACI_HS92_Y2021_V202601.csv.gz").write_bytes(gzip.compress(BACI.encode())[:12])
    found = only(inbox)
    assert isinstance(found, Unrecognised)
    assert "cannot be read" in found.reason
