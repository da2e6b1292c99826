"""Partners on a map: whom else each side trades with, in the latest year with figures of enough partners."""

from __future__ import annotations

from itertools import groupby

from flows.exports.site.pair import Pair
from flows.exports.site.parts import Chart, Row, Section, Sentence
from flows.exports.site.release import Release
from flows.exports.site.sections.turnover import FLOWS
from flows.read.wording.codes import basis
from flows.read.wording.names import in_text, sentence_case
from flows.read.wording.numbers import money_for, plural, possessive

_FEWEST = 5  # partners below which a map would show a pair or two

# Per reporter the latest year with figures of three in four of the partners of its fullest year.
_PARTNERS = f"""
with known as (
    select
        year.reporter_code, year.year_number, year.partner_code, partner.area_name as partner_name,
        year.turnover_any_basis_usd as turnover_usd, year.exports_usd, year.imports_usd, year.turnover_basis,
        year.exports_basis, year.imports_basis, year.turnover_source_code as source_code,
        count(*) over (partition by year.reporter_code, year.year_number) as n_partners
    from marts.bilateral_year as year
    inner join core.dim_area as reporter on year.reporter_code = reporter.area_code
    inner join core.dim_area as partner on year.partner_code = partner.area_code
    where reporter.is_economy and partner.is_economy and year.turnover_any_basis_usd is not null
),
full_enough as (
    select *, max(n_partners) over (partition by reporter_code) as most_partners from known
),
latest as (
    select reporter_code, max(year_number) as year_number
    from full_enough
    where n_partners >= {_FEWEST} and n_partners >= 0.75 * most_partners
    group by reporter_code
)
select known.*
from known
inner join latest on known.reporter_code = latest.reporter_code and known.year_number = latest.year_number
order by known.reporter_code, known.turnover_usd desc, known.partner_code
"""


def maps(release: Release) -> dict[str, Chart]:
    """A map of partners by code of the reporter, for each that has figures of enough partners."""
    rows = release.rows(_PARTNERS)
    return {
        code: _map(code, release.areas[code], list(found))
        for code, found in groupby(rows, lambda row: str(row["reporter_code"]))
    }


def section(found: dict[str, Chart], pair: Pair) -> Section:
    """The maps of the two sides, those there are."""
    charts = tuple(found[code] for code in pair.codes if code in found)
    title = "Partners on the map"
    if not charts:
        return Section(
            "partners",
            title,
            (Sentence("Too few partners of either side are loaded for a map. BACI or UN Comtrade would bring them."),),
        )
    return Section(
        "partners",
        title,
        tuple(Sentence(str(chart.setting["told"])) for chart in charts),
        charts,
        (),
        "Grey is an economy without a figure here, which is not zero. Exports and imports are the reporter\u2019s own, "
        "or its partner\u2019s where it has none; the map and the table say whose. Outlines show where an economy "
        "lies, and take no side on borders.",
        "Total trade with each partner, in one year.",
    )


def _whose_flow(row: Row, flow: str) -> str | None:
    """Whose figure a flow is, which may be another's than the total; None where there is no figure."""
    return None if row[f"{flow}_usd"] is None else basis(row[f"{flow}_basis"])


def _map(code: str, name: str, rows: list[Row]) -> Chart:
    year, money = rows[0]["year_number"], money_for(row["turnover_usd"] for row in rows)
    largest = f"{in_text(rows[0]['partner_name'])}, {money.text(rows[0]['turnover_usd'])} {money.short}"
    known = f"{plural(len(rows), 'partner')} of {in_text(name)}"
    told = f"For {year}, {known} have a figure; the largest of these is {largest}."
    drawn = [
        {
            "partner": row["partner_name"],
            "code": row["partner_code"],
            "year": year,
            "total": money.of(row["turnover_usd"]),
            "exports": money.of(row["exports_usd"]),
            "imports": money.of(row["imports_usd"]),
            "whose": basis(row["turnover_basis"]),
            **{f"{flow}_whose": _whose_flow(row, flow) for flow in FLOWS},
            "source": row["source_code"],
        }
        for row in rows
    ]
    return Chart(
        name=f"partners-of-{code.lower()}",
        kind="partners",
        title=f"{sentence_case(possessive(in_text(name)))} total trade with each partner, {year}, {money.unit}",
        summary=f"A map of the world. {told}",
        rows=drawn,
        setting={"area": code, "unit": money.short, "told": told},
        height=300,
        is_shared=True,
    )
