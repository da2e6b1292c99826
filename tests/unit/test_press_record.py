"""What may be asked of the trade in the record of the press: a period there is, and two economies."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from flows.contracts import code_list
from flows.ledger import Ledger
from flows.settings import Settings
from flows.steps import fetch, land
from tests.live import NOBODY


def landed(settings: Settings, ledger: Ledger, table: str, changes: dict[str, str]) -> str:
    """What is said of the bundled `table` with the first of its records changed; nothing where it lands."""
    path: Path = settings.bundled / "press_record" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as read:
        header, *records = csv.reader(read)
    for name, value in changes.items():
        records[0][header.index(name)] = value
    with path.open("w", encoding="utf-8", newline="") as written:
        csv.writer(written).writerows([header, *records])
    land.prepare(settings)
    partitions = fetch.plan(settings.model_copy(update=NOBODY), ledger, ["press_record"]).fetch
    for partition in partitions:
        fetch.fetch_partition(settings, ledger, partition)
    outcomes = [land.land_file(settings, ledger, record) for record in land.pending(settings, ledger)]
    (told,) = [outcome for outcome in outcomes if outcome.table == table]
    return told.reason


@pytest.mark.parametrize(
    ("table", "changes", "said"),
    [
        ("statement", {"counterpart_code": "RUS"}, "column counterpart_code, value 'RUS': the economy itself"),
        ("target", {"subject_code": "CHN", "counterpart_code": "CHN"}, "value 'CHN': the economy itself"),
        ("statement", {"period_from": "2010-12"}, "column period_from, value '2010-12': no period such as 2021, "),
        ("statement", {"period_to": "2021-Q1"}, "column period_to, value '2021-Q1': no period such as"),
        ("statement", {"period_to": "2021-M13"}, "column period_to, value '2021-M13': no period such as"),
        ("statement", {"period_to": "2009"}, "column period_to, value '2009': before the year in which"),
        (
            "statement",
            {"period_from": "2010-M06", "period_to": "2010-M03"},
            "column period_to, value '2010-M03': before the period it begins with",
        ),
        ("statement", {"period_to": "2021-M03"}, "value '2021-M03': not as long a period as the one it begins with"),
        (
            "statement",
            {"period_from": "2021-YTD03", "period_to": "2021-YTD06"},
            "value '2021-YTD06': not as long a period as the one it begins with",
        ),
        ("statement", {"period_from": ""}, "column period_to, value '2021': only one end of a period"),
        ("statement", {"period_to": ""}, "column period_from, value '2010': only one end of a period"),
        ("statement", {"flow_code": "X"}, "column flow_code, value 'X': not the flow of the measure; exports are X"),
        ("statement", {"counterpart_code": "WLD"}, "value 'WLD': no partner that could have a place or a share"),
        ("statement", {"claimed_value": "-3"}, "column claimed_value, value '-3': no whole number from 1"),
        ("statement", {"claimed_value": "2.5"}, "column claimed_value, value '2.5': no whole number from 1"),
        ("statement", {"comparator": "range"}, "value 'range': no upper end in claimed_value_high"),
        (
            "statement",
            {"comparator": "since", "claimed_value": "2014"},
            "column unit_code, value 'years': not what first places are counted in",
        ),
        ("statement", {"unit_code": "year"}, "column unit_code, value 'year': not what first places are counted in"),
        ("statement", {"comparator": "equal", "unit_code": "month"}, "value 'month': not what first places are"),
        (
            "statement",
            {"comparator": "since", "unit_code": "year", "claimed_value": "2022"},
            "column claimed_value, value '2022': a year after the period ends",
        ),
        (
            "statement",
            {"statement_kind": "event", "comparator": "equal", "unit_code": "year", "claimed_value": "2010"},
            "column claimed_value, value '2010': not the year of the period",
        ),
    ],
)
def test_a_statement_nobody_could_answer_is_refused_with_its_line(
    settings: Settings, ledger: Ledger, table: str, changes: dict[str, str], said: str
) -> None:
    assert said in landed(settings, ledger, table, changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"counterpart_code": ""},
        {"period_from": "", "period_to": ""},
        {"period_from": "2010-M01M02", "period_to": "2010-M01M02"},
        {"period_from": "2020", "period_to": "2060"},
        {"period_from": "2021-Q2", "period_to": "2021-Q4"},
        {"statement_kind": "level", "comparator": "equal", "unit_code": "usd_bn", "counterpart_code": "WLD"},
    ],
)
def test_a_statement_may_leave_the_other_economy_and_its_period_open(
    settings: Settings, ledger: Ledger, changes: dict[str, str]
) -> None:
    assert landed(settings, ledger, "statement", changes) == ""


@pytest.mark.parametrize("code", ["SUN", "YUG", "CSK", "SCG", "DDR", "ANT", "BRICS", "EAEU", "OPEC", "EU27"])
def test_a_statement_may_name_a_former_economy_and_any_group(settings: Settings, ledger: Ledger, code: str) -> None:
    assert landed(settings, ledger, "statement", {"subject_code": code}) == ""


def test_every_economy_and_group_has_a_code_the_press_may_name_it_by(settings: Settings) -> None:
    with (settings.seeds / "area.csv").open(encoding="utf-8", newline="") as areas:
        named = {row["area_code"] for row in csv.DictReader(areas) if row["area_kind"] in {"economy", "group", "world"}}
    assert named <= code_list("press", settings.seeds)
