"""Export: what is made from a release for others to read. A folder is finished first and swapped in as a whole."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import duckdb

from flows.contracts.relations import IS_STORAGE
from flows.exports.datapackage import TERMS, describe
from flows.exports.site.writing import write_site
from flows.read.invented import marked_rows
from flows.releases.licence import EXPORTED_SCHEMAS, attribution, require_redistributable
from flows.releases.place import release_path, require_link, swap_folder
from flows.settings import Settings

log = logging.getLogger("entrepot")

ROWS_OF_A_FILE = 5_000_000  # a larger table becomes a folder of files, one and more per year

# The tables to export, and how each says the year of a row, where it does.
_TABLES = f"""
select
    schema_name, table_name,
    case
        when bool_or(column_name = 'year_number') then 'year_number'
        when bool_or(column_name = 'period_code') then 'left(period_code, 4)'
    end as year
from duckdb_columns()
where schema_name in (?, ?) and not {IS_STORAGE}
group by all
order by all
"""


def export_parquet(settings: Settings, run_id: str, rows_of_a_file: int = ROWS_OF_A_FILE) -> Path:
    """Write the star schema and the marts of a release as Parquet, for oneself: all of it, whatever the licence.

    A table is `<schema>/<table>.parquet`. One of more than `rows_of_a_file` rows that has periods or years is a folder
    `<schema>/<table>/year=<year>/` of files that hold all its columns.
    """
    folder = settings.export / f"parquet-{run_id}"
    _write_tables(settings, release_path(settings, run_id), run_id, folder, rows_of_a_file)
    return swap_folder(settings.export / "parquet", folder)


def export_public(settings: Settings, release: Path, run_id: str, target: Path) -> Path:
    """Write the tables of `release`, their terms and the page to a place open to others.

    `target` becomes a link to the finished folder beside it. With nothing written, raises LicenceRefused when the
    release holds figures that may not be passed on, and PublishRefused when a folder or file is in the way.
    """
    require_link(target)
    require_redistributable(settings, release, target)
    folder = target.with_name(f"{target.name}-{run_id}")
    _write_tables(settings, release, run_id, folder, ROWS_OF_A_FILE)
    _write_page(settings, release, folder / "site")
    return swap_folder(target, folder)


def _write_page(settings: Settings, release: Path, folder: Path) -> None:
    """Write the page beside the tables. Where that fails the tables still go out, without half a page."""
    try:
        write_site(settings, release, folder)
    except Exception as error:  # noqa: BLE001  whatever it was, it is no reason to withhold the tables
        shutil.rmtree(folder, ignore_errors=True)
        log.warning("The page was left out of %s: %r", folder.parent, error)


def _write_tables(settings: Settings, release: Path, run_id: str, folder: Path, rows_of_a_file: int) -> None:
    """The tables, what describes them to a program, and the terms of their sources."""
    shutil.rmtree(folder, ignore_errors=True)
    with duckdb.connect(str(release), read_only=True) as con:
        tables = con.execute(_TABLES, list(EXPORTED_SCHEMAS)).fetchall()
        for schema, table, year in tables:
            (folder / schema).mkdir(parents=True, exist_ok=True)
            marked = marked_rows(con, f"{schema}.{table}")
            if year and _count(con, f"{schema}.{table}") > rows_of_a_file:
                target, rows = folder / schema / table, f"(select *, {year} as year from {marked})"
                options = ", partition_by (year), filename_pattern 'part_{i}'"
            else:
                target, rows, options = folder / schema / f"{table}.parquet", marked, ""
            path = str(target).replace("'", "''")
            con.execute(f"copy {rows} to '{path}' (format parquet, compression zstd{options})")
        describe(settings, con, run_id, folder)
    (folder / TERMS).write_text(attribution(release), encoding="utf-8")


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0
