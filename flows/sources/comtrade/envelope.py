"""The envelope UN Comtrade puts around its rows, taken off without reading them: `{"count": 2, "data": [...], ...}`.

Reading a million records of 47 fields in Python costs a minute; DuckDB reads a list of them in a few seconds. The cut
is proven: what is left around it is an envelope with an empty list. What cannot be cut so is read the slow way, see
`answer`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import SEEK_END, BufferedIOBase, BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from flows.machine import CHUNK_BYTES
from flows.sources.comtrade.announced import has_error

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DATA = re.compile(rb'"data"\s*:\s*\[')
_BETWEEN = b"},{"
_BETWEEN_RECORDS = re.compile(re.escape(_BETWEEN))  # which is found in half the time
_EDGE_BYTES = 1 << 16  # of an answer, looked at on either side: the envelope and a record, which is a kilobyte


@dataclass(frozen=True)
class Cut:
    """Where in a stream the records of an answer are, with commas between them, and how many its envelope announces.

    `first` is the first record; None where there is none, or it cannot be told. `is_dense` says that the next one
    follows with a comma between them and no blank.
    """

    start: int
    end: int
    announced: int
    first: dict[str, Any] | None
    is_dense: bool


def cut(content: bytes) -> Cut | None:
    """One answer without its envelope; None where it is no such answer, or cannot be cut for sure."""
    return cut_out(BytesIO(content), 0, len(content))


def cut_out(stream: BufferedIOBase, start: int, end: int) -> Cut | None:
    """The same for the answer that stands between two places of a stream."""
    stream.seek(start)
    head = stream.read(min(_EDGE_BYTES, end - start))
    stream.seek(max(start, end - _EDGE_BYTES))
    tail = stream.read(min(_EDGE_BYTES, end - start))
    opening, closing = _DATA.search(head), tail.rfind(b"]")
    if opening is None or closing < 0 or end - len(tail) + closing < start + opening.end():
        return None
    announced = _announced(head[: opening.end()], tail[closing:])
    if announced is None:
        return None
    begin, stop = start + opening.end(), end - len(tail) + closing
    record, rest = _first_of(head[opening.end() :][: stop - begin])
    return Cut(begin, stop, announced, record, announced == 1 or rest.startswith(",{"))


def answers_in(stream: BufferedIOBase) -> list[Cut] | None:
    """All answers of a file without their envelopes: one on each line, or one over many lines as a person may have
    saved it. None where one cannot be cut for sure.
    """
    cuts: list[Cut] = []
    for start, end in _lines(stream):
        found = cut_out(stream, start, end)
        if found is None:
            whole = cut_out(stream, 0, stream.seek(0, SEEK_END)) if not cuts else None
            return [whole] if whole else None
        cuts.append(found)
    return cuts


def _lines(stream: BufferedIOBase) -> Iterator[tuple[int, int]]:
    """Where the lines of a stream that are not blank begin and end."""
    start = at = 0
    while True:
        stream.seek(at)
        chunk = stream.read(CHUNK_BYTES)
        found = chunk.find(b"\n")
        while found >= 0:
            if not _is_blank(stream, start, at + found):
                yield start, at + found
            start, found = at + found + 1, chunk.find(b"\n", found + 1)
        at += len(chunk)
        if not chunk:
            break
    if not _is_blank(stream, start, at):
        yield start, at


def _is_blank(stream: BufferedIOBase, start: int, end: int) -> bool:
    if end - start > _EDGE_BYTES:
        return False
    stream.seek(start)
    return not stream.read(end - start).strip()


def copy_records(stream: BufferedIOBase, found: Cut, into: BinaryIO, one_a_line: bool) -> None:
    """Write the records that were cut out of `stream`, as they are or, where they are dense, one on a line.

    A text that looks like the end of one record and the beginning of another is cut in two there, so that neither half
    is JSON any more: whoever reads the lines notices.
    """
    import numpy as np  # here: it takes a tenth of a command's start

    stream.seek(found.start)
    left, held_back = found.end - found.start, 0
    buffer = np.empty(CHUNK_BYTES + len(_BETWEEN) - 1, np.uint8)
    while left and (size := stream.readinto(buffer[held_back:][:left].data)):
        left -= size
        text = buffer[: held_back + size]
        if one_a_line:
            _break_lines(text)
        held_back = min(len(text), len(_BETWEEN) - 1) if left else 0  # which may begin what ends in the next bytes
        into.write(text[: len(text) - held_back].data)
        buffer[:held_back] = text[len(text) - held_back :]


def _break_lines(text: NDArray[np.uint8]) -> None:
    """Put a line end for the comma between two records."""
    import numpy as np

    closed = np.flatnonzero(text[:-2] == _BETWEEN[0])
    text[closed[(text[closed + 1] == _BETWEEN[1]) & (text[closed + 2] == _BETWEEN[2])] + 1] = ord("\n")


def is_whole(content: bytes) -> bool:
    """Whether the answer surely holds as many records as it says, told without reading them."""
    found = cut(content)
    return found is not None and len(_BETWEEN_RECORDS.findall(content)) + 1 == found.announced > 1


def first_record(start: bytes) -> dict[str, Any] | None:
    """The first record of an answer of which this is the beginning; None where it cannot be told."""
    opening = _DATA.search(start)
    return first_object(start[opening.end() :]) if opening else None


def first_object(text: bytes) -> dict[str, Any] | None:
    """The JSON object `text` begins with; None where it is cut off or is none."""
    return _first_of(text)[0]


def _first_of(text: bytes) -> tuple[dict[str, Any] | None, str]:
    """The JSON object `text` begins with, and what follows it."""
    readable = text.decode(errors="replace").lstrip()
    try:
        record, end = json.JSONDecoder().raw_decode(readable)
    except ValueError:
        return None, ""
    return record if isinstance(record, dict) else None, readable[end:]


def _announced(opening: bytes, closing: bytes) -> int | None:
    """The number of records by an envelope whose list has been taken out; None where it is none."""
    try:
        envelope = json.loads(opening.decode("utf-8-sig") + closing.decode())
    except ValueError:
        return None
    if not isinstance(envelope, dict) or has_error(envelope) or envelope.get("data") != []:
        return None
    announced = envelope.get("count")
    return announced if type(announced) is int and announced >= 0 else None
