"""Parts of a run that other workers fetch: what each is about, who is at it, and what became of its partitions."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

from flows.errors import EntrepotError, WriterBusy
from flows.ledger.files import is_run_id, write_json
from flows.privacy import open_private
from flows.records import Outcome
from flows.settings import Settings


class Parts:
    """The parts of the runs of one warehouse, each called `run/number`."""

    settings: Settings

    def save_part(self, part_id: str, text: str) -> None:
        """Write down what a part, `run/number`, is about."""
        write_json(self._part_folder(part_id) / "part.json", text)

    def part(self, part_id: str) -> str:
        """What was written down of it. Raises EntrepotError where it is gone: so is its run."""
        try:
            return (self._part_folder(part_id) / "part.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            raise EntrepotError(f"There is no part {part_id!r}; its run has ended.") from None

    @contextlib.contextmanager
    def working_on(self, part_id: str) -> Iterator[None]:
        """Nobody else is at this part meanwhile. Raises WriterBusy where somebody is."""
        self.part(part_id)
        with open_private(self._part_folder(part_id) / ".lock", "a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WriterBusy(f"Another worker fetches part {part_id!r} already.") from None
            yield

    def add_part_outcome(self, part_id: str, outcome: Outcome) -> None:
        """Write down what became of the next partition of a part."""
        number = len(self.part_outcomes(part_id))
        write_json(self._part_folder(part_id) / f"{number:06d}.json", outcome.model_dump_json())

    def part_outcomes(self, part_id: str) -> list[Outcome]:
        """What became of the partitions of a part so far, in their order."""
        paths = sorted(self._part_folder(part_id).glob("[0-9]*.json"))
        return [Outcome.model_validate_json(path.read_text(encoding="utf-8")) for path in paths]

    def forget_parts(self, run_id: str) -> None:
        """Remove what the parts of a run left: it is on the record of the run."""
        shutil.rmtree(self.settings.runs / "parts" / run_id, ignore_errors=True)

    def _part_folder(self, part_id: str) -> Path:
        run_id, _, number = part_id.partition("/")
        if not is_run_id(run_id) or not number.isdecimal():
            raise EntrepotError(f"{part_id!r} is not a part of a run.")
        return self.settings.runs / "parts" / run_id / number
