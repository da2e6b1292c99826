"""A candidate that starts as a copy of the last release ends as one that is built from nothing of the same raw files.

Files come in an order drawn by chance: new, revised, withdrawn in part, late, beside corrections and other rates.
"""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from flows.contracts.relations import workings_of
from flows.exports.earlier import renewed_since
from flows.exports.parts import parts_of, rows_of
from flows.ledger import Ledger, Run, UnitTests, utc_now
from flows.machine import file_sha256
from flows.releases import place
from flows.releases.licence import EXPORTED_SCHEMAS
from flows.settings import ROOT, Settings
from flows.steps import build, fetch, land
from flows.steps.building import blocks, corrections, own, unit_tests
from tests.release_content import OF_THE_RUN, content

AREAS = {"156": "CHN", "643": "RUS", "842": "USA", "398": "KAZ", "276": "DEU", "392": "JPN"}
PRODUCTS = ("270900", "440710", "850440", "847130", "100199")
BUNDLED = ("comtrade_extract", "fcs_quoted", "gacc_quoted", "macro_extract", "partner_quoted", "press_record")
YEARS = (2019, 2020, 2021)
# A few years are a batch; a year of BACI is read as it is, though bundled sources have twice as many cells of it.
BATCHES = {"batch_cells": 150, "few_others": 4}


@dataclass
class Newsroom:
    """A warehouse with a few bundled sources and some invented years of BACI in its inbox."""

    settings: Settings
    chance: random.Random
    years: dict[int, list[list[str]]] = field(default_factory=dict)
    n_copies: int = 0

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.settings)

    # -- what happens to files --------------------------------------------------------------------------------------

    def write_year(self, year: int, release: str = "202601") -> None:
        """The file of a year of BACI, as it stands now."""
        path = self.settings.inbox / f"BACI_HS92_Y{year}_V{release}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([["t", "i", "j", "k", "v", "q"], *self.years[year]])

    def new_year(self) -> None:
        year = max(self.years, default=YEARS[0] - 1) + 1
        pairs = [(i, j) for i in AREAS for j in AREAS if i != j]
        self.years[year] = [
            [str(year), i, j, k, f"{self.chance.randint(1_000, 900_000) / 1000:.3f}", f"{self.chance.randint(1, 900)}"]
            for i, j in pairs for k in PRODUCTS if self.chance.random() < 0.7
        ]  # fmt: skip
        self.write_year(year)

    def revise_year(self) -> None:
        year = self.chance.choice(sorted(self.years))
        for row in self.chance.sample(self.years[year], 9):
            row[4] = f"{float(row[4]) * self.chance.uniform(0.8, 1.3):.3f}"
        self.write_year(year)

    def withdraw_cells(self) -> None:
        year = self.chance.choice(sorted(self.years))
        del self.years[year][: self.chance.randint(3, 20)]
        self.write_year(year)

    def late_release(self) -> None:
        """A file of an older release comes in after the newer one."""
        self.write_year(self.chance.choice(sorted(self.years)), "202501")

    def _edit(self, name: str, column: str) -> None:
        """Another number in some rows of a bundled file."""
        path = self.settings.bundled / name
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        for row in self.chance.sample([row for row in rows if row[column]], 3):
            row[column] = str(round(float(row[column]) * 1.01, 3))
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)

    def revise_bundled(self) -> None:
        self._edit("partner_quoted/partner_trade.csv", "turnover_usd_bn")

    def other_rate(self) -> None:
        self._edit("macro_extract/exchange_rate.csv", "rate")

    def withdraw_statement(self) -> None:
        path = self.settings.bundled / "press_record/event.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:-1]), encoding="utf-8")

    def correct_cell(self) -> None:
        """A correction of one's own, of a cell of BACI as it stands now."""
        year = self.chance.choice(sorted(self.years))
        row = self.chance.choice(self.years[year])
        codes = ["own", "baci", "", AREAS[row[1]], AREAS[row[2]], "X", f"H0:{row[3]}", str(year), "value_usd"]
        figures = [f"{float(row[4]) * 1000:.3f}", f"{float(row[4]) * 1000 + 7:.3f}"]
        said = ["misprint", "invented", "the test", utc_now().strftime("%Y-%m-%d %H:%M:%S")]
        with self.settings.own_corrections.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([corrections.COLUMNS, [*codes, *figures, *said]])

    def uncorrect(self) -> None:
        self.settings.own_corrections.unlink(missing_ok=True)

    # -- what is made of them ---------------------------------------------------------------------------------------

    def land(self) -> None:
        ledger = self.ledger
        land.prepare(self.settings)
        for partition in fetch.plan(self.settings, ledger, ()).fetch:
            fetch.fetch_partition(self.settings, ledger, partition)
        for raw in land.pending(self.settings, ledger):
            outcome = land.land_file(self.settings, ledger, raw)
            assert outcome.outcome in ("new", "revised", "kept"), outcome.reason

    def build(self, from_nothing: bool = False) -> tuple[Run, Path]:
        ledger = self.ledger
        with ledger.writing():
            run = ledger.start("run", build.versions(), build.code_fingerprint())
            path = build.build(
                self.settings, ledger, run, "--exclude-resource-type", "test", "unit_test", from_nothing=from_nothing
            )
            ledger.finish(run, "built", "")  # else it counts as killed, and its candidate goes
        return run, path

    def publish(self, run: Run, candidate: Path) -> None:
        release = place.release_path(self.settings, run.run_id)
        release.parent.parent.mkdir(exist_ok=True)
        candidate.parent.replace(release.parent)
        run.published_sha256 = file_sha256(release)
        place.point_to(self.settings, run.run_id)
        self.ledger.finish(run, "published", "")


def open_newsroom(folder: Path, seed: int) -> Newsroom:
    for name in BUNDLED:
        shutil.copytree(ROOT / "warehouse" / "bundled" / name, folder / "bundled" / name)
    settings = Settings(warehouse=folder / "warehouse", bundled=folder / "bundled")
    settings.inbox.mkdir(parents=True)
    passed = UnitTests(fingerprint=unit_tests.fingerprint(settings), passed_at=utc_now(), count=0, ran_by="the test")
    Ledger(settings).record_unit_tests(passed)
    room = Newsroom(settings, random.Random(seed))
    for _ in YEARS:
        room.new_year()
    room.land()
    room.publish(*room.build())
    return room


def same_as_from_nothing(room: Newsroom, copied: Path) -> None:
    """Every table of a candidate equals that of one built from nothing, beside the same last release."""
    run, whole = room.build(from_nothing=True)
    assert run.built_from_nothing_because == "it was asked for"
    here, there = content(copied), content(whole)
    assert set(here) - {"intermediate.renewed"} == set(there)
    compared = set(there) - set(OF_THE_RUN)
    assert {table for table in compared if here[table] != there[table]} == set()


def renewed_is_noted(room: Newsroom, copied: Path) -> None:
    """What a candidate notes as the same is the same as in the release it was copied from, table by table and year."""
    release = room.settings.published.resolve()
    renewed = renewed_since(copied, release.parent.name)
    assert renewed is not None
    with duckdb.connect(str(copied), read_only=True) as now, duckdb.connect(str(release), read_only=True) as past:
        parts = list(parts_of(now, EXPORTED_SCHEMAS, 2_000))
        same = [part for part in parts if renewed.is_same(part)]
        assert 0 < len(same) < len(parts)
        for part in same:
            sums = f"select count(*), sum(hash(record)) from ({rows_of(part)}) as record"
            assert now.execute(sums).fetchall() == past.execute(sums).fetchall(), part


def cells_in_place(path: Path) -> tuple[object, ...] | None:
    """What tells whether the cells of BACI are still the rows they were."""
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(
            "select count(*), sum(hash(rowid, file_id, line)::hugeint) from core.trade_cell where source_code = 'baci'"
        ).fetchone()


def mark_replays(run: Run, candidate: Path) -> None:
    """Give the replayed cells of BACI a line none of their files has."""
    workings = workings_of(candidate)
    with duckdb.connect(str(workings)) as con:
        con.execute("update intermediate.int_trade_cell_replayed set line = -line where source_code = 'baci'")
    run.workings_sha256 = file_sha256(workings)


def marks(path: Path) -> tuple[object, ...] | None:
    """How many replayed cells of BACI have such a line, and how many have not."""
    with duckdb.connect(str(workings_of(path)), read_only=True) as con:
        return con.execute(
            "select count(case when line < 0 then 1 end), count(case when line >= 0 then 1 end) "
            "from intermediate.int_trade_cell_replayed where source_code = 'baci'"
        ).fetchone()


def numbers(path: Path, table: str) -> set[str]:
    """Numbers of cells of BACI that a table of the workings notes."""
    with duckdb.connect(str(workings_of(path)), read_only=True) as con:
        asked = f"select replay_id from intermediate.{table} where source_code = 'baci'"
        return {number for (number,) in con.execute(asked).fetchall()}


@pytest.mark.e2e  # eight builds take minutes
@pytest.mark.parametrize("seed", [1])
def test_after_any_files_a_copy_equals_a_build_from_nothing(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_contracts = own.variables  # a few years at a time, so that what a step changes takes several batches
    monkeypatch.setattr(
        own, "variables", lambda settings: json.dumps({**json.loads(by_contracts(settings)), **BATCHES})
    )
    room = open_newsroom(tmp_path, seed)
    before = cells_in_place(room.settings.published)
    # a small file first: the cells of the large source are not touched
    room.revise_bundled()
    room.land()
    run, candidate = room.build()
    assert run.copied_release == room.ledger.published_run_id()
    assert cells_in_place(candidate) == before
    renewed_is_noted(room, candidate)
    # what a revision ends is taken from the last release, which has it, and not replayed
    room.revise_year()
    room.land()
    run, candidate = room.build()
    ended = numbers(candidate, "int_trade_cell_replayed")
    assert ended
    assert ended <= numbers(room.settings.published, "noted_number")
    few = blocks.FEW
    monkeypatch.setattr(blocks, "FEW", 0)  # from here on files are written anew
    changes: list[Callable[[], None]] = [
        room.new_year, room.revise_year, room.withdraw_cells, room.late_release, room.other_rate,
        room.withdraw_statement, room.correct_cell,
    ]  # fmt: skip
    room.chance.shuffle(changes)
    half = len(changes) // 2
    for step in (changes[:half], changes[half:]):
        room.publish(run, candidate)
        for change in step:
            change()
            room.land()
        run, candidate = room.build()
        assert run.copied_release == room.ledger.published_run_id()
        renewed_is_noted(room, candidate)
        same_as_from_nothing(room, candidate)
    # what was known of the large source before is not replayed for a small file
    monkeypatch.setattr(blocks, "FEW", few)
    mark_replays(run, candidate)
    room.publish(run, candidate)
    marked = marks(room.settings.published)
    room.revise_bundled()
    room.land()
    assert marked == marks(room.build()[1]) != (0, 0)
