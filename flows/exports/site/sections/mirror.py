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
            pair.exporter_source_code, pair.importer_source_code, pair.exporter_file_id, pair.importer_file_id,
            sold.exports_line as exporter_line, bought.imports_line as importer_line
        from marts.mirror_gap as gap
        inner join core.dim_period as period on gap.period_code = period.period_code and period.freq_code = 'A'
        left join core.fct_trade_reconciled_pair as pair
            on gap.exporter_code = pair.exporter_code and gap.importer_code = pair.importer_code
            and gap.period_code = pair.period_code
        -- the line of a report, where the same value was read there
        left join marts.bilateral_year as sold
            on gap.exporter_code = sold.reporter_code and gap.importer_code = sold.partner_code
            and period.year_number = sold.year_number and pair.exporter_file_id = sold.exports_file_id
            and gap.value_exporter_usd = sold.exports_usd
        left join marts.bilateral_year as bought
            on gap.importer_code = bought.reporter_code and gap.exporter_code = bought.partner_code
            and period.year_number = bought.year_number and pair.importer_file_id = bought.imports_file_id
            and gap.value_importer_usd = bought.imports_usd
        order by gap.exporter_code, period.year_number
    """
}

_FREIGHT_OFF = ", with freight and insurance taken off"
_REPORTS = {"both": "both", "exporter_only": "exporter only", "importer_only": "importer only"}


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
            said = f"{names}: no year has both reports loaded in dollars, so no gap can be computed."
            sentences.append(Sentence(sentence_case(said)))
            continue
        money = money_for(row["value_exporter_usd"] for row in both)
        sentences.append(_sentence(release, pair, seller, both, money))
        charts.append(_chart(pair, seller, names, gaps, money))
        tables.append(_table(release, names, gaps, money))
    if not charts:
        said = (
            f"There is no year for which reports of the same deliveries by both {pair.both} are loaded in dollars, so "
            "there is nothing to compare."
        )
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
    less_freight = f"{_FREIGHT_OFF}," if _is_lowered(last) else ""
    text = (
        f"For {last['year_number']}{less_freight} {buyer} reports buying "
        f"{money.text(abs(last['gap_usd']))} {money.short} {more} from {sold_by} than {sold_by} reports selling, "
        f"{percent(abs(last['gap_of_mean_pct']), False)} of the mean of the two"
    )
    if widest is not last:
        text += f"; the gap was widest in {widest['year_number']}"
        text += _FREIGHT_OFF if _is_lowered(widest) and not less_freight else ""
        text += f": {money.text(abs(widest['gap_usd']))} {money.short}"
        if (widest["gap_usd"] > 0) != (last["gap_usd"] > 0):
            text += " less" if more == "more" else " more"
    return Sentence(f"{text}.", _origins(release, last))


def _is_lowered(row: Row) -> bool:
    """Whether freight and insurance are taken off the importer's report; not where both reports are valued alike."""
    return bool(row["value_importer_fob_usd"] != row["value_importer_usd"])


def _origins(release: Release, row: Row) -> tuple[Origin, ...]:
    year = str(row["year_number"])
    found: tuple[Origin, ...] = ()
    for side in ("exporter", "importer"):
        place = {"file_id": row[f"{side}_file_id"], "line": row[f"{side}_line"]}
        found += release.origins(f"{side.title()}\u2019s report", row[f"{side}_source_code"], place, period=year)
    return found


def _chart(pair: Pair, seller: str, names: str, gaps: list[Row], money: Money) -> Chart:
    drawn = [
        {
            "year": row["year_number"],
            "exporter_report": money.of(row["value_exporter_usd"]),
            "importer_report": money.of(row["value_importer_usd"]),
            "importer_report_fob": money.of(row["value_importer_fob_usd"]),
            "gap": money.of(row["gap_usd"]),
            "gap_of_mean_pct": _signed_pct(row),
            "reports": _REPORTS.get(row["pair_status"], row["pair_status"]),
            "known_causes": causes(row["known_causes"]),
        }
        for row in gaps
    ]
    both = [row for row in gaps if row["gap_usd"] is not None]
    lone = [row["year_number"] for row in gaps if row["gap_usd"] is None]
    summary = f"Bars of the gap, {names}, {money.short}: {plural(len(both), 'year')} with both reports; {_above(both)}"
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


def _signed_pct(row: Row) -> float | None:
    """The gap as a share of the mean of the two, with the sign of the gap."""
    share: float | None = row["gap_of_mean_pct"]
    return share if share is None or row["gap_usd"] > 0 else -share


def _above(both: list[Row]) -> str:
    """In how many of the years with both reports the importer reports more."""
    above = sum(row["gap_usd"] > 0 for row in both)
    if above in (0, len(both)):
        return f"the importer {'always' if above else 'never'} reports more"
    return f"in {above} of them the importer reports more"


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
                percent_cell(_signed_pct(row)),
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
