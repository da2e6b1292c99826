"""The models two peers are given are the floor's statements, each table they read a reference."""

from __future__ import annotations

import re
from pathlib import Path

from bench import floor
from bench.peers.dbt_peer import TABLES, models, write_project
from bench.peers.sqlmesh_peer import write_project as write_sqlmesh_project


def test_every_table_of_the_floor_is_a_model_that_reads_models_only(tmp_path: Path) -> None:
    made = models(tmp_path)
    assert set(made) == set(TABLES)
    for name, query in made.items():
        assert query.strip().startswith("select"), name
        assert not re.search(rf"\b(from|join) ({'|'.join(TABLES)})\b", query), name
    assert "{{ ref('pair') }}" in made["bilateral_year"]
    assert set(floor.MARTS) < set(made)


def test_both_projects_hold_a_file_for_each_model(tmp_path: Path) -> None:
    write_project(tmp_path / "inbox", tmp_path / "dbt")
    write_sqlmesh_project(tmp_path / "inbox", tmp_path / "mesh")
    for tool in ("dbt", "mesh"):
        assert {path.stem for path in (tmp_path / tool / "models").glob("*.sql")} == set(TABLES)
    assert "from bench.landed as landed" in (tmp_path / "mesh" / "models" / "cell.sql").read_text(encoding="utf-8")
