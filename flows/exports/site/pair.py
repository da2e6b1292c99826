"""A pair of areas on the page."""

from __future__ import annotations

from dataclasses import dataclass


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

    def other(self, code: str) -> str:
        """Code of the other side."""
        return self.codes[1 - self.codes.index(code)]

    def way(self, seller: str) -> str:
        """The way of what `seller` sells, in names: `China to Russia`."""
        return f"{self.name(seller)} to {self.name(self.other(seller))}"

    def reports_of(self, seller: str) -> set[tuple[str, str]]:
        """Whose reports hold what `seller` sells, and as which flow: its own exports, the other's imports."""
        return {(seller, "X"), (self.other(seller), "M")}
