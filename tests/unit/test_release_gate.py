"""Great Expectations judges as the rules' SQL does, says what and where, and lets go of the file."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from release_breaks import BREAKS, GACC, RELEASE, judge

from expectations.checks import Result
from expectations.release import RULES, build_docs, run_checks
from expectations.release.runner import Judge
from flows.releases import gate_report

SPOILT = [broken for broken in BREAKS if broken.names & {"trade_not_negative", "claim_has_verdict", "source_fresh"}]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A spoilt candidate and the release before it, both called trade.duckdb as in a warehouse."""
    paths = tuple(tmp_path_factory.mktemp(name) / "trade.duckdb" for name in ("the candidate's", "before"))
    for path in paths:
        with duckdb.connect(str(path)) as con:
            con.execute(RELEASE)
    with duckdb.connect(str(paths[0])) as con:
        con.execute(";".join(broken.sql for broken in SPOILT))
        con.execute("update core.fct_trade set net_weight_kg = -1 where line < 30; drop table core.fct_macro")
    return paths[0], paths[1]


@pytest.fixture(scope="module")
def results(files: tuple[Path, Path]) -> dict[str, Result]:
    return {result.check.name: result for result in run_checks(*files, "1GB", 2)}


MISSING = {"fct_macro_filled", "fct_macro_not_shrunk", "macro_scale_over_time"}


def test_great_expectations_judges_as_the_sql_does(files: tuple[Path, Path], results: dict[str, Result]) -> None:
    with duckdb.connect(str(files[0])) as con:  # read-write: the gate has let go of the file
        con.execute(f"attach '{files[1]}' as previous (read_only)")
        con.execute("create table core.fct_macro as from previous.core.fct_macro")
        expected = judge(con)
        con.execute("drop table core.fct_macro")
    failed = {name: result for name, result in results.items() if not result.passed and name not in MISSING}
    assert set(failed) == set(expected) >= {"trade_not_negative", "claim_has_verdict", "source_fresh"}
    for name, result in failed.items():
        assert result.failing_rows == len(expected[name])
        assert result.sample == expected[name][:20]
    assert [result.check.name for result in results.values()] == [rule.check.name for rule in RULES]


def test_a_failed_check_says_what_and_where(results: dict[str, Result]) -> None:
    result = results["trade_not_negative"]
    assert result.stops_release
    assert result.observed.startswith("17 cases in ")
    assert result.sample[0]["file_id"] == GACC
    assert result.sentence.endswith(".")


def test_a_warning_does_not_stop_the_release(results: dict[str, Result]) -> None:
    assert not results["source_fresh"].passed
    assert not results["source_fresh"].stops_release


def test_a_check_that_cannot_run_has_failed(results: dict[str, Result]) -> None:
    assert {name for name in MISSING if results[name].stops_release} == MISSING
    assert results["fct_macro_filled"].observed == "no such table"


def test_a_check_that_lacks_memory_says_which_setting_gives_it(files: tuple[Path, Path]) -> None:
    sound = next(rule for rule in RULES if rule.check.name == "trade_below_ceiling")
    breaking = "select list(hash(i)) as line from range(50_000_000) as n(i)"
    rule = sound.model_copy(update={"breaking": breaking, "key_columns": ("line",)})
    (result,) = Judge([rule], files[1], None, "50MB", 2).results()
    assert not result.passed
    assert gate_report.wrong(result) == (
        "core.fct_trade could not be judged: it needs more memory than ENTREPOT_MEMORY_LIMIT gives it; raise that, or "
        "set ENTREPOT_THREADS=1 (trade_below_ceiling)."
    )
    assert gate_report.what_to_do(result) == []


def test_rows_that_may_not_be_passed_on_are_counted(results: dict[str, Result]) -> None:
    assert "1,000 are not (comtrade_extract, gacc_bulletin)" in results["source_licence_known"].observed


def test_all_offending_rows_are_counted_and_some_shown(files: tuple[Path, Path]) -> None:
    sound = next(rule for rule in RULES if rule.check.name == "trade_below_ceiling")
    rule = sound.model_copy(
        update={"breaking": "select line from judged, range(3) order by all", "key_columns": ("line",)}
    )
    (result,) = Judge([rule], files[1], None, "1GB", 2).results()
    with duckdb.connect(str(files[1]), read_only=True) as con:
        lines = [line for (line,) in con.execute("select line from core.fct_trade, range(3) order by all").fetchall()]
    assert result.failing_rows == len(lines) > 20
    assert [row["line"] for row in result.sample] == lines[:20]


def test_data_docs_are_made_of_what_the_gate_found(files: tuple[Path, Path], tmp_path: Path) -> None:
    candidate = tmp_path / "the ${candidate} of $HOME, $5" / "trade.duckdb"  # no variables of Great Expectations
    candidate.parent.mkdir()
    candidate.write_bytes(files[0].read_bytes())
    for _ in range(2):
        found = run_checks(candidate, files[1], "1GB", 2, keep=True)
    candidate.unlink()  # nothing is judged again
    build_docs(candidate, tmp_path / "$docs", "1GB", 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["$docs", candidate.parent.name]
    pages = [page.read_text(encoding="utf-8") for page in (tmp_path / "$docs" / "validations").rglob("*.html")]
    assert len(pages) == len({result.check.table for result in found if "no such table" not in result.observed})
    assert not [page for page in pages if str(tmp_path) in page or str(files[1].parent) in page]


def test_data_docs_show_every_table_and_no_path(files: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    build_docs(files[1], folder, "1GB", 2)
    assert (folder / "index.html").is_file()
    pages = {path.stem: path for path in (folder / "expectations").rglob("*.html")}
    assert {rule.check.table.split(".")[1] for rule in RULES if rule.earlier is None} <= set(pages)
    assert "No partner that nobody reports has a rank" in pages["partner_rank"].read_text(encoding="utf-8")
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert {rule.check.table for rule in RULES if rule.earlier is None} <= set(re.findall(r'"row">([^<]*)<', index))
    links = re.findall(r'href="([^"]*)"', index)
    assert links
    assert [link for link in links if not (folder / link).is_file()] == []
    assert not [page for page in folder.rglob("*.html") if str(files[1].parent) in page.read_text(encoding="utf-8")]


def test_data_docs_need_no_other_network(files: tuple[Path, Path], tmp_path: Path) -> None:
    build_docs(files[1], tmp_path / "docs", "1GB", 2)
    asked = re.compile(r'<(?:script|img|link)\b[^>]*\b(?:src|href)="https?:|newsletter|<script')
    found = {page.name: asked.findall(page.read_text(encoding="utf-8")) for page in (tmp_path / "docs").rglob("*.html")}
    assert found
    assert [name for name, outside in found.items() if outside] == []


def test_without_a_comparable_release_there_is_nothing_to_compare(files: tuple[Path, Path], tmp_path: Path) -> None:
    older = tmp_path / "trade.duckdb"
    with duckdb.connect(str(older)) as con:
        con.execute(RELEASE + "alter table marts.claim_check rename verdict to judgement")
    alone = {result.check.name: result for result in run_checks(files[1], None, "1GB", 2)}
    assert all(result.passed for result in alone.values())
    assert alone["trade_volume_by_source"].observed == "no earlier release to compare with"
    compared = {result.check.name: result for result in run_checks(files[1], older, "1GB", 2)}
    assert all(result.passed for result in compared.values())
    assert "another layout" in compared["claim_verdict_unchanged"].observed
    assert compared["trade_volume_by_source"].observed.startswith("no failures in ")


def test_a_query_that_breaks_is_a_failed_check_with_the_reason(
    files: tuple[Path, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    sound = next(rule for rule in RULES if rule.check.name == "trade_below_ceiling")
    rule = sound.model_copy(update={"breaking": "select no_such_column from judged"})
    (result,) = Judge([rule], files[1], None, "1GB", 2).results()
    assert result.stops_release
    assert "no_such_column" in result.observed
    assert capfd.readouterr() == ("", ""), "the gate speaks through its results alone"
