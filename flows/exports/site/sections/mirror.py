"""The mirror gap: what the importer reports less what the exporter reports, at the same valuation."""

from __future__ import annotations

from flows.exports.site.cells import money_cell, percent_cell
from flows.exports.site.pair import Pair
from flows.exports.site.parts import Cell, Chart, Line, Origin, Row, Section, Sentence, Table
from flows.exports.site.release import Release
from flows.read.wording.codes import causes
from flows.read.wording.names import sentence_case
from flows.read.wording.numbers import Money, money_for, percent, plural, year_spans

QUERIES = {
    "gaps": """
        select
            gap.*, gap.exporter_code as one_code, gap.importer_code as other_code, period.year_number,
            pair.exporter_source_code, pair.importer_source_code, pair.exporter_file_id, pair.importer_file_id
        from marts.mirror_gap as gap
        inner join core.dim_period as period on gap.period_code = period.period_code and period.freq_code = 'A'
        left join core.fct_trade_reconciled_pair as pair
            on gap.exporter_code = pair.exporter_code and gap.importer_code = pair.importer_code
            and gap.period_code = pair.period_code
        order by gap.exporter_code, period.year_number
    """
}


def section(release: Release, pair: Pair, rows: dict[str, list[Row]]) -> Section:
    """Both reports of the same deliveries, each direction by year."""
    sentences: list[Sentence] = []
    charts: list[Chart] = []
    tables: list[Table] = []
    for seller in pair.codes:
        names = pair.way(seller)
        gaps = [row for row in rows["gaps"] if row["one_code"] == seller]
        both = [row for row in gaps if row["gap_usd"] is not None]
        if not both:
            said = f"{names}: in no year have both reported, so no gap can be computed."
            sentences.append(Sentence(sentence_case(said)))
            continue
        money = money_for(row["value_exporter_usd"] for row in both)
        sentences.append(_sentence(release, pair, seller, both, money))
        charts.append(_chart(pair, seller, names, gaps, money))
        tables.append(_table(release, names, gaps, money))
    if not charts:
        said = f"In no year have {pair.both} both reported the same deliveries, so there is nothing to compare."
        return Section("mirror", "Two reports of the same trade", (Sentence(said),))
    return Section(
        "mirror",
        "Two reports of the same trade",
        tuple(sentences),
        tuple(charts),
        tuple(tables),
        "The importer\u2019s report usually includes freight and insurance, which are taken off before the two are "
        "compared. A gap needs both reports. A year with only one is marked grey: its gap is not known, "
        "which does not mean zero.",
        "What the importer reports, less what the exporter reports of the same deliveries.",
    )


def _sentence(release: Release, pair: Pair, seller: str, both: list[Row], money: Money) -> Sentence:
    last, widest = both[-1], max(both, key=lambda row: abs(row["gap_usd"]))
    buyer, sold_by = pair.said(pair.other(seller)), pair.said(seller)
    more = "more" if last["gap_usd"] > 0 else "less"
    text = (
        f"For {last['year_number']} {buyer} reports buying {money.text(abs(last['gap_usd']))} {money.short} {more} "
        f"from {sold_by} than {sold_by} reports selling, "
        f"{percent(abs(last['gap_of_mean_pct']), False)} of the mean of the two"
    )
    if widest is not last:
        text += f"; the widest gap was {money.text(widest['gap_usd'], True)} {money.short} in {widest['year_number']}"
    return Sentence(f"{text}.", _origins(release, last))


def _origins(release: Release, row: Row) -> tuple[Origin, ...]:
    year = str(row["year_number"])
    return (
        *release.origins(
            "Exporter\u2019s report", row["exporter_source_code"], {"file_id": row["exporter_file_id"]}, period=year
        ),
        *release.origins(
            "Importer\u2019s report", row["importer_source_code"], {"file_id": row["importer_file_id"]}, period=year
        ),
    )


def _chart(pair: Pair, seller: str, names: str, gaps: list[Row], money: Money) -> Chart:
    drawn = [
        {
            "year": row["year_number"],
            "exporter_report": money.of(row["value_exporter_usd"]),
            "importer_report": money.of(row["value_importer_usd"]),
            "importer_report_fob": money.of(row["value_importer_fob_usd"]),
            "gap": money.of(row["gap_usd"]),
            "gap_of_mean_pct": row["gap_of_mean_pct"],
            "reports": row["pair_status"],
            "known_causes": causes(row["known_causes"]),
        }
        for row in gaps
    ]
    both = [row for row in gaps if row["gap_usd"] is not None]
    lone = [row["year_number"] for row in gaps if row["gap_usd"] is None]
    above = sum(row["gap_usd"] > 0 for row in both)
    of_them = {0: "none", len(both): "all"}.get(above, str(above)) if len(both) > 1 else f"{above or 'none'}"
    summary = (
        f"Bars of the gap, {names}, {money.short}: {plural(len(both), 'year')} with both reports, in "
        f"{of_them} of them the importer reports more"
    )
    return Chart(
        f"mirror-gap-of-{seller.lower()}",
        "gap",
        f"{sentence_case(names)}: importer\u2019s less exporter\u2019s report, {money.unit}",
        f"{summary}; for {year_spans(lone)} a report is missing." if lone else f"{summary}.",
        drawn,
        {"names": pair.names, "reporter": pair.name(seller), "unit": money.short},
        height=270,
        is_wide=False,
    )


def _table(release: Release, names: str, gaps: list[Row], money: Money) -> Table:
    lines = tuple(
        Line(
            (
                Cell(str(row["year_number"])),
                money_cell(money, row["value_exporter_usd"]),
                money_cell(money, row["value_importer_usd"]),
                Cell(row["importer_valuation_code"] or ""),
                money_cell(money, row["value_importer_fob_usd"]),
                Cell(
                    money.text(row["gap_usd"], True) or "not known", is_number=True, is_missing=row["gap_usd"] is None
                ),
                percent_cell(row["gap_of_mean_pct"], signed=False),
                Cell(causes(row["known_causes"])),
            ),
            _origins(release, row),
        )
        for row in reversed(gaps)
    )
    heads = (
        "Year",
        "Exporter",
        "Importer",
        "Importer\u2019s valuation",
        "Importer less freight",
        "Gap",
        "Of the mean",
        "Known causes",
    )
    return Table(f"{sentence_case(names)}: both reports, {money.unit}", heads, lines)
