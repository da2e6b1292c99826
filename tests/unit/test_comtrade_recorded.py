"""Answers of the real UN Comtrade land by the real path with the exact rows and sums in them; skipped without them."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flows.contracts import code_list
from flows.errors import EntrepotError, HttpFailed, KeyRefused, RateLimited
from flows.ledger import Outcome
from flows.settings import Settings
from flows.sources.comtrade.answer import count_of
from flows.steps import land
from flows.transport.answers import Answer, TryAgain, trouble
from tests.conftest import SAMPLES
from tests.raw_file import land_bytes

RECORDED = SAMPLES / "comtrade-api-v1"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded answers here")


def recorded(name: str) -> dict[str, Any]:
    response: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))["response"]
    return response


def land_answer(settings: Settings, name: str, table: str, content: bytes | None = None) -> Outcome:
    """Put the body as recorded, or `content`, into the raw store and land it."""
    content = content or str(recorded(name)["body"]).encode()
    return land_bytes(settings, table, Path(name).name, content, "jsonl")


def found(settings: Settings, sql: str) -> tuple[Any, ...]:
    with land.landed(settings) as con:
        row = con.execute(sql).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("name", "rows", "value_usd"),
    [
        ("ch_exports_2023", 32, "1679690173694.037"),
        ("ch_exports_2023_breakdown_mode_classic", 1, "419922543423.509"),
        ("ch_exports_2023_breakdown_mode_plus", 32, "1679690173694.037"),
        ("ch_exports_2023_include_desc", 32, "1679690173694.037"),
        ("ch_exports_2023_totals", 1, "419922543423.509"),
        ("over_limit_max_records", 5, "51115215.910"),
        ("partners_ch_total_2023", 226, "839845086847.019"),
        ("series_ch_27_2010_2021", 12, "45632318647.361"),
        ("world_27_2023_imports", 167, "3314893523928.412"),
    ],
)
def test_records_land_with_their_count_and_sum(settings: Settings, name: str, rows: int, value_usd: str) -> None:
    outcome = land_answer(settings, f"get/{name}", "comtrade_api.trade")
    assert (outcome.outcome, outcome.rows, outcome.rejects, outcome.notice) == ("new", rows, 0, ""), outcome.reason
    sums = found(settings, "select count(*), sum(primary_value) from raw.comtrade_api__trade")
    assert sums == (rows, Decimal(value_usd))


def test_a_recorded_import_is_worth_its_cif_value_or_where_there_is_none_its_fob_value(settings: Settings) -> None:
    land_answer(settings, "get/world_27_2023_imports", "comtrade_api.trade")
    counts = """
        select count(*) filter (where primary_value = cifvalue),
            count(*) filter (where cifvalue is null and primary_value = fobvalue),
            count(*) filter (where primary_value = cifvalue and fobvalue is not null)
        from raw.comtrade_api__trade
    """
    assert found(settings, counts) == (163, 4, 27)


def test_an_empty_answer_is_no_file_to_build_on(settings: Settings) -> None:
    outcome = land_answer(settings, "get/unknown_reporter", "comtrade_api.trade")
    assert outcome.outcome == "failed"
    assert "0 rows where comtrade_api.trade needs at least 1" in outcome.reason


@pytest.mark.parametrize(
    ("name", "rows"), [("all_reporters_2023", 169), ("ch_13_periods", 13), ("ch_2023", 1), ("ch_published_2024", 2)]
)
def test_availability_lands_whole(settings: Settings, name: str, rows: int) -> None:
    listed = json.loads(recorded(f"get_da/{name}")["body"])["data"]
    outcome = land_answer(settings, f"get_da/{name}", "comtrade_api.availability")
    assert (outcome.rows, outcome.rejects, outcome.notice) == (rows, 0, ""), outcome.reason
    sums = "select sum(total_records), sum(dataset_checksum), min(last_released_at)::date::varchar from "
    expected = [sum(row[name] for row in listed) for name in ("totalRecords", "datasetChecksum")]
    first = min(row["lastReleased"] for row in listed)[:10]
    assert found(settings, f"{sums} raw.comtrade_api__availability") == (*expected, first)


@pytest.mark.parametrize(("name", "rows"), [("ch_2023", 2), ("ch_2023_h6", 2), ("ch_all_periods", 42)])
def test_publication_notes_land_with_their_history(settings: Settings, name: str, rows: int) -> None:
    outcome = land_answer(settings, f"get_metadata/{name}", "comtrade_api.publication_note")
    assert (outcome.rows, outcome.rejects, outcome.notice) == (rows, 0, ""), outcome.reason
    valued = "select count(*) filter (where import_valuation = 'CIF') from raw.comtrade_api__publication_note"
    assert found(settings, valued) == (rows,)


@pytest.mark.parametrize(
    ("name", "count"), [("count_ch_exports_2023", 32), ("count_over_limit", 5006385), ("count_zero_ch_1900", 0)]
)
def test_counts_are_understood(name: str, count: int) -> None:
    body = recorded(f"get/{name}")["body"]
    assert count_of(Answer(url="", status=200, headers={}, content=body.encode())) == count


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("get/count_rate_limited", RateLimited, "Rate limit is exceeded"),
        ("get/invalid_key", KeyRefused, "invalid subscription key"),
        ("get/count_13_periods", HttpFailed, "Maximum number of periods is 12"),
        ("get/count_period_malformed", HttpFailed, "The field period is invalid"),
        ("get/count_cl_code_h6", HttpFailed, "Something went wrong"),
        ("get_da/services_ebsdmx", HttpFailed, "The field clCode is invalid"),
    ],
)
def test_refusals_become_one_sentence_of_the_right_kind(name: str, kind: type[EntrepotError], says: str) -> None:
    response = recorded(name)
    headers = {key.lower(): value for key, value in response["headers"]}
    now = datetime(2026, 10, 23, tzinfo=UTC)
    error = trouble(response["status"], headers, response["body"], "comtradeapi.un.org", 120, now)
    meant = error.error if isinstance(error, TryAgain) else error
    assert type(meant) is kind
    assert says in str(meant)
    assert "\n" not in str(meant)


@pytest.mark.parametrize(("name", "table", "rows"), [("HS", "product", 8262), ("Reporters", "reporter", 255)])
def test_lists_land_as_served(settings: Settings, name: str, table: str, rows: int) -> None:
    content = (RECORDED / f"{name}.json").read_bytes()
    outcome = land_answer(settings, name, f"comtrade_reference.{table}", content)
    assert (outcome.outcome, outcome.rows, outcome.rejects, outcome.notice) == ("new", rows, 0, ""), outcome.reason


def test_every_listed_area_is_known_to_our_codes(settings: Settings) -> None:
    reporters = json.loads((RECORDED / "Reporters.json").read_text(encoding="utf-8-sig"))["results"]
    with (RECORDED / "partnerAreas.csv").open(encoding="utf-8-sig", newline="") as handle:
        partners = [row["PartnerCode"] for row in csv.DictReader(handle)]
    listed = {str(row["reporterCode"]) for row in reporters} | set(partners)
    assert len(listed) > 300
    assert listed <= code_list("comtrade", settings.seeds)
