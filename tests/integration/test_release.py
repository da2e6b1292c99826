"""From bundled figures to published to rolled back, driven as a person drives it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import duckdb
import pytest

from flows.contracts.relations import IS_STORAGE, RELATIONS
from flows.errors import EntrepotError
from flows.read.explanation import explain
from flows.read.opening import open_published
from tests.conftest import Home
from tests.warm_entrepot import ENTREPOT

TABLE = "bundled/gacc_quoted/partner_trade.csv"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def replace_everywhere(home: Home, old: str, new: str) -> None:
    path = home.folder / TABLE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def home(published: Home, tmp_path: Path) -> Home:
    return published.copy_without_exports(tmp_path / "home")


def test_the_run_answers_the_article(published: Home) -> None:
    said = (published.folder / "run.txt").read_text(encoding="utf-8")
    for figure in ("107.76", "146.89", "+35.8 %", "190.27", "240.11", "244.82"):
        assert figure in said, figure
    assert "Traceback" not in said


def verdicts(home: Home) -> dict[str, tuple[str, str]]:
    result = home.entrepot("claims", "--all", "--json")
    assert result.returncode == 0, result.stderr
    return {row["statement_id"]: (row["verdict"], row["evidence"]) for row in json.loads(result.stdout)}


def test_verdicts_on_the_article(published: Home) -> None:
    found = verdicts(published)
    expected = {
        "c001": "possible, not proven",
        "c002": "possible, not proven",
        "c003": "supported",
        "c004": "right figure, wrong period",
        "c005": "right figure, wrong period",
        "c006": "close",
        "c007": "supported",
        "c008": "right figure, wrong period",
        "c009": "supported",
    }
    assert {name: found[name][0] for name in expected} == expected
    assert "2010" in found["c001"][1]
    assert "2012" in found["c001"][1]
    assert "In 2021 Russia ranked between 11th and 23rd among the 254 partners" in found["c002"][1]
    assert "2023" in found["c003"][1]
    assert "2021" in found["c004"][1]
    assert "2021" in found["c005"][1]
    assert "0.7 bn USD (0.5 %) below Russia" in found["c006"][1], "an official is measured by his own country"
    assert "No single year was stated; 2018 is nearest. In percent: 12.1 in 2015, " in found["c008"][1]
    assert "18.0 in 2021 (printed: 17.9)" in found["c008"][1]
    assert "2014" in found["c009"][1]


def ranks(home: Home, reporter: str, partner: str) -> dict[tuple[int, str], tuple[int | None, ...]]:
    sql = f"""
        select year_number, perimeter_code, rank_best, rank_worst, rank_naive, n_missing + n_mirror_only
        from marts.partner_rank where reporter_code = '{reporter}' and partner_code = '{partner}'
        and measure = 'turnover'
    """
    with duckdb.connect(str(home.settings.published), read_only=True) as con:
        return {(row[0], row[1]): row[2:] for row in con.execute(sql).fetchall()}


def test_a_rank_under_missing_reports_is_an_interval(published: Home) -> None:
    """Ten partners are larger in 2021; of the two hundred that are not loaded China's total leaves room for twelve."""
    found = ranks(published, "CHN", "RUS")
    assert found[2021, "all"][:2] == (11, 23)
    assert found[2021, "without_hkg"][:2] == (10, 22)
    assert found[2021, "without_hkg_twn"][:2] == (9, 21)
    for year in (2024, 2025):
        best, worst, naive, unknown = found[year, "all"]
        assert naive == 2
        assert best is not None
        assert worst is not None
        assert best < worst
        assert unknown is not None
        assert unknown > 10


def test_nothing_to_do_leaves_the_file_as_it_is(home: Home) -> None:
    before = sha256(home.settings.published), home.settings.published.resolve().name
    result = home.entrepot("run")
    assert result.returncode == 0, result.stderr
    assert "Nothing to do" in result.stdout
    assert (sha256(home.settings.published), home.settings.published.resolve().name) == before
    assert not list(home.settings.builds.glob("*")), "no candidate was built"


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (",many,", "column turnover_usd_bn, value 'many': not a decimal(18,6)"),
        (",-146.88,", "column turnover_usd_bn, value '-146.88': below the minimum 0"),
    ],
)
def test_a_corrupt_row_stops_the_run_and_is_named(home: Home, new: str, said: str) -> None:
    before = sha256(home.settings.published)
    path = home.folder / TABLE
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if ",146.88," in line)
    lines[at] = lines[at].replace(",146.88,", new)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = home.entrepot("run")
    assert result.returncode == 1
    assert f"line {at + 1}, {said}" in " ".join(result.stderr.split())
    assert "gacc_quoted/partner_trade.csv" in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert sha256(home.settings.published) == before


def test_a_revision_is_published_while_a_reader_keeps_its_answers(home: Home) -> None:
    first = sha256(home.settings.published)
    sql = """
        select turnover_usd from marts.bilateral_year
        where reporter_code = 'CHN' and partner_code = 'RUS' and year_number = 2022
    """
    reader = duckdb.connect(str(home.settings.published), read_only=True)
    replace_everywhere(home, ",114.15,190.27,", ",114.25,190.37,")
    old = reader.execute(sql).fetchone()
    result = home.entrepot("run")
    assert result.returncode == 0, result.stderr
    assert "revised" in result.stdout
    assert reader.execute(sql).fetchone() == old
    with duckdb.connect(str(home.settings.published), read_only=True) as fresh:
        row = fresh.execute(sql).fetchone()
    assert old is not None
    assert row is not None
    assert (float(old[0]), float(row[0])) == (190.27e9, 190.37e9)
    reader.close()
    result = home.entrepot("rollback")
    assert result.returncode == 0, result.stderr
    assert sha256(home.settings.published) == first
    assert "Nothing to do" in home.entrepot("run").stdout, "the same input must not undo a rollback"
    assert sha256(home.settings.published) == first


def test_a_figure_a_thousand_times_too_large_is_stopped_by_the_gate(home: Home) -> None:
    before = sha256(home.settings.published)
    replace_everywhere(home, ",190.27,", ",190270,")
    result = home.entrepot("run")
    assert result.returncode == 2, result.stdout + result.stderr
    said = " ".join(result.stderr.split())
    assert "Nothing was published" in said
    assert "190,270,000,000,000" in said
    assert "RUS" in said
    assert sha256(home.settings.published) == before
    assert "gate failed" in home.entrepot("status").stdout


@pytest.mark.e2e
def test_killed_in_the_middle_leaves_the_old_release_and_the_next_run_completes(home: Home) -> None:
    before = sha256(home.settings.published)
    replace_everywhere(home, ",114.15,190.27,", ",114.25,190.37,")
    process = subprocess.Popen(
        [ENTREPOT, "run"],
        env=home.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    outcome = home.settings.dbt_home / "outcome.json"
    assert outcome.is_file()
    while outcome.is_file() and time.monotonic() < deadline:
        time.sleep(0.05)  # until dbt has begun
    assert list(home.settings.builds.glob("*/trade.duckdb"))
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert sha256(home.settings.published) == before
    result = home.entrepot("run")
    assert result.returncode == 0, result.stderr
    assert re.search(r"build: \d+ of \d+ models in a copy of release", result.stdout + result.stderr)
    assert "interrupted" in home.entrepot("status").stdout
    assert sha256(home.settings.published) != before


def test_explain_leads_to_the_raw_line_and_the_address(published: Home) -> None:
    result = published.entrepot(
        "explain", "146.88", "--reporter", "CHN", "--partner", "RUS", "--period", "2021", "--json"
    )
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    exact = [e for e in found if "report" in e and float(e["report"]["value_usd"]) == 146.88e9]
    assert exact
    for explanation in exact:
        report = explanation["report"]
        assert ",146.88," in explanation["raw_line"]
        assert report["url"].startswith("http")
        assert report["url"] in explanation["raw_line"]
        assert (published.settings.warehouse / report["path"]).is_file()


def test_explain_takes_names_and_says_what_it_looked_for(published: Home) -> None:
    with open_published(published.settings) as con:
        asked = partial(explain, published.settings, con, "146.88")
        assert asked("china", "Russia", "2021") == asked("CHN", "RUS", "2021")
        with pytest.raises(EntrepotError, match="for reporter CHN, partner WLD, period 2021-M07; ask with less"):
            asked("China", "World", "2021-m07")
        with pytest.raises(EntrepotError, match=r"'chna' is not an economy or group .* Did you mean China"):
            asked("chna")
        with pytest.raises(EntrepotError, match="'nope' is not a period"):
            asked(period="nope")


def test_sql_prints_tables_csv_and_json_and_writes_nothing(published: Home) -> None:
    query = (
        "select rank_best, rank_worst from marts.partner_rank where reporter_code = 'CHN' "
        "and partner_code = 'RUS' and year_number = 2021 and perimeter_code = 'all' and measure = 'turnover'"
    )
    assert published.entrepot("sql", query, "--csv").stdout == "rank_best,rank_worst\n11,23\n"
    assert json.loads(published.entrepot("sql", query, "--json").stdout) == [{"rank_best": 11, "rank_worst": 23}]
    assert "rank_worst" in published.entrepot("sql", query).stdout
    for bad in ("drop table marts.partner_rank", "select * from read_text('/etc/hostname')", "selec 1"):
        refused = published.entrepot("sql", bad)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr


def test_every_published_table_is_exported_as_parquet(published: Home) -> None:
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        tables = con.execute(
            f"select schema_name, table_name from {RELATIONS} "
            f"where schema_name in ('core', 'marts') and not {IS_STORAGE}"
        ).fetchall()
        rows_of = [
            (schema, table, con.execute(f"from {schema}.{table} select count(*)").fetchone())
            for schema, table in tables
        ]
    assert rows_of
    for schema, table, rows in rows_of:
        path = published.settings.export / "parquet" / schema / f"{table}.parquet"
        found = duckdb.connect().execute(f"select count(*) from '{path}'").fetchone()
        assert found == rows, table


def test_data_docs_are_there(published: Home) -> None:
    assert (published.settings.export / "data_docs" / "index.html").is_file()


@pytest.mark.parametrize("version", ["1.4.5"])
def test_older_duckdb_clients_open_the_file(published: Home, tmp_path: Path, version: str) -> None:
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(tmp_path / "old"),
        f"duckdb=={version}",
    ]
    subprocess.run(install, check=True, capture_output=True)
    script = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1], read_only=True); "
        "print(duckdb.__version__, con.execute('select count(*) from marts.claim_check').fetchone()[0], "
        "con.execute(\"select count(*) > 0 from marts.profile('RUS', 'CHN')\").fetchone()[0])"
    )
    environment = {**published.environment, "PYTHONPATH": str(tmp_path / "old")}
    done = subprocess.run(
        [sys.executable, "-c", script, str(published.settings.published)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [version, "104", "True"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["sql", "select 1"], 1),
        (["claims"], 1),
        (["rollback"], 1),
        (["publish"], 1),
        (["audit"], 1),
        (["run", "-s", "nowhere"], 1),
        (["status"], 0),
        (["sources"], 0),
    ],
)
def test_an_empty_warehouse_answers_in_one_sentence(
    tmp_path: Path, published: Home, arguments: list[str], code: int
) -> None:
    home = Home(tmp_path)
    shutil.copytree(published.settings.bundled, tmp_path / "bundled")
    result = home.entrepot(*arguments)
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout or result.stderr
