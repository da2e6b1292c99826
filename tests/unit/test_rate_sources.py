"""Exchange rates and indicators from their publishers' own formats: exact values, and refusals with a sentence."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from flows.contracts import Table, load_contracts
from flows.errors import FileRefused, NotFound
from flows.ledger import Ledger
from flows.settings import Settings
from flows.sources import cbr, ecb, world_bank
from flows.sources.base import Partition, rate_years
from flows.steps import fetch, land
from flows.transport.http import Answer, Http
from tests.live import NOBODY

DYNAMIC = """<?xml version="1.0" encoding="windows-1251"?>
<ValCurs ID="R01375" DateRange1="01/01/2022" DateRange2="31/12/2022" name="Динамика">
<Record Date="30.11.2022" Id="R01375"><Nominal>10</Nominal><Value>84,9510</Value></Record>
<Record Date="01.12.2022" Id="R01375"><Nominal>1</Nominal><Value>8,5060</Value><VunitRate>8,506</VunitRate></Record>
</ValCurs>"""
DAILY = """<?xml version="1.0" encoding="windows-1251"?>
<ValCurs Date="04.04.2025" name="Foreign Currency Market"><Valute ID="R01060"><NumCode>051</NumCode>
<CharCode>AMD</CharCode><Nominal>100</Nominal><Name>Армянских драмов</Name><Value>1 021,5637</Value></Valute>
</ValCurs>"""
ECB = (
    "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE\r\n"
    "EXR.D.CNY.EUR.SP00.A,D,CNY,EUR,SP00,A,2024-01-02,7.8264\r\n"
    "EXR.D.CNY.EUR.SP00.A,D,CNY,EUR,SP00,A,2024-12-25,\r\n"
    "EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2024-01-02,NaN\r\n"
)


def record(country: str, year: int, value: float | None) -> dict[str, Any]:
    return {
        "indicator": {"id": "SP.POP.TOTL", "value": "Population, total"},
        "country": {"id": country[:2], "value": country},
        "countryiso3code": country,
        "date": str(year),
        "value": value,
        "unit": "",
        "obs_status": "",
        "decimal": 0,
    }


def pages(*records: list[dict[str, Any]], numbers: list[int] | None = None, total: int | None = None) -> list[str]:
    """The pages of an answer, as the bank sends them."""
    count = total if total is not None else sum(len(part) for part in records)
    return [
        json.dumps(
            [
                {"page": n, "pages": len(records), "per_page": 2, "total": count, "lastupdated": "2025-07-01"},
                part or None,
            ]
        )
        for n, part in zip(numbers or range(1, len(records) + 1), records, strict=True)
    ]


def table(settings: Settings, source: str) -> Table:
    return load_contracts(settings.contracts)[source].tables[0]


def write(tmp_path: Path, content: bytes, name: str = "raw.xml") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


class Canned(Http):
    """Gives the same answers whatever is asked, and keeps what was asked."""

    def __init__(self, settings: Settings, *bodies: bytes) -> None:
        super().__init__(settings, Ledger(settings))
        self.bodies, self.asked = list(bodies), list[str]()

    def get(self, url: str, params: Any = None, *args: Any, **options: Any) -> Answer:
        self.asked.append(f"{url} {dict(params or {})}")
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        return Answer(url=url, status=200, headers={}, content=body)


def first_partition(module: ModuleType, settings: Settings, http: Http) -> Partition:
    found: Iterator[Partition] = module.partitions(settings, None, http)
    return next(found)


def land_answer(settings: Settings, ledger: Ledger, module: ModuleType, *bodies: bytes) -> tuple[str, list[Any]]:
    """Fetch and land the first partition of a source from canned answers; outcome with reason, and the rows."""
    land.prepare(settings)
    http = Canned(settings, *bodies)
    part = first_partition(module, settings, http)
    outcome = fetch.fetch_partition(settings, ledger, part, http)
    if outcome.outcome != "failed":
        (waiting,) = land.pending(settings, ledger)
        outcome = land.land_file(settings, ledger, waiting)
    with land.landed(settings) as con:
        rows = con.execute(f"select * from raw.{part.source}__{part.table} order by line").fetchall()
    return outcome.reason or outcome.outcome, rows


def test_rouble_rates_keep_the_nominal_of_their_day(settings: Settings, ledger: Ledger) -> None:
    reason, rows = land_answer(settings, ledger, cbr, DYNAMIC.encode("windows-1251"))
    assert reason == "new"
    found = [(row[0], str(row[2]), row[3], str(row[4]), row[-1]) for row in rows]
    assert found == [("CNY", "2022-11-30", 10, "84.95100000", 1), ("CNY", "2022-12-01", 1, "8.50600000", 2)]


def test_a_day_of_all_currencies_is_read_in_its_own_charset(settings: Settings, tmp_path: Path) -> None:
    path = write(tmp_path, DAILY.encode("windows-1251"))
    packed = write(tmp_path, gzip.compress(DAILY.encode("windows-1251")), "raw.xml.gz")
    expected = [(1, ["AMD", "R01060", "2025-04-04", "100", "1021.5637"])]
    assert list(cbr.read(path, table(settings, "cbr"))) == expected
    assert list(cbr.read(packed, table(settings, "cbr"))) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<ValCurs>Error in parameters</ValCurs>", "Error in parameters"),
        (DYNAMIC.replace('"01.12.2022" Id="R01375"', '"01.12.2022" Id="R01235"'), "record 2 is of R01235"),
        (DYNAMIC[:-30], "is not the xml that cbr.daily_rate expects"),
        (DYNAMIC.replace("30.11.2022", "30.13.2022"), "not a date"),
        (DYNAMIC.replace("84,9510", "84,95,10"), "not a decimal(18,8)"),
        (DYNAMIC.replace("01.12.2022", "30.11.2022"), "duplicate key"),
        (DYNAMIC.replace("<Nominal>1<", "<Nominal>0<"), "below the minimum 1"),
    ],
)
def test_a_broken_rouble_file_is_refused_with_a_sentence(
    settings: Settings, ledger: Ledger, text: str, reason: str
) -> None:
    said, rows = land_answer(settings, ledger, cbr, text.encode("windows-1251"))
    assert reason in said
    assert rows == []


def test_the_wrong_charset_is_refused(settings: Settings, ledger: Ledger) -> None:
    said, rows = land_answer(settings, ledger, cbr, DYNAMIC.replace("windows-1251", "utf-8").encode("windows-1251"))
    assert "is not the xml" in said
    assert rows == []


def test_euro_rates_land_with_empty_days(settings: Settings, ledger: Ledger) -> None:
    reason, rows = land_answer(settings, ledger, ecb, ECB.encode())
    assert reason == "new"
    found = [(row[1], str(row[5]), None if row[6] is None else str(row[6]), row[-1]) for row in rows]
    assert found == [
        ("CNY", "2024-01-02", "7.82640000", 2), ("CNY", "2024-12-25", None, 3), ("USD", "2024-01-02", None, 4),
    ]  # fmt: skip


def test_a_year_without_rates_is_absent_and_another_404_a_failure(settings: Settings, ledger: Ledger) -> None:
    class Without(Canned):
        def get(self, url: str, *args: Any, **options: Any) -> Answer:
            raise NotFound(f"data-api.ecb.europa.eu refuses the request (404): {self.bodies[0].decode()}")

    http = Without(settings, b"No results found.")
    part = first_partition(ecb, settings, http)
    assert fetch.fetch_partition(settings, ledger, part, http).outcome == "absent"
    assert fetch.fetch_partition(settings, ledger, part, Without(settings, b"gone")).outcome == "failed"


def test_a_column_more_is_a_notice(settings: Settings, ledger: Ledger) -> None:
    wider = "\n".join(f"{line},{'NEW' if n == 0 else 'x'}" for n, line in enumerate(ECB.splitlines())) + "\n"
    assert land_answer(settings, ledger, ecb, wider.encode())[0] == "new"
    (record,) = ledger.raw_files("ecb")
    outcome = land.restate(settings, record.outcome("new"))
    assert "does not know: NEW" in outcome.notice
    assert (outcome.outcome, outcome.rows, outcome.reason) == ("new", 3, "")


@pytest.mark.parametrize(
    ("module", "answer", "known", "more"),
    [
        (cbr, DYNAMIC.encode("windows-1251"), b"<Nominal>", b"<Source>x</Source><Nominal>"),
        (world_bank, pages([record("CHN", 2020, 1)])[0].encode(), b'"unit"', b'"Source": "x", "unit"'),
    ],
)
def test_a_field_more_is_a_notice_in_other_formats_too(
    settings: Settings, ledger: Ledger, module: ModuleType, answer: bytes, known: bytes, more: bytes
) -> None:
    assert land_answer(settings, ledger, module, answer)[0] == "new"
    (file,) = ledger.raw_files()
    assert land.restate(settings, file.outcome("new")).notice == ""
    wider = settings.model_copy(update={"warehouse": settings.warehouse / "wider"})
    assert land_answer(wider, Ledger(wider), module, answer.replace(known, more))[0] == "new"
    (file,) = Ledger(wider).raw_files()
    assert "does not know: Source" in land.restate(wider, file.outcome("new")).notice


def test_a_column_less_is_refused(settings: Settings, ledger: Ledger) -> None:
    said, _ = land_answer(settings, ledger, ecb, ECB.replace("OBS_VALUE", "VALUE").encode())
    assert "the columns OBS_VALUE of ecb.reference_rate are missing" in said


def test_as_many_rows_as_are_handed_out_at_once_are_taken_for_cut_off(settings: Settings, ledger: Ledger) -> None:
    land.prepare(settings)
    http = Canned(settings, ECB.encode())
    part = first_partition(ecb, settings, http).model_copy(update={"labels": {"cap": "3"}})
    fetch.fetch_partition(settings, ledger, part, http)
    (record,) = ledger.raw_files("ecb")
    outcome = land.land_file(settings, ledger, record)
    assert (outcome.outcome, outcome.stops_run) == ("failed", False)
    assert "3 rows are as many as ecb hands out at once" in outcome.reason


def test_a_web_page_never_reaches_the_raw_store(settings: Settings, ledger: Ledger) -> None:
    said, rows = land_answer(settings, ledger, ecb, b"<!DOCTYPE html><html>sorry</html>")
    assert "web page where csv was expected" in said
    assert (rows, ledger.raw_files()) == ([], [])


def test_all_pages_of_an_indicator_land_in_one_file(settings: Settings, ledger: Ledger) -> None:
    first, second = pages([record("CHN", 2020, 1.4e9), record("RUS", 2020, None)], [record("WLD", 2020, 7.8e9)])
    head = pages([record("CHN", 2020, 1)], total=3)[0]
    reason, rows = land_answer(
        settings.model_copy(update={"indicators": ("SP.POP.TOTL",)}), ledger, world_bank,
        head.encode(), first.encode(), second.encode(),
    )  # fmt: skip
    assert reason == "new"
    assert [(row[3], row[5], None if row[6] is None else str(row[6])) for row in rows] == [
        ("CHN", 2020, "1400000000.000000"), ("RUS", 2020, None), ("WLD", 2020, "7800000000.000000"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("documents", "reason"),
    [
        (
            pages([record("CHN", 2020, 1)], [record("CHN", 2020, 1)], numbers=[1, 1]),
            "page 1 stands where page 2 should",
        ),
        (pages([record("CHN", 2020, 1)], total=2), "1 records where the World Bank counts 2"),
        (
            [
                pages([record("CHN", 2020, 1)], [record("RUS", 2020, 1)])[0],
                pages([], [record("RUS", 2020, 1)], total=2)[1].replace("2025-07-01", "2025-08-01"),
            ],
            "several updates",
        ),
        (['[{"message":[{"id":"120","key":"Invalid value","value":"not valid"}]}]'], "not valid"),
    ],
)
def test_pages_that_do_not_fit_together_are_refused(
    settings: Settings, tmp_path: Path, documents: list[str], reason: str
) -> None:
    path = write(tmp_path, "\n".join(documents).encode(), "raw.json")
    with pytest.raises(FileRefused, match=reason):
        list(world_bank.read(path, table(settings, "world_bank")))


def test_a_source_that_is_down_does_not_stop_the_others(settings: Settings, ledger: Ledger) -> None:
    away = settings.model_copy(update=NOBODY)
    plan = fetch.plan(away, ledger, ["world_bank", "macro_extract"])
    (outcome,) = plan.unreachable
    assert (outcome.source, outcome.outcome, outcome.stops_run) == ("world_bank", "failed", False)
    assert "api.worldbank.org broke" in outcome.reason
    assert {part.source for part in plan.fetch} == {"macro_extract"}


def test_a_run_without_names_asks_no_live_source_unless_switched_on(settings: Settings) -> None:
    contracts = load_contracts(settings.contracts)
    assert not [name for name in fetch.default_sources(settings) if contracts[name].origin == "live"]
    on = Settings(warehouse=settings.warehouse, live_sources="ecb, cbr")  # type: ignore[arg-type]
    assert {name for name in fetch.default_sources(on) if contracts[name].origin == "live"} == {"ecb", "cbr"}


def test_a_closed_year_is_asked_for_once_a_quarter_and_the_running_one_once_a_day(
    settings: Settings, ledger: Ledger
) -> None:
    chosen = settings.model_copy(update={"history_from": 2024})
    first, second = "closed, as of 2025-Q1", "closed, as of 2025-Q2"
    assert list(rate_years(chosen, None, date(2025, 3, 31))) == [(2024, first), (2025, "2025-03-31")]
    assert list(rate_years(chosen, None, date(2025, 4, 1))) == [(2024, second), (2025, "2025-04-01")]
    assert next(iter(rate_years(chosen, None, date(2025, 2, 1)))) == (2024, first)
    january = date(2025, 1, 14)
    assert list(rate_years(chosen, None, january)) == [(2024, "2025-01-14")], "its last days may still be put right"
    only = chosen.model_copy(update={"history_to": 2024})
    land.prepare(only)
    http = Canned(only, ECB.encode())
    (part,) = fetch.plan(only, ledger, ["ecb"], http=http).fetch
    assert fetch.fetch_partition(only, ledger, part, http).outcome == "new"
    assert len(http.asked) == 1
    again = fetch.plan(only, ledger, ["ecb"], http=http)
    assert (again.fetch, [outcome.outcome for outcome in again.kept], len(http.asked)) == ([], ["kept"], 1)
