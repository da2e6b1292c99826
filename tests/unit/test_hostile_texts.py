"""Foreign texts are shown and never obeyed: by the terminal, by Markdown, by dbt, by SQL."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import yaml
from rich.text import Text

from flows.cli.terminal import Screen, print_json, show_answer, table_of
from flows.contracts import load_contracts
from flows.errors import ContractError, EntrepotError
from flows.inbox.own.draft import Answers, Draft, save
from flows.inbox.own.sample import read_sample
from flows.ledger import Ledger, Outcome
from flows.read.published import Answer
from flows.redaction import as_text
from flows.releases import summary
from flows.settings import Settings
from tests.own_contract import own_contract, write_contract

NASTY = "\x1b[2J\x9b31m\u202e\u2028\u061c[bold red]x[/] [link=http://a]y[/link]"
SAID = Answers(publisher="Me", licence="mine", reporter="FIN", currency="EUR", flow="X")


def printed(*things: object) -> str:
    """What a terminal gets of `things`, in colours."""
    screen = Screen(file=io.StringIO(), force_terminal=True, color_system="standard", width=200)
    for thing in things:
        screen.print(thing)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_a_terminal_gets_no_sign_of_a_foreign_text() -> None:
    text = printed(Text(NASTY), table_of([NASTY], [(NASTY,)], title=None))
    assert text.count(r"\x1b[2J\x9b31m\u202e\u2028\u061c[bold red]x[/] [link=http://a]y[/link]") == 3
    assert "\x1b[2J" not in text
    assert "\x9b" not in text
    assert "\u202e" not in text


def test_json_says_the_same_without_a_sign_a_terminal_obeys(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"said": f"{NASTY} Côte d'Ivoire \ud800"})
    said = capsys.readouterr().out
    assert not set("\x1b\x9b\u202e\ud800") & set(said)
    assert "Côte" in said
    assert json.loads(said) == {"said": f"{NASTY} Côte d'Ivoire \ud800"}


@pytest.mark.parametrize("is_terminal", [False, True])
def test_csv_is_data_for_a_pipe_and_text_for_a_terminal(monkeypatch: pytest.MonkeyPatch, is_terminal: bool) -> None:
    output = io.StringIO()
    monkeypatch.setattr(output, "isatty", lambda: is_terminal)
    monkeypatch.setattr("sys.stdout", output)
    show_answer(Answer(["said"], [("\x1b[2J\x9b",)]), "csv")
    assert output.getvalue() == ("said\n\\x1b[2J\\x9b\n" if is_terminal else "said\n\x1b[2J\x9b\n")


def test_a_line_reads_no_mark_up_and_colours_of_our_own_stay() -> None:
    assert "\x1b[1mbold\x1b[0m" in printed("[bold]bold[/]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![x](http://a) <script>", r"\!\[x\](http://a) \<script\>"),
        ("a | b\n# head", r"a \| b \# head"),
        ("run `entrepot sources new a[1].csv` now", "run `entrepot sources new a[1].csv` now"),
        ("one ` alone, and **two", r"one \` alone, and \*\*two"),
    ],
)
def test_markdown_of_a_foreign_text_is_text(text: str, shown: str) -> None:
    assert as_text(text) == shown


def test_a_summary_has_no_heading_with_nothing_below(settings: Settings, ledger: Ledger) -> None:
    run = ledger.start("ingest", {}, "")
    run.outcomes = [Outcome(source="ecb", table="rate", partition="2024", outcome="kept")]
    ledger.finish(run, "ingested", f"{summary.count_outcomes(run)}; landed, not built.")
    text = summary.markdown(settings, ledger.run(run.run_id))
    assert "## What came in\n\nNothing new." in text


def test_a_name_in_the_summary_of_a_run_is_text(settings: Settings, ledger: Ledger) -> None:
    run = ledger.start("run", {}, "")
    name = "a](javascript:b) <img src=x>\x1b[31m|.csv"
    run.outcomes = [Outcome(source="inbox", table="", partition=name, outcome="failed", reason=f"{name} is no table.")]
    ledger.save(run)
    (saved,) = ledger.runs()
    text = summary.markdown(settings, saved)
    assert r"a\](javascript:b) \<img src=x\>" in text
    assert "\x1b" not in saved.model_dump_json()
    assert "\\u001b" not in saved.model_dump_json()


def draft_of(settings: Settings, path: Path, header: str) -> Draft:
    rows = "SWE,010121,2021-01,5,a\nNOR,010121,2021-02,7,b\n"
    path.write_text(f"Partner,Code,Month,Value,{header}\n{rows}", encoding="utf-8")
    return Draft(settings, read_sample(path), SAID)


@pytest.mark.parametrize("header", ["{{ env_var('HOME') }}", "{% raw %}", "{# x"])
def test_a_column_dbt_would_run_is_left_out_of_a_contract(settings: Settings, tmp_path: Path, header: str) -> None:
    draft = draft_of(settings, tmp_path / "a{{ x }}.csv", header)
    path = save(draft)
    columns = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"][0]["tables"][0]["columns"]
    assert [column["name"] for column in columns] == ["partner", "code", "month", "value"]
    assert any("dbt would run its name" in note for note in draft.notes)


def test_a_role_read_from_such_a_column_is_refused(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Partner,Code,Month,{{ value }}\nSWE,010121,2021-01,5\nNOR,010121,2021-02,7\n", encoding="utf-8")
    with pytest.raises(EntrepotError, match="rename it in the file"):
        save(Draft(settings, read_sample(path), SAID))


CONTRACT = own_contract(
    """
description: "One row per code. TEXT"
config: {meta: {key: [code], on_failure: stand_in}}
columns:
  - {name: code, data_type: "TYPE", description: "Code."}
"""
)


@pytest.mark.parametrize(
    ("text", "data_type", "said"),
    [
        ("{{ env_var('ENTREPOT_COMTRADE_KEY') }}", "varchar", "would be run by dbt"),
        ("", "varchar); drop table raw.file; --", "is none of varchar"),
    ],
)
def test_a_contract_that_would_be_run_is_refused(settings: Settings, text: str, data_type: str, said: str) -> None:
    write_contract(settings, CONTRACT.replace("TEXT", text).replace("TYPE", data_type))
    with pytest.raises(ContractError, match=said):
        load_contracts(settings.contracts)
