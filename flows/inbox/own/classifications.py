"""Names of classifications of goods and industries: codes of another than HS look like codes of HS and are none."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Each by what it is called in English, French, Spanish, German and Russian. Eight digits of the EU (CN) begin with HS.
_OTHERS = {
    "SITC": r"sitc|ctci|cuci|смтк|standard international trade|国际贸易标准",
    "BEC": r"bec|cgce|broad economic categor|шэк",
    "CPC": r"cpc|central product classification",
    "CPA": r"cpa|prodcom|окпд ?2?",
    "ISIC": r"isic|citi|ciiu|мсок",
    "NACE": r"nace|оквэд ?2?",
    "NAICS": r"naics|scian",
    "SIC": r"sic",
    "WZ": r"wz|wirtschaftszweige?",
    "EGW": r"egw|ernährungswirtschaft",
    "NST": r"nstr?|nst ?2007",
    "FAO item codes": r"fcl|faostat",
    "end use": r"end[- _]?use",
}
_OTHER = {name: re.compile(rf"(?<![^\W\d_])(?:{words})(?=$|[\W\d_]|rev|r\d)", re.IGNORECASE)
          for name, words in _OTHERS.items()}  # fmt: skip
_HS = re.compile(
    r"(?<![^\W\d_])hs|hs\d|harmoni[sz]|(?<![^\W\d_])(?:cn\d?|hts|taric|ncm|sh\d?)(?![^\W\d_])|combined nomenclature|"
    r"тн\s*вэд|warennummer|商品编码|海关编码",
    re.IGNORECASE,
)
_OF_COMTRADE = {"S": "SITC", "B": "BEC"}  # S1 to S4, BE, B4 and B5 in a column that says the classification
_CODE = re.compile(r"([SB])[1-5E]", re.IGNORECASE)
COLUMN_NAME = re.compile(r"classif|nomencl|^cl.?code$", re.IGNORECASE)


def names_hs(text: str) -> bool:
    """Whether a text names HS, or a national list that begins with its six digits."""
    return _HS.search(text) is not None


def other_than_hs(text: str) -> str | None:
    """The classification other than HS that a text names, such as SITC; none where it names none."""
    return next((name for name, pattern in _OTHER.items() if pattern.search(text)), None)


def other_around(texts: Iterable[str]) -> str | None:
    """The classification other than HS that titles name, if none of them names HS."""
    told = list(texts)
    return None if any(map(names_hs, told)) else next(filter(None, map(other_than_hs, told)), None)


def other_in_column(values: Iterable[str]) -> str | None:
    """The classification other than HS that a column of classifications names: in words, or as UN Comtrade codes it."""
    for value in values:
        code = _CODE.fullmatch(value.strip())
        if found := _OF_COMTRADE[code[1].upper()] if code else other_than_hs(value):
            return found
    return None
