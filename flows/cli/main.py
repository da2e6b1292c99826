"""`entrepot`: the command line. Thin: every verb calls what the flows call.

Exit codes: 0 done, 1 something failed or the command was misspelt, 2 the release gate stopped the publish,
3 done although some partitions failed and their last good file is used, 4 another process is writing,
5 partial: a publisher's request quota is used up, and the same command resumes when it is replenished,
130 interrupted with Ctrl-C, 129 by a terminal that was closed, 143 by a signal that asks a process to end.
"""

from __future__ import annotations

import contextlib
import inspect
import signal
import sys
from typing import Any

import duckdb
import typer
from typer.core import TyperGroup

from flows.cli import (
    accept_commands,
    backup_commands,
    export_commands,
    gate_tables,
    read_commands,
    release_commands,
    run_commands,
    server_commands,
    source_commands,
    terminal,
)
from flows.errors import EntrepotError, is_interruption, of_a_value, of_the_machine
from flows.machine import keep_in_memory
from flows.steps.land import is_of_damage
from flows.stopping import EXIT_CODES, end_in_order

_AS_WIDE_AS_THE_TERMINAL = 10_000


class _Verbs(TyperGroup):
    """The verbs; what is wrong with a value of an option is said in plain words, not in those of pydantic."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb of the command line."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = f"{of_a_value(error.message)}." if error.message else ""  # of an argument that is missing
            raise


app = typer.Typer(
    cls=_Verbs,
    help="Entrepôt: raw trade sources in, a proven trade.duckdb out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its frames cut the names of long options at 80 columns
    context_settings={"max_content_width": _AS_WIDE_AS_THE_TERMINAL},
)


def _in_paragraphs(part: typer.Typer) -> typer.Typer:
    """`part`, whose help breaks its lines where the terminal ends, and not where the docstring does."""
    for command in part.registered_commands:
        paragraphs = (inspect.getdoc(command.callback) or "").split("\n\n")
        told = [" ".join(paragraph.split()) for paragraph in paragraphs]
        command.help, command.short_help = "\n\n".join(told), told[0]  # one that is named is never cut short
    part.info.short_help = part.info.help  # for a part that is a verb itself
    return part


for _commands in (
    run_commands,
    release_commands,
    accept_commands,
    read_commands,
    server_commands,
    backup_commands,
):
    app.add_typer(_in_paragraphs(_commands.app))
app.add_typer(_in_paragraphs(export_commands.app), name="export")
app.add_typer(_in_paragraphs(source_commands.app), name="sources")

INTERRUPTED = 130
_STOPPED = {
    INTERRUPTED: "Interrupted",
    EXIT_CODES[signal.SIGHUP]: "Interrupted: the terminal was closed (SIGHUP)",
    EXIT_CODES[signal.SIGTERM]: "Interrupted: the process was asked to end (SIGTERM)",
}
_DAMAGED = "A file of the warehouse is damaged: {said}. `entrepot doctor` says which one, and what to do."
_MISSPELT = 2  # typer's own code, which here is the gate's alone


def _of_damage(said: str) -> str:
    """What to do where DuckDB says that a file is damaged; an empty text where it says anything else."""
    return _DAMAGED.format(said=" ".join(said.split()).rstrip(".")) if is_of_damage(said) else ""


def main() -> None:
    """Run the command line; what a user did wrong ends in one sentence, never in a traceback."""
    end_in_order()
    keep_in_memory()
    terminal.print_whole()
    try:
        app()
    except EntrepotError as error:
        gate_tables.show_stop(error)
        sys.exit(error.exit_code)
    except (OSError, duckdb.Error) as error:
        said = of_the_machine(error) or _of_damage(str(error))
        if not said:
            raise
        terminal.complain(said)
        sys.exit(EntrepotError.exit_code)
    except (SystemExit, RuntimeError) as error:
        code = getattr(error, "code", None)
        if code == _MISSPELT:
            sys.exit(EntrepotError.exit_code)
        if not is_interruption(error) and code not in _STOPPED:  # typer's exit after Ctrl-C is one of them
            raise
        ended = code if isinstance(code, int) else INTERRUPTED
        with contextlib.suppress(OSError):  # the terminal is gone
            terminal.complain(f"{_STOPPED[ended]}; what was fetched is kept. `entrepot status` says what is published.")
        sys.exit(ended)
