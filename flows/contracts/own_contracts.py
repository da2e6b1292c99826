"""Contracts of tables of one's own: where they lie, and what they must have that nobody tests for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from flows.errors import ContractError

# Names a source of one's own may not have: they are folders and schemas of the project.
_RESERVED_SOURCES = frozenset({"contracts", "inbox", "landed", "last_release", "ledger", "own"})
_LISTED = ", ".join(sorted(_RESERVED_SOURCES))
_NEARLY = re.compile(r"\.ya?ml\b", re.IGNORECASE)
_TEMPLATE = re.compile(r"\{[{%#]")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def paths(folders: tuple[Path, ...]) -> Iterator[Path]:
    """The contracts that lie outside the project: one file per source in every folder but the first. What is called
    like one may be no file, such as a link that leads nowhere.
    """
    for folder in folders[1:]:
        yield from sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")])


def passed_over(folders: tuple[Path, ...]) -> Iterator[Path]:
    """The files beside them that are called nearly like one and are not read, such as `SALES.YML` or `sales.yml.txt`.
    Hidden ones are nobody's contracts, and neither is what bears another name, such as notes.
    """
    read = set(paths(folders))
    for folder in folders[1:]:
        there = sorted(folder.iterdir()) if folder.is_dir() else []
        near = (path for path in there if _NEARLY.search(path.name) and not path.name.startswith("."))
        yield from (path for path in near if path not in read and path.is_file())


def require_proper(file_name: str, node: dict[str, Any]) -> None:
    """Raises ContractError unless names, origin and place of a source's YAML are such that dbt finds what landed."""
    tables = node["tables"]
    _require_plain(file_name, node)
    _require_name(file_name, node["name"], "source", _RESERVED_SOURCES, f", and none of {_LISTED}")
    for table in tables:
        _require_name(file_name, table["name"], "table", frozenset())
        for column in table["columns"]:
            _require_name(file_name, column["name"], "column", reserved_words(), ", and no word of SQL")
    if node["config"]["meta"]["origin"] != "drop_box":
        raise ContractError(f"Contract {file_name}: the source of your table needs the origin drop_box.")
    if (node.get("database"), node.get("schema")) != ("landed", "raw"):
        raise ContractError(f"Contract {file_name}: the source needs `database: landed` and `schema: raw`.")
    for table in tables:
        identifier = f"{node['name']}__{table['name']}"
        if table.get("identifier") != identifier:
            raise ContractError(f"Contract {file_name}: the table {table['name']} needs `identifier: {identifier}`.")


def is_template(text: str) -> bool:
    """Whether dbt would run what stands in `text`, as it does with whatever stands in such brackets."""
    return _TEMPLATE.search(text) is not None


def _require_plain(file_name: str, node: object) -> None:
    """Raises ContractError for a text dbt would run instead of read: it could name any variable of the environment."""
    if isinstance(node, dict):
        node = [*node.keys(), *node.values()]
    if isinstance(node, list):
        for part in node:
            _require_plain(file_name, part)
    elif isinstance(node, str) and is_template(node):
        raise ContractError(f"Contract {file_name}: {node[:60]!r} would be run by dbt; leave out {{{{, {{% and {{#.")


def _require_name(file_name: str, name: str, what: str, reserved: frozenset[str], but: str = "") -> None:
    if not _NAME.fullmatch(name) or name in reserved:
        rule = f"lower-case letters, digits and single underscores{but}"
        raise ContractError(f"Contract {file_name}: {name!r} cannot be the name of a {what}; use {rule}.")


@lru_cache(maxsize=1)
def reserved_words() -> frozenset[str]:
    """Words that cannot name a column: SQL's, and the two columns landing adds."""
    query = "select keyword_name from duckdb_keywords() where keyword_category in ('reserved', 'type_function')"
    with duckdb.connect() as con:
        return frozenset({row[0] for row in con.execute(query).fetchall()} | {"file_id", "line"})
