"""A number's path back: the reports that hold it, the choice among them, the raw records, and the warehouse's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from flows.contracts import Source, load_contracts
from flows.contracts.relations import CELLS
from flows.errors import EntrepotError
from flows.read.areas import ANY_KIND, area_names, find_area
from flows.read.figures import Figure, find_figures
from flows.read.places import find_places, read_place
from flows.read.printed_number import Printed, read_printed, unit_printed
from flows.read.published import ask
from flows.read.raw_record import raw_place, raw_record
from flows.settings import Settings

_MOST_REPORTS, _MOST_FIGURES = 3, 5

_MATCHES = """
select
    report.report_key, report.source_code, report.reporter_code, report.partner_code, report.flow_code,
    report.product_key, report.period_code, report.value_usd, report.yoy_pct, report.yoy_currency, report.is_chosen,
    report.is_corrected, report.uncorrected_value_usd,
    product.product_name, period.period_name,
    report.publication_id, publication.publisher, publication.title, publication.url, publication.published_on,
    report.file_id, report.line, release.path, release.url as fetched_from, release.sha256, release.known_from
from core.fct_trade_report as report
left join core.dim_publication as publication on report.publication_id = publication.publication_id
left join core.dim_product as product on report.product_key = product.product_key and report.product_key <> 'TOTAL'
left join core.dim_period as period on report.period_code = period.period_code
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
    least(  -- of what is compared; null counts for nothing
        abs(report.value_usd / 1e9 - ?), abs(report.uncorrected_value_usd / 1e9 - ?), abs(report.yoy_pct - ?)
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

_CHOICE = f"""
select cell.choice_rule, cell.n_reports
from {CELLS} as cell
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
    con: duckdb.DuckDBPyConnection,
    number: str,
    reporter: str | None = None,
    partner: str | None = None,
    period: str | None = None,
) -> list[Explanation | Figure]:
    """Where a figure of the release at `con` comes from: reports that hold it within one unit of its last printed
    digit, then figures of the warehouse's own that round to it. Amounts are in billions of USD. A unit that is printed
    with the figure counts (`18.3 %`); an interval, `11-23`, is one of places.

    `reporter` and `partner` are codes or names. Raises EntrepotError when the text is no number (see read_printed), an
    area or the period is not known, or nothing holds the figure.
    """
    contracts = load_contracts(settings.contracts)
    asked = {"reporter": _area(con, reporter), "partner": _area(con, partner), "period": _period(con, period)}
    matches: list[dict[str, Any]] = []
    if place := read_place(number):
        figures = find_places(settings, con, contracts, place, asked, _MOST_FIGURES)
    else:
        printed, printed_as = read_printed(number), unit_printed(number)
        matches = _reports(con, printed, printed_as, asked)
        figures = find_figures(settings, con, contracts, printed, asked, _MOST_FIGURES, printed_as)
    if not matches and not figures:
        chosen = ", ".join(f"{name} {code}" for name, code in asked.items() if code)
        where = f" for {chosen}; ask with less, or" if chosen else ";"
        raise EntrepotError(
            f"No report holds {number} (billions of USD, or percent){where} `entrepot sql` can search wider."
        )
    names = area_names(con)
    for match in matches:
        match |= {f"{side}_name": names.get(match[f"{side}_code"]) for side in ("reporter", "partner")}
    return [*(_explanation(settings, con, contracts, match) for match in matches), *figures]


def _reports(
    con: duckdb.DuckDBPyConnection, printed: Printed, printed_as: str | None, asked: dict[str, str | None]
) -> list[dict[str, Any]]:
    """The reports that hold a figure: their growth where it is in percent, their value where it is money."""
    amount = printed.value if printed_as in (None, "money") else None
    growth = printed.value if printed_as in (None, "percent") else None
    filters = [code for code in asked.values() for _ in range(2)]
    compared = [amount, printed.unit, amount, printed.unit, growth, printed.unit]
    return ask(con, _MATCHES, [*compared, *filters, amount, amount, growth, _MOST_REPORTS]).records()


def _area(con: duckdb.DuckDBPyConnection, text: str | None) -> str | None:
    return None if text is None else find_area(con, text, ANY_KIND).code


def _period(con: duckdb.DuckDBPyConnection, text: str | None) -> str | None:
    if text is None:
        return None
    found = ask(con, "select period_code from core.dim_period where period_code = upper(trim(?))", [text]).rows
    if not found:
        raise EntrepotError(
            f"{text!r} is not a period of this warehouse; write 2021, 2021-Q4, 2021-M07 or 2021-YTD07, "
            "or look into core.dim_period."
        )
    return str(found[0][0])


def _explanation(
    settings: Settings, con: duckdb.DuckDBPyConnection, contracts: dict[str, Source], match: dict[str, Any]
) -> Explanation:
    key = [match["report_key"]]
    match["place"] = raw_place(settings, contracts, match["file_id"], match["path"], match["line"])
    choice = ask(con, _CHOICE, key).records()
    return Explanation(
        report=match,
        choice=choice[0] if choice else {},
        cell=ask(con, _CELL, key).records(),
        corrections=ask(con, _CORRECTIONS, key).records(),
        raw_line=raw_record(settings, contracts, match["file_id"], match["path"], match["line"]),
    )
