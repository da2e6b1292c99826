"""What any table of trade cells must satisfy, whatever it may be summed over.

Method: gates 10 and the unit checks of the UN's IMTS compilers' practice: a value is a finite amount of money, no
larger than any flow the world has seen, and of the same order of magnitude as the same cell in other years and
in other statistics. A unit slip (thousands read as units) is a factor of 1000; real trade that collapses under an
embargo or starts from nothing moves by less than 300 once a billion dollars is at stake.
"""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import CELL, CELL_KEY, Rule, error

_QUALIFIED = ", ".join(f"cell.{name.strip()}" for name in CELL.split(","))

# A slip stands out from the years beside it: up to two before and two after, none further off than five. Sixty years of
# growth are no slip, nor is a level that stays. What the partner reports of the same flow settles it, freight and
# timing aside. What reporters leave unspecified comes and goes as they please, so residual areas are left alone.
_SCALE_OVER_TIME = f"""
with total as materialized (
    select trade.*, period.year_number
    from judged as trade
    join core.dim_period as period on period.period_code = trade.period_code
    join core.dim_area as area on area.area_code = trade.partner_code
    where
        trade.product_key = 'TOTAL' and period.freq_code = 'A' and trade.value_usd > 0
        and area.area_kind not in ('nes', 'special')
),
series as (
    select
        total.*,
        list_filter(
            [
                struct_pack(y := lag(year_number, 1) over years, v := lag(value_usd, 1) over years),
                struct_pack(y := lag(year_number, 2) over years, v := lag(value_usd, 2) over years),
                struct_pack(y := lead(year_number, 1) over years, v := lead(value_usd, 1) over years),
                struct_pack(y := lead(year_number, 2) over years, v := lead(value_usd, 2) over years)
            ],
            lambda each: abs(each.y - year_number) <= {thresholds.YEARS_BESIDE}
        ) as beside
    from total
    window years as (partition by source_code, reporter_code, partner_code, flow_code order by year_number)
),
standing_out as (
    select *, list_median(list_transform(beside, lambda each: each.v)) as usual_usd, len(beside) as n_years_beside
    from series
    where
        len(beside) >= 2
        and list_bool_and(
            list_transform(
                beside,
                lambda each: greatest(value_usd, each.v) >= {thresholds.AT_STAKE_USD}
                and value_usd / each.v not between {1 / thresholds.SLIP_FACTOR} and {thresholds.SLIP_FACTOR}
            )
        )
),
mirror as (
    select reporter_code, partner_code, flow_code, period_code, value_usd
    from core.fct_trade
    where product_key = 'TOTAL' and flow_code in ('X', 'M')
    union all
    select reporter_code, partner_code, flow_code, period_code, value_usd
    from core.fct_trade_total
    where product_key = 'TOTAL' and flow_code in ('X', 'M')
)
select {_QUALIFIED}, cell.usual_usd, cell.n_years_beside
from standing_out as cell
where not exists (
    from mirror
    where
        mirror.reporter_code = cell.partner_code
        and mirror.partner_code = cell.reporter_code
        and mirror.period_code = cell.period_code
        and mirror.flow_code = case cell.flow_code when 'X' then 'M' when 'M' then 'X' end
        and mirror.value_usd between cell.value_usd / {thresholds.MIRROR_CONFIRMS}
        and cell.value_usd * {thresholds.MIRROR_CONFIRMS}
)
order by all
"""

_NEGATIVE = f"""
select {CELL}, value_usd_min, value_usd_max, value_original, net_weight_kg, quantity
from judged
where least(value_usd, value_original, net_weight_kg, quantity) < 0
    or not isfinite(net_weight_kg)
    or not isfinite(quantity)
    or value_usd not between value_usd_min and value_usd_max
order by all
"""

_SCALE_ACROSS_SOURCES = f"""
with cell as materialized (
    select * from judged where value_usd >= {thresholds.AT_STAKE_USD}
),
-- the few that are so large are looked for among all: else all are laid out to be found
other as (
    select *
    from judged
    where
        value_usd > 0
        and (reporter_code, partner_code, flow_code, product_key, period_code)
        in (select (reporter_code, partner_code, flow_code, product_key, period_code) from cell)
)
select
    {_QUALIFIED},
    other.source_code as other_source_code,
    other.value_usd as other_usd,
    other.file_id as other_file_id,
    other.line as other_line
from cell
join other
    on other.reporter_code = cell.reporter_code
    and other.partner_code = cell.partner_code
    and other.flow_code = cell.flow_code
    and other.product_key = cell.product_key
    and other.period_code = cell.period_code
    and other.source_code <> cell.source_code
where cell.value_usd / other.value_usd >= {thresholds.SLIP_FACTOR}
order by all
"""

_IN_THE_FUTURE = f"""
select {CELL}
from judged
join core.dim_period as period using (period_code)
where period.period_start > (now() at time zone 'UTC')::date
order by all
"""


def value_rules(table: str, prefix: str, ceiling_usd: int) -> list[Rule]:
    """Sign and size of the values of `table`."""
    return [
        error(
            table,
            f"{prefix}_not_negative",
            "Values, weights and quantities are finite and not negative, each value within the range of its reports",
            "A value, weight or quantity is negative, not a number, or outside the range of its reports",
            _NEGATIVE,
            "finite values of 0 or more",
            key=CELL_KEY,
        ),
        error(
            table,
            f"{prefix}_below_ceiling",
            f"No value exceeds {ceiling_usd / 1e12:g} trillion USD, more than any such flow has ever been",
            f"A value is above {ceiling_usd / 1e12:g} trillion USD",
            f"select {CELL} from judged where value_usd > {ceiling_usd} order by value_usd desc, {CELL}",
            f"at most {ceiling_usd:,} USD",
            key=CELL_KEY,
        ),
        error(
            table,
            f"{prefix}_scale_over_time",
            f"No yearly total is {thresholds.SLIP_FACTOR} times larger or smaller than in the years beside it, "
            "unless the partner says so too",
            f"A yearly total is {thresholds.SLIP_FACTOR} times larger or smaller than in the years beside it",
            _SCALE_OVER_TIME,
            f"a factor below {thresholds.SLIP_FACTOR} where a billion USD is at stake",
            key=CELL_KEY,
        ),
        error(
            table,
            f"{prefix}_scale_across_sources",
            f"No two statistics differ by a factor of {thresholds.SLIP_FACTOR} on the same flow of the same reporter",
            f"Two statistics differ by a factor of {thresholds.SLIP_FACTOR} on the same flow of the same reporter",
            _SCALE_ACROSS_SOURCES,
            f"a factor below {thresholds.SLIP_FACTOR} where a billion USD is at stake",
            key=f"{CELL_KEY}, other_source_code",
        ),
        error(
            table,
            f"{prefix}_not_in_the_future",
            "No figure is for a period that has not begun",
            "A figure is for a period that has not begun",
            _IN_THE_FUTURE,
            "periods up to today",
            key=CELL_KEY,
        ),
    ]


def partners_within_world(table: str, prefix: str) -> Rule:
    """Economies as partners in `table` against the World of the same source, where it publishes one."""
    return error(
        table,
        f"{prefix}_partners_within_world",
        "Partners add up to no more than the same source's World, for each reporter, flow, product and period",
        "The partners of a reporter add up to more than its World total",
        f"""
        with world as materialized (
            select total.*
            from core.fct_trade_total as total
            join core.dim_area as area on area.area_code = total.partner_code
            where area.area_kind = 'world'
        )
        select
            world.source_code, world.reporter_code, world.flow_code, world.product_key, world.period_code,
            sum(judged.value_usd) as partners_usd,
            world.value_usd as world_usd,
            count(*) as n_partners,
            arg_max(judged.partner_code, judged.value_usd) as largest_partner_code,
            max(judged.value_usd) as largest_usd,
            arg_max(judged.file_id, judged.value_usd) as file_id,
            arg_max(judged.line, judged.value_usd) as line,
            world.file_id as world_file_id,
            world.line as world_line
        from judged
        join world using (source_code, reporter_code, flow_code, product_key, period_code)
        join core.dim_area as area on area.area_code = judged.partner_code
        where area.area_kind not in ('world', 'group')
            and judged.source_code in (select source_code from world)  -- most cells are of sources without one
        group by all
        having partners_usd / {thresholds.WORLD_TOLERANCE} > any_value(world.value_usd_max)
        order by all
        """,
        f"at most {thresholds.WORLD_TOLERANCE} times World, where World is published",
        key="source_code, reporter_code, flow_code, product_key, period_code",
    )
