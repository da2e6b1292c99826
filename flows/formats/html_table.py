"""The tables, links and marked texts of a web page, by the standard library's parser."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from flows.errors import FileRefused
from flows.formats.bounds import Measure

_YEAR = re.compile("[0-9]{4}")
_INDENTS = "\xa0\u3000"
_LENGTH, _LONGEST_LENGTH = re.compile(r"\b[cdk]?m$", re.IGNORECASE), 8
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_OF_TABLES = ("td", "th", "tr", "table")
_STRUCK = frozenset({"del", "s", "strike"})
_MOST_PARTS = 200_000  # a thousand times those of the largest table read here


def _single_blanks(texts: list[str]) -> str:
    return " ".join("".join(texts).split())


class Cell:
    """A table cell: its text with single blanks, how many no-break blanks indent it, and the links in it.

    What is raised is the mark of a note and no part of the text: 190.5 with a raised 2 is no 190.52. It is where it
    makes a length an area or a volume, and where nothing else stands in the cell. What is struck out is no part of it
    either; where nothing else stands there, the cell says so and is no figure.
    """

    def __init__(self, line: int) -> None:
        self.line = line
        self.links: list[tuple[str, str]] = []
        self._parts: list[str] = []
        self._raised: list[str] = []
        self._struck: list[str] = []

    def add(self, text: str, is_raised: bool = False) -> None:
        """More text of the cell."""
        before = self._parts[-1][-_LONGEST_LENGTH:] if self._parts else ""
        is_power = text.strip() in ("2", "3") and _LENGTH.search(before) is not None
        (self._raised if is_raised and not is_power else self._parts).append(text)

    def add_struck(self, text: str) -> None:
        """Text of the cell that is struck out."""
        self._struck.append(text)

    @property
    def text(self) -> str:
        """The text, trimmed."""
        if text := _single_blanks(self._parts) or _single_blanks(self._raised):
            return text
        struck = _single_blanks(self._struck)
        return f"{struck} (struck out)" if struck else ""

    @property
    def indent(self) -> int:
        """How many no-break blanks stand before the text."""
        raw = "".join(self._parts)
        return sum(blank in _INDENTS for blank in raw[: len(raw) - len(raw.lstrip())])


class HtmlPage(HTMLParser):
    """`rows` of all tables in order, `links` (address, text) and `headings` of the page, `text` of all of it, `texts`
    of the first element of each class or name asked for, and the years among the options to choose from.
    """

    def __init__(self, content: str, classes: tuple[str, ...] = ()) -> None:
        super().__init__(convert_charrefs=True)
        Measure("The page", "largest_page_mb").add(len(content))
        self.rows: list[list[Cell]] = []
        self.links: list[tuple[str, str]] = []
        self.headings: list[str] = []
        self._marked_texts: dict[str, list[str]] = {}
        self._n_parts = 0
        self._heading: list[str] | None = None
        self._classes = classes
        self._cell: Cell | None = None
        self._link: tuple[str, list[str]] | None = None
        self._marked = ""
        self._all: list[str] = []
        self.options: list[int] = []
        self._is_option = False
        self._muted = ""
        self._is_raised = False
        self._struck = ""
        self._has_comment_end = True
        # A tag that is never closed is none, and the parser would look for its end through all of the page.
        last = content.rfind(">") + 1
        self.feed(content[:last] + content[last:].replace("<", "&lt;"))
        self.close()
        self.texts = {name: "".join(parts) for name, parts in self._marked_texts.items()}

    @property
    def text(self) -> str:
        """All text, with single blanks; what scripts and styles hold is none."""
        return " ".join(" ".join(self._all).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a row, cell, link or marked element."""
        given = {name: value or "" for name, value in attrs}
        self._count(tag)
        self._is_raised = tag == "sup" or self._goes_on(tag)
        if tag in _OF_TABLES:
            self._struck = ""
        elif tag in _STRUCK:
            self._struck = self._struck or tag
        if tag == "tr":
            self._cell = None
            self.rows.append([])
        elif tag in ("td", "th"):
            self._cell = Cell(self.getpos()[0])
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append(self._cell)
        elif tag == "br":
            self.handle_data(" ")
        elif tag == "a" and given.get("href"):
            self._link = (given["href"], [])
        elif tag in ("script", "style"):
            self._muted = tag
        self._is_option = tag == "option"
        found = [name for name in self._classes if name in (tag, *given.get("class", "").split())]
        if found and found[0] not in self._marked_texts:
            self._marked = found[0]
            self._marked_texts[self._marked] = []

    def _goes_on(self, tag: str) -> bool:
        """Whether what is raised goes on past a tag: where it is never closed it ends with its cell."""
        return self._is_raised and tag not in _OF_TABLES

    def _count(self, tag: str) -> None:
        """Begin a heading; refuse a page of more rows, cells and links than any that is read here."""
        if tag in _HEADINGS:
            self._heading = []
        self._n_parts += tag in ("tr", "td", "th", "a")
        if self._n_parts > _MOST_PARTS:
            raise FileRefused(f"The page has more than {_MOST_PARTS:,} cells and links, as no table read here has.")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell, link or marked element."""
        self._is_raised = tag != "sup" and self._goes_on(tag)
        if tag in _OF_TABLES or tag == self._struck:
            self._struck = ""
        if tag in _OF_TABLES:
            self._cell = None
        elif tag == "a" and self._link:
            link = (self._link[0], _single_blanks(self._link[1]))
            self.links.append(link)
            if self._cell:
                self._cell.links.append(link)
            self._link = None
        elif tag in _HEADINGS and self._heading is not None:
            self.headings.append(_single_blanks(self._heading))
            self._heading = None
        elif tag in ("div", "title"):
            self._marked = ""
        elif tag == self._muted:
            self._muted = ""

    def parse_comment(self, i: int, report: bool = True) -> int:
        """A comment. Where one has no end those after it have none either: the page is not searched for it again."""
        end = super().parse_comment(i, report) if self._has_comment_end else -1
        self._has_comment_end = end >= 0
        return end

    def parse_html_declaration(self, i: int) -> int:
        """A declaration no page should hold (`<![foo[`) is a comment, as it is for a browser."""
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)

    def handle_data(self, data: str) -> None:
        """Text goes to the open cell, link and marked element."""
        if self._muted:
            return
        if self._struck:
            if self._cell:
                self._cell.add_struck(data)
            return
        self._all.append(data)
        if self._is_option and _YEAR.fullmatch(data.strip()):
            self.options.append(int(data))
        if self._cell:
            self._cell.add(data, self._is_raised)
        if self._link:
            self._link[1].append(data)
        if self._marked:
            self._marked_texts[self._marked].append(data)
        if self._heading is not None:
            self._heading.append(data)
