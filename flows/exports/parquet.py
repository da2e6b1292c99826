"""Export: what is made from a release for others to read. A folder is finished first and swapped in as a whole."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import duckdb

from flows.exports.cells import Cells
from flows.exports.datapackage import TERMS, describe
from flows.exports.earlier import Earlier, earlier_export
from flows.exports.listed import Lists
from flows.exports.parts import ALL, Part, parts_of, rows_of, write
from flows.exports.site.writing import write_site
from flows.releases.licence import EXPORTED_SCHEMAS, attribution, require_redistributable
from flows.releases.place import make_export, release_path, require_link, require_writable
from flows.settings import Settings

log = logging.getLogger("entrepot")

# A larger table becomes a folder of files by year, and by source where that is as large: of a release in which one
# source changed in one year, one file is written anew.
ROWS_OF_A_FILE = 1_000_000


def export_parquet(settings: Settings, run_id: str, rows_of_a_file: int = ROWS_OF_A_FILE) -> Path:
    """Write the star schema and the marts of a release as Parquet, for oneself: all of it, whatever the licence.

    A table is `<schema>/<table>.parquet`. One of more than `rows_of_a_file` rows that has periods or years is a folder
    `<schema>/<table>/year=<year>/` of files that hold all its columns: one for each source of which so many rows have
    landed, and one for all others.
    """
    link, release = settings.export / "parquet", release_path(settings, run_id)
    return make_export(
        link, run_id, lambda folder: _write_tables(settings, release, run_id, link, folder, rows_of_a_file)
    )


def export_public(settings: Settings, release: Path, run_id: str, target: Path) -> Path:
    """Write the tables of `release`, their terms and the page to a place open to others.

    `target` becomes a link to the finished folder beside it. With nothing written, raises LicenceRefused when the
    release holds figures that are not redistributable, and what `require_target` raises.
    """
    require_link(target)
    require_redistributable(settings, release, target)
    require_target(target)

    def write(folder: Path) -> None:
        _write_tables(settings, release, run_id, target, folder, ROWS_OF_A_FILE)
        _write_page(settings, release, folder / "site")

    return make_export(target, run_id, write)


def require_target(target: Path) -> None:
    """Raise PublishRefused when a folder or file stands at `target`, EntrepotError when no folder can be made there."""
    require_link(target)
    require_writable(target.parent)


def _write_page(settings: Settings, release: Path, folder: Path) -> None:
    """Write the page beside the tables. Where that fails the tables still go out, without half a page."""
    try:
        write_site(settings, release, folder)
    except Exception as error:  # noqa: BLE001  whatever it was, it is no reason to withhold the tables
        shutil.rmtree(folder, ignore_errors=True)
        log.warning("The page was left out of %s: %r", folder.parent, error)


def _write_tables(
    settings: Settings, release: Path, run_id: str, link: Path, folder: Path, rows_of_a_file: int
) -> None:
    """The tables, what describes them to a program, and the terms of their sources.

    `link` leads to the export of the release before, whose files stand on where their rows are the same.
    """
    folder.mkdir(parents=True)
    with (
        earlier_export(settings, link, run_id) as earlier,
        duckdb.connect(str(release), read_only=True, config=settings.duckdb_config) as con,
    ):
        parts = list(parts_of(con, EXPORTED_SCHEMAS, rows_of_a_file))
        lists = Lists(con)
        cells = Cells(con, parts, folder, lists)
        for _, of_table in groupby(parts, key=lambda part: part.name):
            write_table(con, list(of_table), folder, earlier, cells, lists)
        cells.done()
        describe(settings, con, run_id, folder)
    (folder / TERMS).write_text(attribution(release), encoding="utf-8")


def write_table(
    con: duckdb.DuckDBPyConnection,
    parts: list[Part],
    folder: Path,
    earlier: Earlier | None,
    cells: Cells,
    lists: Lists,
) -> None:
    """The files of one table, none of a year without rows; where it has no row at all, one empty file."""
    for part in parts:
        path = folder / part.path
        if (earlier and earlier.has_given(con, part, path)) or cells.has_written(part, path):
            continue
        if part.condition == ALL:
            write(con, rows_of(part), path)
        elif lists.write(rows_of(part), path) == 0:
            path.unlink()
    directory = folder / parts[0].schema / parts[0].table
    for each in [*directory.glob("*"), directory]:
        if each.is_dir() and not any(each.iterdir()):
            each.rmdir()
    if parts[0].condition != ALL and not directory.is_dir():
        write(con, rows_of(replace(parts[0], condition=ALL)), directory.with_suffix(".parquet"))
