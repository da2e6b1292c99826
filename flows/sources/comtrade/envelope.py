"""The envelope UN Comtrade puts around its rows, taken off without reading them: `{"count": 2, "data": [...], ...}`.

Reading a million records of 47 fields in Python costs a minute; DuckDB reads a list of them in a few seconds. The cut
is proven: what is left around it is an envelope with an empty list. What cannot be cut so is read the slow way, see
`answer`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_DATA = re.compile(rb'"data"\s*:\s*\[')
_START_BYTES = 1 << 16  # a record is a kilobyte


@dataclass(frozen=True)
class Cut:
    """The records of an answer as JSON, with commas between them, and how many its envelope says there are."""

    records: memoryview
    announced: int

    @property
    def first(self) -> dict[str, Any] | None:
        """The first record; None where there is none, or it cannot be told."""
        return first_object(bytes(self.records[:_START_BYTES]))


def cut(content: bytes) -> Cut | None:
    """One answer without its envelope; None where it is no such answer, or cannot be cut for sure."""
    opening, end = _DATA.search(content), content.rfind(b"]")
    if opening is None or end < opening.end():
        return None
    try:
        envelope = json.loads(content[: opening.end()].decode("utf-8-sig") + content[end:].decode())
    except ValueError:
        return None
    if not isinstance(envelope, dict) or envelope.get("error") or envelope.get("data") != []:
        return None
    announced = envelope.get("count")
    if type(announced) is not int or announced < 0:
        return None
    return Cut(memoryview(content)[opening.end() : end], announced)


def is_whole(content: bytes) -> bool:
    """Whether the answer surely holds as many records as it says, told without reading them."""
    found = cut(content)
    return found is not None and content.count(b"},{") + 1 == found.announced > 1


def first_record(start: bytes) -> dict[str, Any] | None:
    """The first record of an answer of which this is the beginning; None where it cannot be told."""
    opening = _DATA.search(start)
    return first_object(start[opening.end() :]) if opening else None


def first_object(text: bytes) -> dict[str, Any] | None:
    """The JSON object `text` begins with; None where it is cut off or is none."""
    try:
        record, _ = json.JSONDecoder().raw_decode(text.decode(errors="replace").lstrip())
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
