"""US Census trade from the stand-in up to landing: the totals are its truth, only revised months are asked for anew."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from flows.contracts import load_contracts
from flows.errors import FileRefused
from flows.ledger import Ledger, Outcome
from flows.settings import Settings
from flows.sources import census
from flows.steps import fetch
from flows.steps.fetching.span import Span
from flows.transport.http import Http
from standin.server import StandIn
from tests.live import landing, open_again, query

HOST = "api.census.gov"
KEY = "0123456789abcdef-census"


@pytest.fixture
def live(settings: Settings, standin: StandIn) -> Settings:
    update: dict[str, Any] = {"stand_in": standin.url, "history_from": 2024, "history_to": 2024, "http_tries": 2}
    return settings.model_copy(update={**update, "http_backoff_seconds": 0.0, "census_levels": ("TOTAL", "HS2")})


def ingest(settings: Settings, first: str = "2024-11", last: str = "2024-12") -> list[Outcome]:
    """One run up to landing, of a few months unless told otherwise."""
    return landing(settings, ["census"], Span.between(first, last))


def months(settings: Settings) -> dict[str, dict[str, int]]:
    """Per flow and month the HS2 rows of single countries and their sum, as the stand-in's truth gives them."""
    found = {}
    for area in ("imports", "exports"):
        sql = f"""
            select replace(record.month, '-', ''), count(*), sum(record.value_month_usd)
            from raw.census__{area} as record
            inner join raw.file as file on record.file_id = file.file_id and file.is_current
            where commodity_level = 'HS2' and regexp_full_match(country_code, '[1-9][0-9]{{3}}')
            group by all
        """
        found |= {f"{area}|{m}": {"rows_hs2": n, "usd": int(usd)} for m, n, usd in query(settings, sql)}
    return found


def truth(standin: StandIn, first: str = "202411", last: str = "202412") -> dict[str, Any]:
    return {key: value for key, value in standin.truth("census")["census"].items() if first <= key[-6:] <= last}


def data_requests(standin: StandIn, start: int = 0) -> list[tuple[str, str, str]]:
    """Flow, month and level of each answer that was asked for; not the two lists of months."""
    log = [line for line in standin.office.control.log[start:] if "cty_code" not in line["query"]]
    queries = [(line["path"].split("/")[-2], line["query"]) for line in log]
    return [(flow, query["time"], query.get("comm_lvl", "TOTAL")) for flow, query in queries]


def test_from_empty_every_month_is_the_truth_to_the_dollar(live: Settings, standin: StandIn) -> None:
    outcomes = ingest(live.model_copy(update={"census_levels": ("HS2",)}), "2024", "2024")
    assert [outcome.outcome for outcome in outcomes] == ["new"] * 24
    assert months(live) == truth(standin, "202401")
    assert len(standin.office.control.log) == 26, "two lists of months and an answer each"


def test_totals_of_all_goods_and_groups_are_landed_as_they_are(live: Settings) -> None:
    ingest(live)
    sql = """
        select
            sum(value_month_usd) filter (country_code = '-' and commodity_code = '-'),
            sum(value_month_usd) filter (country_code = '-' and commodity_level = 'HS2'),
            sum(value_month_usd) filter (country_code = '0003')
        from raw.census__imports
    """
    ((total, chapters, union),) = query(live, sql)
    assert total == chapters > union > 0


def test_a_second_run_asks_for_the_two_lists_of_months_and_nothing_else(live: Settings, standin: StandIn) -> None:
    ingest(live)
    before = len(standin.office.control.log)
    assert {outcome.outcome for outcome in ingest(live)} == {"kept"}
    assert len(standin.office.control.log) == before + 2
    assert data_requests(standin, before) == []


def test_a_revised_month_is_fetched_with_the_sums_that_hold_it_and_the_old_values_stay(
    live: Settings, standin: StandIn
) -> None:
    ingest(live)
    before = len(standin.office.control.log)
    standin.office.world.revise("census", "imports", "202411")
    revised = {str(o.partition) for o in ingest(live) if o.outcome == "revised"}
    assert revised == {f"2024-{month}-{level}" for month in ("11", "12") for level in ("TOTAL", "HS2")}
    assert {flow for flow, _, _ in data_requests(standin, before)} == {"imports"}
    assert months(live) == truth(standin)
    vintages = query(
        live,
        "select file.is_current, file.known_to is null, sum(value_month_usd) from raw.census__imports as record "
        "inner join raw.file as file using (file_id) where month = '2024-11' and country_code = '-' "
        "and commodity_code = '-' group by all order by 3",
    )
    assert [(current, open_end) for current, open_end, _ in vintages] == [(False, False), (True, True)]
    assert round(vintages[1][2] / vintages[0][2], 4) == Decimal("1.05")


def test_more_levels_and_more_months_are_fetched_alone(live: Settings, standin: StandIn) -> None:
    ingest(live, "2024-12")
    before = len(standin.office.control.log)
    ingest(live.model_copy(update={"census_levels": ("TOTAL", "HS2", "HS6")}))
    asked = data_requests(standin, before)
    assert len(asked) == 2 * (1 + 3)
    assert {level for _, month, level in asked if month == "2024-12"} == {"HS6"}


def test_the_key_goes_to_the_server_and_nowhere_else(live: Settings, standin: StandIn) -> None:
    keyed = live.model_copy(update={"census_key": SecretStr(KEY)})
    ingest(keyed)
    assert {line["key"] for line in standin.office.control.log} == {"query"}
    for path in keyed.warehouse.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_without_a_key_500_requests_a_day_and_with_one_no_limit(live: Settings) -> None:
    assert Http(live, Ledger(live)).turns.budget(HOST) == 500
    keyed = live.model_copy(update={"census_key": SecretStr(KEY)})
    assert Http(keyed, Ledger(keyed)).turns.budget(HOST) is None


def test_a_month_without_figures_is_not_there_yet(live: Settings, standin: StandIn) -> None:
    ledger = Ledger(live)
    http = Http(live, ledger, sleep=lambda seconds: None)
    partition = fetch.plan(live, ledger, ["census"], http=http).fetch[0]
    later = partition.model_copy(update={"location": partition.location.replace("2024-12", "2031-12")})
    outcome = fetch.fetch_partition(live, ledger, later, http)
    assert (outcome.outcome, outcome.reason) == ("absent", "The Census Bureau has no exports for 2024-12-TOTAL yet.")
    assert ingest(live.model_copy(update={"history_from": 2026, "history_to": 2026}), "2026", "2026") == []


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("rate_limit", {}, "too many requests"),
    ("quota", {}, "partial, resume after"),
    ("status", {"status": 500}, "out of order (500)"),
    ("status", {"status": 502}, "out of order (502)"),
    ("status", {"status": 404}, "refuses the request (404)"),
    ("html", {}, "web page"),
    ("cut", {}, "broke"),
    ("reset", {}, "broke"),
    ("slow", {"seconds": 10}, "was silent for 0.5 s"),
    ("truncated_gzip", {}, "cut"),
    ("revoked_key", {}, "does not accept the subscription key"),
    ("empty", {}, "is not what it documents"),
]

# After the two lists of months, so that it strikes the answers.
DAMAGES: list[tuple[str, dict[str, Any], str]] = [
    ("html", {}, "web page"),
    ("empty", {}, "is empty"),
    ("wrong_charset", {}, "is not the json"),
    ("retyped", {"column": "GEN_VAL_MO"}, "not a decimal(18,3)"),
    ("missing_column", {"column": "GEN_VAL_MO"}, "the columns GEN_VAL_MO of census.imports are missing"),
    ("missing_column", {"column": "I_COMMODITY"}, "the columns I_COMMODITY of census.imports are missing"),
    ("duplicate_page", {}, "duplicate key"),
    ("silent_cap", {}, "cut short"),
    ("silent_cap", {"rows": 1}, "cut short"),
]


def complete_again(live: Settings, standin: StandIn) -> None:
    standin.office.control.reset()
    open_again(live, HOST)
    again = ingest(live, "2024-12")
    assert {outcome.outcome for outcome in again} <= {"new", "revised", "kept"}, again
    assert months(live) == truth(standin, "202412")


@pytest.mark.parametrize(("kind", "options", "sentence"), FAULTS, ids=lambda value: str(value)[:24])
def test_a_fault_leaves_a_sentence_and_nothing_half_landed_and_the_next_run_completes(
    live: Settings, standin: StandIn, kind: str, options: dict[str, Any], sentence: str
) -> None:
    standin.office.control.add_fault({"kind": kind, "match": HOST, "times": 0, **options})
    hasty = live.model_copy(update={"http_timeout_seconds": 0.5}) if kind == "slow" else live
    (bad,) = ingest(hasty)
    assert bad.outcome in ("failed", "waiting")
    assert not bad.stops_run
    assert sentence in bad.reason
    assert "\n" not in bad.reason
    assert query(live, "select count(*) from raw.file where source_code = 'census'") == [(0,)]
    complete_again(live.model_copy(update={"census_levels": ("HS2",)}), standin)


@pytest.mark.parametrize(("kind", "options", "sentence"), DAMAGES, ids=lambda value: str(value)[:24])
def test_damaged_answers_are_refused_and_asked_for_again(
    live: Settings, standin: StandIn, kind: str, options: dict[str, Any], sentence: str
) -> None:
    narrow = live.model_copy(update={"census_levels": ("HS2",)})
    ingest(narrow, "2024-12")
    before = months(narrow)
    standin.office.world.revise("census", "imports", "202412")
    standin.office.control.add_fault({"kind": kind, "match": "imports", "times": 0, "after": 1, **options})
    bad = [outcome for outcome in ingest(narrow, "2024-12") if outcome.outcome == "failed"]
    assert [outcome.partition for outcome in bad] == ["2024-12-HS2"]
    assert sentence in bad[0].reason
    assert months(narrow) == before, "the last good file stands in"
    complete_again(narrow, standin)


def test_a_new_column_is_kept_in_the_raw_file_and_said(live: Settings, standin: StandIn) -> None:
    standin.office.control.add_fault({"kind": "new_column", "match": HOST, "times": 0, "column": "FLAG"})
    notices = {outcome.notice for outcome in ingest(live)}
    assert notices
    assert all("does not know: FLAG; they stay in the raw file" in notice for notice in notices)
    assert months(live) == truth(standin)


def test_a_saved_answer_is_recognised_in_the_inbox(live: Settings, standin: StandIn) -> None:
    ingest(live)
    (path,) = (live.raw / "census" / "imports" / "2024-12-HS2").glob("*.data.json")
    home = live.model_copy(update={"warehouse": live.warehouse.parent / "other"})
    home.inbox.mkdir(parents=True)
    (home.inbox / "us imports.json").write_bytes(path.read_bytes())
    before = len(standin.office.control.log)
    plan = fetch.plan(home, Ledger(home), http=Http(home, Ledger(home)))
    (partition,) = [part for part in plan.fetch if part.source == "census"]
    assert str(partition) == "census/imports/inbox-us_imports"
    assert len(standin.office.control.log) == before


ASKED = {"CTY_CODE": "5700", "CTY_NAME": "CHINA", "ALL_VAL_MO": "100", "ALL_VAL_YR": "500", "time": "2024-05"}
OF_A_CHAPTER = {**ASKED, "E_COMMODITY": "84", "COMM_LVL": "HS2"}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({**OF_A_CHAPTER, "STATE": "TX"}, "parts of the trade by STATE, such as 'TX'"),
        ({**OF_A_CHAPTER, "DISTRICT": "20"}, "parts of the trade by DISTRICT, such as '20'"),
        ({**OF_A_CHAPTER, "DF": "1"}, "parts of the trade by DF, such as '1'"),
        ({**ASKED, "E_ENDUSE": "00000"}, "parts of the trade by E_ENDUSE, such as '00000'"),
        ({**OF_A_CHAPTER, "DF": "-"}, ""),
        (ASKED, ""),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_an_answer_of_a_part_of_the_trade_is_refused(tmp_path: Path, answer: dict[str, str], said: str) -> None:
    """A state's exports, or domestic goods alone, would be published as those of the United States."""
    table = load_contracts(Settings().contracts)["census"].table("exports")
    path = tmp_path / "answer.json"
    path.write_text(json.dumps([[*answer], [*answer.values()], [*{**answer, "CTY_CODE": "-"}.values()]]))
    if not said:
        assert len(list(census.read(path, table))) == 2
        return
    with pytest.raises(FileRefused, match=f"^answer.json: .*{said}.*; ask the Census Bureau .* without [A-Z_]+\\.$"):
        list(census.read(path, table))


def test_an_answer_of_one_partner_is_not_called_cut_short(tmp_path: Path) -> None:
    table = load_contracts(Settings().contracts)["census"].table("exports")
    path = tmp_path / "china.json"
    path.write_text(json.dumps([[*OF_A_CHAPTER], [*OF_A_CHAPTER.values()]]))
    with pytest.raises(FileRefused, match=r"no total of all partners .*; ask .* for all partners at once"):
        list(census.read(path, table))
