"""Whether a row of a mart stands on one source: its sums and differences made again from what one source alone told.

What a mart says of itself is not asked: figures come from core, source by source, and a row whose arithmetic no single
source gives is returned. A row that may mix sources must say so in a column, and is judged by that column.
"""

from __future__ import annotations

import re
from typing import Any

import duckdb
import yaml

from flows.settings import ROOT

_TOLD = """
-- the products of a flow are its total once more
told as (
    select source_code, reporter_code, partner_code, flow_code, period_code, max(value_usd) as value_usd
    from (
        select source_code, reporter_code, partner_code, flow_code, period_code, sum(value_usd) as value_usd
        from core.fct_trade group by all
        union all
        select source_code, reporter_code, partner_code, flow_code, period_code, value_usd
        from core.fct_trade_total where product_key = 'TOTAL'
    ) group by all
),
-- as either side has it: the partner's exports are imports
seen as (
    select source_code, 'own' as side, reporter_code, partner_code, flow_code, period_code, value_usd from told
    union all
    select source_code, 'other', partner_code, reporter_code,
        case flow_code when 'X' then 'M' when 'M' then 'X' else flow_code end, period_code, value_usd
    from told
),
-- as printed, or as the two flows of one source make it
turnover as (
    select source_code, side, reporter_code, partner_code, period_code, value_usd from seen where flow_code = 'T'
    union all
    -- a whole report that lacks one flow implies a zero of it
    select source_code, side, reporter_code, partner_code, period_code, sum(value_usd)
    from seen where flow_code in ('X', 'M') group by all
)
"""


def _told_by(row_usd: str, row_source: str, relation: str = "seen", more: str = "") -> str:
    """The condition that the source a row names told its figure, or that it is a zero nobody writes down."""
    return f"""(row.{row_usd} is null or row.{row_usd} = 0 or exists (
        from {relation} as seen
        where seen.source_code = row.{row_source} and seen.reporter_code = row.reporter_code
            and seen.partner_code = row.partner_code and seen.period_code = row.period_code {more}
            and abs(seen.value_usd - row.{row_usd}) <= 0.01
    ))"""


def _flow(code: str) -> str:
    return f"and seen.flow_code = '{code}'"


BY_ROW: dict[str, str] = {
    "bilateral_year": f"""
        from marts.bilateral_year as row
        where not {_told_by("exports_usd", "exports_source_code", more=_flow("X"))}
            or not {_told_by("imports_usd", "imports_source_code", more=_flow("M"))}
            or not {_told_by("turnover_any_basis_usd", "turnover_source_code", "turnover")}
            or (row.balance_usd is not null and (
                row.exports_source_code <> row.imports_source_code or row.exports_basis <> row.imports_basis
                or abs(row.balance_usd - (row.exports_usd - row.imports_usd)) > 0.01))
            or (row.turnover_yoy_pct is not null and not exists (
                from turnover as now join turnover as before using (source_code, side, reporter_code, partner_code)
                where source_code = row.turnover_yoy_source_code and (side = 'own' or row.turnover_basis <> 'own')
                    and reporter_code = row.reporter_code and partner_code = row.partner_code
                    and now.period_code = row.period_code and before.period_code = cast(row.year_number - 1 as varchar)
                    and abs(row.turnover_yoy_pct - 100 * (now.value_usd / before.value_usd - 1)) <= 0.001))
            or (row.share_of_turnover_pct is not null and not exists (
                from turnover as part join turnover as world using (source_code, side, reporter_code, period_code)
                where part.side = 'own' and part.source_code = row.share_source_code
                    and part.reporter_code = row.reporter_code and part.partner_code = row.partner_code
                    and part.period_code = row.period_code and world.partner_code = 'WLD'
                    and abs(100 * part.value_usd / world.value_usd - row.share_of_turnover_pct) <= 0.0001)
                and row.share_of_turnover_pct <> 0)
    """,
    "bilateral_month": """
        , cumulated as (
            select seen.*, period.year_number, period.period_start, period.period_end
            from seen join core.dim_period as period using (period_code)
            where seen.side = 'own' and extract(month from period.period_start) = 1 and period.year_number >= 1
        ),
        -- a month, as it was told or as one cumulative figure less the one before, both of one source
        monthly as (
            select source_code, reporter_code, partner_code, flow_code, period_start, period_end, value_usd
            from seen join core.dim_period using (period_code) where side = 'own'
            union all
            select upto.source_code, upto.reporter_code, upto.partner_code, upto.flow_code,
                cast(before.period_end + interval 1 day as date), upto.period_end, upto.value_usd - before.value_usd
            from cumulated as upto join cumulated as before
                using (source_code, reporter_code, partner_code, flow_code, year_number)
            where before.period_end < upto.period_end
        )
        from marts.bilateral_month as row
        left join (
            select reporter_code, partner_code, year_number, sum(turnover_usd) as months_usd,
                count(distinct source_code) filter (where turnover_usd is not null) as n_sources
            from marts.bilateral_month group by all
        ) as year using (reporter_code, partner_code, year_number)
        where exists (
            from (values ('X', row.exports_usd), ('M', row.imports_usd),
                ('T', case when row.turnover_rule <> 'sum_of_flows' then row.turnover_usd end)
            ) as figure(flow_code, value_usd)
            where figure.value_usd is not null and not exists (
                from monthly where monthly.source_code = row.source_code
                    and monthly.reporter_code = row.reporter_code and monthly.partner_code = row.partner_code
                    and monthly.flow_code = figure.flow_code and monthly.period_start = row.period_start
                    and monthly.period_end = row.period_end and abs(monthly.value_usd - figure.value_usd) <= 0.01))
            or (row.turnover_rule = 'sum_of_flows' and row.turnover_usd <> row.exports_usd + row.imports_usd)
            or row.months_usd is distinct from year.months_usd
            or row.n_month_sources is distinct from nullif(year.n_sources, 0)
            or (row.months_less_year_usd is not null
                and (row.n_month_sources <> 1 or row.source_code <> row.year_source_code))
    """,
    "bilateral_group_year": """
        from marts.bilateral_group_year as row
        where (row.n_turnover_known > 1 and row.n_turnover_sources is null)
            or (row.n_exports_known > 0) <> coalesce(row.n_exports_sources > 0, false)
            or (row.n_imports_known > 0) <> coalesce(row.n_imports_sources > 0, false)
            or (row.n_turnover_known > 0) <> coalesce(row.n_turnover_sources > 0, false)
    """,
    "partner_rank": f"""
        from (select *, cast(year_number as varchar) as period_code from marts.partner_rank) as row
        where value_usd <> 0 and case
            when value_source_code like '%+%' then not is_of_other_statistic and not is_partly_mirrored
            when measure = 'turnover' then not {_told_by("value_usd", "value_source_code", "turnover")}
            else not {
        _told_by(
            "value_usd",
            "value_source_code",
            more="and seen.flow_code = case row.measure when 'exports' then 'X' else 'M' end",
        )
    } end
    """,
    "commodity_mix": f"""
        from marts.commodity_mix as row
        where not {_told_by("flow_usd", "flow_source_code", more="and seen.flow_code = row.flow_code")}
            or (row.share_of_flow_pct is not null and row.flow_source_code is null)
    """,
    "target_progress": """
        from marts.target_progress as row
        where not coalesce((
            select bool_and(abs(year.turnover_usd - side.value_usd) <= 0.01 and year.turnover_basis = 'own')
            from (values (row.base_year, row.base_usd), (row.latest_year, row.latest_usd),
                (row.due_year, row.value_at_due_year_usd)) as side(year_number, value_usd)
            join marts.bilateral_year as year on year.year_number = side.year_number
                and year.reporter_code = row.reporter_code and year.partner_code = row.partner_code
            where side.value_usd is not null), row.latest_usd is null)
    """,
    "claim_evidence": """
        , levels as (select * from turnover where side = 'own'
            union all select source_code, side, reporter_code, partner_code, period_code, value_usd from seen
            where side = 'own')
        from marts.claim_evidence as row join core.fct_statement as said using (statement_id)
        where row.evidence_kind = 'change' and row.source_code not like '%+%' and not exists (
            from levels as first join levels as last using (source_code, reporter_code, partner_code)
            where source_code = row.source_code and reporter_code = row.reporter_code
                and first.period_code = said.period_from and last.period_code = said.period_to
                and abs(row.found_value - case said.unit_code when 'percent'
                    then 100 * (last.value_usd / first.value_usd - 1) else last.value_usd / first.value_usd end) < 0.01)
    """,
    "trade_year": f"""
        from (select *, cast(year_number as varchar) as period_code from marts.trade_year) as row
        where not {_told_by("value_usd", "source_code", more="and seen.flow_code = row.flow_code and side = 'own'")}
    """,
    "partner_profile": f"""
        from marts.partner_profile as row
        where not {_told_by("exports_usd", "source_code", more=_flow("X"))}
            or not {_told_by("imports_usd", "source_code", more=_flow("M"))}
            or abs(row.balance_usd - (row.exports_usd - row.imports_usd)) > 0.01
    """,
    "event_window": f"""
        from marts.event_window as row
        where not {_told_by("value_usd", "source_code", more="and seen.flow_code = row.flow_code and side = 'own'")}
    """,
    "growth_contribution": """
        from marts.growth_contribution as row
        where component_kind = 'partner' and component_key not in ('residual', 'unknown') and value_usd <> 0
        and not exists (
            from seen where seen.source_code = row.source_code and seen.reporter_code = row.reporter_code
                and seen.partner_code = row.component_key and seen.flow_code = row.flow_code
                and seen.period_code = row.period_code and abs(seen.value_usd - row.value_usd) <= 0.01)
    """,
}
"""Per mart, after `with told as ...`, the rows that no single source gives, nor say that they mix."""

COMPARISONS = {
    "bulletin_revision": "one publisher's later bulletin beside its first",
    "mirror_gap": "both sides of a pair, each in its own column",
    "reporter_asymmetry": "sums of such gaps",
    "revision": "one source's figure in two releases",
}
"""Marts whose subject is the difference of two reports; both are columns of the row."""

NO_SUMS = {"claim_check", "settlement_currency"}
"""Marts that repeat a figure another table has."""


def of_one_source_by_grain() -> set[str]:
    """Marts whose grain holds the source: a row is made of that source's figures alone."""
    found = set()
    for path in (ROOT / "dbt_project" / "models" / "marts").rglob("*.yml"):
        if "workings" in path.parts:
            continue
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            if "source_code" in model["config"]["meta"].get("contract", {}).get("grain", []):
                sql = path.with_name(f"{model['name']}.sql").read_text(encoding="utf-8")
                alias = re.search(r"alias='(\w+)'", sql)
                found.add(alias[1] if alias else model["name"])
    return found


def of_no_single_source(con: duckdb.DuckDBPyConnection, mart: str, table: str | None = None) -> list[tuple[Any, ...]]:
    """The rows of a mart that add or subtract figures of two sources without saying so."""
    body = BY_ROW[mart].replace(f"marts.{mart}", table or f"marts.{mart}")
    return con.execute(f"with {_TOLD} {body}").fetchall()
