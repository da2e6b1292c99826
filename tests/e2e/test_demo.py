"""The demo as a person sees it, and what it leaves: all sources in, only the revised again, an outage survived."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import duckdb
import pytest

from flows.cli import demo
from flows.cli.demo import REVISIONS, live_sources
from flows.contracts import load_contracts
from flows.errors import EntrepotError
from flows.ledger import Ledger
from flows.settings import Settings
from tests.pair_files import unpacked
from tests.warm_entrepot import ENTREPOT
from tests.worlds import Shown


def test_it_tells_its_four_acts_and_how_to_look(shown: Shown) -> None:
    said = " ".join(shown.said.split())
    for title in (
        "1 From nothing",
        "2 Once more",
        "3 Revisions",
        "4 An outage and misprints",
        "The warehouse is yours to look at",
    ):
        assert title in said
    assert "Nothing to do: no new raw file, and the code is unchanged." in said
    assert "api.imf.org is out of order (503); the last good files are used" in said
    assert "exit code 3" in said
    for said_of in ("lost its unit column", "failed gacc/preliminary_country/2024-06-USD: "):
        assert said.index("4 An outage") < said.index(said_of), "what is misprinted is so from then on"
    assert f"ENTREPOT_WAREHOUSE={shown.settings.warehouse}" in said


def test_its_four_runs_ended_as_they_should(shown: Shown) -> None:
    runs = Ledger(shown.settings).runs()
    assert [run.state for run in runs] == ["published", "nothing_to_do", "published", "published"]
    first, again, revised, outage = runs
    assert {o.source for o in first.changed} == {*live_sources(Settings()), "hs_correlation"}
    assert not again.changed
    assert {o.source for o in revised.changed} == {name for revision in REVISIONS for name in revision.sources}
    assert {o.source for o in outage.changed} == {"comtrade_api", "comtrade_bulk", "gacc"}
    assert {str(o.partition) for o in outage.changed if o.source == "gacc"} == {"2024-04-X-USD"}
    assert "imf_imts" in {o.source for o in outage.failed}
    assert {o.partition for o in outage.failed if o.source == "gacc"} == {"2024-06-USD"}
    assert not [o for run in (first, again, revised) for o in run.failed]


def test_the_untouched_world_passes_without_a_warning(shown: Shown) -> None:
    first, *_, last = shown.releases
    failing = "select check_name from meta.check_result where not passed"
    with duckdb.connect(str(first), read_only=True) as one, duckdb.connect(str(last), read_only=True) as two:
        assert one.execute(failing).fetchall() == []
        assert one.execute("select count(*) > 100 from meta.check_result").fetchone() == (True,)
        assert ("customs_names_listed",) in two.execute(failing).fetchall(), "the units that were lost are told"


def test_what_it_says_to_type_answers(shown: Shown) -> None:
    (line,) = [line for line in shown.said.splitlines() if line.strip().startswith("ENTREPOT_") and ' sql "' in line]
    done = subprocess.run(line.strip(), shell=True, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "imf_imts" in done.stdout


def test_while_the_imf_is_down_its_last_good_figures_stand_in(shown: Shown) -> None:
    before, after = shown.releases[1], shown.releases[2]
    query = "select count(*), sum(value_usd) from core.fct_trade where source_code = 'imf_imts'"
    with duckdb.connect(str(before), read_only=True) as one, duckdb.connect(str(after), read_only=True) as two:
        assert one.execute(query).fetchone() == two.execute(query).fetchone() != (0, None)


def test_whatever_it_leaves_says_that_its_world_is_invented(shown: Shown) -> None:
    assert "Invented: China and Russia in this world" in " ".join(shown.said.split())
    export = shown.settings.export
    page = (export / "site" / "index.html").read_text(encoding="utf-8")
    assert "<title>Invented: " in page
    assert "Invented figures: a stand-in answered in place of" in page
    tables = sorted((export / "parquet").glob("*/*.parquet"))
    assert tables
    for table in tables:
        columns = duckdb.sql(f"describe from '{table}'").fetchall()
        assert "release_is_invented" in {name for name, *_ in columns}, table
    pairs = sorted((export / "site" / "pairs").glob("*.js"))
    assert pairs
    for pair in pairs:
        charts = unpacked(pair)["charts"].values()
        assert all(chart["title"].startswith("Invented: ") for chart in charts), pair
        assert all(row["release_is_invented"] is True for chart in charts for row in chart["rows"]), pair


def test_the_users_own_warehouse_and_foreign_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    for folder, warehouse in ((tmp_path / "mine", tmp_path / "w"), (tmp_path / "w", tmp_path / "w")):
        done = subprocess.run(
            [ENTREPOT, "demo", "--folder", str(folder)], capture_output=True, text=True, timeout=60, check=False,
            env=Settings().tool_environment(ENTREPOT_WAREHOUSE=str(warehouse)),
        )  # fmt: skip
        assert done.returncode == 1
        assert "was not made by a demo" in " ".join(done.stderr.split())
    assert (tmp_path / "mine" / "letter.txt").read_text(encoding="utf-8") == "dear"
    assert not list((tmp_path / "mine").glob(".entrepot*"))


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_the_publishers_go_with_the_demo_however_it_ends(tmp_path: Path, sign: signal.Signals) -> None:
    process = subprocess.Popen(
        [ENTREPOT, "demo", "--folder", str(tmp_path / "demo")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, start_new_session=True, env=Settings().tool_environment(COLUMNS="200"),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    )  # fmt: skip
    assert process.stdout is not None
    publishers = children_of(process, "standin")
    process.send_signal(sign)
    process.wait(timeout=60)
    wait_until_gone(publishers)


def children_of(process: subprocess.Popen[str], word: str) -> list[int]:
    """The children of a process whose command line holds `word`, once the process has said its first line."""
    assert process.stdout is not None
    assert "An invented world" in process.stdout.readline()
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8").split()
    found = [int(pid) for pid in listed if word in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")]
    assert found
    return found


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 20
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, "the stand-in outlived the demo"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be buried."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_without_the_checkout_it_says_so(tmp_path: Path) -> None:
    class Elsewhere(Settings):
        @property
        def root(self) -> Path:
            return tmp_path

    with pytest.raises(EntrepotError, match="needs the project's checkout"), demo.publishers(Elsewhere()):
        pass


def test_its_settings_are_its_own_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTREPOT_PUBLIC_EXPORT", str(tmp_path / "public"))
    monkeypatch.setenv("ENTREPOT_COMTRADE_KEY", "the-real-key")
    monkeypatch.setenv("ENTREPOT_PARTNERS", "FRA")
    user = Settings()
    assert user.partners == ("FRA",)
    own = demo.settings_for(tmp_path / "demo", user, "http://127.0.0.1:1")
    assert own.public_export is None
    assert own.partners == ()
    assert "the-real-key" not in own.secrets()
    assert own.warehouse == tmp_path / "demo"
    assert set(own.live_sources) == {n for n, s in load_contracts(user.contracts[:1]).items() if s.hosts}
