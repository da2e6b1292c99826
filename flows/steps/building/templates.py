"""dbt's templates, compiled once: every process of dbt would compile the same eight hundred.

Jinja keeps what templates in files are compiled to. Those of dbt are texts to it, of which it keeps nothing, so that is
done here, in one file of the environment. It is no part of the warehouse: who is given one runs none of its code.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import Environment

from flows.machine import KEPT, keep

_MADE_BY = ("jinja2", "dbt-core", "dbt-common")
_MOST = 10_000  # beyond it only what was used last is kept
_DIGEST_BYTES = hashlib.sha256().digest_size


def keep_compiled(path: Path | None = None) -> Callable[[], None]:
    """Let Jinja take what a template was compiled to from the file at `path`; returned is what writes it in the end.

    By default it is one for the versions at hand of Python, Jinja and dbt, in the environment.
    """
    path = path or _of_environment()
    kept, used = _read(path), dict[bytes, CodeType]()
    compile_anew = Environment.compile

    def compile_once(environment: Environment, source: Any, *how: Any, **named: Any) -> Any:
        if not isinstance(source, str):
            return compile_anew(environment, source, *how, **named)
        made_by = type(environment)
        asked = repr((made_by.__module__, made_by.__qualname__, how, sorted(named.items()), source))
        key = hashlib.sha256(asked.encode()).digest()
        used[key] = kept.get(key) or used.get(key) or compile_anew(environment, source, *how, **named)
        return used[key]

    def write() -> None:
        if not used.keys() <= kept.keys():
            _write(path, used if len(kept | used) > _MOST else kept | used)

    Environment.compile = compile_once  # type: ignore[method-assign, assignment]
    return write


def _of_environment() -> Path:
    made_by = "-".join([sys.implementation.cache_tag or "python", *map(version, _MADE_BY)])
    return KEPT / f"templates-{made_by}.marshal"


def _read(path: Path) -> dict[bytes, CodeType]:
    """What is kept in a file; nothing where there is none, or where it is not what was written."""
    with contextlib.suppress(OSError):
        content = path.read_bytes()
        digest, packed = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if hashlib.sha256(packed).digest() == digest:
            kept: dict[bytes, CodeType] = marshal.loads(packed)  # noqa: S302  of this environment, and as it was written
            return kept
    return {}


def _write(path: Path, compiled: dict[bytes, CodeType]) -> None:
    packed = marshal.dumps(compiled)
    keep(path, lambda new: new.write_bytes(hashlib.sha256(packed).digest() + packed))
