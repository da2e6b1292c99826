"""Figures as offices print them: marks of notes behind a number, brackets around a negative one, words for none.

The patterns are read alike by Python, which drafts a contract, and by SQL, which lands a file.
"""

from __future__ import annotations

import re

# Stars, raised digits, and the letters statistics mark figures with: provisional, revised, estimated. No unit: 12 kg.
BLANKS = "[\\s\u00a0\u2009\u202f]"
_MARKS = r"[*†‡¹²³⁴⁵⁶⁷⁸⁹⁰bdefnprsu]|[(\[][0-9A-Za-z*]{1,2}[)\]]"  # one at a time: several could be read in many ways
NOTE = rf"^([-+(]?.*\d)(?:{BLANKS}*(?:{_MARKS})|{BLANKS}+\d{{1,2}}\))+$"
NEGATIVE = r"^\(([^()]+)\)$"
_NOTE, _NEGATIVE, _BLANKS = re.compile(NOTE), re.compile(NEGATIVE), re.compile(BLANKS)
_DIGIT = re.compile(r"\d")
LONGEST = 200  # letters of a figure with all its marks


def bare(text: str) -> str:
    """The number without marks of notes: 12,3* and 12,3 p are 12,3; (5.20) is -5.20. A text too long for one stays."""
    text = text.strip()
    if len(text) > LONGEST:
        return text
    return _NEGATIVE.sub(r"-\1", _NOTE.sub(r"\1", text)).replace("\u2212", "-")


def without_blanks(text: str) -> str:
    """The number without the blanks between its thousands, of whatever width."""
    return _BLANKS.sub("", text)


def is_word(text: str) -> bool:
    """Whether a text in a column of figures holds none: a dash, dots, `not available`."""
    return _DIGIT.search(text) is None
