"""meta.rank_error: how often a rank called certain was wrong when known reports were hidden.

Method: each share of reports hidden is counted over all years and statistics, wherever fifty certain ranks can be
counted, and held against 2 of 100 and chance. What is too often wrong is no longer called certain: the build then takes
nothing from a partner's figure (macros/rank/doubted_measure.sql), which is worth a word and no error of the release.
"""

from __future__ import annotations

from expectations.release.rule import Rule, warning

TABLE = "meta.rank_error"

RULES: list[Rule] = [
    warning(
        TABLE,
        "certain_ranks_are_right",
        "Where known reports are hidden, no more than 2 of 100 ranks called certain are wrong, beyond chance",
        "More than 2 of 100 ranks called certain are wrong where known reports are hidden",
        """
        select
            hidden_pct, measure, sum(n_certain)::bigint as n_certain, sum(n_wrong)::bigint as n_wrong,
            -- where to look first: a statistic in another unit than its contract says
            max_by(statistic_code || ' ' || year_number, n_wrong) as most_of_them_in
        from judged
        where is_too_often_wrong
        group by hidden_pct, measure
        order by all
        """,
        "at most 2 of 100 wrong; until then a partner's figure bounds no rank of this measure",
        key="hidden_pct, measure",
        remedy="Two reports of one trade contradict each other more than they usually do. Look first at the statistic "
        "named in the row: it may be in another unit than its contract says",
    ),
]
