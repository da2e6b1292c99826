"""marts.partner_rank: an interval of ranks that claims no more than the data give.

Method: a partner nobody reports has no value and therefore no rank; what it might have traded only widens the
interval of the others. A mirrored value is an interval, and a rank is one only where no interval meets its own.
The counts of the states make up all economies of the year, so that nobody is forgotten.
"""

from __future__ import annotations

from expectations.release.rule import Rule, error

TABLE = "marts.partner_rank"

_KEY = "reporter_code, partner_code, year_number, perimeter_code, measure"
_ROW = """
    ranked.reporter_code, ranked.partner_code, ranked.year_number, ranked.perimeter_code, ranked.measure,
    ranked.value_state, ranked.value_usd, ranked.rank, ranked.rank_best, ranked.rank_worst,
    pair.file_id, pair.line"""

_FROM = """
from judged as ranked
left join (
    select
        reporter_code, partner_code, year_number, exports_usd, imports_usd,
        coalesce(turnover_any_basis_usd, exports_usd + imports_usd) as turnover_usd,
        turnover_source_code, exports_source_code, imports_source_code,
        coalesce(file_id, exports_file_id, imports_file_id) as file_id,
        coalesce(line, exports_line, imports_line) as line
    from marts.bilateral_year
) as pair
    on pair.reporter_code = ranked.reporter_code
    and pair.partner_code = ranked.partner_code
    and pair.year_number = ranked.year_number"""


_PUBLISHED = (
    "case ranked.measure when 'exports' then pair.exports_usd when 'imports' then pair.imports_usd "
    "else pair.turnover_usd end"
)


_SOURCE = (
    "case ranked.measure when 'exports' then pair.exports_source_code when 'imports' then pair.imports_source_code "
    "else pair.turnover_source_code end"
)


def _rows(where: str, also: str = "") -> str:
    return f"select {_ROW}{also} {_FROM} where {where} order by all"


_ORDER = f"""
with certain as (
    select {_ROW},
        min(ranked.rank) over (
            partition by ranked.reporter_code, ranked.year_number, ranked.perimeter_code, ranked.measure
            order by ranked.value_usd
            range between unbounded preceding and current row
        ) as best_rank_of_no_larger
    {_FROM}
    where ranked.value_usd is not null and ranked.rank is not null
)
select * from certain where best_rank_of_no_larger < rank order by all
"""

RULES: list[Rule] = [
    error(
        TABLE,
        "rank_only_with_value",
        "No partner that nobody reports has a rank, and none is ranked as reported by others' figures",
        "A partner is ranked though nobody reports it, or is wrongly called reported",
        _rows(
            "(ranked.value_state in ('missing', 'mirror_only') and ranked.rank_naive is not null) "
            "or (ranked.value_state = 'missing' "
            "and coalesce(ranked.rank, ranked.rank_best, ranked.rank_worst) is not null)",
            ", ranked.rank_basis, ranked.rank_naive",
        ),
        "no rank where nobody reports, and none among reported values where only others do",
        key=_KEY,
    ),
    error(
        TABLE,
        "rank_from_data",
        "Every ranked value is published, and where the source of the published figure is its own, it is that figure",
        "A ranked value is not the published figure",
        _rows(
            "ranked.value_state in ('observed', 'implied_zero') "
            f"and ({_PUBLISHED} is null "
            f"or (ranked.value_source_code = ({_SOURCE}) and {_PUBLISHED} <> ranked.value_usd))",
            f", {_PUBLISHED} as published_usd, ranked.value_source_code",
        ),
        "the published figure, where both are of one source",
        key=_KEY,
    ),
    error(
        TABLE,
        "rank_value_in_interval",
        "A ranked value lies in its interval",
        "A ranked value lies outside its interval",
        _rows(
            "ranked.value_usd < ranked.low_usd or ranked.value_usd > ranked.high_usd "
            "or ranked.low_usd > ranked.high_usd",
            ", ranked.low_usd, ranked.high_usd",
        ),
        "a value within its interval",
        key=_KEY,
    ),
    error(
        TABLE,
        "rank_interval_in_order",
        "The best possible rank is at least 1 and no worse than the worst possible, which is within the universe",
        "An interval of ranks is not in order: the best place comes after the worst, or is none there is",
        _rows(
            "ranked.rank_best < 1 or ranked.rank_best > ranked.rank_worst or ranked.rank_worst > ranked.n_universe "
            "or (ranked.rank is not null and (ranked.rank <> ranked.rank_best or ranked.rank <> ranked.rank_worst))",
            ", ranked.n_universe",
        ),
        "a best place of 1 or more, a worst one no better than it, and neither beyond the partners counted",
        key=_KEY,
    ),
    error(
        TABLE,
        "rank_counts_make_universe",
        "Partners observed, implied to be zero, bounded, known from the mirror and missing make up the universe",
        "The partners by state do not add up to all partners counted",
        _rows(
            "ranked.n_partners_observed + ranked.n_implied_zero + ranked.n_partners_bounded + ranked.n_mirror_only "
            "+ ranked.n_missing is distinct from ranked.n_universe",
            ", ranked.n_partners_observed, ranked.n_implied_zero, ranked.n_partners_bounded, ranked.n_mirror_only, "
            "ranked.n_missing, ranked.n_universe",
        ),
        "partners by state that add up to the partners counted",
        key=_KEY,
    ),
    error(
        TABLE,
        "rank_follows_value",
        "Of two certain ranks the larger value has the better",
        "A partner is ranked ahead of one with a larger value",
        _ORDER,
        "no partner ranked ahead of one with a larger value",
        key=_KEY,
    ),
    error(
        TABLE,
        "rank_streak_in_order",
        "The certain streak is no longer than the possible one",
        "A certain streak is longer than the possible one",
        _rows(
            "ranked.streak_at_least > ranked.streak_at_most or ranked.streak_at_least < 0",
            ", ranked.streak_at_least, ranked.streak_at_most",
        ),
        "a certain streak of 0 years or more, and no longer than the possible one",
        key=_KEY,
    ),
]
