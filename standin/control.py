"""Faults on demand, the request log, and the settings of the stand-in: what `/_ctl/...` works on."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from standin.reply import Reply, Request, as_json

QUOTA_TEXT = "Out of call volume quota. Quota will be replenished in {}."
HTML_PAGE = (
    b"<!DOCTYPE html><html><head><title>Service</title></head><body><h1>Please try again later</h1></body></html>"
)
KINDS = (
    "rate_limit", "quota", "status", "html", "truncated_gzip", "cut", "slow", "reset", "revoked_key", "silent_cap",
    "retyped", "new_column", "missing_column", "duplicate_page", "wrong_charset", "empty",
    "echo",
)  # fmt: skip


@dataclass
class Fault:
    """One fault: strikes requests whose host, path and query hold `match`, after `after` of them, `times` times.

    `every` n strikes each n-th only; `times` 0 means until cleared. `options` depend on the kind: `status`,
    `retry_after` (seconds), `seconds` (slow), `at` (bytes sent before a cut), `rows` (silent cap), `column` (a name;
    in a page a number from 0), `value`, `member` (of an archive: all whose name holds it, `_Y` if not told).
    """

    kind: str
    match: str = ""
    times: int = 1
    after: int = 0
    every: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    struck: int = 0

    def strikes(self, request: Request) -> bool:
        """Whether this request is hit; counts it."""
        query = "&".join(f"{name}={text}" for name, text in request.query.items())
        if self.match.lower() not in f"{request.host}{request.path}?{query}".lower():
            return False
        self.seen += 1
        turn = self.seen - self.after
        if turn <= 0 or turn % self.every or (self.times and self.struck >= self.times):
            return False
        self.struck += 1
        return True


@dataclass
class Rules:
    """How the stand-in behaves when nothing is broken. `keys` None accepts any key but an empty one."""

    keys: list[str] | None = None
    preview_cap: int = 500
    keyed_cap: int = 100_000
    preview_honours_max: bool = False
    daily_quota: dict[str, int] = field(default_factory=dict)
    calls_per_second: float = 0.0


class Control:
    """Faults, log and rules, shared by all threads of the server."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget faults, log and rules."""
        self.faults: list[Fault] = []
        self.log: list[dict[str, Any]] = []
        self.rules = Rules()
        self.spent: Counter[str] = Counter()
        self.lately: dict[str, deque[float]] = {}

    def add_fault(self, wanted: dict[str, Any]) -> Fault:
        """A fault as posted to `/_ctl/fault`; names that are not its own fields are its options."""
        if wanted.get("kind") not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}")
        own = {name: wanted.pop(name) for name in ("kind", "match", "times", "after", "every") if name in wanted}
        fault = Fault(**own, options=wanted)
        with self.lock:
            self.faults.append(fault)
        return fault

    def struck(self, request: Request) -> Fault | None:
        """The first fault that hits this request."""
        with self.lock:
            return next((fault for fault in self.faults if fault.strikes(request)), None)

    def record(self, request: Request, reply: Reply, fault: Fault | None) -> None:
        """Add a line to the log. A key is shown as ***, with the place it came in."""
        query = {name: "***" if name in ("subscription-key", "key") else text for name, text in request.query.items()}
        by_query = bool(request.get("subscription-key") or request.get("key"))
        by_header = "ocp-apim-subscription-key" in request.headers
        shown = ("user-agent", "accept", "range", "if-none-match", "if-modified-since", "if-range")
        line = {
            "n": 0, "at": time.time(), "method": request.method, "host": request.host, "path": request.path,
            "query": query, "key": "header" if by_header else "query" if by_query else None,
            "headers": {name: request.headers[name] for name in shown if name in request.headers},
            "status": reply.status, "bytes": len(reply.content), "fault": fault.kind if fault else None,
        }  # fmt: skip
        with self.lock:
            line["n"] = len(self.log) + 1
            self.log.append(line)

    def over_limit(self, request: Request) -> Reply | None:
        """The publisher's own limits, where switched on: a daily quota per host and calls per second."""
        rules, host = self.rules, request.host
        with self.lock:
            if rules.calls_per_second:
                calls, now = self.lately.setdefault(host, deque()), time.monotonic()
                while calls and now - calls[0] > 1:
                    calls.popleft()
                if len(calls) >= rules.calls_per_second:
                    return rate_limited(1)
                calls.append(now)
            self.spent[host] += 1
            if host in rules.daily_quota and self.spent[host] > rules.daily_quota[host]:
                return out_of_quota(11657)
        return None


def rate_limited(seconds: int) -> Reply:
    """429, as the gateway in front of Comtrade words it."""
    body = {"statusCode": 429, "message": f"Rate limit is exceeded. Try again in {seconds} seconds."}
    reply = as_json(body, 429, "application/json")
    return reply.adding(Retry_After=str(seconds), x_ratelimit_limit="1")


def out_of_quota(seconds: int) -> Reply:
    """403, the day's calls are used up."""
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    body = {"statusCode": 403, "message": QUOTA_TEXT.format(clock)}
    return as_json(body, 403, "application/json").adding(Retry_After=str(seconds))


def bad_key() -> Reply:
    """401, the key is not, or no longer, valid."""
    text = "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."
    return as_json({"statusCode": 401, "message": text}, 401, "application/json")
