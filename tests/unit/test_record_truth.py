"""The record says what is so: after a kill at any step of publishing, beside stray files, and where it is damaged."""

from __future__ import annotations

import contextlib
import errno
import itertools
import json
import logging
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from prefect.exceptions import TerminationSignal

from flows import recording, verbs
from flows.cli import run_report
from flows.contracts.relations import workings_of
from flows.doctor import leftovers, release_files
from flows.errors import EntrepotError, PublishRefused
from flows.ledger import Ledger, Run, RunHead
from flows.machine import file_sha256
from flows.records import RunState
from flows.releases import metrics, place, retention
from flows.settings import Settings
from flows.steps import publish
from flows.transport.quotas import Quotas

BEFORE_IT_IS_PUBLISHED: tuple[RunState, ...] = ("running", "built", "gate_failed")
"""What the record of a run may say when its candidate is published: by its own run, or later."""
STRAYS = (".DS_Store", "._.DS_Store", "Thumbs.db", "notes.json", "empty.json", ".json", "@eaDir/more/and/more/x.json")


class Killed(BaseException):
    """The process is gone: nothing that would run afterwards runs."""


@pytest.fixture(autouse=True)
def _without_prefect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "describe", lambda settings, run, kind: None)
    monkeypatch.setattr(verbs, "followers", lambda settings, run_id: {})


def candidate(settings: Settings, ledger: Ledger, state: RunState = "running", workings: bool = True) -> Run:
    """A run that has built and audited a file, up to its publication; older versions build one without workings."""
    run = ledger.start("run", {}, "code")
    path = settings.builds / run.run_id / "trade.duckdb"
    path.parent.mkdir(parents=True)
    path.write_bytes(run.run_id.encode())
    if workings:
        workings_of(path).write_bytes(f"workings of {run.run_id}".encode())
        run.workings_sha256 = file_sha256(workings_of(path))
    run.candidate_sha256 = file_sha256(path)
    if state != "running":
        return ledger.finish(run, state, "")
    ledger.save(run)
    return run


def released(settings: Settings, ledger: Ledger, workings: bool = True) -> Run:
    run = candidate(settings, ledger, workings=workings)
    publish.publish(settings, ledger, run, settings.builds / run.run_id / "trade.duckdb")
    return run


def killed_before(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, work: Callable[[], object]) -> None:
    """Do `work` in a process that is killed before it calls `name`; a later one begins."""
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, lambda *arguments: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            work()


def test_a_run_stopped_by_a_signal_is_interrupted_whatever_error_has_become_of_it(ledger: Ledger) -> None:
    def stopped(number: int, _: object) -> None:
        raise TerminationSignal(signal.Signals(number))

    def work(run: Run) -> None:
        with contextlib.suppress(TerminationSignal):  # as DuckDB does, and Great Expectations makes an error of it
            signal.raise_signal(signal.SIGTERM)
        raise RuntimeError("Query interrupted")

    before = signal.signal(signal.SIGTERM, stopped)
    try:
        with pytest.raises(TerminationSignal):
            recording.recorded(ledger, "run", work)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ledger.runs()[-1].state == "interrupted"


PLACES = [(publish, "sync", 4), (publish, "point_to", 1), (place, "replace_link", 1), (place, "replace_link", 2)]
"""Where publishing calls what, for the how-many-eth time, after the candidate has moved."""


def at_call(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, nth: int, do: Callable[[], object]) -> None:
    """Let `do` happen just before `name` is called for the `nth` time."""
    calls, real = itertools.count(1), getattr(owner, name)

    def call(*arguments: object) -> object:
        if next(calls) == nth:
            do()
        return real(*arguments)

    monkeypatch.setattr(owner, name, call)


@pytest.mark.parametrize(("owner", "name", "nth"), PLACES)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_it_is_published_comes_after(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch,
    owner: object, name: str, nth: int, number: signal.Signals,
) -> None:  # fmt: skip
    """The run was on record as interrupted, its candidate lay among the releases, and the second link led there."""
    released(settings, ledger)

    def stopped(number: int, _: object) -> None:
        raise TerminationSignal(signal.Signals(number))

    def work(run: Run) -> None:
        ready = candidate(settings, ledger)
        run.candidate_sha256, run.workings_sha256 = ready.candidate_sha256, ready.workings_sha256
        (settings.builds / ready.run_id).replace(settings.builds / run.run_id)
        at_call(monkeypatch, owner, name, nth, lambda: signal.raise_signal(number))
        publish.publish(settings, ledger, run, settings.builds / run.run_id / "trade.duckdb")

    before = signal.signal(number, stopped)
    try:
        with pytest.raises(TerminationSignal):
            recording.recorded(ledger, "run", work)
    finally:
        signal.signal(number, before)
    (run,) = [run for run in ledger.runs() if run.run_id == ledger.published_run_id()]
    assert (run.state, settings.workings.resolve().parent.name) == ("published", run.run_id)
    assert "What follows the release was not all made: Interrupted." in run.notices[0]


@pytest.mark.parametrize(("owner", "name", "nth"), PLACES)
def test_a_disk_that_is_full_while_it_is_published_leaves_both_links_and_a_candidate(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, nth: int
) -> None:
    first, run = released(settings, ledger), candidate(settings, ledger)

    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(settings.warehouse))

    path = settings.builds / run.run_id / "trade.duckdb"
    at_call(monkeypatch, owner, name, nth, full)
    with pytest.raises(OSError, match="No space left"):
        publish.publish(settings, ledger, run, path)
    assert settings.published.read_text(encoding="utf-8") == first.run_id
    assert settings.workings.read_text(encoding="utf-8") == f"workings of {first.run_id}"
    assert path.is_file()
    assert not (settings.releases / run.run_id).exists()


def test_a_rollback_that_a_full_disk_stops_is_on_record_as_failed(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, second = released(settings, ledger), released(settings, ledger)

    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(settings.warehouse))

    at_call(monkeypatch, place, "replace_link", 2, full)
    with pytest.raises(OSError, match="No space left"):
        verbs._point_back(settings, ledger, None)
    assert settings.workings.resolve().parent.name == ledger.published_run_id() == second.run_id
    assert (ledger.runs()[-1].state, ledger.runs()[-1].message[:16]) == ("failed", "The disk is full")


@pytest.mark.parametrize("state", BEFORE_IT_IS_PUBLISHED)
def test_killed_between_the_link_and_the_record_is_published(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, state: RunState
) -> None:
    run = candidate(settings, ledger, state)
    path = settings.builds / run.run_id / "trade.duckdb"
    killed_before(monkeypatch, ledger, "finish", lambda: publish.publish(settings, ledger, run, path))
    assert (ledger.run(run.run_id).state, ledger.published_run_id()) == (state, run.run_id)
    (found_dead,) = [found for found in leftovers.examine(ledger).findings if found.check == "run_without_end"]
    assert found_dead.place == run.run_id
    (told,) = run_report.status(ledger)["runs"]
    assert (told["state"], told["was_killed"]) == ("published", True)
    assert run.run_id not in {found.place for found in release_files.examine(ledger).findings}
    with ledger.writing():
        found = ledger.run(run.run_id)
    assert (found.state, found.published_sha256) == ("published", run.candidate_sha256)
    assert found.message == f"Published release {run.run_id}."
    assert "ended without finishing; `entrepot publish" in found.notices[0]
    assert ledger.last_published() == RunHead.model_validate(found.model_dump())


@pytest.mark.parametrize("state", BEFORE_IT_IS_PUBLISHED)
def test_killed_between_the_rename_and_the_link_was_never_published(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, state: RunState
) -> None:
    first = released(settings, ledger)
    run = candidate(settings, ledger, state)
    path = settings.builds / run.run_id / "trade.duckdb"
    killed_before(monkeypatch, place, "swap_link", lambda: publish.publish(settings, ledger, run, path))
    assert not path.exists()
    assert run.run_id not in {found.place for found in release_files.examine(ledger).findings}, "not to be deleted"
    told = run_report.status(ledger)["runs"][-1]
    assert (told["state"], told["was_killed"]) == ("built", True)
    assert f"`entrepot publish {run.run_id}` publishes it" in told["message"]
    with ledger.writing():
        found = ledger.run(run.run_id)
        assert (found.state, ledger.published_run_id()) == ("built", first.run_id)
        assert path.read_bytes() == run.run_id.encode()
        assert workings_of(path).read_text(encoding="utf-8") == f"workings of {run.run_id}"
        assert not (settings.releases / run.run_id).exists()
        assert verbs._publish_chosen(settings, ledger, None).run_id == run.run_id == ledger.published_run_id()


def test_both_files_of_a_release_follow_the_links(settings: Settings, ledger: Ledger) -> None:
    old, first, second = (released(settings, ledger, workings) for workings in (False, True, True))
    assert sorted(path.name for path in settings.published.resolve().parent.iterdir()) == [
        "trade.duckdb", "workings.duckdb",
    ]  # fmt: skip
    for target in (first, second, first):
        place.point_to(settings, target.run_id)
        assert settings.published.read_text(encoding="utf-8") == target.run_id
        assert settings.workings.read_text(encoding="utf-8") == f"workings of {target.run_id}"
    place.point_to(settings, old.run_id)
    assert ledger.published_run_id() == old.run_id
    assert not settings.workings.is_symlink(), "a release of one file has no workings, and least of all another's"


@pytest.mark.parametrize("name", ["trade.duckdb", "workings.duckdb"])
def test_a_file_that_was_not_closed_is_not_published(settings: Settings, ledger: Ledger, name: str) -> None:
    run = candidate(settings, ledger)
    path = settings.builds / run.run_id / "trade.duckdb"
    path.with_name(f"{name}.wal").touch()
    with pytest.raises(PublishRefused, match=rf"{name} has a write-ahead log"):
        publish.publish(settings, ledger, run, path)
    assert path.is_file()
    assert ledger.published_run_id() is None


def test_killed_before_anything_moved_says_so(settings: Settings, ledger: Ledger) -> None:
    run = ledger.start("run", {}, "")
    with ledger.writing():
        assert ledger.run(run.run_id).state == "interrupted"
    assert "nothing of this run was published" in ledger.run(run.run_id).message


@pytest.mark.parametrize(
    ("step", "state"), [("point_to", "interrupted"), ("swap_link", "interrupted"), ("", "published")]
)
def test_a_rollback_killed_on_its_way_is_told_by_the_link(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, step: str, state: str
) -> None:
    first, second = released(settings, ledger), released(settings, ledger)
    back = lambda: verbs._point_back(settings, ledger, None)  # noqa: E731
    killed_before(monkeypatch, *((place, step) if step else (ledger, "finish")), back)
    assert ledger.published_run_id() == (first if state == "published" else second).run_id
    with ledger.writing():
        record = ledger.runs()[-1]
    assert (record.kind, record.state) == ("rollback", state)


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"cut off"), Path.unlink])
@pytest.mark.parametrize("name", ["trade.duckdb", "workings.duckdb"])
def test_a_release_that_is_no_longer_what_was_published_stays_unpublished(
    settings: Settings, ledger: Ledger, name: str, spoil: Callable[[Path], object]
) -> None:
    first, second = released(settings, ledger), released(settings, ledger)
    spoil(settings.releases / first.run_id / name)
    for again in (verbs._point_back, verbs._publish_chosen):
        with pytest.raises(EntrepotError, match=rf"Release {first.run_id} is damaged: .*{name} is not|no release"):
            again(settings, ledger, first.run_id)
    assert ledger.published_run_id() == second.run_id
    record = next(run for run in ledger.runs() if run.kind == "rollback") if name == "workings.duckdb" else None
    assert record is None or (record.state, "damaged" in record.message) == ("failed", True)


def test_a_candidate_whose_second_file_changed_is_not_published(settings: Settings, ledger: Ledger) -> None:
    run = candidate(settings, ledger)
    path = settings.builds / run.run_id / "trade.duckdb"
    workings_of(path).write_bytes(b"other")
    with pytest.raises(PublishRefused, match=r"workings.duckdb changed after the audit; build again"):
        publish.publish(settings, ledger, run, path)
    assert ledger.published_run_id() is None


def test_what_was_never_published_is_no_target_of_a_rollback(settings: Settings, ledger: Ledger) -> None:
    first = released(settings, ledger)
    stray = ledger.finish(ledger.start("run", {}, ""), "interrupted", "")
    second = released(settings, ledger)
    for name in (stray.run_id, "backup"):
        (settings.releases / name).mkdir()
        (settings.releases / name / "trade.duckdb").write_bytes(b"never audited")
    for name in (stray.run_id, "backup"):
        with pytest.raises(EntrepotError, match="never was published"):
            verbs._point_back(settings, ledger, name)
    with pytest.raises(EntrepotError, match="interrupted, not built and audited"):
        verbs._publish_chosen(settings, ledger, stray.run_id)
    assert ledger.published_run_id() == second.run_id
    assert verbs._point_back(settings, ledger, None)[1] == first.run_id
    with pytest.raises(EntrepotError, match="no earlier release"):
        verbs._point_back(settings, ledger, None)


def test_strays_are_left_alone_and_stop_nothing(
    settings: Settings, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = released(settings, ledger), released(settings, ledger)
    folders = [settings.builds, settings.runs, settings.quotas, settings.raw, settings.raw / "ecb"]
    folders += [settings.raw / "ecb" / "reference_rate", settings.raw / "ecb" / "reference_rate" / "2021"]
    folders += [settings.releases, settings.releases / first.run_id]
    strays = [folder / name for folder in folders for name in STRAYS]
    for path in strays:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"not": "ours"}' if path.name == "notes.json" else "", encoding="utf-8")
    with ledger.writing():
        ledger.tidy()
        retention.delete(retention.leftovers(settings, ledger, keep=5))
        assert verbs._point_back(settings, ledger, None)[1] == first.run_id
    assert [path for path in strays if not path.exists()] == []
    assert ledger.raw_files() == []
    assert ledger.latest_raw("ecb", "reference_rate", "2021") is None
    assert [run.run_id for run in ledger.runs()][:2] == [first.run_id, second.run_id]
    run_report.show_status(settings, ledger, as_json=False)
    assert first.run_id in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "5", '"x"', "{}", "\ufeff{}", "\x00"])
def test_a_record_that_cannot_be_read_is_told_and_stops_nothing(
    settings: Settings, ledger: Ledger, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    other, current = released(settings, ledger), released(settings, ledger)
    for run in (other, current):
        (settings.runs / f"{run.run_id}.json").write_text(text, encoding="utf-8")
    (settings.builds / other.run_id).mkdir(parents=True)
    settings.quotas.mkdir(parents=True)
    (settings.quotas / "www.example.org.json").write_text(text, encoding="utf-8")
    with ledger.writing():
        assert Quotas(settings).take("www.example.org", 1).requests == 0
        assert [run.state for run in ledger.runs()] == ["interrupted", "published"]
        with pytest.raises(EntrepotError):
            verbs._point_back(settings, ledger, None)
    run_report.show_status(settings, ledger, as_json=False)
    assert "cannot be read" in " ".join(capsys.readouterr().out.split())
    assert {each.kind for each in retention.leftovers(settings, ledger, keep=5)} == {"candidate"}
    with pytest.raises(EntrepotError, match="There is no run"):
        ledger.run("../runs/x")


@pytest.mark.parametrize("field", ["started_at", "finished_at", "built_at"])
def test_a_record_with_a_time_of_no_zone_is_none(settings: Settings, ledger: Ledger, field: str) -> None:
    """It cannot be told which of two is the later; whoever tried raised TypeError."""
    other, current = released(settings, ledger), released(settings, ledger)
    path = settings.runs / f"{other.run_id}.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), field: "2026-01-01"}), encoding="utf-8")
    assert run_report.status(ledger)["published"] == current.run_id
    assert metrics.text(ledger)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nothing")])
def test_a_record_that_is_no_file_is_told_and_stops_nothing(
    settings: Settings, ledger: Ledger, make: Callable[[Path], None]
) -> None:
    """Each was a traceback, or waited for ever, in every later command."""
    current = released(settings, ledger)
    make(settings.runs / "20200101T000000000-abcd.json")
    assert [run.run_id for run in ledger.runs()] == [current.run_id]
    assert run_report.status(ledger)["published"] == current.run_id


def test_a_sidecar_that_cannot_be_read_is_told_and_its_file_fetched_again(
    settings: Settings, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    folder = settings.raw / "ecb" / "reference_rate" / "2021"
    folder.mkdir(parents=True)
    for name in ("0123456789ab.csv", "0123456789ab.json"):
        (folder / name).write_text("", encoding="utf-8")
    with caplog.at_level(logging.WARNING), ledger.writing():
        ledger.tidy()
        assert ledger.raw_files() == []
        assert ledger.latest_raw("ecb", "reference_rate", "2021") is None
    assert "0123456789ab.json cannot be read" in caplog.text
    assert len(list(folder.iterdir())) == 2, "the evidence stays"


@pytest.mark.parametrize(
    "error", [OSError("disk full"), EntrepotError("no server"), ValueError("odd"), KeyboardInterrupt()]
)
def test_what_fails_after_publishing_never_makes_it_failed(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    def work(run: Run) -> None:
        path = settings.builds / run.run_id / "trade.duckdb"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"proven")
        run.candidate_sha256 = file_sha256(path)
        ledger.save(run)
        publish.publish(settings, ledger, run, path)
        verbs.follow(ledger, ledger.run(run.run_id), run.run_id)

    for place_of_failure in ("followers", "leftovers"):
        with monkeypatch.context() as patch:
            if place_of_failure == "followers":
                patch.setattr(verbs, "followers", lambda settings, run_id: {"The page": fail})
            else:
                patch.setattr(retention, "leftovers", fail)
            if isinstance(error, KeyboardInterrupt):
                with pytest.raises(KeyboardInterrupt):
                    recording.recorded(ledger, "run", work)
            else:
                assert getattr(recording.recorded(ledger, "run", work), "name") == "Published"  # noqa: B009
        run = ledger.runs()[-1]
        assert (run.state, ledger.published_run_id()) == ("published", run.run_id)
        assert len(run.notices) == 1


def test_a_server_that_goes_away_leaves_the_record_as_it_is(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(settings: Settings, run: Run, kind: str) -> None:
        raise ConnectionError("the server is gone")

    monkeypatch.setattr(recording, "describe", gone)
    state = recording.recorded(ledger, "run", lambda run: ledger.finish(run, "ingested", "1 new") and None)
    assert getattr(state, "name") == "Ingested"  # noqa: B009
    assert ledger.runs()[-1].state == "ingested"


def test_the_next_run_makes_the_exports_that_did_not_follow(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings.model_copy(update={"followers": ("parquet", "page")})
    run = released(settings, ledger)
    made: list[str] = []

    def make(name: str, link: str) -> Callable[[], object]:
        def step() -> None:
            place.make_export(settings.export / link, run.run_id, lambda folder: folder.mkdir(parents=True))
            made.append(name)

        return step

    steps = {"The Parquet export": make("parquet", "parquet"), "The page": make("page", "site")}
    monkeypatch.setattr(verbs, "followers", lambda settings, run_id: steps)
    ledger = Ledger(settings)
    assert place.exports_behind(settings, run.run_id) == ["parquet", "page"]
    steps["The page"]()
    verbs.catch_up(ledger, ledger.start("run", {}, ""))
    verbs.catch_up(ledger, ledger.start("run", {}, ""))
    assert made == ["page", "parquet"]
    stale = settings.export / "site-20200101T000000000-abcd"
    stale.mkdir()
    verbs.catch_up(ledger, ledger.start("run", {}, ""))
    assert not stale.exists()
    shutil.rmtree(settings.export / f"site-{run.run_id}")
    assert place.exports_behind(settings, run.run_id) == ["page"]


def test_an_export_that_keeps_failing_is_tried_in_two_runs_and_then_left_to_a_person(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(settings.model_copy(update={"followers": ("page",)}))
    run = released(ledger.settings, ledger)
    tried: list[str] = []

    def fail() -> None:
        tried.append("page")
        raise OSError("no room for the page.")

    monkeypatch.setattr(verbs, "followers", lambda settings, run_id: {"The page": fail})
    first = verbs.follow(ledger, run, run.run_id)
    assert first == [
        "The page failed; what is there is of an earlier release. no room for the page. The next run tries once more."
    ]
    later = [ledger.start("run", {}, "") for _ in range(3)]
    for each in later:
        verbs.catch_up(ledger, each)
    assert tried == ["page"] * 2
    assert [len(ledger.run(each.run_id).notices) for each in later] == [1, 0, 0], "told once, and no exit code 3 after"
    assert f"`entrepot publish {run.run_id}` makes it." in ledger.run(later[0].run_id).notices[0]
    verbs.publish(ledger, run.run_id)
    assert tried == ["page"] * 3, "a person who asks for it has it tried"
    other = released(ledger.settings, ledger)
    verbs.catch_up(ledger, ledger.start("run", {}, ""))
    assert tried == ["page"] * 4, f"another release, {other.run_id}, is another matter"


def test_status_says_of_a_killed_run_what_became_of_it(settings: Settings, ledger: Ledger) -> None:
    first = released(settings, ledger)
    killed = ledger.start("run", {}, "")
    told = run_report.status(ledger)
    assert [(run["run_id"], run["state"]) for run in told["runs"]] == [
        (first.run_id, "published"), (killed.run_id, "interrupted"),
    ]  # fmt: skip
    assert ledger.run(killed.run_id).state == "running", "to look changes nothing"
    with ledger.writing():
        assert ledger.run(killed.run_id).was_killed
        going_on = ledger.start("run", {}, "")
        assert [run["state"] for run in run_report.status(ledger)["runs"]] == ["published", "interrupted", "running"]
    assert run_report.status(ledger)["runs"][-1]["run_id"] == going_on.run_id


def test_what_a_killed_process_left_half_written_goes(settings: Settings, ledger: Ledger) -> None:
    halves = [
        settings.runs / ".x.json.1.tmp", settings.warehouse / ".a.1.new",
        settings.export / ".site.1.new", settings.dbt_home / ".build.1.new",
        settings.warehouse / "landed.duckdb.tmp" / "x",
    ]  # fmt: skip
    for path in halves:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    with ledger.writing():
        ledger.tidy()
    assert [path for path in halves if path.exists()] == []


def test_a_run_that_ends_between_two_looks_was_not_killed(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads "running" and then finds nobody at work may have missed the end."""
    run = candidate(settings, ledger)
    of_the_reader = Ledger(settings)

    def ends() -> str:
        if ledger.run(run.run_id).state == "running":
            ledger.finish(run, "nothing_to_do", "Nothing new came in.")
        return ""

    monkeypatch.setattr(of_the_reader, "holder", ends)
    (found,) = of_the_reader.runs_as_they_are()
    assert (found.state, found.was_killed) == ("nothing_to_do", False)
    running = candidate(settings, ledger)
    monkeypatch.setattr(of_the_reader, "holder", lambda: ledger.finish(running, "built", "") and "")
    assert "run_without_end" not in {found.check for found in leftovers.examine(of_the_reader).findings}


def test_an_older_candidate_is_published_only_by_its_name(settings: Settings, ledger: Ledger) -> None:
    older = candidate(settings, ledger, "built")
    newer = released(settings, ledger)
    deleted = candidate(settings, ledger, "built")
    shutil.rmtree(settings.builds / deleted.run_id)
    with pytest.raises(
        EntrepotError, match=rf"is older than release {newer.run_id}.* `entrepot publish {older.run_id}`"
    ):
        verbs.publish(ledger, None)
    assert ledger.published_run_id() == newer.run_id
    assert verbs.publish(ledger, older.run_id)[0].run_id == older.run_id == ledger.published_run_id()
