"""What changed in this release, by cause."""

from __future__ import annotations

from flows.exports.site.cells import money_cell
from flows.exports.site.parts import Cell, Chart, Line, Row, Section, Sentence, Table
from flows.exports.site.release import Release
from flows.read.wording.numbers import count, money_for, percent, plural, words

_CAUSES = """
select
    cause, count(*) as n_cells,
    count(*) filter (where cause = 'new_report' or (before_value_usd is null and value_usd is not null)) as n_new,
    count(*) filter (where cause = 'withdrawn' or (before_value_usd is not null and value_usd is null)) as n_gone,
    count(distinct source_code) as n_sources, sum(difference_usd) as difference_usd,
    sum(abs(difference_usd)) as moved_usd
from marts.revision
group by cause
order by n_cells desc, cause
"""

# Of a cell that several sources have the largest change is told: twenty cells are among twenty times as many rows as
# there are sources, so not all rows are laid side by side.
_LARGEST = """
with
    largest as (
        select *
        from marts.revision
        where before_value_usd is not null and difference_usd is not null and difference_usd <> 0
        order by
            abs(difference_usd) desc, reporter_code, partner_code, flow_code, product_key, period_code, source_code
        limit 20 * (select count(*) from core.dim_source)
    )
select revision.*, period.period_name, coalesce(product.product_name, revision.product_key) as product_name
from largest as revision
left join core.dim_period as period on revision.period_code = period.period_code
left join core.dim_product as product on revision.product_key = product.product_key
qualify
    row_number() over (
        partition by
            revision.reporter_code, revision.partner_code, revision.flow_code, revision.product_key,
            revision.period_code
        order by abs(revision.difference_usd) desc, revision.source_code
    ) = 1
order by
    abs(revision.difference_usd) desc, revision.reporter_code, revision.partner_code, revision.flow_code,
    revision.product_key, revision.period_code
limit 20
"""
_WITHOUT = (
    "This page leaves out sources that are not redistributable, and all that is computed from them. "
    "So it is not compared with another release."
)
_FLOWS = {"X": "exports to", "M": "imports from", "T": "trade with"}


def section(release: Release) -> Section:
    """Cells of the facts that differ from the release before, counted by why they do."""
    title, name = "What changed in this release" if release.is_numbered else "What changed", "changes"
    causes = release.rows(_CAUSES) if release.is_numbered else []
    if said := _nothing_to_count(release, causes):
        return Section(name, title, (Sentence(said),))
    table = _largest(release)
    return Section(
        name,
        title,
        (Sentence(_in_short(causes)),),
        (_chart(causes),),
        (table,) if table.lines else (),
        "A new report adds figures and changes none. Amounts of causes are not added up: totals and their "
        "parts may both have changed.",
        "Against the release before, figure by figure.",
    )


def _nothing_to_count(release: Release, causes: list[Row]) -> str:
    """Why no figure of this release is known to differ from the one before; empty where some are."""
    if not release.is_numbered or (release.left_out and not release.about["is_compared"]):
        return _WITHOUT
    if release.about["n_releases"] < 2:
        return "This is the first release of the warehouse, so there is none before it to compare with."
    if not release.about["is_compared"]:
        return (
            "This release is not compared with the one before, which an older version of Entrep\u00f4t made or which "
            "was made without the same sources."
        )
    return "" if causes else "No figure differs from the release before."


def _chart(causes: list[Row]) -> Chart:
    parts = [f"{_cause(row)} {count(row['n_cells'])}" for row in causes]
    drawn = [
        {
            "cause": _cause(row),
            "figures": row["n_cells"],
            "sources": row["n_sources"],
            "difference_usd": float(row["difference_usd"] or 0),
            "moved_usd": float(row["moved_usd"] or 0),
        }
        for row in causes
    ]
    return Chart(
        "changes-by-cause",
        "changes",
        "Figures that are new, gone or different since the release before, by cause",
        f"Bars by cause: {words(parts)}.",
        drawn,
        {},
        height=60 + 34 * len(drawn),
    )


def _in_short(causes: list[Row]) -> str:
    """How many figures are new, gone or different, and why the last are."""
    changed = {_cause(row): row["n_cells"] - row["n_new"] - row["n_gone"] for row in causes}
    new, gone = (sum(row[name] for row in causes) for name in ("n_new", "n_gone"))
    parts = [f"{plural(new, 'figure is', 'figures are')} new"] if new else []
    parts += [f"{plural(gone, 'figure is', 'figures are')} gone"] if gone else []
    total, by_cause = sum(changed.values()), words([f"{cause} {count(n)}" for cause, n in changed.items() if n])
    differ = plural(total, "figure differs", "figures differ") if total else "no other figure differs"
    parts.append(f"{differ}{f', by cause: {by_cause}' if total else ''}")
    return f"Against the release before, {'; '.join(parts)}."


def _cause(row: Row) -> str:
    return str(row["cause"]).replace("_", " ")


def _largest(release: Release) -> Table:
    lines = []
    for row in release.rows(_LARGEST):
        money = money_for([row["value_usd"]])
        areas = [release.areas.get(row[side], row[side]) for side in ("reporter_code", "partner_code")]
        origins = release.origins("Figure now", row["source_code"], row, period=row["period_name"] or "")
        cells = (
            Cell(f"{areas[0]}: {_FLOWS.get(row['flow_code'], 'trade with')} {areas[1]}"),
            Cell(row["period_name"] or row["period_code"]),
            Cell(row["product_name"]),
            Cell(_cause(row)),
            money_cell(money, row["before_value_usd"]),
            money_cell(money, row["value_usd"]),
            Cell(money.short),
            Cell(percent(row["difference_pct"]), is_number=True),
        )
        lines.append(Line(cells, origins))
    heads = ("Figure", "Period", "Good", "Cause", "Before", "Now", "Unit", "Change")
    return Table(
        "The largest changes of a value; where several sources have one, the largest of them", heads, tuple(lines)
    )
