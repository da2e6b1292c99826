"""What a server's answer means: data, try again, give up, or come back tomorrow."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from flows.errors import EntrepotError, HttpFailed, KeyRefused, NotFound, QuotaExhausted, RateLimited
from flows.machine import CHUNK_BYTES

Expected = Literal["json", "csv", "xml", "html", "binary"]

_TEMPORARY = {408, 425, 429}
_DAY_SECONDS = (
    86_400.0  # nobody is left alone for longer on a server's word: quotas and outages are looked at every day
)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d):(\d\d)")
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)", re.IGNORECASE)


class Answer(BaseModel):
    """A complete answer of a server. Header names are in lower case."""

    model_config = ConfigDict(frozen=True)

    url: str
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def tag(self) -> str:
        """ETag, or else Last-Modified and length; empty when the server gives neither."""
        return tag_of(self.headers)

    def text(self, encoding: str = "utf-8-sig") -> str:
        """The body as text. Raises UnicodeDecodeError when it is in another encoding."""
        return self.content.decode(encoding)

    def json(self) -> Any:  # type: ignore[override]
        """The body as JSON. Raises ValueError when it is not."""
        return json.loads(self.text())


class TryAgain(Exception):
    """A passing trouble: wait at least `wait` seconds; when the tries are used up, `error` is what to say."""

    def __init__(self, error: HttpFailed, wait: float = 0.0) -> None:
        super().__init__(str(error))
        self.error, self.wait = error, wait


def tag_of(headers: dict[str, str]) -> str:
    """ETag, or else Last-Modified and length."""
    if headers.get("etag"):
        return headers["etag"]
    return " ".join(filter(None, (headers.get("last-modified"), headers.get("content-length"))))


def is_same_version(tag: str, headers: Mapping[str, str]) -> bool:
    """Whether an answer, or a part of one, is of the version `tag` is of; where nothing is told it is taken to be."""
    if tag.startswith(('"', "W/")):
        return headers.get("etag", tag) == tag
    modified, is_date, _ = tag.rpartition(" GMT")
    return not is_date or headers.get("last-modified", modified + is_date) == modified + is_date


def next_day(now: datetime) -> datetime:
    """The coming midnight, UTC."""
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def retry_after(headers: dict[str, str], now: datetime) -> float:
    """Seconds the server asks to wait, from a number or a date, a day at most; 0 where nothing can be read."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch("[0-9]+", text):
        return min(float(text), _DAY_SECONDS)
    try:
        when = parsedate_to_datetime(text)
        seconds = ((when if when.tzinfo else when.replace(tzinfo=UTC)) - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):  # what the library raises for dates that are none
        return 0.0
    return min(max(0.0, seconds), _DAY_SECONDS)


def is_block(until: datetime, now: datetime) -> bool:
    """Whether a host closed `until` then is left alone now. No server's word counts for more than a day."""
    return now < until <= now + timedelta(seconds=_DAY_SECONDS)


def quota_exhausted(host: str, resume_at: datetime) -> QuotaExhausted:
    """The error that ends a source's run cleanly."""
    return QuotaExhausted(
        f"The request quota of {host} is used up: partial, resume after {resume_at:%H:%M} UTC on {resume_at:%Y-%m-%d}.",
        resume_at,
    )


def _left_alone(host: str, status: int, resume_at: datetime) -> QuotaExhausted:
    """The same, where a server out of order asks to be left alone for longer than a run waits."""
    return QuotaExhausted(
        f"{host} is out of order ({status}) and asks to be left alone: partial, resume after {resume_at:%H:%M} UTC on "
        f"{resume_at:%Y-%m-%d}.",
        resume_at,
    )


def trouble(
    status: int, headers: dict[str, str], body: str, host: str, longest_wait: float, now: datetime
) -> EntrepotError | TryAgain | None:
    """What a status means; none for data. `body` is the beginning of the answer, without secrets."""
    said = f": {excerpt}" if (excerpt := " ".join(body.split())[:200]) else ""
    wait = retry_after(headers, now)
    if status < 300 or status == 304:
        return None
    if status == 403 and "quota" in body.lower():
        clock = _CLOCK.search(body)
        left = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3]) if clock else wait
        left = min(left, _DAY_SECONDS)
        return quota_exhausted(host, now + timedelta(seconds=left) if left else next_day(now))
    if status == 429 and wait > longest_wait:
        return quota_exhausted(host, now + timedelta(seconds=wait))
    if status == 429:
        return TryAgain(RateLimited(f"{host} keeps answering that there are too many requests (429){said}"), wait)
    if status == 401:
        return KeyRefused(f"{host} does not accept the subscription key (401); set a valid one and run again{said}")
    if status >= 500 or status in _TEMPORARY:
        if wait > longest_wait:
            return _left_alone(host, status, now + timedelta(seconds=wait))
        return TryAgain(HttpFailed(f"{host} is out of order ({status}); the last good files are used{said}"), wait)
    kind = NotFound if status in (404, 410) else HttpFailed
    return kind(f"{host} refuses the request ({status}){said}")


def is_page(content_type: str, start: bytes) -> bool:
    """Whether this is a web page, whatever the server calls it."""
    return content_type.startswith("text/html") or _PAGE.match(start) is not None


def unpacked(chunks: Iterable[bytes], encoding: str, host: str) -> Iterator[bytes]:
    """A body without its transfer compression, in small pieces. Raises TryAgain when it is damaged, or cut off."""
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        yield from chunks
        return
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        for chunk in chunks:
            packed = chunk
            while packed and not unzip.eof:
                yield unzip.decompress(packed, CHUNK_BYTES)
                packed = unzip.unconsumed_tail
        yield unzip.flush()
    except zlib.error as error:
        raise TryAgain(HttpFailed(f"{host} sent a damaged answer ({error}).")) from None
    if not unzip.eof:
        raise TryAgain(HttpFailed(f"{host} sent an answer that is cut off."))
