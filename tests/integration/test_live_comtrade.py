"""UN Comtrade from the stand-in up to landing: the truth to the last unit, only what changed again, and each fault."""

from __future__ import annotations

import gzip
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from flows.ledger import Ledger, Outcome
from flows.settings import Settings
from flows.sources.comtrade import whole
from flows.sources.comtrade.query import comtrade_codes
from flows.steps import fetch
from standin import comtrade_files
from standin.server import StandIn
from tests.live import landing, open_again, query

HOST = "comtradeapi.un.org"
KEY = "a-key-of-the-test"
BOTH = ("comtrade_api", "comtrade_bulk")
DATA = f"{HOST}/data/v1/get/"
FILE = f"{HOST}/bulk/v1/file/"


@pytest.fixture
def live(settings: Settings, standin: StandIn) -> Settings:
    """With a key: Kazakhstan, all levels but headings, two years without months."""
    return settings.model_copy(
        update={
            "stand_in": standin.url,
            "comtrade_key": SecretStr(KEY),
            "reporters": ("KAZ",),
            "frequencies": ("A",),
            "comtrade_products": ("TOTAL", "AG2", "AG6"),
            "history_from": 2022,
            "history_to": 2023,
            "http_tries": 3,
            "http_backoff_seconds": 0.0,
            "http_timeout_seconds": 20.0,
        }
    )


def ingest(settings: Settings, sources: tuple[str, ...] = BOTH) -> list[Outcome]:
    """One run up to landing; the outcomes, of sources that could not be reached too."""
    return landing(settings, sources)


def of(outcomes: list[Outcome], source: str, table: str = "trade") -> list[Outcome]:
    return [outcome for outcome in outcomes if (outcome.source, outcome.table) == (source, table)]


def totals(settings: Settings, source: str) -> dict[str, dict[str, Any]]:
    """Of each dataset as it is current, in the shape of the stand-in's truth; parts of totals left out."""
    found = query(
        settings,
        f"""
        select
            record.freq_code || '|' || record.reporter_code || '|' || record.period as dataset,
            count(*) filter (where cmd_code = 'TOTAL') as rows_total,
            count(*) filter (where length(cmd_code) = 2) as rows_ag2,
            count(*) filter (where length(cmd_code) = 6) as rows_ag6,
            sum(primary_value) filter (where cmd_code = 'TOTAL' and partner_code = 0 and flow_code = 'X') as x_usd,
            sum(primary_value) filter (where cmd_code = 'TOTAL' and partner_code = 0 and flow_code = 'M') as m_usd,
            sum(primary_value) filter (where length(cmd_code) = 6 and partner_code <> 0 and flow_code = 'X'),
            sum(primary_value) filter (where length(cmd_code) = 6 and partner_code <> 0 and flow_code = 'M')
        from raw.{source}__trade as record
        inner join raw.file as file on record.file_id = file.file_id and file.is_current
        where partner2_code = 0 and customs_code = 'C00' and mot_code = 0
        group by all
        """,
    )
    names = ("rows_total", "rows_ag2", "rows_ag6", "X_usd", "M_usd", "X_usd_products", "M_usd_products")
    return {dataset: dict(zip(names, figures, strict=True)) for dataset, *figures in found}


def truth(settings: Settings, standin: StandIn) -> dict[str, dict[str, Any]]:
    """What those datasets must hold: products and chapters add up to the total by construction."""
    codes = comtrade_codes(settings, settings.reporters)
    asked = {
        key: entry
        for key, entry in standin.truth("comtrade")["comtrade"].items()
        if key.split("|")[0] in settings.frequencies
        and key.split("|")[1] in codes
        and settings.history_from <= int(key.split("|")[2][:4]) <= (settings.history_to or 9999)
    }
    return {
        key: {name: entry[name] for name in ("rows_total", "rows_ag2", "rows_ag6")}
        | {f"{flow}_usd{what}": Decimal(entry[f"{flow}_usd"]) for flow in "XM" for what in ("", "_products")}
        for key, entry in asked.items()
    }


def test_api_and_bulk_hold_the_truth_to_the_last_unit(live: Settings, standin: StandIn) -> None:
    live = live.model_copy(update={"reporters": ("USA",), "frequencies": ("A", "M"), "history_from": 2023})
    outcomes = ingest(live)
    assert {(outcome.outcome, outcome.rejects) for outcome in outcomes} == {("new", 0)}, outcomes
    expected = truth(live, standin)
    assert len(expected) == 13
    assert totals(live, "comtrade_api") == expected
    assert totals(live, "comtrade_bulk") == expected
    announced = query(live, "select sum(total_records) from raw.comtrade_api__availability where period like '2023%'")
    assert query(live, "select count(*) from raw.comtrade_bulk__trade") == announced, "the whole cross of each dataset"


def test_the_odd_spellings_of_bulk_files_land_in_the_columns_of_the_answers(live: Settings) -> None:
    ingest(live)
    columns = "cifvalue, fobvalue, net_wgt, is_net_wgt_estimated, qty, qty_unit_code, is_reported, flow_code"
    same = """
        select {columns}, partner_code, cmd_code, period from raw.comtrade_{name}__trade
        where partner2_code = 0 and customs_code = 'C00' and mot_code = 0 and length(cmd_code) <> 4 order by all
    """
    bulk, api = (query(live, same.format(columns=columns, name=name)) for name in ("bulk", "api"))
    assert bulk == api
    assert len(bulk) > 500


def test_a_second_run_asks_for_lists_only_and_a_revision_is_fetched_alone(live: Settings, standin: StandIn) -> None:
    ingest(live)
    before = totals(live, "comtrade_bulk")
    log = standin.office.control.log
    log.clear()
    assert {outcome.outcome for outcome in ingest(live)} == {"kept"}
    assert [line["path"] for line in log] == ["/data/v1/getDa/C/A/HS", "/bulk/v1/get/C/A/HS", "/data/v1/getDa/C/A/HS"]
    standin.office.world.revise("comtrade", "398", "2022")
    log.clear()
    outcomes = ingest(live)
    assert {o.partition for o in outcomes if o.outcome == "revised" and o.table == "trade"} == {
        "A-398-2022", "A-398-2022-H5",
    }  # fmt: skip
    periods = [line["query"].get("period") for line in log if "/v1/get/" in line["path"] and "cmdcode" in line["query"]]
    assert set(periods) == {"2022"}
    after = totals(live, "comtrade_bulk")
    assert after == truth(live, standin)
    assert after["A|398|2022"]["X_usd"] > before["A|398|2022"]["X_usd"]
    vintages = "select count(distinct file_id) from raw.comtrade_bulk__trade where period = '2022'"
    assert query(live, vintages) == [(2,)], "the old values stay"
    notes = query(
        live,
        "select note.period, count(*) from raw.comtrade_api__publication_note as note "
        "inner join raw.file as file on note.file_id = file.file_id and file.is_current "
        "where note.period in ('2022', '2023') group by all order by all",
    )
    assert notes == [("2022", 2), ("2023", 1)], "the history of the notes"


def test_a_dataset_that_vanishes_upstream_is_noticed_and_its_rows_stay(live: Settings, standin: StandIn) -> None:
    ingest(live)
    before = {source: totals(live, source) for source in BOTH}
    standin.office.world.withheld.add(("A", 398, "2022"))
    outcomes = ingest(live)
    noticed = {outcome.partition: outcome.notice for outcome in outcomes if "no longer lists" in outcome.notice}
    assert set(noticed) == {"A-398-2022", "A-398-2022-H5"}
    assert all(outcome.outcome == "kept" for outcome in of(outcomes, "comtrade_api") + of(outcomes, "comtrade_bulk"))
    assert noticed["A-398-2022"].startswith("The publisher no longer lists comtrade_api/trade/A-398-2022; its rows, ")
    assert {source: totals(live, source) for source in BOTH} == before
    elsewhere = live.model_copy(update={"reporters": ("USA",), "history_from": 2023})
    assert not any(outcome.notice for outcome in ingest(elsewhere)), "what was not asked for has not vanished"


def test_without_a_key_bulk_says_so_and_the_preview_is_taken_apart(live: Settings, standin: StandIn) -> None:
    keyless = live.model_copy(update={"comtrade_key": None, "reporters": ("USA",), "history_to": 2022})
    outcomes = ingest(keyless)
    (bulk,) = [outcome for outcome in outcomes if outcome.source == "comtrade_bulk"]
    assert bulk.outcome == "failed"
    assert "premium subscribers only: set ENTREPOT_COMTRADE_KEY, or put files you have into the inbox" in bulk.reason
    assert totals(keyless, "comtrade_api") == truth(keyless, standin)
    sizes = [line["path"] for line in standin.office.control.log if "/preview/" in line["path"]]
    assert len(sizes) == 3, "636 rows: the whole question, and its two halves"


@pytest.mark.parametrize("cap", [700, 60, 9])
def test_a_dataset_above_the_cap_is_taken_apart_and_whole_again(
    live: Settings, standin: StandIn, monkeypatch: pytest.MonkeyPatch, cap: int
) -> None:
    monkeypatch.setattr(whole, "KEYED_ROWS", cap)
    standin.office.control.rules.keyed_cap = cap
    one = live.model_copy(update={"history_to": 2022, "comtrade_requests_per_day": 5000})
    assert {outcome.outcome for outcome in ingest(one, ("comtrade_api",))} == {"new"}
    assert totals(one, "comtrade_api") == truth(one, standin)
    asked = [line["query"] for line in standin.office.control.log if line["path"] == "/data/v1/get/C/A/HS"]
    assert all(question["breakdownmode"] == "plus" for question in asked)
    pins = ("partner2code", "customscode", "motcode")
    assert {tuple(question[name] for name in pins) for question in asked} == {("0", "C00", "0")}
    lists = [line["path"] for line in standin.office.control.log if "/reference/" in line["path"]]
    assert len(lists) == len(set(lists)), "each list once"


def test_the_day_s_requests_end_a_run_cleanly_and_another_day_completes_it(live: Settings, standin: StandIn) -> None:
    few = live.model_copy(update={"comtrade_requests_per_day": 5})
    outcomes = ingest(few)
    reasons = {outcome.reason for outcome in outcomes if outcome.outcome == "waiting"}
    assert reasons
    assert all("used up: partial, resume after 00:00 UTC" in reason for reason in reasons), reasons
    assert len(standin.office.control.log) == 5
    assert "failed" not in {outcome.outcome for outcome in ingest(live)}
    assert totals(live, "comtrade_api") == totals(live, "comtrade_bulk") == truth(live, standin)


FAULTS: list[tuple[str, str, dict[str, Any], str]] = [
    *[
        (place, kind, options, sentence)
        for place in (DATA, FILE)
        for kind, options, sentence in [
            ("rate_limit", {}, "too many requests (429)"),
            ("quota", {}, "partial, resume after"),
            ("status", {"status": 500}, "out of order (500)"),
            ("status", {"status": 504}, "out of order (504)"),
            ("html", {}, "web page"),
            ("truncated_gzip", {}, "cut off"),
            ("reset", {}, "broke"),
            ("revoked_key", {}, "does not accept the subscription key (401)"),
            ("empty", {}, ""),
        ]
    ],
    (DATA, "cut", {}, "broke"),
    (DATA, "slow", {"seconds": 10}, "was silent for 0.5 s"),
    (FILE, "cut", {"at": 0}, "broke"),
    (FILE, "wrong_charset", {}, "UTF-16"),
    (FILE, "retyped", {"column": "CIFValue"}, "column cifvalue, value 'n/a': not a decimal(18,3)"),
    (FILE, "missing_column", {"column": "isnetWgtEstimated"}, "the columns isNetWgtEstimated of comtrade_bulk.trade"),
    (FILE, "duplicate_page", {}, "duplicate key"),
    (FILE, "silent_cap", {"rows": 50}, "a loss of more than 50% is taken for a cut-off file"),
    (DATA, "wrong_charset", {}, "is not JSON"),
    (DATA, "silent_cap", {"rows": 5, "after": 1}, "rows and sent 5"),
    (DATA, "duplicate_page", {"after": 1}, "rows and sent"),
    (DATA, "retyped", {"column": "primaryValue"}, "not a decimal"),
    (DATA, "missing_column", {"column": "primaryValue"}, "primaryValue of comtrade_api.trade are missing"),
]


@pytest.mark.parametrize(("place", "kind", "options", "sentence"), FAULTS, ids=lambda value: str(value)[-24:])
def test_a_fault_leaves_a_sentence_and_the_last_good_file_and_the_next_run_completes(
    live: Settings, standin: StandIn, place: str, kind: str, options: dict[str, Any], sentence: str
) -> None:
    source = "comtrade_api" if place == DATA else "comtrade_bulk"
    ingest(live, (source,))
    live = live.model_copy(update={"http_timeout_seconds": 0.5}) if kind == "slow" else live
    before = totals(live, source)
    standin.office.world.revise("comtrade", "398", "2022")
    standin.office.control.add_fault({"kind": kind, "match": place, "times": 0, **options})
    bad = [outcome for outcome in ingest(live, (source,)) if outcome.outcome in ("failed", "waiting")]
    assert {outcome.outcome for outcome in bad} == {"waiting" if kind == "quota" else "failed"}
    assert {outcome.partition[:10] for outcome in bad} == {"A-398-2022"}, bad
    assert all(sentence in outcome.reason and "\n" not in outcome.reason for outcome in bad), bad
    assert not any(KEY in outcome.model_dump_json() for outcome in bad)
    assert totals(live, source) == before, "the last good file stands in"
    standin.office.control.reset()
    open_again(live, HOST)
    assert {outcome.outcome for outcome in of(ingest(live, (source,)), source)} == {"kept", "revised"}
    assert totals(live, source) == truth(live, standin)


@pytest.mark.parametrize(
    ("kind", "place"),
    [("rate_limit", HOST), ("status", HOST), ("html", HOST), ("reset", HOST), ("truncated_gzip", DATA)],
)
def test_a_storm_that_strikes_every_other_request_is_not_even_noticed(
    live: Settings, standin: StandIn, kind: str, place: str
) -> None:
    standin.office.control.add_fault({"kind": kind, "match": place, "times": 0, "every": 2})
    assert {outcome.outcome for outcome in ingest(live)} == {"new"}
    assert totals(live, "comtrade_api") == totals(live, "comtrade_bulk") == truth(live, standin)


def test_a_bulk_file_that_is_cut_is_resumed_where_it_broke(live: Settings, standin: StandIn) -> None:
    standin.office.control.add_fault({"kind": "cut", "match": FILE, "times": 2, "at": 4000})
    assert {outcome.outcome for outcome in ingest(live, ("comtrade_bulk",))} == {"new"}
    log = standin.office.control.log
    ranges = [line["headers"].get("range") for line in log if line["path"].startswith("/bulk/v1/file")]
    assert ranges[:2] == [None, "bytes=4000-"]
    assert totals(live, "comtrade_bulk") == truth(live, standin)


def drop(settings: Settings, standin: StandIn, period: str, name: str, packed: bool = True) -> None:
    """Put the bulk file of Kazakhstan's dataset into the inbox."""
    dataset = standin.office.world.dataset("A", 398, period)
    assert dataset is not None
    content = comtrade_files.bulk_file(dataset).content
    settings.inbox.mkdir(parents=True, exist_ok=True)
    (settings.inbox / name).write_bytes(content if packed else gzip.decompress(content))


def test_bulk_files_brought_through_the_inbox_land_like_those_fetched(live: Settings, standin: StandIn) -> None:
    keyless = live.model_copy(update={"comtrade_key": None, "history_from": 2022})
    drop(keyless, standin, "2022", "COMTRADE-FINAL-CA3982022H5[2023-05-01].gz")
    drop(keyless, standin, "2023", "C_A_398_202301_H6_O.txt", packed=False)
    brought = [outcome for outcome in ingest(keyless, ("comtrade_bulk",)) if outcome.partition]
    assert [(outcome.partition, outcome.outcome) for outcome in brought] == [
        ("inbox-CA3982022H5", "new"), ("inbox-C_A_398_202301_H6_O", "new"),
    ]  # fmt: skip
    assert totals(keyless, "comtrade_bulk") == truth(keyless, standin)
    (keyless.inbox / "COMTRADE-FINAL-CA3982022H5[2023-05-01].gz").unlink()
    standin.office.world.revise("comtrade", "398", "2022")
    drop(keyless, standin, "2022", "COMTRADE-FINAL-CA3982022H5[2023-07-01].gz")
    assert "revised" in {outcome.outcome for outcome in ingest(keyless, ("comtrade_bulk",))}
    assert totals(keyless, "comtrade_bulk") == truth(keyless, standin)


def test_a_bulk_file_of_tariff_lines_is_no_final_one_and_said_so(live: Settings) -> None:
    live.inbox.mkdir(parents=True)
    columns = [name for name in comtrade_files.BULK_COLUMNS if name not in ("datasetCode", "isReported", "isAggregate")]
    path = live.inbox / "COMTRADE-TARIFFLINE-CA3982022H5.gz"
    path.write_bytes(gzip.compress("\t".join(columns).encode()))
    plan = fetch.plan(live, Ledger(live), None)
    (stranger,) = plan.unrecognised
    assert "closest is comtrade_bulk.trade: missing ['datasetCode', 'isReported', 'isAggregate']" in stranger.reason


def test_a_bulk_file_that_lacks_records_or_has_new_columns_is_noticed(live: Settings, standin: StandIn) -> None:
    new_column = {"kind": "new_column", "column": "carbonWgt", "times": 1}
    standin.office.control.add_fault({**new_column, "match": FILE})
    standin.office.control.add_fault({"kind": "silent_cap", "rows": 3000, "match": FILE, "times": 1})
    standin.office.control.add_fault({**new_column, "match": DATA, "after": 1})
    notices = {o.partition: o.notice for o in ingest(live) if o.table == "trade" and o.outcome == "new"}
    assert sorted(notices) == ["A-398-2022", "A-398-2022-H5", "A-398-2023", "A-398-2023-H6"]
    assert "comtrade_bulk.trade does not know: carbonWgt; they stay in the raw file." in notices["A-398-2023-H6"]
    assert "comtrade_api.trade does not know: carbonWgt; they stay in the raw file." in notices["A-398-2023"]
    assert "holds 3000 records where the publisher counts 3972." in notices["A-398-2022-H5"]
    assert notices["A-398-2022"] == ""


def test_a_partition_never_shrinks_to_what_a_narrower_run_asks_for(live: Settings, standin: StandIn) -> None:
    ingest(live, ("comtrade_api",))
    narrow = live.model_copy(
        update={"comtrade_products": ("AG4",), "partners": ("CHN",), "reporters": ("USA",), "history_to": 2022}
    )
    ingest(narrow, ("comtrade_api",))
    both = query(
        live,
        "select count(distinct reporter_code) from raw.comtrade_api__availability as record "
        "inner join raw.file as file on record.file_id = file.file_id and file.is_current",
    )
    assert both == [(2,)], "the list holds what either run asked for"
    home = narrow.model_copy(update={"reporters": ("KAZ",)})
    assert {o.outcome for o in of(ingest(home, ("comtrade_api",)), "comtrade_api")} == {"revised"}
    wide = query(
        live, "select count(*) from raw.comtrade_api__trade where reporter_code = 398 and length(cmd_code) = 4"
    )
    assert wide[0][0] > 200, "headings are there now, of every partner"
    assert totals(live, "comtrade_api").items() >= truth(live, standin).items()
    assert {o.outcome for o in of(ingest(live, ("comtrade_api",)), "comtrade_api")} == {"kept"}
