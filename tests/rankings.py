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
        "insert into core.dim_area select code, case code when 'WLD' then 'world' else 'economy' end, code <> 'WLD', "
        "null, null from (select reporter as code from frame union select partner from frame union from besides)"
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


def ends(con: duckdb.DuckDBPyConnection, table: str, low: str, high: str) -> dict[tuple[str, ...], tuple[float, float]]:
    """Both ends of every interval of a table by reporter, partner, year and measure; an open one as far as it goes."""
    rows = con.execute(
        f"select reporter_code, partner_code, year_number, measure, coalesce({low}, 0)::double, "
        f"coalesce({high}, 1e15)::double from {table} where {high} is not null or {low} is not null"
    ).fetchall()
    return {tuple(map(str, row[:4])): (row[4], row[5]) for row in rows}
