"""`entrepot`: the command line. Thin: every verb calls what the flows call.

Exit codes: 0 done, 1 something failed or the command was misspelt, 2 the release gate stopped the publish,
3 done although some partitions failed and their last good file is used, 4 another process is writing,
5 partial: a publisher's request quota is used up, and the same command resumes when it is replenished,
130 interrupted.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer

from flows.cli import (
    accept_commands,
    answers,
    backup_commands,
    export_commands,
    gate_tables,
    read_commands,
    reports,
    run_report,
    source_commands,
    terminal,
)
from flows.cli.terminal import Json
from flows.errors import EntrepotError, GateFailed, NothingIngested, is_interruption, of_the_machine
from flows.ledger import Ledger, Run
from flows.machine import keep_in_memory
from flows.releases import gate_report
from flows.settings import ROOT, get_settings, use_settings
from flows.steps import NOTHING_TO_DO, Mode
from flows.ui.server import start_own_server

app = typer.Typer(
    help="Entrepôt: raw trade sources in, a proven trade.duckdb out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(source_commands.app, name="sources")
app.add_typer(export_commands.app, name="export")
app.add_typer(accept_commands.app)
app.add_typer(backup_commands.app)
app.add_typer(read_commands.app)

_UNKNOWN = {
    "Source": "Unknown source {}; `entrepot sources` lists them.",
    "LiveSource": "{} is no live source; `entrepot sources` lists them.",
    "Economy": "{} is no economy known here; give ISO 3166 alpha-3 codes.",
    "StatisticFrequency": "{} is no frequency; there are A, Q, M.",
}
DEMO = ROOT / "warehouse" / "demo"
STANDS_IN = 3
PARTIAL = 5
INTERRUPTED = 130
_MISSPELT = 2  # typer's own code, which here is the gate's alone
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


def _run_flow(
    sources: list[str] | None, mode: Mode, only_redistributable: bool = False, answer: _Answer | None = None
) -> Run:
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
    settings.prepare_process()
    settings.set_environment(PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL="CRITICAL")
    with terminal.progress():
        start_own_server(settings, meanwhile=lambda: importlib.import_module("flows.pipeline"))
        yield


def _chosen(names: list[str] | None, offered: Any) -> tuple[Any, ...]:
    """Names as the flows take them: members of what the form offers. Raises EntrepotError for a name it does not."""
    unknown = sorted(set(names or ()) - set(offered.__members__))
    if unknown:
        raise EntrepotError(_UNKNOWN[offered.__name__].format(", ".join(unknown)))
    return tuple(offered[name] for name in names or ())


def _recorded(flow: Callable[[], str]) -> Run:
    """The record of the run that `flow` makes, of one that brought nothing in too."""
    try:
        run_id = flow()
    except NothingIngested as error:
        run_id = error.run_id
    return Ledger(get_settings()).run(run_id)


def _mode(mode: RunMode, publish: bool) -> Mode:
    if not publish:
        return "build without publishing"
    return "rebuild" if mode is RunMode.rebuild else "refresh"


def _end_followed(failed: list[str]) -> None:
    """Say what does not follow the release the link points to, and end with the exit code that says so."""
    for notice in failed:
        terminal.complain(notice)
    if failed:
        raise typer.Exit(STANDS_IN)


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
    _end(_run_flow(sources, _mode(mode, publish), only_redistributable, answer), answer)


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
    reporters: Annotated[list[str] | None, typer.Option("--reporter", "-r", help="Whose reports, such as CHN.")] = None,
    partners: Annotated[list[str] | None, typer.Option("--partner", "-p", help="Only with these, such as RUS.")] = None,
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
            "reporters": _chosen(reporters, forms.Economy),
            "partners": _chosen(partners, forms.Economy),
            "frequencies": _chosen(frequencies, forms.StatisticFrequency),
        }
        done = _recorded(lambda: flow(_chosen(sources, forms.LiveSource), begin, end, dry_run=dry_run, **asked))
    _end(done)


@app.command()
def audit(
    run_id: Annotated[
        str | None, typer.Argument(help="A run with a candidate or a release; the published one if left out.")
    ] = None,
    recorded: Annotated[
        str | None, typer.Option("--run", help="Show what was found in this run, and judge nothing again.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the release gate again, on the published file or on a candidate, and print every check.

    With --run what is on record of a run is shown: every check, failing rows, what to do, and what was accepted. That
    holds for a run a test of dbt stopped, too.
    """
    from flows import verbs

    ledger = Ledger(get_settings())
    if recorded is not None:
        results = gate_report.results_of(ledger.run(recorded))
    else:
        with terminal.progress():
            _, results = verbs.audit_again(ledger, run_id)
    gate_tables.show_checks(get_settings(), results, as_json)
    if errors := sum(result.stops_release for result in results):
        raise GateFailed(f"{terminal.counted(errors, 'check')} failed; such a release is not published.")


@app.command()
def publish(
    run_id: Annotated[str | None, typer.Argument(help="A built and audited run; the newest if left out.")] = None,
) -> None:
    """Publish a candidate made with `entrepot run --no-publish`, or point the link to a release."""
    from flows import verbs

    with terminal.progress():
        run, failed = verbs.publish(Ledger(get_settings()), run_id)
    terminal.say(f"Published release {run.run_id}.")
    _end_followed(failed)


@app.command()
def rollback(
    run_id: Annotated[str | None, typer.Argument(help="The release to go back to; the one before if left out.")] = None,
) -> None:
    """Point the published link back to an earlier release, byte for byte what it was."""
    from flows import verbs

    with terminal.progress():
        record, failed = verbs.roll_back(Ledger(get_settings()), run_id)
    terminal.say(record.message)
    _end_followed(failed)


@app.command()
def retention(
    keep: Annotated[int | None, typer.Option(min=1, help="Releases to keep; the setting if left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Delete old releases, candidates and leftovers of exports; never raw files, run records or what is published."""
    from flows import verbs

    ledger = Ledger(get_settings())
    with ledger.writing("retention"):
        line, table = verbs.prune(ledger, keep or ledger.settings.keep_releases, dry_run)
    if table:
        terminal.show_rows(table)
    terminal.say(line)


@export_commands.app.callback(invoke_without_command=True)
def export(
    context: typer.Context,
    public: Annotated[
        Path | None, typer.Option(help="A folder open to others: refused where figures are not redistributable.")
    ] = None,
    only_redistributable: OnlyRedistributable = False,
) -> None:
    """Write the published star schema and marts as Parquet, and the page: to the warehouse, or to an open folder.

    With --only-redistributable a release is built for the folder from the other sources alone, so that no share,
    rank or sum in it stands on what is not redistributable; the published warehouse stays as it is.
    """
    from flows.exports import page
    from flows.exports import parquet as step
    from flows.releases import licence, place
    from flows.steps import build

    if context.invoked_subcommand is not None:
        return
    settings, ledger, published = get_settings(), Ledger(get_settings()), export_commands.published_release()
    release = place.release_path(settings, published)
    if public is None:
        terminal.say(f"Exported release {published} to {step.export_parquet(settings, published)}.")
        terminal.say(f"The page is {page.build_site(settings, published)}.")
    elif not only_redistributable or not licence.holdings(settings, release):
        terminal.say(f"Exported release {published} to {step.export_public(settings, release, published, public)}.")
    else:
        run = _run_flow(None, "offline", only_redistributable=True)
        step.export_public(settings, build.candidate_path(settings, run), run.run_id, public)
        message = f"Exported to {public} without {', '.join(run.left_out)}; the published warehouse is unchanged."
        terminal.say(ledger.finish(run, "exported", message).message)


@app.command()
def status(as_json: Json = False) -> None:
    """What is published, what the last runs did, and which partitions failed."""
    run_report.show_status(get_settings(), Ledger(get_settings()), as_json)


@app.command()
def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Put in order what can be without losing anything.")] = False,
    as_json: Json = False,
) -> None:
    """Hold the warehouse against its records: raw files, landed rows, releases, links, leftovers, packages, disk.

    The exit code is 1 where something is wrong. Nothing is changed without --repair.
    """
    from flows.cli import doctor_report
    from flows.doctor import examination

    ledger = Ledger(get_settings())
    repaired, found = examination.repair(ledger) if repair else ([], examination.examine(ledger))
    doctor_report.show(repaired, found, as_json)
    if found.findings:
        raise typer.Exit(EntrepotError.exit_code)


@app.command(context_settings={"ignore_unknown_options": True})  # -6.7 is a figure
def explain(
    number: Annotated[str, typer.Argument(help="A figure as printed: billions of USD, percent, or a place.")],
    reporter: Annotated[str | None, typer.Option(help="Only this reporter, such as CHN or China.")] = None,
    partner: Annotated[str | None, typer.Option(help="Only this partner, such as RUS or Russia.")] = None,
    period: Annotated[str | None, typer.Option(help="Only this period, such as 2021 or 2021-YTD07.")] = None,
    as_json: Json = False,
) -> None:
    """A number's path back: the choice among the reports, the raw file, its line, and the address it came from."""
    reports.show_explanations(get_settings(), number, reporter, partner, period, as_json)


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
        tour.play(settings, stage, lambda: _run_flow(None, "refresh"))
    tour.farewell(settings)


@app.command()
def serve() -> None:
    """Start the Prefect UI on loopback: every flow with its form, progress and summary. Ctrl-C stops it."""
    from flows.ui.deployments import serve as serve_deployments

    settings = get_settings()
    settings.prepare_process()
    serve_deployments(settings, terminal.say)


@app.command()
def deploy() -> None:
    """Offer every flow on your own Prefect server, for its workers; schedules that are on stay on."""
    from flows.ui.own_server import deploy as deploy_flows

    settings = get_settings()
    settings.prepare_process()
    terminal.say(deploy_flows(settings))


@app.command()
def alert(
    block: Annotated[str, typer.Argument(help="A notification block of the UI, such as slack-webhook/desk.")],
) -> None:
    """Tell somebody of every run that needs a look: sets up the automation in automations/alert.yaml."""
    from flows.ui.automations import alert as set_up

    settings = get_settings()
    settings.prepare_process()
    terminal.say(set_up(settings, block))


def main() -> None:
    """Run the command line; what a user did wrong ends in one sentence, never in a traceback."""
    keep_in_memory()
    try:
        app()
    except EntrepotError as error:
        gate_tables.show_stop(error)
        sys.exit(error.exit_code)
    except (OSError, duckdb.Error) as error:
        if not (said := of_the_machine(error)):
            raise
        terminal.complain(said)
        sys.exit(EntrepotError.exit_code)
    except (SystemExit, RuntimeError) as error:
        code = getattr(error, "code", None)
        if code == _MISSPELT:
            sys.exit(EntrepotError.exit_code)
        if not is_interruption(error) and code != INTERRUPTED:  # typer's exit after Ctrl-C
            raise
        terminal.complain("Interrupted; what was fetched is kept, and the published warehouse is as it was.")
        sys.exit(INTERRUPTED)
