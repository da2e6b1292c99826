"""Reading the published warehouse: queries, and the article's answer."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from flows.contracts.relations import quote
from flows.errors import EntrepotError, of_the_machine
from flows.read.opening import open_published
from flows.read.query_error import NOTHING_STAYS, sentence
from flows.settings import Settings

# DuckDB ends the whole process when it may not write a log where it is told to.
_LOG_FILE = re.compile(r"\benable_logging\b.*\bstorage", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """Column names and rows of a query."""

    columns: list[str]
    rows: list[tuple[Any, ...]]

    def records(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


# `use` and `set variable` among them.
_FOR_LATER = (duckdb.StatementType.SET, duckdb.StatementType.PREPARE, duckdb.StatementType.TRANSACTION)


def ask(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: list[Any] | dict[str, Any] | None = None,
    most: int | None = None,
) -> Answer:
    """Run one query and fetch all rows, or the first `most`. Raises EntrepotError with what is wrong and where.

    One query only: DuckDB would run several and keep the last answer alone.
    """
    if _LOG_FILE.search(sql):
        raise EntrepotError("No log is written to a file from here; leave out `storage`.")
    try:
        found = connection.extract_statements(sql)
        if not found:
            raise EntrepotError('The query is empty; ask something, such as "from marts.partner_rank limit 5".')
        if len(found) > 1:
            raise EntrepotError(f"These are {len(found)} queries; ask one at a time, or pipe them into `entrepot sql`.")
        if found[0].type in _FOR_LATER:
            raise EntrepotError(NOTHING_STAYS)
        cursor = connection.execute(sql, parameters or [])
        description = cursor.description or []
        rows = cursor.fetchall() if most is None else cursor.fetchmany(most)
        return Answer([c[0] for c in description], rows)
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        full = of_the_machine(error) if isinstance(error, duckdb.IOException) else ""
        raise EntrepotError(full or sentence(str(error), sql)) from error


def write_rows(settings: Settings, sql: str, path: Path) -> int:
    """Write all rows of a query to a CSV or Parquet file and return their number; no other file can be reached.

    A file that is there stays as it is where the query fails. Raises EntrepotError with what is wrong.
    """
    if not path.parent.is_dir():
        raise EntrepotError(f"There is no folder {path.parent}.")
    if path.is_dir():
        raise EntrepotError(f"{path} is a folder; name a file in it.")
    path = path.resolve()  # what a link leads to is written, and not the link
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.new")
    form = "(format csv, header" if path.suffix == ".csv" else "(format parquet, compression zstd"
    try:
        with open_published(settings, sql, may_write=unfinished) as con:
            copied = f"copy ({sql.rstrip().rstrip(';')}\n) to {quote(unfinished)} {form}, use_tmp_file false)"
            (count,) = ask(con, copied).rows[0]
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return int(count)


_ARTICLE_PAIR = """
    select distinct
        least(subject_code, counterpart_code) as subject_code,
        greatest(subject_code, counterpart_code) as counterpart_code
    from core.fct_statement
    where is_article and counterpart_code is not null
"""

_FIRST_YEAR = """(
    select min(try_cast(left(period_from, 4) as integer)) - 1 from core.fct_statement
    where is_article and statement_kind in ('level', 'growth')
)"""

_ARTICLE_YEARS = f"""
with pair as ({_ARTICLE_PAIR})
select distinct
    year.reporter_code, reporter.area_name as reporter_name, year.partner_code, partner.area_name as partner_name,
    year.year_number, year.turnover_any_basis_usd / 1e9 as turnover_any_basis_usd_bn,
    year.turnover_yoy_published_pct,
    case when year.turnover_yoy_is_comparable then year.turnover_yoy_pct end as yoy_pct, year.share_of_turnover_pct,
    year.turnover_basis, year.turnover_rule, year.turnover_source_code
from marts.bilateral_year as year
inner join pair
    on year.reporter_code in (pair.subject_code, pair.counterpart_code)
    and year.partner_code in (pair.subject_code, pair.counterpart_code)
inner join core.dim_area as reporter on year.reporter_code = reporter.area_code
inner join core.dim_area as partner on year.partner_code = partner.area_code
where year.year_number >= {_FIRST_YEAR}
order by year.reporter_code, year.year_number
"""

_ARTICLE_RANKS = f"""
with pair as ({_ARTICLE_PAIR}),
ranks as (
    select
        *,
        case
            when rank_best is null then 'none'
            when rank_best = rank_worst then rank_best || case when rank_is_certain then '' else '*' end
            else rank_best_if_unallocated || '-' || rank_worst_if_unallocated
        end as rank_text
    from marts.partner_rank
    inner join (select distinct perimeter_code, perimeter_name from core.dim_rank_perimeter) using (perimeter_code)
    where measure = 'turnover'
)
select
    ranks.reporter_code, reporter.area_name as reporter_name, ranks.partner_code, partner.area_name as partner_name,
    ranks.year_number, string_agg(ranks.rank_text, ' / ' order by ranks.perimeter_code) as ranks,
    string_agg(ranks.perimeter_name, ' / ' order by ranks.perimeter_code) as perimeters,
    max(ranks.rank_naive) filter (where ranks.perimeter_code = 'all') as rank_naive,
    max(ranks.n_partners_observed) filter (where ranks.perimeter_code = 'all') as n_observed,
    max(ranks.n_mirrored) filter (where ranks.perimeter_code = 'all') as n_mirrored,
    max(ranks.n_partners_bounded) filter (where ranks.perimeter_code = 'all') as n_bounded,
    max(ranks.n_mirror_only) filter (where ranks.perimeter_code = 'all') as n_mirror_only,
    max(ranks.n_missing) filter (where ranks.perimeter_code = 'all') as n_missing
from ranks
inner join pair
    on ranks.reporter_code in (pair.subject_code, pair.counterpart_code)
    and ranks.partner_code in (pair.subject_code, pair.counterpart_code)
inner join core.dim_area as reporter on ranks.reporter_code = reporter.area_code
inner join core.dim_area as partner on ranks.partner_code = partner.area_code
where ranks.year_number >= {_FIRST_YEAR}
group by all
order by ranks.reporter_code, ranks.year_number
"""

_CLAIMS = """
select
    claim.statement_id, claim.is_article, claim.subject_text, statement.claimed_value_text,
    claim.statement_kind, statement.claimed_unit_text, statement.comparator, claim.claimed_period_text, claim.said_by,
    claim.verdict, claim.evidence, change.words as would_change
from marts.claim_check as claim
inner join core.fct_statement as statement on claim.statement_id = statement.statement_id
left join core.dim_code as change on change.code_list = 'verdict_change' and change.code = claim.change_code
where claim.is_article or ?
order by claim.is_article desc, claim.statement_id
"""


def article_years(connection: duckdb.DuckDBPyConnection) -> Answer:
    """Yearly turnover, growth (published and computed) and share of the article's pair, by both reporters."""
    return ask(connection, _ARTICLE_YEARS)


def article_ranks(connection: duckdb.DuckDBPyConnection) -> Answer:
    """Yearly rank of each of the article's pair among the partners of the other, with what is missing."""
    return ask(connection, _ARTICLE_RANKS)


def claims(connection: duckdb.DuckDBPyConnection, everything: bool) -> Answer:
    """The article's statements, or all of them, with verdict and evidence."""
    return ask(connection, _CLAIMS, [everything])


def publishers(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Who publishes what a source holds, by the code of the source."""
    return dict(ask(connection, "select source_code, publisher from core.dim_source").rows)
