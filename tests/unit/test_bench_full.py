"""The benchmark over all years lands one file after the other, and nothing but it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import full, product
from bench.measure import Measurement

DONE = Measurement(0, 0.0, 0.0, 0, 0, 0, {}, [])


def test_a_year_is_the_only_file_of_the_inbox_and_gone_when_it_has_landed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def run(warehouse: Path, *_: object) -> Measurement:
        seen.append(sorted(path.name for path in (warehouse / "inbox").iterdir()))
        return DONE

    monkeypatch.setattr(product, "run", run)
    (tmp_path / "inbox").mkdir()
    sizes = [size for _, size in full.years(tmp_path, 2, 1000, "1GB", 1)]
    assert [len(names) for names in seen] == [1, 1, 0]
    assert all(name.startswith("BACI_HS92_Y") for names in seen for name in names)
    assert sizes[0] > 0
    assert sizes[2] == 0
