"""Write results into the documentation: `python -m bench.page warehouse/bench/benchmark.json`."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from bench import plot, results
from bench.codes import ROOT

PAGE = ROOT / "docs" / "explanation" / "benchmark.md"
KEPT = ROOT / "docs" / "assets" / "benchmark.json"
PLOT = KEPT.with_suffix(".svg")
_BLOCK = re.compile(r"(<!-- results: [^\n]*-->\n).*(<!-- end of results -->)", re.DOTALL)


def block(file: Path) -> str:
    """The part of the page that holds the results of a file."""
    machine, found = results.load(file)
    facts = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in machine.items())
    return f"""Measured with: {facts}.

{results.table(found)}
![CPU microseconds a row against rows](../assets/{PLOT.name})

{results.step_table(found)}"""


def page(text: str, file: Path) -> str:
    """The page with the results of `file` in their place."""
    return _BLOCK.sub(lambda found: found[1] + block(file) + found[2], text)


def main(file: Path) -> None:
    """Keep the results of `file` with the documentation, and write page and plot from them."""
    if file.resolve() != KEPT:
        shutil.copyfile(file, KEPT)
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), KEPT), encoding="utf-8")
    PLOT.write_text(plot.svg(results.load(KEPT)[1]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
