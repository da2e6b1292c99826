"""Which encoding a text file is written in, by the names it then has: those of economies, flows and months are known.

Nothing in the bytes says it, and most encodings read any bytes. The reading in which more names are known is right;
where none is known, one whose words no language has is wrong. What stays open is asked.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from flows.errors import FileRefused
from flows.formats.period_words import month_of
from flows.formats.text_table import WESTERN, encoding_of, encoding_problem
from flows.formats.words import flow_word
from flows.read.areas import names_in_languages

# In the order in which one is taken of several that read the same text.
_ONE_BYTE = (
    WESTERN, "windows-1254", "windows-1250", "windows-1257", "windows-1251", "windows-1253", "windows-1255",
    "windows-1256", "koi8-r", "koi8-u", "cp866", "mac-cyrillic", "iso8859-5", "iso8859-2", "iso8859-9", "iso8859-15",
    "iso8859-7", "cp850", "cp852", "cp857", "mac-roman", "mac-turkish", "tis-620",
)  # fmt: skip
_TWO_BYTES = ("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr")
# Letters each of two bytes is mostly written with, and how many in 1 of those above ASCII are such at least.
_LETTERS = {
    "euc_kr": (re.compile("[\uac00-\ud7a3]"), 0.95),
    "shift_jis": (re.compile("[\u3040-\u30ff\u4e00-\u9fff]"), 0.9),
    "euc_jp": (re.compile("[\u3040-\u30ff]"), 0.2),
    "gb18030": (re.compile("[\u4e00-\u9fff]"), 0.8),
    "big5": (re.compile("[\u4e00-\u9fff]"), 0.8),
}
# Languages whose names of economies were written in another encoding than UTF-8.
_LANGUAGES = (
    "ar", "bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "he", "hr", "hu", "is", "it", "ja", "ko", "lt", "lv",
    "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk", "zh", "zh_Hant",
)  # fmt: skip
_TERMS = re.compile(
    r"(?<!\w)(?:им|эк)(?!\w)|стран|год|месяц|экспорт|импорт|товар|партн|стоимост|всего|国家|地区|出口|进口|商品|金额|國家|地區|進口|金額|輸出|輸入|"
    r"국가|수출|수입|금액|ülke|yıl|ihracat|ithalat|değer|país|año|année|länder|période|quantité|země|węgr|měsíc|wartość|χώρα",  # noqa: RUF001
    re.IGNORECASE,
)
_CELL = re.compile(r"[^,;|\t\r\n\"]+")
_WORD = re.compile(r"[^\W\d_]+")
_MOST_CELLS = 3000
_SIGNS = frozenset({"Cc", "Cn", "Co", "Cs", "Sm", "So", "Sk", "Lm"})  # a text read wrongly is full of
_TURKISH = re.compile(
    rb"[\xd0\xdd\xde\xf0\xfd\xfe]"
)  # letters of Iceland's in windows-1252, and Turkish ones beside it
_FEWEST_ZEROS = 0.3  # of the bytes of a text in UTF-16 without a mark, most of whose letters are Latin or digits


def encoding_in(start: bytes, name: str) -> str:
    """The encoding of a text file called `name` that begins with `start`.

    Raises FileRefused where it may be one of several that read other names.
    """
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in start:
        return _utf16_without_mark(start)
    if encoding_problem(start, "utf-8", "") is None and encoding_of(start, "utf-8") != WESTERN:
        return "utf-8"
    read = {encoding: text for encoding in (*_ONE_BYTE, *_TWO_BYTES) if (text := _text(start, encoding)) is not None}
    cells = {encoding: _odd_cells(text) for encoding, text in read.items()}
    known = {encoding: sum(map(_is_known, found)) for encoding, found in cells.items()}
    most = max(known.values(), default=0)
    left = [encoding for encoding in read if known[encoding] == most]
    doubts = {encoding: _doubts(encoding, cells[encoding]) for encoding in left}
    left = [encoding for encoding in left if doubts[encoding] == min(doubts.values())]
    others = [encoding for encoding in left if cells[encoding] != cells[left[0]]]
    if others and not _is_western(start, left, most):
        _refuse(name, left[0], others[0], cells)
    return left[0] if left else "utf-8"


def require_encoding(encoding: str) -> None:
    """Raises FileRefused for an encoding that does not exist."""
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise FileRefused(f"--encoding {encoding!r} is not known; say one such as windows-1254 or koi8-r.") from error


def _is_western(start: bytes, left: list[str], most: int) -> bool:
    """Whether text of which no name is known is taken for Western, as that of UN Comtrade's downloads is."""
    return not most and left[0] == WESTERN and encoding_of(start, "utf-8") == WESTERN and not _TURKISH.search(start)


def _refuse(name: str, one: str, other: str, cells: dict[str, list[str]]) -> None:
    differing = next(((a, b) for a, b in zip(cells[one], cells[other], strict=False) if a != b), ("", ""))
    raise FileRefused(
        f"{name} is not UTF-8, and may be written in {one} ({differing[0][:40]!r}), in {other} "
        f"({differing[1][:40]!r}) or otherwise; say which with --encoding, or save it as UTF-8."
    )


def _utf16_without_mark(start: bytes) -> str:
    """UTF-16 by which of every two bytes is zero; else UTF-8, in which such a file is refused."""
    pairs = len(start) // 2
    for encoding, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros, others = start[first::2].count(0), start[1 - first :: 2].count(0)
        if zeros >= _FEWEST_ZEROS * pairs and not others:
            return encoding
    return "utf-8"


def _text(start: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(start)  # a letter cut off at the end is no fault
    except UnicodeDecodeError:
        return None


def _odd_cells(text: str) -> list[str]:
    """The different cells that have letters above ASCII, in their order."""
    found = dict.fromkeys(cell[0].strip() for cell in _CELL.finditer(text) if not cell[0].isascii())
    return list(found)[:_MOST_CELLS]


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return names_in_languages(_LANGUAGES)


def _is_known(cell: str) -> bool:
    """Whether a cell is the name of an economy, a flow or a month, or holds a term of trade."""
    if len(cell) > 200:
        return False
    is_term = _TERMS.search(cell) is not None or flow_word(cell) is not None or month_of(cell) is not None
    return is_term or cell.casefold() in _names()


def _doubts(encoding: str, cells: list[str]) -> float:
    """The share of the cells that no language writes so: letters of two scripts in a word, a capital behind a small
    letter, signs; of two bytes a letter, other letters than those it is written with.
    """
    if encoding in _LETTERS:
        letter, least = _LETTERS[encoding]
        letters = [each for cell in cells for each in cell if not each.isascii() and each.isalpha()]
        share = sum(letter.match(each) is not None for each in letters) / len(letters) if letters else 0.0
        return 0.0 if share >= least else 1.0
    return sum(map(_is_doubtful, cells)) / len(cells) if cells else 0.0


def _is_doubtful(cell: str) -> bool:
    if any(unicodedata.category(each) in _SIGNS for each in cell if not each.isascii()):
        return True
    for word in _WORD.findall(cell):
        scripts = {unicodedata.name(each, "").partition(" ")[0] for each in word}
        has_turn = any(a.islower() and b.isupper() for a, b in pairwise(word))
        if len(scripts) > 1 or (has_turn and not word.isascii()):
            return True
    return False
