"""The verbs that bring figures in: `run`, `ingest`, `backfill`, `demo`; and how a flow is run from the terminal."""

from __future__ import annotations

import contextlib
import importlib
import logging
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from flows.cli import answers, run_report, terminal
from flows.errors import EntrepotError, NothingIngested
from flows.ledger import Ledger, Run
from flows.read.areas import economy_typed
from flows.releases.place import require_writable
from flows.settings import ROOT, get_settings, use_settings
from flows.steps import NOTHING_TO_DO, Mode
from flows.stopping import heeding_ctrl_c
from flows.transport import server_trouble
from flows.ui.server import start_own_server

app = typer.Typer()

DEMO = ROOT / "warehouse" / "demo"
STANDS_IN = 3
PARTIAL = 5
_UNKNOWN = {
    "Source": "Unknown source {}; `entrepot sources` lists them.",
    "LiveSource": "Unknown live source {}; `entrepot sources` lists them.",
    "StatisticFrequency": "Unknown frequency {}; there are A, Q, M.",
}
Sources = Annotated[
    list[str] | None, typer.Option("--source", "-s", help="Only this source; may be given several times.")
]
OnlyRedistributable = Annotated[
    bool, typer.Option("--only-redistributable", help="Build without sources that are not redistributable.")
]


class RunMode(StrEnum):
    """How far a run goes."""

    refresh = "refresh"
    rebuild = "rebuild"


class _Answer:
    """Shows a published run and the answer to the article, before the exports follow; `notices` it has shown."""

    def __init__(self) -> None:
        self.notices: int | None = None

    def __call__(self, run: Run) -> None:
        """Show it once."""
        run_report.show_run(get_settings(), run)
        answers.show_answers(get_settings())
        self.notices = len(run.notices)


def run_flow(
    sources: list[str] | None, mode: Mode, only_redistributable: bool = False, answer: _Answer | None = None
) -> Run:
    """Run the flow `refresh` with its progress in the terminal; the record it leaves."""
    with _prefect():
        from flows import forms
        from flows.pipeline import announce_release, refresh  # imported here: prefect takes over a second

        if answer is not None:
            announce_release.set(answer)
        return _recorded(lambda: refresh(_chosen(sources, forms.Source), mode, only_redistributable))


@contextlib.contextmanager
def _prefect() -> Iterator[None]:
    """Progress in the terminal instead of Prefect's own log."""
    settings = get_settings()
    require_writable(settings.warehouse)  # else it is Prefect's server that cannot write, and says so at length
    settings.prepare_process()
    settings.set_environment(PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL="CRITICAL")
    logging.raiseExceptions = False  # what Prefect prints of log lines its server does not take
    with terminal.progress():
        start_own_server(settings, meanwhile=lambda: importlib.import_module("flows.pipeline"))
        yield


def _chosen(names: list[str] | None, offered: Any) -> tuple[Any, ...]:
    """Names as the flows take them: members of what the form offers. Raises EntrepotError for a name it does not."""
    unknown = sorted(set(names or ()) - set(offered.__members__))
    if unknown:
        raise EntrepotError(_UNKNOWN[offered.__name__].format(", ".join(unknown)))
    return tuple(offered[name] for name in names or ())


def _economies(names: list[str] | None, offered: Any) -> tuple[Any, ...]:
    """Economies by code or name as the flows take them. Raises EntrepotError for one that is not known, or that no
    publisher has figures of by its code.
    """
    typed = {name: economy_typed(name) for name in names or ()}
    terminal.say_what_is_read(*typed)
    for name, code in typed.items():
        if code not in offered.__members__:
            raise EntrepotError(
                f"{name!r} ({code}) has no ISO 3166 code, so no publisher is asked for it; leave it out."
            )
    return tuple(dict.fromkeys(offered[code] for code in typed.values()))


def _recorded(flow: Callable[[], str]) -> Run:
    """The record of the run that `flow` makes, of one that brought nothing in too.

    Raises EntrepotError where Prefect's server fails: its disk may be full.
    """
    try:
        with heeding_ctrl_c():
            run_id = flow()
    except NothingIngested as error:
        run_id = error.run_id
    except httpx.HTTPError as error:
        raise EntrepotError(server_trouble.failure(get_settings(), error)) from error
    return Ledger(get_settings()).run(run_id)


def _mode(mode: RunMode, publish: bool) -> Mode:
    if not publish:
        return "build without publishing"
    return "rebuild" if mode is RunMode.rebuild else "refresh"


def _end(run: Run, answer: _Answer | None = None) -> None:
    """Show what the run did and has not shown yet, and end with the exit code that says so."""
    answer = answer or _Answer()
    if answer.notices is not None:
        run_report.show_notices(run.notices[answer.notices :])
    elif run.state == "published":
        answer(run)
    else:
        run_report.show_run(get_settings(), run)
    if run.state == "published" and "page" in get_settings().followers:
        page = get_settings().export / "site" / "index.html"
        if page.is_file():
            terminal.say(f"The page, for a browser: {page}")
    if run.failed or run.notices:
        raise typer.Exit(STANDS_IN)
    if run.waiting:
        raise typer.Exit(PARTIAL)


@app.command()
def run(
    sources: Sources = None,
    mode: Annotated[RunMode, typer.Option(help="`rebuild` builds all from nothing, in any case.")] = RunMode.refresh,
    publish: Annotated[bool, typer.Option(help="Publish when the gate is passed.")] = True,
    only_redistributable: OnlyRedistributable = False,
) -> None:
    """Fetch, land, build, audit and publish; then answer the article the project starts from.

    Ends at once with "nothing to do" when no raw file and no code changed since the last release.
    """
    from flows import verbs

    may_be_quiet = publish and mode is RunMode.refresh and sources is None
    if may_be_quiet and verbs.nothing_to_do(Ledger(get_settings()), only_redistributable):
        terminal.say(NOTHING_TO_DO)
        return
    answer = _Answer()
    _end(run_flow(sources, _mode(mode, publish), only_redistributable, answer), answer)


@app.command()
def ingest(sources: Sources = None) -> None:
    """Fetch and land what is new, and stop there: nothing is built or published."""
    with _prefect():
        from flows import forms
        from flows.pipeline import ingest_sources

        done = _recorded(lambda: ingest_sources(_chosen(sources, forms.Source)))
    _end(done)


@app.command()
def backfill(
    sources: Annotated[list[str], typer.Option("--source", "-s", help="A source; may be given several times.")],
    first: Annotated[str, typer.Option("--from", help="First year (2015) or month (2015-03).")],
    last: Annotated[str | None, typer.Option("--to", help="Last year or month; up to now if left out.")] = None,
    reporters: Annotated[
        list[str] | None, typer.Option("--reporter", "-r", help="Whose reports: CHN, or China.")
    ] = None,
    partners: Annotated[
        list[str] | None, typer.Option("--partner", "-p", help="Only with these: RUS, or Russia.")
    ] = None,
    frequencies: Annotated[list[str] | None, typer.Option("--frequency", "-f", help="A, Q or M.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Stop after the estimate.")] = False,
) -> None:
    """Fetch and land any range of periods; what it costs is said first, and a used-up quota ends it cleanly.

    Start it again, after that or after a kill, and it resumes where it stopped. Reporters, partners and frequencies
    left out are those of the settings.
    """
    from flows import forms

    begin, end = forms.days_of(first, last)  # a text that is no period is said in a sentence before anything starts
    with _prefect():
        from flows.pipeline import backfill as flow

        asked = {
            "reporters": _economies(reporters, forms.Economy),
            "partners": _economies(partners, forms.Economy),
            "frequencies": _chosen(frequencies, forms.StatisticFrequency),
        }
        done = _recorded(lambda: flow(_chosen(sources, forms.LiveSource), begin, end, dry_run=dry_run, **asked))
    _end(done)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo's own warehouse goes; it stays for a look.")] = DEMO,
) -> None:
    """See the whole warehouse at work in a few minutes, live, without a network: a revision and an outage included.

    The publishers are a stand-in on this machine with invented figures; your own warehouse is not touched.
    """
    from flows.cli import demo as tour

    user = get_settings()
    tour.prepare(folder, user)
    with tour.publishers(user) as stage:
        settings = tour.settings_for(folder.resolve(), user, stage.address)
        use_settings(settings)
        terminal.say(f"An invented world of {stage.address}; the demo's warehouse is {settings.warehouse}.")
        tour.play(settings, stage, lambda: run_flow(None, "refresh"))
    tour.farewell(settings)
