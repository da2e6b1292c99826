"""What a release said stays the answer for its time: files that overlap, corrections, and files that come back."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.contracts import load_contracts
from flows.ledger import Ledger, utc_now
from flows.settings import ROOT, Settings
from flows.steps import build, fetch, land
from flows.steps.building import corrections, ledger_tables
from tests.part_build import call_dbt

SWEDEN, GERMANY, USA, WORLD = "752", "276", "842", "0"
KEY = "source_code, reporter_code, partner_code, flow_code, product_key, period_code"
SAID = f"{KEY}, value_usd, n_reports, net_weight_kg, is_additive, is_corrected"
NOW = f"select {SAID} from (select *, true as is_additive from core.fct_trade union all by name select *, "
NOW += "false as is_additive from core.fct_trade_total)"
AS_OF = f"select {SAID} from core.fct_trade_vintage where known_from <= $1 and (known_to is null or known_to > $2) "
AS_OF += "order by all"
MODELS = ("+fct_trade", "+fct_trade_total", "+fct_trade_vintage")


@dataclass
class Desk:
    """A warehouse of a few files brought by hand, and what each of its releases said."""

    settings: Settings
    said: list[tuple[datetime, list[tuple[Any, ...]]]] = field(default_factory=list)
    candidate: Path = Path()

    def bring(self, name: str, *cells: tuple[str, str, int, str, str]) -> None:
        """Put a download of UN Comtrade into the inbox: of each cell flow, partner, dollars, product and year."""
        table = load_contracts(self.settings.contracts)["comtrade_csv"].table("plus_trade")
        known = {
            "typeCode": "C", "freqCode": "A", "refMonth": "52", "reporterCode": SWEDEN, "partner2Code": "0",
            "classificationCode": "H5", "customsCode": "C00", "mosCode": "0", "motCode": "0", "qtyUnitCode": "-1",
        }  # fmt: skip
        with (self.settings.inbox / name).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, [*(column.header for column in table.columns), *table.ignored], restval="")
            writer.writeheader()
            for flow, partner, dollars, product, year in cells:
                figures = {"primaryValue": str(dollars), "fobvalue": str(dollars)}
                of = {"period": year, "refYear": year, "flowCode": flow, "partnerCode": partner, "cmdCode": product}
                level = str(len(product)) if product != "TOTAL" else "0"
                writer.writerow(known | figures | of | {"aggrLevel": level})

    def bring_euro(self, name: str, *millions: tuple[str, int]) -> None:
        """Put an answer of Eurostat into the inbox: exports of Germany in 2021 by partner, in millions of euro."""
        known = "ESTAT:DS-045409(1.0),01/02/24 11:00:00,A,DE"
        lines = [f"{known},{partner},TOTAL,2,VALUE_IN_EUROS,2021,{value}000000,,\n" for partner, value in millions]
        head = "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
        (self.settings.inbox / name).write_text(f"{head},CONF_STATUS\n{''.join(lines)}", encoding="utf-8")

    def correct(self, *figures: tuple[str, int, int], made_at: str) -> None:
        """Write corrections.csv anew: of exports of 2021 to a partner what they say, and what is right."""
        with self.settings.own_corrections.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(corrections.COLUMNS)
            for partner, wrong, right in figures:
                codes = [f"c_{partner}", "comtrade_csv", "", "SWE", partner, "X", "TOTAL", "2021", "value_usd"]
                writer.writerow([*codes, wrong, right, "misprint", "invented", "the test", made_at])

    def release(self) -> None:
        """Land what is new, make the cells with their vintages, and count them as published."""
        ledger = Ledger(self.settings)
        run = ledger.start("run", build.versions(), "none")
        land.prepare(self.settings)
        for partition in fetch.plan(self.settings, ledger, ()).fetch:
            fetch.fetch_partition(self.settings, ledger, partition)
        for raw in land.pending(self.settings, ledger):
            outcome = land.land_file(self.settings, ledger, raw)
            assert outcome.outcome in ("new", "revised"), outcome.reason
        run.built_at = utc_now()
        self.candidate = build.start_candidate(self.settings, run)
        ledger_tables.write(self.settings, ledger, run)
        how = ("--exclude", "resource_type:test", "resource_type:unit_test")
        call_dbt(self.settings, self.candidate, "build", *how, "--select", *MODELS)
        ledger.finish(run, "published", "")
        with self.opened() as con:
            self.said.append((run.built_at, con.execute(f"{NOW} order by all").fetchall()))

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(str(self.candidate), read_only=True) as con:
            yield con

    def vintages(self, partner: str) -> list[tuple[Any, ...]]:
        """Of exports to a partner in 2021: the millions of dollars of each vintage, and whether it is corrected."""
        with self.opened() as con:
            return con.execute(
                "select value_usd::double / 1e6, is_corrected from core.fct_trade_vintage where product_key = 'TOTAL' "
                "and flow_code = 'X' and partner_code = ? and period_code = '2021' order by vintage_number", [partner],
            ).fetchall()  # fmt: skip

    def answers_stand(self) -> None:
        """What every release said is what the last one answers for its time."""
        with self.opened() as con:
            for number, (built_at, cells) in enumerate(self.said, 1):
                at = built_at.replace(tzinfo=None)
                assert con.execute(AS_OF, [at, at]).fetchall() == cells, f"release {number}"


def total(partner: str, millions: float, flow: str = "X", year: str = "2021") -> tuple[str, str, int, str, str]:
    return flow, partner, round(millions * 1e6), "TOTAL", year


def base(germany: float = 10, usa: float = 10) -> list[tuple[str, str, int, str, str]]:
    """Exports and imports of Sweden with three partners, in millions."""
    partners = ((GERMANY, germany), (USA, usa), ("392", 10))
    return [total(partner, millions, flow) for flow in "XM" for partner, millions in partners]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    settings = Settings(warehouse=tmp_path / "warehouse", bundled=tmp_path / "bundled")
    settings.bundled.mkdir()
    settings.inbox.mkdir(parents=True)
    return Desk(settings)


def test_a_file_that_overlaps_a_published_one_ends_what_that_said(desk: Desk) -> None:
    desk.bring("a.csv", *base())
    desk.release()
    desk.bring("b.csv", total(USA, 10.2), total(USA, 10.2, "M"))
    desk.release()
    assert desk.vintages("USA") == [(10.0, False), (10.2, False)]
    desk.answers_stand()
    # products make the totals no more to be added up, and leave a rest of them
    desk.bring("c.csv", ("X", GERMANY, 4_000_000, "270900", "2021"))
    desk.bring("year.csv", total(GERMANY, 9, year="2020"))
    desk.release()
    desk.answers_stand()
    # the first file is replaced: the second one is the later no more
    desk.bring("a.csv", *base(germany=11, usa=10.1))
    desk.release()
    desk.bring("b.csv", total(GERMANY, 12))
    desk.release()
    desk.answers_stand()
    assert desk.vintages("USA") == [(10.0, False), (10.2, False), (10.1, False), (10.1, False)]


def test_a_correction_counts_from_the_run_that_found_it_until_the_one_that_did_not(desk: Desk) -> None:
    desk.bring("a.csv", *base())
    desk.release()
    desk.correct(("DEU", 10_000_000, 10_300_000), made_at=f"{utc_now():%Y-%m-%d}")
    desk.release()
    assert desk.vintages("DEU") == [(10.0, False), (10.3, True)]
    desk.answers_stand()
    desk.correct(("USA", 10_000_000, 11_000_000), made_at="2020-01-01")
    desk.bring("b.csv", total(USA, 10, year="2019"))
    desk.release()
    assert desk.vintages("DEU") == [(10.0, False), (10.3, True), (10.0, False)]
    desk.settings.own_corrections.unlink()
    desk.bring("b.csv", total("392", 12))
    desk.release()
    assert desk.vintages("USA") == [(10.0, False), (11.0, True), (10.0, False)]
    desk.answers_stand()


def test_what_a_first_run_finds_beside_its_files_was_never_known_otherwise(desk: Desk) -> None:
    desk.bring("a.csv", *base())
    desk.correct(("DEU", 10_000_000, 10_300_000), made_at="2020-01-01")
    desk.release()
    assert desk.vintages("DEU") == [(10.3, True)]


def test_a_rate_that_comes_later_tells_no_dollars_of_the_time_before(desk: Desk) -> None:
    desk.bring_euro("a.csv", ("FR", 10), ("US", 20))
    desk.release()
    shutil.copytree(ROOT / "warehouse" / "bundled" / "macro_extract", desk.settings.bundled / "macro_extract")
    desk.release()
    desk.bring_euro("b.csv", ("US", 21))
    desk.release()
    desk.answers_stand()
    with desk.opened() as con:
        told = "select value_original::double / 1e6, value_usd is not null from core.fct_trade_vintage "
        found = con.execute(f"{told} where partner_code = 'USA' order by vintage_number").fetchall()
    assert found == [(20.0, False), (20.0, True), (21.0, True)]
