"""`entrepot`: the command line. Thin: every verb calls what the flows call.

Exit codes: 0 done, 1 something failed, 2 the release gate stopped the publish (or the command was misspelt),
3 published although some partitions failed and their last good file stands in, 4 another process is writing.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows import reports, terminal
from flows.contracts import load_contracts
from flows.errors import EntrepotError
from flows.ledger import Ledger, Run
from flows.settings import get_settings
from flows.steps import NOTHING_TO_DO, Mode

app = typer.Typer(
    help="Entrepôt: raw trade sources in, a proven trade.duckdb out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

PARTIAL = 3
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Sources = Annotated[
    list[str] | None, typer.Option("--source", "-s", help="Only this source; may be given several times.")
]
OnlyRedistributable = Annotated[
    bool, typer.Option("--only-redistributable", help="Build without sources that may not be passed on.")
]


class RunMode(StrEnum):
    """How far a run goes."""

    refresh = "refresh"
    rebuild = "rebuild"


def _run_flow(sources: list[str] | None, mode: Mode, only_redistributable: bool = False) -> Run:
    settings = get_settings()
    settings.prepare_process()
    settings.set_environment(PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL="CRITICAL")
    with terminal.progress():
        from flows.pipeline import SourceName, refresh  # imported here: prefect takes over a second

        known = {source.value for source in SourceName}
        unknown = sorted(set(sources or ()) - known)
        if unknown:
            raise EntrepotError(f"Unknown source {', '.join(unknown)}; `entrepot sources` lists them.")
        run_id = refresh([SourceName(name) for name in sources] if sources else None, mode, only_redistributable)
    return Ledger(settings).run(run_id)


def _nothing_to_do(only_redistributable: bool) -> bool:
    """Whether a refresh would end at once; found out in a second, without starting Prefect."""
    from flows.steps import build, fetch, land

    settings, ledger = get_settings(), Ledger(get_settings())
    if ledger.last_published() is None:
        return False
    with ledger.writing():
        land.prepare(settings)
        plan = fetch.plan(settings, ledger)
        standing = [land.restate(settings, outcome) for outcome in plan.kept] if not plan.fetch else []
        quiet = not (plan.fetch or plan.unrecognised or plan.unreachable) and not land.pending(settings, ledger)
        left_out = build.sources_left_out(settings, only_redistributable)
        quiet = quiet and build.is_up_to_date(settings, ledger, left_out)
        if not quiet or any(o.outcome == "failed" for o in standing):
            return False
        run = ledger.start("run", build.versions(), build.code_fingerprint())
        run.left_out, run.outcomes = left_out, standing
        ledger.finish(run, "nothing_to_do", NOTHING_TO_DO)
    return True


def _mode(mode: RunMode, publish: bool) -> Mode:
    if not publish:
        return "build without publishing"
    return "rebuild" if mode is RunMode.rebuild else "refresh"


def _export(run_id: str) -> None:
    """Make what others read, Parquet and Data Docs, follow the release the link points to."""
    from flows.steps import audit, export, publish

    with terminal.progress():
        export.export_release(get_settings(), run_id)
        audit.data_docs(get_settings(), publish.release_path(get_settings(), run_id))


def _end(run: Run) -> None:
    reports.show_run(run)
    if run.failed:
        raise typer.Exit(PARTIAL)


@app.command()
def run(
    sources: Sources = None,
    mode: Annotated[RunMode, typer.Option(help="`rebuild` builds even when nothing changed.")] = RunMode.refresh,
    publish: Annotated[bool, typer.Option(help="Publish when the gate is passed.")] = True,
    only_redistributable: OnlyRedistributable = False,
) -> None:
    """Fetch, land, build, audit and publish; then answer the article the project starts from.

    Ends at once with "nothing to do" when no raw file and no code changed since the last release.
    """
    if publish and mode is RunMode.refresh and sources is None and _nothing_to_do(only_redistributable):
        terminal.say(NOTHING_TO_DO)
        return
    finished = _run_flow(sources, _mode(mode, publish), only_redistributable)
    reports.show_run(finished)
    if finished.state == "published":
        reports.show_article(get_settings())
    if finished.failed:
        raise typer.Exit(PARTIAL)


@app.command()
def ingest(sources: Sources = None) -> None:
    """Fetch and land what is new, and stop there: nothing is built or published."""
    _end(_run_flow(sources, "ingest only"))


@app.command()
def audit(
    run_id: Annotated[
        str | None, typer.Argument(help="A run with a candidate or a release; the published one if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the release gate again, on the published file or on a candidate, and print every check."""
    from flows.steps import audit as step
    from flows.steps import build, publish

    settings, ledger = get_settings(), Ledger(get_settings())
    chosen = run_id or ledger.published_run_id()
    if chosen is None:
        raise EntrepotError("Nothing is published yet; `entrepot run` makes the first release.")
    paths = [publish.release_path(settings, chosen), build.candidate_path(settings, ledger.run(chosen))]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        raise EntrepotError(f"Run {chosen} has neither a candidate nor a release.")
    with terminal.progress():
        results = step.audit(settings, path, None)
    reports.show_checks(results, as_json)
    step.require_passed(results)


@app.command()
def publish(
    run_id: Annotated[str | None, typer.Argument(help="A built and audited run; the newest if left out.")] = None,
) -> None:
    """Publish a candidate made with `entrepot run --no-publish`, or point the link to a release."""
    from flows.steps import build
    from flows.steps import publish as step

    settings, ledger = get_settings(), Ledger(get_settings())
    with ledger.writing():
        built = [past.run_id for past in ledger.runs() if past.state == "built"]
        chosen = run_id or (built[-1] if built else None)
        if chosen is None:
            raise EntrepotError("There is no built candidate; `entrepot run --no-publish` makes one.")
        if step.release_path(settings, chosen).is_file():
            step.point_to(settings, chosen)
        else:
            candidate = ledger.run(chosen)
            if candidate.state != "built":
                raise EntrepotError(f"Run {chosen} is {candidate.state.replace('_', ' ')}, not built and audited.")
            step.publish(settings, ledger, candidate, build.candidate_path(settings, candidate))
        _export(chosen)
    terminal.say(f"Published release {chosen}.")


@app.command()
def rollback(
    run_id: Annotated[str | None, typer.Argument(help="The release to go back to; the one before if left out.")] = None,
) -> None:
    """Point the published link back to an earlier release, byte for byte what it was."""
    from flows.steps import build
    from flows.steps import publish as step

    settings, ledger = get_settings(), Ledger(get_settings())
    with ledger.writing():
        target = step.rollback_target(settings, ledger, run_id)
        record = ledger.start("rollback", build.versions(), build.code_fingerprint())
        step.point_to(settings, target)
        _export(target)
        record.published_sha256 = ledger.run(target).published_sha256
        ledger.finish(record, "published", f"Rolled back to release {target}.")
    terminal.say(f"Rolled back to release {target}.")


@app.command()
def export(
    public: Annotated[
        Path | None, typer.Option(help="A folder open to others: refused where figures may not be passed on.")
    ] = None,
    only_redistributable: OnlyRedistributable = False,
) -> None:
    """Write the published star schema and marts as Parquet: to the warehouse, or to a folder open to others.

    With --only-redistributable a release is built for the folder from the other sources alone, so that no share,
    rank or sum in it stands on what may not be passed on; the published warehouse stays as it is.
    """
    from flows.steps import build, licence, publish
    from flows.steps import export as step

    settings, ledger = get_settings(), Ledger(get_settings())
    published = ledger.published_run_id()
    if published is None:
        raise EntrepotError("Nothing is published yet; `entrepot run` makes the first release.")
    release = publish.release_path(settings, published)
    if public is None:
        terminal.say(f"Exported release {published} to {step.export_parquet(settings, published)}.")
    elif not only_redistributable or not licence.holdings(settings, release):
        terminal.say(f"Exported release {published} to {step.export_public(settings, release, published, public)}.")
    else:
        run = _run_flow(None, "build what is here", only_redistributable=True)
        step.export_public(settings, build.candidate_path(settings, run), run.run_id, public)
        message = f"Exported to {public} without {', '.join(run.left_out)}; the published warehouse is unchanged."
        terminal.say(ledger.finish(run, "exported", message).message)


@app.command()
def status(as_json: Json = False) -> None:
    """What is published, what the last runs did, and which partitions failed."""
    reports.show_status(get_settings(), Ledger(get_settings()), as_json)


@app.command()
def sources(as_json: Json = False) -> None:
    """Every source: publisher, licence, whether it may be passed on, and what has landed."""
    settings = get_settings()
    reports.show_sources(load_contracts(settings.contracts), Ledger(settings), as_json)


@app.command()
def sql(
    query: Annotated[str | None, typer.Argument(help="One query; a prompt opens if left out.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Json = False,
) -> None:
    """Query the published warehouse, read-only. Example: entrepot sql "from marts.partner_rank limit 5"."""
    form = "json" if as_json else "csv" if as_csv else "table"
    if query is None:
        terminal.prompt(get_settings(), form)
    else:
        terminal.show_query(get_settings(), query, form)


@app.command()
def claims(
    everything: Annotated[bool, typer.Option("--all", help="All statements, not only those of the article.")] = False,
    as_json: Json = False,
) -> None:
    """Published statements against the warehouse: verdict and evidence for each."""
    reports.show_claims(get_settings(), everything, as_json)


@app.command()
def explain(
    number: Annotated[str, typer.Argument(help="A figure as printed: billions of USD, or percent growth.")],
    reporter: Annotated[str | None, typer.Option(help="Only this reporter, such as CHN.")] = None,
    partner: Annotated[str | None, typer.Option(help="Only this partner, such as RUS.")] = None,
    period: Annotated[str | None, typer.Option(help="Only this period, such as 2021 or 2021-YTD07.")] = None,
    as_json: Json = False,
) -> None:
    """A number's path back: the choice among the reports, the raw file, its line, and the address it came from."""
    reports.show_explanations(get_settings(), number, reporter, partner, period, as_json)


@app.command()
def serve() -> None:
    """Start the Prefect UI on loopback with the refresh deployment and its form."""
    from flows.deployments import serve as serve_deployments

    settings = get_settings()
    settings.prepare_process()
    serve_deployments(settings, terminal.say)


def main() -> None:
    """Run the command line; what a user did wrong ends in one sentence, never in a traceback."""
    try:
        app()
    except EntrepotError as error:
        terminal.complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        terminal.complain("Interrupted; the published warehouse is as it was.")
        sys.exit(130)
