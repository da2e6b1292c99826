"""The usual questions are asked of a file; one it cannot answer is told, not hidden."""

from __future__ import annotations

from pathlib import Path

import duckdb

from bench.questions import QUESTIONS, ask


def test_questions_are_asked_and_those_without_a_table_are_told(tmp_path: Path) -> None:
    file = tmp_path / "trade.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute(
            "create schema core; create table core.fct_trade as select 'CHN' as reporter_code, 'RUS' as partner_code, "
            "'X' as flow_code, 'HS:270900' as product_key, '2021' as period_code, 1::decimal(18,3) as value_usd"
        )
    found = ask(file)
    assert len(found) == len(QUESTIONS) == 12
    asked = {name for name, answer in found.items() if "warm_ms" in answer}
    assert asked == {"cells: a pair", "cells: a product by partner", "cells: all by chapter", "cells: by exporter"}
    assert "marts" in str(found["mart: a pair by year"]["not_asked"])
