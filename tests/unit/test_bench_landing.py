"""Every kind of file whose landing is measured lands whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import landing


@pytest.mark.parametrize("kind", list(landing.KINDS))
def test_files_that_are_measured_land_whole(tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    landing.KINDS[kind](tmp_path / "files", landing.YEAR, 40)
    landing.main(tmp_path, "1GB", 1)
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "40 rows landed"
    assert [line for line in said if line.startswith("step: ")] == [f"step: {step.name}" for step in landing.STEPS[1:]]
