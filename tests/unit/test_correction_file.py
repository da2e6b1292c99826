"""Lists of corrections: read strictly, and what is wrong in them said with file, line and column."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from flows.errors import EntrepotError
from flows.settings import Settings
from flows.steps.building import corrections
from flows.steps.land import landed

GOOD = {
    "correction_code": "exports_2018", "source_code": "imf_imts", "publication_id": "", "reporter_code": "CHN",
    "partner_code": "RUS", "flow_code": "X", "product_key": "TOTAL", "period_code": "2018", "measure_code": "value_usd",
    "expected_value": "10.5", "new_value": "105", "reason": "A digit, lost", "evidence": "annual report, page 7",
    "corrected_by": "the desk", "corrected_at": "2026-01-02T03:04:05",
}  # fmt: skip


def write(path: Path, *rows: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, corrections.COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def test_a_warehouse_without_the_file_has_no_corrections(settings: Settings) -> None:
    assert corrections.own(settings) == []
    assert corrections.fingerprint(settings) == []


@pytest.mark.parametrize("leads_to", ["/nowhere/corrections.csv", "."])
def test_a_file_that_is_there_and_cannot_be_read_is_not_no_corrections(settings: Settings, leads_to: str) -> None:
    settings.own_corrections.parent.mkdir(parents=True, exist_ok=True)
    settings.own_corrections.symlink_to(leads_to)
    said = r"corrections\.csv is not a file, or a link that leads to none; put it back, or delete it\."
    for asked in (corrections.own, corrections.fingerprint):
        with pytest.raises(EntrepotError, match=said):
            asked(settings)


def test_a_text_that_never_ends_is_told(settings: Settings) -> None:
    write(settings.own_corrections, {**GOOD, "reason": "long" * 40_000})
    with pytest.raises(
        EntrepotError, match=r"corrections\.csv has a text of more than 131,072 characters, as where a "
    ):
        corrections.own(settings)


def test_growth_alone_may_be_negative(settings: Settings) -> None:
    write(settings.own_corrections, {**GOOD, "measure_code": "yoy_pct", "new_value": "-10.5"})
    assert corrections.own(settings)[0].new_value == -Decimal("10.5")


def test_a_file_that_is_no_text_is_told(settings: Settings) -> None:
    settings.own_corrections.parent.mkdir(parents=True, exist_ok=True)
    settings.own_corrections.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EntrepotError, match=r"corrections\.csv is not a CSV file in UTF-8 .*; save it as one\."):
        corrections.own(settings)


def test_a_correction_reaches_dbt_as_it_was_written(settings: Settings) -> None:
    write(settings.own_corrections, GOOD)
    with landed(settings) as con:
        con.execute("create schema ledger")
        corrections.create_tables(con)
        corrections.write(con, corrections.own(settings)[0], datetime(2026, 1, 5, tzinfo=UTC), None)
        found = con.execute("select * exclude (known_from) from ledger.correction").fetchall()
    (row,) = found
    written = dict(zip(corrections.COLUMNS, row, strict=True))
    assert written["publication_id"] is None
    assert written["corrected_at"] == datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001  dbt's times are UTC without saying so
    assert float(written["expected_value"]) == 10.5
    assert {name: written[name] for name in ("reason", "evidence")} == {n: GOOD[n] for n in ("reason", "evidence")}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-01-01T10:00:00+08:00", "2026-01-01T02:00:00"),
        ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00"),
        ("2026-01-01 10:00", "2026-01-01T10:00:00"),
        ("2025-12-31T22:30:00-02:00", "2026-01-01T00:30:00"),
    ],
)
def test_a_time_with_its_distance_from_utc_is_that_time(settings: Settings, written: str, meant: str) -> None:
    write(settings.own_corrections, {**GOOD, "corrected_at": written})
    with landed(settings) as con:
        con.execute("create schema ledger")
        corrections.create_tables(con)
        corrections.write(con, corrections.own(settings)[0], datetime(2026, 1, 5, tzinfo=UTC), None)
        assert con.execute("select corrected_at from ledger.correction").fetchone() == (datetime.fromisoformat(meant),)


def test_another_correction_is_another_input(settings: Settings) -> None:
    write(settings.own_corrections, GOOD)
    before = corrections.fingerprint(settings)
    write(settings.own_corrections, {**GOOD, "new_value": "106"})
    assert corrections.fingerprint(settings) != before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"expected_value": "ten"}, "line 2: expected_value: "),
        ({"expected_value": "NaN"}, "line 2: expected_value: "),
        ({"measure_code": "turnover"}, "line 2: measure_code: "),
        ({"reason": " "}, "line 2: reason: "),
        ({"evidence": ""}, "line 2: evidence: "),
        ({"corrected_at": "yesterday"}, "line 2: corrected_at: "),
        ({"corrected_at": "25.11.2026"}, "corrected_at: '25.11.2026' cannot be read as a date; write YYYY-MM-DD, or "),
        (
            {"corrected_at": "0001-01-01T00:00:00+14:00"},
            "corrected_at: '0001-01-01T00:00:00+14:00' cannot be read as a date; ",
        ),
        *(
            ({"measure_code": measure, "new_value": "-1"}, f"line 2: new_value is negative, and {measure} never is; ")
            for measure in ("value_usd", "value_original", "quantity", "net_weight_kg")
        ),
        ({"new_value": "10.50"}, "new_value and expected_value are the same"),
        ({"source_code": "imf"}, "there is no source 'imf'; sources are "),
        ({"corrected_at": (datetime.now(UTC) + timedelta(days=2)).isoformat()}, "corrected_at lies in the future"),
        ({"publication_id": "p", "correction_code": "total_2017"}, "the correction 'total_2017'; keep one of them"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(settings: Settings, change: dict[str, str], says: str) -> None:
    write(settings.own_corrections, {**GOOD, **change})
    with pytest.raises(EntrepotError) as caught:
        corrections.own(settings)
    assert says in str(caught.value)
    assert str(settings.own_corrections) in str(caught.value)


def test_one_figure_is_corrected_once(settings: Settings) -> None:
    write(settings.own_corrections, GOOD, {**GOOD, "correction_code": "again", "new_value": "106"})
    with pytest.raises(EntrepotError, match=r"'again' has the code or the figure of the correction 'exports_2018'"):
        corrections.own(settings)


def test_other_columns_are_refused(settings: Settings) -> None:
    settings.own_corrections.parent.mkdir(parents=True, exist_ok=True)
    settings.own_corrections.write_text("code,old,new\na,1,2\n", encoding="utf-8")
    with pytest.raises(EntrepotError, match=r"line 1: the columns of corrections are correction_code,"):
        corrections.own(settings)


def test_text_with_a_comma_needs_quotes(settings: Settings) -> None:
    line = ",".join(GOOD.values())
    settings.own_corrections.parent.mkdir(parents=True, exist_ok=True)
    settings.own_corrections.write_text(f"{','.join(corrections.COLUMNS)}\n{line}\n", encoding="utf-8")
    with pytest.raises(EntrepotError, match="line 2"):
        corrections.own(settings)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("value_changed", "but gacc_quoted (p1) now says 12.5; look at it again"),
        ("already_right", "but gacc_quoted (p1) now says 105 itself; delete the line"),
        ("no_figure", "but gacc_quoted (p1) has no such figure; correct the codes"),
    ],
)
def test_a_correction_that_stops_a_build_says_what_to_do(settings: Settings, state: str, says: str) -> None:
    candidate = settings.warehouse / "trade.duckdb"
    candidate.parent.mkdir(parents=True)
    with duckdb.connect(str(candidate)) as con:
        con.execute("create schema meta")
        table = (
            "create table meta.correction_outcome as select 'c1' as correction_code, 'gacc_quoted' as source_code, "
            "'p1' as publication_id, 'CHN' as reporter_code, 'RUS' as partner_code, 'M' as flow_code, "
            "'TOTAL' as product_key, '2018' as period_code, 'value_usd' as measure_code, "
            "10.5::double as expected_value, 105::double as new_value, 12.5::double as found_value, "
            "$state as correction_state, 'warehouse' as declared_in"
        )
        con.execute(table, {"state": state})
    (sentence,) = corrections.stale(candidate, settings)
    assert sentence.startswith("The correction 'c1' expects value_usd 10.5 for imports of CHN with RUS, TOTAL, 2018, ")
    assert says in sentence
    assert sentence.endswith(f"in {settings.own_corrections}.")
