"""Coverage and freshness: which source has which years, how old its files are, and on which terms they stand."""

from __future__ import annotations

from collections import Counter

from flows.exports.site.parts import Cell, Chart, Line, Row, Section, Sentence, Table
from flows.exports.site.release import Release
from flows.read.wording.numbers import count, day, plural, words

_YEARS = """
select
    known.source_code, period.year_number, count(distinct known.reporter_code) as n_reporters,
    count(distinct known.period_code) as n_periods
from core.fct_availability as known
inner join core.dim_period as period on known.period_code = period.period_code
where known.availability_state = 'published' and period.year_number is not null
group by all
order by known.source_code, period.year_number
"""

_SOURCES = """
select
    source.source_code, source.publisher, source.description, source.licence, source.is_redistributable,
    source.landing_page, source.cadence, source.max_age_days, count(*) as n_files, sum(file.row_count) as n_rows,
    max(file.known_from)::date as last_on,
    date_diff('day', max(file.known_from), (select max(built_at) from core.dim_release)) as age_days
from core.dim_source as source
inner join core.dim_raw_file as file on source.source_code = file.source_code
where file.row_count > 0 and file.is_current
group by all
order by source.publisher, source.source_code
"""


def section(release: Release) -> Section:
    """Sources that stand behind this release."""
    sources = release.rows(_SOURCES)
    said, table = _sentences(sources), _table(release, sources)
    years = [row for row in release.rows(_YEARS) if row["source_code"] in release.sources]
    if not years:
        return Section("coverage", "Coverage and freshness", said, (), (table,))
    return Section(
        "coverage",
        "Coverage and freshness",
        said,
        (_chart(release, years),),
        (table,),
        "An empty cell means that no dataset is loaded. It does not mean that nothing was traded.",
        "What each source has, and how fresh it is.",
    )


def _is_old(row: Row) -> bool:
    """Whether the newest file of a source is older than its contract allows."""
    return row["max_age_days"] is not None and bool(row["age_days"] > row["max_age_days"])


def _kept_current(row: Row) -> str:
    """How often the publisher issues, for a source that is asked again."""
    return "no, a fixed extract" if row["cadence"] == "none" else str(row["cadence"] or "")


def _sentences(sources: list[Row]) -> tuple[Sentence, ...]:
    old = [f"{row['publisher']} ({row['source_code']})" for row in sources if _is_old(row)]
    kept = sorted({row["publisher"] for row in sources if not row["is_redistributable"]})
    said = [
        f"{plural(len(sources), 'source')} with {count(sum(row['n_rows'] for row in sources))} records are behind "
        f"this release; the newest file was loaded on {day(max(row['last_on'] for row in sources))}.",
        f"Older than their contract allows: {words(old)}." if old else "No source is older than its contract allows.",
    ]
    if kept:
        said.append(f"Not redistributable: figures of {words(kept)}.")
    return tuple(Sentence(text) for text in said)


def _table(release: Release, sources: list[Row]) -> Table:
    lines = tuple(
        Line(
            (
                Cell(row["publisher"]),
                Cell(row["description"] or ""),
                Cell(count(row["n_files"]), is_number=True),
                Cell(count(row["n_rows"]), is_number=True),
                Cell(day(row["last_on"])),
                Cell("older than allowed" if _is_old(row) else _kept_current(row), is_missing=_is_old(row)),
                Cell("yes" if row["is_redistributable"] else "no", mark="yes" if row["is_redistributable"] else "no"),
            ),
            release.origins("Source", row["source_code"], {}),
        )
        for row in sources
    )
    heads = ("Publisher", "What", "Files", "Records", "Last file", "Kept current", "Redistributable")
    return Table("Sources behind this release", heads, lines)


def _chart(release: Release, years: list[Row]) -> Chart:
    labels = _labels(release, {row["source_code"] for row in years})
    drawn = [
        {
            "label": labels[row["source_code"]],
            "source": row["source_code"],
            "publisher": release.sources[row["source_code"]]["publisher"],
            "year": row["year_number"],
            "reporters": row["n_reporters"],
            "periods": row["n_periods"],
        }
        for row in years
    ]
    first, last = (pick(row["year"] for row in drawn) for pick in (min, max))
    n_sources = len({row["source"] for row in drawn})
    return Chart(
        "coverage-by-year",
        "coverage",
        "Years for which a source has reports, by number of reporters",
        f"A grid of {plural(n_sources, 'source')} by year, {first} to {last}; a filled cell is a year with reports, an "
        "empty one a year without.",
        drawn,
        {},
        height=90 + 46 * n_sources,
    )


def _labels(release: Release, codes: set[str]) -> dict[str, str]:
    """A public name for each of `codes`: its publisher, or what it brings where a publisher has several of them."""
    publishers = Counter(str(release.sources[code]["publisher"]) for code in codes)
    sentences = {code: str(release.sources[code]["description"]).partition(". ")[0].rstrip(".") for code in codes}
    starts = Counter(sentence.partition(":")[0] for sentence in sentences.values())

    def label(code: str) -> str:
        publisher, sentence = str(release.sources[code]["publisher"]), sentences[code]
        if publishers[publisher] == 1:
            return publisher
        start = sentence.partition(":")[0]
        return start if starts[start] == 1 else sentence.partition(";")[0].partition(", as ")[0]

    return {code: label(code) for code in codes}
