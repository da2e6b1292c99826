"""Results of the benchmark: one record a run, medians and ratios of them, as JSON, a table and a plot."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.measure import Measurement

MB = 1_000_000
PART = "landing "  # begins the name of what does a part of the job only


@dataclass(frozen=True)
class Result:
    """One run of one contender over files of `rows` rows; bytes are of files, `file_bytes` of what it left to ask."""

    contender: str
    rows: int
    input_bytes: int
    exit_code: int
    cpu_seconds: float
    wall_seconds: float
    peak_memory_bytes: int
    temporary_bytes: int
    file_bytes: int
    cpu_by_step: dict[str, float] = field(default_factory=dict)
    wall_by_step: dict[str, float] = field(default_factory=dict)


def result(contender: str, rows: int, input_bytes: int, file_bytes: int, found: Measurement) -> Result:
    """The record of a measured run."""
    return Result(
        contender=contender,
        rows=rows,
        input_bytes=input_bytes,
        exit_code=found.exit_code,
        cpu_seconds=round(found.cpu_seconds, 3),
        wall_seconds=round(found.wall_seconds, 3),
        peak_memory_bytes=found.peak_memory_bytes,
        temporary_bytes=found.peak_temporary_bytes,
        file_bytes=file_bytes,
        cpu_by_step={name: round(cost.cpu_seconds, 3) for name, cost in found.steps.items()},
        wall_by_step={name: round(cost.wall_seconds, 3) for name, cost in found.steps.items()},
    )


def save(path: Path, machine: dict[str, object], results: Iterable[Result]) -> None:
    """Write everything measured as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine, "results": [asdict(one) for one in results]}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> tuple[dict[str, object], list[Result]]:
    """What `save` wrote."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return content["machine"], [Result(**one) for one in content["results"]]


def medians(results: Sequence[Result]) -> list[tuple[Result, int]]:
    """One record for each contender and size, each figure the median of its runs, and how many there were.

    Runs that failed count as runs of a contender of their own, so that no median hides one.
    """
    groups: dict[tuple[str, int], list[Result]] = {}
    for one in results:
        name = one.contender if one.exit_code == 0 else f"{one.contender} (exit code {one.exit_code})"
        groups.setdefault((name, one.rows), []).append(one)
    return [(_median(name, runs), len(runs)) for (name, _), runs in sorted(groups.items(), key=lambda at: at[0][::-1])]


def _median(name: str, runs: list[Result]) -> Result:
    def middle(figure: str) -> float:
        return float(statistics.median(getattr(run, figure) for run in runs))

    def middle_by_step(figure: str) -> dict[str, float]:
        steps = getattr(runs[0], figure)
        return {step: statistics.median(getattr(run, figure).get(step, 0.0) for run in runs) for step in steps}

    return Result(
        contender=name,
        rows=runs[0].rows,
        input_bytes=runs[0].input_bytes,
        exit_code=runs[0].exit_code,
        cpu_seconds=middle("cpu_seconds"),
        wall_seconds=middle("wall_seconds"),
        peak_memory_bytes=int(middle("peak_memory_bytes")),
        temporary_bytes=int(middle("temporary_bytes")),
        file_bytes=int(middle("file_bytes")),
        cpu_by_step=middle_by_step("cpu_by_step"),
        wall_by_step=middle_by_step("wall_by_step"),
    )


def microseconds_per_row(one: Result, fixed: Result | None) -> float | None:
    """CPU a row beyond what a run without rows takes; nothing where there are no rows."""
    return (one.cpu_seconds - (fixed.cpu_seconds if fixed else 0.0)) / one.rows * 1e6 if one.rows else None


def fixed_parts(found: Sequence[tuple[Result, int]]) -> dict[str, Result]:
    """The runs without rows, by contender."""
    return {one.contender: one for one, _ in found if one.rows == 0}


def table(results: Sequence[Result], reference: str = "floor") -> str:
    """A Markdown table of medians, with the ratio of CPU to that of `reference` at the same size."""
    found = medians(results)
    fixed = fixed_parts(found)
    by_key = {(one.contender, one.rows): one for one, _ in found}
    lines = [
        "| rows | who | runs | CPU s | of the floor | µs CPU a row | wall s | peak MB | temporary MB | file MB "
        "| bytes a row |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for one, runs in found:
        floor = by_key.get((reference, one.rows))
        ratio = f"{one.cpu_seconds / floor.cpu_seconds:.2f}" if floor and floor.cpu_seconds else ""
        each = microseconds_per_row(one, fixed.get(one.contender))
        base = fixed.get(one.contender)
        size = (one.file_bytes - (base.file_bytes if base else 0)) / one.rows if one.rows else None
        cells = [
            f"{one.rows:,}", one.contender, str(runs), f"{one.cpu_seconds:.1f}", ratio,
            "" if each is None else f"{each:.2f}", f"{one.wall_seconds:.1f}", f"{one.peak_memory_bytes / MB:.0f}",
            f"{one.temporary_bytes / MB:.0f}", f"{one.file_bytes / MB:.1f}", "" if size is None else f"{size:.1f}",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def step_table(results: Sequence[Result]) -> str:
    """A Markdown table of CPU seconds by step."""
    lines = ["| rows | who | CPU seconds by step |", "|---|---|---|"]
    for one, _ in medians(results):
        steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in one.cpu_by_step.items())
        lines.append(f"| {one.rows:,} | {one.contender} | {steps} |")
    return "\n".join(lines) + "\n"
