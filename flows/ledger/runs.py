"""Run records: what a run did, how it ended, and which release it published."""

from __future__ import annotations

import logging
import secrets
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from flows.errors import EntrepotError
from flows.ledger.files import is_folder_name, is_run_id, read_record, write_json
from flows.records import Run, RunHead, RunState, utc_now
from flows.redaction import legible, redacted
from flows.settings import Settings

log = logging.getLogger("entrepot")

CLOCK_TOLERANCE = timedelta(minutes=1)
"""By how much a clock may be set back without a word."""
_CANDIDATES = ("built", "gate_failed")  # how runs end whose candidate may be published later


class Runs(ABC):
    """The run records of one warehouse."""

    settings: Settings

    @abstractmethod
    def now(self) -> datetime:
        """The time of what is recorded next (UTC)."""

    @abstractmethod
    def holder(self) -> str:
        """Who writes to the warehouse now; an empty text where nobody does."""

    @abstractmethod
    def forget_parts(self, run_id: str) -> None:
        """Remove what the parts of a run left."""

    def start(self, kind: str, versions: dict[str, str], code_fingerprint: str) -> Run:
        """Open a run record."""
        now = self.now()
        if now - utc_now() > CLOCK_TOLERANCE:
            log.warning(
                "The clock of this machine says %s, and the newest record is of %s. Set the clock; until then the "
                "times on record go on from there.",
                f"{utc_now():%Y-%m-%d %H:%M}",
                f"{now:%Y-%m-%d %H:%M}",
            )
        run_id = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}-{secrets.token_hex(2)}"
        run = Run(run_id=run_id, kind=kind, started_at=now, versions=versions, code_fingerprint=code_fingerprint)
        self.save(run)
        return run

    def refuse(self, kind: str, message: str) -> Run:
        """Leave a record of a run that could not begin. It needs no lock: nobody else writes this file."""
        run = self.start(kind, {}, "")
        return self.finish(run, "failed", message)

    def save(self, run: Run) -> None:
        """Write the record of `run`, without keys, passwords and signs a terminal obeys, whatever a message quoted."""

        def clean(text: str) -> str:
            return legible(redacted(self.settings, text))

        run.message, run.notices = clean(run.message), [clean(notice) for notice in run.notices]
        for outcome in run.outcomes:
            outcome.reason, outcome.notice = clean(outcome.reason), clean(outcome.notice)
            outcome.partition, outcome.url = legible(outcome.partition), legible(outcome.url)
        write_json(self.settings.runs / f"{run.run_id}.json", run.model_dump_json(indent=1))

    def finish(self, run: Run, state: RunState, message: str) -> Run:
        """Close the record of `run` with its end state and one sentence."""
        run.state, run.message, run.finished_at = state, message, self.now()
        self.save(run)
        return run

    def stop(self, run: Run, state: RunState, message: str) -> bool:
        """Close the record of a run that did not come to its end; whether its release is out all the same.

        It stays published then, and what stopped it is a notice.
        """
        if self.published_run_id() != run.run_id:
            self.finish(run, state, message)
            return False
        released = self.run(run.run_id)
        released.published_sha256 = released.candidate_sha256
        released.notices.append(f"What follows the release was not all made: {message}")
        self.finish(released, "published", f"Published release {run.run_id}.")
        return True

    def close_interrupted(self) -> None:
        """Close the records of runs that were killed. Call it while holding the writer's lock: then these are the
        unfinished ones.
        """
        for run in self.unfinished():
            run.was_killed = True
            state, message = self._ending(run)
            if state == "built":
                self._take_back(run)
            if state == "interrupted":  # half of a candidate is of no use to anybody
                shutil.rmtree(self.settings.builds / run.run_id, ignore_errors=True)
            self.stop(run, state, message)
            self.forget_parts(run.run_id)

    def unfinished(self) -> list[Run]:
        """Runs somebody is at work on, or was killed at: those that say "running", and candidates that lie among the
        releases already and whose record does not say yet that they were published.
        """

        return list(self._read(self._is_unfinished))[::-1]

    def _is_unfinished(self, run: RunHead) -> bool:
        return run.state == "running" or (run.state in _CANDIDATES and self._is_among_releases(run))

    def _is_among_releases(self, run: RunHead) -> bool:
        return (self.settings.releases / run.run_id / self.settings.published.name).is_file()

    def _ending(self, run: Run) -> tuple[RunState, str]:
        """How a run ended whose process was killed: by the link and the files, whatever it came to write down."""
        who = f"Process {run.pid}" if run.state == "running" else "The process that published it"
        gone = f"{who} ended without finishing"
        if run.kind == "rollback":
            is_done = self.published_run_id() == run.target
            return ("published", run.message) if is_done else ("interrupted", f"{gone}; the link was not moved.")
        if self.published_run_id() == run.run_id:
            return "published", f"{gone}; `entrepot publish {run.run_id}` makes the rest."
        if self._is_among_releases(run):
            # it had passed the gate, and no link has ever pointed to it
            return "built", f"{gone}; built and audited, and `entrepot publish {run.run_id}` publishes it."
        return "interrupted", f"{gone}; nothing of this run was published."

    def _take_back(self, run: Run) -> None:
        """Make a candidate again of what a killed run moved to the releases and did not publish."""
        release, candidate = self.settings.releases / run.run_id, self.settings.builds / run.run_id
        candidate.mkdir(parents=True, exist_ok=True)
        for path in list(release.iterdir()):
            path.replace(candidate / path.name)
        release.rmdir()

    def runs(self) -> list[Run]:
        """All runs, oldest first; what else lies in the folder is passed over."""
        return [run for run in map(self._read_run, self._paths()) if run is not None]

    def runs_in(self, state: RunState) -> list[Run]:
        """The runs that are in one state, oldest first."""
        return list(self._read(lambda head: head.state == state))[::-1]

    def heads(self) -> list[RunHead]:
        """The heads of all runs, oldest first. A warehouse may have thousands, so a process reads each of them once."""
        return list(self.newest())[::-1]

    def newest(self) -> Iterator[RunHead]:
        """The same, newest first: no more are read than are asked for."""
        return (head for path in reversed(self._paths()) if (head := self._head(path)) is not None)

    def _head(self, path: Path) -> RunHead | None:
        return _head_in(path) or self._read_run(path)

    def _paths(self) -> list[Path]:
        return sorted(path for path in self.settings.runs.glob("[!.]*.json") if path.is_file())

    def runs_as_they_are(self) -> Iterator[Run]:
        """The runs, newest first, each with the end it has come to where a process that is gone left none on record. No
        more are read than are asked for."""
        return self._read_as_they_are(lambda head: True)

    def last_of_each_kind(self) -> dict[str, Run]:
        """The last run of each kind that is over, by kind."""
        found: dict[str, Run] = {}
        for run in self._read_as_they_are(lambda head: head.kind not in found):
            if run.state != "running":
                found[run.kind] = run
        return found

    def last_judged(self) -> Run | None:
        """The last run that is over in which the gate judged a candidate."""
        runs = self._read_as_they_are(lambda head: head.state != "nothing_to_do")
        return next((run for run in runs if run.checks and run.state != "running"), None)

    def _read_as_they_are(self, is_wanted: Callable[[RunHead], bool]) -> Iterator[Run]:
        return map(self._as_it_is, self._read(is_wanted))

    def _read(self, is_wanted: Callable[[RunHead], bool]) -> Iterator[Run]:
        """The runs with such a head as they are on record, newest first."""
        for path in reversed(self._paths()):
            if (head := self._head(path)) is not None and is_wanted(head) and (run := self._read_run(path)) is not None:
                yield run

    def _as_it_is(self, run: Run) -> Run:
        """A run with the end it has come to, where its process is gone and left none on record."""
        if not self._is_unfinished(run) or self.holder():
            return run
        run = self.run(run.run_id)  # it may have come to its end between the two looks
        if not self._is_unfinished(run):
            return run
        state, message = self._ending(run)
        return run.model_copy(update={"state": state, "message": message, "was_killed": True})

    def _read_run(self, path: Path) -> Run | None:
        """The run recorded in a file. Where that cannot be read, what else says of it; None where it names no run."""
        run = read_record(Run, path)
        if run is not None or not is_run_id(path.stem):
            return run
        started = datetime.strptime(path.stem[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        is_published = self.published_run_id() == path.stem
        return Run(
            run_id=path.stem,
            started_at=started,
            state="published" if is_published else "interrupted",
            pid=0,
            message=f"The record of this run cannot be read: {path}.",
        )

    def run(self, run_id: str) -> Run:
        """The run called `run_id`. Raises EntrepotError when there is none."""
        path = self.settings.runs / f"{run_id}.json"
        run = self._read_run(path) if is_folder_name(run_id) and path.is_file() else None
        if run is None:
            raise EntrepotError(f"There is no run {run_id!r}; `entrepot status` lists the runs.")
        return run

    def last_published(self) -> RunHead | None:
        """The newest run that published a release, whether or not the link points to it now."""
        return next((head for head in self.newest() if head.is_release), None)

    def published_run_id(self) -> str | None:
        """The run the published link points to."""
        link = self.settings.published
        return link.resolve().parent.name if link.is_symlink() and link.exists() else None


def _head_in(path: Path) -> RunHead | None:
    """The head of the run recorded in a file; None where it cannot be read."""
    try:
        there = path.stat()
    except FileNotFoundError:  # it was deleted just now
        return None
    return _read_head(path, there.st_ino, there.st_mtime_ns, there.st_size)


@lru_cache(maxsize=20_000)
def _read_head(path: Path, *_file: int) -> RunHead | None:
    """The same, read once: a record that is written again is another file."""
    return read_record(RunHead, path)
