"""A pair of areas on the page."""

from __future__ import annotations

from dataclasses import dataclass

from flows.read.wording.names import in_text, sentence_case


@dataclass(frozen=True)
class Pair:
    """Two areas, in the order of their names; the first has the first colour everywhere."""

    codes: tuple[str, str]
    names: tuple[str, str]

    @property
    def key(self) -> str:
        """Name of the pair's files."""
        return "-".join(sorted(self.codes))

    def name(self, code: str) -> str:
        """Name of one side."""
        return self.names[self.codes.index(code)]

    def said(self, code: str) -> str:
        """Name of one side within a sentence: `the United States`."""
        return in_text(self.name(code))

    @property
    def title(self) -> tuple[str, str]:
        """Both names as a heading has them: `The Netherlands`, `Russia`; `China`, `the United States`."""
        return sentence_case(in_text(self.names[0])), in_text(self.names[1])

    @property
    def both(self) -> str:
        """Both names within a sentence: `China and the United States`."""
        return " and ".join(in_text(name) for name in self.names)

    def other(self, code: str) -> str:
        """Code of the other side."""
        return self.codes[1 - self.codes.index(code)]

    def way(self, seller: str) -> str:
        """The way of what `seller` sells, within a sentence: `China to the United States`."""
        return f"{self.said(seller)} to {self.said(self.other(seller))}"

    def reports_of(self, seller: str) -> set[tuple[str, str]]:
        """Whose reports hold what `seller` sells, and as which flow: its own exports, the other's imports."""
        return {(seller, "X"), (self.other(seller), "M")}
