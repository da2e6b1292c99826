"""How often a rank called certain is wrong, on both reports of two hundred economies, 1995-2012: each reporter's known
reports hidden, its partners' read instead. Skipped where the sample is not there."""

from __future__ import annotations

from random import Random

import duckdb
import pandas as pd
import pytest

from tests.conftest import SAMPLES
from tests.mirror import Mirror
from tests.rankings import Report, ends, rank, truthful_world

PAIRS = SAMPLES / "imf-dots" / "pairs_1995_2012.parquet"
# An import that is exactly so many times the export was computed from it and is no report.
IMPUTED = "least(abs(m / x - 1), abs(m / x - 1.06), abs(m / x - 1.1)) < 1e-4"
# The numbers of macros/rank/mirror_width.sql were chosen on the years before.
HELD_OUT = 2007


@pytest.fixture
def reports() -> pd.DataFrame:
    if not PAIRS.exists():
        pytest.skip("no sample of both reports of every pair")
    return duckdb.sql(f"""
        with pairs as (
            select
                exporter, importer, cast(year as integer) as year,
                nullif(exports_fob_usd_mn, 0)::double * 1e6 as x, nullif(imports_cif_usd_mn, 0)::double * 1e6 as m
            from '{PAIRS}'
        ),
        reported as (from pairs where not coalesce({IMPUTED}, false))
        select exporter as reporter, importer as partner, 'X' as flow, year, x as value, 's' as source
        from reported where x > 0
        union all
        select importer, exporter, 'M', year, m, 's' from reported where m > 0
    """).df()


def test_at_most_two_of_a_hundred_certain_ranks_are_wrong(mirror: Mirror, reports: pd.DataFrame) -> None:
    """Of each measure and share hidden, in the years the numbers were not chosen on; and certainty is not bought by
    calling nothing certain."""
    con = rank(mirror.ranking, reports, threads=2)
    found = con.execute(
        "select hidden_pct, measure, sum(n_certain), sum(n_wrong) from meta.rank_error where year_number >= ? "
        "group by hidden_pct, measure",
        [HELD_OUT],
    ).fetchall()
    assert len(found) == 9
    assert [row for row in found if row[3] > 0.02 * row[2]] == []
    assert sum(row[2] for row in found) > 9_000


def test_a_further_report_widens_nothing_in_a_thousand_random_parts_of_a_world(mirror: Mirror) -> None:
    """Each world has four economies of its own and is known in part; then one, five or sixty reports more are."""
    before: list[Report] = []
    after: list[Report] = []
    economies: list[str] = []
    for seed in range(1000):
        rng, areas = Random(seed), [f"{seed}{name}" for name in "RABC"]
        reports = truthful_world(seed, areas, range(2008, 2016))
        rng.shuffle(reports)
        kept = max(2, int(rng.uniform(0.05, 0.95) * len(reports)))
        before += reports[:kept]
        after += reports[: kept + rng.choice([1, 5, 60])]
        economies += areas
    poorer, richer = (rank(mirror.ranking, reports, economies, threads=2) for reports in (before, after))
    for table, low, high in (
        ("intermediate.partner_value_interval", "low_usd", "high_usd"),
        ("marts.partner_rank", "rank_best", "rank_worst"),
    ):
        known, now = (ends(con, table, low, high) for con in (poorer, richer))
        assert len(known) > 100_000
        assert sum(now.get(key, both) != both for key, both in known.items()) > 20_000, "reports narrow many"
        wider = [
            (table, key, (least, most), now[key])
            for key, (least, most) in known.items()
            if key in now and (now[key][0] < least * (1 - 1e-9) - 0.01 or now[key][1] > most * (1 + 1e-9) + 0.01)
        ]
        assert not wider
