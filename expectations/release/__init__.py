"""Gate G4, the release gate: a candidate judged against the outside world and the last release.

dbt has proven that every table agrees with itself and its neighbours; nothing of that is repeated here. The rules
are data, one module per table or matter; the runner makes Great Expectations judge them inside DuckDB.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from expectations.acceptance import SignedRow
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
    history,
    money,
    partner_rank,
    rank_error,
    sources,
    sums,
    volume,
)
from expectations.release.data_docs import write_data_docs
from expectations.release.rule import Rule
from expectations.release.runner import Accepted, Judge

RULES: tuple[Rule, ...] = (
    *volume.RULES,
    *fct_trade.RULES,
    *fct_trade_total.RULES,
    *sums.RULES,
    *history.RULES,
    *growth.RULES,
    *customs.RULES,
    *comtrade.RULES,
    *bilateral_year.RULES,
    *bilateral_month.RULES,
    *partner_rank.RULES,
    *rank_error.RULES,
    *commodity_mix.RULES,
    *claim_check.RULES,
    *money.RULES,
    *sources.RULES,
)


JUDGEMENT = "judgement"
"""Folder beside a release with what the gate found, as Great Expectations keeps it."""


def run_checks(
    candidate: Path,
    previous: Path | None,
    memory_limit: str,
    threads: int,
    keep: bool = False,
    accepted: Accepted | None = None,
) -> list[Result]:
    """Judge `candidate`, against the `previous` release where there is one; the files are free again afterwards.

    Rows that are `accepted` break no check. With `keep`, what was found stays beside the candidate for `build_docs`.
    """
    judgement = candidate.parent / JUDGEMENT
    if keep:
        shutil.rmtree(judgement, ignore_errors=True)  # of an audit that was cut short
    return Judge(RULES, candidate, previous, memory_limit, threads, accepted).results(judgement if keep else None)


def offending_rows(
    check: str, release: Path, previous: Path | None, memory_limit: str, threads: int, most: int
) -> list[SignedRow]:
    """The rows of `release` that break `check`, with their keys, whether accepted or not; no more than `most`."""
    rules = [rule for rule in RULES if rule.check.name == check]
    judge = Judge(rules, release, previous, memory_limit, threads)
    return [row for rule in rules for row in judge.offending(rule, most)]


def build_docs(release: Path, folder: Path, memory_limit: str, threads: int) -> None:
    """Write the Data Docs of what the gate found into `folder`; `index.html` is on top.

    A release that was made before this was kept is judged once more, alone.
    """
    judgement = release.parent / JUDGEMENT
    if judgement.is_dir():
        write_data_docs(judgement, folder)
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        Judge(RULES, release, None, memory_limit, threads).results(Path(made))
        write_data_docs(Path(made), folder)
