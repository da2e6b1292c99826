"""The reception: sends a request to the publisher it is for, and carries out what `/_ctl` asks."""

from __future__ import annotations

import json
from typing import Any, Protocol

from standin.baci import Baci
from standin.cbr import Cbr
from standin.census import Census
from standin.comext import Comext
from standin.comtrade import Comtrade
from standin.control import Control, Rules
from standin.ecb import Ecb
from standin.gacc import MISPRINTS, Gacc
from standin.imf import Imf
from standin.reply import Reply, Request, as_json
from standin.truth import true_trade
from standin.wdi import Wdi
from standin.world import World


class Publisher(Protocol):
    """One publisher: answers requests and knows what it should have given in all."""

    name: str
    host: str

    def reply(self, request: Request) -> Reply:
        """The answer to a request for its host."""

    def truth(self) -> dict[str, Any]:
        """Known totals of what it publishes now; sums of money are texts."""

    def knows(self, subject: str, period: str) -> bool:
        """Whether it publishes such a subject and period, so that they can be revised, withdrawn and released."""


class Office:
    """All publishers over one world."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.reset()

    def reset(self) -> None:
        """A fresh world: nothing revised, nothing more released."""
        self.world = World()
        world = self.world
        built: list[Publisher] = [
            Comtrade(world, self.control), Imf(world), Ecb(world), Cbr(world), Wdi(world), Baci(world), Gacc(world),
            Comext(world), Census(world),
        ]  # fmt: skip
        self.publishers = {publisher.host: publisher for publisher in built}

    def reply(self, request: Request) -> Reply:
        """What the publisher of that host answers; 404 for a host nobody speaks for."""
        publisher = self.publishers.get(request.host)
        if publisher is None:
            return as_json({"error": f"no publisher at {request.host}", "known": sorted(self.publishers)}, 404)
        return publisher.reply(request)

    def truth(self, source: str = "") -> dict[str, Any]:
        """Known totals per source, or of one source only; `world` is what is true before anybody reports it."""
        if source == "world":
            return {"world": true_trade()}
        wanted = [publisher for publisher in self.publishers.values() if source in ("", publisher.name)]
        return {publisher.name: publisher.truth() for publisher in wanted}

    def control_reply(self, request: Request) -> Reply:
        """`/_ctl/...`; anything wrong with it is a 400 that says so."""
        try:
            wanted = json.loads(request.body or b"{}")
            return as_json(self._carry_out(request.method, request.path.strip("/"), {**request.query, **wanted}))
        except (KeyError, TypeError, ValueError) as error:
            return as_json({"error": f"{type(error).__name__}: {error}"}, 400)

    def _carry_out(self, method: str, verb: str, wanted: dict[str, Any]) -> Any:
        control = self.control
        if (method, verb) == ("GET", "truth"):
            return self.truth(wanted.get("source", ""))
        if (method, verb) == ("GET", "log"):
            return {"count": len(control.log), "requests": control.log}
        if (method, verb) == ("DELETE", "log"):
            control.log.clear()
            return {"count": 0}
        if (method, verb) == ("POST", "fault"):
            return {"fault": control.add_fault(wanted).kind}
        if (method, verb) == ("DELETE", "fault"):
            control.faults.clear()
            return {"faults": 0}
        if (method, verb) == ("POST", "rules"):
            control.rules = Rules(**{**vars(control.rules), **wanted})
            control.spent.clear()
            return vars(control.rules)
        if method == "POST" and verb in ("revise", "release", "withdraw", "misprint"):
            return self._publish(verb, wanted)
        if (method, verb) == ("POST", "reset"):
            control.reset()
            self.reset()
            return {"reset": True}
        raise ValueError(f"no such control: {method} /_ctl/{verb}")

    def _publish(self, verb: str, wanted: dict[str, Any]) -> Any:
        """Revise, release, withdraw or misprint one subject and period of a source."""
        source, period = wanted.get("source", "comtrade"), str(wanted["period"])
        subject = str(wanted.get("subject", wanted.get("reporter", "")))
        named = {publisher.name: publisher for publisher in self.publishers.values()}
        if source not in named:
            raise ValueError(f"no source {source!r}; there are {', '.join(sorted(named))}")
        if not named[source].knows(subject, period):
            raise ValueError(f"{source} has no subject {subject!r} with period {period!r}; see standin/README.md")
        if verb == "misprint":
            if (source, period) not in [("gacc", known) for known in MISPRINTS]:
                raise ValueError(f"only gacc has misprints, in {' and '.join(MISPRINTS)}")
            self.world.misprint(source, subject, period)
            return {verb: [source, subject, period]}
        if verb == "revise":
            return {"revision": self.world.revise(source, subject, period)}
        self.world.hold(source, subject, period, back=verb == "withdraw")
        return {verb: [source, subject, period]}
