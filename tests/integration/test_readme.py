"""The README is executed: its commands run, its queries answer, and the output it shows is the output there is."""

from __future__ import annotations

import re
import shlex

import duckdb
import pytest
from typer.testing import CliRunner

from flows.cli.main import app
from flows.contracts import load_contracts
from flows.settings import ROOT, Settings
from tests.conftest import Home

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def squeezed(text: str) -> str:
    return re.sub(r"[\s│]+", " ", text)


QUERIES = [query.strip() for block in blocks("sql") for query in block.split(";") if query.strip()]
COMMANDS = [line for block in blocks("console") for line in block.splitlines() if line.startswith(".venv/bin/entrepot")]


def test_there_are_some_queries_and_commands() -> None:
    assert len(QUERIES) >= 3
    assert len(COMMANDS) >= 3


@pytest.mark.parametrize("query", QUERIES, ids=[query.splitlines()[0][3:43] for query in QUERIES])
def test_query_answers(published: Home, query: str) -> None:
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        assert con.execute(query).fetchall()


@pytest.mark.parametrize("command", COMMANDS)
def test_command_runs(published: Home, command: str) -> None:
    result = published.entrepot(*shlex.split(command)[1:])
    unasked = 3 if " backfill " in command else 0  # no publisher is asked here, and an estimate says so
    assert result.returncode == unasked, result.stderr
    assert result.stdout


def test_the_output_shown_is_the_output_of_a_run(published: Home) -> None:
    said = squeezed((published.folder / "run.txt").read_text(encoding="utf-8"))
    (shown,) = blocks("text")
    for line in shown.splitlines():
        if line.strip() and not set(line) <= set("┏┓┗┛━┃┡┩└┘─├┤┼┬┴╇┳┻ …"):
            assert squeezed(line.strip("│┃ ")).strip() in said, line


def test_every_path_named_exists() -> None:
    made_by_a_run = (
        *("trade.duckdb", "workings.duckdb", "inbox/", "demo/"),
        *("export/parquet/", "export/docs/", "export/site/index.html"),
    )
    for path in re.findall(r"`((?:flows|dbt_project|expectations|queries|warehouse|tests)/[\w./-]+)`", README):
        assert path.removeprefix("warehouse/") in made_by_a_run or (ROOT / path).exists(), path


def test_every_verb_is_named_and_helps(published: Home) -> None:
    helped = published.entrepot("--help").stdout
    verbs = re.search(r"lists the verbs: (.*?)\. Any", README, flags=re.DOTALL)
    assert verbs is not None
    named = re.findall(r"`(\w+)`", verbs.group(1))
    assert sorted(named) == sorted(re.findall(r"^  (\w+)  ", helped.partition("Commands")[2], flags=re.MULTILINE))
    for verb in named:
        assert CliRunner().invoke(app, [verb, "--help"]).exit_code == 0


def test_every_source_stands_in_the_table_as_its_contract_says() -> None:
    page = (ROOT / "docs" / "reference" / "sources.md").read_text(encoding="utf-8")
    rows = {cells[1].strip(" `"): cells for line in page.splitlines() if len(cells := line.split("|")) == 10}
    for source in load_contracts(Settings().contracts).values():
        assert source.name in rows, source.name
        publisher, what, kept, cadence, licence, passed_on, key = (cell.strip() for cell in rows[source.name][2:-1])
        assert publisher
        assert what
        assert {"bundled": "bundled", "drop_box": "inbox", "live": "live"}[source.origin] in kept
        assert ("live" in kept) is bool(source.hosts), source.name
        assert (cadence, licence) == (source.cadence, source.licence)
        assert (passed_on == "**no**") is not source.redistributable
        assert ("commercial" in licence) is ("not commercially" in passed_on), source.name
        variable = f"`ENTREPOT_{source.key_name}_KEY`".upper() if source.key_name else "no"
        assert key.upper().startswith(variable.upper()) or (key == "no" and source.name == "comtrade_reference")
