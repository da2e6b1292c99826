"""A number that a spreadsheet has rounded is told, with its line; one that keeps its digits is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.formats.rounded import rounded_numbers


def told(tmp_path: Path, text: str) -> str:
    path = tmp_path / "saved.csv"
    path.write_bytes(text.encode())
    return rounded_numbers(path)


@pytest.mark.parametrize("number", ["2.7E+12", "-2.7E+12", "3E+09", "1.23457E+11", '"2,7E+12"'])
def test_a_rounded_number_is_told_with_its_line(tmp_path: Path, number: str) -> None:
    said = told(tmp_path, f"a;b\n1;2\n3;{number}\n")
    assert "saved.csv was saved by a spreadsheet, which rounded 1 number, on line 3" in said
    assert number.strip('"') in said


@pytest.mark.parametrize(
    "text", ["1.25E+02", "2698031000000", "1.234567890123E+12", "H2E+12", "2.7E+12kg", "1E-05", ""]
)
def test_a_number_with_all_its_digits_and_other_text_are_not(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, f"a,b\n1,{text}\n") == ""


def test_all_are_counted_and_few_lines_are_named(tmp_path: Path) -> None:
    said = told(tmp_path, "a,b\n" + "1.5E+09,2.7E+12\n" * 1200)
    assert "rounded 2,400 numbers, on lines 2, 3, 4, 5, 6 and 1,195 more; the first is 1.5E+09." in said


def test_a_sign_between_two_reads_is_seen(tmp_path: Path) -> None:
    assert "on line 2" in told(tmp_path, "a" * ((1 << 20) - 5) + "\n2.7E+12\n")
