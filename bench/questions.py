"""Twelve usual questions of a published file, warm and cold: `python -m bench.questions trade.duckdb`.

Warm is the median of five in one process; cold is a new process that opens the file, asks once and counts the opening.
A question whose table the file does not have is told and left out.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import duckdb
import typer

PAIR = "reporter_code = 'CHN' and partner_code = 'RUS'"
QUESTIONS = {
    "mart: a pair by year": f"select * from marts.bilateral_year where {PAIR} order by year_number",
    "mart: the top partners": """
        select partner_code, turnover_usd from marts.bilateral_year
        where reporter_code = 'CHN' and year_number = (select max(year_number) from marts.bilateral_year)
        order by turnover_usd desc nulls last limit 15""",
    "mart: rank of a partner": f"select * from marts.partner_rank where {PAIR} order by year_number",
    "mart: what a pair trades": f"select * from marts.commodity_mix where {PAIR} order by value_usd desc limit 20",
    "mart: advantage in products": """
        select * from marts.product_indicator where reporter_code = 'CHN' order by rca desc nulls last limit 20""",
    "mart: indicators of an economy": "select * from marts.indicator where reporter_code = 'CHN'",
    "profile of a pair": "select * from marts.profile('CHN', 'RUS')",
    "cells: a pair": f"select period_code, flow_code, sum(value_usd) from core.fct_trade where {PAIR} group by all",
    "cells: a product by partner": """
        select partner_code, sum(value_usd) from core.fct_trade
        where product_key like '%:270900' and reporter_code = 'CHN' group by all order by 2 desc limit 20""",
    "cells: all by chapter": """
        select split_part(product_key, ':', 2)[:2] as chapter, sum(value_usd) from core.fct_trade group by all""",
    "cells: by exporter": """
        select reporter_code, period_code, sum(value_usd) from core.fct_trade where flow_code = 'X' group by all""",
    "cells: what was known": "select count(*), sum(value_usd) from core.trade_asof(now())",
}
_COLD = """
import sys, time
import duckdb
start = time.perf_counter()
with duckdb.connect(sys.argv[1], read_only=True) as con:
    con.execute("set enable_progress_bar = false")
    con.execute(sys.argv[2]).fetchall()
print(time.perf_counter() - start)
"""


def warm(file: Path, query: str, times: int = 5) -> float:
    """Milliseconds: the median of `times` after a first. Raises duckdb.Error where the question cannot be asked."""
    with duckdb.connect(str(file), read_only=True) as con:
        con.execute(query).fetchall()
        taken = []
        for _ in range(times):
            start = time.perf_counter()
            con.execute(query).fetchall()
            taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def cold(file: Path, query: str, times: int = 3) -> float:
    """Milliseconds in a new process, opening the file included, imports not: the median of `times`."""
    command = [sys.executable, "-c", _COLD, str(file), query]
    answers = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(times)]
    return statistics.median(map(float, answers)) * 1000


def ask(file: Path) -> dict[str, dict[str, float | str]]:
    """Milliseconds warm and cold of every question, or why it was not asked."""
    found: dict[str, dict[str, float | str]] = {}
    for name, query in QUESTIONS.items():
        try:
            found[name] = {"warm_ms": round(warm(file, query), 2), "cold_ms": round(cold(file, query), 1)}
        except duckdb.Error as error:
            found[name] = {"not_asked": str(error).splitlines()[0]}
    return found


def main(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A published file.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Ask twelve usual questions of a published file, warm and cold."""
    found = ask(file)
    if as_json:
        typer.echo(json.dumps(found, indent=1))
        return
    for name, answer in found.items():
        told = answer.get("not_asked") or f"warm {answer['warm_ms']} ms, cold {answer['cold_ms']} ms"
        typer.echo(f"{name:<32} {told}")


if __name__ == "__main__":
    typer.run(main)
