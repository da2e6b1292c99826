"""The benchmark's files are the same every time, as large as asked, and what the inbox takes them for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from bench import cells, files
from bench.codes import economies, products
from flows.contracts import load_contracts
from flows.inbox.files import Partition, Unrecognised, scan
from flows.settings import Settings

Write = Callable[[Path, int, int], object]


def test_the_same_year_size_and_seed_make_the_same_bytes(tmp_path: Path) -> None:
    one, same = (files.write_baci(tmp_path / name, 2020, 3000).read_bytes() for name in ("one", "same"))
    assert one == same
    assert files.write_baci(tmp_path / "seed", 2020, 3000, seed=2).read_bytes() != one


def test_a_baci_year_has_unique_ordered_cells_of_real_codes_and_padded_quantities(tmp_path: Path) -> None:
    path = files.write_baci(tmp_path, 2020, 5000)
    lines = path.read_text(encoding="ascii").splitlines()
    assert lines[0] == "t,i,j,k,v,q"
    rows = [line.split(",") for line in lines[1:]]
    keys = [(int(i), int(j), k) for _, i, j, k, _, _ in rows]
    assert len(keys) == 5000
    assert keys == sorted(set(keys))
    assert {i for i, _, _ in keys} | {j for _, j, _ in keys} <= set(economies().baci.tolist())
    assert {k for *_, k in keys} <= set(products().codes)
    assert all(i != j for i, j, _ in keys)
    quantities = [q for *_, q in rows]
    assert min(map(len, quantities)) == 13
    assert 0.03 < sum(q.strip() == "NA" for q in quantities) / 5000 < 0.09
    assert "invented" in (tmp_path / files.NOTE).read_text(encoding="utf-8")


def test_most_cells_of_a_year_come_again_in_the_next() -> None:
    now, then = (
        {
            (part.exporter, *cell)
            for part in cells.year(year, 4000)
            for cell in zip(part.importer, part.product, strict=True)
        }
        for year in (2020, 2021)
    )
    assert 0.7 < len(now & then) / 4000 < 1


@pytest.mark.parametrize("records", [1, 2, 4001])
def test_comtrade_files_have_47_columns_and_count_what_they_hold(tmp_path: Path, records: int) -> None:
    table = files.write_comtrade_csv(tmp_path, 2020, records)
    with duckdb.connect() as con:
        relation = con.read_csv(str(table), all_varchar=True)
        columns = relation.columns
        assert len(columns) == 47
        keys = relation.select("reporterCode, partnerCode, flowCode, cmdCode").distinct()
        assert len(relation) == len(keys) == records
    pages = files.write_comtrade_pages(tmp_path, 2020, records)
    answers = [json.loads(page.read_text(encoding="utf-8")) for page in pages]
    assert [answer["count"] for answer in answers] == [len(answer["data"]) for answer in answers]
    assert sum(answer["count"] for answer in answers) == records
    assert list(answers[0]["data"][0]) == columns


@pytest.mark.parametrize(
    ("write", "table"),
    [
        (files.write_baci, ("baci", "trade_year")),
        (files.write_comtrade_csv, ("comtrade_csv", "plus_trade")),
        (files.write_comtrade_pages, ("comtrade_api", "trade")),
    ],
)
def test_the_inbox_recognises_every_file(tmp_path: Path, write: Write, table: tuple[str, str]) -> None:
    settings = Settings.alone(warehouse=tmp_path)
    write(settings.inbox, 2020, 200)
    found = [part for part in scan(settings) if not (isinstance(part, Unrecognised) and part.name == files.NOTE)]
    assert [(part.source, part.table) for part in found if isinstance(part, Partition)] == [table] * len(found)
    assert found
    assert table[0] in load_contracts(settings.contracts)


def test_a_year_larger_than_the_world_is_refused() -> None:
    with pytest.raises(ValueError, match="more than the"):
        next(cells.year(2020, 10**10))


def test_shares_are_exact_and_never_above_what_there_is_room_for() -> None:
    counts = cells.shares(100, np.array([0.9, 0.05, 0.05]), 40)
    assert counts.tolist() == [40, 30, 30]
    assert cells.shares(2, np.array([0.5, 0.3, 0.2]), 5).sum() == 2
