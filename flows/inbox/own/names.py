"""Names of areas as people print them: look-alike letters, notes, abbreviations and the order of words aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from flows.formats.plain import plain

_SHORT = {
    "isds": "islands", "isd": "island", "isl": "islands", "rep": "republic", "dem": "democratic", "st": "saint",
    "fed": "federal", "federated": "federal", "terr": "territory", "territories": "territory", "fmr": "former",
    "neth": "netherlands", "no": "north", "so": "south", "br": "british", "fr": "french", "peo": "peoples",
    "and": "", "of": "", "the": "", "ten": "", "excluding": "excl", "incl": "including", "n": "northern",
    "adm": "administrative", "spec": "special", "sar": "special administrative region", "nes": "nes",
}  # fmt: skip
_FORMS = frozenset(
    {"republic", "kingdom", "state", "islamic", "bolivarian", "plurinational", "arab", "people", "peoples"}
)
# With these two areas claim the name that is left: "China, Republic of" is not China.
_DOUBTFUL = frozenset(
    {"CHN", "TWN", "KOR", "PRK", "COG", "COD", "VNM", "YEM", "YMD", "YAR", "DEU", "DDR", "FRG", "SDN"}
)
_OF_ANOTHER = re.compile(r"[,(]\s*(?:kingdom of the netherlands|overseas france)\)?$")
_LETTERS = re.compile(r"[^\W_]+")
_NES = re.compile(r"\bn\.\s?e\.\s?s\b|\bnot elsewhere specified\b")


class Names:
    """Areas by what they are called."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._plain = {plain(name): area for name, area in known.items()}
        found: dict[tuple[str, ...], set[str]] = {}
        for name, area in self._plain.items():
            found.setdefault(_words(name), set()).add(area)
        self._by_words = {words: areas.pop() for words, areas in found.items() if len(areas) == 1 and words}

    @property
    def known(self) -> Mapping[str, str]:
        """Area by the plain names of the code lists."""
        return self._plain

    def get(self, name: str) -> str | None:
        """The area of a name that is already plain; none where it leaves a doubt."""
        if name in self._plain:
            return self._plain[name]
        words = _words(_OF_ANOTHER.sub("", name))
        if any(word.isdigit() for word in words):  # EU (27) is one union of several
            return None
        if words in self._by_words:
            return self._by_words[words]
        area = self._by_words.get(tuple(word for word in words if word not in _FORMS))
        return None if area in _DOUBTFUL else area


def _words(name: str) -> tuple[str, ...]:
    """The words of a name in the order of the alphabet, abbreviations written out, without accents and apostrophes."""
    bare = unicodedata.normalize("NFKD", re.sub(r"['\u2019`\u02bc]", "", name)).casefold()
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    bare = _NES.sub("nes", bare)
    spelt = [_SHORT.get(word, word) for word in _LETTERS.findall(bare.replace("&", " and "))]
    return tuple(sorted(word for each in spelt for word in each.split()))
