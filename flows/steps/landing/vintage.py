"""Vintages: which of the files that landed is the best knowledge, from when on, and until when.

A file is known from its fetching until the next accepted file of the same thing was fetched. Where files are published
together as an edition (the years of a BACI release), they are known when the last of them is here, all at once, and
until a later release is whole: no published state holds two releases, not even while one is on its way.
"""

from __future__ import annotations

from collections import defaultdict

import duckdb

from flows.contracts import Table
from flows.ledger import RawFileRecord

_FILES = """
    select
        file_id, partition_key, vintage_of, edition_of, edition_parts, fetched_at,
        coalesce(release_label, '') as edition
    from raw.file
    where source_code = $source and table_name = $table and state = 'landed'
"""

_ONE_BY_ONE = f"""
with landed as ({_FILES}),
vintage as (
    select
        file_id, fetched_at as known_from,
        lead(fetched_at) over (partition by vintage_of order by fetched_at, file_id) as known_to
    from landed
)
"""

# An edition is what has the same edition_of and release_label. Files of which no one said how many belong together
# (dropped one by one) make an edition too, but never replace a whole one, and among them the larger counts first.
_BY_EDITION = f"""
with landed as ({_FILES}),
arrival as (
    select
        edition_of, edition, min(fetched_at) as arrived_at,
        row_number() over (partition by edition_of, edition order by min(fetched_at), partition_key) as number
    from landed
    group by edition_of, edition, partition_key
),
known as (
    select
        landed.*,
        case
            when landed.edition_parts is null then landed.fetched_at
            when last_part.arrived_at is not null then greatest(landed.fetched_at, last_part.arrived_at)
        end as known_from
    from landed
    left join arrival as last_part
        on landed.edition_of = last_part.edition_of and landed.edition = last_part.edition
        and landed.edition_parts = last_part.number
),
edition as (
    select
        edition_of, edition, min(known_from) as known_from, bool_or(edition_parts is not null) as is_whole,
        case when is_whole then 0 else count(distinct partition_key) end as n_parts
    from known
    where known_from is not null
    group by edition_of, edition
),
replaced as (
    select edition.edition_of, edition.edition, min(later.known_from) as known_to
    from edition
    inner join edition as later
        on edition.edition_of = later.edition_of
        and (later.is_whole, later.n_parts, later.edition) > (edition.is_whole, edition.n_parts, edition.edition)
    group by edition.edition_of, edition.edition
),
vintage as (
    select
        known.file_id, known.known_from,
        least(
            lead(known.known_from) over (partition by known.partition_key order by known.fetched_at, known.file_id),
            case when replaced.known_to is not null then greatest(replaced.known_to, known.known_from) end
        ) as known_to
    from known
    left join replaced on known.edition_of = replaced.edition_of and known.edition = replaced.edition
    where known.known_from is not null
)
"""

_UPDATE = """
update raw.file
set is_current = vintage.known_from is not null and vintage.known_to is null,
    known_from = vintage.known_from, known_to = vintage.known_to
from (
    select file.file_id, vintage.known_from, vintage.known_to
    from raw.file as file
    left join vintage on file.file_id = vintage.file_id
    where file.source_code = $source and file.table_name = $table
) as vintage
where file.file_id = vintage.file_id
"""


def vintage_of(table: Table, record: RawFileRecord) -> str:
    """What the file is a vintage of: its partition, or what the contract makes of its labels."""
    return table.vintage_of.format_map(defaultdict(str, record.labels)) if table.vintage_of else record.partition


def current(con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord) -> tuple[str, int] | None:
    """Id and row count of the file `record` would take the place of; an earlier release takes that of no later one."""
    release = record.labels.get("release", "") if table.edition_of else None
    return con.execute(
        "select file_id, row_count from raw.file where source_code = ? and table_name = ? and vintage_of = ? "
        "and is_current and (? is null or coalesce(release_label, '') <= ?)",
        [record.source, record.table, vintage_of(table, record), release, release],
    ).fetchone()


def mark(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Say of every file of `table` from when to when it is the best knowledge, and whether it is now."""
    sql = (_BY_EDITION if table.edition_of else _ONE_BY_ONE) + _UPDATE
    con.execute(sql, {"source": table.source, "table": table.name})


_HELD_BACK = """
with part as (
    select
        file_id, source_code, edition_of, release_label, edition_parts, known_from,
        count(*) over (partition by source_code, table_name, edition_of, release_label) as n_here
    from raw.file
    where state = 'landed' and edition_of is not null
)
select file_id, source_code, edition_of, release_label, edition_parts, n_here
from part
where known_from is null
"""

# What an edition had and the one that replaced it has not, told once for each edition that has it last.
_LEFT_BEHIND = """
with last_had as (
    select file_id, source_code, table_name, edition_of, vintage_of, release_label
    from raw.file
    where state = 'landed' and edition_of is not null and known_from is not null
    qualify
        row_number() over (
            partition by source_code, table_name, vintage_of
            order by is_current desc, release_label desc nulls last, fetched_at desc, file_id
        ) = 1
        and not is_current
)
select
    arg_min(old.file_id, old.vintage_of), old.source_code, old.release_label,
    string_agg(old.vintage_of, ', ' order by old.vintage_of), later.release_label
from last_had as old
inner join (
    select distinct source_code, table_name, edition_of, release_label
    from raw.file
    where is_current and edition_of is not null
) as later
    on old.source_code = later.source_code and old.table_name = later.table_name and old.edition_of = later.edition_of
    and old.release_label <> later.release_label
group by old.source_code, old.table_name, old.edition_of, old.release_label, later.release_label
"""


def held_back(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Files that landed and are not published, with a sentence that says why: their release is not whole yet, or the
    one that replaced it has nothing in their place.
    """
    sentences = {
        file_id: f"{source} {edition_of} release {release} is held back until it is whole ({here} of {parts} files "
        f"{'is' if here == 1 else 'are'} here); the last whole release is used."
        for file_id, source, edition_of, release, parts, here in con.execute(_HELD_BACK).fetchall()
    }
    for file_id, source, release, lost, later in con.execute(_LEFT_BEHIND).fetchall():
        sentences[file_id] = (
            f"{source} release {later} has replaced release {release} and lacks {lost}, which is not published any "
            "more: two releases are never mixed. Get the whole later release."
        )
    return sentences
