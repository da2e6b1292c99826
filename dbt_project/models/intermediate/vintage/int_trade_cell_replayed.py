"""Trade cells as they stood at the moments before files were replaced, made by the SQL that makes the current ones.

Cells depend on all files at once: files overlap, publications corroborate each other, rates turn yuan into dollars.
So a vintage of a cell is not a record of an old file, but what the models make of the files that were known at a
moment. Each staging and intermediate model notes its compiled SQL (macros/replay.sql); here the part of it that makes
cells runs again, with the files that were current then. That is for each moment at which a file was replaced, a
correction began or ended, or a file came beside a published one of the same period; without any of them nothing runs.

What is replayed of a part at a moment bears a number made of all it is made of, and stands as long as that is the same:
a build that starts as a copy replays only what it has not (macros/replay.sql). The states these are of the part are
noted apart, since each new one renumbers those before it; int_trade_replay has them. The numbers of the cells as they
are now are noted, too: where a moment has one that the last release noted, its cells are taken from there.

Reason for size: a Python model can import nothing of the project, so finding the moments and replaying them share it.
"""

import hashlib
import re
from bisect import bisect_left
from datetime import timedelta

RELATION = re.compile(r'"(\w+)"\."(\w+)"\."(\w+)"')
# Tables that bring no cells but decide how those of some sources look. Their files grow by the day, so the moments at
# which one is replaced count only where it said something else, not something more.
IN_DOLLARS = ("baci", "census", "comtrade_api", "comtrade_bulk", "comtrade_csv", "comtrade_extract", "imf_imts")
LOOKED_UP = {
    "cbr__daily_rate": lambda source: source not in IN_DOLLARS,
    "macro_extract__exchange_rate": lambda source: source not in IN_DOLLARS,
    "ecb__reference_rate": lambda source: source not in IN_DOLLARS,
    "comtrade_api__publication_note": lambda source: source.startswith("comtrade_"),
    "baci__country_code": lambda source: source == "baci",
}
# Those of them whose first file, too, says something else of cells there are already: what they are in dollars.
RATES = ("cbr__daily_rate", "macro_extract__exchange_rate", "ecb__reference_rate")
# What tells of a record which cells it may bear on: those of its reporter and period, of the whole period without one.
MARKS = {"source_code", "period_code", "file_id"}
CORRECTIONS_STEP = ("raw", "stg_ledger__correction")
CORRECTIONS = ".".join(("workings", *CORRECTIONS_STEP))
PAST_CORRECTIONS = "landed.ledger.past_correction"
# What a replay reads as it was at its moment.
OF_THE_MOMENT = (("landed", "raw", "file"), ("landed", "ledger", "correction"))
FACTS = [("core", "fct_trade"), ("core", "fct_trade_total")]
CELLS = ("core", "trade_cell")
NOTED = "workings.intermediate.noted_replay"
PUBLISHED = "workings.intermediate.noted_number"
RELEASES = (
    "select built_at from landed.ledger.run where state = 'published' and kind <> 'rollback' and built_at is not null "
    "order by built_at"
)
# When a file of a source came or went, and a published one of another partition stayed that reports the same period, or
# another HS revision, of which only one is added up.
BESIDE = """
    with
        partition as (
            select
                file_id, source_code, concat(table_name, '|', vintage_of) as partition_code, hs_revision,
                known_from, known_to
            from landed.raw.file
            where
                list_contains($sources, source_code)
                and not list_contains($lists, source_code || '__' || table_name)
                and (known_to > known_from or (is_current and known_from is not null))
        ),
        event as (
            select * exclude (known_from, known_to), unnest([known_from, known_to]) as moment from partition
        ),
        dated as (
            select event.*, release.built_at as released_at
            from event
            asof inner join (select unnest($releases) as built_at) as release on event.moment > release.built_at
        ),
        mark as (
            select marked.*, partition.partition_code
            from workings.replay.marked inner join partition using (source_code, file_id)
        ),
        -- partitions first, since one may have had a file a day
        meeting as (
            select one.source_code, one.partition_code, other.partition_code as other_code
            from (select distinct * exclude (file_id) from mark) as one
            inner join (select distinct * exclude (file_id) from mark) as other
                using (source_code, reporter_code, period_code)
            where one.partition_code <> other.partition_code
            group by all
        ),
        pair as (
            select event.file_id as file_id, stayed.file_id as stayed_file_id
            from meeting
            inner join partition as event using (source_code, partition_code)
            inner join partition as stayed
                on meeting.source_code = stayed.source_code and meeting.other_code = stayed.partition_code
                and (event.known_to is null or stayed.known_from <= event.known_to)
                and (stayed.known_to is null or stayed.known_to >= event.known_from)
            inner join mark on event.file_id = mark.file_id
            inner join mark as other
                on stayed.file_id = other.file_id
                and mark.reporter_code = other.reporter_code and mark.period_code = other.period_code
            group by all
            union
            select event.file_id, stayed.file_id
            from (select * from partition where hs_revision is not null) as event
            inner join (select * from partition where hs_revision is not null) as stayed using (source_code)
            where event.hs_revision <> stayed.hs_revision
        )
    select distinct dated.moment, dated.source_code
    from dated
    inner join pair using (file_id)
    inner join partition as stayed on pair.stayed_file_id = stayed.file_id
    where
        dated.partition_code <> stayed.partition_code
        and stayed.known_from <= dated.released_at
        and (stayed.known_to is null or stayed.known_to > dated.moment)
"""
COLUMNS = """
    source_code, reporter_code, partner_code, flow_code, product_key, period_code, value_usd, value_usd_min,
    value_usd_max, value_original, original_currency_code, conversion_rule, rate_publication_id, n_reports, choice_rule,
    net_weight_kg, quantity, quantity_unit_code, valuation_code, coverage, cell_state, is_corrected,
    uncorrected_value_usd, publication_id, file_id, line, is_additive
"""


def moments(ends):
    """Group the ends of files into few moments: [(moment, parts that lost a file)], the earliest first.

    `ends` are (known_from, known_to, part) of replaced files. Just before the first end of a group every file that
    ends in the group was known, so one replay shows them all; a file that began later opens the next group.
    """
    groups = []
    for known_from, known_to, part in sorted(ends, key=lambda end: (end[1], end[0], end[2])):
        if not groups or known_from >= groups[-1][0]:
            groups.append((known_to, set()))
        groups[-1][1].add(part)
    return groups


def with_corrections(spans, corrections):
    """Split `spans`, (known_from, known_to, part) of every file, where a correction of their source was made.

    `corrections` are (source_code, moment): when one began to count, or ceased to. Only spans that ended are left: what
    is known now is not replayed. A span that ends with a correction counts from just before it, so that it is replayed
    at that very moment.
    """
    ended = set()
    for known_from, known_to, part in spans:
        cuts = sorted({
            at for source, at in corrections
            if source == part[0] and at > known_from and (known_to is None or at < known_to)
        })  # fmt: skip
        ended.update((cut - timedelta(microseconds=1), cut, part) for cut in cuts)
        if known_to is not None:
            ended.add((cuts[-1] if cuts else known_from, known_to, part))
    return sorted(ended)


def first_since_release(arrivals, releases):
    """Of moments of parts, (moment, part), the first of each part after each release: what that release shows of the
    part ends there, and nobody knew what came between it and the next one. None before the first release."""
    found = {}
    for moment, part in sorted(arrivals):
        n_releases = bisect_left(releases, moment)
        if n_releases:
            found.setdefault((part, n_releases), moment)
    return sorted((moment, part) for (part, _), moment in found.items())


def states(groups):
    """{moment: [(part, state_number, state_began_at, next_replayed_at)]} of the parts that lost a file at it.

    The states of a part are numbered backwards from its current one, which is 0; the times are those of the moments
    before and after it, None where there is none.
    """
    found = {moment: [] for moment, _ in groups}
    for part in sorted({part for _, affected in groups for part in affected}):
        own = [moment for moment, affected in groups if part in affected]
        for n, moment in enumerate(own):
            found[moment].append((part, n - len(own), own[n - 1] if n else None, (own[n + 1 :] or [None])[0]))
    return found


def chain(steps, last):
    """Names of the models that `last` is made of, itself the last, each after those it reads."""
    ordered = []

    def visit(name):
        for _, schema, other in RELATION.findall(steps[name]):
            if (schema, other) in steps and (schema, other) != name and (schema, other) not in ordered:
                visit((schema, other))
        if name not in ordered:
            ordered.append(name)

    visit(last)
    return ordered


def marking(steps, names, columns):
    """The first models on the way to cells that say source, period and file of each record: before any is chosen."""
    found = []
    for name in names:
        if columns.get(name, set()) >= MARKS and not set(found) & set(chain(steps, name)[:-1]):
            found.append(name)
    return found


def sources_read(steps, names):
    """Sources whose landed records these models read; none where they read of files alone."""
    read = {found for name in names for found in RELATION.findall(steps[name])}
    return {table.split("__")[0] for database, _, table in read if database == "landed" and "__" in table}


def cells_of(part, replay_id, schema="workings.replay"):
    """The query for the cells of a part at the moment that was replayed last, or those of the last release."""
    source_code, partition_code = part
    of_partition = f"and file_id in (select file_id from landed.raw.file where vintage_of = {literal(partition_code)})"
    return (
        f"select {COLUMNS}, {literal(replay_id)} as replay_id from "
        f"(select *, true as is_additive from {schema}.fct_trade union all by name "
        f"select *, false as is_additive from {schema}.fct_trade_total) "
        f"where source_code = {literal(source_code)} {of_partition if partition_code else ''}"
    )


def literal(value):
    """A text or a time as SQL, NULL where there is none."""
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"


def digest(made_of):
    """A number of what something is made of."""
    return hashlib.md5(repr(made_of).encode(), usedforsecurity=False).hexdigest()


class Replay:
    """The models that make trade cells, ready to run over the files of any moment."""

    def __init__(self, session):
        self.session = session
        # SQL that was written for Spark (macros/portability/content_id.sql) says it so
        session.execute("create or replace temp macro conv(digits, from_base, to_base) as '0x' || digits")
        noted = session.execute(
            "select relation_name, sql_text from workings.intermediate.noted_sql order by rowid"
        ).fetchall()
        # what is named for dbt's order alone is not read
        self.steps = {RELATION.findall(name)[0][1:]: re.sub(r"-- depends_on: .*", "", sql) for name, sql in noted}
        self.names = list(dict.fromkeys(name for fact in FACTS for name in chain(self.steps, fact)))
        read = {found for name in self.names for found in RELATION.findall(self.steps[name])}
        self.landed = {table for database, schema, table in read if (database, schema) == ("landed", "raw")}
        self.rules = digest([self.steps[name] for name in self.names])
        self.files = session.execute(
            "select known_from, known_to, source_code, source_code || '__' || table_name, vintage_of, "
            "columns(* exclude (is_current, known_to)) from landed.raw.file where known_from is not null "
            "order by file_id"
        ).fetchall()
        self.sources = session.execute("select source_code, * from landed.ledger.source order by all").fetchall()
        # what a correction is made of, but for the end of its span, numbers the cells it is in
        self.corrections = session.execute(
            f"select source_code, known_from, null::timestamp, * from {CORRECTIONS} union all "
            "select source_code, known_from, known_to, * exclude (known_from, known_to), known_from, 'warehouse' "
            f"from {PAST_CORRECTIONS} order by all"
        ).fetchall()
        self.spans = session.execute(
            "select file_id, known_from, known_to, source_code, source_code || '__' || table_name as landed_name, "
            "vintage_of from landed.raw.file where known_to > known_from or (is_current and known_from is not null) "
            "order by known_to, file_id"
        ).fetchall()
        self.releases = [built_at for (built_at,) in session.execute(RELEASES).fetchall()]
        self.looked_up = self._looked_up()
        self.apart = self._apart()

    def ends(self):
        """(known_from, known_to, part) of every state that ended: by a file that was replaced, in every source whose
        cells it may have changed, or by a correction."""
        own = [
            (known_from, known_to, self.part_of(source, vintage_of))
            for _, known_from, known_to, source, table, vintage_of in self.spans
            if table in self.landed and table not in LOOKED_UP
        ]
        came = first_since_release(self._arrivals() + self._first_rates(), self.releases)
        arrived = [(moment - timedelta(microseconds=1), moment, part) for moment, part in came]
        corrected = [(source, at) for source, *span in self.corrections for at in span[:2] if at is not None]
        return with_corrections(own + self.looked_up + arrived, corrected)

    def _arrivals(self):
        """(moment, part) of the files that came or went beside published ones: cells are chosen among all files, so
        others may count then though none of theirs was replaced."""
        sources = {
            source for _, known_from, known_to, source, table, _ in self.spans
            if table in self.landed and table not in LOOKED_UP and source not in self.apart
            and self.releases and (known_to or known_from) > self.releases[0]
        }  # fmt: skip
        if not sources:
            return []
        self._mark(sources)
        found = self.session.execute(
            BESIDE, {"sources": sorted(sources), "releases": self.releases, "lists": sorted(LOOKED_UP)}
        ).fetchall()
        return [(moment, (source, "")) for moment, source in found]

    def _first_rates(self):
        """(moment, part) of the first files of exchange rates, for all of each source they decide about that was there:
        what had no rate may have one then."""
        first, there = {}, {}
        for _, known_from, _, source, table, vintage_of in self.spans:
            if table in self.landed and table in RATES:
                first[table, vintage_of] = min(known_from, first.get((table, vintage_of), known_from))
            elif table in self.landed and table not in LOOKED_UP:
                there[source] = min(known_from, there.get(source, known_from))
        return [
            (moment, (source, ""))
            for (table, _), moment in first.items()
            for source, since in there.items()
            if LOOKED_UP[table](source) and any(since <= release < moment for release in self.releases)
        ]

    def _mark(self, sources):
        """Note which reporters and periods each file of these sources has records of, replaced ones too."""
        self.session.execute(
            """
            create or replace table workings.replay.file as
            select * replace (known_from is not null and list_contains($sources, source_code) as is_current)
            from landed.raw.file
            """,
            {"sources": sorted(sources)},
        )
        self.session.execute("create or replace table workings.replay.correction as from landed.ledger.correction")
        self.session.execute(
            "create or replace table workings.replay.marked "
            "(source_code varchar, reporter_code varchar, period_code varchar, file_id varchar)"
        )
        columns = {}
        for schema, table, column in self.session.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where schema_name <> 'replay'"
        ).fetchall():
            columns.setdefault((schema, table), set()).add(column)
        for name in marking(self.steps, self.names, columns):
            made_of = chain(self.steps, name)
            read = sources_read(self.steps, made_of)
            if read and not read & sources:
                continue
            for step in made_of:
                sql = self._moved(self.steps[step])
                self.session.execute(f"create or replace view workings.replay.{step[1]} as {sql}")
            reporter = "reporter_code" if "reporter_code" in columns[name] else "''"
            self.session.execute(
                f"insert into workings.replay.marked select distinct source_code, {reporter}, period_code, file_id "
                f"from workings.replay.{name[1]} where period_code is not null"
            )
            for step in made_of:  # a replay makes tables of these names
                self.session.execute(f"drop view workings.replay.{step[1]}")

    def part_of(self, source_code, partition_code):
        """The part that holds the cells of a partition: that partition where it stands apart, else the whole source."""
        return source_code, partition_code if source_code in self.apart else ""

    def parts_now(self):
        """The parts there are cells of."""
        return sorted({
            self.part_of(source, vintage_of)
            for _, known_to, source, table, vintage_of, *_ in self.files
            if known_to is None and table in self.landed and table not in LOOKED_UP
        })  # fmt: skip

    def _looked_up(self):
        """(known_from, known_to, part) of the files cells are looked up in that were replaced by something else, for
        all of each source they decide about."""
        sources = sorted({name.split("__")[0] for name in self.landed})
        return [
            (known_from, known_to, (source, ""))
            for file_id, known_from, known_to, _, table, vintage_of in self.spans
            if table in LOOKED_UP and table in self.landed and known_to is not None
            and self._said_otherwise(table, file_id, known_to, vintage_of)
            for source in sources if LOOKED_UP[table](source)
        ]  # fmt: skip

    def _apart(self):
        """Sources whose partitions do not bear on each other: by their contract, as long as they hold one HS revision,
        since of two only one is added up, and nothing that ended concerns all of the source."""
        found = self.session.execute(
            "select source.source_code from landed.ledger.source inner join landed.raw.file using (source_code) "
            "where source.partitions_are_apart group by source.source_code having count(distinct file.hs_revision) <= 1"
        ).fetchall()
        of_all = {source for source, *_ in self.corrections} | {source for _, _, (source, _) in self.looked_up}
        return {source for (source,) in found} - of_all

    def _said_otherwise(self, table, file_id, known_to, vintage_of):
        """Whether the file has a record that is not in the one that replaced it."""
        records = f"select * exclude (file_id, line) from landed.raw.{table} where file_id"
        later = (
            "select file_id from landed.raw.file where source_code || '__' || table_name = ? "
            "and vintage_of is not distinct from ? and known_from = ?"
        )
        gone = self.session.execute(
            f"select count(*) from ({records} = ? except {records} in ({later}))",
            [file_id, table, vintage_of, known_to],
        ).fetchone()
        return gone[0] > 0

    def number(self, part, moment=None):
        """Number of the cells of a part just before `moment`, or now: of the rules, files and corrections they are
        made of."""
        source_code, partition_code = part
        lists = {table for table, decides in LOOKED_UP.items() if decides(source_code)}

        def was_known(known_from, known_to):
            if moment is None:
                return known_to is None
            return known_from < moment and (known_to is None or known_to >= moment)

        files = [
            said for known_from, known_to, source, table, vintage_of, *said in self.files
            if was_known(known_from, known_to)
            and (table in lists or (source == source_code and partition_code in ("", vintage_of)))
        ]  # fmt: skip
        corrections = [
            made for source, known_from, known_to, *made in self.corrections
            if source == source_code and was_known(known_from, known_to)
        ]  # fmt: skip
        source = [said for said in self.sources if said[0] == source_code]
        return digest((part, files, source, corrections, self.rules))

    def run(self, moment, parts):
        """Make the cells of `parts` as they were just before `moment`, as tables of the replay."""
        self.session.execute(
            """
            create or replace table workings.replay.file as
            select * replace (
                (known_to is null or known_to >= $moment)
                and (
                    list_contains($parts, source_code || '|')
                    or list_contains($parts, source_code || '|' || vintage_of)
                    or list_contains($lists, source_code || '__' || table_name)
                ) as is_current,
                case when known_to < $moment then known_to end as known_to
            )
            from landed.raw.file
            where known_from < $moment
            """,
            {"moment": moment, "parts": sorted("|".join(part) for part in parts), "lists": sorted(LOOKED_UP)},
        )
        self.session.execute(
            f"""
            create or replace table workings.replay.correction as
            select * from landed.ledger.correction
            union all
            select * exclude (known_to) from {PAST_CORRECTIONS} where known_from < $moment and known_to >= $moment
            """,
            {"moment": moment},
        )
        for name in self.names:
            sql = self._moved(self.steps[name])
            if name == CORRECTIONS_STEP:
                sql = f"select * from ({sql}) where known_from < '{moment}'"
            # what is read once, for the parts that lost a file, is not kept
            kind = "view" if name in (CELLS, *FACTS) else "table"
            self.session.execute(f"create or replace {kind} workings.replay.{name[1]} as {sql}")

    def _moved(self, sql):
        """The SQL of a model, reading the tables of the moment."""

        def moved(found):
            if found.groups() in OF_THE_MOMENT:
                return f"workings.replay.{found[3]}"
            return f"workings.replay.{found[3]}" if (found[2], found[3]) in self.names else found[0]

        return RELATION.sub(moved, sql)


def numbers_in(session, database, schema, table):
    """The numbers that stand in a table; none where there is no such table."""
    there = "select 1 from duckdb_tables() where (database_name, schema_name, table_name) = (?, ?, ?)"
    if session.execute(there, [database, schema, table]).fetchone() is None:
        return set()
    found = session.execute(f"select distinct replay_id from {database}.{schema}.{table}").fetchall()
    return {number for (number,) in found}


def insert_rows(session, table, rows):
    """Add rows to a table in one statement."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        session.execute(f"insert into {table} select {', '.join('unnest(?)' for _ in columns)}", columns)


def model(dbt, session):
    """The dbt model: one row per cell and replay it is of, but for those replays that stand in the table already."""
    dbt.config(materialized="table")
    dbt.ref("fct_trade")  # so that this runs when every model that makes cells has noted its SQL
    dbt.ref("fct_trade_total")
    dbt.ref("stg_landed__file")  # what ended is read where they read it
    dbt.ref("stg_ledger__correction")
    session.execute(
        f"""
        create or replace table workings.replay.state as
        select {COLUMNS}, null::varchar as replay_id from (select *, true as is_additive from core.fct_trade) limit 0;
        delete from {NOTED}
        """
    )
    replay = Replay(session)
    groups = moments(replay.ends())
    numbered = states(groups)
    stands = numbers_in(session, dbt.this.database, dbt.this.schema, dbt.this.identifier)
    published = numbers_in(session, *PUBLISHED.split("."))
    noted, last, taken = [], [], []
    for moment, _ in groups:
        missing = {}
        for part, *state in numbered[moment]:
            replay_id = replay.number(part, moment)
            state_number, began_at, next_at = state
            noted.append([part[0], part[1] or None, state_number, moment, began_at, next_at, replay_id])
            if replay_id in stands:
                continue
            if replay_id in published:
                taken.append(cells_of(part, replay_id, "last_release.core"))
            else:
                missing[part] = replay_id
            stands.add(replay_id)  # two moments between which nothing of the part changed have the same cells
        if missing:
            for query in last:
                session.execute(f"insert into workings.replay.state {query}")
            replay.run(moment, missing)
            last = [cells_of(*of_part) for of_part in missing.items()]
    insert_rows(session, NOTED, noted)
    session.execute(f"delete from {PUBLISHED}")
    insert_rows(session, PUBLISHED, [[*part, replay.number(part)] for part in replay.parts_now()])
    # those of the last moment are written once, as rows of this model
    return session.sql(" union all ".join(["from workings.replay.state", *last, *taken]))
