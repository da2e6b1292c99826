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
_NOTE, _NEGATIVE = re.compile(NOTE), re.compile(NEGATIVE)
_DIGIT = re.compile(r"\d")
_FAILED = re.compile(r"#(?:REF|VALUE|NAME|NUM|NULL|DIV/0|SPILL|CALC|BLOCKED|CONNECT|FIELD|BUSY)[!?]?", re.IGNORECASE)
LONGEST = 200  # letters of a figure with all its marks
OPEN_POINT = r"[-+]?[1-9]\d{0,2}\.\d{3}"
"""Of texts SQL casts to a number, those that another spelling reads as a thousand times more: 1.234, and not 0.125."""


class CellNumber(str):
    """The digits of a cell of a workbook that holds a number: exact, with a point for the decimal mark.

    It is a text like any other, but nobody spelt it, so that no spelling of a table says how to read it.
    """

    __slots__ = ()

    def strip(self, chars: str | None = None, /) -> CellNumber:
        """Itself: digits have no blanks around them, and what it is would be lost with them."""
        return self

    def spelt(self, decimal: str) -> str:
        """The number as a table with this decimal mark spells it."""
        return self.replace(".", decimal)


def bare(text: str) -> str:
    """The number without marks of notes: 12,3* and 12,3 p are 12,3; (5.20) is -5.20. A text too long for one stays."""
    text = text.strip()
    if len(text) > LONGEST:
        return text
    return _NEGATIVE.sub(r"-\1", _NOTE.sub(r"\1", text)).replace("\u2212", "-")


def number_pattern(decimal: str, thousands: str) -> str:
    """How a number without marks of notes is spelt: where thousands have a mark, three digits follow each.

    Before the last of them a comma may stand between two, as in India: 12,34,567.
    """
    mark = between_thousands(thousands)
    inner = r"\d{2,3}" if thousands == "," else r"\d{3}"
    grouped = rf"\d{{1,3}}(?:{mark}{inner})*{mark}\d{{3}}|" if mark else ""
    point = re.escape(decimal)
    return rf"[-+]?(?:(?:{grouped}\d+)(?:{point}\d*)?|{point}\d+)(?:[eE][-+]?\d+)?"


def between_thousands(mark: str) -> str:
    """The mark between thousands as a pattern: a blank of whatever width, an apostrophe of either form, or none."""
    if mark.isspace():
        return f"{BLANKS}+"
    return "['\u2019]" if mark == "'" else re.escape(mark)


def is_word(text: str) -> bool:
    """Whether a text in a column of figures means that there is none: a dash, dots, `not available`."""
    return _DIGIT.search(text) is None and not is_failed_formula(text)


def is_failed_formula(text: str) -> bool:
    """Whether a spreadsheet shows that it lost a figure: `#REF!`, `#DIV/0!`. `#N/A` says that there is none."""
    return _FAILED.fullmatch(text.strip()) is not None
