"""Each of the 22 gates is there once: a planted defect fails it with its sentence, and the untouched world passes all.

What the release holds is spoilt in a copy of one release, a gate at a time, and judged by the gate's own queries. What
lands is spoilt in a file. docs/reference/gates.md has the table of the gates; what it says of a gate is what is said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from expectations.acceptance import judged_signatures
from expectations.checks import Check, Result
from expectations.release import RULES
from expectations.shipped import shipped
from flows.contracts.relations import workings_of
from flows.errors import LicenceRefused
from flows.ledger import Ledger, utc_now
from flows.releases import gate_report
from flows.releases.licence import require_redistributable
from flows.settings import ROOT, Settings
from flows.steps import fetch, land
from flows.steps.building import failures
from tests.conftest import Home
from tests.gate_plants import PLANTS, Plant
from tests.opened import copy_release

PAGE = (ROOT / "docs" / "reference" / "gates.md").read_text(encoding="utf-8")
ROWS = {
    int(row[0]): row for row in re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.M)
}
CHECKS = {rule.check.name: rule for rule in RULES}
SEARCHED = "trade.main,workings.raw,workings.seed,workings.intermediate"
LANDING = {1, 2, 3}
LICENCE = 21


@pytest.fixture(scope="module")
def candidate(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a release of the bundled figures, to be spoilt."""
    return copy_release(published.settings.published.resolve(), tmp_path_factory.mktemp("gates") / "c" / "trade.duckdb")


@pytest.fixture(scope="module")
def con(candidate: Path, published: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """That copy with its second file, and another copy as the release before it, made by the same code."""
    before = copy_release(published.settings.published.resolve(), candidate.parent.parent / "before" / "trade.duckdb")
    with duckdb.connect(str(candidate)) as con:
        con.execute(f"attach '{workings_of(candidate)}' as workings")
        con.execute(f"set search_path = '{SEARCHED}'")
        con.execute(f"attach '{before}' as previous")
        con.execute("update core.dim_release set is_other_code = false where is_this_release")
        yield con


def judged(con: duckdb.DuckDBPyConnection, name: str) -> Result:
    """What a rule of the gate finds, less the rows that ship accepted; by the query Great Expectations asks."""
    rule = CHECKS[name]
    query = rule.query_of().replace("{batch}", rule.check.table)
    rows = [(key, json.loads(row)) for row, key in con.execute(query).fetchall()]
    failing: dict[str, list[dict[str, object]]] = {}
    for key, row in rows:
        failing.setdefault(key, []).append(row)
    found = judged_signatures(shipped(), name, failing, utc_now().date())
    accepted = {each.row_key for each in found if each.state == "accepted"}
    left = [(key, row) for key, row in rows if key not in accepted]
    return Result(
        check=rule.check, passed=not left, expected=rule.expected, failing_rows=len(left), signatures=found,
        keys=[key for key, _ in left[:20]], sample=[row for _, row in left[:20]],
    )  # fmt: skip


def asked_of_dbt(con: duckdb.DuckDBPyConnection, published: Home, name: str) -> Result:
    """What a data test of dbt finds, told as a failed build tells it; by the query dbt made of it."""
    (compiled,) = (published.settings.dbt_home / "target" / "compiled").rglob(f"{name}.sql")
    answer = con.execute(f"select * from ({compiled.read_text(encoding='utf-8')}) limit 20")
    names = [column[0] for column in answer.description or ()]
    rows = [dict(zip(names, map(str, row), strict=True)) for row in answer.fetchall()]
    raw = (ROOT / "dbt_project" / "tests" / f"{name}.sql").read_text(encoding="utf-8")
    node = {"unique_id": f"test.entrepot.{name}.0", "test_name": None, "raw_code": raw}
    check = Check(name=name, table="core", description=failures._promise(node), kind="dbt")
    return Result(check=check, passed=not rows, failing_rows=len(rows), sample=rows)


def found(con: duckdb.DuckDBPyConnection, published: Home, name: str) -> Result:
    return judged(con, name) if name in CHECKS else asked_of_dbt(con, published, name)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.gate}-{plant.check}")
def test_a_planted_defect_fails_its_gate_with_its_sentence(
    con: duckdb.DuckDBPyConnection, published: Home, plant: Plant
) -> None:
    assert found(con, published, plant.check).passed, "the untouched world passes"
    con.execute("begin")
    try:
        for statement in plant.sql.split("; "):
            con.execute(statement)
        result = found(con, published, plant.check)
    finally:
        con.execute("rollback")
    assert not result.passed
    _, gate, place, severity, _, says = ROWS[plant.gate]
    assert f"`{plant.check}`" in place, gate
    assert result.stops_release == (result.check.severity == "error")
    assert result.check.severity in severity
    said = gate_report.wrong(result)
    assert (result.check.fault or result.check.description.rstrip(".")) in said
    first = next(each.check for each in PLANTS if each.gate == plant.gate)
    assert plant.check != first or says in said
    assert gate_report.rows(published.settings, result)
    assert bool(gate_report.accept_command(result)) == (plant.check in CHECKS)


def ingest(settings: Settings, ledger: Ledger, **labels: str) -> str:
    """Land the figures China's customs gave by partner, with labels of the file; what is said where it is refused."""
    land.prepare(settings)
    for partition in fetch.plan(settings, ledger, ["gacc_quoted"]).fetch:
        fetch.fetch_partition(settings, ledger, partition)
    (record,) = [record for record in land.pending(settings, ledger) if record.table == "partner_trade"]
    outcome = land.land_file(settings, ledger, record.model_copy(update={"labels": {**record.labels, **labels}}))
    return outcome.reason if outcome.outcome == "failed" else ""


def lacking(lines: list[str]) -> list[str]:
    return [lines[0].replace("turnover_usd_bn", "turnover"), *lines[1:]]


def twice(lines: list[str]) -> list[str]:
    return [*lines, lines[4]]


@pytest.mark.parametrize(("gate", "spoil"), [(1, lacking), (3, twice)])
def test_a_planted_defect_of_a_file_is_refused_with_its_sentence(
    settings: Settings, ledger: Ledger, gate: int, spoil: Callable[[list[str]], list[str]]
) -> None:
    path = settings.bundled / "gacc_quoted" / "partner_trade.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(spoil(lines)) + "\n", encoding="utf-8")
    reason = ingest(settings, ledger)
    assert ROWS[gate][5] in reason


def test_as_many_rows_as_a_publisher_hands_out_at_once_are_refused(settings: Settings, ledger: Ledger) -> None:
    assert ROWS[2][5] in ingest(settings, ledger, cap="415")


def test_an_untouched_file_is_taken(settings: Settings, ledger: Ledger) -> None:
    assert ingest(settings, ledger) == ""


def test_figures_that_may_not_be_passed_on_go_to_no_open_folder(published: Home, tmp_path: Path) -> None:
    with pytest.raises(LicenceRefused) as refused:
        require_redistributable(published.settings, published.settings.published.resolve(), tmp_path)
    assert ROWS[LICENCE][5] in str(refused.value)


def test_the_untouched_world_passes_every_check_without_a_warning(published: Home) -> None:
    run = Ledger(published.settings).last_judged()  # commands of the docs leave records of their own in this world
    assert run is not None
    results = gate_report.results_of(run)
    assert len(results) == len(RULES)
    assert [result.check.name for result in results if not result.passed] == []


def test_the_table_has_each_of_the_22_gates_once_and_names_what_is_there() -> None:
    assert list(ROWS) == list(range(1, 23))
    assert {plant.gate for plant in PLANTS} | LANDING | {LICENCE} == set(ROWS)
    tests = {path.stem for path in (ROOT / "dbt_project" / "tests").rglob("*.sql")}
    for number, (_, _, place, severity, _, _) in ROWS.items():
        named = re.findall(r"`(\w+)`", place)
        rules = [name for name in named if name in CHECKS]
        assert rules or number in LANDING or number == LICENCE or set(named) & tests or number == 16, place
        assert {CHECKS[name].check.severity for name in rules} <= set(re.findall(r"error|warning", severity)), place
