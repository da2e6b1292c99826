"""Reading one release for the page: which pairs, rows by pair, and where a figure comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from flows.exports.site.measures import measures
from flows.exports.site.pair import Pair
from flows.exports.site.parts import Origin, Row
from flows.ledger import Ledger
from flows.read.invented import told
from flows.read.published import ask
from flows.read.wording.codes import rule
from flows.read.wording.members import WITHOUT_MEMBERS
from flows.read.wording.names import in_text
from flows.read.wording.numbers import possessive, printed_on
from flows.settings import Settings

PAIRS_AT_MOST = 400

# Every unordered pair with any figure of a year, if of one flow only, or with a group whose members have one; both ways
# in one line, most figures first.
_PAIRS = """
create or replace temp table known_pair as
with reported as (
    select
        least(year.reporter_code, year.partner_code) as first_code,
        greatest(year.reporter_code, year.partner_code) as second_code,
        count(year.turnover_any_basis_usd) as n_figures,
        count(*) filter (where year.turnover_basis = 'own') as n_own,
        max(coalesce(year.turnover_any_basis_usd, year.exports_usd, year.imports_usd)) as largest_usd
    from marts.bilateral_year as year
    inner join core.dim_area as reporter on year.reporter_code = reporter.area_code
    inner join core.dim_area as partner on year.partner_code = partner.area_code
    where reporter.area_kind in ('economy', 'group') and partner.area_kind in ('economy', 'group')
    group by all
    having count(coalesce(year.turnover_any_basis_usd, year.exports_usd, year.imports_usd)) > 0
),
added_up as (
    select
        least(sums.reporter_code, sums.partner_code) as first_code,
        greatest(sums.reporter_code, sums.partner_code) as second_code,
        0 as n_figures,
        0 as n_own,
        max(sums.turnover_known_usd) as largest_usd
    from marts.bilateral_group_year as sums
    inner join core.dim_area as reporter on sums.reporter_code = reporter.area_code
    inner join core.dim_area as partner on sums.partner_code = partner.area_code
    where
        sums.turnover_known_usd is not null
        and reporter.area_kind in ('economy', 'group')
        and partner.area_kind in ('economy', 'group')
    group by all
),
known as (
    from reported
    union all
    select added_up.* from added_up anti join reported using (first_code, second_code)
),
article as (
    select
        least(subject_code, counterpart_code) as first_code,
        greatest(subject_code, counterpart_code) as second_code,
        count(*) as n_statements
    from core.fct_statement
    where is_article and counterpart_code is not null
    group by all
)
select
    known.*,
    row_number() over (
        order by
            article.n_statements desc nulls last, known.n_own desc, known.n_figures desc,
            known.largest_usd desc nulls last, known.first_code, known.second_code
    ) as place
from known
left join article using (first_code, second_code)
"""

# The pairs on the page; and both ways of each, for queries that would else rank all rows there are.
_SHOWN = """
create or replace temp table shown_pair as from known_pair where place <= {most};
create or replace temp view shown_way as
select first_code as reporter_code, second_code as partner_code from shown_pair
union all
select second_code, first_code from shown_pair
"""

_BY_PAIR = """
select asked.*, shown.first_code || '-' || shown.second_code as pair_key
from (select *, row_number() over () as asked_place from ({sql})) as asked
inner join shown_pair as shown
    on least(asked.one_code, asked.other_code) = shown.first_code
    and greatest(asked.one_code, asked.other_code) = shown.second_code
order by asked.asked_place  -- a join keeps no order
"""

_RELEASE = """
select
    run_id, release_number, built_at, published_at,
    (select count(*) from core.dim_release) as n_releases,
    (select bool_or(is_last_release) from core.dim_release) as is_compared
from core.dim_release
where is_this_release
"""

_FILES = """
select file_id, path, url, known_from::date as known_on, release_label from core.dim_raw_file
"""

_READ_IN = """
select file_id, line, min(publication_id) as publication_id
from core.fct_trade_report
where publication_id is not null
group by all
having count(distinct publication_id) = 1
"""


class _Told(NamedTuple):
    """What every figure of one source, or of two, has to say of it."""

    publishers: tuple[str, ...]
    licences: tuple[str, ...]
    may_be_passed_on: bool
    home: str

    @classmethod
    def by(cls, sources: list[Row]) -> _Told:
        """What the rows of these sources say."""
        return cls(
            tuple(source["publisher"] for source in sources),
            tuple(source["licence"] for source in sources),
            all(source["is_redistributable"] for source in sources),
            str(sources[0]["landing_page"] or ""),
        )


class Release:
    """A published file, open for reading. Everything the page says comes through here."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        most: int = PAIRS_AT_MOST,
        left_out: Sequence[str] = (),
        is_numbered: bool = True,
    ) -> None:
        """`left_out` are sources it was built without; `is_numbered` says whether it is a release of the warehouse."""
        self._con = con
        self.most = most
        self.left_out, self.is_numbered = tuple(left_out), is_numbered
        self.lacking: set[Any] = set()
        """Sections that read what this release lacks, since other code made it; known once its pages are drawn."""
        con.execute(_PAIRS)
        con.execute(_SHOWN.format(most=most))
        self.areas: dict[str, str] = {
            row["area_code"]: row["area_name"] for row in self.rows("select area_code, area_name from core.dim_area")
        }
        economies = self.rows("select area_code from core.dim_area where is_economy")
        self.economies = frozenset(str(row["area_code"]) for row in economies)
        groups = sorted(self.areas.keys() - self.economies)
        self.without_members = {row["area_code"]: row for row in self.rows(WITHOUT_MEMBERS, [groups])}
        self.about = self.rows(_RELEASE)[0]
        self.measures = measures(self.rows)
        self.warning = told(con)
        self.sources = {row["source_code"]: row for row in self.rows("from core.dim_source")}
        self._files = {row["file_id"]: row for row in self.rows(_FILES)}
        self._publications = {row["publication_id"]: row for row in self.rows("from core.dim_publication")}
        self._read_in = {(row["file_id"], row["line"]): row["publication_id"] for row in self.rows(_READ_IN)}

    @property
    def called(self) -> str:
        """What it is called within a sentence: a release by its number, or the redistributable part of one."""
        return f"release {self.about['release_number']}" if self.is_numbered else "redistributable figures only"

    def rows(self, sql: str, parameters: list[Any] | None = None) -> list[Row]:
        """The rows of a query as dictionaries."""
        return ask(self._con, sql, parameters).records()

    def pairs(self) -> list[Pair]:
        """The pairs the page holds, first the one it opens with; at most `most` of `n_pairs`."""
        found = self.rows("select first_code, second_code from shown_pair order by place")
        return [self.pair(row["first_code"], row["second_code"]) for row in found]

    @property
    def n_pairs(self) -> int:
        """Pairs of which the release has any figure."""
        return int(self.rows("select count(*) as n from known_pair")[0]["n"])

    def pair(self, first: str, second: str) -> Pair:
        """The pair of two codes."""
        ordered = sorted((first, second), key=lambda code: self.areas[code])
        return Pair((ordered[0], ordered[1]), (self.areas[ordered[0]], self.areas[ordered[1]]))

    def teller(self, pair: Pair, row: Row) -> tuple[str, str]:
        """Who says a figure of `pair`, for a table, and how a sentence puts it.

        That is the reporter, but for a source that compiles figures of its own from reports: a reconciled figure is
        nobody's report.
        """
        source = self.sources[row["source_code"]]
        if source["report_kind"] == "compiled":
            publisher = str(source["publisher"]).partition(",")[0]  # what follows names its data
            return publisher, f"as compiled by {publisher}"
        reporter = pair.name(row["one_code"])
        return reporter, f"by {possessive(in_text(reporter))} report"

    def by_pair(self, sql: str) -> dict[str, list[Row]]:
        """The rows of a query with two area codes, `one_code` and `other_code`, in its order, by key of the pair."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows(_BY_PAIR.format(sql=sql)):
            found[row["pair_key"]].append(row)
        return found

    def origins(self, figure: str, source: str | None, row: Row, **said: str) -> tuple[Origin, ...]:
        """Where `figure` comes from: one origin, or none where the row names no source.

        `source` may name two, joined by a plus sign. `row` may have publication_id, file_id and line; a line of a
        file of quoted figures tells the publication too.
        """
        told = self._told_by(source or "")
        if told is None:
            return ()
        file, line = self._files.get(row.get("file_id") or "", {}), row.get("line")
        read_in = row.get("publication_id") or self._read_in.get((row.get("file_id"), line), "")
        publication = self._publications.get(read_in, {})
        address = str(publication.get("url") or file.get("url") or "")
        origin = Origin(
            figure=figure,
            publishers=told.publishers,
            licences=told.licences,
            may_be_passed_on=told.may_be_passed_on,
            rule=rule(said.get("rule")),
            period=printed_on(said.get("period", "")),
            vintage=_vintage(file["known_on"]) if file else "",
            title=_titled(publication),
            address=address,
            home="" if address else told.home,
            path=file.get("path", ""),
            line=str(line) if file and line else "",
        )
        return (origin,)

    @cached_property
    def _told(self) -> dict[str, _Told | None]:
        """What sources that were asked for have to say."""
        return {}

    def _told_by(self, source: str) -> _Told | None:
        if source not in self._told:
            known = [self.sources[code] for code in source.split("+") if code in self.sources]
            self._told[source] = _Told.by(known) if known else None
        return self._told[source]

    def origins_of_file(self, figure: str, row: Row, **said: str) -> tuple[Origin, ...]:
        """The same for a row that names the raw file it was read in: a file's id begins with its source."""
        return self.origins(figure, str(row["file_id"] or "").partition("/")[0], row, **said)


def _titled(publication: Row) -> str:
    """Publisher, title and day of a publication, as far as on record."""
    if not publication:
        return ""
    said = [str(publication[name]) for name in ("publisher", "title") if publication.get(name)]
    when = printed_on(str(publication.get("published_on") or ""))
    return ", ".join([*said, when] if when else said)


@cache
def _vintage(known_on: date) -> str:
    return f"known since {printed_on(str(known_on))}"


@contextmanager
def reading(settings: Settings, path: Path, most: int = PAIRS_AT_MOST) -> Iterator[Release]:
    """The release at `path`, read-only, reaching no other file; `most` pairs get a page of their own."""
    config = {**settings.duckdb_config, "enable_external_access": False}
    published = path.resolve().is_relative_to(settings.releases.resolve())
    with duckdb.connect(str(path), read_only=True, config=config) as con:
        yield Release(con, most, _left_out(settings, con), published)


def _left_out(settings: Settings, con: duckdb.DuckDBPyConnection) -> list[str]:
    """The sources this file was built without, by the record of its run; none where there is no record."""
    made_by = {row["run_id"] for row in ask(con, _RELEASE).records()}
    return [source for run in Ledger(settings).heads() if run.run_id in made_by for source in run.left_out]
