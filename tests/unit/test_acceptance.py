"""A person accepts rows of a check for a time: those rows, with those amounts, until that day, and no other."""

from __future__ import annotations

import shlex
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from release_breaks import GACC, RELEASE

from expectations.acceptance import Acceptance, SignedRow, judged_signatures
from expectations.checks import Check, Result
from expectations.release import RULES, offending_rows
from expectations.release.rule import Rule
from expectations.release.runner import Accepted, Judge
from flows import pipeline, recording
from flows.errors import EntrepotError
from flows.ledger import Ledger, utc_now
from flows.releases import acceptance, gate_report

TODAY = date(2026, 11, 27)
CHECK = "trade_not_negative"
KEY, OTHER = "gacc_quoted/RRR/BBB/X/TOTAL/2020", "gacc_quoted/RRR/BBB/M/TOTAL/2020"


def accepting(*rows: SignedRow, until: date = TODAY, **more: Any) -> Acceptance:
    known: dict[str, Any] = {"acceptance_id": "one", "check": CHECK, "reason": "printed so", "accepted_by": "an editor"}
    return Acceptance(rows=list(rows), until=until, accepted_at=utc_now(), **{**known, **more})


def row(key: str = KEY, **figures: Any) -> SignedRow:
    return SignedRow(key=key, row={"value_usd": 100.0, **figures})


@pytest.mark.parametrize(
    ("acceptance", "failing", "state"),
    [
        (accepting(row()), [{"value_usd": 100.0}], "accepted"),
        (accepting(row()), [{"value_usd": 109.0, "line": 9, "n_partners": 3}], "accepted"),
        (accepting(row()), [{"value_usd": 112.0}], "changed"),
        (accepting(row()), [{"value_usd": -100.0}], "changed"),
        (accepting(row()), [{"value_usd": None}], "changed"),
        (accepting(row()), [{"value_usd": 100.0, "net_weight_kg": 1.0}], "changed"),
        (accepting(row()), [{"value_usd": 100.0}, {"value_usd": 100.0}], "changed"),
        (accepting(row(), row(value_usd=7.0)), [{"value_usd": 7.0}, {"value_usd": 100.0}], "accepted"),
        (accepting(row()), [], "gone"),
        (accepting(row(), is_shipped=True), [], None),
        (accepting(row(), until=TODAY - timedelta(days=1)), [{"value_usd": 100.0}], "lapsed"),
        (accepting(row(), until=TODAY - timedelta(days=1)), [], None),
        (accepting(row(), withdrawn_at=utc_now(), withdrawn_by="an editor"), [{"value_usd": 100.0}], None),
        (accepting(row(), check="another"), [{"value_usd": 100.0}], None),
    ],
)
def test_what_becomes_of_a_signed_row(acceptance: Acceptance, failing: list[dict[str, Any]], state: str | None) -> None:
    found = judged_signatures([acceptance], CHECK, {KEY: failing} if failing else {}, TODAY)
    assert [each.state for each in found] == ([state] if state else [])
    assert all("an editor" in each.sentence for each in found)


def test_of_two_acceptances_of_a_row_the_one_that_counts_decides() -> None:
    over = accepting(row(), acceptance_id="over", until=TODAY - timedelta(days=1))
    counting = accepting(row(), acceptance_id="counting")
    (found,) = judged_signatures([counting, over], CHECK, {KEY: [{"value_usd": 100.0}]}, TODAY)
    assert (found.acceptance_id, found.state) == ("counting", "accepted")


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release in miniature with two rows that fail one check."""
    path = tmp_path_factory.mktemp("spoilt") / "trade.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(RELEASE)
        con.execute("update core.fct_trade set net_weight_kg = -1 where period_code = '2020' and partner_code = 'BBB'")
        con.execute("delete from core.fct_trade where period_code = '2020' and reporter_code <> 'RRR'")
    return path


def rule(name: str = CHECK) -> Rule:
    return next(each for each in RULES if each.check.name == name)


def judged(path: Path, *acceptances: Acceptance, today: date = TODAY) -> Result:
    (result,) = Judge([rule()], path, None, "1GB", 2, Accepted(acceptances, today)).results()
    return result


def test_an_accepted_row_hides_no_other_row_of_its_check(spoilt: Path) -> None:
    rows = {each.key: each for each in offending_rows(CHECK, spoilt, None, "1GB", 2, 100)}
    assert set(rows) == {KEY, OTHER}
    plain, one, both = judged(spoilt), judged(spoilt, accepting(rows[KEY])), judged(spoilt, accepting(*rows.values()))
    assert (plain.failing_rows, set(plain.keys), plain.verdict) == (2, {KEY, OTHER}, "error")
    assert (one.failing_rows, one.keys, one.verdict, len(one.accepted)) == (1, [OTHER], "error", 1)
    assert one.observed.startswith("1 case and 1 accepted in ")
    assert (both.failing_rows, both.keys, both.verdict, len(both.accepted)) == (0, [], "accepted", 2)
    assert both.passed
    later = judged(spoilt, accepting(*rows.values()), today=TODAY + timedelta(days=1))
    assert (later.verdict, later.failing_rows) == ("error", 2)
    assert "has passed" in gate_report.told([later])[0]


def test_keys_tell_values_apart_that_hold_a_slash() -> None:
    other = rule("customs_names_listed").model_copy(update={"key_columns": ("a", "b")})
    with duckdb.connect() as con:
        rows = "(values ('x/y', 'z'), ('x', 'y/z'), ('x%2Fy', null)) as given (a, b)"
        keys = {key for (key,) in con.execute(f"select {other.row_key} from {rows}").fetchall()}
    assert keys == {"x%2Fy/z", "x/y/z", "x%252Fy/"}
    assert rule("file_on_record").row_key == "'core.dim_raw_file'"


@pytest.fixture
def stopped(ledger: Ledger, spoilt: Path) -> Ledger:
    """A warehouse whose newest run the gate stopped."""
    run = ledger.start("run", {}, "code")
    run.checks = [judged(spoilt).model_dump(mode="json")]
    ledger.finish(run, "gate_failed", "It failed.")
    return ledger


def test_the_failing_gate_names_the_command_that_accepts_its_rows(stopped: Ledger) -> None:
    (run,) = stopped.runs()
    message = gate_report.message(stopped.settings, gate_report.results_of(run))
    assert "Nothing was published: 1 check failed." in message
    assert GACC in message, "a file that is not on record is called by its id"
    (command,) = [line.strip() for line in message.splitlines() if line.strip().startswith("entrepot accept")]
    words = shlex.split(command)
    assert words[2] == CHECK
    named = [words[at + 1] for at, word in enumerate(words) if word == "--rows"]
    done = acceptance.accept(stopped, CHECK, named, date.fromisoformat(words[words.index("--until") + 1]), "so", "me")
    assert {each.key for each in done.rows} == {KEY, OTHER}
    assert [each.acceptance_id for each in stopped.acceptances() if not each.is_shipped] == [done.acceptance_id]


def test_the_form_of_the_prefect_ui_accepts_as_the_command_does(
    stopped: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(recording, "standing_settings", lambda: stopped.settings)
    monkeypatch.setattr(pipeline, "create_table_artifact", lambda **artifact: shown.append(artifact["table"]))
    state: Any = pipeline.accept_rows.fn(CHECK, utc_now().date(), "printed so", "an editor", (KEY,))
    (done,) = [each for each in stopped.acceptances() if not each.is_shipped]
    assert (state.name, [row.key for row in done.rows], done.accepted_by) == ("Accepted", [KEY], "an editor")
    assert shown == [acceptance.table([done])]
    assert "Accepted 1 row of trade_not_negative" in state.message
    refused: Any = pipeline.accept_rows.fn(CHECK, utc_now().date(), "printed so", "an editor", ("no such row",))
    assert refused.name == "Failed"
    assert refused.message.startswith("No row 'no such row' fails")


def test_all_rows_that_fail_now_can_be_accepted_at_once_and_withdrawn(stopped: Ledger) -> None:
    done = acceptance.accept(stopped, CHECK, ["all"], utc_now().date(), "printed so", "an editor")
    assert len(done.rows) == 2
    assert done.acceptance_id in {row["acceptance"] for row in acceptance.table(stopped.acceptances())}
    acceptance.withdraw(stopped, done.acceptance_id, "another editor")
    assert done.acceptance_id not in {row["acceptance"] for row in acceptance.table(stopped.acceptances())}
    (over,) = [row for row in acceptance.table(stopped.acceptances(), everything=True) if row["by"] == "an editor"]
    assert "withdrawn" in over["state"]
    assert "another editor" in over["state"]
    with pytest.raises(EntrepotError, match="no acceptance"):
        acceptance.withdraw(stopped, done.acceptance_id, "another editor")
    with pytest.raises(EntrepotError, match="ships with the project"):
        acceptance.withdraw(stopped, "shipped-1", "an editor")
    with pytest.raises(EntrepotError, match="no acceptance"):
        acceptance.withdraw(stopped, "../../trade", "an editor")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"rows": ["nobody"]}, "No row 'nobody' fails trade_not_negative. Rows that do: gacc_quoted"),
        ({"rows": []}, "Name the rows"),
        ({"until": TODAY - timedelta(days=400)}, "has passed"),
        ({"reason": " "}, "why the rows are right"),
        ({"accepted_by": ""}, "who accepts them"),
        ({"check": "no_such_check"}, "No check 'no_such_check' fails"),
        ({"run_id": "20260101T000000000-0000"}, "There is no run"),
    ],
)
def test_what_cannot_be_accepted_is_said_in_a_sentence(stopped: Ledger, asked: dict[str, Any], says: str) -> None:
    known = {"check": CHECK, "rows": ["all"], "until": utc_now().date(), "reason": "so", "accepted_by": "me"}
    with pytest.raises(EntrepotError) as refused:
        acceptance.accept(stopped, **{**known, **asked})
    assert says in str(refused.value)
    assert not [each for each in stopped.acceptances() if not each.is_shipped]


def test_rows_of_dbts_own_tests_are_not_for_accepting(ledger: Ledger) -> None:
    run = ledger.start("run", {}, "code")
    found = Result(check=Check(name="keys", table="core.fct_trade", description="unique", kind="dbt"), passed=False)
    run.checks = [found.model_dump(mode="json")]
    ledger.finish(run, "failed", "It failed.")
    with pytest.raises(EntrepotError, match="test of dbt"):
        acceptance.accept(ledger, "keys", ["all"], utc_now().date(), "so", "me")


def test_a_record_of_an_acceptance_that_cannot_be_read_counts_for_nothing(
    stopped: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    done = acceptance.accept(stopped, CHECK, ["all"], utc_now().date(), "so", "me")
    path = stopped.settings.runs / "acceptances" / f"{done.acceptance_id}.json"
    path.write_text("", encoding="utf-8")
    assert not [each for each in stopped.acceptances() if not each.is_shipped]
    assert str(path) in caplog.text
