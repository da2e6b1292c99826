"""The tables, links and marked texts of a web page, by the standard library's parser."""

from __future__ import annotations

from html.parser import HTMLParser

_INDENTS = "\xa0\u3000"


class Cell:
    """A table cell: its text with single blanks, how many no-break blanks indent it, and the links in it."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.links: list[tuple[str, str]] = []
        self._parts: list[str] = []

    def add(self, text: str) -> None:
        """More text of the cell."""
        self._parts.append(text)

    @property
    def text(self) -> str:
        """The text, trimmed."""
        return " ".join("".join(self._parts).split())

    @property
    def indent(self) -> int:
        """How many no-break blanks stand before the text."""
        raw = "".join(self._parts)
        return sum(blank in _INDENTS for blank in raw[: len(raw) - len(raw.lstrip())])


class HtmlPage(HTMLParser):
    """`rows` of all tables in order, `links` (address, text) of the page, `text` of all of it, `texts` of the first
    element of each class or name asked for, and the years among the options to choose from.
    """

    def __init__(self, content: str, classes: tuple[str, ...] = ()) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[Cell]] = []
        self.links: list[tuple[str, str]] = []
        self.texts: dict[str, str] = {}
        self._classes = classes
        self._cell: Cell | None = None
        self._link: tuple[str, list[str]] | None = None
        self._marked = ""
        self._all: list[str] = []
        self.options: list[int] = []
        self._is_option = False
        self._muted = ""
        self.feed(content)
        self.close()

    @property
    def text(self) -> str:
        """All text, with single blanks; what scripts and styles hold is none."""
        return " ".join(" ".join(self._all).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a row, cell, link or marked element."""
        given = {name: value or "" for name, value in attrs}
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
        if found and found[0] not in self.texts:
            self._marked = found[0]
            self.texts[self._marked] = ""

    def handle_endtag(self, tag: str) -> None:
        """Close a cell, link or marked element."""
        if tag in ("td", "th", "tr", "table"):
            self._cell = None
        elif tag == "a" and self._link:
            link = (self._link[0], " ".join("".join(self._link[1]).split()))
            self.links.append(link)
            if self._cell:
                self._cell.links.append(link)
            self._link = None
        elif tag in ("div", "title"):
            self._marked = ""
        elif tag == self._muted:
            self._muted = ""

    def handle_data(self, data: str) -> None:
        """Text goes to the open cell, link and marked element."""
        if self._muted:
            return
        self._all.append(data)
        if self._is_option and data.strip().isdigit() and len(data.strip()) == 4:
            self.options.append(int(data))
        if self._cell:
            self._cell.add(data)
        if self._link:
            self._link[1].append(data)
        if self._marked:
            self.texts[self._marked] += data
