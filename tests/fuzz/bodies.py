"""Mutated answers of every publisher: the stand-in answers as the publisher does, and one answer is spoilt."""

from __future__ import annotations

import random
import shutil
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows import verbs
from flows.contracts import load_contracts
from flows.ledger import Ledger, Run
from flows.settings import Settings
from flows.steps import land
from flows.steps.fetching.span import Span
from standin.reply import Reply, Request
from standin.server import StandIn
from tests import readers
from tests.fuzz import promises
from tests.fuzz.mutations import mutated
from tests.fuzz.promises import Tally
from tests.live import LITTLE, live_run
from tests.unit.test_hostile_answers import ANSWERS

_MONTHS: dict[str, Any] = {"history_from": 2024, "history_to": 2024}
ASKED: dict[str, tuple[dict[str, Any], Span | None]] = {
    "comext": ({"comext_reporters": ("DEU",)}, None),
    "comtrade_api": ({"reporters": ("KAZ",), "comtrade_key": "the key of these tests"}, None),
    "comtrade_bulk": ({"reporters": ("KAZ",), "comtrade_key": "the key of these tests"}, None),
    "gacc": (_MONTHS, Span.between("2024-01", "2024-02")),
    "gacc_bulletin": (_MONTHS, Span.between("2024-01", "2024-02")),
    "census": ({"census_levels": ("TOTAL",), **_MONTHS}, Span.between("2024-01", "2024-02")),
}  # fmt: skip
"""What a source is asked for, where it is another thing than a year of little."""


class Publishers:
    """The stand-in, one of whose answers to a publisher's own questions is replaced; and a warehouse with a release."""

    def __init__(self, folder: Path, standin: StandIn) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.folder, self.standin = folder, standin
        self.elsewhere = folder / "elsewhere"
        self.elsewhere.mkdir(parents=True)
        begin = Settings.alone(warehouse=folder / "begin", bundled=folder / "bundled", followers=())
        (folder / "bundled").mkdir()
        ledger = Ledger(begin)
        verbs.publish(ledger, readers.built(begin, ledger, readers.made(folder / "made", 1)).run_id)
        land.prepare(begin)
        self.release = promises.sha256(begin.published)
        self.answers = standin.office.reply
        self.spoil: Callable[[Request, Reply], Reply] = lambda request, reply: reply
        standin.office.reply = lambda request: self.spoil(request, self.answers(request))  # type: ignore[method-assign]

    def settings(self, source: str) -> Settings:
        """A warehouse as it was at the beginning, and settings by which `source` is asked for little."""
        warehouse = self.folder / "warehouse"
        shutil.rmtree(warehouse, ignore_errors=True)
        shutil.copytree(self.folder / "begin", warehouse, symlinks=True)
        asked = {
            **LITTLE,
            "stand_in": None,
            "history_from": 2022,
            "history_to": 2022,
            **ASKED.get(source, ({}, None))[0],
        }
        values = {**asked, "warehouse": warehouse, "bundled": self.folder / "bundled", "followers": (), "http_tries": 1}
        return Settings.alone(**values).model_copy(update={"stand_in": self.standin.url})

    def run(self, source: str, settings: Settings) -> Run:
        """A run of `source` and of one other publisher."""
        return live_run(settings, [source, beside(source)], ASKED.get(source, ({}, None))[1])

    def questions(self, source: str, hosts: tuple[str, ...]) -> int:
        """How many questions an undisturbed run of `source` asks; what it brings lands."""
        asked: list[Request] = []

        def listen(request: Request, reply: Reply) -> Reply:
            asked.extend([request] if request.host in hosts else [])
            return reply

        self.spoil = listen
        settings = self.settings(source)
        run = self.run(source, settings)
        found = {outcome.outcome for outcome in run.outcomes if outcome.source == source}
        assert found == {"new"}, (source, run.outcomes)
        assert not promises.hold(settings, run, self.elsewhere, self.release)
        return len(asked)


def beside(source: str) -> str:
    """Another publisher that has to go on."""
    return "cbr" if source == "ecb" else "ecb"


def live_sources() -> dict[str, tuple[str, ...]]:
    """Every source that is asked over the network, and its hosts."""
    contracts = load_contracts(Settings.alone().contracts)
    return {name: tuple(source.hosts) for name, source in contracts.items() if source.hosts}


def tried(folder: Path, bodies: int, chance: random.Random) -> list[Tally]:
    """Try so many spoilt answers, at least; a tally of each source."""
    live = live_sources()
    with StandIn() as standin:
        publishers = Publishers(folder, standin)
        return [_source(publishers, name, live[name], -(-bodies // len(live)), chance) for name in live]


def _source(publishers: Publishers, source: str, hosts: tuple[str, ...], times: int, chance: random.Random) -> Tally:
    tally, questions = Tally(source), publishers.questions(source, hosts)
    for _ in range(times):
        struck, said = chance.randrange(questions), chance.choice([b"", *ANSWERS.values()])
        seed, is_mutation, seen = chance.random(), chance.random() < 0.75, 0

        def spoil(
            request: Request, reply: Reply, struck: int = struck, said: bytes = said, seed: float = seed,
            is_mutation: bool = is_mutation,
        ) -> Reply:  # fmt: skip
            nonlocal seen
            if request.host not in hosts or reply.status != 200:
                return reply
            seen += 1
            if seen - 1 != struck:
                return reply
            content = mutated(reply.content, random.Random(seed)) if is_mutation else said
            (publishers.folder / "spoilt").write_bytes(content)
            return Reply(content, reply.content_type, reply.status, reply.headers, reply.ranged)

        publishers.spoil = spoil
        _try(publishers, source, tally)
    return tally


def _try(publishers: Publishers, source: str, tally: Tally) -> None:
    settings = publishers.settings(source)
    tally.tried += 1
    try:
        run = publishers.run(source, settings)
    except Exception:  # noqa: BLE001  that is what is looked for; the answer stays for a look
        kept = publishers.folder / f"fallen-{source}-{tally.tried}"
        shutil.copy(publishers.folder / "spoilt", kept)
        tally.broken.append(f"a traceback, after the answer in {kept}: {traceback.format_exc()}")
        return
    tally.broken += promises.hold(settings, run, publishers.elsewhere, publishers.release)
    if {outcome.outcome for outcome in run.outcomes if outcome.source == beside(source)} != {"new"}:
        tally.broken.append(f"the publisher beside was stopped: {run.message}")
    own = {outcome.outcome for outcome in run.outcomes if outcome.source == source}
    if not own:
        tally.broken.append(f"nothing is said of {source}: {run.message}")
    tally.count("all read" if own <= {"new", "kept"} else "refused or told")
