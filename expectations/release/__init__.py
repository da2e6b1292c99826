"""Gate G4, the release gate: a candidate judged against the outside world and the last release.

dbt has proven that every table agrees with itself and its neighbours; nothing of that is repeated here. The rules
are data, one module per table or matter; the runner makes Great Expectations judge them inside DuckDB.
"""

from __future__ import annotations

from pathlib import Path

from expectations.checks import Result
from expectations.release import (
    bilateral_month,
    bilateral_year,
    claim_check,
    commodity_mix,
    comtrade,
    customs,
    fct_trade,
    fct_trade_total,
    growth,
    money,
    partner_rank,
    sources,
    volume,
)
from expectations.release.rule import Rule
from expectations.release.runner import Judge

RULES: tuple[Rule, ...] = (
    *volume.RULES,
    *fct_trade.RULES,
    *fct_trade_total.RULES,
    *growth.RULES,
    *customs.RULES,
    *comtrade.RULES,
    *bilateral_year.RULES,
    *bilateral_month.RULES,
    *partner_rank.RULES,
    *commodity_mix.RULES,
    *claim_check.RULES,
    *money.RULES,
    *sources.RULES,
)


def run_checks(candidate: Path, previous: Path | None, memory_limit: str, threads: int) -> list[Result]:
    """Judge `candidate`, against the `previous` release where there is one; the files are free again afterwards."""
    return Judge(RULES, candidate, previous, memory_limit, threads).results()


def build_docs(release: Path, folder: Path, memory_limit: str, threads: int) -> None:
    """Write the Data Docs of the same suites, judged on `release` alone, into `folder`; `index.html` is on top."""
    Judge(RULES, release, None, memory_limit, threads).write_docs(folder)
