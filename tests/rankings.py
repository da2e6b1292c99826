"""The models of ranks run in memory on reports of one's own making: who reported what, and which place follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
select cast(y as varchar) as period_code, 'A' as freq_code, cast(y as integer) as year_number
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
    classification_code varchar, availability_state varchar, cell_state varchar, partner_scope varchar
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
