"""CEPII BACI from the stand-in up to landing: release by release, each byte fetched once, every fault survived."""

from __future__ import annotations

import gzip
import io
import itertools
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flows.ledger import Ledger, Outcome
from flows.settings import Settings
from flows.steps import fetch, land
from flows.transport.http import Http
from standin.server import StandIn
from tests.live import landing, query

HOST = "www.cepii.fr"


@pytest.fixture
def standin(standin: StandIn) -> StandIn:
    publisher = standin.office.publishers[HOST]
    for release in ("V202501", "V202601", "V202601b"):  # made once, so that no answer is late
        standin.office.world.revisions["baci", "HS92", "V202601"] = int(release.endswith("b"))
        publisher.archive(release)  # type: ignore[attr-defined]
    standin.office.world.revisions.clear()
    return standin


@pytest.fixture
def live(settings: Settings, standin: StandIn) -> Settings:
    update: dict[str, Any] = {"stand_in": standin.url, "history_from": 2023, "http_tries": 2}
    return settings.model_copy(update={**update, "http_backoff_seconds": 0.0})


def ingest(settings: Settings, sources: tuple[str, ...] = ("baci",)) -> list[Outcome]:
    """One run up to landing."""
    return landing(settings, sources or None)


def published(settings: Settings) -> dict[str, tuple[Any, ...]]:
    """Rows, thousands of dollars and rows without a quantity, of each year of each release that is published."""
    sql = """
        select 'V' || file.release_label || '|' || record.t, count(*), sum(record.v), count(*) - count(record.q)
        from raw.baci__trade_year as record
        inner join raw.file as file on record.file_id = file.file_id and file.is_current
        group by all
    """
    return {str(key): tuple(values) for key, *values in query(settings, sql)}


def truth(standin: StandIn, release: str, years: range) -> dict[str, tuple[Any, ...]]:
    known = standin.truth("baci")["baci"]
    return {
        f"{release}|{year}": (
            known[f"{release}|{year}"]["rows"],
            Decimal(known[f"{release}|{year}"]["value_kusd"]),
            known[f"{release}|{year}"]["without_quantity"],
        )
        for year in years
    }


def asked(standin: StandIn, start: int = 0) -> list[tuple[str, str]]:
    log = standin.office.control.log[start:]
    return [(line["method"], line["path"].rpartition("/")[2]) for line in log]


def data_requests(standin: StandIn, start: int = 0) -> list[tuple[int, int]]:
    """First and last byte of every part of an archive that was asked for."""
    ranges = [line["headers"]["range"] for line in standin.office.control.log[start:] if "range" in line["headers"]]
    return [(int(first), int(last)) for first, last in (text.removeprefix("bytes=").split("-") for text in ranges)]


def test_the_newest_release_lands_to_the_last_unit_and_each_byte_is_sent_once(live: Settings, standin: StandIn) -> None:
    outcomes = ingest(live)
    assert {outcome.outcome for outcome in outcomes} == {"new"}
    assert {f"{outcome.table}/{outcome.partition}" for outcome in outcomes} == {
        *(f"trade_year/HS92-202601-{year}" for year in (2023, 2024)),
        "country_code/202601",
        "product_code/HS92-202601",
    }
    assert published(live) == truth(standin, "V202601", range(2023, 2025))
    sent = sorted(data_requests(standin))
    whole = [span for span in sent if span[1] - span[0] >= 30]
    archive = len(standin.office.publishers[HOST].archive("V202601"))  # type: ignore[attr-defined]
    members = [span for span in whole if span[1] != archive - 1]
    assert all(one[1] < other[0] for one, other in itertools.pairwise(members)), "no byte twice"
    assert sum(last - first + 1 for first, last in members) < archive / 2, "years not asked for are not sent"
    assert not list((live.raw / ".partial").iterdir())


def test_what_is_stored_is_what_the_archive_holds_byte_for_byte(live: Settings, standin: StandIn) -> None:
    ingest(live)
    content = standin.office.publishers[HOST].archive("V202601")  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo("BACI_HS92_Y2024_V202601.csv")
        text = archive.read(info)
    (path,) = (live.raw / "baci" / "trade_year" / "HS92-202601-2024").glob("*.csv.gz")
    packed = path.read_bytes()
    assert gzip.decompress(packed) == text
    start = info.header_offset + 30 + len(info.filename)
    assert packed[10:-8] == content[start : start + info.compress_size]


def test_codes_and_texts_of_the_release_come_as_they_are(live: Settings) -> None:
    ingest(live)
    names = dict(query(live, "select country_code, country_name from raw.baci__country_code"))
    assert (names[384], names[792], names[697]) == ("Côte d'Ivoire", "Türkiye", "Europe EFTA, nes")
    sql = "select count(*) from raw.baci__trade_year where {}"
    for condition in ("k = '9999AA'", "k like '0%'", "q is null", *(f"{c} in (i, j)" for c in (490, 842, 251, 757))):
        assert query(live, sql.format(condition)) > [(0,)], condition


def test_a_second_run_sends_no_data_request(live: Settings, standin: StandIn) -> None:
    ingest(live)
    before = len(standin.office.control.log)
    assert {outcome.outcome for outcome in ingest(live)} == {"kept"}
    assert asked(standin, before) == [("GET", "bdd_modele_item.asp"), ("HEAD", "BACI_HS92_V202601.zip")]


def test_a_correction_is_the_next_release_and_replaces_all_years_at_once(live: Settings, standin: StandIn) -> None:
    ingest(live)
    standin.office.world.revise("baci", "HS92", "V202601")
    outcomes = ingest(live)
    assert {outcome.outcome for outcome in outcomes} == {"new"}
    assert published(live) == truth(standin, "V202601b", range(2023, 2025))
    vintages = query(
        live,
        "select release_label, min(known_from), max(known_from), min(known_to), max(known_to), count(*) from raw.file "
        "where table_name = 'trade_year' group by release_label order by release_label",
    )
    (old, old_from, _, old_to, old_to_last, n_old), (new, new_from, new_from_last, new_to, _, n_new) = vintages
    assert (old, n_old, new, n_new) == ("202601", 2, "202601b", 2)
    assert old_from < old_to == old_to_last == new_from == new_from_last, "at one moment, all years"
    assert new_to is None
    assert query(live, "select count(*) from raw.baci__trade_year") > [(sum(r for r, *_ in published(live).values()),)]


def test_no_published_state_mixes_releases_while_a_release_is_on_its_way(live: Settings, standin: StandIn) -> None:
    ingest(live)
    before = published(live)
    standin.office.world.revise("baci", "HS92", "V202601")
    ledger = Ledger(live)
    http = Http(live, ledger, sleep=lambda seconds: None)
    plan = fetch.plan(live, ledger, ["baci"], http=http)
    years = [partition for partition in plan.fetch if partition.table == "trade_year"]
    held = [fetch.fetch_partition(live, ledger, partition, http) for partition in years[:1]]
    for record in land.pending(live, ledger):
        land.land_file(live, ledger, record)
    assert published(live) == before
    (notice,) = [outcome.notice for outcome in land.note_held_back(live, held)]
    assert "HS92 release 202601b is held back until it is whole (1 of 2 files is here)" in notice
    ingest(live)
    assert published(live) == truth(standin, "V202601b", range(2023, 2025))


def test_an_earlier_release_is_history_and_does_not_come_back(live: Settings, standin: StandIn) -> None:
    ingest(live)
    ingest(live.model_copy(update={"baci_releases": ("202601", "202501")}))
    assert published(live) == truth(standin, "V202601", range(2023, 2025))
    releases = query(live, "select distinct release_label from raw.file where table_name = 'trade_year' order by 1")
    assert releases == [("202501",), ("202601",)]
    before = len(standin.office.control.log)
    ingest(live.model_copy(update={"baci_releases": ("202501", "202601")}))
    assert data_requests(standin, before) == []


def test_from_empty_two_releases_end_with_the_newer_one(live: Settings, standin: StandIn) -> None:
    ingest(live.model_copy(update={"baci_releases": ("202601", "202501"), "history_from": 2023}))
    assert published(live) == truth(standin, "V202601", range(2023, 2025))


def test_more_history_is_fetched_alone(live: Settings, standin: StandIn) -> None:
    ingest(live)
    before = len(standin.office.control.log)
    outcomes = ingest(live.model_copy(update={"history_from": 2022}))
    assert [outcome.partition for outcome in outcomes if outcome.outcome == "new"] == ["HS92-202601-2022"]
    assert len(data_requests(standin, before)) == 2
    assert published(live) == truth(standin, "V202601", range(2022, 2025))


def test_the_archive_in_the_inbox_lands_the_same_rows_and_asks_nobody(
    live: Settings, standin: StandIn, tmp_path: Path
) -> None:
    dropped = live.model_copy(update={"warehouse": tmp_path / "dropped", "history_from": 2000})
    dropped.inbox.mkdir(parents=True)
    content = standin.office.publishers[HOST].archive("V202601")  # type: ignore[attr-defined]
    (dropped.inbox / "BACI_HS92_V202601.zip").write_bytes(content)
    ingest(dropped, ())
    assert standin.office.control.log == []
    ingest(live.model_copy(update={"history_from": 2000}))
    assert published(dropped) == published(live)
    sql = "select file_id, row_count, known_to is null from raw.file where source_code = 'baci' order by file_id"
    assert query(dropped, sql) == query(live, sql)
    assert {outcome.outcome for outcome in ingest(dropped)} == {"kept"}, "live after the inbox brings nothing new"


def test_single_years_of_another_release_never_replace_a_whole_one(live: Settings, standin: StandIn) -> None:
    ingest(live)
    live.inbox.mkdir(parents=True)
    name = "BACI_HS92_Y2024_V202701.csv"
    (live.inbox / name).write_text("t,i,j,k,v,q\n2024,156,643,270900,1.000,NA\n", encoding="utf-8")
    ingest(live)
    assert published(live) == truth(standin, "V202601", range(2023, 2025))


def test_without_a_list_of_links_the_names_are_tried(live: Settings, standin: StandIn) -> None:
    standin.office.world.revise("baci", "HS92", "V202601")
    standin.office.control.add_fault({"kind": "status", "status": 404, "match": "bdd_modele", "times": 0})
    ingest(live)
    assert published(live) == truth(standin, "V202601b", range(2023, 2025))
    tried = [path for method, path in asked(standin) if method == "HEAD"]
    assert "BACI_HS92_V202601c.zip" in tried


def test_a_cut_connection_goes_on_where_it_broke(live: Settings, standin: StandIn) -> None:
    standin.office.control.add_fault({"kind": "cut", "match": "V202601", "times": 3, "after": 4, "at": 500})
    outcomes = ingest(live.model_copy(update={"http_tries": 5}))
    assert {outcome.outcome for outcome in outcomes} == {"new"}
    assert published(live) == truth(standin, "V202601", range(2023, 2025))
    starts = [first for first, _ in data_requests(standin)]
    assert any(later - earlier == 500 for earlier in starts for later in starts)


def test_a_later_process_goes_on_with_the_bytes_of_the_one_that_was_killed(live: Settings, standin: StandIn) -> None:
    ledger = Ledger(live)
    http = Http(live, ledger, sleep=lambda seconds: None)
    land.prepare(live)
    (partition, *_) = [p for p in fetch.plan(live, ledger, ["baci"], http=http).fetch if p.key.endswith("2024")]
    standin.office.control.add_fault({"kind": "cut", "match": "V202601", "times": 0, "after": 1, "at": 700})
    patient = Http(live.model_copy(update={"http_tries": 1}), ledger, sleep=lambda seconds: None)
    assert fetch.fetch_partition(live, ledger, partition, patient).outcome == "failed"
    (left,) = (live.raw / ".partial").iterdir()
    assert left.stat().st_size == 710
    standin.office.control.reset()
    assert {outcome.outcome for outcome in ingest(live)} == {"new"}
    assert published(live) == truth(standin, "V202601", range(2023, 2025))
    starts = [first for first, last in data_requests(standin) if last - first > 30]
    assert len(starts) == 4
    assert not list((live.raw / ".partial").iterdir())


def test_bytes_of_another_version_are_not_gone_on_with(live: Settings, standin: StandIn) -> None:
    ledger = Ledger(live)
    http = Http(live, ledger, sleep=lambda seconds: None)
    land.prepare(live)
    (partition, *_) = [p for p in fetch.plan(live, ledger, ["baci"], http=http).fetch if p.key.endswith("2024")]
    stale = partition.model_copy(update={"location": partition.location.replace('"tag":"\\"0x', '"tag":"\\"1x')})
    outcome = fetch.fetch_partition(live, ledger, stale, http)
    assert outcome.outcome == "failed"
    assert "another version" in outcome.reason
    assert {outcome.outcome for outcome in ingest(live)} == {"new"}
    assert published(live) == truth(standin, "V202601", range(2023, 2025))


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("rate_limit", {}, "too many requests"),
    ("status", {"status": 500}, "out of order (500)"),
    ("status", {"status": 503}, "out of order (503)"),
    ("html", {}, "web page"),
    ("cut", {}, "broke"),
    ("reset", {}, "broke"),
    ("slow", {"seconds": 10}, "was silent for 0.5 s"),
    ("empty", {}, ""),
    ("truncated_gzip", {}, ""),
    ("wrong_charset", {}, ""),
    ("retyped", {"column": "v"}, "not a decimal(18,3)"),
    ("missing_column", {"column": "v"}, "the columns v of baci.trade_year are missing"),
    ("duplicate_page", {}, "duplicate key"),
    ("silent_cap", {"rows": 3}, "is taken for a cut-off file"),
]


@pytest.mark.parametrize(("kind", "options", "sentence"), FAULTS, ids=lambda value: str(value)[:24])
def test_a_fault_leaves_the_last_release_whole_and_the_next_run_completes(
    live: Settings, standin: StandIn, kind: str, options: dict[str, Any], sentence: str
) -> None:
    ingest(live)
    before = published(live)
    standin.office.world.revise("baci", "HS92", "V202601")
    standin.office.control.add_fault({"kind": kind, "match": "V202601b", "times": 0, **options})
    hasty = live.model_copy(update={"http_timeout_seconds": 0.5}) if kind == "slow" else live
    bad = [outcome for outcome in ingest(hasty) if outcome.outcome == "failed"]
    assert bad
    assert not any(outcome.stops_run for outcome in bad)
    assert all(sentence in outcome.reason and "\n" not in outcome.reason for outcome in bad), bad
    assert published(live) == before
    standin.office.control.reset()
    again = ingest(live)
    assert {outcome.outcome for outcome in again} <= {"new", "revised", "kept"}, again
    assert published(live) == truth(standin, "V202601b", range(2023, 2025))


def test_a_new_column_is_kept_in_the_raw_file_and_said(live: Settings, standin: StandIn) -> None:
    standin.office.control.add_fault({"kind": "new_column", "match": "V202601", "times": 0, "column": "flag"})
    notices = {outcome.notice for outcome in ingest(live) if outcome.table == "trade_year"}
    assert notices
    assert all("does not know: flag" in notice for notice in notices)
    assert published(live) == truth(standin, "V202601", range(2023, 2025))
