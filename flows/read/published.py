"""Reading the published warehouse: queries, the article's answer, and a number's path back to its raw line."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from flows.errors import EntrepotError
from flows.formats.dropped import Dropped
from flows.read.areas import ANY_KIND, find_area
from flows.read.opening import open_published
from flows.read.query_error import sentence
from flows.settings import Settings


@dataclass(frozen=True)
class Answer:
    """Column names and rows of a query."""

    columns: list[str]
    rows: list[tuple[Any, ...]]

    def records(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def ask(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any] | None = None, most: int | None = None
) -> Answer:
    """Run one query and fetch all rows, or the first `most`. Raises EntrepotError with what is wrong and where.

    One query only: DuckDB would run several and keep the last answer alone.
    """
    try:
        found = len(connection.extract_statements(sql))
        if not found:
            raise EntrepotError('The query is empty; ask something, such as "from marts.partner_rank limit 5".')
        if found > 1:
            raise EntrepotError(f"These are {found} queries; ask one at a time, or pipe them into `entrepot sql`.")
        cursor = connection.execute(sql, parameters or [])
        description = cursor.description or []
        rows = cursor.fetchall() if most is None else cursor.fetchmany(most)
        return Answer([c[0] for c in description], rows)
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise EntrepotError(sentence(str(error), sql)) from error


def write_rows(settings: Settings, sql: str, path: Path) -> int:
    """Write all rows of a query to a CSV or Parquet file and return their number; no other file can be reached."""
    if not path.parent.is_dir():
        raise EntrepotError(f"There is no folder {path.parent}.")
    quoted = str(path).replace("'", "''")
    form = "(format csv, header" if path.suffix == ".csv" else "(format parquet, compression zstd"
    with open_published(settings, sql, may_write=path) as con:
        (count,) = ask(con, f"copy ({sql.rstrip().rstrip(';')}\n) to '{quoted}' {form}, use_tmp_file false)").rows[0]
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
            when rank_best = rank_worst then rank_best::varchar
            else rank_best || '-' || rank_worst
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
    statement.claimed_unit_text, statement.comparator, claim.claimed_period_text, claim.said_by,
    claim.verdict, claim.evidence
from marts.claim_check as claim
inner join core.fct_statement as statement on claim.statement_id = statement.statement_id
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


_MATCHES = """
select
    report.report_key, report.source_code, report.reporter_code, report.partner_code, report.flow_code,
    report.product_key, report.period_code, report.value_usd, report.yoy_pct, report.yoy_currency, report.is_chosen,
    report.is_corrected, report.uncorrected_value_usd,
    report.publication_id, publication.publisher, publication.title, publication.url, publication.published_on,
    report.file_id, report.line, release.path, release.url as fetched_from, release.sha256, release.known_from
from core.fct_trade_report as report
left join core.dim_publication as publication on report.publication_id = publication.publication_id
left join core.dim_raw_file as release on report.file_id = release.file_id
where (
        abs(report.value_usd / 1e9 - ?) <= ? or abs(report.uncorrected_value_usd / 1e9 - ?) <= ?
        or abs(report.yoy_pct - ?) <= ?
    )
    and (? is null or report.reporter_code = ?)
    and (? is null or report.partner_code = ?)
    and (? is null or report.period_code = ?)
qualify row_number() over (
    partition by report.source_code, report.reporter_code, report.partner_code, report.flow_code, report.product_key,
        report.period_code, report.publication_id
    order by report.report_key
) = 1
order by
    least(
        abs(coalesce(report.value_usd / 1e9, 1e12) - ?), abs(coalesce(report.uncorrected_value_usd / 1e9, 1e12) - ?),
        abs(coalesce(report.yoy_pct, 1e12) - ?)
    ),
    report.is_chosen desc, report.report_key
limit ?
"""

_CELL = """
select
    report.publication_id, report.value_usd / 1e9 as value_usd_bn, bool_or(report.is_chosen) as is_chosen,
    min_by(report.file_id, report.report_key) as file_id, min_by(report.line, report.report_key) as line
from core.fct_trade_report as report
inner join core.fct_trade_report as matched on matched.report_key = ?
    and report.source_code = matched.source_code and report.reporter_code = matched.reporter_code
    and report.partner_code = matched.partner_code and report.flow_code = matched.flow_code
    and report.product_key = matched.product_key and report.period_code = matched.period_code
where report.value_usd is not null
group by report.publication_id, report.value_usd
order by is_chosen desc, report.publication_id
"""

_CHOICE = """
select cell.choice_rule, cell.n_reports
from (
    select * from core.fct_trade
    union all
    select * from core.fct_trade_total
) as cell
inner join core.fct_trade_report as matched on matched.report_key = ?
    and cell.source_code = matched.source_code and cell.reporter_code = matched.reporter_code
    and cell.partner_code = matched.partner_code and cell.flow_code = matched.flow_code
    and cell.product_key = matched.product_key and cell.period_code = matched.period_code
"""


_CORRECTIONS = """
select
    correction.correction_code, correction.measure_code, correction.expected_value, correction.new_value,
    correction.reason, correction.evidence, correction.corrected_by, correction.corrected_at
from meta.correction_outcome as correction
inner join core.fct_trade_report as report on report.report_key = ? and report.is_corrected
    and correction.source_code = report.source_code and correction.publication_id = report.publication_id
    and correction.reporter_code = report.reporter_code and correction.partner_code = report.partner_code
    and correction.flow_code = report.flow_code and correction.product_key = report.product_key
    and correction.period_code = report.period_code
where correction.correction_state = 'applied'
order by correction.correction_code
"""

_MOST_DIGITS = 15  # before or after the point: more than a double holds, and than any statistic prints


@dataclass(frozen=True)
class Explanation:
    """One published figure: what it says, what the warehouse chose in its cell, and the raw line it stands on."""

    report: dict[str, Any]
    choice: dict[str, Any]
    cell: list[dict[str, Any]]
    corrections: list[dict[str, Any]]
    raw_line: str


def explain(
    settings: Settings,
    number: str,
    reporter: str | None = None,
    partner: str | None = None,
    period: str | None = None,
    limit: int = 3,
) -> list[Explanation]:
    """Where a figure comes from: billions of USD or percent, matched within one unit of its last printed digit.

    `reporter` and `partner` are codes or names. Raises EntrepotError when the text is no number, an area or the period
    is not known, or no report holds the figure.
    """
    value, unit = _printed(number)
    with open_published(settings) as con:
        asked = {"reporter": _area(con, reporter), "partner": _area(con, partner), "period": _period(con, period)}
        filters = [code for code in asked.values() for _ in range(2)]
        matches = ask(con, _MATCHES, [*[value, unit] * 3, *filters, *[value] * 3, limit]).records()
        if not matches:
            chosen = ", ".join(f"{name} {code}" for name, code in asked.items() if code)
            where = f" for {chosen}; ask with less, or" if chosen else ";"
            raise EntrepotError(
                f"No report holds {number} (billions of USD, or percent){where} `entrepot sql` can search wider."
            )
        return [_explanation(settings, con, match) for match in matches]


def _area(con: duckdb.DuckDBPyConnection, text: str | None) -> str | None:
    return None if text is None else find_area(con, text, ANY_KIND).code


def _period(con: duckdb.DuckDBPyConnection, text: str | None) -> str | None:
    if text is None:
        return None
    found = ask(con, "select period_code from core.dim_period where period_code = upper(trim(?))", [text]).rows
    if not found:
        raise EntrepotError(
            f"{text!r} is no period of this warehouse; write 2021, 2021-Q4, 2021-M07 or 2021-YTD07, "
            "or look into core.dim_period."
        )
    return str(found[0][0])


def _printed(number: str) -> tuple[float, float]:
    """The figure and one unit of its last digit; infinite, not a number or beyond any trade is no printed figure."""
    try:
        decimal = Decimal(number)
    except ArithmeticError as error:
        raise EntrepotError(f"{number!r} is not a number; try `entrepot explain 146.88`.") from error
    exponent = decimal.as_tuple().exponent
    if not isinstance(exponent, int) or max(abs(exponent), abs(decimal.adjusted())) > _MOST_DIGITS:
        raise EntrepotError(f"{number!r} is no figure anybody prints; try `entrepot explain 146.88`.")
    return float(decimal), 10.0**exponent


def _explanation(settings: Settings, con: duckdb.DuckDBPyConnection, match: dict[str, Any]) -> Explanation:
    key = [match["report_key"]]
    choice = ask(con, _CHOICE, key).records()
    return Explanation(
        report=match,
        choice=choice[0] if choice else {},
        cell=ask(con, _CELL, key).records(),
        corrections=ask(con, _CORRECTIONS, key).records(),
        raw_line=raw_line(settings.warehouse / match["path"], match["line"]),
    )


def raw_line(path: Path, line: int) -> str:
    """The text of one line of a raw file; empty when the raw store has been cleared."""
    if not path.is_file():
        return ""
    with Dropped(path=path).open() as stream:
        for number, text in enumerate(io.TextIOWrapper(stream, encoding="utf-8-sig"), start=1):
            if number == line:
                return text.rstrip("\r\n")
    return ""
