"""The gate before a public place, on a release in miniature that is broken in one way at a time."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from flows import verbs
from flows.cli import export_commands, main
from flows.errors import EntrepotError, LicenceRefused, PublishRefused
from flows.exports import parquet
from flows.ledger import Ledger, Run, RunState
from flows.releases import licence
from flows.settings import Settings
from flows.steps import build, land

# One free source, one that is not (`comtrade_api`, by today's contract too) and of which nothing landed.
_RELEASE = """
create schema core; create schema marts; create schema meta;
create table core.dim_source (
    source_code varchar, publisher varchar, licence varchar, landing_page varchar, is_redistributable boolean
);
insert into core.dim_source values
    ('ecb', 'A bank', 'free', '', true), ('comtrade_api', 'An office', 'internal use', '', false);
create table core.dim_raw_file (file_id varchar, source_code varchar, row_count bigint, known_from timestamp);
insert into core.dim_raw_file values
    ('ecb/rate/2024/abc', 'ecb', 3, '2025-01-01'), ('comtrade_api/trade/A-156/abc', 'comtrade_api', 0, '2025-01-01');
create table core.fct_trade (source_code varchar, file_id varchar, value_usd integer);
insert into core.fct_trade select 'ecb', 'ecb/rate/2024/abc', range from range(3);
create table marts.bilateral_year (turnover_source_code varchar, turnover_usd integer);
insert into marts.bilateral_year values ('ecb', 1), (null, 2);
create table marts.partner_rank (rank_best integer);
insert into marts.partner_rank values (1), (2);
create table marts.empty (rank_best integer);
create table meta.table_source (schema_name varchar, table_name varchar, source_code varchar);
insert into meta.table_source values
    ('core', 'fct_trade', 'comtrade_api'), ('marts', 'partner_rank', 'comtrade_api'),
    ('marts', 'empty', 'comtrade_api');
create table meta.release (is_this_release boolean, built_at timestamp);
insert into meta.release values (true, '2026-01-01');
create table meta.dictionary (
    object_kind varchar, schema_name varchar, table_name varchar, column_name varchar, unit varchar
);
"""
_TARGET = Path("public")


@pytest.fixture
def release(tmp_path: Path) -> Path:
    path = tmp_path / "trade.duckdb"
    change(path, _RELEASE)
    return path


def change(path: Path, sql: str) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute(sql)


def test_what_is_all_free_goes_out_with_its_terms(settings: Settings, release: Path, tmp_path: Path) -> None:
    assert licence.holdings(settings, release) == []
    out = parquet.export_public(settings, release, "20260101T000000000-abcd", tmp_path / "public")
    assert sorted(path.stem for path in out.glob("*/*.parquet")) == [
        "bilateral_year", "dim_raw_file", "dim_source", "empty", "fct_trade", "partner_rank",
    ]  # fmt: skip
    terms = (out / "SOURCES.md").read_text(encoding="utf-8")
    assert "- A bank (`ecb`), no page; loaded here on 1 January 2025. Free." in terms
    assert "comtrade_api" not in (out / "datapackage.json").read_text(encoding="utf-8")
    assert "An office" not in terms


def test_texts_of_contracts_are_shown_and_not_obeyed_among_the_terms(release: Path) -> None:
    change(
        release,
        "update core.dim_source set publisher = 'A ' || chr(27) || '[31m<img src=x> bank', "
        "licence = '![x](http://a)' || chr(8238), landing_page = '<script>' where source_code = 'ecb'",
    )
    (line,) = [line for line in licence.attribution(release).splitlines() if line.startswith("-")]
    assert line == (
        r"- A \\x1b\[31m\<img src=x\> bank (`ecb`), \<script\>; loaded here on 1 January 2025. "
        r"\!\[x\](http://a)\\u202e."
    )


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (
            "update core.dim_raw_file set row_count = 7 where source_code = 'comtrade_api'",
            "comtrade_api (internal use): 7 landed rows, in published tables no row by name; tables computed from it: "
            "marts.partner_rank, core.fct_trade.",
        ),
        (
            "insert into core.fct_trade values ('comtrade_api', 'ecb/x', 1)",
            "0 landed rows, in published tables 1 row",
        ),
        (
            "insert into core.fct_trade values ('ecb', 'comtrade_api/x', 1)",
            "0 landed rows, in published tables 1 row",
        ),
        ("insert into marts.bilateral_year values ('ecb+comtrade_api', 1)", "1 row of marts.bilateral_year"),
        ("insert into core.fct_trade values ('found_in_the_street', null, 1)", "found_in_the_street (licence unknown)"),
        (
            "update core.dim_source set is_redistributable = false",
            "ecb (free): 3 landed rows, in published tables 3",
        ),
        ("update core.dim_source set is_redistributable = null where source_code = 'ecb'", "ecb (free)"),
    ],
    ids=["landed", "named", "by_file", "computed_of_two", "unknown", "free_no_more", "says_nothing"],
)  # fmt: skip
def test_one_row_too_many_is_refused_by_name_and_nothing_is_written(
    settings: Settings, release: Path, tmp_path: Path, broken: str, sentence: str
) -> None:
    change(release, broken)
    target = tmp_path / "public"
    with pytest.raises(LicenceRefused) as refusal:
        parquet.export_public(settings, release, "20260101T000000000-abcd", target)
    assert sentence in str(refusal.value)
    assert "--only-redistributable" in str(refusal.value)
    assert refusal.value.exit_code == 2
    assert not list(tmp_path.glob("public*"))


def test_a_contract_that_forbids_today_outweighs_the_release_that_allowed(settings: Settings, release: Path) -> None:
    change(
        release,
        "update core.dim_source set is_redistributable = true; "
        "update core.dim_raw_file set row_count = 7 where source_code = 'comtrade_api'",
    )
    with pytest.raises(LicenceRefused, match="comtrade_api"):
        licence.require_redistributable(settings, release, _TARGET)


def test_a_reduced_release_is_not_built_for_a_place_that_cannot_be_written_to_and_is_no_candidate_afterwards(
    settings: Settings, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Run] = []

    def build_reduced(*_: object, **__: object) -> Run:
        run = ledger.start("run", {}, "")
        run.left_out = ["comtrade_api"]
        built.append(ledger.finish(run, "built", ""))
        return run

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(export_commands, "get_settings", lambda: settings)
    monkeypatch.setattr(export_commands, "published_release", lambda: "20260101T000000000-abcd")
    monkeypatch.setattr(export_commands, "run_flow", build_reduced)
    monkeypatch.setattr(licence, "holdings", lambda *_: ["some"])
    monkeypatch.setattr(parquet, "export_public", fail)
    asked = partial(CliRunner().invoke, main.app)
    refused = asked(["export", "--public", "/proc/x", "--only-redistributable"])
    assert "/proc cannot be written to" in str(refused.exception)
    assert built == []
    failed = asked(["export", "--public", str(tmp_path / "public"), "--only-redistributable"])
    assert isinstance(failed.exception, OSError)
    assert ledger.run(built[0].run_id).state == "failed"
    with pytest.raises(EntrepotError, match="There is no built candidate"):
        verbs.publish(ledger, None)


def test_the_newest_candidate_is_not_published_unasked_where_it_lacks_sources(
    settings: Settings, ledger: Ledger
) -> None:
    def run(state: RunState, *left_out: str) -> Run:
        made = ledger.start("run", {}, "")
        made.left_out = list(left_out)
        (settings.builds / made.run_id).mkdir(parents=True)
        (settings.builds / made.run_id / "trade.duckdb").touch()
        return ledger.finish(made, state, "")

    published = run("published", "baci")
    (settings.releases / published.run_id).mkdir(parents=True)
    (settings.releases / published.run_id / "trade.duckdb").touch()
    settings.published.symlink_to(f"releases/{published.run_id}/trade.duckdb")
    alike = run("built", "baci")
    assert verbs._newest_candidate(ledger) == alike.run_id
    reduced = run("built", "baci", "comtrade_api")
    with pytest.raises(EntrepotError, match=rf"without comtrade_api, .* `entrepot publish {reduced.run_id}`"):
        verbs._newest_candidate(ledger)


def test_a_folder_in_the_way_is_left_alone_and_so_are_neighbours(
    settings: Settings, release: Path, tmp_path: Path
) -> None:
    (tmp_path / "public-website").mkdir()
    (tmp_path / "public").mkdir()
    with pytest.raises(PublishRefused, match="move it away"):
        parquet.export_public(settings, release, "20260101T000000000-abcd", tmp_path / "public")
    (tmp_path / "public").rmdir()
    parquet.export_public(settings, release, "20260101T000000000-abcd", tmp_path / "public")
    parquet.export_public(settings, release, "20260102T000000000-abcd", tmp_path / "public")
    assert sorted(path.name for path in tmp_path.glob("public*")) == [
        "public", "public-20260102T000000000-abcd", "public-website",
    ]  # fmt: skip


def test_restricted_sources_are_those_of_the_contracts(settings: Settings) -> None:
    restricted = licence.restricted_sources(settings)
    assert {"comtrade_api", "comtrade_csv", "comtrade_extract"} <= set(restricted)
    assert not {"ecb", "baci", "imf_imts"} & set(restricted)
    assert build.sources_left_out(settings, only_redistributable=False) == []
    assert build.sources_left_out(settings, only_redistributable=True) == restricted
    always = settings.model_copy(update={"only_redistributable": True})
    assert build.sources_left_out(always, only_redistributable=False) == restricted


def test_what_is_built_without_a_source_is_another_input(settings: Settings, ledger: Ledger) -> None:
    land.prepare(settings)
    with land.landed(settings) as con:
        for source in ("ecb", "comtrade_api"):
            con.execute(
                "insert into raw.file (file_id, source_code, sha256, is_current) values (?, ?, ?, true)",
                [f"{source}/x", source, source],
            )
    whole = build.input_fingerprint(settings, [])
    without = build.input_fingerprint(settings, ["comtrade_api"])
    assert whole != without
    with land.landed(settings) as con:
        con.execute("delete from raw.file where source_code = 'comtrade_api'")
    assert build.input_fingerprint(settings, []) == without
