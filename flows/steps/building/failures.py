"""What failed in a build, told as the release gate tells it: what was promised, the rows that break it, what to do."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from expectations.checks import Check, Result
from flows.contracts.relations import attach_workings, quote
from flows.errors import of_the_engine
from flows.settings import Settings

_SHOWN_ROWS = 20
_SHOWN_KEYS = 10
_BROKEN = "Its rows are not what its contract says: "  # dbt_project/macros/contract.sql
_RULES = ("grain", "unique", "not_null", "accepted_values", "relationships")
_ONE = (
    rf"(?P<columns>\w[\w, ]*?) breaks (?P<rule>{'|'.join(_RULES)}) in (?P<n_rows>\d+) rows, such as ?(?P<example>.*?)"
)
_EACH = re.compile(rf"{_ONE}(?=; \w[\w, ]*? breaks (?:{'|'.join(_RULES)}) in |\s*$)", re.DOTALL)
_TWICE = (
    "See which files the rows come from: two of them give the same figure, or one gives it twice. Refuse one of them "
    "(`entrepot refuse`), or correct its codes, and run again"
)
_ELSE = (
    "Look at the rows and the files they come from. Refuse a file that is wrong (`entrepot refuse`) and run again; "
    "where the files are right the model is wrong, so report it with this message"
)
_PROMISES = {  # what the generic tests and rules promise; `{columns}` and the arguments of the test are filled in
    "grain": "No two rows have the same {columns}",
    "unique": "No two rows have the same {columns}",
    "not_null": "Every row has {columns}",
    "accepted_values": "{columns} is one of the values its description lists",
    "relationships": "Every {columns} is one the list it refers to knows",
    "bounds_in_order": "{lower} is no larger than {upper}",
    "values_within": "Every value of {columns} is within {lower} and {upper}",
    "columns_within_index_bounds": "Every value of {columns} is within the bounds of its index",
    "indicator_within_bounds": "Every index is within the bounds its definition states",
    "effects_add_up": "The parts {parts} add up to {total}",
    "null_or_reason": "Where {value} is missing {reason} says why, and only there",
}


def results(settings: Settings, build: Path, failed: list[dict[str, Any]]) -> list[Result]:
    """One result per promise that was broken, of the nodes that `failed` as dbt_process keeps them.

    Rows are asked of the candidate in the folder `build`, and told with raw file and line where the table has them.
    """
    found: list[Result] = []
    for node in failed:
        text = " ".join(str(node.get("message")).split())
        if node["status"] == "error" and _BROKEN in text:
            broken = list(_of_contract(settings, build, node, _EACH.finditer(text.partition(_BROKEN)[2])))
            found += broken or [_not_made(node, text)]
        elif node["status"] == "fail" and node["unique_id"].startswith("test.") and node.get("compiled_code"):
            found += _of_data_test(settings, build, node, text)
        else:
            found.append(_not_made(node, text))
    return found


def not_started(said: list[str]) -> Result:
    """The result of a build that dbt did not begin."""
    lines = " ".join(" ".join(line.split()) for line in said[-12:] if line)
    return _unjudged("dbt", "", "dbt could not start the build", lines)


def _not_made(node: dict[str, Any], text: str) -> Result:
    """A model dbt could not make, a unit test that failed, or a test that could not be asked."""
    name, kind = node["unique_id"].split(".")[2], node["unique_id"].split(".")[0]
    table = str(node.get("table") or name)
    what = {"unit_test": f"The unit test {name} failed", "test": f"The test {name} could not be asked"}
    return _unjudged(name, table, what.get(kind, f"dbt could not make {table}"), of_the_engine(text, 400))


def _unjudged(name: str, table: str, description: str, observed: str) -> Result:
    return Result(
        check=Check(name=name, table=table, description=description, kind="dbt"), passed=False, observed=observed
    )


def _of_data_test(settings: Settings, build: Path, node: dict[str, Any], text: str) -> Iterator[Result]:
    try:
        rows = _asked(settings, build, f"select * from ({node['compiled_code']}) limit {_SHOWN_ROWS}")
        (counted,) = _asked(settings, build, f"select count(*) as n_rows from ({node['compiled_code']})")
    except duckdb.Error:
        yield _not_made(node, text)
        return
    if rows and "broken_rule" in rows[0]:
        told = "; ".join(
            "{column_name} breaks {broken_rule} in {n_rows} rows, such as {example}".format(**row) for row in rows
        )
        yield from _of_contract(settings, build, node, _EACH.finditer(told))
        return
    name = node["unique_id"].split(".")[2]
    check = Check(name=name, table=str(node.get("table") or name), description=_promise(node), remedy=_ELSE, kind="dbt")
    yield Result(check=check, passed=False, failing_rows=counted["n_rows"], sample=rows)


def _of_contract(
    settings: Settings, build: Path, node: dict[str, Any], broken: Iterator[re.Match[str]]
) -> Iterator[Result]:
    table = str(node.get("table") or node["unique_id"].split(".")[2])
    for each in broken:
        columns, rule = each["columns"], each["rule"]
        rows: list[dict[str, Any]] = []
        with contextlib.suppress(duckdb.Error):  # not to be asked in the memory there is: the example stays
            rows = _rows_of(settings, build, table, columns.split(", "), rule)
        check = Check(
            name=f"{rule}_of_{table.split('.')[-1]}",
            table=table,
            description=_PROMISES[rule].format(columns=columns),
            remedy=_TWICE if rule in ("grain", "unique") else _ELSE,
            kind="dbt",
        )
        n_rows, sample = int(each["n_rows"]), rows or [{"example": each["example"]}]
        observed = f"{n_rows:,} key{'s' * (n_rows > 1)} in more than one row" if rule in ("grain", "unique") else ""
        yield Result(check=check, passed=False, observed=observed, failing_rows=n_rows, sample=sample)


def _rows_of(settings: Settings, build: Path, table: str, columns: list[str], rule: str) -> list[dict[str, Any]]:
    """Rows of a table that break a rule of its contract, where they can be asked for, with raw file and line."""
    here = [row["column_name"] for row in _asked(settings, build, f"describe {table}")]
    if rule == "not_null":
        return _asked(settings, build, _rows_without(table, columns, here))
    if rule in ("grain", "unique"):
        return _asked(settings, build, _rows_twice(table, columns, here))
    return []


def _rows_without(table: str, columns: list[str], here: list[str]) -> str:
    """A query for rows without a value in the first of these columns, shown with those that say which row it is."""
    keys = [name for name in here if name.endswith(("_code", "_key", "_id")) or name in ("line", "year_number")]
    shown = ", ".join(f"given.{name}" for name in dict.fromkeys([*columns, *keys]))
    return f"select {shown} from {table} as given where {columns[0]} is null limit {_SHOWN_ROWS}"


def _rows_twice(table: str, columns: list[str], here: list[str]) -> str:
    """A query for rows that share these columns with others, shown with their dollars, raw file and line."""
    shown = [name for name in here if name in columns or name.endswith(("file_id", "_usd")) or name == "line"]
    listed, key = ", ".join(f"given.{name}" for name in shown), ", ".join(columns)
    twice = f"select {key} from {table} group by {key} having count(*) > 1 order by all limit {_SHOWN_KEYS}"
    same = " and ".join(f"given.{name} is not distinct from twice.{name}" for name in columns)
    return f"select {listed} from {table} as given join ({twice}) as twice on {same} order by all limit {_SHOWN_ROWS}"


def _promise(node: dict[str, Any]) -> str:
    """What a data test promises: of a generic one by its name, of another one what it says of itself."""
    if generic := _PROMISES.get(str(node.get("test_name"))):
        given = {name: _words(value) for name, value in (node.get("arguments") or {}).items()}
        given.setdefault("columns", "its columns")
        with contextlib.suppress(KeyError):
            return generic.format_map({"lower": "no lower bound", "upper": "no upper bound", **given})
    comment = re.findall(r"^\s*--[ ]?(.*)$", str(node.get("raw_code") or "").split("with\n")[0], flags=re.MULTILINE)
    return " ".join(comment).strip().rstrip(".") or str(node["unique_id"].split(".")[2]).replace("_", " ")


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _asked(settings: Settings, build: Path, query: str) -> list[dict[str, Any]]:
    """Rows of a query on the candidate, its intermediate tables and what landed, as JSON holds them."""
    with duckdb.connect(str(build / "trade.duckdb"), read_only=True, config=settings.duckdb_config) as con:
        con.execute(f"attach {quote(build / 'landed.duckdb')} as landed (read_only)")
        attach_workings(con, build / "trade.duckdb")
        answer = con.execute(query)
        names = [column[0] for column in answer.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    made: list[dict[str, Any]] = json.loads(json.dumps(rows, default=_plain))
    return made


def _plain(value: Any) -> Any:
    with contextlib.suppress(TypeError, ValueError):
        return float(value)
    return str(value)
