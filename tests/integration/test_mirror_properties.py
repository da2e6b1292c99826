"""What must hold of reconciled trade whatever the reports say, on invented worlds run through the models.

Scale, order, a release seen twice, reporters that are gone or late, a hub, a successor, and a change of revision.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.mirror import PAIR, Invented, Mirror, Report, invented, pairs

few = settings(max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate])
seeds = st.integers(0, 1000)
MIRROR = ("core.fct_trade_reconciled_pair", "core.fct_trade_reconciled", "marts.mirror_gap", "marts.reporter_asymmetry")
YEARS = (2018, 2019, 2020, 2021)


def noisy(seed: int, years: tuple[int, ...] = (2020, 2021), n: int = 12) -> Invented:
    """A world of reporters from good to bad."""
    return invented(seed, n, years, noise=[float(x) for x in np.linspace(0.02, 0.3, n)])


def same(one: duckdb.DuckDBPyConnection, other: duckdb.DuckDBPyConnection, where: str = "true") -> None:
    """Every table of the mirror says the same, to the last digit."""
    for table in MIRROR:
        query = f"select * from {table} where {where} order by all"
        before, after = one.execute(query).fetchall(), other.execute(query).fetchall()
        assert before
        assert before == after, table


def economies(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    found = pairs(con)
    return found[found["pair_kind"] == "economies"].set_index(list(PAIR)).sort_index()


# --- recovery of what is true, where reporters are not alike --------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_unequal_reporters_are_told_apart_and_the_value_between_beats_either_alone(mirror: Mirror, seed: int) -> None:
    """Twenty economies whose reports are wrong by 2 % (the best) to 40 % (the worst), three years.

    Bounds: margins 2.5 points on average and 7 at most; order of reliability by rank correlation above 0.75; the mean
    error of the reconciled value below 0.7 of either report's and 0.85 of their plain mean's.
    """
    world = invented(seed, 20, YEARS[1:], noise=[float(x) for x in np.linspace(0.02, 0.4, 20)])
    con = mirror.reconcile(world.reports)
    found = economies(con)
    true = pd.Series([world.true_usd[key] for key in found.index], index=found.index)
    freight = pd.Series([world.tau[i, j] for i, j, _ in found.index], index=found.index)
    assert set(found["tau_method"]) == {"gravity"}
    assert (found["tau"] - freight).abs().mean() < 0.025
    assert (found["tau"] - freight).abs().max() < 0.07
    alpha = con.execute("select reporter_code, period_code, alpha from intermediate.int_mirror_reliability").df()
    alpha["noise"] = alpha["reporter_code"].map(world.noise)
    for _, year in alpha.groupby("period_code"):
        assert year["alpha"].rank().corr(year["noise"].rank()) > 0.75
    missed = {name: (found[name] / true - 1).abs().mean() for name in found.columns if name.startswith("value_")}
    ours = missed["value_reconciled_usd"]
    assert ours < 0.7 * min(missed["value_exporter_usd"], missed["value_importer_fob_usd"])
    assert ours < 0.85 * missed["value_mean_usd"]
    assert ours < missed["value_max_usd"]
    sure = found[(found.index.get_level_values(0) == "A00") & (found.index.get_level_values(1) >= "A15")]
    assert (sure["weight_exporter"] > 0.8).all(), "the best against the worst"


# --- what changes nothing -------------------------------------------------------------------------------------------


@few
@given(seeds, st.sampled_from([2.0, 10.0, 1000.0]))
def test_scale_moves_values_and_neither_margins_nor_weights(mirror: Mirror, seed: int, factor: float) -> None:
    world = noisy(seed)
    before = economies(mirror.reconcile(world.reports))
    scaled = [report._replace(value=report.value * factor) for report in world.reports]
    after = economies(mirror.reconcile(scaled))
    for name in ("tau", "weight_exporter", "pair_status", "tau_method", "weight_method"):
        assert before[name].equals(after[name]), name
    money = [name for name in before.columns if name.endswith("_usd")]
    np.testing.assert_allclose(after[money], before[money] * factor, rtol=1e-9, atol=0.002 * factor)


@few
@given(seeds)
def test_the_dollars_of_a_year_are_its_own(mirror: Mirror, seed: int) -> None:
    """All figures of one year ten times as large, as of another currency: other years stay as they are."""
    world = noisy(seed)
    before = mirror.reconcile(world.reports)
    larger = [
        report._replace(value=report.value * 10) if report.year == 2021 else report for report in world.reports
    ]  # fmt: skip
    after = mirror.reconcile(larger)
    same(before, after, "period_code = '2020'")
    one, ten = (economies(con)["value_reconciled_usd"].xs("2021", level=2) for con in (before, after))
    np.testing.assert_allclose(ten, one * 10, rtol=1e-9)


@few
@given(seeds)
def test_the_order_of_records_changes_nothing(mirror: Mirror, seed: int) -> None:
    world = noisy(seed)
    shuffled = list(world.reports)
    Random(seed).shuffle(shuffled)
    all_pairs = "where pair_kind = 'economies' or exporter_state = 'observed' or importer_state = 'observed'"
    mixed = f"{all_pairs} order by hash(exporter_code || importer_code || period_code || '{seed}')"
    same(mirror.reconcile(world.reports), mirror.altered("int_mirror_pair", all_pairs, mixed).reconcile(shuffled))


@pytest.mark.parametrize(("source", "factor"), [("again", 1.0), ("again", 1.5), ("baci", 2.0)])
def test_a_release_seen_twice_changes_nothing(mirror: Mirror, source: str, factor: float) -> None:
    """The same reports by a second source, or others that come after it in priority, or what somebody reconciled."""
    world = noisy(5)
    second = [report._replace(source=source, value=round(report.value * factor, 3)) for report in world.reports]
    same(mirror.reconcile(world.reports), mirror.reconcile([*second, *world.reports]))


def in_newer_revision(reports: Iterable[Report]) -> list[Report]:
    """The same trade by HS 2022, in which 8517.12 became 8517.13 and 8517.14."""
    found = []
    for report in reports:
        if report.product == "H5:851712":
            part = round(report.value * 0.7, 3)
            found.append(report._replace(product="H6:851713", value=part))
            found.append(report._replace(product="H6:851714", value=round(report.value - part, 3)))
        else:
            found.append(report._replace(product=report.product.replace("H5:", "H6:")))
    return found


def test_a_change_of_revision_changes_no_figure(mirror: Mirror) -> None:
    """Half of the reporters switch to HS 2022 in 2021: all values are the same, and converted ones say so."""
    world = noisy(6)
    switched = [
        report
        for told in world.reports
        for report in (in_newer_revision([told]) if told.year == 2021 and told.reporter < "A06" else [told])
    ]
    before, after = mirror.reconcile(world.reports), mirror.reconcile(switched)
    assert before.execute("from core.fct_trade_reconciled_pair order by all").fetchall() == (
        after.execute("from core.fct_trade_reconciled_pair order by all").fetchall()
    )
    products = "select * exclude (is_converted) from core.fct_trade_reconciled order by all"
    assert before.execute(products).fetchall() == after.execute(products).fetchall()
    converted = after.execute(
        "select distinct period_code, is_converted from core.fct_trade_reconciled "
        "where product_key <> 'UNALLOCATED' and exporter_code < 'A06' order by all"
    ).fetchall()
    assert converted == [("2020", False), ("2021", True)]


# --- reporters that are gone, late, or in the way -------------------------------------------------------------------


@few
@given(seeds)
def test_a_dropped_reporter_leaves_the_others_be_and_its_own_trade_to_its_partners(mirror: Mirror, seed: int) -> None:
    """Bounds for pairs of others: margins by 2 points, values by 1 % on average."""
    world, gone = invented(seed, 14, (2020, 2021), noise=[0.02 + 0.005 * number for number in range(14)]), "A03"
    before = economies(mirror.reconcile(world.reports))
    after = economies(mirror.reconcile(report for report in world.reports if report.reporter != gone))
    exporter, importer = (after.index.get_level_values(level) for level in (0, 1))
    others = after[(exporter != gone) & (importer != gone)]
    was = before.loc[others.index]
    assert (others["tau"] - was["tau"]).abs().max() < 0.02
    assert (others["value_reconciled_usd"] / was["value_reconciled_usd"] - 1).abs().mean() < 0.01
    sides = {"exporter": "value_exporter_usd", "importer": "value_importer_fob_usd"}
    for side, other in (("exporter", "importer"), ("importer", "exporter")):
        own = after[(exporter if side == "exporter" else importer) == gone]
        assert len(own) == 26
        assert set(own[f"{side}_state"]) == {"missing"}
        assert set(own["basis"]) == {f"{other}_only"}
        assert own[sides[side]].isna().all(), "missing is not zero"
        assert own["value_reconciled_usd"].equals(own[sides[other]])


def test_a_late_reporter_changes_its_own_year_and_the_one_beside_it(mirror: Mirror) -> None:
    """Margins learn from the years beside, so that the year before last does not move at all."""
    world = noisy(8, YEARS)
    late = "A05"
    before = mirror.reconcile(r for r in world.reports if not (r.reporter == late and r.year == 2021))
    after = mirror.reconcile(world.reports)
    same(before, after, "period_code <= '2019'")
    with pytest.raises(AssertionError):
        same(before, after, "period_code = '2021'")
    for con, status in ((before, {"importer_only"}), (after, {"both"})):
        newest = economies(con).xs("2021", level=2).loc[late]
        assert set(newest["pair_status"]) == status
    one, other = (economies(con).xs("2020", level=2)["tau"] for con in (before, after))
    assert (one - other).abs().max() < 0.02


def test_a_hub_is_distrusted_and_named(mirror: Mirror) -> None:
    """Half the economies get three times what the hub sells them of its own: goods of others, re-exported.

    Of such a pair the reconciled value is off by less than half of what the hub's report is; of others by less than
    2 %; no report is thrown away.
    """
    world, hub = invented(9, 14), "A00"
    markets = [f"A{number:02}" for number in range(7, 14)]
    bent, passed = [], []
    for report in world.reports:
        through = report.reporter == hub and report.flow == "X" and report.partner in markets
        bent.append(report._replace(value=report.value * 3) if through else report)
    for market in markets:
        amount = sum(report.value * 2 for report in world.reports if report[:3] == (hub, market, "X"))
        passed.append(Report(hub, market, "RX", "TOTAL", amount))
    con = mirror.reconcile(bent, re_exports=passed)
    found = economies(con)
    true = pd.Series([world.true_usd[key] for key in found.index], index=found.index)
    missed = (found["value_reconciled_usd"] / true - 1).abs()
    told = (found["value_exporter_usd"] / true - 1).abs()
    through = (found.index.get_level_values(0) == hub) & found.index.get_level_values(1).isin(markets)
    assert (missed[through] < 0.5 * told[through]).all()
    assert found.loc[through, "weight_exporter"].between(0.1, 0.3).all()
    assert missed[~through].mean() < 0.02
    alpha = con.execute("select arg_max(reporter_code, alpha) from intermediate.int_mirror_reliability").fetchone()
    assert alpha == (hub,)
    named = con.execute(
        "select importer_code from marts.mirror_gap where known_causes like '%re_exports%' order by all"
    ).fetchall()
    assert [market for (market,) in named] == markets
    bias = con.execute(
        "select arg_max(reporter_code, bias) from marts.reporter_asymmetry where flow_code = 'X'"
    ).fetchone()
    assert bias == (hub,), "it reports more than its partners"


def test_a_successor_takes_over_from_its_predecessor(mirror: Mirror) -> None:
    """Neither has a row in a year in which it was not there, and what both report adds up as before."""
    world = invented(10, 8, (2018, 2019, 2020, 2021))
    whole = mirror.reconcile(world.reports)

    def named(area: str, year: int) -> str:
        return ("OLD" if year < 2020 else "NEW") if area == "A02" else area

    renamed = [r._replace(reporter=named(r.reporter, r.year), partner=named(r.partner, r.year)) for r in world.reports]
    split = mirror.reconcile(renamed, gone={"OLD": "2019-12-31"})
    rows = split.execute(
        "select distinct area, period_code from (select exporter_code as area, period_code "
        "from core.fct_trade_reconciled_pair union all select importer_code, period_code "
        "from core.fct_trade_reconciled_pair) where area in ('OLD', 'NEW') order by all"
    ).fetchall()
    assert rows == [("NEW", "2020"), ("NEW", "2021"), ("OLD", "2018"), ("OLD", "2019")]
    sums = (
        "select period_code, sum(value_exporter_usd), count(*) from core.fct_trade_reconciled_pair "
        "group by period_code order by period_code"
    )
    assert whole.execute(sums).fetchall() == split.execute(sums).fetchall()


# --- zeros, and what is compared ------------------------------------------------------------------------------------


def test_silence_of_a_complete_report_is_a_zero_and_of_none_is_missing(mirror: Mirror) -> None:
    world = invented(11, 8)
    silent = [r for r in world.reports if not (r.reporter == "A01" and r.partner == "A02" and r.flow == "X")]
    con = mirror.reconcile(r for r in silent if r.reporter != "A07")
    zero = pairs(con, "marts.mirror_gap").set_index(list(PAIR)).loc[("A01", "A02", "2021")]
    assert (zero["exporter_state"], zero["value_exporter_usd"], zero["symmetric_gap"]) == ("implied_zero", 0, 1)
    assert pd.isna(zero["log_gap"])
    assert "one_side_reports_nothing" in zero["known_causes"]
    # a zero that silence implies is averaged with no report
    assert zero["value_reconciled_usd"] == zero["value_importer_fob_usd"] > 0
    missing = pairs(con, "marts.mirror_gap").set_index(list(PAIR)).loc[("A07", "A02", "2021")]
    assert missing["exporter_state"] == "missing"
    assert missing[["value_exporter_usd", "symmetric_gap", "gap_usd", "log_gap"]].isna().all()


def both(seller: str, buyer: str, value: float, year: int) -> list[Report]:
    """A trade both sides report alike, at FOB."""
    return [
        Report(reporter, partner, flow, "H5:270900", value, year, valuation="FOB")
        for reporter, partner, flow in ((seller, buyer, "X"), (buyer, seller, "M"))
    ]


def test_two_complete_reports_of_no_trade_are_no_gap_and_judge_nobody(mirror: Mirror) -> None:
    """They trade in 2020 and not in 2021. With third reporters, and without: then 2021 has nobody to be judged."""
    alone = [
        *both("A01", "A02", 10e6, 2020),
        *(Report(name, "A03", flow, "H5:270900", 20e6, year)
          for name in ("A01", "A02") for flow in "XM" for year in (2020, 2021)),
    ]  # fmt: skip
    for reports, judged in ((alone, []), ([*alone, *both("A04", "A01", 3e6, 2021)], ["A01", "A04"])):
        con = mirror.reconcile(reports)
        assert mirror.broken(con) == {}
        nothing = pairs(con, "marts.mirror_gap").set_index(list(PAIR)).loc[("A01", "A02", "2021")]
        assert (nothing["exporter_state"], nothing["importer_state"]) == ("implied_zero", "implied_zero")
        assert (nothing["gap_usd"], nothing["symmetric_gap"]) == (0, 0)
        found = con.execute(
            "select distinct reporter_code from marts.reporter_asymmetry where period_code = '2021' order by all"
        ).fetchall()
        assert found == [(name,) for name in judged]


@pytest.mark.parametrize("value", [10e6, 0.0])
def test_products_of_which_a_complete_report_says_nothing_add_up_too(mirror: Mirror, value: float) -> None:
    """CIF is the custom of who reports imports, so the pair's CIF value is an implied zero, as each product's is."""
    reports = [
        Report("A01", "A02", "X", "H5:270900", value),
        Report("A01", "A03", "X", "H5:270900", 20e6),
        Report("A02", "A03", "M", "H5:270900", 5e6),
    ]
    con = mirror.reconcile(reports)
    assert mirror.broken(con) == {}
    found = con.execute(
        "select product_key, importer_state, value_importer_cif_usd, value_reconciled_usd "
        "from core.fct_trade_reconciled where exporter_code = 'A01' and importer_code = 'A02'"
    ).fetchall()
    assert found == [("H5:270900", "implied_zero", 0, value)]


@pytest.mark.parametrize("factor", [1.0005, 1.01, 3.0])
@pytest.mark.parametrize("sides", ["X", "M", "XM"])
def test_products_above_their_total_leave_less_than_nothing(mirror: Mirror, factor: float, sides: str) -> None:
    """As reported, so that adding up gives the total: the gate warns of them, and the build takes them."""
    reports = [*both("A01", "A02", 100e6, 2021), *both("A02", "A03", 7e6, 2021), Report("A01", "A03", "X", "H5:1", 1)]
    con = mirror.reconcile(reports)
    more = f"value_usd = {factor} * value_usd where product_key = 'H5:270900' and partner_code <> 'A03'"
    con.execute(f"update core.trade_cell set {more} and flow_code in ({', '.join(map(repr, sides))})")
    mirror.make(con)
    assert mirror.broken(con) == {}
    weight, left = con.execute(
        "select weight_exporter, value_reconciled_usd from core.fct_trade_reconciled "
        "where exporter_code = 'A01' and importer_code = 'A02' and product_key = 'UNALLOCATED'"
    ).fetchall()[0]
    excess = (weight if "X" in sides else 0) + (1 - weight if "M" in sides else 0)
    assert float(left) == pytest.approx(-100e6 * (factor - 1) * excess)
    con.execute("update core.fct_trade_reconciled set value_reconciled_usd = 2 * value_reconciled_usd")
    assert "assert_reconciled_products_add_up" in mirror.broken(con)


@few
@given(seeds)
def test_a_gap_does_not_depend_on_who_said_what(mirror: Mirror, seed: int) -> None:
    """Both sides at FOB change places: the logarithm changes its sign, everything symmetric stays."""
    world = invented(seed, 10, noise=[0.02 * (number + 1) for number in range(10)], freight=False)
    plain = [r._replace(valuation="FOB") for r in world.reports]
    values = {(r.reporter, r.partner, r.flow, r.product): r.value for r in plain}
    swapped = [
        r._replace(value=values[r.partner, r.reporter, "M" if r.flow == "X" else "X", r.product]) for r in plain
    ]  # fmt: skip
    before, after = (
        pairs(mirror.reconcile(told), "marts.mirror_gap").set_index(list(PAIR)).sort_index()
        for told in (plain, swapped)
    )
    np.testing.assert_allclose(after["log_gap"], -before["log_gap"], atol=1e-12)
    np.testing.assert_allclose(after["gap_usd"], -before["gap_usd"])
    for name in ("symmetric_gap", "gap_of_mean_pct"):
        np.testing.assert_allclose(after[name], before[name], rtol=1e-12)
    assert before["symmetric_gap"].between(0, 1).all()
    apart = before["value_reconciled_usd"] + after["value_reconciled_usd"]
    both = before["value_exporter_usd"] + before["value_importer_usd"]
    np.testing.assert_allclose(apart, both, rtol=1e-9, err_msg="weights go with the reporter, whatever it says")


@few
@given(seeds)
def test_products_and_the_rest_are_the_pair(mirror: Mirror, seed: int) -> None:
    """With codes of no product, products one side does not name, and reports by chapter or total alone."""
    rng = Random(seed)
    world = noisy(seed, (2021,), 8)
    reports = []
    for report in world.reports:
        fate = rng.random()
        if fate < 0.15:
            reports.append(report._replace(product="H5:999999"))
        elif fate < 0.9:
            reports.append(report)
    con = mirror.reconcile(dict.fromkeys(reports))
    columns = ("value_exporter_usd", "value_importer_cif_usd", "value_importer_fob_usd", "value_reconciled_usd")
    for name in (*columns, "value_mean_usd"):
        wrong = con.execute(
            f"select count(*) from core.fct_trade_reconciled_pair as pair left join "
            f"(select {', '.join(PAIR)}, sum({name}) as total from core.fct_trade_reconciled group by all) "
            f"using ({', '.join(PAIR)}) where {name} is distinct from total"
        ).fetchone()
        assert wrong == (0,), name
    bounds = con.execute(
        "select count(*) from core.fct_trade_reconciled where product_key <> 'UNALLOCATED' "
        "and value_reconciled_usd not between "
        "least(coalesce(value_exporter_usd, 0), coalesce(value_importer_fob_usd, 0)) "
        "and greatest(coalesce(value_exporter_usd, value_importer_fob_usd), "
        "coalesce(value_importer_fob_usd, value_exporter_usd))"
    ).fetchone()
    assert bounds == (0,)
