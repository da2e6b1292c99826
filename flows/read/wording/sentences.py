"""Sentences out of longer texts."""

from __future__ import annotations

import re


def first_sentence(text: str, ends: str = ".") -> str:
    """The first sentence of a text in one line, without what ends it: one of the marks `ends`."""
    marks = re.escape(ends)
    return re.split(rf"(?<=[{marks}])\s", " ".join(text.split()), maxsplit=1)[0].rstrip(ends)
