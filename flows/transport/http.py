"""One polite session for every live source: each host in its turn, retries, resumed downloads.

Sources name the publishers' own addresses; where a stand-in is set it takes their place here. Keys go into
`secret_params` or headers, and from there to the server only: never into an address that is kept or shown.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

import httpx

from flows.errors import HttpFailed, NotModified, QuotaExhausted
from flows.formats.bounds import Measure
from flows.ledger import Ledger, utc_now
from flows.redaction import secret_texts, without
from flows.settings import Settings
from flows.transport.answers import (
    Answer,
    Expected,
    TryAgain,
    is_page,
    is_same_version,
    tag_of,
    trouble,
    unpacked,
)
from flows.transport.redirects import known_hosts, require_known_host
from flows.transport.turns import Turns

__all__ = ["Answer", "Expected", "Http", "open_http"]

_AGENT = "entrepot/0.1 (trade-statistics warehouse)"
_KEPT_HEADERS = ("etag", "last-modified", "content-type", "content-length", "content-encoding", "date")
_SLOW_AFTER_SECONDS = 20.0
_PROGRESS_BYTES = 1 << 16
_EXCERPT_BYTES = 2000  # of what a server says in refusing
Text = Mapping[str, str] | None
T = TypeVar("T")


class Http:
    """One polite session, for several threads; a host is asked when `turns` gives it one.

    `answered` holds the headers worth keeping of the thread's last answer.
    """

    def __init__(self, settings: Settings, ledger: Ledger, sleep: Callable[[float], None] = time.sleep) -> None:
        self.settings = settings
        self.ledger = ledger
        self.turns = Turns(settings, sleep)
        self._here = threading.local()
        self._sleep = sleep
        self._given_up: set[str] = set()
        for name in ("httpx", "httpcore"):  # they would write whole addresses, keys included
            logging.getLogger(name).setLevel(logging.WARNING)
        direct: dict[str, httpx.BaseTransport | None] = {
            f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")
        }
        self._client = httpx.Client(
            headers={"User-Agent": _AGENT, "Accept": "*/*"},
            timeout=settings.http_timeout_seconds,
            mounts=direct,
            trust_env=settings.http_proxies_from_environment,
            event_hooks={"request": [require_known_host]},
        )

    @property
    def answered(self) -> dict[str, str]:
        """Headers of this thread's last answer."""
        found: dict[str, str] = getattr(self._here, "answered", {})
        return found

    @answered.setter
    def answered(self, headers: dict[str, str]) -> None:
        self._here.answered = headers

    def get(
        self,
        url: str,
        params: Text = None,
        headers: Text = None,
        secret_params: Text = None,
        expect: Expected | None = None,
        unless: str = "",
    ) -> Answer:
        """The whole answer to a GET; `unless` is the tag of what is already here.

        Raises NotModified when what is here still holds (304), HttpFailed (RateLimited, KeyRefused) when all tries
        failed, QuotaExhausted when it must wait.
        """
        asked = {"Accept-Encoding": "gzip", **(headers or {}), **_condition(unless)}
        shown, host = _address(url, params), self.host_of(url)

        def once() -> Answer:
            with self._open("GET", url, params, asked, secret_params) as response:
                _require_news(response, url)
                body = self._body(response, url, host)
                self._expect(response, body[:512], host, expect)
                return Answer(
                    url=self.settings.base_url(shown),
                    status=response.status_code,
                    headers=dict(response.headers),
                    content=body,
                )

        return self._insist(once, host)

    def tag(self, url: str, expect: Expected | None = None) -> str:
        """ETag, or Last-Modified and length, by a HEAD request: the revision of a file; empty if not told."""

        host = self.host_of(url)

        def once() -> str:
            with self._open("HEAD", url, None, {"Accept-Encoding": "identity"}, None) as response:
                self._expect(response, b"", self.host_of(url), expect)
                return tag_of(dict(response.headers))

        return self._insist(once, host)

    def stream(
        self,
        url: str,
        params: Text = None,
        headers: Text = None,
        expect: Expected | None = None,
        unless: str = "",
    ) -> Iterator[bytes]:
        """The body in chunks as received; a cut connection is resumed where it broke.

        `unless` is the tag of the stored file. Raises what `get` raises, NotModified when that file still holds, and
        HttpFailed when the file changes upstream while it is being read.
        """
        host, tag = self.host_of(url), ""

        def once(at: int) -> Iterator[bytes]:
            nonlocal tag
            asked = {"Accept-Encoding": "identity", **(headers or {})}
            asked |= {"Range": f"bytes={at}-"} if at else _condition(unless)
            with self._open("GET", url, params, asked, None) as response:
                _require_news(response, url)
                now_tag = response.headers.get("etag") or response.headers.get("last-modified") or ""
                if tag and now_tag != tag:
                    raise HttpFailed(f"{host} changed {url} while it was being read; run again.")
                tag = now_tag
                pass_over = at if response.status_code == 200 else 0
                encoding = response.headers.get("content-encoding", "")  # not asked for, and sent all the same
                measure = Measure(url, "largest_unpacked_mb", settings=self.settings)
                for chunk in unpacked(self._chunks(response, host), encoding, host):
                    measure.add(len(chunk))
                    if at == 0:
                        self._expect(response, chunk[:512], host, expect)
                    fresh, pass_over = chunk[pass_over:], max(0, pass_over - len(chunk))
                    if fresh:
                        at += len(fresh)
                        yield fresh

        return self._resume(once, 0, host)

    def part(self, url: str, first: int, last: int, tag: str = "") -> Iterator[bytes]:
        """Bytes `first` to `last`, both included, of a large file in the version `tag`; resumed where it broke.

        Raises what `get` raises, and HttpFailed when the file is another version now or the server sends no parts.
        """
        host = self.host_of(url)

        def once(at: int) -> Iterator[bytes]:
            if at > last:
                return
            asked = {"Accept-Encoding": "identity", "Range": f"bytes={at}-{last}"}
            if tag.startswith('"'):
                asked["If-Range"] = tag
            with self._open("GET", url, None, asked, None) as response:
                self._expect(response, b"", host, "binary")
                if not is_same_version(tag, response.headers):
                    raise HttpFailed(f"{host} has put up another version of {url} meanwhile; run again.")
                is_part = response.headers.get("content-range", "").startswith(f"bytes {at}-")
                if not is_part or response.headers.get("content-encoding", "identity") != "identity":
                    what = "sends no parts of its files; download it by hand and put it into the inbox"
                    raise HttpFailed(f"{host}, asked for {url}, {what}.")
                for chunk in self._chunks(response, host):
                    at += len(chunk)
                    if at > last + 1:
                        raise HttpFailed(f"{host} sent more of {url} than it was asked for; nothing was taken from it.")
                    yield chunk
                if at <= last:
                    raise TryAgain(HttpFailed(f"{host} sent too little of {url}; the last good files are used."))

        return self._resume(once, first, host)

    # -- one try ----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _open(
        self, method: str, url: str, params: Text, headers: Mapping[str, str], secret: Text
    ) -> Iterator[httpx.Response]:
        host = self.host_of(url)
        self.turns.take(host)
        address = _address(_address(self.settings.base_url(url), params), secret, safe="")
        sent = known_hosts(self.settings, self.turns, address, host)
        has_secret = bool(secret) or any(value in headers.values() for value in self.settings.secrets())
        try:
            with self._client.stream(
                method, address, headers=dict(headers), follow_redirects=not has_secret, extensions=sent
            ) as answer:
                self._judge(answer, host, secret)
                self.answered = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
                yield answer
        except httpx.TimeoutException:
            silence = f"{host} was silent for {self.settings.http_timeout_seconds:g} s; the last good files are used."
            raise TryAgain(HttpFailed(silence)) from None
        except httpx.TransportError as error:
            what = f"The connection to {host} broke ({type(error).__name__}); the last good files are used."
            raise TryAgain(HttpFailed(what)) from None
        except httpx.HTTPError as error:
            raise HttpFailed(f"{host} cannot be asked ({type(error).__name__}).") from None

    def _judge(self, answer: httpx.Response, host: str, secret: Text) -> None:
        if answer.status_code < 300 or answer.status_code == 304:
            return
        body = next(answer.iter_bytes(_EXCERPT_BYTES), b"").decode("utf-8", errors="replace")
        body = without(body, (*secret_texts(self.settings), *filter(None, (secret or {}).values())))
        longest = self.settings.http_longest_wait_seconds
        error = trouble(answer.status_code, dict(answer.headers), body, host, longest, utc_now())
        if isinstance(error, QuotaExhausted):
            self.turns.close(host, error.resume_at)
        if error is not None:
            raise error

    def _chunks(self, response: httpx.Response, host: str) -> Iterator[bytes]:
        begun, size = time.monotonic(), 0
        for chunk in response.iter_raw():
            size += len(chunk)
            yield chunk
            seconds = time.monotonic() - begun
            if seconds > _SLOW_AFTER_SECONDS and size / seconds < self.settings.http_slowest_bytes_per_second:
                raise TryAgain(HttpFailed(f"{host} sends too slowly ({size / seconds:.0f} bytes a second)."))

    def _body(self, response: httpx.Response, url: str, host: str) -> bytes:
        """All of a body, in memory. Raises FileRefused where it is larger than the settings allow."""
        measure = Measure(url, "largest_answer_mb", settings=self.settings)
        parts: list[bytes] = []
        for part in unpacked(self._chunks(response, host), response.headers.get("content-encoding", ""), host):
            measure.add(len(part))
            parts.append(part)
        return b"".join(parts)

    @staticmethod
    def _expect(response: httpx.Response, start: bytes, host: str, expect: Expected | None) -> None:
        if expect in (None, "html"):
            return
        if is_page(response.headers.get("content-type", ""), start):
            raise TryAgain(HttpFailed(f"{host} answered with a web page where {expect} data was expected."))

    # -- again, and when ----------------------------------------------------------------------------------

    def _insist(self, once: Callable[[], T], host: str) -> T:
        failures = 0
        while True:
            try:
                result = once()
            except TryAgain as again:
                failures += 1
                self._pause(again, failures, host)
            else:
                self._given_up.discard(host)
                return result

    def _resume(self, once: Callable[[int], Iterator[bytes]], at: int, host: str) -> Iterator[bytes]:
        """What `once` brings from byte `at` on, asked for again where it broke.

        A try that brings next to nothing counts as failed, so that a server that trickles is given up.
        """
        failures = 0
        while True:
            begun = at
            try:
                for chunk in once(at):
                    at += len(chunk)
                    yield chunk
            except TryAgain as again:
                failures = failures + 1 if at - begun < _PROGRESS_BYTES else 1
                self._pause(again, failures, host)
            else:
                self._given_up.discard(host)
                return

    def _pause(self, again: TryAgain, failures: int, host: str) -> None:
        """Wait before the next try. A host given up before is tried once only, until it answers again."""
        if failures >= (1 if host in self._given_up else self.settings.http_tries):
            self._given_up.add(host)
            raise again.error from None
        backoff = self.settings.http_backoff_seconds * 2.0 ** (failures - 1)
        self._sleep(min(max(again.wait, backoff), self.settings.http_longest_wait_seconds))

    def host_of(self, url: str) -> str:
        """The publisher's host, behind the stand-in too."""
        if self.settings.stand_in and url.startswith(self.settings.stand_in):
            return url[len(self.settings.stand_in) :].strip("/").partition("/")[0]
        return urlsplit(url).netloc


def _require_news(response: httpx.Response, url: str) -> None:
    if response.status_code == 304:
        raise NotModified(f"There is nothing newer than the file held of {url}.")


def _condition(tag: str) -> dict[str, str]:
    """The header that asks for a body only if it has another tag: an ETag, not always in quotes, or date and length."""
    if not tag or not tag.isascii():  # what is none can be sent in no header
        return {}
    modified, is_date, _ = tag.rpartition(" GMT")
    return {"If-Modified-Since": modified + is_date} if is_date else {"If-None-Match": tag}


def _address(url: str, params: Text, safe: str = ",:;/*+") -> str:
    if not params:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params, safe=safe)}"


@lru_cache(maxsize=8)
def open_http(settings: Settings) -> Http:
    """The session of this process for `settings`."""
    return Http(settings, Ledger(settings))
