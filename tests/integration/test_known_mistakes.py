"""The seven mistakes of a published code for mirrored trade (Harvard Growth Lab, comtrade-mirroring at d759037, which
departs from its own paper, Scientific Data 13:170): each is made in our models on purpose, and a check must see it.

A check runs on the models as they are, where it holds, and on the same models with the mistake, where it fails.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pytest

from tests.marts import Cell, Compiled
from tests.mirror import UNKNOWN, Invented, Mirror, Report, invented, pairs


def economies(con: duckdb.DuckDBPyConnection, world: Invented) -> dict[str, np.ndarray]:
    """Columns of the pairs of economies, with the truth beside them."""
    found = pairs(con)
    found = found[found["pair_kind"] == "economies"]
    key = list(zip(found["exporter_code"], found["importer_code"], found["period_code"], strict=True))
    found = found.assign(true_usd=[world.true_usd[one] for one in key], true_tau=[world.tau[i, j] for i, j, _ in key])
    return {str(name): found[name].to_numpy() for name in found.columns}


def small_imports_teach_nothing(mirror: Mirror) -> None:
    """Mistake 1. A third of the pairs hardly reaches the importer's report, which is below the floor of a million."""
    world = invented(1, n=14)
    far_too_little = [
        report._replace(value=round(report.value * 1e-3, 3))
        if report.flow == "M" and int(report.reporter[1:]) + int(report.partner[1:]) < 9
        else report
        for report in world.reports
    ]
    found = economies(mirror.reconcile(far_too_little), world)
    assert set(found["tau_method"]) == {"gravity"}
    assert np.abs(found["tau"] - found["true_tau"]).mean() < 0.015


def neighbouring_years_are_pooled(mirror: Mirror) -> None:
    """Mistake 2. Of the newest year only four have reported: alone it has nothing to say of its margins."""
    world = invented(2, n=12, years=(2020, 2021))
    early = {"A00", "A01", "A02", "A03"}
    reports = [report for report in world.reports if report.year == 2020 or report.reporter in early]
    con = mirror.reconcile(reports)
    told = con.execute(
        "select distinct tau_method from intermediate.int_mirror_margin where period_code = '2021'"
    ).fetchall()
    assert told == [("gravity",)]
    sizes = con.execute("select count(distinct n_observations) from intermediate.int_mirror_margin").fetchone()
    assert sizes == (1,), "both years learn from both"


def totals_hold_the_residuals(mirror: Mirror) -> None:
    """Mistake 3. A confidential product, and a partner without a name, are in the totals of pairs and of reporters."""
    reports = [
        Report("AAA", "BBB", "X", "H5:270900", 600),
        Report("AAA", "BBB", "X", "H5:999999", 400),
        Report("AAA", UNKNOWN, "X", "H5:270900", 50),
        Report("BBB", "AAA", "M", "H5:270900", 1030, valuation="FOB"),
    ]
    con = mirror.reconcile(reports)
    told = con.execute(
        "select importer_code, value_exporter_usd from core.fct_trade_reconciled_pair "
        "where exporter_code = 'AAA' order by all"
    ).fetchall()
    assert told == [("BBB", 1000), (UNKNOWN, 50)]
    products = con.execute(
        "select importer_code, product_key, value_exporter_usd from core.fct_trade_reconciled "
        "where exporter_code = 'AAA' and value_exporter_usd > 0 order by all"
    ).fetchall()
    assert products == [("BBB", "H5:270900", 600), ("BBB", "UNALLOCATED", 400), (UNKNOWN, "H5:270900", 50)]


def both_reports_count(mirror: Mirror) -> None:
    """Mistake 4. Weights are no switch: the value lies strictly between both reports, nearer the truth than either."""
    world = invented(4, n=16, noise=[float(x) for x in np.linspace(0.02, 0.4, 16)])
    found = economies(mirror.reconcile(world.reports), world)
    value, one, other = (
        found[name] for name in ("value_reconciled_usd", "value_exporter_usd", "value_importer_fob_usd")
    )
    apart = np.abs(one - other) > 1
    assert apart.sum() > 200
    assert (np.minimum(one, other) < value)[apart].all()
    assert (value < np.maximum(one, other))[apart].all()
    missed = [np.abs(v / found["true_usd"] - 1).mean() for v in (value, one, other)]
    assert missed[0] < 0.75 * min(missed[1:])


def reliability_is_least_squares(mirror: Mirror) -> None:
    """Mistake 5. Where |M - X| / (M + X) is alpha + alpha for every pair, alpha is found; an iterated ratio misses."""
    alpha = {f"A{number:02}": 0.01 + 0.19 * number / 15 for number in range(16)}
    reports = []
    for i, mine in alpha.items():
        for j, theirs in alpha.items():
            if i != j:
                gap = mine + theirs
                reports.append(Report(i, j, "X", "H5:270900", 1e9))
                reports.append(Report(j, i, "M", "H5:270900", 1e9 * (1 + gap) / (1 - gap), valuation="FOB"))
    con = mirror.reconcile(reports)
    found = dict(con.execute("select reporter_code, alpha from intermediate.int_mirror_reliability").fetchall())
    assert found == pytest.approx(alpha, abs=0.003)


def imports_come_down_by_one_plus_tau(mirror: Mirror) -> None:
    """Mistake 7. An import that is the export and a fifth of it is that export; 1 - tau would leave 4 % too little."""
    reports = [Report("AAA", "BBB", "X", code, 1e6) for code in ("H5:270900", "H5:100199")]
    reports += [Report("BBB", "AAA", "M", code, 1.2e6) for code in ("H5:270900", "H5:100199")]
    con = mirror.reconcile(reports, margins={("AAA", "BBB"): 0.2})
    told = con.execute(
        "select value_importer_fob_usd, value_reconciled_usd, gap_usd, symmetric_gap from marts.mirror_gap"
    ).fetchall()
    assert told == [(2e6, 2e6, 0, 0)]
    products = con.execute(
        "select product_key, value_importer_fob_usd, value_reconciled_usd from core.fct_trade_reconciled order by 1"
    ).fetchall()
    assert products == [("H5:100199", 1e6, 1e6), ("H5:270900", 1e6, 1e6)]


def gaps_are_taken_at_fob(mirror: Mirror) -> None:
    """Mistake 7, in what reliability rests on: reports that differ by freight alone do not disagree."""
    world = invented(7, n=8, noise=[1e-9] * 8)
    con = mirror.reconcile(world.reports, margins=world.tau)
    found = con.execute("select max(alpha) from intermediate.int_mirror_reliability").fetchone()
    assert found == (0.001,), "as reliable as can be said"


class Mistake(NamedTuple):
    """What is checked, and the mistake: in which model, and what stands there instead of what is right."""

    check: Callable[[Mirror], None]
    model: str
    right: str
    wrong: str


MISTAKES = {
    "1 floor for exports alone": Mistake(
        small_imports_teach_nothing,
        "int_mirror_margin",
        "(exported >= floors[0]) & (imported >= floors[1])",
        "~(exported < floors[0]) | (imported < floors[1])",
    ),
    "2 neighbouring years loaded but not pooled": Mistake(
        neighbouring_years_are_pooled, "int_mirror_margin", "int(period)).abs() <= 1", "int(period)).abs() < 1"
    ),
    "3 codes of no product dropped before totals": Mistake(
        totals_hold_the_residuals,
        "int_mirror_report",
        "max(case when sums.classification_code = 'TOTAL' then sums.value_usd end)",
        # sums know no products: the mistaken total is taken from the cells below them
        "max((select sum(cell.value_usd) from trade.core.trade_cell as cell "
        "where cell.is_additive and cell.product_key not like '__:99%' and cell.source_code = sums.source_code "
        "and cell.reporter_code = sums.reporter_code and cell.partner_code = sums.partner_code "
        "and cell.flow_code = sums.flow_code and cell.period_code = sums.period_code))",
    ),
    "3 areas without a name dropped before totals": Mistake(
        totals_hold_the_residuals,
        "int_mirror_report",
        "partner.area_kind in ('economy', 'nes', 'special')",
        "partner.area_kind = 'economy'",
    ),
    "3 residual products not kept": Mistake(
        totals_hold_the_residuals, "fct_trade_reconciled", "pair.basis is not null", "false"
    ),
    "4 binary weights": Mistake(
        both_reports_count,
        "fct_trade_reconciled_pair",
        "when pair.pair_status = 'both'\n                then\n                    cast(",
        "when pair.pair_status = 'both'\n                then\n                    cast(1 + 0 * ",
    ),
    "5 an iterated ratio": Mistake(
        reliability_is_least_squares,
        "int_mirror_reliability",
        "return mean + np.linalg.solve(normal, incidence.T @ (gap - 2 * mean)),",
        "score, flows = np.ones(n_reporters), incidence.sum(axis=0)\n"
        "    for _ in range(25):\n"
        "        score = incidence.T @ gap / (incidence.T @ (incidence @ score) - flows * score)\n"
        "    return score,",
    ),
    "7 CIF times one minus tau, pairs": Mistake(
        imports_come_down_by_one_plus_tau,
        "fct_trade_reconciled_pair",
        "/ nullif((1 + coalesce(margin.tau, 0))::double, 0)",
        "* (1 - coalesce(margin.tau, 0))::double",
    ),
    "7 CIF times one minus tau, products": Mistake(
        imports_come_down_by_one_plus_tau,
        "fct_trade_reconciled",
        "/ nullif((1 + coalesce(pair.tau, 0))::double, 0)",
        "* (1 - coalesce(pair.tau, 0))::double",
    ),
    "7 CIF times one minus tau, reliability": Mistake(
        gaps_are_taken_at_fob, "int_mirror_reliability", "/ (1 + both[\"tau\"].fillna(0.0))",
        "* (1 - both[\"tau\"].fillna(0.0))",
    ),
}  # fmt: skip


@pytest.mark.parametrize("check", sorted({mistake.check for mistake in MISTAKES.values()}, key=lambda c: c.__name__))
def test_the_models_do_not_make_the_mistake(mirror: Mirror, check: Callable[[Mirror], None]) -> None:
    check(mirror)


@pytest.mark.parametrize("name", MISTAKES)
def test_the_mistake_would_be_seen(mirror: Mirror, name: str) -> None:
    mistake = MISTAKES[name]
    with pytest.raises(AssertionError) as seen:
        mistake.check(mirror.altered(mistake.model, mistake.right, mistake.wrong))
    assert "does not say" not in str(seen.value)


# --- mistake 6: constant dollars that are nominal -------------------------------------------------------------------

CLAIM = re.compile(r"constant (us )?(dollar|price)|constant.?usd|real (us )?dollar|deflat|prices of 20|chained", re.I)


def test_no_number_claims_to_be_in_constant_dollars(world_release: Path) -> None:
    """Mistake 6: the published code divides by the deflator of its last year, which is 1, and calls that constant
    dollars. We have no deflator of an economy: every dollar is a current one, and no column may say otherwise.
    """
    with duckdb.connect(str(world_release), read_only=True) as con:
        told = con.execute(
            "select schema_name, table_name, column_name, coalesce(column_description, ''), coalesce(unit, '') "
            "from meta.dictionary where schema_name in ('core', 'marts')"
        ).fetchall()
    assert len(told) > 500
    claims = {row[1:3] for row in told if any(CLAIM.search(text) for text in row[2:])}
    assert claims == set()
    dollars = [row for row in told if row[2].endswith("_usd")]
    assert {unit for *_, unit in dollars} == {"current US dollars"}
    assert CLAIM.search("Value in constant US dollars of 2015.")
    assert CLAIM.search("value_constant_usd")


def volumes(compiled: Compiled) -> dict[tuple[str, str], tuple[float, float]]:
    """Price and volume by flow and year where prices double, then rise by a tenth, and quantities never change."""
    price = {2019: 1.0, 2020: 2.0, 2021: 2.2}
    cells = [
        Cell("AAA", partner, "X", product, round(1000 * kg * factor), year, kg)
        for year, factor in price.items()
        for partner in ("BBB", "CCC")
        for product, kg in (("H5:270900", 40.0), ("H5:100199", 25.0))
    ]
    rows = (
        compiled.run(cells)
        .execute("select partner_code, period_code, unit_value_fisher, volume_fisher from marts.unit_value_index")
        .fetchall()
    )
    return {(partner, year): (fisher, volume) for partner, year, fisher, volume in rows}


def each_year_has_its_own_deflator(compiled: Compiled) -> None:
    """Mistake 6, where we do deflate: each row by the prices of its own year, so that no quantity seems to change."""
    found = volumes(compiled)
    known = {year: pair for (partner, year), pair in found.items() if partner == "WLD" and pair[0] is not None}
    assert set(known) == {"2020", "2021"}
    assert known["2020"] == pytest.approx((2.0, 1.0))
    assert known["2021"] == pytest.approx((1.1, 1.0))


def test_a_volume_is_deflated_by_the_prices_of_its_own_year(compiled: Compiled) -> None:
    each_year_has_its_own_deflator(compiled)


def test_the_deflator_of_the_last_year_would_be_seen(compiled: Compiled) -> None:
    mistaken = copy.copy(compiled)
    mistaken.nodes = [dict(node) for node in compiled.nodes]
    (node,) = [node for node in mistaken.nodes if node["name"] == "unit_value_index"]
    right = "nullif((sqrt(laspeyres * paasche))::double, 0)"
    assert node["compiled_code"].count(right) == 1
    of_last_year = "arg_max(sqrt(laspeyres * paasche), period_code) over ()"
    node["compiled_code"] = node["compiled_code"].replace(right, of_last_year)
    with pytest.raises(AssertionError):
        each_year_has_its_own_deflator(mistaken)
