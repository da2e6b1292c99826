"""What was known when, and what changed since: answers about the past stand, and what is built twice is the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from flows.ledger import Ledger
from flows.releases import place
from flows.settings import Settings
from flows.steps import build, land
from tests.conftest import Home
from tests.opened import copy_release
from tests.part_build import call_dbt
from tests.release_content import OF_THE_RUN, content
from tests.worlds import Shown

KEY = "source_code, reporter_code, partner_code, flow_code, product_key, period_code"
FIGURES = "value_usd, value_original, original_currency_code, net_weight_kg, quantity, quantity_unit_code"
FACTS = (
    "(select *, true as is_additive from {0}core.fct_trade "
    "union all select *, false as is_additive from {0}core.fct_trade_total)"
)
ALL_BUT_LINEAGE = "* exclude (file_id, line)"
NOT_A_CELL = "exclude (file_id, line, vintage_number, known_from, known_to, is_current)"
REVISED = {"comtrade_api", "comtrade_bulk", "baci"}


@pytest.fixture
def con(shown: Shown) -> Iterator[duckdb.DuckDBPyConnection]:
    """The three releases of the demo side by side, as one, two and trade."""
    one, two, three = shown.releases
    with duckdb.connect() as connection:
        for name, path in (("one", one), ("two", two), ("trade", three)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        connection.execute("use trade")
        yield connection


def differing(con: duckdb.DuckDBPyConnection, left: str, right: str) -> list[tuple[Any, ...]]:
    """Rows only one of two queries gives."""
    return con.execute(f"(({left}) except all ({right})) union all (({right}) except all ({left}))").fetchall()


def built_at(con: duckdb.DuckDBPyConnection, release: str) -> str:
    row = con.execute(f"select built_at from {release}.core.dim_release where is_this_release").fetchone()
    assert row is not None
    return str(row[0])


def as_of(release: str, moment: str) -> str:
    """trade_asof of a release attached under another name than `trade`, where the macro itself can not be called."""
    return (
        f"select * {NOT_A_CELL} from {release}.core.fct_trade_vintage where known_from <= timestamp '{moment}' "
        f"and (known_to is null or known_to > timestamp '{moment}')"
    )


@pytest.mark.parametrize(("then", "later"), [("one", "two"), ("one", "trade"), ("two", "trade")])
def test_a_time_before_revisions_gives_the_old_answer_for_ever(
    con: duckdb.DuckDBPyConnection, then: str, later: str
) -> None:
    known = f"select {ALL_BUT_LINEAGE} from {FACTS.format(then + '.')}"
    now = f"select {ALL_BUT_LINEAGE} from {FACTS.format(later + '.')}"
    assert differing(con, known, now) != [], "nothing was revised in between"
    columns = ", ".join(name for name, *_ in con.execute(f"describe {known}").fetchall())
    assert differing(con, f"select {columns} from ({as_of(later, built_at(con, then))})", known) == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_as_of_now_is_the_current_view(shown: Shown, number: int) -> None:
    with duckdb.connect(str(shown.releases[number]), read_only=True) as release:
        now = f"select {KEY}, {FIGURES}, n_reports, is_additive from "
        facts = now + FACTS.format("")
        assert differing(release, now + "core.trade_asof(now()::timestamp)", facts) == []
        assert differing(release, now + "core.fct_trade_vintage where is_current", facts) == []
        cells = f"select {KEY} from core.fct_trade_vintage where is_current group by all having count(*) > 1"
        assert release.execute(cells).fetchall() == []


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Pacific/Auckland"])
def test_what_is_known_now_is_the_same_in_every_time_zone(shown: Shown, zone: str) -> None:
    """The files have just come in: the clock of a reader west of Greenwich shows an hour before that."""
    offset = f"{datetime.now(ZoneInfo(zone)):%z}"
    moment = f"(now() at time zone '{zone}')::varchar || '{offset[:3]}:{offset[3:]}'"
    with duckdb.connect(str(shown.releases[-1]), read_only=True) as release:
        release.execute(f"set timezone = '{zone}'")
        wanted = release.execute("select count(*) from core.fct_trade_vintage where is_current").fetchone()
        for now in ("now()", moment, "now() at time zone 'UTC'", "(now() at time zone 'UTC')::varchar"):
            assert release.execute(f"select count(*) from core.trade_asof({now})").fetchone() == wanted, now
        before = release.execute("select count(*) from core.trade_asof(now() - interval 1 day)").fetchone()
        assert before != wanted


def test_what_was_said_again_unchanged_is_no_vintage(con: duckdb.DuckDBPyConnection) -> None:
    changed = con.execute("select distinct source_code from core.fct_trade_vintage where vintage_number > 1").fetchall()
    assert {source for (source,) in changed} == REVISED
    # files of the revised partitions came again with most of their cells as they were
    again = con.execute(
        "select count(*), max(cell.vintage_number) from trade.core.fct_trade_vintage as cell "
        "join trade.core.dim_raw_file as file using (file_id) where cell.is_current and not file.is_current"
    ).fetchone()
    assert again is not None
    assert again[0] > 0
    assert again[1] == 1


def test_revision_lists_each_change_between_two_releases_once(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("select count(*) from one.marts.revision").fetchone() == (0,)
    for before, after in (("one", "two"), ("two", "trade")):
        for release, column in ((before, "before_"), (after, "")):
            facts = f"(select {KEY}, {FIGURES} from {FACTS.format(release + '.')})"
            other = f"(select {KEY}, {FIGURES} from {FACTS.format((after if release == before else before) + '.')})"
            renamed = FIGURES.replace("value", f"{column}value").replace("original_c", f"{column}original_c")
            renamed = renamed.replace("net", f"{column}net").replace("quantity", f"{column}quantity")
            renamed = renamed.replace(f"value_{column}original", "value_original")
            listed = (
                f"select {KEY}, {renamed} from {after}.marts.revision "
                f"where cause <> 'concordance' and {column}file_id is not null"
            )
            assert differing(con, listed, f"from {facts} except from {other}") == []


OF_ONE_CELL = "where rowid = (select min(rowid) from core.fct_trade_revision where was_published and is_current)"
WRONG_LISTS = (
    f"delete from core.fct_trade_revision {OF_ONE_CELL}",
    f"update core.fct_trade_revision set before_value_usd = before_value_usd + 1 {OF_ONE_CELL}",
    f"update core.fct_trade_revision set was_published = false {OF_ONE_CELL}",
    f"insert into core.fct_trade_revision from core.fct_trade_revision {OF_ONE_CELL}",
)


def test_a_change_that_is_not_listed_stops_the_release(shown: Shown, tmp_path: Path) -> None:
    before, after, _ = shown.releases
    settings = Settings(warehouse=tmp_path)
    settings.landed.symlink_to(shown.settings.landed)
    asked = ("test", "--select", "assert_revision_lists_every_change")
    call_dbt(settings, copy_release(after, tmp_path / "copy" / "trade.duckdb"), *asked, last_release=before)
    for wrong in WRONG_LISTS:
        candidate = copy_release(after, tmp_path / "copy" / "trade.duckdb")
        with duckdb.connect(str(candidate)) as con:
            assert con.execute(wrong).fetchone() == (1,)
        with pytest.raises(AssertionError, match="assert_revision_lists_every_change"):
            call_dbt(settings, candidate, *asked, last_release=before)


def test_each_change_has_the_cause_the_publishers_gave_it(con: duckdb.DuckDBPyConnection) -> None:
    def causes(release: str) -> dict[str, set[str]]:
        found = con.execute(f"select source_code, cause from {release}.marts.revision group by all").fetchall()
        return {source: {cause for other, cause in found if other == source} for source, _ in found}

    revised, outage = causes("two"), causes("trade")
    assert {source for source, found in revised.items() if "revision" in found} == REVISED
    # the stand-in's revision of a year takes a cell back, too
    assert {source for source, found in revised.items() if "withdrawn" in found} == {"comtrade_api", "comtrade_bulk"}
    assert "code" not in set().union(*revised.values(), *outage.values()), "the code was the same"
    assert {source for source, found in outage.items() if "new_report" in found} == {"comtrade_api", "comtrade_bulk"}
    new = con.execute(
        "select distinct reporter_code, year_number from trade.marts.revision where cause = 'new_report'"
    ).fetchall()
    assert new == [("KAZ", 2024)]


def test_statistic_of_revisions_equals_that_of_the_two_releases(con: duckdb.DuckDBPyConnection) -> None:
    """China's year 2023 came anew; its other years came once and say nothing of revisions."""
    expected = con.execute(
        "select count(*), count(*) filter (where new.value_usd > old.value_usd), "
        "100 * avg(new.value_usd::double / old.value_usd - 1), "
        "100 * avg(abs(new.value_usd::double / old.value_usd - 1)), "
        "100 * sum(abs(new.value_usd - old.value_usd))::double / sum(new.value_usd) "
        f"from one.core.fct_trade as old join trade.core.fct_trade as new using ({KEY}) "
        "where source_code = 'comtrade_bulk' and reporter_code = 'CHN' and flow_code = 'X' and period_code = '2023'"
    ).fetchone()
    found = con.execute(
        "select n_reissued, n_upward, mean_revision_pct, mean_absolute_revision_pct, relative_absolute_revision_pct "
        "from trade.marts.revision_statistic where source_code = 'comtrade_bulk' and reporter_code = 'CHN' "
        "and flow_code = 'X' and freq_code = 'A'"
    ).fetchone()
    assert expected is not None
    assert found is not None
    assert found[:2] == expected[:2]
    assert found[3] > 0
    assert found[2:] == pytest.approx(expected[2:], rel=1e-6)


# -- building again -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rebuilt:
    """A candidate made a second time from the raw files of a release, and that release."""

    settings: Settings
    release: Path
    candidate: Path
    before: Path | None


def rebuild(settings: Settings, release: Path) -> Rebuilt:
    """Land every raw file again into a new landed.duckdb and build; dbt's tests passed when the release was made."""
    settings.landed.unlink()
    ledger = Ledger(settings)
    land.prepare(settings)
    for record in land.pending(settings, ledger):
        land.land_file(settings, ledger, record)
    with ledger.writing():
        run = ledger.start("run", build.versions(), build.code_fingerprint())
        run.input_fingerprint = build.input_fingerprint(settings, [])
        candidate = build.build(settings, ledger, run, "--exclude-resource-type", "test", "unit_test")
    published = ledger.published_run_id()
    return Rebuilt(settings, release, candidate, place.release_path(settings, published) if published else None)


@pytest.fixture(scope="module")
def rolled_back(shown: Shown, tmp_path_factory: pytest.TempPathFactory) -> Rebuilt:
    """The demo's warehouse, rolled back to its second release and built again, as a republish would."""
    folder = tmp_path_factory.mktemp("rolled-back") / "demo"
    shutil.copytree(shown.settings.warehouse, folder, symlinks=True)
    settings = shown.settings.model_copy(update={"warehouse": folder})
    place.point_to(settings, shown.releases[1].parent.name)
    return rebuild(settings, shown.releases[2])


@pytest.fixture(scope="module")
def from_nothing(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Rebuilt:
    """The bundled figures, with nothing left but the raw files and the runs."""
    home = published.copy_without_exports(tmp_path_factory.mktemp("from-nothing") / "home")
    home.settings.published.unlink()
    shutil.rmtree(home.settings.releases)
    return rebuild(home.settings, published.settings.published.resolve())


@pytest.mark.parametrize("which", [pytest.param("rolled_back", marks=pytest.mark.e2e), "from_nothing"])
def test_a_rebuild_from_the_same_raw_files_gives_identical_tables(request: pytest.FixtureRequest, which: str) -> None:
    rebuilt: Rebuilt = request.getfixturevalue(which)
    before, after = content(rebuilt.release), content(rebuilt.candidate)
    assert set(before) - set(after) == {"meta.check_result", "meta.accepted_row"}
    assert set(after) <= set(before)
    compared = set(after) - set(OF_THE_RUN)
    assert sum(table.startswith(("core.", "marts.")) for table in compared) > 60
    assert {table for table in compared if before[table] != after[table]} == set()


def test_a_rollback_and_a_republish_change_no_answer_about_the_past(
    con: duckdb.DuckDBPyConnection, rolled_back: Rebuilt
) -> None:
    answers = []
    for path in (rolled_back.release, rolled_back.candidate):
        with duckdb.connect(str(path), read_only=True) as release:
            asked = [
                f"select count(*), sum(hash(t)::hugeint) from core.trade_asof('{built_at(con, r)}') t"
                for r in ("one", "two")
            ]
            answers.append([release.execute(question).fetchone() for question in asked])
    once, again = answers
    assert once == again
    assert once[0] != once[1]


def test_releases_are_listed_in_order_with_the_one_readers_had(rolled_back: Rebuilt) -> None:
    with duckdb.connect(str(rolled_back.candidate), read_only=True) as con:
        found = con.execute(
            "select run_id, published_at is not null, is_last_release, is_this_release from core.dim_release "
            "order by release_number"
        ).fetchall()
    assert rolled_back.before is not None
    assert [row[1:] for row in found] == [
        (True, False, False),
        (True, True, False),
        (True, False, False),
        (False, False, True),
    ]
    assert found[1][0] == rolled_back.before.parent.name
    assert found[3][0] == rolled_back.candidate.parent.name


def test_what_other_rules_made_is_told_from_what_was_reported(rolled_back: Rebuilt, tmp_path: Path) -> None:
    """The last release as if older code had made it: values doubled, a cell more, some less, another conversion."""
    assert rolled_back.before is not None
    older, candidate = tmp_path / "older" / "trade.duckdb", tmp_path / "trade.duckdb"
    copy_release(rolled_back.before, older)
    copy_release(rolled_back.candidate, candidate)
    with duckdb.connect(str(older)) as con:
        con.execute(
            "update core.trade_cell set value_usd = 2 * value_usd where source_code = 'gacc_bulletin' and is_additive"
        )
        con.execute(
            "delete from core.trade_cell where source_code = 'imf_imts' and reporter_code = 'RUS' and is_additive"
        )
        con.execute(
            "insert into core.trade_cell select * replace ('cbr' as source_code) from core.trade_cell "
            "where source_code = 'census' and is_additive limit 1"
        )
        product, revision, weight = otherwise_converted(con)
    with duckdb.connect(str(candidate), read_only=True) as con:
        reported = con.execute(BY_CAUSE).fetchall()
        expected = {
            ("code", source): count
            for source, count in con.execute(
                "select source_code, count(*) from core.fct_trade where source_code = 'gacc_bulletin' "
                "or source_code = 'imf_imts' and reporter_code = 'RUS' group by all"
            ).fetchall()
        }
        standing = con.execute(
            f"select 'concordance', source_code, count(*) from core.fct_trade anti join marts.revision using ({KEY}) "
            "where product_key = ? group by all",
            [product],
        ).fetchall()
    revise(rolled_back.settings, candidate, older)
    with duckdb.connect(str(candidate), read_only=True) as con:
        found = {(cause, source): count for cause, source, count in con.execute(BY_CAUSE).fetchall()}
        gone = con.execute("select value_usd, cause from marts.revision where source_code = 'cbr'").fetchall()
        halved = con.execute(
            "select min(value_usd / before_value_usd), max(value_usd / before_value_usd), "
            "sum(rules_difference_usd) = sum(difference_usd), sum(abs(report_difference_usd)) "
            "from marts.revision where source_code = 'gacc_bulletin' and cause = 'code'"
        ).fetchone()
        moved = con.execute("select product_key, to_revision, moved_share from core.fct_conversion_revision").fetchall()
    assert standing
    assert gone == [(None, "code")]
    expected = expected | {("code", "cbr"): 1} | {(cause, source): count for cause, source, count in standing}
    assert found == expected | {(cause, source): count for cause, source, count in reported}
    assert halved == (0.5, 0.5, True, 0)
    assert [row[:2] for row in moved] == [(product, revision)]
    assert float(moved[0][2]) == pytest.approx(weight, abs=1e-11)


BY_CAUSE = "select cause, source_code, count(*) from marts.revision group by all"


def otherwise_converted(con: duckdb.DuckDBPyConnection) -> tuple[str, str, float]:
    """Let one part of a traded product go to no code there is; the product, the HS revision, and the part."""
    row = con.execute(
        "select from_product_key, to_revision, to_product_key, weight from core.bridge_product_revision "
        "where from_product_key in (select product_key from core.fct_trade where source_code = 'comtrade_bulk') "
        "order by weight, from_product_key, to_product_key limit 1"
    ).fetchone()
    assert row is not None, "no traded product is converted"
    product, revision, part, weight = row
    con.execute(
        "update core.bridge_product_revision set to_product_key = to_revision || ':none' "
        "where from_product_key = ? and to_product_key = ?",
        [product, part],
    )
    return product, revision, weight


def revise(settings: Settings, candidate: Path, last_release: Path) -> None:
    """Compare the candidate anew with another last release."""
    compared = ("fct_trade_revision", "fct_conversion_revision", "revision")
    call_dbt(settings, candidate, "run", "--select", *compared, last_release=last_release)
