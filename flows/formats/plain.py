"""A text as people read it, whatever marks, blanks and look-alike letters it was typed with."""

from __future__ import annotations

import re
import unicodedata

# Letters of two scripts that look alike: a word written with both is read as the script most of it is in.
_LOOK_ALIKE = dict(zip("АВЕЅZНІЈКМОРСТХУаеорсухіјѕ", "ABESZHIJKMOPCTXYaeopcyxijs", strict=True))
_TO_CYRILLIC = {latin: cyrillic for cyrillic, latin in _LOOK_ALIKE.items() if cyrillic != latin}


def plain(text: str) -> str:
    """A text as people read it: one script in a word, no marks of footnotes, single blanks, lower case."""
    text = re.sub("[*†‡\u00b9\u00b2\u00b3\u2070-\u2079\u00ad\u200b]", "", text)
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).replace("İ", "i")  # of two letters in lower case
    text = re.sub(r" ?\[\w{1,2}\] ?$|(?<=[^\W\d]) ?\d{1,2}\) ?$", "", text).strip(" .:;-–—•\"'«»“”")
    return " ".join(_one_script(word) for word in text.split(" ")).casefold()


def _one_script(word: str) -> str:
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in word)
    latin = sum(letter.isascii() and letter.isalpha() for letter in word)
    if not cyrillic or not latin:
        return word
    swap = _LOOK_ALIKE if latin >= cyrillic else _TO_CYRILLIC
    return "".join(swap.get(letter, letter) for letter in word)
