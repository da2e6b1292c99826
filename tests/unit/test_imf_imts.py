"""IMF IMTS, live: planning by the dataflow's own date, and empty answers told from data."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.errors import FileRefused
from flows.ledger import Ledger, utc_now
from flows.settings import Settings
from flows.sources import imf_imts
from flows.sources.base import Partition
from flows.steps import fetch, land
from flows.transport.http import Answer, Http
from tests.conftest import SAMPLES
from tests.raw_file import land_bytes

TABLE = "imf_imts.partner_trade"
FIXTURE = Path(__file__).parents[1] / "fixtures" / "imf_imts" / "partner_trade.csv"
HEADER = FIXTURE.read_bytes().partition(b"\n")[0] + b"\n"
DATAFLOW = (
    '<com:Annotation id="lastUpdatedAt"><com:AnnotationText xml:lang="en">2025-07-01T08:00:00Z</com:AnnotationText>'
)


LISTED = SAMPLES / "imf" / "imts_codes_2025-12-16.csv"


@pytest.mark.skipif(not LISTED.is_file(), reason="needs the IMF's list of areas, which is not passed on")
def test_every_code_the_imf_lists_is_an_economy_a_residual_or_a_group(settings: Settings) -> None:
    with (settings.seeds / "area.csv").open(encoding="utf-8") as lines:
        kind = {row["area_code"]: row["area_kind"] for row in csv.DictReader(lines)}
    with (settings.seeds / "area_code.csv").open(encoding="utf-8") as lines:
        known = {r["code"]: kind[r["area_code"]] for r in csv.DictReader(lines) if r["code_system"] in ("iso3", "imf")}
    with LISTED.open(encoding="utf-8") as lines:
        listed = {row["code"] for row in csv.DictReader(lines)}
    residuals = {code for code in listed if code.startswith("TX")}
    groups = {code for code in listed if code.startswith("G") and len(code) > 3}
    assert (len(residuals), len(groups), len(listed)) == (10, 17, 245)
    assert {known[code] for code in residuals} == {"nes"}
    assert {known[code] for code in listed - residuals - groups} == {"economy"}


class Imf(Http):
    """The IMF without a network."""

    def __init__(self, settings: Settings, chunks: list[bytes], dataflow: str = DATAFLOW) -> None:
        super().__init__(settings, Ledger(settings))
        self.chunks, self.dataflow = chunks, dataflow
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def get(self, url: str, *args: Any, **kwargs: Any) -> Answer:
        return Answer(url=url, status=200, headers={}, content=self.dataflow.encode())

    def stream(self, url: str, *args: Any, **kwargs: Any) -> Iterator[bytes]:
        self.asked.append((url, kwargs))
        yield from self.chunks


@pytest.fixture
def asked(settings: Settings) -> Settings:
    return settings.model_copy(update={"reporters": ("CHN", "RUS"), "frequencies": ("A", "Q"), "history_from": 2020})


def plan(settings: Settings, since: datetime | None = None, dataflow: str = DATAFLOW) -> list[Partition]:
    return list(imf_imts.partitions(settings, since, Imf(settings, [], dataflow)))


def test_one_partition_per_reporter_and_frequency(asked: Settings) -> None:
    parts = plan(asked)
    assert [part.key for part in parts] == ["A-CHN", "A-RUS", "Q-CHN", "Q-RUS"]
    assert parts[0].url == (
        "https://api.imf.org/external/sdmx/2.1/data/IMF.STA,IMTS,1.0.0/"
        "CHN.XG_FOB_USD+MG_CIF_USD+MG_FOB_USD..A?startPeriod=2020"
    )
    assert {part.revision for part in parts} == {"2025-07-01T08:00:00Z 2020- all partners"}


def test_all_reporters_come_year_by_year_as_far_as_there_can_be_figures(asked: Settings) -> None:
    parts = plan(asked.model_copy(update={"reporters": (), "history_from": 2023}))
    assert [part.key for part in parts] == ["A-ALL-2024", "A-ALL-2023", "Q-ALL-2025", "Q-ALL-2024", "Q-ALL-2023"]
    assert parts[0].url.endswith("/.XG_FOB_USD+MG_CIF_USD+MG_FOB_USD..A?startPeriod=2024&endPeriod=2024")


def test_partners_asked_for_come_with_world(asked: Settings) -> None:
    part = plan(asked.model_copy(update={"partners": ("USA", "DEU")}))[0]
    assert ".DEU+USA+G001.A?" in part.url
    assert part.revision.endswith("DEU+USA+G001")


def test_nothing_is_new_after_the_last_update(asked: Settings) -> None:
    assert plan(asked, datetime(2025, 7, 2, tzinfo=UTC)) == []
    assert plan(asked, datetime(2025, 7, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "dataflow",
    ['{"annotations":[{"id":"lastUpdatedAt","value":"2025-07-01T08:00:00Z"}]}', "last_updated: 2025-07-01T08:00:00Z"],
)
def test_the_date_is_found_in_other_spellings(asked: Settings, dataflow: str) -> None:
    assert plan(asked, dataflow=dataflow)[0].revision.startswith("2025-07-01T08:00:00Z ")


def test_without_a_date_a_month_is_the_revision(asked: Settings) -> None:
    assert plan(asked, dataflow="<Structure/>")[0].revision.startswith(f"{utc_now():%Y-%m-01} ")


@pytest.mark.parametrize("size", [1, 100, 1 << 20])
def test_bytes_come_through_unchanged_and_csv_is_asked_for(asked: Settings, size: int) -> None:
    content = FIXTURE.read_bytes()
    http = Imf(asked, [content[at : at + size] for at in range(0, len(content), size)])
    assert b"".join(imf_imts.fetch(plan(asked)[0], http)) == content
    assert http.asked[0][1]["headers"] == {"Accept": "application/vnd.sdmx.data+csv;version=1.0.0"}


@pytest.mark.parametrize("chunks", [[HEADER], [HEADER, b"\r\n"], [HEADER.strip()], []])
def test_a_header_without_rows_is_no_data(asked: Settings, chunks: list[bytes]) -> None:
    with pytest.raises(FileRefused, match="no row for A-CHN; it wants economies as ISO 3166 alpha-3"):
        list(imf_imts.fetch(plan(asked)[0], Imf(asked, chunks)))


def test_a_year_that_has_no_figures_yet_is_no_failure(asked: Settings, ledger: Ledger) -> None:
    everybody = asked.model_copy(update={"reporters": (), "history_from": 2023})
    http = Imf(everybody, [HEADER])
    kinds = {
        part.key: fetch.fetch_partition(everybody, ledger, part, http).outcome
        for part in imf_imts.partitions(everybody, None, http)
    }
    assert kinds == {
        "A-ALL-2024": "absent", "A-ALL-2023": "failed",
        "Q-ALL-2025": "absent", "Q-ALL-2024": "absent", "Q-ALL-2023": "failed",
    }  # fmt: skip


def test_values_are_units_of_usd_whatever_the_scale_says(settings: Settings) -> None:
    outcome = land_bytes(settings, TABLE, "A-CHN", FIXTURE.read_bytes(), "csv")
    assert (outcome.rows, outcome.rejects) == (5, 0), outcome.reason
    with land.landed(settings) as con:
        found = con.execute("select value_usd from raw.imf_imts__partner_trade order by line").fetchall()
    assert [None if value is None else str(value) for (value,) in found] == [
        "111222333444.000",
        "3500000000000.000",
        "400000000000.500",
        "30000000000.000",
        None,
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((b"OBS_VALUE", b"VALUE"), "OBS_VALUE of imf_imts.partner_trade are missing"),
        ((b"111222333444", b"much"), "not a decimal"),
        ((b",2024-Q1,", b",2024-Q5,"), "does not match"),
        ((b",G163,", b",RUS,"), "duplicate key"),
        ((b"XG_FOB_USD,RUS", b"XG_CIF_USD,RUS"), "not one of"),
    ],
)
def test_a_changed_answer_fails_its_partition(settings: Settings, change: tuple[bytes, bytes], reason: str) -> None:
    outcome = land_bytes(settings, TABLE, "A-CHN", FIXTURE.read_bytes().replace(*change), "csv")
    assert outcome.outcome == "failed"
    assert reason in outcome.reason
