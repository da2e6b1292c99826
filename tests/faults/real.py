"""Faults of whole runs, as a person starts them: Prefect, dbt and Great Expectations are all there."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from bench.compare import compare
from flows.doctor.examination import examine
from flows.ledger import Ledger
from flows.settings import ROOT, Settings
from tests.faults import checks
from tests.faults.report import Row
from tests.faults.world import CHANGED, Small

LONGEST = 900.0


class Whole:
    """A warehouse published from the bundled figures, and what an undisturbed run makes of a revision of them."""

    def __init__(self, folder: Path, published: Path | None) -> None:
        self.folder = folder
        self.begin = Small(folder / "begin", Path())
        if not self.begin.folder.exists():
            if published is None:
                shutil.copytree(ROOT / "warehouse" / "bundled", self.begin.folder / "bundled")
                ended = self.run(self.begin)
                assert ended.returncode == 0, ended.stdout
            else:
                shutil.copytree(published, self.begin.folder, symlinks=True)
        self._undisturbed: Path | None = None
        self.release = self.begin.settings.published.resolve()

    @property
    def undisturbed(self) -> Path:
        """The release of a run of the revised figures that nothing disturbed."""
        if self._undisturbed is None:
            small = self.copy("undisturbed")
            ended = self.run(small)
            assert ended.returncode == 0, ended.stdout
            self._undisturbed = small.settings.published.resolve()
        return self._undisturbed

    def copy(self, name: str) -> Small:
        """A copy of the published warehouse with revised figures."""
        small = self.begin.copy(self.folder / name)
        small.revise()
        return small

    def start(self, small: Small, **variables: str) -> subprocess.Popen[str]:
        """Begin `entrepot run` in a session of its own."""
        environment = Settings.alone().tool_environment(
            ENTREPOT_WAREHOUSE=str(small.folder / "warehouse"), ENTREPOT_BUNDLED=str(small.folder / "bundled"),
            PYTHONPATH=str(ROOT), COLUMNS="200", NO_COLOR="1", **variables,
        )  # fmt: skip
        program = [sys.executable, "-c", "from flows.cli.main import main; main()", "run"]
        return subprocess.Popen(
            program, env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=_takes_interrupts,
        )  # fmt: skip

    def run(self, small: Small, **variables: str) -> subprocess.CompletedProcess[str]:
        """`entrepot run` to its end."""
        process = self.start(small, **variables)
        said, _ = process.communicate(timeout=LONGEST)
        return subprocess.CompletedProcess([], process.returncode, said, "")

    def look(self, small: Small, row: Row, said: str) -> None:
        """Note what is published after a fault, and what is broken."""
        if "Traceback" in said:
            row.broken.append(f"a traceback: {said[said.index('Traceback') :][-600:]}")
        begin = self.begin.settings.warehouse
        which, broken = checks.promises(small, checks.published_sha256(begin), checks.raw_files(begin))
        row.old += which == "old"
        row.new += which == "new"
        row.broken += broken

    def goes_on(self, small: Small, row: Row, **variables: str) -> None:
        """Note whether the next run completes, and publishes what an undisturbed one does."""
        row.runs_after += 1
        ended = self.run(small, **variables)
        if ended.returncode != 0:
            row.broken.append(f"the next run ended with {ended.returncode}: {ended.stdout[-600:]}")
            return
        release = small.settings.published.resolve()
        broken = [f"{each.table}: {each.state}" for each in compare(self.undisturbed, release) if not each.is_same]
        settings = small.settings.model_copy(update={"followers": Settings.alone().followers})
        broken += [f"doctor: {finding.said}" for finding in examine(Ledger(settings)).findings]
        row.broken += broken
        row.completed += not broken


def _takes_interrupts() -> None:
    """Obey Ctrl-C, also where this program was started in the background and does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _kill_all(process: subprocess.Popen[str]) -> str:
    """Kill a run as `kill -9` does, the run alone; what it said."""
    process.kill()
    said, _ = process.communicate()
    return said


def _children(process: subprocess.Popen[str], name: str) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        children = psutil.Process(process.pid).children(recursive=True)
        return [child for child in children if name in " ".join(child.cmdline())]
    return []


def _wait_for(process: subprocess.Popen[str], name: str, seconds: float = 120.0) -> psutil.Process | None:
    """A child of a run, as soon as there is one; None where the run ends without."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        if found := _children(process, name):
            return found[0]
        time.sleep(0.05)
    return None


@contextlib.contextmanager
def _all_end(row: Row, process: subprocess.Popen[str]) -> Iterator[None]:
    """Note children of a run that are still there some time after it."""
    children = _children(process, "")
    yield
    _, alive = psutil.wait_procs(children, timeout=30)
    row.broken += [f"still there: {' '.join(child.cmdline())[:100]}" for child in alive]


def killed_whole(whole: Whole, chance: random.Random, times: int = 4) -> Row:
    """A whole run killed at a random time."""
    row = Row("a whole run killed at a random time (Prefect, dbt and Great Expectations included)")
    begun = time.monotonic()
    assert whole.undisturbed
    seconds = time.monotonic() - begun
    while row.tried < times:
        small = whole.copy("trial")
        process = whole.start(small)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=chance.uniform(2.0, seconds))
        with _all_end(row, process):
            said = _kill_all(process)
        row.tried += process.returncode == -signal.SIGKILL
        whole.look(small, row, said)
        whole.goes_on(small, row)
    return row


def dbt_killed(whole: Whole, chance: random.Random) -> Row:
    """The process of dbt killed while it builds: the run ends with a sentence."""
    return _child(whole, chance, Row("the process of dbt is killed"), "dbt_process", signal.SIGKILL)


def dbt_stopped(whole: Whole, chance: random.Random) -> Row:
    """The process of dbt stopped, so that it hangs; then the run is interrupted."""
    return _child(whole, chance, Row("the process of dbt hangs", note="then Ctrl-C"), "dbt_process", signal.SIGSTOP)


def server_killed(whole: Whole, chance: random.Random) -> Row:
    """The Prefect server of a run killed on the way."""
    return _child(whole, chance, Row("the Prefect server goes away"), "prefect_server", signal.SIGKILL)


def _child(whole: Whole, chance: random.Random, row: Row, name: str, sign: signal.Signals, times: int = 1) -> Row:
    for _ in range(times):
        small = whole.copy("trial")
        process = whole.start(small)
        child = _wait_for(process, name)
        if child is None:
            row.broken.append(f"there was no {name}: {process.communicate()[0][-300:]}")
            continue
        time.sleep(chance.uniform(1.0, 6.0))
        with contextlib.suppress(psutil.NoSuchProcess):
            child.send_signal(sign)
            row.tried += 1
        if sign is signal.SIGSTOP:
            time.sleep(5.0)
            os.kill(process.pid, signal.SIGINT)
        with _all_end(row, process):
            try:
                said, _ = process.communicate(timeout=LONGEST / 3)
            except subprocess.TimeoutExpired:
                said = _kill_all(process)
                row.broken.append(f"the run did not end: {said[-300:]}")
        whole.look(small, row, said)
        whole.goes_on(small, row)
    return row


def contract_changed(whole: Whole, chance: random.Random) -> Row:
    """A contract that gets another rule while the run builds."""
    row = Row("a contract is changed under a build")
    small = whole.copy("trial")
    project = small.folder / "dbt_project"
    shutil.copytree(ROOT / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
    process = whole.start(small, ENTREPOT_DBT_PROJECT=str(project))
    _wait_for(process, "dbt_process")
    time.sleep(chance.uniform(1.0, 4.0))
    (contract,) = (project / "models" / "staging" / CHANGED).glob("*__sources.yml")
    text = contract.read_text(encoding="utf-8")
    assert "row_floor:" in text or "description:" in text
    contract.write_text(text.replace("description: ", "description: Changed. ", 1), encoding="utf-8")
    row.tried += 1
    said, _ = process.communicate(timeout=LONGEST)
    whole.look(small, row, said)
    whole.goes_on(small, row, ENTREPOT_DBT_PROJECT=str(project))
    return row


FAULTS: dict[str, Callable[[Whole, random.Random], Row]] = {
    fault.__name__: fault for fault in (server_killed, dbt_killed, dbt_stopped, contract_changed, killed_whole)
}
