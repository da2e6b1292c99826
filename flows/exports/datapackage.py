"""The descriptor of an export, `datapackage.json`, as Data Package 2.0 defines it (https://datapackage.org).

It lists every table with its files, columns, types, units, key and references, and the sources it draws on with their
terms, so that a program can read the export without knowing this project.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from flows.contracts.grains import Grain, load_grains
from flows.contracts.relations import RELATIONS
from flows.exports.named import names_beside
from flows.exports.parts import NAMED
from flows.read.invented import COLUMN, MEANING, PREFIX, invented_publishers, told
from flows.settings import Settings

DESCRIPTOR = "datapackage.json"
TERMS = "SOURCES.md"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "TINYINT": "integer",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
    "DECIMAL": "number",
    "FLOAT": "number",
    "DOUBLE": "number",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}

_FIELDS = f"""
select
    columns.schema_name || '.' || columns.table_name, tables.comment, columns.column_name, columns.data_type,
    columns.is_nullable, columns.comment, dictionary.unit
from duckdb_columns() as columns
inner join {RELATIONS} as tables using (schema_name, table_name)
left join meta.dictionary as dictionary
    on dictionary.object_kind = 'table' and dictionary.schema_name = columns.schema_name
    and dictionary.table_name = columns.table_name and dictionary.column_name = columns.column_name
where not columns.internal
order by columns.schema_name, columns.table_name, columns.column_index
"""

# Sources with figures in this release, and the tables that draw on them by the lineage of the models.
_SOURCES = """
select
    source.source_code, source.publisher, source.landing_page, source.licence, source.is_redistributable,
    list(drawn.schema_name || '.' || drawn.table_name) as tables
from core.dim_source as source
inner join meta.table_source as drawn using (source_code)
where source.source_code in (select source_code from core.dim_raw_file where row_count > 0)
group by all
order by source.source_code
"""


def describe(settings: Settings, con: duckdb.DuckDBPyConnection, run_id: str, folder: Path) -> None:
    """Write the descriptor of the tables in `folder`, an export of the release `run_id` open at `con`."""
    sources = con.execute(_SOURCES).fetchall()
    built = con.execute("select strftime(max(built_at), '%Y-%m-%dT%H:%M:%SZ') from meta.release where is_this_release")
    (created,) = built.fetchone() or (None,)
    warning = f"{told(con)} ".lstrip()
    descriptor = {
        "$schema": _PROFILE,
        "name": "entrepot",
        "title": f"{PREFIX if warning else ''}Entrepôt: trade statistics",
        "description": f"{warning}Star schema (core) and answers (marts) of a trade-statistics warehouse. A missing "
        "value is unknown, never zero.",
        "version": run_id,
        **({"created": created} if created else {}),
        "sources": [_source(*source[:5]) for source in sources],
        "licenses": _licences(source[3] for source in sources),
        "resources": _resources(con, folder, load_grains(settings.dbt_project), sources),
    }
    text = json.dumps(descriptor, ensure_ascii=False, indent=1)
    (folder / DESCRIPTOR).write_text(f"{text}\n", encoding="utf-8")


def _resources(
    con: duckdb.DuckDBPyConnection, folder: Path, grains: dict[str, Grain], sources: list[tuple[Any, ...]]
) -> list[dict[str, Any]]:
    """One resource per table that lies in `folder`."""
    tables: dict[str, list[tuple[Any, ...]]] = {}
    for name, *column in con.execute(_FIELDS).fetchall():
        tables.setdefault(name, []).append(tuple(column))
    tables = {name: _with_names(name, columns) for name, columns in tables.items()}
    if invented_publishers(con):
        for columns in tables.values():
            columns.append((None, COLUMN, "BOOLEAN", False, MEANING, None))
    found = {name: files for name in tables if (files := _files(folder, name))}
    resources = []
    for name, files in found.items():
        behind = [source for source in sources if name in source[5]]
        resources.append(
            {
                "name": name,
                "type": "table",
                "path": files[0] if len(files) == 1 else files,
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "description": " ".join((tables[name][0][0] or "").split()),
                "schema": _schema(tables[name], grains.get(name), found.keys()),
                "sources": [_source(*source[:5]) for source in behind],
                **({"licenses": _licences(source[3] for source in behind)} if behind else {}),
            }
        )
    return resources


def _with_names(table: str, columns: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The columns of a table, a mart's with the names that are written beside codes."""
    if not table.startswith(f"{NAMED}."):
        return columns
    beside = names_beside([name for _, name, *_ in columns])
    found = []
    for column in columns:
        found.append(column)
        if name := beside.get(column[1]):
            found.append((None, name.column, "VARCHAR", True, name.meaning, None))
    return found


def _files(folder: Path, table: str) -> list[str]:
    """Paths of a table's files within the export: one, or one and more per year."""
    schema, name = table.split(".")
    paths = [*folder.glob(f"{schema}/{name}.parquet"), *folder.glob(f"{schema}/{name}/year=*/*.parquet")]
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def _schema(columns: list[tuple[Any, ...]], grain: Grain | None, exported: Any) -> dict[str, Any]:
    """Columns and keys. A key that may hold NULL is no primary key there, but a unique one."""
    names = {name for _, name, *_ in columns}
    schema: dict[str, Any] = {"fields": [_field(*column[1:]) for column in columns]}
    if grain and set(grain.columns) <= names:
        required = {name for _, name, _, is_nullable, *_ in columns if not is_nullable}
        if set(grain.columns) <= required:
            schema["primaryKey"] = list(grain.columns)
        else:
            schema["uniqueKeys"] = [list(grain.columns)]
        if references := [
            ref for ref in grain.references if ref.column in names and f"core.{ref.to_table}" in exported
        ]:
            schema["foreignKeys"] = [
                {
                    "fields": [ref.column],
                    "reference": {"resource": f"core.{ref.to_table}", "fields": [ref.to_column]},
                }
                for ref in references
            ]
    return schema


def _field(name: str, data_type: str, is_nullable: bool, description: str | None, unit: str | None) -> dict[str, Any]:
    return {
        "name": name,
        "type": _TYPES.get(data_type.partition("(")[0], "any"),
        **({"description": description} if description else {}),
        **({"unit": unit} if unit else {}),
        **({} if is_nullable else {"constraints": {"required": True}}),
    }


def _source(code: str, publisher: str, page: str | None, licence: str, may_be_passed_on: bool) -> dict[str, Any]:
    return {
        "title": f"{publisher} ({code})",
        **({"path": page} if page else {}),
        "licence": licence,
        "redistributable": may_be_passed_on,
    }


def _licences(terms: Any) -> list[dict[str, str]]:
    """Each wording once; none of them has an identifier, so the text of the terms is what the path leads to."""
    return [{"path": TERMS, "title": wording} for wording in dict.fromkeys(terms)]
