"""The models of ranks run in memory on reports of one's own making: who reported what, and which place follows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

import duckdb
import pandas as pd

from tests.marts import Compiled
from tests.opened import in_memory

MODELS = ("rank_statistic", "partner_evidence", "partner_value_interval",
          "reporter_total_bound", "partner_rank", "rank_error")  # fmt: skip
GIVEN = """
create table trade.core.dim_area (
    area_code varchar, area_kind varchar, is_economy boolean, valid_from date, valid_to date
);
create table trade.core.dim_period as
select cast(y as varchar) as period_code, 'A' as freq_code, cast(y as integer) as year_number,
    make_date(y, 1, 1) as period_start, make_date(y, 12, 31) as period_end
from range(1990, 2031) as r(y);
create table trade.core.dim_source as
select * from (values ('s', 'S'), ('other', 'OTHER')) as source(source_code, statistic_code);
create table trade.core.dim_rank_perimeter as
select 'all' as perimeter_code, null::varchar as excluded_area_code;
create table trade.core.fct_trade_report (
    source_code varchar, publication_id varchar, reporter_code varchar, partner_code varchar, flow_code varchar,
    period_code varchar, product_key varchar, value_usd decimal(18, 3), coverage varchar
);
create table trade.core.fct_availability (
    source_code varchar, reporter_code varchar, flow_code varchar, period_code varchar, freq_code varchar,
    classification_code varchar, availability_state varchar, cell_state varchar, partner_scope varchar,
    file_id varchar
);
create table workings.intermediate.partner_flow_year (
    source_code varchar, source_priority integer, reporter_code varchar, partner_code varchar, flow_code varchar,
    year_number integer, value_usd decimal(18, 3), total_rule varchar, cell_state varchar
);
"""
WORLD = "WLD"
UNKNOWN = "NES"


class Report(NamedTuple):
    """What a reporter says of a flow (X, M) with a partner in a year, USD."""

    reporter: str
    partner: str
    flow: str
    year: int
    value: float
    source: str = "s"


def rank(
    models: Compiled, reports: Iterable[Report] | pd.DataFrame, economies: Sequence[str] = (), threads: int = 1
) -> duckdb.DuckDBPyConnection:
    """A warehouse with the ranks these reports allow, among the economies they name and those named besides."""
    con = in_memory(threads)
    con.execute(GIVEN)
    frame = reports if isinstance(reports, pd.DataFrame) else pd.DataFrame(list(reports), columns=Report._fields)
    con.register("frame", frame)
    con.register("besides", pd.DataFrame({"code": pd.Series(list(economies), dtype="string")}))
    con.execute(
        "insert into core.dim_area select code, case code when 'WLD' then 'world' when 'NES' then 'nes' else 'economy' "
        "end, code not in ('WLD', 'NES'), null, null "
        "from (select reporter as code from frame union select partner from frame union from besides)"
    )
    con.execute(
        "insert into intermediate.partner_flow_year select source, 10, reporter, partner, flow, year, value, "
        "'published', 'observed' from frame"
    )
    models.make(con)
    return con


def truthful_world(seed: int, areas: Sequence[str], years: range) -> list[Report]:
    """Reports of economies that contradict nothing: trade grows by a tenth at most, the gap of a pair moves less in a
    year than the calmest width, and every total is the sum of its partners.
    """
    rng = Random(seed)
    found = []
    for exporter in areas:
        for importer in areas:
            if exporter == importer:
                continue
            value, gap = rng.uniform(2.5e9, 4e10), rng.uniform(-0.3, 0.3)
            for year in years:
                value *= math.exp(rng.uniform(-0.1, 0.1))
                gap += rng.uniform(-0.005, 0.005)
                found.append(Report(exporter, importer, "X", year, round(value, 3)))
                found.append(Report(importer, exporter, "M", year, round(1.06 * value * math.exp(gap), 3)))
    totals: dict[tuple[str, str, int], float] = {}
    for report in found:
        key = (report.reporter, report.flow, report.year)
        totals[key] = totals.get(key, 0.0) + report.value
    return found + [Report(who, WORLD, flow, year, round(sum_, 3)) for (who, flow, year), sum_ in totals.items()]


_CHANGES = ((0.5, 0.0, 0.06), (0.9, 0.06, 0.30), (0.95, 0.30, 0.50), (1.0, 0.50, 1.2))
"""How far the gap of a pair moves in a year, by the share of changes up to there: as between both reports of 210
economies, 2005 to 2019 (logarithm; half of them by 0.06 at most, nine tenths by 0.30)."""


def restless_world(seed: int, areas: Sequence[str], years: range) -> tuple[list[Report], list[Report]]:
    """What is told of a world, and what every reporter would say in full.

    Both reports of a trade differ by a habit that moves as real ones do. A reporter tells of all its trade, of some
    partners, or of a few; falls silent for good or for a year; and gives some trade no named partner. Every World is
    the sum of all it would say.
    """
    rng = Random(seed)
    full = _full_reports(rng, areas, years)
    habits = {
        area: (rng.choice(("all", "part", "few", "stops", "silent")), rng.random() < 0.5, rng.choice(years))
        for area in areas
    }
    kept = {area: [one for one in areas if rng.random() < (0.2 if habits[area][0] == "few" else 0.7)] for area in areas}
    told: list[Report] = []
    for (reporter, flow, year), said in _by_report(full).items():
        habit, hides, last = habits[reporter]
        if habit == "silent" or (habit == "stops" and year > last) or rng.random() < 0.05:
            continue
        hidden = dict.fromkeys(rng.sample(sorted(said), 2), rng.choice((0.05, 0.3, 1.0))) if hides else {}
        nameless = sum(said[partner] * share for partner, share in hidden.items())
        for partner, value in said.items():
            left = value * (1 - hidden.get(partner, 0))
            if left >= 1 and (habit in ("all", "stops") or partner in kept[reporter]):
                told.append(Report(reporter, partner, flow, year, round(left, 3)))
        told.append(Report(reporter, WORLD, flow, year, round(sum(said.values()), 3)))
        if nameless:
            told.append(Report(reporter, UNKNOWN, flow, year, round(nameless, 3)))
    return told, full


def _full_reports(rng: Random, areas: Sequence[str], years: range) -> list[Report]:
    """Exports FOB and imports CIF of every pair and year, as their reporters would say them."""
    size = {area: math.exp(rng.gauss(0, 1.2)) for area in areas}
    found = []
    for exporter in areas:
        for importer in areas:
            if exporter == importer:
                continue
            value, gap = 4e9 * size[exporter] * size[importer] * math.exp(rng.gauss(0, 1)), rng.gauss(0, 0.3)
            for year in years:
                value *= math.exp(rng.gauss(0.04, 0.15))
                gap = 0.97 * gap + rng.choice((-1, 1)) * _change(rng)
                found.append(Report(exporter, importer, "X", year, round(value, 3)))
                found.append(Report(importer, exporter, "M", year, round(1.06 * value * math.exp(gap), 3)))
    return found


def _change(rng: Random) -> float:
    share, below = rng.random(), 0.0
    for upto, low, high in _CHANGES:
        if share <= upto:
            return low + (high - low) * (share - below) / (upto - below)
        below = upto
    return _CHANGES[-1][2]


def _by_report(reports: Iterable[Report]) -> dict[tuple[str, str, int], dict[str, float]]:
    """Values by partner of every report: reporter, flow and year."""
    found: dict[tuple[str, str, int], dict[str, float]] = {}
    for report in reports:
        found.setdefault((report.reporter, report.flow, report.year), {})[report.partner] = report.value
    return found


def true_places(full: Iterable[Report]) -> dict[tuple[str, str, int, str], int]:
    """The place of every partner by reporter, partner, year and measure, among what reporters would say in full."""
    values: dict[tuple[str, int, str], dict[str, float]] = {}
    for (reporter, flow, year), said in _by_report(full).items():
        values[reporter, year, "exports" if flow == "X" else "imports"] = said
        total = values.setdefault((reporter, year, "turnover"), {})
        for partner, value in said.items():
            total[partner] = total.get(partner, 0) + value
    return {
        (reporter, partner, year, measure): 1 + sum(other > value for other in said.values())
        for (reporter, year, measure), said in values.items()
        for partner, value in said.items()
    }


def ends(con: duckdb.DuckDBPyConnection, table: str, low: str, high: str) -> dict[tuple[str, ...], tuple[float, float]]:
    """Both ends of every interval of a table by reporter, partner, year and measure; an open one as far as it goes."""
    rows = con.execute(
        f"select reporter_code, partner_code, year_number, measure, coalesce({low}, 0)::double, "
        f"coalesce({high}, 1e15)::double from {table} where {high} is not null or {low} is not null"
    ).fetchall()
    return {tuple(map(str, row[:4])): (row[4], row[5]) for row in rows}
