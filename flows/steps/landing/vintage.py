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
# (dropped one by one) make an edition too, but never replace a whole one, and among them the larger counts first: a
# later one is known, all at once, when it has as many parts as each that came before it.
_BY_EDITION = f"""
with landed as ({_FILES}),
arrival as (
    select
        edition_of, edition, min(fetched_at) as arrived_at, max(edition_parts) as edition_parts,
        row_number() over (partition by edition_of, edition order by min(fetched_at), partition_key) as number
    from landed
    group by edition_of, edition, partition_key
),
came as (
    select
        edition_of, edition, min(arrived_at) as first_at, count(*) as n_here, max(edition_parts) as n_said,
        case when n_said is null then n_here when n_here >= n_said then 1000000 end as n_to_replace
    from arrival
    group by edition_of, edition
),
needed as (
    select came.edition_of, came.edition, coalesce(any_value(came.n_said), max(earlier.n_to_replace)) as n_parts
    from came
    left join came as earlier
        on came.edition_of = earlier.edition_of and earlier.edition < came.edition and earlier.first_at < came.first_at
    group by came.edition_of, came.edition
),
known as (
    select
        landed.*,
        case
            when needed.n_parts is null then landed.fetched_at
            when last_part.arrived_at is not null then greatest(landed.fetched_at, last_part.arrived_at)
        end as known_from
    from landed
    left join needed on landed.edition_of = needed.edition_of and landed.edition = needed.edition
    left join arrival as last_part
        on landed.edition_of = last_part.edition_of and landed.edition = last_part.edition
        and needed.n_parts = last_part.number
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
        file_id, source_code, edition_of, release_label, known_from, is_current, row_count,
        count(distinct partition_key) over one_edition as n_here,
        max(coalesce(edition_parts, 0)) over one_edition as n_parts
    from raw.file
    where state = 'landed' and edition_of is not null
    window one_edition as (partition by source_code, table_name, edition_of, release_label)
),
used as (
    select source_code, edition_of, max(release_label) as release_label, count(*) as n_files
    from raw.file
    where is_current and edition_of is not null
    group by source_code, edition_of
)
select
    part.file_id, part.source_code, part.edition_of, part.release_label, part.row_count, part.n_here, part.n_parts,
    used.release_label, used.n_files
from part
left join used on part.source_code = used.source_code and part.edition_of = used.edition_of
where
    part.known_from is null
    or (
        not part.is_current
        and (
            part.release_label > coalesce(used.release_label, '')
            or (part.release_label is null and used.release_label is not null)
        )
    )
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
    and old.release_label < later.release_label
group by old.source_code, old.table_name, old.edition_of, old.release_label, later.release_label
"""


def held_back(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Files that landed and are not published, with a sentence that says why: their release is not whole yet, or the
    one that replaced it has nothing in their place.
    """
    sentences = {file_id: _is_held_back(*told) for file_id, *told in con.execute(_HELD_BACK).fetchall()}
    for file_id, source, release, lost, later in con.execute(_LEFT_BEHIND).fetchall():
        sentences[file_id] = (
            f"{source} release {later} has replaced release {release} and lacks {lost}, which is not published any "
            "more: two releases are never mixed. Get the whole later release."
        )
    return sentences


def _is_held_back(
    source: str, edition_of: str, release: str | None, rows: int, here: int, parts: int, used: str | None,
    n_used: int | None,
) -> str:  # fmt: skip
    """Why a file is not published: the files its release has, of those it is said to have, or beside those used."""
    left_out = "1 row of this file is" if rows == 1 else f"{rows:,} rows of this file are"
    if release is None:
        return (
            f"The name of this file of {source} {edition_of} has no release, so it counts as older than release "
            f"{used}, which is used. The {left_out} not. If it is of a later release, put that into its name."
        )
    held = f"{source} {edition_of} release {release} is held back until it is whole"
    is_here = f"{here} {'file is' if here == 1 else 'files are'} here"
    if parts or n_used is None:
        return f"{held} ({here} of {parts} files {'is' if here == 1 else 'are'} here); the last whole release is used."
    theirs = f"release {used}" if used else "files without a release in their names"
    return (
        f"{held}: {is_here}, of {theirs} {n_used}. The {left_out} not used; {theirs if used else 'those'} "
        f"{'is' if used else 'are'}. Bring the other files of the later release, or all of it as one archive."
    )
