"""Faults of a team's own server: its server, its worker and the process of a run, each stopped and killed in mid-run.

One team, one warehouse, one trial after the other, as months of accidents would come; the next run waits behind each
run that is disturbed. A run is caught while it waits for a publisher, early (which may be before it has begun), while
dbt builds, and while the gate judges.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer

from flows.doctor.examination import examine
from flows.ledger import Ledger
from flows.settings import ROOT
from standin.server import StandIn
from tests.conftest import Home
from tests.faults import checks
from tests.serving import press_run, wait_for
from tests.team import Team, alive, team

OUT = ROOT / "warehouse" / "faults" / "served"
FAULTS = {
    f"{what}-{how}": (what, sign)
    for what in ("flow", "worker", "server")
    for how, sign in (("stopped", signal.SIGTERM), ("killed", signal.SIGKILL))
}
PATIENCE = 120.0  # seconds within which the next run must have ended
RESTART = 5.0  # seconds after which a unit starts again what has ended (deploy/*.service)
MOMENTS = ("waiting for a publisher", "early", "building", "auditing")
ROUND = (MOMENTS[0], MOMENTS[1], MOMENTS[2], MOMENTS[3], MOMENTS[1])
_SLOW = {"flow": 600, "worker": 600, "server": 40}  # seconds; without its server a run goes on to its end
_ENDS = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
_DONE = ("Ingested", "Published")
_OFTEN = 0.3  # seconds between two looks
_QUIET = {"ENTREPOT_FOLLOWERS": "", "ENTREPOT_HTTP_TRIES": "1"}


@dataclass
class Trial:
    """A run under way, the one that waits behind it, and all processes there were when the fault came."""

    run: Any
    following: Any
    processes: list[psutil.Process]
    published: str
    records: int
    since: float = 0.0


class Served:
    """The team, its stand-in of the publishers, and the dice."""

    def __init__(self, team: Team, standin: StandIn, chance: random.Random) -> None:
        self.team, self.standin, self.chance = team, standin, chance
        self.told = {"ENTREPOT_BASE_URL": standin.url, **_QUIET}

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.team.home.settings)

    def begin(self, what: str, moment: str) -> Trial:
        """A run that has come to that moment."""
        control = self.standin.office.control
        control.reset()
        records = len(self.ledger.runs())
        published = checks.published_sha256(self.team.home.settings.warehouse)
        if moment == MOMENTS[0]:
            control.add_fault({"kind": "slow", "match": "ecb", "times": 1, "seconds": _SLOW[what]})
        elif moment == MOMENTS[1]:  # so that it is not over before the fault comes
            control.add_fault({"kind": "slow", "match": "ecb", "times": 1, "seconds": 20})
        deployed, values = (
            ("refresh", {"mode": "rebuild"}) if moment in MOMENTS[2:] else ("ingest", {"sources": ["ecb"]})
        )
        run = press_run(self.team.api, deployed, **values)
        following = press_run(self.team.api, "ingest", sources=["press_record"])
        self.team.flow_process()
        if moment == MOMENTS[0]:
            wait_for(lambda: any(line["fault"] == "slow" for line in control.log), 120)
        elif moment == MOMENTS[1]:
            time.sleep(self.chance.uniform(0.0, 15.0))
        else:
            wait_for(self._builds, 400, _OFTEN)
            if moment == MOMENTS[3]:
                wait_for(lambda: not self._builds(), 400, _OFTEN)
            time.sleep(self.chance.uniform(*(2.0, 15.0) if moment == MOMENTS[2] else (0.0, 2.0)))
        return Trial(run, following, alive(self.team), published, records)

    def _builds(self) -> bool:
        """Whether dbt is at work. It reads its project before there is anything to build, which needs little memory."""
        with contextlib.suppress(psutil.NoSuchProcess):
            children = self.team.flow_process().children(recursive=True)
            return any("dbt_process" in " ".join(each.cmdline()) for each in children)
        return False

    def state(self, run: Any) -> Any:
        return self.team.api.call("GET", f"/flow_runs/{run['id']}")["state"]

    def disturb(self, what: str, sign: signal.Signals, trial: Trial) -> None:
        """Send the signal, and start again what a unit starts again; wait for both runs to end."""
        trial.since = time.monotonic()
        team = self.team
        if what == "flow":
            team.flow_process().send_signal(sign)
        elif what == "worker":
            team.stop_worker(sign)
            time.sleep(RESTART)
            team.start_worker(**self.told)
        else:
            team.stop_server(sign)
            time.sleep(RESTART)
            team.start_server()
            trial.since = time.monotonic()

    def judge(self, what: str, trial: Trial) -> tuple[float, str, list[str]]:
        """Seconds until the next run had ended, how the run itself ended, and what is not as it should be."""
        states = [self._ended(trial.run, 600)]
        if states[0] in _DONE:  # by itself: the next run has waited for that, not for anything lost
            trial.since = max(trial.since, time.monotonic())
        states.append(self._ended(trial.following, 600))
        if states == [states[0], "Crashed"] and states[0] in _DONE:  # the run was over, and the fault hit the next one
            trial.since = time.monotonic()
            states.append(self._ended(press_run(self.team.api, "ingest", sources=["press_record"]), 600))
        seconds, broken = time.monotonic() - trial.since, []
        if states[-1] != "Ingested":
            broken.append(f"the next run is {states[-1]}")
        if states[0] == "Failed":
            broken.append("the run is Failed, as if it had not been disturbed")
        if seconds > PATIENCE:
            broken.append(f"the next run had ended after {seconds:.0f} s")
        records = [each.state for each in self.ledger.runs()[trial.records :]]
        if not _fit(states, records):
            broken.append(f"the runs are {states}, and the records say {records}")
        candidates = {path.name for path in self.team.home.settings.builds.glob("*")}
        if candidates & {each.run_id for each in self.ledger.runs() if each.state == "interrupted"}:
            broken.append("the candidate of an interrupted run is there")
        if states[0] != "Published" and checks.published_sha256(self.team.home.settings.warehouse) != trial.published:
            broken.append("another file is published")
        _, left = psutil.wait_procs(self._must_be_gone(trial, what), timeout=30)
        broken += [f"still there: {_words(process)}" for process in left]
        return seconds, states[0], broken + self._place_is_free()

    def _ended(self, run: Any, seconds: float) -> str:
        """The name of the state a run ends in, or of that it still is in after a time."""
        with contextlib.suppress(TimeoutError):
            wait_for(lambda: self.state(run)["type"] in _ENDS, seconds, _OFTEN)
        return str(self.state(run)["name"])

    def _place_is_free(self) -> list[str]:
        wanted = {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}}}
        held = self.team.api.call("POST", "/flow_runs/filter", wanted)
        return [f"{each['name']} still has the place" for each in held]

    def _must_be_gone(self, trial: Trial, what: str) -> list[psutil.Process]:
        """All that was there then, but for what goes on."""
        team = self.team
        assert team.worker is not None
        assert team.server is not None
        kept = {"flow": (team.worker, team.server), "worker": (team.server,), "server": (team.worker,)}[what]
        staying = {one.pid for each in kept for one in [each, *each.children(recursive=True)]}
        return [each for each in trial.processes if each.pid not in staying]


def _fit(states: list[str], records: list[str]) -> bool:
    """Whether records say what the states of their runs say; a run that crashed before it began leaves none."""
    if not states:
        return not records
    if states[0] == "Crashed" and _fit(states[1:], records):
        return True
    expected = "interrupted" if states[0] == "Crashed" else states[0].lower()
    return records[:1] == [expected] and _fit(states[1:], records[1:])


def _words(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())[:100]
    return str(process.pid)


@dataclass
class Row:
    """Trials of one kind: how many, how long the next run took at most, what was not as it should be."""

    what: str
    tried: int = 0
    longest: float = 0.0
    broken: list[str] = field(default_factory=list)


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| fault | tried | the next run had ended after, at most | not as it should be |", "|---|--:|--:|---|"]
    for row in rows:
        lines.append(f"| {row.what} | {row.tried} | {row.longest:.0f} s | {'; '.join(row.broken) or 'nothing'} |")
    return "\n".join(lines) + "\n"


def kind(what: str, sign: signal.Signals) -> Row:
    """A row of the table."""
    how = "stopped (SIGTERM)" if sign is signal.SIGTERM else "killed (SIGKILL)"
    return Row(f"the {'process of the run' if what == 'flow' else what} is {how}")


def all_is_well(home: Home) -> list[str]:
    """What is broken when all trials are over: a whole run publishes, and `entrepot doctor` finds nothing."""
    done = home.entrepot("run", "--mode", "rebuild")
    broken = [] if done.returncode == 0 else [f"the last run ended with {done.returncode}: {done.stderr[-300:]}"]
    settings = home.settings.model_copy(update={"followers": ()})
    return broken + [f"doctor: {finding.said}" for finding in examine(Ledger(settings)).findings]


def home_in(folder: Path) -> Home:
    """A warehouse published from the bundled figures."""
    home = Home(folder, follows=False)
    if not home.settings.published.exists():
        shutil.copytree(ROOT / "warehouse" / "bundled", folder / "bundled")
        done = home.entrepot("run")
        assert done.returncode == 0, done.stderr
    return home


def served(
    times: Annotated[int, typer.Option(min=1, help="Of each target and signal.")] = 5,
    seed: Annotated[int, typer.Option(help="Of what is left to chance.")] = 1,
    only: Annotated[list[str] | None, typer.Option(help="Only these, such as worker-killed.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the trials and of the table.")] = OUT,
) -> None:
    """Try each fault and print the table; the exit code is 1 where anything is not as it should be."""
    out, chance, rows = out.resolve(), random.Random(seed), []
    home = home_in(out / "home")
    with StandIn() as standin, team(home) as made:
        trials = Served(made, standin, chance)
        made.start_worker(**trials.told)
        for what, sign in (FAULTS[name] for name in only or FAULTS):
            rows.append(row := kind(what, sign))
            for number in range(times):
                _try(trials, row, what, sign, ROUND[number % len(ROUND)])
    broken = all_is_well(home)
    (out / "served.md").write_text(table(rows), encoding="utf-8")
    typer.echo("\n".join([table(rows), *broken]))
    raise typer.Exit(1 if broken or any(row.broken for row in rows) else 0)


def _try(trials: Served, row: Row, what: str, sign: signal.Signals, moment: str) -> None:
    trial = trials.begin(what, moment)
    trials.disturb(what, sign, trial)
    seconds, ended, broken = trials.judge(what, trial)
    row.tried += 1
    row.longest = max(row.longest, seconds)
    row.broken += [f"{moment}: {sentence}" for sentence in broken]
    told = "; ".join(broken) or "well"
    typer.echo(f"{row.what}, {moment}: {ended}, the next run had ended after {seconds:.0f} s: {told}", err=True)


if __name__ == "__main__":
    typer.run(served)
