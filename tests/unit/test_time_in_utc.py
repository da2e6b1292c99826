"""The moment core.trade_asof is asked for, whatever zone it is told in."""

from __future__ import annotations

import duckdb
import pytest

from flows.settings import ROOT
from tests.macros import macros


def in_utc(time: str, zone: str = "Asia/Tokyo") -> str:
    """What an expression means as a time in UTC, to a reader in `zone`."""
    text = (ROOT / "dbt_project" / "macros" / "trade_asof.sql").read_text(encoding="utf-8")
    with duckdb.connect() as con:
        con.execute(f"set timezone = '{zone}'")
        row = con.execute(f"select cast({macros(text)['time_in_utc'](time)} as varchar)").fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize(
    ("time", "meant"),
    [
        ("'2026-01-02'", "2026-01-02 00:00:00"),
        ("date '2026-01-02'", "2026-01-02 00:00:00"),
        ("'2026-01-02 10:00'", "2026-01-02 10:00:00"),
        ("'2026-01-02T10:00:00Z'", "2026-01-02 10:00:00"),
        ("'2026-01-02 10:00 UTC'", "2026-01-02 10:00:00"),
        ("'2026-01-02 10:00+01'", "2026-01-02 09:00:00"),
        ("'2026-01-02 10:00:00.5-03:30'", "2026-01-02 13:30:00.5"),
        ("'2026-01-02 10:00 Europe/Paris'", "2026-01-02 09:00:00"),
        ("'2026-07-02 10:00:00 Europe/Paris'", "2026-07-02 08:00:00"),
        ("'2026-01-02T10:00 America/New_York'", "2026-01-02 15:00:00"),
        ("'2026-01-02 10:00 Etc/GMT+3'", "2026-01-02 13:00:00"),
        ("'2026-01-02 10:00 EST'", "2026-01-02 15:00:00"),
        ("timestamp '2026-01-02 10:00'", "2026-01-02 10:00:00"),
        ("timestamptz '2026-01-02 10:00+00'", "2026-01-02 10:00:00"),
    ],
)
def test_a_time_is_read_by_the_zone_it_says_and_else_as_utc(time: str, meant: str) -> None:
    assert in_utc(time) == meant


@pytest.mark.parametrize("time", ["'2026-01-02 10:00 PM'", "'2026-01-02 10:00 Europe/Atlantis'", "'yesterday'"])
def test_a_time_in_no_known_zone_is_an_error_and_not_utc(time: str) -> None:
    with pytest.raises(duckdb.Error):
        in_utc(time)
