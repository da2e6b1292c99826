"""What no text that leaves the process may hold (messages, run records, logs, artifacts): keys, passwords, and signs
that are obeyed instead of shown.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from itertools import islice
from urllib.parse import quote_plus, unquote

from flows.errors import EntrepotError
from flows.settings import Settings

SHORTEST_SECRET = 4  # of a part of an address: to blank shorter ones would blank letters everywhere, and so tell them
BLANK = "***"
# Variables that tools of ours read themselves: of keys, `user:password` among them, and of addresses.
_KEYS_OF_TOOLS = (
    "PREFECT_API_AUTH_STRING", "PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_KEY",
    "PREFECT_SERVER_DATABASE_PASSWORD", "PREFECT_API_DATABASE_PASSWORD",
)  # fmt: skip
_ADDRESSES_OF_TOOLS = (
    "PREFECT_API_URL", "PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
)  # fmt: skip
_MOST_NAMES, _LONGEST_NAME = 20, 80
# Control characters but for tab and line feed, other ends of lines, marks that turn the direction of writing, halves of
# letters.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_CODE = re.compile(r"((?<!`)`(?!`)[^`]*(?<!`)`(?!`))")
_MARKS = re.compile(r"[\\`*<>\[\]|#~!]")


def secret_texts(settings: Settings) -> list[str]:
    """Everything that may not appear in any text, the longest first; `without` knows how others write it."""
    found = set(settings.secrets())
    parts = set() if settings.postgres is None else _passwords(settings.postgres.get_secret_value())
    found |= {part for part in parts | _of_tools(settings.tool_environment()) if len(part) >= SHORTEST_SECRET}
    return sorted(found, key=len, reverse=True)


def _of_tools(environment: Mapping[str, str]) -> set[str]:
    """Keys and passwords of Prefect's, and those in the addresses that it and the proxies are reached at."""
    found = {text for name in _KEYS_OF_TOOLS if (text := environment.get(name))}
    found |= {text.split(":", 1)[1] for text in found if ":" in text}
    for name, text in environment.items():
        if name.upper() in _ADDRESSES_OF_TOOLS:
            found |= _passwords(text)
    return found


def redacted(settings: Settings, text: str) -> str:
    """`text` without keys and passwords, however an address, a form, JSON or HTML spells them."""
    return without(text, secret_texts(settings))


def without(text: str, secrets: Iterable[str]) -> str:
    """The same for any secrets; the longest are to come first where one is a part of another."""
    for secret in secrets:
        text = _spelt(secret).sub(BLANK, text)
    return text


@lru_cache(maxsize=64)
def _spelt(secret: str) -> re.Pattern[str]:
    """A secret with each of its signs as it is or as others write it: of one blank, ` `, `%20` and `+`."""
    return re.compile("".join(f"(?:{'|'.join(map(re.escape, _spellings(sign)))})" for sign in secret))


def _spellings(sign: str) -> list[str]:
    """The longest first: of a last `%25` the `25` would be left otherwise."""
    in_address = "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "surrogateescape"))
    others = {in_address, in_address.lower(), quote_plus(sign, errors="replace"), escape(sign), json.dumps(sign)[1:-1]}
    found = {sign} | (others if not sign.isalnum() or not sign.isascii() else set())
    return sorted(found, key=lambda spelling: (-len(spelling), spelling))


def legible(text: str) -> str:
    """`text` with every sign written out that a terminal would obey (`\\x1b`, `\\u202e`), or that is no letter: `\\xff`
    for a byte of a file's name that is not UTF-8.
    """
    return _OBEYED.sub(_written_out, text)


def legible_json(text: str) -> str:
    """JSON that says the same, with such signs written as JSON writes them: `\\u009b`."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def legible_name(text: str) -> str:
    """The same for a name, which has one line."""
    return legible(text).replace("\t", r"\t").replace("\n", r"\n")


def as_text(text: str) -> str:
    """A text in Markdown that is shown and never obeyed: no link, image, tag or cell begins in it. What stands between
    two backticks stays code.
    """
    parts = _CODE.split(" ".join(text.splitlines()))
    written = [part.replace("|", r"\|") if at % 2 else _MARKS.sub(r"\\\g<0>", part) for at, part in enumerate(parts)]
    return "".join(written)


def shown(names: Iterable[str]) -> list[str]:
    """The first of foreign names, each as long as a person reads on: there may be thousands, and each of any length."""
    some = list(islice(names, _MOST_NAMES + 1))
    short = [name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..." for name in some[:_MOST_NAMES]]
    return [*short, "..."] if len(some) > _MOST_NAMES else short


def _written_out(found: re.Match[str]) -> str:
    number = ord(found[0])
    number -= 0xDC00 if 0xDC80 <= number <= 0xDCFF else 0  # how Python keeps a byte that is no UTF-8
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def redact_error(settings: Settings, error: BaseException | None) -> None:
    """Take them out of what an error says, and of what led to it: whoever logs or raises it on shows neither."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        clean = tuple(redacted(settings, each) if isinstance(each, str) else each for each in error.args)
        if clean != error.args:
            error.args = clean
        error = error.__cause__ or error.__context__


class Redaction(logging.Filter):
    """A filter that takes them out of what a logger is given, its tracebacks included."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the line stays, without what it may not say."""
        said = record.getMessage()
        if (clean := redacted(self.settings, said)) != said:
            record.msg, record.args = clean, ()
        if record.exc_info:
            redact_error(self.settings, record.exc_info[1])
        return True


class Refusals(logging.Filter):
    """A filter that leaves of a refusal its sentence: a traceback is for what nobody has foreseen."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: Prefect's own words, that an exception was unexpected, give way to what the error says."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, EntrepotError):
            record.msg, record.args, record.exc_info, record.exc_text = str(error), (), None, None
        return True


def watch_logs(settings: Settings, *names: str) -> None:
    """Filter what these loggers are given, by the secrets of `settings` from now on; a refusal is its sentence."""
    for logger in map(logging.getLogger, names):
        for former in [each for each in logger.filters if isinstance(each, Redaction | Refusals)]:
            logger.removeFilter(former)
        logger.addFilter(Refusals())
        logger.addFilter(Redaction(settings))


def _passwords(dsn: str) -> set[str]:
    """What may be the password in an address, of a database or another server, and what of it a reader of addresses may
    take apart.
    """
    found: set[str] = set()
    if url := re.match(r"[\w+.-]+://[^:@]*:(.*)@", dsn, re.DOTALL):  # up to the last @
        found |= {url[1], *re.split(r"[@/:?]", url[1])}
    for quoted, plain in re.findall(r"password\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s&]+))", dsn):
        found.add(re.sub(r"\\(.)", r"\1", quoted or plain))
    return found | {unquote(text) for text in found}
