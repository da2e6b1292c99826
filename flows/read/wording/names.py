"""Names of economies and groups in running text, where English gives some of them an article."""

from __future__ import annotations

_WITH_ARTICLE = frozenset(
    {
        "Bahamas", "Central American Common Market", "Central African Republic", "Comoros", "Dominican Republic",
        "Euro area", "French Southern Territories", "Gambia", "Isle of Man", "Maldives", "Netherlands",
        "Netherlands Antilles", "Panama Canal Zone", "Philippines", "Regional Comprehensive Economic Partnership",
        "Soviet Union", "World",
    }
)  # fmt: skip
_FIRST = ("United ", "European Union", "British ", "Belt and Road", "Trust Territory")
_LAST = ("Islands", "Islands Territory", "Union", "Partnership", "countries")
_SMALL = {"Euro area": "euro area", "World": "world"}  # with the article before them they are no names any more


def in_text(name: str) -> str:
    """The name as it stands within a sentence: `the United States`, `China`."""
    if name in _WITH_ARTICLE or name.startswith(_FIRST) or name.endswith(_LAST):
        return f"the {_SMALL.get(name, name)}"
    return name


def sentence_case(text: str) -> str:
    """The text with a capital at its beginning; the rest of it as it is."""
    return text[:1].upper() + text[1:]
