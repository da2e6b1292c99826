"""The verbs that only read: `status`, `answers`, `sql`, `claims`, `profile`, `explain`."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from flows.cli import reports, run_report, terminal
from flows.cli.terminal import Json
from flows.errors import EntrepotError
from flows.ledger import Ledger
from flows.settings import get_settings

app = typer.Typer()
_OPTION = re.compile(r"-[^\s;]+")  # a misspelt one, and no query that begins with a comment


@app.command()
def status(as_json: Json = False) -> None:
    """What is published, what the last runs did, and which partitions failed."""
    run_report.show_status(get_settings(), Ledger(get_settings()), as_json)


@app.command()
def answers() -> None:
    """Show again what `run` showed: the article's pair by year, its ranks, and the verdict on each statement."""
    from flows.cli.answers import show_answers

    show_answers(get_settings())


@app.command(context_settings={"ignore_unknown_options": True})  # a query may begin with a comment
def sql(
    query: Annotated[str | None, typer.Argument(help="One query; if left out a prompt, or what a pipe holds.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Json = False,
) -> None:
    """Query the published warehouse, read-only. Example: entrepot sql "from marts.partner_rank limit 5"."""
    if as_csv and as_json:
        raise EntrepotError("Give --csv or --json; a result is printed in one form.")
    if query is not None and _OPTION.fullmatch(query):
        raise typer.BadParameter(f"there is no option '{query}'")
    form = "json" if as_json else "csv" if as_csv else "table"
    if query is None:
        from flows.cli.prompt import open_prompt

        open_prompt(get_settings(), form)
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
def profile(
    area: Annotated[str, typer.Argument(help="An economy or group: code or name, such as RUS, China, Kasachstan.")],
    partner: Annotated[str, typer.Argument(help="The other one.")],
    first: Annotated[str | None, typer.Option("--from", help="First year.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last year.")] = None,
    as_json: Json = False,
) -> None:
    """What is known of any two economies or groups: trade by both reporters, ranks, goods, targets, what is missing.

    In SQL: select * from marts.profile('RUS', 'CHN').
    """
    from flows.cli import profile_report
    from flows.read import profile as pair

    with terminal.published_release(get_settings()) as con:
        found = pair.profile(con, area, partner, pair.year_of(first), pair.year_of(last))
    terminal.say_what_is_read(area, partner)
    if as_json:
        terminal.print_json(found.figures)
    else:
        profile_report.show_profile(found)


@app.command(context_settings={"ignore_unknown_options": True})  # -6.7 is a figure
def explain(
    number: Annotated[str, typer.Argument(help="A figure as printed: billions of USD, percent, or a place.")],
    reporter: Annotated[str | None, typer.Option(help="Only this reporter, such as CHN or China.")] = None,
    partner: Annotated[str | None, typer.Option(help="Only this partner, such as RUS or Russia.")] = None,
    period: Annotated[str | None, typer.Option(help="Only this period, such as 2021 or 2021-YTD07.")] = None,
    as_json: Json = False,
) -> None:
    """A number's path back: the choice among the reports, the raw file, its line, and the address it came from."""
    terminal.say_what_is_read(reporter, partner)
    reports.show_explanations(get_settings(), number, reporter, partner, period, as_json)
