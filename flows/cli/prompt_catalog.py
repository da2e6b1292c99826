"""What the SQL prompt knows of the warehouse: tables, macros and columns, to describe and to complete."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from flows.errors import EntrepotError
from flows.read import published
from flows.read.wording.sentences import first_sentence

SHOWN_SCHEMAS = ("marts", "core", "meta", "raw")  # answers first
_WORD = re.compile(r"[\w.]+$")
_NAMED = re.compile(r"\b(?:from|join)\s+(\w+\.\w+)(?:\([^)]*\))?(?:\s+(?:as\s+)?(\w+))?", re.IGNORECASE)
_KEYWORDS = """
select from where group by order having limit join left inner on using and or not in is null between like ilike case
when then else end as with union all except intersect distinct filter over partition qualify exists cast desc asc nulls
last first count sum avg min max round coalesce describe summarize
"""
KEYWORDS = _KEYWORDS.split()
COMMANDS = {
    r"\d": "tables, or the columns of one: \\d marts.partner_rank",
    r"\x": "one line per value, on and off",
    r"\timing": "how long each query took, on and off",
    r"\chart": "the last result as a drawing",
    r"\o": "the whole last result into a file: \\o trade.csv or \\o trade.parquet",
    r"\?": "this list",
    r"\q": "leave",
}


@dataclass(frozen=True)
class Described:
    """A table or table macro with its columns: name, type, unit, meaning."""

    kind: str
    description: str
    columns: list[tuple[str, str, str | None, str]]


class Catalog:
    """Tables and macros of one release by `schema.name`."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.tables: dict[str, Described] = {}
        rows = con.execute(
            "select object_kind, schema_name || '.' || table_name, table_description, column_name, data_type, unit, "
            "column_description from meta.dictionary where object_kind <> 'parameter' and schema_name = any($1) "
            "order by list_position($1, schema_name), table_name, column_position",
            [list(SHOWN_SCHEMAS)],
        )
        for kind, name, description, *column in rows.fetchall():
            described = self.tables.setdefault(name, Described(kind, description, []))
            described.columns.append((column[0], column[1] or "", column[2], column[3]))

    def find(self, name: str) -> str:
        """Full name of a table given with or without its schema. Raises EntrepotError where none or several fit."""
        wanted = name.lower().rstrip(";").removesuffix("()")
        found = [full for full in self.tables if wanted in (full, full.partition(".")[2])]
        if len(found) == 1:
            return found[0]
        if found:
            raise EntrepotError(f"{name} is {' or '.join(found)}; say which.")
        raise EntrepotError(f"There is no table {name!r}; \\d lists them.")

    def overview(self, con: duckdb.DuckDBPyConnection) -> published.Answer:
        """All tables and macros with rows and the first sentence of what they are."""
        sizes = con.execute("select schema_name || '.' || table_name, estimated_size from duckdb_tables()").fetchall()
        rows_of = dict(sizes)
        views = con.execute("select schema_name || '.' || view_name from duckdb_views() where not internal").fetchall()
        for (name,) in views:
            rows_of[name] = con.sql(f"select count(*) from {name}").fetchall()[0][0]
        rows = [
            (name if t.kind == "table" else f"{name}(...)", rows_of.get(name, ""), first_sentence(t.description, ".:;"))
            for name, t in self.tables.items()
            if not name.startswith("raw.")
        ]
        return published.Answer(["table", "rows", "what it is"], rows)

    def describe(self, name: str) -> tuple[str, published.Answer]:
        """What a table is, and its columns."""
        full = self.find(name)
        table = self.tables[full]
        return f"{full}: {table.description}", published.Answer(
            ["column", "type", "unit", "meaning"], list(table.columns)
        )


class SqlCompleter(Completer):
    """Completes commands, keywords, tables, macros, and the columns of the tables a query names, by alias too."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Candidates for the word before the cursor, the closest first."""
        before = document.text_before_cursor
        if before.startswith("\\") and " " not in before:
            yield from _fitting(before, ((name, meaning) for name, meaning in COMMANDS.items()))
            return
        match = _WORD.search(before)
        word = match[0] if match else ""
        named = self._named(document.text)
        if "." in word and (table := named.get(word.partition(".")[0])):
            columns = [(f"{word.partition('.')[0]}.{name}", text) for name, _, _, text in table.columns]
            yield from _fitting(word, columns)
            return
        if not word:
            return
        columns = [(name, text) for table in dict(named).values() for name, _, _, text in table.columns]
        tables = [(name, table.description) for name, table in self.catalog.tables.items()]
        short = [(name, text) for name, text in tables if name.partition(".")[2].startswith(word.lower())]
        keywords = [] if before.startswith("\\") else [(keyword, "") for keyword in KEYWORDS]
        seen: set[str] = set()
        for completion in (*_fitting(word, columns), *_fitting(word, keywords), *_fitting(word, tables),
                           *(Completion(n, -len(word), display_meta=t[:60]) for n, t in short)):  # fmt: skip
            if completion.text not in seen:
                seen.add(completion.text)
                yield completion

    def _named(self, sql: str) -> dict[str, Described]:
        """Tables named in the text so far, by name and by alias."""
        found: dict[str, Described] = {}
        for name, alias in _NAMED.findall(sql):
            if table := self.catalog.tables.get(name.lower()):
                found[name.partition(".")[2].lower()] = table
                if alias and alias.lower() not in KEYWORDS:
                    found[alias.lower()] = table
        return found


def _fitting(word: str, candidates: Iterable[tuple[str, str]]) -> Iterator[Completion]:
    for text, meaning in candidates:
        if text.startswith(word.lower()):
            yield Completion(text, -len(word), display_meta=" ".join(meaning.split())[:60])
