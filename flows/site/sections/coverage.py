"""Coverage and freshness: which source has which years, how old its files are, and on which terms they stand."""

from __future__ import annotations

from flows.site.parts import Cell, Chart, Line, Section, Sentence, Table
from flows.site.release import Release
from flows.site.wording import count, day, plural, words

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
    date_diff('day', max(file.known_from), (select max(built_at) from core.dim_warehouse_release)) as age_days
from core.dim_source as source
inner join core.dim_release as file on source.source_code = file.source_code
where file.row_count > 0 and file.is_current
group by all
order by source.publisher, source.source_code
"""


def section(release: Release) -> Section:
    """Sources that stand behind this release."""
    sources, years = release.rows(_SOURCES), release.rows(_YEARS)
    drawn = [
        {
            "label": _label(release, row["source_code"]),
            "source": row["source_code"],
            "publisher": release.sources[row["source_code"]]["publisher"],
            "year": row["year_number"],
            "reporters": row["n_reporters"],
            "periods": row["n_periods"],
        }
        for row in years
        if row["source_code"] in release.sources
    ]
    old = [row for row in sources if row["max_age_days"] is not None and row["age_days"] > row["max_age_days"]]
    kept = [row["publisher"] for row in sources if not row["is_redistributable"]]
    sentences = [
        Sentence(
            f"{plural(len(sources), 'source')} with {count(sum(row['n_rows'] for row in sources))} records "
            f"stand behind this release; the newest file came in on {day(max(row['last_on'] for row in sources))}."
        )
    ]
    if old:
        named = words([f"{row['publisher']} ({row['source_code']})" for row in old])
        sentences.append(Sentence(f"Older than their contract allows: {named}."))
    else:
        sentences.append(Sentence("No source is older than its contract allows."))
    if kept:
        sentences.append(Sentence(f"May not be passed on: figures of {words(sorted(set(kept)))}."))
    lines = tuple(
        Line(
            (
                Cell(row["publisher"]),
                Cell(row["description"] or ""),
                Cell(count(row["n_files"]), is_number=True),
                Cell(count(row["n_rows"]), is_number=True),
                Cell(day(row["last_on"])),
                Cell("older than allowed" if row in old else row["cadence"] or "", is_missing=row in old),
                Cell("yes" if row["is_redistributable"] else "no", mark="yes" if row["is_redistributable"] else "no"),
            ),
            tuple(filter(None, [release.origin("Source", row["source_code"], {})])),
        )
        for row in sources
    )
    heads = ("Publisher", "What", "Files", "Records", "Last file", "Kept current", "May be passed on")
    table = Table("Sources behind this release", heads, lines)
    if not drawn:
        return Section("coverage", "Coverage and freshness", tuple(sentences), (), (table,))
    first, last = (pick(row["year"] for row in drawn) for pick in (min, max))
    n_sources = len({row["source"] for row in drawn})
    chart = Chart(
        "coverage",
        "coverage",
        "Years for which a source has reports, by number of reporters",
        f"A grid of {plural(n_sources, 'source')} by year, {first} to {last}; a filled cell is a year with reports, an "
        "empty one a year without.",
        drawn,
        {},
        height=40 + 46 * n_sources,
    )
    return Section(
        "coverage",
        "Coverage and freshness",
        tuple(sentences),
        (chart,),
        (table,),
        "An empty cell means that no dataset is at hand. It does not mean that nothing was traded.",
        "What each source has, and how fresh it is.",
    )


def _label(release: Release, code: str) -> str:
    """The publisher, with the source in words where it has several."""
    publisher = str(release.sources[code]["publisher"])
    alone = sum(source["publisher"] == publisher for source in release.sources.values()) == 1
    return publisher if alone else f"{publisher}: {code.replace('_', ' ')}"
