"""A person refuses a raw file: nothing of it is used, the last good one is, and its bytes stay."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import duckdb
import pytest

from flows.errors import EntrepotError
from flows.inbox.files import scan
from flows.ingest import refusal
from flows.ledger import Ledger, Outcome, RawFileRecord
from flows.settings import Settings
from flows.sources.base import Partition
from flows.steps import build, fetch, land
from tests.own_contract import own_contract, write_contract

CONTRACT = own_contract(
    """
description: "One row per code."
config: {meta: {key: [code], on_failure: stand_in, format: csv}}
columns:
  - {name: code, data_type: varchar, description: "Code.", config: {meta: {header: "HS code"}}}
  - {name: amount, data_type: "decimal(24,9)", description: "Value.", config: {meta: {header: "Value"}}}
"""
)
GOOD, WRONG = "HS code,Value\n01,10\n", "HS code,Value\n01,10000\n02,20000\n"


@pytest.fixture
def inbox(settings: Settings) -> Settings:
    settings.inbox.mkdir(parents=True)
    write_contract(settings, CONTRACT)
    land.prepare(settings)
    return settings


def bring(settings: Settings, ledger: Ledger, content: str) -> tuple[RawFileRecord, Outcome]:
    """Put a file into the inbox and land it as a run does; what was fetched last, and the outcome."""
    (settings.inbox / "mine.csv").write_text(content, encoding="utf-8")
    (partition,) = [part for part in scan(settings) if isinstance(part, Partition)]
    outcome = fetch.fetch_partition(settings, ledger, partition)
    for record in land.pending(settings, ledger):
        land.land_file(settings, ledger, record)
    latest = ledger.latest_raw(partition.source, partition.table, partition.key)
    assert latest is not None
    return latest, land.restate(settings, outcome)


def current(settings: Settings) -> list[tuple[object, ...]]:
    with land.landed(settings) as con:
        return con.execute(
            "select code, amount::integer, known_to is null from raw.mine__trade inner join raw.file using (file_id) "
            "where is_current order by all"
        ).fetchall()


@pytest.mark.parametrize("by", ["id", "partition", "name", "path"])
def test_the_last_good_file_is_used_in_its_place(inbox: Settings, ledger: Ledger, by: str) -> None:
    bring(inbox, ledger, GOOD)
    before = build.input_fingerprint(inbox, [])
    wrong, _ = bring(inbox, ledger, WRONG)
    assert current(inbox) == [("01", 10000, True), ("02", 20000, True)]
    names = {
        "id": wrong.file_id,
        "partition": wrong.file_id.rpartition("/")[0],
        "name": "mine.csv",
        "path": str(inbox.inbox / "mine.csv"),
    }
    done = refusal.refuse(ledger, names[by], " in thousands ", "an editor")
    assert done.file_id == wrong.file_id
    assert current(inbox) == [("01", 10, True)]
    assert build.input_fingerprint(inbox, []) == before
    assert ledger.raw_path(done).read_text(encoding="utf-8") == WRONG
    with land.landed(inbox) as con:
        assert con.execute("select count(*) from raw.mine__trade").fetchone() == (1,)

    _, kept = bring(inbox, ledger, WRONG)
    assert (kept.outcome, kept.stops_run) == ("failed", False)
    assert "is refused by an editor on 20" in kept.reason
    assert kept.reason.endswith(": in thousands")
    _, other = bring(inbox, ledger, WRONG.replace("000", ""))
    assert other.outcome == "revised"
    assert current(inbox) == [("01", 10, True), ("02", 20, True)]


def test_what_landed_anew_is_still_refused(inbox: Settings, ledger: Ledger) -> None:
    wrong, _ = bring(inbox, ledger, WRONG)
    refusal.refuse(ledger, "mine.csv", "in thousands", "an editor")
    inbox.landed.unlink()
    land.prepare(inbox)
    for record in land.pending(inbox, ledger):
        assert land.land_file(inbox, ledger, record).outcome == "failed"
    assert current(inbox) == []
    assert land.refused(inbox) == {wrong.file_id}


@pytest.mark.parametrize(("killed_at", "rows"), [("note_refusal", 2), ("land_file", 1)])
def test_a_refusal_that_was_killed_is_none_or_takes_effect(
    inbox: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, killed_at: str, rows: int
) -> None:
    bring(inbox, ledger, GOOD)
    bring(inbox, ledger, WRONG)
    with monkeypatch.context() as kill:
        kill.setattr(ledger if killed_at == "note_refusal" else land, killed_at, Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            refusal.refuse(ledger, "mine.csv", "in thousands", "an editor")
    for record in land.pending(inbox, ledger):
        land.land_file(inbox, ledger, record)
    assert len(current(inbox)) == rows
    if killed_at == "note_refusal":
        refusal.refuse(ledger, "mine.csv", "in thousands", "an editor")
    assert current(inbox) == [("01", 10, True)]


def test_a_refusal_is_withdrawn_and_the_file_known_from_then_on(inbox: Settings, ledger: Ledger) -> None:
    wrong, _ = bring(inbox, ledger, WRONG)
    refused = refusal.refuse(ledger, "mine.csv", "in thousands", "an editor")
    landing = refusal.withdraw(ledger, wrong.file_id)
    assert landing.refusal is None
    assert landing.sha256 == refused.sha256
    assert refused.refusal is not None
    assert landing.fetched_at > refused.refusal.refused_at
    _, kept = bring(inbox, ledger, WRONG)
    assert kept.outcome == "kept"
    assert current(inbox) == [("01", 10000, True), ("02", 20000, True)]
    with land.landed(inbox) as con:
        known = con.execute("select file_id, known_from is null from raw.file order by fetched_at").fetchall()
    assert known == [(wrong.file_id, True), (landing.file_id, False)]
    with pytest.raises(EntrepotError, match="has come since"):
        refusal.withdraw(ledger, wrong.file_id)


def test_what_a_release_was_made_of_stays(inbox: Settings, ledger: Ledger) -> None:
    first, _ = bring(inbox, ledger, GOOD)
    release = inbox.releases / "20261128T000000000-abcd" / "trade.duckdb"
    release.parent.mkdir(parents=True)
    with duckdb.connect(str(release)) as con:
        con.execute(
            "create schema core; create table core.dim_raw_file as select ? as file_id, now() as known_from",
            [first.file_id],
        )
    with pytest.raises(EntrepotError, match="Release 20261128T000000000-abcd was made of mine/"):
        refusal.refuse(ledger, "mine.csv", "in thousands", "an editor")
    assert current(inbox) == [("01", 10, True)]
    bring(inbox, ledger, WRONG)
    refusal.refuse(ledger, "mine.csv", "in thousands", "an editor")
    assert current(inbox) == [("01", 10, True)]


def test_a_refusal_names_one_file_a_reason_and_a_person(inbox: Settings, ledger: Ledger) -> None:
    bring(inbox, ledger, GOOD)
    for named, reason, person, said in (
        (
            "../../mine.csv",
            "wrong",
            "an editor",
            "There is no raw file '../../mine.csv'. Name one by its id, such as mine/",
        ),
        ("mine.csv", " ", "an editor", "says why the file is wrong"),
        ("mine.csv", "wrong", "", "who refuses it"),
    ):
        with pytest.raises(EntrepotError, match=said):
            refusal.refuse(ledger, named, reason, person)
    refusal.refuse(ledger, "mine.csv", "wrong", "an editor")
    with pytest.raises(EntrepotError, match=r"nothing to do: mine/.* is refused by an editor on .*: wrong\."):
        refusal.refuse(ledger, "mine.csv", "wrong", "an editor")
    with pytest.raises(EntrepotError, match="There is no refused file 'mine/trade/other/ab'"):
        refusal.withdraw(ledger, "mine/trade/other/ab")


def test_an_archive_of_several_files_is_no_file(inbox: Settings, ledger: Ledger, tmp_path: Path) -> None:
    record, _ = bring(inbox, ledger, GOOD)
    for number in range(7):
        received = tmp_path / "received"
        received.write_text(GOOD, encoding="utf-8")
        ledger.add_raw(
            record.model_copy(update={"partition": f"p{number}", "url": f"inbox/all.zip!{number}.csv"}), received
        )
    with pytest.raises(EntrepotError, match=r"all\.zip is 7 files; name one of mine/trade/p0/.* and 2 more\."):
        refusal.refuse(ledger, "all.zip", "wrong", "an editor")
