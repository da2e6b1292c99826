"""Mutated files in the inbox, one of each format at a time, beside a source that has something new."""

from __future__ import annotations

import random
import shutil
import traceback
from pathlib import Path

from flows import verbs
from flows.ledger import Ledger, Run
from flows.settings import ROOT, Settings
from tests import readers
from tests.faults.world import CHANGED
from tests.fuzz import promises
from tests.fuzz.mutations import mutated
from tests.fuzz.promises import Tally
from tests.fuzz.samples import Sample, samples, write_contracts
from tests.live import live_run

BESIDE = "partner_trade.csv"


class Inbox:
    """A warehouse with a release, contracts of one's own, and one bundled source that changes with every run."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.elsewhere = folder / "elsewhere"
        self.elsewhere.mkdir(parents=True)
        bundled = folder / "bundled" / CHANGED
        shutil.copytree(ROOT / "warehouse" / "bundled" / CHANGED, bundled)
        (self.figures,) = bundled.glob("*.csv")
        self.text = self.figures.read_text(encoding="utf-8")
        assert ",12.1," in self.text
        self.settings = Settings.alone(
            warehouse=folder / "warehouse", bundled=folder / "bundled", followers=(), largest_unpacked_mb=200, threads=1
        )
        write_contracts(self.settings)
        ledger = Ledger(self.settings)
        verbs.publish(ledger, readers.built(self.settings, ledger, readers.made(folder / "made", 1)).run_id)
        self.release = promises.sha256(self.settings.published)
        self.chance = chance

    def drop(self, number: int, sample: Sample) -> str:
        """Put `sample` into the inbox, spoilt but for the first time; its name there."""
        sample = sample.of(1990 + number % 35)
        content = sample.packed
        if number:
            inside = self.chance.random() < 0.5
            content = sample.pack(mutated(sample.content, self.chance)) if inside else mutated(content, self.chance)
        path = self.settings.inbox / sample.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return sample.name

    def run(self, number: int) -> Run:
        """Fetch and land, with a figure of the bundled source that was never there before."""
        self.figures.write_text(self.text.replace(",12.1,", f",{number + 100}.1,"), encoding="utf-8")
        return live_run(self.settings, ())


def tried(folder: Path, files: int, chance: random.Random) -> list[Tally]:
    """Try so many mutated files, at least, after a good one of each format; a tally of each."""
    inbox, kinds = Inbox(folder, chance), samples()
    tallies = {sample.format: Tally(sample.format) for sample in kinds}
    for number in range(-(-files // len(kinds)) + 1):
        shutil.rmtree(inbox.settings.inbox, ignore_errors=True)
        names = {sample.format: inbox.drop(number, sample) for sample in kinds}
        try:
            run = inbox.run(number)
        except Exception:  # noqa: BLE001  that is what is looked for; the inbox stays for a look
            kept = folder / f"fallen-{number}"
            shutil.copytree(inbox.settings.inbox, kept)
            tallies[kinds[0].format].broken.append(f"a traceback, with what is in {kept}: {traceback.format_exc()}")
            continue
        broken = promises.hold(inbox.settings, run, inbox.elsewhere, inbox.release)
        if not any((o.source, o.outcome) == (CHANGED, "new" if not number else "revised") for o in run.outcomes):
            broken.append(f"the source beside was stopped: {run.message}")
        tallies[kinds[0].format].broken += [f"run {number}: {said}" for said in broken]
        for sample in kinds:
            _count(run, number, sample, names[sample.format], tallies[sample.format])
    return list(tallies.values())


def _count(run: Run, number: int, sample: Sample, name: str, tally: Tally) -> None:
    """Note what became of a file; a good one has to be read."""
    told = [each for each in run.outcomes if name in f"{each.url} {each.partition}"]
    found = ["read" if each.outcome in ("new", "revised", "kept") else "refused" for each in told]
    if not told:
        tally.broken.append(f"run {number}: {name} has no outcome")
    if number:
        tally.tried += 1
        for outcome in found:
            tally.count(outcome)
    elif sample.is_read and "read" not in found:
        tally.broken.append(f"a good file is not read: {[each.reason or each.notice for each in told]}")
