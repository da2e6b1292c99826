"""What is true in the synthetic world comes back from its reports within stated bounds: margins, reliability, values,
what is held back, successors, and ranks where reports are missing. All yearly reports of all reporters are in.

The world has one trap that no method sees through: the hub's exports hold what only passes through it, and its origin's
do not. Importers are right there, so that in this world they alone are nearer the truth than any mean of both sides;
whether weights beat either side alone is asked of unequal reporters in test_mirror_properties.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from standin.economy import (
    AREAS_NES,
    BUNKERS,
    CONFIDENTIAL,
    ECONOMIES,
    HUB,
    HUB_MARKETS,
    HUB_ORIGIN,
    MAIN,
    OLDER_CODE,
    YEARS,
)
from standin.truth import true_trade
from standin.world import World, flows
from tests.opened import copy_release, opened
from tests.world_warehouse import violations

ISO3 = {code: home.iso3 for code, home in ECONOMIES.items()}
KEY = ["exporter_code", "importer_code", "period_code"]
VALUES = ["value_exporter_usd", "value_importer_fob_usd", "value_reconciled_usd", "value_mean_usd", "value_max_usd"]


@pytest.fixture
def con(world_release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(world_release) as connection:
        yield connection


def frame(con: duckdb.DuckDBPyConnection, sql: str) -> pd.DataFrame:
    """The answer, money as float."""
    found = con.execute(sql).df()
    money = [name for name in found.columns if name.endswith("_usd")]
    return found.astype(dict.fromkeys(money, "float64"))


def is_bent_by_the_hub(pairs: pd.DataFrame) -> pd.Series:
    """Whether a report of the pair holds, or lacks, what passes through the hub."""
    origin, markets = ISO3[HUB_ORIGIN], [ISO3[code] for code in HUB_MARKETS]
    passes = (pairs["exporter_code"] == origin) & pairs["importer_code"].isin([*markets, ISO3[HUB]])
    return passes | (pairs["exporter_code"] == ISO3[HUB])


@pytest.fixture
def pairs(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Reconciled pairs of economies with what is true of them."""
    truth = []
    for key, flow in true_trade().items():
        exporter, importer, year = key.split("|")
        truth.append([ISO3[int(exporter)], ISO3[int(importer)], year, flow["fob_mills"] / 1000, flow["tau"]])
    facts = pd.DataFrame(truth, columns=[*KEY, "true_usd", "true_tau"])
    found = frame(con, "from core.fct_trade_reconciled_pair where pair_kind = 'economies' and period_code >= '2019'")
    found = found.merge(facts, on=KEY)
    assert len(found) == len(facts), "no true trade is without a row"
    return found.assign(is_bent=is_bent_by_the_hub(found))


def error(found: pd.DataFrame, value: str) -> pd.Series:
    """How far from the truth, as a share of it."""
    return (found[value] / found["true_usd"] - 1).abs()


def test_margins_are_the_worlds(pairs: pd.DataFrame) -> None:
    """Estimated ones by 1 point on average and 3 at most, in every year; those a reporter gives, and FOB, exactly."""
    missed = (pairs["tau"] - pairs["true_tau"]).abs().groupby([pairs["tau_method"], pairs["period_code"]])
    assert set(pairs["tau_method"].dropna()) == {"gravity", "reported", "fob_report"}
    assert missed.mean()["gravity"].max() < 0.01
    assert missed.max()["gravity"].max() < 0.03
    assert missed.max()["reported"].max() < 2e-6
    at_fob = pairs[pairs["tau_method"] == "fob_report"]
    assert set(at_fob["importer_code"]) == {e.iso3 for e in ECONOMIES.values() if e.import_valuation == "FOB"}
    assert set(at_fob["tau"]) == {0.0}


def test_reporters_are_ordered_as_the_world_bends_them(con: duckdb.DuckDBPyConnection) -> None:
    """The hub last, its origin and markets next, and whoever has no part in it first; every year."""
    alpha = frame(con, "from intermediate.int_mirror_reliability where period_code >= '2019' and alpha is not null")
    part_of_it = [ISO3[code] for code in (HUB_ORIGIN, *HUB_MARKETS)]
    for _, year in alpha.groupby("period_code"):
        by_reporter = year.set_index("reporter_code")["alpha"]
        assert by_reporter.idxmax() == ISO3[HUB]
        others = by_reporter.drop([*part_of_it, ISO3[HUB]])
        assert len(others) >= 2
        assert by_reporter[part_of_it].min() >= others.max()
        assert by_reporter[[ISO3[code] for code in HUB_MARKETS]].min() > 5 * others.max()


def test_reconciled_values_are_near_the_truth(pairs: pd.DataFrame) -> None:
    """Where nothing passes the hub: 0.4 % on average, 2.5 % at most, whether both report or one."""
    plain = pairs[~pairs["is_bent"]]
    for status, part in plain.groupby("pair_status"):
        if status == "none":
            assert part["value_reconciled_usd"].isna().all()
            continue
        missed = error(part, "value_reconciled_usd")
        assert missed.mean() < (0.007 if status == "importer_only" else 0.004), status
        assert missed.max() < 0.025, status
    assert {"both", "exporter_only", "importer_only", "none"} == set(plain["pair_status"])


def test_weights_mend_what_the_hub_bends(pairs: pd.DataFrame) -> None:
    """Over all pairs: a fifth of the exporter's error and a third of the plain mean's, the larger report no better."""
    both = pairs[pairs["pair_status"] == "both"]
    missed = {value: error(both, value).mean() for value in VALUES}
    ours = missed["value_reconciled_usd"]
    assert ours < 0.2 * missed["value_exporter_usd"]
    assert ours < 0.34 * missed["value_mean_usd"]
    assert ours < 0.2 * missed["value_max_usd"]
    of_the_hub = both[(both["exporter_code"] == ISO3[HUB]) & both["importer_code"].isin(ISO3[c] for c in HUB_MARKETS)]
    assert set(of_the_hub["weight_exporter"]) == {0.1}, "as little as the bounds allow"


def true_products() -> pd.DataFrame:
    """FOB value by pair, product of HS 2017 and year."""
    sums: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for year in YEARS:
        for (exporter, importer, code), flow in flows(year).items():
            sums[ISO3[exporter], ISO3[importer], str(year), f"H5:{OLDER_CODE.get(code, code)}"] += sum(flow.mills)
    rows = [[*key, mills / 1000] for key, mills in sums.items()]
    return pd.DataFrame(rows, columns=[*KEY, "product_key", "true_usd"])


@pytest.fixture
def products(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Reconciled products of pairs the hub does not bend, with what is true of them; UNALLOCATED has no truth."""
    found = frame(con, "from core.fct_trade_reconciled where pair_kind = 'economies' and period_code >= '2019'")
    both = found.merge(true_products(), on=[*KEY, "product_key"], how="outer")
    return both[~is_bent_by_the_hub(both)]


def test_products_are_near_the_truth_whatever_revision_reporters_use(products: pd.DataFrame) -> None:
    """0.5 % on average, 3 % at most, in years in which some report by HS 2017 and some by HS 2022."""
    named = products[products["product_key"] != "UNALLOCATED"]
    known = named[named["value_reconciled_usd"].notna()]
    assert known["true_usd"].notna().all(), "nothing is made up"
    assert known["is_converted"].any()
    for _, part in known.groupby(["basis", known["is_converted"].astype(bool)]):
        missed = error(part, "value_reconciled_usd")
        assert missed.mean() < 0.01
        assert missed.max() < 0.03
    assert error(known, "value_reconciled_usd").mean() < 0.005


def test_what_is_not_found_is_what_nobody_told(products: pd.DataFrame) -> None:
    """A true product without a row: neither side reports that year, or the only one that does holds it back."""
    lost = products[products["value_reconciled_usd"].isna()]
    world = World()
    reporter, chapter = CONFIDENTIAL
    reports = {(ISO3[code], year) for code in MAIN for year in world.periods("A", code)}
    for row in lost.itertuples():
        exporter_tells = (row.exporter_code, row.period_code) in reports
        is_hidden = row.exporter_code == ISO3[reporter] and str(row.product_key)[3:5] == chapter
        assert not exporter_tells or is_hidden, row
        assert (row.importer_code, row.period_code) not in reports, row


def test_a_confidential_chapter_is_known_from_its_partners_and_nothing_of_it_is_lost(products: pd.DataFrame) -> None:
    """Named by the partners it is theirs; where no partner reports it stays in UNALLOCATED, to the last dollar."""
    reporter, chapter = CONFIDENTIAL
    of_reporter = products[products["exporter_code"] == ISO3[reporter]]
    hidden = of_reporter[of_reporter["product_key"].str[3:5] == chapter]
    named = hidden[hidden["value_reconciled_usd"].notna()]
    assert set(named["exporter_state"]) == {"suppressed"}
    assert set(named["basis"]) == {"importer_only"}
    assert named["value_exporter_usd"].isna().all()
    assert error(named, "value_reconciled_usd").max() < 0.02
    alone = hidden[hidden["value_reconciled_usd"].isna()].groupby(KEY)["true_usd"].sum()
    rest = of_reporter[of_reporter["product_key"] == "UNALLOCATED"].set_index(KEY)["value_reconciled_usd"]
    assert len(alone) > 0
    assert (rest[alone.index] / alone - 1).abs().max() < 0.02
    others = rest.drop(alone.index) / of_reporter.groupby(KEY)["value_reconciled_usd"].sum().drop(alone.index)
    assert others.max() < 0.005, "what differs between what is held back and what partners name"


def told_in_all(flow: str) -> dict[tuple[str, str], Decimal]:
    """What each reporter says it traded with everybody in a year, areas without a name included, as published."""
    world, sums = World(), defaultdict[tuple[str, str], int](int)
    for reporter in world.reporters():
        for period in world.periods("A", reporter):
            dataset = world.dataset("A", reporter, period)
            assert dataset is not None
            for (code, _, _), amount in dataset.cells.items():
                sums[ISO3[reporter], period] += amount.mills if code == flow else 0
    return {key: Decimal(mills) / 1000 for key, mills in sums.items()}


@pytest.mark.parametrize(
    ("flow", "side", "value"),
    [
        ("X", "exporter_code", "value_exporter_usd"),
        ("M", "importer_code", "coalesce(value_importer_cif_usd, value_importer_fob_usd)"),
    ],
)
@pytest.mark.parametrize("table", ["fct_trade_reconciled_pair", "fct_trade_reconciled"])
def test_each_side_adds_up_to_its_world_with_all_residuals(
    con: duckdb.DuckDBPyConnection, flow: str, side: str, value: str, table: str
) -> None:
    """Holds off a known mistake: rows dropped before the totals are taken from them. Areas without a name, goods that
    come back, and codes of no product are part of what a reporter told, and all of it is here to the last unit.
    """
    if table == "fct_trade_reconciled" and flow == "M":
        # an implied zero of a product has no CIF value
        value = "case when tau_method = 'fob_report' then value_importer_fob_usd else value_importer_cif_usd end"
    rows = con.execute(f"select {side}, period_code, sum({value}) from core.{table} group by all").fetchall()
    found = {(area, period): total for area, period, total in rows if total}
    assert found == told_in_all(flow)


def test_areas_without_a_name_stand_apart(con: duckdb.DuckDBPyConnection) -> None:
    assert {AREAS_NES, BUNKERS}.isdisjoint(ECONOMIES)
    kinds = dict(
        con.execute(
            "select pair_kind, count(*) from core.fct_trade_reconciled_pair where value_reconciled_usd > 0 group by 1"
        ).fetchall()
    )
    reports = sum(len(World().periods("A", code)) for code in MAIN if ECONOMIES[code].reports)
    early = 3
    assert kinds["self"] == len(YEARS), "China's own goods that come back"
    assert kinds["unallocated"] == reports - early + 2 * len(YEARS), (
        "every reporter's imports; bunkers of two exporters"
    )


def test_a_successor_takes_over_and_neither_is_where_it_was_not(con: duckdb.DuckDBPyConnection) -> None:
    """Sudan splits in 2011: trade is the predecessor's up to then, the successors' from 2012, and nobody's twice."""
    rows = con.execute(
        """
        select distinct period_code, case when exporter_code = 'CHN' then importer_code else exporter_code end
        from core.fct_trade_reconciled_pair
        where period_code < '2013' and pair_kind = 'economies' and value_reconciled_usd > 0
        """
    ).fetchall()
    assert set(rows) == {("2010", "SDX"), ("2011", "SDX"), ("2012", "SDN"), ("2012", "SSD")}
    ranked = con.execute(
        "select distinct year_number, partner_code from marts.partner_rank "
        "where reporter_code = 'CHN' and partner_code in ('SDX', 'SDN', 'SSD')"
    ).fetchall()
    assert {year for year, area in ranked if area == "SDX"} == {2010, 2011}
    assert {year for year, area in ranked if area == "SSD"} >= {2012}
    assert min(year for year, area in ranked if area in ("SDN", "SSD")) >= 2011


FLOWS = {"turnover": "XM", "exports": "X", "imports": "M"}


def told(reporter: int, year: int, measure: str) -> dict[str, int]:
    """What a reporter publishes of a year by partner, mills."""
    dataset = World().dataset("A", reporter, str(year))
    sums: dict[str, int] = defaultdict(int)
    for (flow, partner, _), amount in dataset.cells.items() if dataset else ():
        if flow in ("X", "M") and flow in FLOWS[measure] and partner in ECONOMIES and partner != reporter:
            sums[ISO3[partner]] += amount.mills
    return sums


def true(reporter: int, year: int, measure: str) -> dict[str, float]:
    """What is true of a reporter's trade by partner: exports FOB, and imports as it values them."""
    sums: dict[str, float] = defaultdict(float)
    for key, told_of in true_trade().items():
        exporter, importer, when = map(int, key.split("|"))
        if when == year and reporter == exporter and "X" in FLOWS[measure]:
            sums[ISO3[importer]] += told_of["fob_mills"]
        if when == year and reporter == importer and "M" in FLOWS[measure]:
            freight = 0 if ECONOMIES[reporter].import_valuation == "FOB" else told_of["tau"]
            sums[ISO3[exporter]] += told_of["fob_mills"] * (1 + freight)
    return sums


def place(values: dict[str, Any], partner: str) -> int:
    return 1 + sum(value > values.get(partner, 0) for value in values.values())


@pytest.fixture
def ranks(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Ranks among all partners of the world's main years."""
    found = con.execute("from marts.partner_rank where perimeter_code = 'all' and year_number >= 2019")
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


CODES = {iso3: code for code, iso3 in ISO3.items()}


@pytest.mark.parametrize("measure", FLOWS)
def test_where_a_reporter_reports_ranks_are_those_of_its_report(ranks: list[dict[str, Any]], measure: str) -> None:
    own = [row for row in ranks if row["rank_basis"] == "own" and row["measure"] == measure]
    assert len(own) > 600
    for row in own:
        values = told(CODES[row["reporter_code"]], row["year_number"], measure)
        assert row["rank_best"] == row["rank_worst"] == row["rank"] == place(values, row["partner_code"]), row
        assert row["rank_naive"] == row["rank"] or row["value_state"] == "implied_zero"
        assert row["n_missing"] == row["n_mirror_only"] == 0


STOPPED = {("RUS", 2022), ("RUS", 2023), ("RUS", 2024), ("KAZ", 2024), ("VNM", 2024)}


@pytest.mark.parametrize("measure", FLOWS)
def test_where_a_reporter_stops_the_true_rank_lies_in_the_interval(ranks: list[dict[str, Any]], measure: str) -> None:
    """Russia after 2021, and who is late with 2024: the figures of the partners, as intervals around the last gap."""
    mirrored = [row for row in ranks if row["rank_basis"] == "mirror" and row["measure"] == measure]
    assert {(row["reporter_code"], row["year_number"]) for row in mirrored} == STOPPED
    for row in mirrored:
        assert row["value_usd"] is None, "no zero and no value for what was not reported"
        if row["value_state"] == "missing":
            assert row["rank_best"] is None
            assert row["rank_worst"] is None
            continue
        values = true(CODES[row["reporter_code"]], row["year_number"], measure)
        assert row["rank_best"] <= place(values, row["partner_code"]) <= row["rank_worst"], row
    # of the world one partner reports nothing in 2022 and three in 2024; all other economies of the year nobody reports
    known = {(row["year_number"], row["n_universe"] - row["n_missing"]) for row in mirrored}
    assert known == {(2022, 10), (2023, 10), (2024, 8)}


def test_a_streak_is_as_long_as_it_is_sure_and_as_it_may_be(ranks: list[dict[str, Any]]) -> None:
    """Who is truly first with Russia, and for how long, lies between both counts; what is mirrored is never sure."""
    of_russia = {
        (row["partner_code"], row["year_number"]): row
        for row in ranks
        if row["reporter_code"] == "RUS" and row["measure"] == "turnover"
    }
    for partner in ("DEU", "CHN"):
        for year in YEARS[1:]:
            row, first = of_russia[partner, year], 0
            while year - first >= YEARS[0] and place(true(643, year - first, "turnover"), partner) == 1:
                first += 1
            assert row["streak_at_least"] <= first <= row["streak_at_most"], row
            assert year <= 2021 or row["streak_at_least"] == 0


def test_no_zero_stands_for_a_report_that_is_missing(con: duckdb.DuckDBPyConnection) -> None:
    for side in ("exporter", "importer"):
        value = "value_exporter_usd" if side == "exporter" else "value_importer_fob_usd"
        rows = con.execute(
            f"select count(*), count({value}) from core.fct_trade_reconciled_pair "
            f"where {side}_code = 'RUS' and period_code > '2021' and pair_kind = 'economies'"
        ).fetchone()
        assert rows is not None
        assert rows[0] >= 30
        assert rows[1] == 0


PAIR = "update core.fct_trade_reconciled_pair set"
ONE = "where exporter_code = 'CHN' and importer_code = 'FRA' and period_code = '2020'"
OF_RUSSIA = "where reporter_code = 'RUS' and partner_code = 'TWN' and year_number = 2023"
SPOILT = [
    (f"{PAIR} value_exporter_usd = 0 where exporter_state = 'missing'", "reconciled_values_follow_from_both_reports"),
    (f"{PAIR} value_importer_fob_usd = value_importer_cif_usd * (1 - tau) {ONE}",
     "reconciled_values_follow_from_both_reports"),
    (f"{PAIR} tau = null where tau_method = 'gravity_mean_distance'", "reconciled_values_follow_from_both_reports"),
    (f"{PAIR} weight_exporter = 1 {ONE}", "reconciled_values_follow_from_both_reports"),
    (f"{PAIR} weight_exporter = 1 {ONE}", "reconciled_values_keep_their_bounds"),
    (f"{PAIR} importer_state = 'implied_zero', value_importer_fob_usd = 0, weight_exporter = 0.5, "
     f"value_reconciled_usd = value_exporter_usd / 2 {ONE}", "reconciled_values_keep_their_bounds"),
    (f"{PAIR} tau = 0.25 {ONE}", "reconciled_values_keep_their_bounds"),
    (f"{PAIR} value_reconciled_usd = value_max_usd + 1 {ONE}", "reconciled_values_keep_their_bounds"),
    ("delete from core.fct_trade_reconciled where product_key = 'UNALLOCATED'", "reconciled_products_add_up"),
    (f"update marts.mirror_gap set log_gap = -log_gap {ONE}", "mirror_gaps_agree_with_each_other"),
    (f"update marts.mirror_gap set symmetric_gap = symmetric_gap * 2 {ONE}", "mirror_gaps_agree_with_each_other"),
    ("update marts.mirror_gap set gap_usd = 0 where pair_status = 'exporter_only'",
     "mirror_gaps_agree_with_each_other"),
    ("delete from marts.reporter_asymmetry where reporter_code = 'CHN' and flow_code = 'X'",
     "mirror_gaps_agree_with_each_other"),
    ("update marts.reporter_asymmetry set bias = 1", "mirror_gaps_agree_with_each_other"),
    (f"update marts.partner_rank set rank_best = 11, rank_worst = 11 {OF_RUSSIA}", "ranks_know_what_is_missing"),
    (f"delete from marts.partner_rank {OF_RUSSIA}", "ranks_know_what_is_missing"),
    ("update marts.partner_rank set rank = rank_best where rank_basis = 'mirror'", "ranks_know_what_is_missing"),
    ("update marts.partner_rank set streak_at_least = streak_at_most + 1", "ranks_know_what_is_missing"),
]  # fmt: skip


@pytest.fixture(scope="module")
def copied(world_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_release(world_release, tmp_path_factory.mktemp("spoilt") / "trade.duckdb")


@pytest.mark.parametrize(("spoil", "name"), SPOILT)
def test_the_invariants_of_mirror_and_ranks_can_fail(world_release: Path, copied: Path, spoil: str, name: str) -> None:
    """Each holds in the world and does not once something is spoilt."""
    with opened(copied, read_only=False) as con:
        con.execute("begin")
        assert violations(con, world_release, f"assert_{name}") == []
        con.execute(spoil)
        assert violations(con, world_release, f"assert_{name}") != []
        con.execute("rollback")
