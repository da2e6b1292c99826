"""What the command ends with, and that both tables of the exit codes say so."""

from __future__ import annotations

import logging
import re

import pytest
from typer.testing import CliRunner

from flows.cli import main, terminal
from flows.errors import EntrepotError, GateFailed, WriterBusy
from flows.settings import ROOT

_ROW = re.compile(r"^\| (\d+) \| (.+) \|$", re.MULTILINE)


def ended(capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    """The exit code of the command, and what it said to standard error."""
    with pytest.raises(SystemExit) as caught:
        main.main()
    return caught.value.code, capsys.readouterr().err


def helped(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int, *verb: str) -> str:
    """The help of a verb on a terminal of so many columns; typer's own runner has 80 in any case."""
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("sys.argv", ["entrepot", *verb, "--help"])
    with pytest.raises(SystemExit):
        main.main()
    return capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["runn"], ["status", "--nope"], ["retention", "--keep", "0"], ["explain"]])
def test_a_misspelt_command_is_not_taken_for_the_gate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["entrepot", *arguments])
    code, said = ended(capsys)
    assert code == 1
    assert "Usage: " in said


@pytest.mark.parametrize("verb", ["rollback", "publish", "audit"])
@pytest.mark.parametrize("run_id", ["", " "])
def test_an_empty_id_of_a_run_is_not_taken_for_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: str, run_id: str
) -> None:
    monkeypatch.setattr("sys.argv", ["entrepot", verb, run_id])
    code, said = ended(capsys)
    assert code == 1
    assert said.rstrip().endswith("the id of the run is empty; give one, or leave it out.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("run --mode x", "'x' is not one of 'refresh', 'rebuild'."),
        ("retention --keep 0", "it should be 1 or more."),
        ("retention --keep x", "it should be a whole number."),
        ("sources new a.csv --header-row 1.5", "it should be a whole number."),
        ("explain", "Missing argument 'number'."),
    ],
)
def test_a_wrong_value_is_told_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: str, said: str
) -> None:
    monkeypatch.setattr("sys.argv", ["entrepot", *arguments.split()])
    _, told = ended(capsys)
    assert told.rstrip().endswith(said)
    assert "Value error" not in told
    assert "Input should" not in told


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_help_names_every_option_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    """At 80 columns it read `--only-redistribu` and a sign for the rest."""
    for *verb, option in (
        ("run", "--only-redistributable"), ("export", "--only-redistributable"),
        ("sources", "new", "--exports-valuation"), ("sources", "new", "--no-redistributable"),
    ):  # fmt: skip
        said = helped(monkeypatch, capsys, columns, *verb)
        assert option in said, verb
        assert "\u2026" not in said
        assert max(map(len, said.splitlines())) <= columns
    listed = " ".join(helped(monkeypatch, capsys, columns).split())
    assert "nothing of it is used, and the last good file of its partition is." in listed


@pytest.mark.parametrize("columns", [40, 80])
def test_help_cuts_no_verb_short(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    """Of verbs that have verbs of their own it read `Write the published release for...`."""
    listed = " ".join(helped(monkeypatch, capsys, columns).split())
    assert "export Write the published release for others to read. sources" in listed
    assert listed.endswith("`new` drafts the contract of your table.")
    for verb in ("export", "sources"):
        assert "..." not in helped(monkeypatch, capsys, columns, verb).partition("Commands:")[2], verb


@pytest.mark.parametrize("query", ["-- largest = 1st\nselect 1", "-1 + 2", "--x\nselect 1", "/* all */ select 1"])
def test_a_query_may_begin_with_a_comment_or_a_sign(monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr("flows.cli.terminal.show_query", lambda _, text, form: asked.append((text, form)))
    assert CliRunner().invoke(main.app, ["sql", query, "--csv"]).exit_code == 0
    assert asked == [(query, "csv")]


@pytest.mark.parametrize("arguments", [["--jsn", "select 1"], ["--jsn"], ["select 1", "-x"]])
def test_a_misspelt_option_of_sql_is_no_query(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["entrepot", "sql", *arguments])
    code, said = ended(capsys)
    assert code == 1
    assert "Usage: " in said


def test_a_workbook_is_named_so_that_excel_opens_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["entrepot", "export", "xlsx", "marts.xls"])
    code, said = ended(capsys)
    assert (code, "a name that ends in .xlsx" in said) == (1, True)


def test_a_log_has_no_empty_line_where_a_bar_would_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(terminal, "errors", terminal.Screen(stderr=True, width=120, no_color=True))
    with terminal.progress():
        logging.getLogger("entrepot").info("landed")
    terminal.complain("stopped")
    assert capsys.readouterr().err == "stopped\n"


def test_a_result_is_printed_in_one_form(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["entrepot", "sql", "--csv", "--json", "select 1"])
    code, said = ended(capsys)
    assert (code, "Give --csv or --json" in said) == (1, True)


def test_help_breaks_its_lines_where_the_terminal_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = helped(monkeypatch, capsys, 300, "audit")
    assert "and what was accepted. That holds for a run a test of dbt stopped, too." in said


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EntrepotError("said"), 1), (GateFailed("said"), 2), (SystemExit(3), 3), (WriterBusy("said"), 4),
        (SystemExit(5), 5), (SystemExit(129), 129), (SystemExit(130), 130), (SystemExit(143), 143),
    ],
)  # fmt: skip
def test_every_other_end_keeps_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    def app() -> None:
        raise error

    monkeypatch.setattr(main, "app", app)
    assert ended(capsys)[0] == code


def test_both_tables_list_the_same_codes() -> None:
    readme, gates = (
        _ROW.findall((ROOT / name).read_text(encoding="utf-8")) for name in ("README.md", "docs/explanation/gates.md")
    )
    assert readme == gates
    assert [code for code, _ in readme] == ["0", "1", "2", "3", "4", "5", "129", "130", "143"]
