"""Currencies in which the trade is settled, as officials and the press have stated them."""

from __future__ import annotations

from collections.abc import Iterator

from flows.exports.site.cells import percent_cell
from flows.exports.site.pair import Pair
from flows.exports.site.parts import Cell, Chart, Line, Origin, Row, Section, Sentence, Table
from flows.exports.site.release import Release
from flows.read.wording.codes import rule
from flows.read.wording.names import sentence_case
from flows.read.wording.numbers import days_in_words, percent, plural, possessive, words
from flows.read.wording.settlement import all_trade, currencies, settled_trade

QUERIES = {
    "shares": """
        select
            settled.*, shown.first_code as one_code, shown.second_code as other_code, period.period_name,
            period.period_start, period.period_end, period.period_months, currency.currency_name,
            settled.partner_code in (shown.first_code, shown.second_code) as is_of_pair
        from marts.settlement_currency as settled
        inner join shown_pair as shown
            on settled.reporter_code in (shown.first_code, shown.second_code)
            and settled.partner_code in (shown.first_code, shown.second_code, 'WLD')
        left join core.dim_period as period on settled.period_code = period.period_code
        left join core.dim_currency as currency on settled.currency_code = currency.currency_code
        order by
            period.period_end, settled.scope_text, settled.currency_code, settled.flow_code, settled.period_code,
            settled.reporter_code, settled.partner_code
    """
}


def section(release: Release, pair: Pair, rows: dict[str, list[Row]]) -> Section:
    """Shares of currencies in the trade of the pair, and in all trade of either for comparison."""
    shares = rows["shares"]
    of_pair = [row for row in shares if row["is_of_pair"]]
    title, name = "Settlement currencies", "settlement"
    if not shares:
        said = f"No statement is loaded of the currencies in which {pair.both} settle their trade."
        return Section(name, title, (Sentence(said),))
    stated_in = sorted({currencies(row["currency_code"]) for row in of_pair})
    return Section(
        name,
        title,
        tuple(_sentences(release, pair, shares, of_pair)),
        tuple(_chart(scope, stated, stated_in) for scope, stated in _by_scope(pair, of_pair).items()),
        (_table(release, pair, shares),),
        "No statistic of settlement currencies is published for pairs. These are statements, each for its own "
        "period and scope: they are marks, not a series, and nothing is drawn between them.",
    )


def _sentences(release: Release, pair: Pair, shares: list[Row], of_pair: list[Row]) -> Iterator[Sentence]:
    if not of_pair:
        whose = words(
            [possessive(pair.said(code)) for code in pair.codes if code in {r["reporter_code"] for r in shares}]
        )
        yield Sentence(
            "No statement is about the trade between the two. "
            f"The table has {plural(len(shares), 'statement')} about all of {whose} trade."
        )
        return
    yield _latest(release, pair, of_pair)
    loaded = f"{plural(len(shares), 'statement')} loaded, {len(of_pair)} of them on the trade of the two"
    yield Sentence(f"{loaded}. Between these dates nothing is known.")


def _latest(release: Release, pair: Pair, of_pair: list[Row]) -> Sentence:
    last = of_pair[-1]
    return Sentence(
        f"The latest statement about the two, for {last['period_name']}: {percent(last['share_pct'], False, 0)} of "
        f"{_scope(pair, last)} in {currencies(last['currency_code'])}.",
        _origins(release, last),
    )


def _origins(release: Release, row: Row) -> tuple[Origin, ...]:
    return release.origins_of_file("Share", row, rule=row["choice_rule"], period=row["period_name"] or "")


def _table(release: Release, pair: Pair, shares: list[Row]) -> Table:
    lines = tuple(
        Line(
            (
                Cell(row["period_name"] or days_in_words(row["period_code"])),
                Cell(sentence_case(_scope(pair, row))),
                Cell(currencies(row["currency_code"])),
                percent_cell(row["share_pct"], signed=False),
                Cell(_reports(row)),
            ),
            _origins(release, row),
        )
        for row in reversed(shares)
    )
    return Table("Stated shares of currencies", ("Period", "Of what", "Currency", "Share", "Reports"), lines)


def _reports(row: Row) -> str:
    """How the share was chosen, with the spread where reports differ."""
    low, high = row["share_pct_min"], row["share_pct_max"]
    chosen = rule(row["choice_rule"])
    return chosen if low == high else f"{chosen}, {percent(low, False)} to {percent(high, False)}"


def _scope(pair: Pair, row: Row) -> str:
    if not row["is_of_pair"]:
        return all_trade(row["flow_code"], pair.said(row["reporter_code"]))
    return settled_trade(row["flow_code"], pair.said(row["reporter_code"]), pair.said(row["partner_code"]))


def _by_scope(pair: Pair, of_pair: list[Row]) -> dict[str, list[Row]]:
    """Statements with a period by what they are about: exports, imports, or all trade of the two."""
    scopes: dict[str, list[Row]] = {}
    for row in of_pair:
        if row["period_end"] is not None:
            scopes.setdefault(_scope(pair, row), []).append(row)
    return scopes


def _brief(currency: str) -> str:
    """`RUB + CNY`, as the chart has it, for `RUB and CNY together`."""
    return currency.replace(" and ", " + ").replace(" together", "")


def _chart(scope: str, stated: list[Row], stated_in: list[str]) -> Chart:
    """The statements about one scope. A currency has the colour of its place in `stated_in`, on every chart."""
    drawn = [
        {
            "period": row["period_name"],
            "start": str(row["period_start"]),
            "end": str(row["period_end"]),
            "scope": scope,
            "currency": currencies(row["currency_code"]),
            "share_pct": row["share_pct"],
            "share_pct_min": row["share_pct_min"],
            "share_pct_max": row["share_pct_max"],
        }
        for row in stated
    ]
    names = sorted({row["currency"] for row in drawn})
    ends = f"from {drawn[0]['period']} to {drawn[-1]['period']}" if len(drawn) > 1 else f"for {drawn[0]['period']}"
    about = "-".join([stated[0]["flow_code"], *([] if stated[0]["flow_code"] == "T" else [stated[0]["reporter_code"]])])
    return Chart(
        f"settlement-currencies-{about}".lower(),
        "settlement",
        f"Currencies in {scope}, percent",
        f"{plural(len(drawn), 'stated share')} of {words([_brief(name) for name in names])}, {ends}.",
        drawn,
        {"unit": "percent", "currencies": stated_in},
        height=300,
        is_wide=False,
    )
