"""The verbs that only read what is published: `answers`, `profile`, `claims`, `sql`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli import reports, terminal
from flows.cli.terminal import Json
from flows.settings import get_settings

app = typer.Typer()


@app.command()
def answers() -> None:
    """Show again what `run` showed: the article's pair by year, its ranks, and the verdict on each statement."""
    from flows.cli.answers import show_answers

    show_answers(get_settings())


@app.command()
def sql(
    query: Annotated[str | None, typer.Argument(help="One query; if left out a prompt, or what a pipe holds.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Json = False,
) -> None:
    """Query the published warehouse, read-only. Example: entrepot sql "from marts.partner_rank limit 5"."""
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
    area: Annotated[str, typer.Argument(help="An economy or group: code or name, such as RUS, China, EUU.")],
    partner: Annotated[str, typer.Argument(help="The other one.")],
    first: Annotated[int | None, typer.Option("--from", help="First year.")] = None,
    last: Annotated[int | None, typer.Option("--to", help="Last year.")] = None,
    as_json: Json = False,
) -> None:
    """The article's questions for any two: trade by both reporters, ranks, goods, targets, what is missing and why.

    In SQL: select * from marts.profile('RUS', 'CHN').
    """
    from flows.cli import profile_report
    from flows.read import profile as pair

    with terminal.published_release(get_settings()) as con:
        found = pair.profile(con, area, partner, first, last)
    if as_json:
        terminal.print_json(found.figures)
    else:
        profile_report.show_profile(found)
