"""`entrepot demo`: the whole warehouse, live, without a network, from nothing through a revision to an outage.

The publishers are the stand-in of `standin/`, a process of its own on loopback; the warehouse is a folder of the
demo's own, with nothing of the user's in it.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import SecretStr
from rich.markup import escape

from flows.cli.terminal import console, table_of
from flows.contracts import Source, load_contracts
from flows.errors import EntrepotError
from flows.ledger import Difference, Outcome, Run
from flows.read import published
from flows.read.opening import open_published
from flows.read.wording.numbers import plural
from flows.settings import Settings

_MARK = ".entrepot-demo"
_REFERENCE = "HS"  # the statistic_code of code lists, the only bundled tables that go in
_OUTAGE = "imf_imts"
_DOWN = "the IMF is down"
_LATE = "meanwhile Kazakhstan's year 2024 comes out at UN Comtrade, late"
# What China's customs prints wrongly, by the month of the table, YYYYMM, as the stand-in knows it.
MISPRINTS = {
    "202404": "China's customs loses the column of units in its table of exports of April 2024",
    "202406": "its table by country of June 2024 says dollars in the title and yuan in the unit",
}


class Revision(NamedTuple):
    """What a publisher changes between two runs: for the stand-in, and in words."""

    sources: tuple[str, ...]
    publisher: str
    subject: str
    period: str
    words: str


REVISIONS = (
    Revision(("comtrade_api", "comtrade_bulk"), "comtrade", "156", "2023", "UN Comtrade revises China's year 2023"),
    Revision(("baci",), "baci", "HS92", "V202601", "CEPII corrects the newest release of BACI"),
    Revision(("world_bank",), "wdi", "CHN", "2024", "the World Bank revises China's GDP and population of 2024"),
)


class Publishers:
    """The stand-in as a process, and its controls."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address

    def control(self, method: str, verb: str, **wanted: Any) -> dict[str, Any]:
        """One of the controls of the stand-in."""
        body = json.dumps(wanted).encode() if wanted else None
        request = urllib.request.Request(f"{self.address}/_ctl/{verb}", body, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            result: dict[str, Any] = json.load(answer)
        return result

    def asked(self) -> Counter[str]:
        """Requests by host since this was last looked at."""
        log = self.control("GET", "log")["requests"]
        self.control("DELETE", "log")
        return Counter(line["host"] for line in log)


@contextlib.contextmanager
def publishers(settings: Settings) -> Iterator[Publishers]:
    """The stand-in on a free port of the loopback address; gone when this ends, however it ends.

    Raises EntrepotError where the project's own folder, and with it the stand-in, is not there.
    """
    if not (settings.root / "standin").is_dir():
        raise EntrepotError(f"The demo needs the project's checkout: there is no folder standin in {settings.root}.")
    # In a session of its own Ctrl-C does not reach it; its input ends with this process.
    process = subprocess.Popen(
        [sys.executable, "-m", "standin", "--port", "0", "--until-eof"], cwd=settings.root, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        name, _, address = process.stdout.readline().strip().partition("=")
        if name != "ENTREPOT_BASE_URL":
            raise EntrepotError("The stand-in did not start; `python -m standin` says why.")
        yield Publishers(process, address)
    finally:
        process.terminate()
        process.wait(timeout=10)


def prepare(folder: Path, user: Settings) -> None:
    """An empty folder for the demo, where an earlier demo may have left its own.

    Raises EntrepotError when the folder is the user's warehouse or holds anything that is not a demo.
    """
    if folder.resolve() == user.warehouse.resolve() or (folder.exists() and not (folder / _MARK).is_file()):
        raise EntrepotError(f"{folder} exists and was not made by a demo; name another one with --folder.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()


def live_sources(user: Settings) -> dict[str, Source]:
    """Every source of the project that a server can be asked for."""
    return {name: source for name, source in load_contracts(user.contracts[:1]).items() if source.hosts}


def settings_for(folder: Path, user: Settings, address: str) -> Settings:
    """The settings of the demo: all live sources, three reporters, two years, and none of the user's own."""
    for source in load_contracts(user.contracts[:1]).values():
        if source.origin == "bundled" and source.statistic_code == _REFERENCE:
            shutil.copytree(user.bundled / source.name, folder / "bundled" / source.name)
    (folder / "bundled").mkdir(exist_ok=True)
    return Settings.alone(
        warehouse=folder, quotas=folder / "quotas", bundled=folder / "bundled", dbt_project=user.dbt_project,
        memory_limit=user.memory_limit, threads=user.threads,
        stand_in=address, live_sources=tuple(live_sources(user)), history_from=2023, history_to=2024,
        reporters=("CHN", "RUS", "KAZ"), comext_reporters=("DEU",), comtrade_requests_per_day=100_000,
        comtrade_key=SecretStr("the key of the demo"), census_key=SecretStr("the key of the demo"),
        http_tries=2, http_backoff_seconds=0.2, http_timeout_seconds=20, http_proxies_from_environment=False,
    )  # fmt: skip


def play(settings: Settings, stage: Publishers, run: Callable[[], Run]) -> None:
    """The four acts, each told and then shown. Raises EntrepotError where one does not end as it should."""
    sources = live_sources(settings)
    _scene(1, "From nothing", f"An empty warehouse asks {len(sources)} live sources for 2023 and 2024.")
    first = _expect(run(), "published")
    _show_landed(first, sources, stage.asked())
    _show_figures(settings)

    _scene(2, "Once more", "Nothing has changed. Every publisher is asked what it has, and nothing else.")
    again = _expect(run(), "nothing_to_do")
    _show_quiet(again, sum(stage.asked().values()))

    _scene(3, "Revisions", "\n".join(f"- {revision.words}" for revision in REVISIONS))
    for revision in REVISIONS:
        stage.control("POST", "revise", source=revision.publisher, subject=revision.subject, period=revision.period)
    revised = _expect(run(), "published")
    _show_changes(revised, {name for revision in REVISIONS for name in revision.sources}, sum(stage.asked().values()))

    _scene(4, "An outage and misprints", "\n".join(f"- {line}" for line in (_DOWN, *MISPRINTS.values(), _LATE)))
    stage.control("POST", "fault", kind="status", status=503, match=sources[_OUTAGE].hosts[0], times=0)
    for period in MISPRINTS:
        stage.control("POST", "misprint", source="gacc", subject="156", period=period)
    stage.control("POST", "release", source="comtrade", subject="398", period="2024")
    standing = _expect(run(), "published")
    _show_outage(settings, standing)


def _scene(number: int, title: str, text: str) -> None:
    console.print()
    console.rule(f"[bold]{number}  {title}", align="left")
    console.print(text)


def _expect(run: Run, state: str) -> Run:
    if run.state != state:
        raise EntrepotError(f"The demo's run ended as {run.state.replace('_', ' ')}, not {state}: {run.message}")
    return run


def _show_landed(run: Run, sources: dict[str, Source], asked: Counter[str]) -> None:
    """What came of the first run, by source."""
    shared = Counter(host for source in sources.values() for host in source.hosts[:1])
    rows = []
    for name, source in sources.items():
        own = [outcome for outcome in run.outcomes if outcome.source == name]
        landed = [outcome for outcome in own if outcome.outcome in ("new", "revised")]
        host = source.hosts[0]
        requests = f"{asked[host]}{' together' if shared[host] > 1 else ''}"
        rows.append((name, source.publisher, len(landed), sum(o.rows for o in landed), requests))
    console.print(table_of(["source", "publisher", "partitions", "rows landed", "requests"], rows))
    if run.failed:
        raise EntrepotError(f"{_place(run.failed[0])} was refused: {run.failed[0].reason}")


def _show_figures(settings: Settings) -> None:
    """One pair by both sides, each year with the source that was chosen."""
    with open_published(settings) as con:
        answer = published.ask(
            con,
            "select reporter_code as reporter, partner_code as partner, year_number as year, "
            "round(turnover_any_basis_usd / 1e9, 3) as turnover_usd_bn, turnover_basis as basis, "
            "turnover_source_code as source "
            "from marts.bilateral_year where (reporter_code, partner_code) in (('CHN', 'RUS'), ('RUS', 'CHN')) "
            "order by all",
        )
    rows = [(r, p, str(year), *rest) for r, p, year, *rest in answer.rows]
    console.print(table_of(answer.columns, rows, "Invented: China and Russia in this world, by either side"))


def _show_quiet(run: Run, requests: int) -> None:
    kept = sum(outcome.outcome == "kept" for outcome in run.outcomes)
    console.print(f"{requests} questions, {kept} partitions kept: [bold]{run.message}[/]")


def _show_changes(run: Run, expected: set[str], requests: int) -> None:
    """The partitions fetched again, and how much each changed."""
    strangers = sorted({outcome.source for outcome in run.changed} - expected)
    if strangers or not run.changed:
        raise EntrepotError(f"Only {', '.join(sorted(expected))} changed, but {strangers or 'nothing'} was fetched.")
    rows = []
    for outcome in run.changed:
        rows.append((outcome.outcome, _place(outcome), outcome.rows, _told(outcome.difference)))
    console.print(table_of(["outcome", "partition", "rows", "what changed"], list(rows), are_counts=True))
    kept = sum(outcome.outcome == "kept" for outcome in run.outcomes)
    console.print(
        f"{plural(requests, 'request')}; {plural(len(run.changed), 'partition')} fetched, {kept:,} kept. "
        "Old values stay as vintages."
    )


def _told(difference: Difference | None) -> str:
    """What a new vintage changed, in one line: the column with most changed values stands for the others."""
    if difference is None:
        return "the first of its kind"
    moved = f"{plural(difference.rows_added, 'row')} more, {difference.rows_gone:,} fewer"
    if not difference.changes:
        return moved if difference.rows_added or difference.rows_gone else "nothing but the wording"
    most = max(difference.changes, key=lambda change: change.values)
    return f"{plural(most.values, 'value')} of {most.column}: {_sum(most.before)} → {_sum(most.after)}; {moved}"


def _sum(value: Any) -> str:
    return "none" if value is None else f"{value:,.0f}"


def _show_outage(settings: Settings, run: Run) -> None:
    """What failed, what was misprinted, and that the figures from before are still there."""
    down = [outcome for outcome in run.failed if outcome.source == _OUTAGE]
    if not down:
        raise EntrepotError("The outage went unnoticed.")
    console.print(f"[bold red]failed[/] {_OUTAGE}: {escape(down[0].reason)}", highlight=False)
    for outcome in [outcome for outcome in run.failed if outcome.source != _OUTAGE]:
        console.print(f"[bold red]failed[/] {_place(outcome)}: {escape(outcome.reason)}", highlight=False)
    for outcome in run.changed:
        notice = f": {escape(outcome.notice)}" if outcome.notice else ""
        console.print(
            f"[green]{outcome.outcome}[/] {_place(outcome)}, {plural(outcome.rows, 'row')}{notice}", highlight=False
        )
    with open_published(settings) as con:
        standing = published.ask(con, "select count(*) from core.fct_trade where source_code = ?", [_OUTAGE]).rows[0][0]
    console.print(
        f"[bold]{run.message}[/] Its {standing:,} cells of {_OUTAGE} are those of the last good files. "
        "`entrepot run` ends with exit code 3: published, and the last good file is used for something that failed."
    )


def farewell(settings: Settings) -> None:
    """What is left, and how to look at it."""
    tool, where = settings.tool("entrepot"), f"ENTREPOT_WAREHOUSE={settings.warehouse}"
    console.print()
    console.rule("[bold]The warehouse is yours to look at", align="left")
    query = "from meta.coverage order by source_code, reporter_code, year_number"
    for verb in (f'sql "{query}"', "status", "sql"):
        console.print(f"  {where} {tool} {verb}", soft_wrap=True, highlight=False)
    console.print(f"The publishers are closed. Delete {settings.warehouse} when you have seen enough.", soft_wrap=True)


def _place(outcome: Outcome) -> str:
    return f"{outcome.source}/{outcome.table}/{outcome.partition}"
