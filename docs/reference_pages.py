"""Builds what the documentation site takes from the code: the reference pages and the navigation.

Nothing generated is kept in git, so it cannot be out of date. Tables come from the dbt YAML, contracts from the
sources' YAML, settings and commands from their classes, checks from the release gate, indices and code lists from the
seeds, questions from the query book. The navigation is the folders: a new page needs no entry anywhere.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from expectations import release
from flows.cli.main import app
from flows.contracts import load_contracts
from flows.contracts.grains import described_tables, load_grains, promises
from flows.settings import ROOT, Settings
from flows.steps.auditing import report
from tests.query_book import questions

DOCS, DBT_PROJECT = ROOT / "docs", ROOT / "dbt_project"
SCHEMAS = {
    "core": "The star schema: dimensions and facts.",
    "marts": "One table per question.",
    "meta": "What was ingested, checked, published and left out.",
}
# What generated pages are made of. Pages in git link to this, which is there on a code host too; on the site the link
# leads to the page.
MADE_OF = {
    "reference/core.md": "dbt_project/models/core",
    "reference/marts.md": "dbt_project/models/marts",
    "reference/meta.md": "dbt_project/models/meta",
    "reference/contracts.md": "dbt_project/models/staging",
    "reference/settings.md": "flows/settings.py",
    "reference/commands.md": "flows/cli",
    "reference/checks.md": "expectations/release",
    "reference/indices.md": "dbt_project/seeds/indicator_definition.csv",
    "reference/questions.md": "queries",
}
SECTIONS = {"how-to": "How to", "explanation": "Explanation", "reference": "Reference"}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The navigation: the front page, the tutorial, then a section per folder, its pages by title."""
    docs = Path(config.docs_dir)
    pages: dict[str, list[tuple[str, str]]] = {folder: [] for folder in SECTIONS}
    for path in sorted(docs.glob("*/*.md")):
        pages[path.parent.name].append((_title(path.read_text(encoding="utf-8")), path.relative_to(docs).as_posix()))
    pages["reference"] += [(_title(text), name) for name, text in generated().items()]
    nav: list[Any] = [{"Entrepôt": "index.md"}, {"Tutorial": "tutorial.md"}]
    nav += [{label: [{title: name} for title, name in sorted(pages[key])]} for key, label in SECTIONS.items()]
    config.nav = nav
    return config


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links to what a generated page is made of to that page."""
    here = (DOCS / page.file.src_uri).parent
    for name, source in MADE_OF.items():
        in_git, on_site = (os.path.relpath(path, here) for path in (ROOT / source, DOCS / name))
        markdown = markdown.replace(f"]({in_git})", f"]({on_site})")
    return markdown


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for name, text in generated().items():
        files.append(File.generated(config, name, content=text))
    return files


def generated() -> dict[str, str]:
    """The generated pages: their path in the documentation, and their Markdown."""
    pages = {f"reference/{schema}.md": _tables(schema, meaning) for schema, meaning in SCHEMAS.items()}
    return pages | {
        "reference/contracts.md": _contracts(),
        "reference/settings.md": _settings(),
        "reference/commands.md": _commands(),
        "reference/checks.md": _checks(),
        "reference/indices.md": _indices(),
        "reference/questions.md": _questions(),
    }


def _title(text: str) -> str:
    return next(line[2:].strip() for line in text.splitlines() if line.startswith("# "))


def _cell(text: object) -> str:
    """Text for a cell on one line; what stands between backticks is code, which Markdown leaves as it is."""
    escaped = {"|": "\\|", "<": "&lt;"}
    line = re.sub(r"\s+", " ", str(text)).strip()
    return re.sub(r"(`[^`]*`)|[|<]", lambda found: found[1] or escaped[found[0]], line)


def _table(header: list[str], rows: Iterator[list[object]] | list[list[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _definitions(header: list[str], rows: list[list[object]]) -> str:
    """A table whose rows a narrow screen sets under each other: the cells say what they are without their header."""
    return f'<div class="definitions" markdown>\n\n{_table(header, rows)}\n\n</div>'


def _meaning(column: dict[str, Any], accepted: dict[str, list[Any]]) -> str:
    """The description, with the values the column may have where it does not name them itself."""
    text = str(column["description"])
    values = [str(value) for value in accepted.get(column["name"], ())]
    if not all(value in text for value in values):
        text += f" One of: {'; '.join(values)}."
    return text


def _tables(schema: str, meaning: str) -> str:
    tables = described_tables(DBT_PROJECT, schema)
    if schema == "meta":
        tables = dict(sorted({**tables, **_audit_reports()}.items()))
    parts = [f"# Tables: {schema}", meaning, "The same text is in the file: `select * from meta.dictionary`."]
    parts.append(" · ".join(f"[{name}](#{schema}{name})" for name in tables))
    for name, table in tables.items():
        accepted = promises(table).get("accepted_values", {})
        rows: list[list[object]] = [
            [f"`{column['name']}`", column.get("data_type", ""), _meaning(column, accepted)]
            for column in table["columns"]
        ]
        parts += [f"## {schema}.{name}", str(table["description"]).strip().replace("<", "&lt;")]
        grain = load_grains(DBT_PROJECT).get(f"{schema}.{name}")
        if grain and grain.columns:
            parts.append(f"One row per {', '.join(f'`{column}`' for column in grain.columns)}.")
        parts.append(_definitions(["column", "type", "meaning"], rows))
    return "\n\n".join(parts)


def _audit_reports() -> dict[str, dict[str, Any]]:
    """The published tables that no model makes: the audit writes them into the candidate."""
    return {
        table: {
            "description": made.text,
            "columns": [
                {"name": name, "data_type": data_type, "description": text}
                for name, (data_type, _, text) in made.columns.items()
            ],
        }
        for table, made in report.REPORTS.items()
    }


def _contracts() -> str:
    parts = [
        "# Contracts of the sources",
        "What every source promises: a file that breaks it does not land. The contract is the dbt source YAML in "
        "`dbt_project/models/staging/<source>/`; both gates read it.",
    ]
    for source in load_contracts(Settings.alone().contracts).values():
        parts += [
            f"## {source.name}",
            f"{source.publisher}. {source.description.strip()}",
            f"Licence: {source.licence}. May be passed on: {'yes' if source.redistributable else 'no'}. "
            f"Cadence: {source.cadence}.",
        ]
        for table in source.tables:
            rows: list[list[object]] = [
                [f"`{column.name}`", column.data_type, "required" if column.required else "", column.description]
                for column in table.columns
            ]
            parts += [
                f"### {source.name}.{table.name}",
                f"{table.description.strip()} Key: {', '.join(f'`{name}`' for name in table.key)}. At least "
                f"{table.row_floor} rows a file. A bad file: {table.on_failure.replace('_', ' ')}.",
                _definitions(["column", "type", "", "meaning"], rows),
            ]
    return "\n\n".join(parts)


def _settings() -> str:
    rows: list[list[object]] = []
    for name, field in Settings.model_fields.items():
        default = field.default if field.default_factory is None else None  # the machine decides
        if isinstance(default, tuple):
            default = ",".join(default)
        if isinstance(default, Path):
            default = default.relative_to(ROOT) if default.is_relative_to(ROOT) else default
        variable = str(field.validation_alias or f"ENTREPOT_{name}".upper())
        rows.append([f"`{variable}`", "" if default in (None, "") else f"`{default}`", field.description])
    return "\n\n".join(
        [
            "# Settings",
            "Set as a variable of the environment or as a line of the file `.env` in the project folder. Words are "
            "separated by commas.",
            _table(["variable", "default", "meaning"], rows),
        ]
    )


def _commands() -> str:
    root = typer.main.get_command(app)
    context = click.Context(root, info_name="entrepot")
    parts = ["# Commands", "`entrepot` is installed in the environment of the project: `.venv/bin/entrepot`."]
    parts += _verbs(root, context)
    return "\n\n".join(parts)


def _verbs(group: Any, context: click.Context) -> list[str]:
    parts: list[str] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        inner = click.Context(command, info_name=name, parent=context)
        parts += [f"## {inner.command_path}", str(command.help or "").strip()]
        rows: list[list[object]] = []
        for parameter in command.get_params(inner):
            record = getattr(parameter, "get_help_record", lambda _: None)(inner)
            if record and record[0] != "--help":
                rows.append([f"`{record[0]}`", record[1].replace(f"{ROOT}/", "")])
        if rows:
            parts.append(_definitions(["argument or option", "meaning"], rows))
        if hasattr(command, "list_commands"):
            parts += _verbs(command, inner)
    return parts


def _checks() -> str:
    rows: list[list[object]] = []
    for rule in release.RULES:
        check = rule.check
        rows.append([check.table, f"`{check.name}`", check.description, check.severity])
    return "\n\n".join(
        [
            "# Checks of the release gate",
            "Great Expectations judges every candidate by these, against the outside world and the last release; one "
            "failed error and nothing is published. What a table owes to itself and its neighbours is tested by "
            "dbt; that is in the tables' YAML.",
            _table(["table", "check", "what must hold", "severity"], rows),
        ]
    )


def _indices() -> str:
    with (DBT_PROJECT / "seeds" / "indicator_definition.csv").open(encoding="utf-8") as lines:
        rows: list[list[object]] = [
            [
                f"`{row['indicator_code']}`",
                row["indicator_name"],
                f"`{row['formula']}`",
                row["universe"],
                row["null_rule"],
                row["citation"],
            ]
            for row in csv.DictReader(lines)
        ]
    return "\n\n".join(
        [
            "# Indices",
            "The rows of `marts.indicator`, each with its definition, universe and null rule; the same is in "
            "`core.dim_indicator`.",
            _table(["code", "name", "formula", "universe", "empty when", "after"], rows),
        ]
    )


def _questions() -> str:
    parts = [
        "# Questions",
        "The query book of the repository (`queries/`), each question with its answer; the tests run all of them.",
        "World: `bundled`, the figures that ship with the project; or `demo`, the invented world of `entrepot demo` "
        "(`warehouse/demo/trade.duckdb`). In the other file a query finds nothing, or other rows.",
    ]
    chapter = None
    for entry in questions():
        if entry.file != chapter:
            chapter = entry.file
            title = chapter.stem.partition("_")[2].replace("_", " ")
            parts += [f"## {title[:1].upper()}{title[1:]}", _prose(chapter)]
        answer = "\n".join(line[4:].strip() for line in entry.answer.splitlines())
        parts += [
            f"### {entry.number} {entry.question}",
            f"World: `{entry.world}`",
            f"```sql\n{entry.query.strip()}\n```",
            f"```text\n{answer}\n```",
        ]
    return "\n\n".join(parts)


def _prose(chapter: Path) -> str:
    """What a chapter says of itself: the comment it begins with."""
    opening = chapter.read_text(encoding="utf-8").split("\n\n", 1)[0]
    return " ".join(line.removeprefix("--").strip() for line in opening.splitlines())
