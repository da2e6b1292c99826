"""Coverage-guided fuzzing of the parsers written by hand, with atheris: `python -m tests.fuzz.guided PARSER [options]`.

It is no dependency of the project: it weighs 35 MB, and its wheels are for a few versions of Python only. Install it
beside (`pip install --target FOLDER atheris`) and name the folder in PYTHONPATH. The options are those of libFuzzer,
such as -max_total_time=600 and a folder of examples to begin with. It ends with the input that made a parser raise
anything but a refusal.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.errors import EntrepotError
from flows.settings import Settings

SETTINGS = Settings.alone(warehouse=Path(tempfile.gettempdir()) / "entrepot-guided", largest_unpacked_mb=50)


def page(content: bytes) -> None:
    """A web page with tables."""
    from flows.formats.html_table import HtmlPage

    rows = HtmlPage(content.decode("utf-8", errors="replace"), ("title",)).rows
    assert all(cell.indent >= 0 for row in rows for cell in row)


def inbox(content: bytes) -> None:
    """A file in the inbox, of whatever kind its bytes make it: text, workbook, archive, page, JSON."""
    from flows.contracts import load_contracts
    from flows.formats.bounds import within
    from flows.formats.dropped import Dropped
    from flows.inbox.recognition import recognise

    endings = (".csv", ".zip", ".csv.gz", ".7z", ".xlsx")
    with within(SETTINGS), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{endings[content[0] % len(endings)] if content else '.csv'}"
        path.write_bytes(content[1:])
        dropped = Dropped(path)
        with contextlib.suppress(OSError):
            assert dropped.is_archive in (True, False)
        recognise(dropped, load_contracts(SETTINGS.contracts))


def header(content: bytes) -> None:
    """The header of a delimited text."""
    from flows.formats.text_table import encoding_problem, header_in

    for mark in (",", "\t", ";"):
        if encoding_problem(content, "utf-8", "a.csv") is None:
            header_in(content, mark, "utf-8", 1)


def name(content: bytes) -> None:
    """Texts that are shown and recorded: names, messages, Markdown."""
    from flows.redaction import as_text, legible, legible_name

    text = content.decode("utf-8", errors="surrogateescape")
    legible(text).encode()
    assert "\n" not in legible_name(text)
    as_text(legible(text))


PARSERS: dict[str, Callable[[bytes], None]] = {each.__name__: each for each in (page, inbox, header, name)}


def read(parser: Callable[[bytes], None], content: bytes) -> None:
    """Read or refuse; whatever else is raised is what is looked for."""
    with contextlib.suppress(EntrepotError):
        parser(content)


def main() -> None:
    """Fuzz the parser that is named first."""
    if len(sys.argv) < 2 or sys.argv[1] not in PARSERS:
        sys.exit(f"Name a parser: {', '.join(PARSERS)}.")
    parser = PARSERS[sys.argv.pop(1)]
    try:
        atheris: Any = importlib.import_module("atheris")
    except ImportError:
        sys.exit("atheris is not installed: pip install --target FOLDER atheris, and name FOLDER in PYTHONPATH.")
    with atheris.instrument_imports(include=["flows", "html", "zipfile", "csv"]):
        read(parser, b"")
    atheris.Setup(sys.argv, lambda content: read(parser, content))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
