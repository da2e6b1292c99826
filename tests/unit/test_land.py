"""A bad row is named with file, line, column, value and reason; a bad file leaves the last good one standing."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from flows.errors import WriterBusy
from flows.ledger import Ledger, Outcome
from flows.settings import Settings
from flows.steps import fetch, land
from tests.live import NOBODY, query

TABLE = "gacc_quoted/partner_trade.csv"


def ingest(settings: Settings, ledger: Ledger, source: str = "gacc_quoted") -> list[Outcome]:
    land.prepare(settings)
    plan = fetch.plan(settings.model_copy(update=NOBODY), ledger, [source])
    fetched = [fetch.fetch_partition(settings, ledger, partition) for partition in plan.fetch]
    kinds = {outcome.file_id: outcome.outcome for outcome in fetched}
    landed = [land.land_file(settings, ledger, record) for record in land.pending(settings, ledger)]
    named = [
        o if o.outcome == "failed" else o.model_copy(update={"outcome": kinds.get(o.file_id, "kept")}) for o in landed
    ]
    done = {outcome.file_id for outcome in landed}
    return [*named, *land.restate_all(settings, [o for o in [*fetched, *plan.kept] if o.file_id not in done])]


def edit_line(settings: Settings, line: int, column: str, value: str) -> None:
    path = settings.bundled / TABLE
    lines = path.read_text(encoding="utf-8").splitlines()
    at = lines[0].split(",").index(column)
    cells = lines[line - 1].split(",")
    assert '"' not in ",".join(cells[: at + 1])
    cells[at] = value
    lines[line - 1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_every_row_of_the_file_lands_with_its_line(settings: Settings, ledger: Ledger) -> None:
    ingest(settings, ledger)
    lines = (settings.bundled / TABLE).read_text(encoding="utf-8").count("\n")
    found = query(
        settings, "select count(*), min(line), max(line), count(distinct line) from raw.gacc_quoted__partner_trade"
    )
    assert found == [(lines - 1, 2, lines, lines - 1)]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("turnover_usd_bn", "many", "not a decimal(18,6)"),
        ("turnover_usd_bn", "-1.5", "below the minimum 0"),
        ("partner_code", "ATL", "unknown press code"),
        ("yoy_currency", "EUR", "not one of USD, CNY, unclear"),
        ("period_start", "", "value is missing"),
    ],
)
def test_a_bad_value_refuses_the_file_and_is_named(
    settings: Settings, ledger: Ledger, column: str, value: str, reason: str
) -> None:
    ingest(settings, ledger)
    edit_line(settings, 10, column, value)
    (outcome,) = [o for o in ingest(settings, ledger) if o.table == "partner_trade"]
    assert (outcome.outcome, outcome.stops_run) == ("failed", True)
    assert f"line 10, column {column}" in outcome.reason
    assert reason in outcome.reason
    rejects = query(settings, "select line, column_name, coalesce(value, ''), reason from raw.reject")
    assert rejects == [(10, column, value, reason)]


def test_a_duplicate_key_shows_both_lines(settings: Settings, ledger: Ledger) -> None:
    path = settings.bundled / TABLE
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[4]]) + "\n", encoding="utf-8")
    (outcome,) = [o for o in ingest(settings, ledger) if o.table == "partner_trade"]
    assert "duplicate key" in outcome.reason
    assert query(settings, "select line from raw.reject order by line") == [(5,), (len(lines) + 1,)]


def test_a_refused_revision_leaves_the_last_good_file_current(settings: Settings, ledger: Ledger) -> None:
    ingest(settings, ledger)
    before = query(settings, "select file_id from raw.file where is_current order by file_id")
    edit_line(settings, 10, "turnover_usd_bn", "many")
    ingest(settings, ledger)
    assert query(settings, "select file_id from raw.file where is_current order by file_id") == before
    again = [o.outcome for o in ingest(settings, ledger) if o.table == "partner_trade"]
    assert again == ["failed"], "the bad file is still there, so the next run must still say so"


def test_a_missing_column_and_a_broken_line_are_named(settings: Settings, ledger: Ledger) -> None:
    path = settings.bundled / TABLE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("turnover_usd_bn", "turnover", 1), encoding="utf-8")
    (outcome,) = [o for o in ingest(settings, ledger) if o.table == "partner_trade"]
    assert "the columns turnover_usd_bn of gacc_quoted.partner_trade are missing" in outcome.reason
    lines = text.splitlines()
    lines[6] += ",one,too,many"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (outcome,) = [o for o in ingest(settings, ledger) if o.table == "partner_trade"]
    assert "not a well-formed CSV file" in outcome.reason
    assert "line 7 has" in outcome.reason


def test_a_revision_is_a_vintage_and_the_old_rows_stay(settings: Settings, ledger: Ledger) -> None:
    assert {o.outcome for o in ingest(settings, ledger)} == {"new"}
    assert {o.outcome for o in ingest(settings, ledger)} == {"kept"}
    edit_line(settings, 10, "turnover_usd_bn", "12.5")
    assert sorted(o.outcome for o in ingest(settings, ledger)) == ["kept", "revised"]
    vintages = query(
        settings,
        "select is_current, known_to is null from raw.file where table_name = 'partner_trade' order by fetched_at",
    )
    assert vintages == [(False, False), (True, True)]
    old, new = query(settings, "select count(*) from raw.gacc_quoted__partner_trade group by file_id")
    assert old == new


def test_landing_is_a_pure_function_of_the_raw_store(settings: Settings, ledger: Ledger) -> None:
    ingest(settings, ledger)
    edit_line(settings, 10, "turnover_usd_bn", "12.5")
    ingest(settings, ledger)
    sql = "select * from raw.gacc_quoted__partner_trade order by file_id, line"
    files = "select * from raw.file order by file_id"
    before = query(settings, sql), query(settings, files)
    settings.landed.unlink()
    ingest(settings, ledger)
    assert (query(settings, sql), query(settings, files)) == before


def test_an_empty_file_never_reaches_the_raw_store(settings: Settings, ledger: Ledger) -> None:
    (settings.bundled / TABLE).write_text("", encoding="utf-8")
    (outcome,) = [o for o in ingest(settings, ledger) if o.table == "partner_trade"]
    assert "is empty" in outcome.reason
    assert not any(file.table == "partner_trade" for file in ledger.raw_files())


def dropped(settings: Settings, name: str, text: str) -> Path:
    settings.inbox.mkdir(parents=True, exist_ok=True)
    path = settings.inbox / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_few_bad_rows_of_a_big_file_are_quarantined_and_counted(settings: Settings, ledger: Ledger) -> None:
    rows = [f"2021,156,643,{270000 + n},1.5,   NA" for n in range(2000)]
    rows[7] = "2021,156,999999,270007,1.5,   NA"
    dropped(settings, "BACI_HS92_Y2021_V202601.csv", "t,i,j,k,v,q\n" + "\n".join(rows) + "\n")
    (outcome,) = ingest(settings, ledger, "baci")
    assert (outcome.outcome, outcome.rows, outcome.rejects) == ("new", 1999, 1)
    found = query(settings, "select line, column_name, value, value_original, original_currency_code from raw.reject")
    assert found == [(9, "j", "999999", 1500, "USD")]


def test_a_file_that_lost_most_of_its_rows_is_taken_for_cut_off(settings: Settings, ledger: Ledger) -> None:
    rows = [f"2021,156,643,{270000 + n},1.5,1.0" for n in range(100)]
    dropped(settings, "BACI_HS92_Y2021_V202601.csv", "t,i,j,k,v,q\n" + "\n".join(rows) + "\n")
    ingest(settings, ledger, "baci")
    dropped(settings, "BACI_HS92_Y2021_V202601.csv", "t,i,j,k,v,q\n" + "\n".join(rows[:20]) + "\n")
    (outcome,) = ingest(settings, ledger, "baci")
    assert outcome.outcome == "failed"
    assert not outcome.stops_run
    assert "20 rows where the last good file of HS92-2021 had 100" in outcome.reason


def test_a_landed_file_somebody_else_has_open_is_named(settings: Settings) -> None:
    land.prepare(settings)
    code = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(settings.landed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    with pytest.raises(WriterBusy, match=r"Another program has .*landed\.duckdb open"):
        land.prepare(settings)
    other.communicate(timeout=20)
    land.prepare(settings)


def test_a_year_that_the_later_release_lacks_is_told(settings: Settings, ledger: Ledger) -> None:
    def bring(release: str, *years: int) -> list[str]:
        settings.inbox.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(settings.inbox / f"BACI_HS92_V{release}.zip", "w") as archive:
            for year in years:
                rows = f"t,i,j,k,v,q\n{year},156,643,010111,1.5,NA\n"
                archive.writestr(f"BACI_HS92_Y{year}_V{release}.csv", rows)
        outcomes = ingest(settings, ledger, "baci")
        return [notice for o in land.note_held_back(settings, outcomes) if (notice := o.notice)]

    assert bring("202401", 2019, 2020) == []
    (notice,) = bring("202501", 2020)
    assert "baci release 202501 has replaced release 202401 and lacks HS92-2019" in notice
    assert query(settings, "select release_label, vintage_of from raw.file where is_current order by all") == [
        ("202501", "HS92-2020")
    ]
    assert bring("202501", 2019, 2020) == []


def bring_years(settings: Settings, ledger: Ledger, release: str, *years: int) -> list[Outcome]:
    """Files of BACI brought one by one, as a person who unpacked the archive brings them."""
    settings.inbox.mkdir(parents=True, exist_ok=True)
    for year in years:
        rows = f"t,i,j,k,v,q\n{year},156,643,010111,{release}.5,NA\n"
        (settings.inbox / f"BACI_HS92_Y{year}_V{release}.csv").write_text(rows, encoding="utf-8")
    return land.note_held_back(settings, ingest(settings, ledger, "baci"))


IN_USE = "select distinct release_label from raw.file where is_current and edition_of is not null"
SPANS = "select release_label, known_from, known_to from raw.file where edition_of is not null order by vintage_of, 1"


def test_a_later_release_of_fewer_files_is_held_back_and_told_until_it_has_as_many(
    settings: Settings, ledger: Ledger
) -> None:
    bring_years(settings, ledger, "202301", 2018, 2019)
    (new,) = [o for o in bring_years(settings, ledger, "202401", 2019) if o.outcome != "kept"]
    assert query(settings, IN_USE) == [("202301",)]
    assert new.difference is None, "nothing that is published has changed"
    assert "baci HS92 release 202401 is held back until it is whole: 1 file is here, of release 202301 2" in new.notice
    assert "The 1 rows" not in new.notice
    assert "1 row of this file" in new.notice
    assert [known_from for label, known_from, _ in query(settings, SPANS) if label == "202401"] == [None]
    again = bring_years(settings, ledger, "202401")
    assert [outcome.notice for outcome in again if "held back" in outcome.notice] == [new.notice]
    assert not any(outcome.notice for outcome in bring_years(settings, ledger, "202401", 2018))
    assert query(settings, IN_USE) == [("202401",)]
    spans = query(settings, SPANS)
    assert len({known_to for label, _, known_to in spans if label == "202301"}) == 1, "at one moment, all years"
    assert {start for label, start, _ in spans if label == "202401"} == {end for _, _, end in spans if end}


def test_both_releases_at_once_and_a_file_after_a_whole_archive_are_told_too(
    settings: Settings, ledger: Ledger
) -> None:
    settings.inbox.mkdir(parents=True)
    rows = "t,i,j,k,v,q\n2017,156,643,010111,1.5,NA\n"
    (settings.inbox / "BACI_HS92_Y2017_V202401.csv").write_text(rows, encoding="utf-8")
    told = [o.notice for o in bring_years(settings, ledger, "202301", 2018, 2019) if o.notice]
    assert query(settings, IN_USE) == [("202301",)]
    assert ["202401 is held back" in notice for notice in told] == [True]
    with zipfile.ZipFile(settings.inbox / "BACI_HS92_V202501.zip", "w") as archive:
        archive.writestr("BACI_HS92_Y2019_V202501.csv", rows.replace("2017,", "2019,"))
    told = [o.notice for o in bring_years(settings, ledger, "202601", 2018, 2019) if "held back" in o.notice]
    assert query(settings, IN_USE) == [("202501",)]
    assert ["all of it as one archive" in notice for notice in told] == [True, True]


@pytest.mark.parametrize("name", ["sample", "V202601_copy", "afg_zaf"])
def test_an_extract_of_baci_never_replaces_a_release_and_is_told(settings: Settings, ledger: Ledger, name: str) -> None:
    """Any word behind the year was a release, and counted as later than one of digits."""
    bring_years(settings, ledger, "202601", 2021)
    rows = "t,i,j,k,v,q\n2021,156,643,010111,1.5,NA\n"
    (settings.inbox / f"BACI_HS92_Y2021_{name}.csv").write_text(rows, encoding="utf-8")
    (told,) = [o.notice for o in bring_years(settings, ledger, "202601", 2021) if o.outcome == "new"]
    assert query(settings, IN_USE) == [("202601",)]
    assert "has no release, so it counts as older than release 202601, which is used" in told


def test_a_release_beside_more_files_without_one_is_told(settings: Settings, ledger: Ledger) -> None:
    """It was not used, and no sentence said so."""
    settings.inbox.mkdir(parents=True)
    for year in (2019, 2020):
        rows = f"t,i,j,k,v,q\n{year},156,643,010111,1.5,NA\n"
        (settings.inbox / f"BACI_HS92_Y{year}.csv").write_text(rows, encoding="utf-8")
    told = [o.notice for o in bring_years(settings, ledger, "202601", 2020) if o.notice]
    assert query(settings, IN_USE) == [(None,)]
    assert ["1 file is here, of files without a release in their names 2" in notice for notice in told] == [True]
