"""What a table and its columns are called in its contract."""

from __future__ import annotations

import re
import unicodedata

from flows.contracts.own_contracts import reserved_words


def column_names(header: tuple[str, ...]) -> list[str]:
    """A name for every column: the header in lower-case ASCII, unlike any other and any word of SQL."""
    names: list[str] = []
    for position, text in enumerate(header, start=1):
        name = slug(text) or f"column_{position}"
        name = f"{name}_column" if name in reserved_words() else name
        while name in names:
            name = f"{name}_{position}"
        names.append(name)
    return names


def source_called(file_name: str) -> str:
    """The source of a table of yours where nobody names it otherwise: what its file is called, up to the first dot."""
    return slug(file_name.split(".")[0])


def slug(text: str) -> str:
    """The ASCII letters and digits of a text in lower case, words joined by underscores."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = "_".join(re.findall(r"[a-z0-9]+", plain))
    return f"c_{words}" if words[:1].isdigit() else words
