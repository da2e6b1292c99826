"""Medians, ratios, the table and the plot of made-up measurements."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import plot, results
from bench.results import Result


def run(contender: str, rows: int, cpu: float, exit_code: int = 0, file_bytes: int = 1000) -> Result:
    return Result(contender, rows, 40 * rows, exit_code, cpu, cpu / 2, 10**9, 0, file_bytes, {"land": cpu / 4})


RUNS = [
    run("floor", 1000, 2.0),
    run("floor", 1000, 1.0),
    run("floor", 1000, 9.0),
    run("entrepot", 0, 5.0, file_bytes=400),
    run("entrepot", 1000, 10.0),
    run("entrepot", 100_000, 13.0),
]


def test_medians_are_by_contender_and_size_and_failures_stand_alone() -> None:
    found = {(one.contender, one.rows): (one.cpu_seconds, n) for one, n in results.medians(RUNS)}
    assert found["floor", 1000] == (2.0, 3)
    assert found["entrepot", 100_000] == (13.0, 1)
    failed = results.medians([*RUNS, run("floor", 1000, 0.1, exit_code=1)])
    assert ("floor", 2.0, 3) in {(one.contender, one.cpu_seconds, n) for one, n in failed if one.rows == 1000}
    assert "floor (exit code 1)" in {one.contender for one, _ in failed}


def test_the_table_has_ratios_and_costs_a_row_beyond_the_fixed_part() -> None:
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in results.table(RUNS).splitlines()]
    rows = {(line[1], line[0]): line for line in lines}
    assert rows["floor", "1,000"][2:6] == ["3", "2.0", "1.00", "2000.00"]
    assert rows["entrepot", "1,000"][4:6] == ["5.00", "5000.00"]
    assert rows["entrepot", "100,000"][5] == "80.00"
    assert rows["entrepot", "1,000"][10] == "0.6"
    assert rows["entrepot", "0"][4:6] == ["", ""]


def test_results_come_back_as_they_were_saved(tmp_path: Path) -> None:
    results.save(tmp_path / "x.json", {"cores": 2}, RUNS)
    assert results.load(tmp_path / "x.json") == ({"cores": 2}, RUNS)


def test_the_plot_draws_each_contender_once_and_no_failure() -> None:
    drawn = ElementTree.fromstring(
        plot.svg([*RUNS, run("slow & old", 1000, 1.0, exit_code=2), run("landing X", 1000, 1.0)])
    )
    names = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert names.count("entrepot") == names.count("floor") == 1
    assert not any("slow" in str(name) or "landing" in str(name) for name in names)
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}circle"))) == 3
    assert plot.series(RUNS)["entrepot"] == [(1000, pytest.approx(5000)), (100_000, pytest.approx(80))]


def test_a_plot_of_nothing_is_still_a_picture() -> None:
    assert ElementTree.fromstring(plot.svg([])).tag.endswith("svg")
