"""From the failing gate to the release: a person accepts rows, and the next run publishes without building again."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Home

pytestmark = pytest.mark.e2e  # runs of the whole pipeline, one after the other


@pytest.fixture(scope="module")
def home(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A published warehouse in which China's product of 2001 is printed ten times too large."""
    home = published.copy_without_exports(tmp_path_factory.mktemp("accepted") / "home")
    path = home.folder / "bundled" / "macro_extract" / "gdp.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("CHN,China,2001,1339.401", "CHN,China,2001,13394.01"), encoding="utf-8")
    return home


def test_a_person_answers_the_gate_row_by_row(home: Home) -> None:
    before = home.settings.published.resolve()
    stopped = home.entrepot("run")
    assert stopped.returncode == 2, stopped.stdout + stopped.stderr
    assert "Nothing was published: 1 check failed." in stopped.stderr
    assert re.search(r"CHN .*2001 .*13,394,010,000,000 .* raw/macro_extract/gdp/bundled/\w+\.csv .* 3 ", stopped.stderr)
    assert home.settings.published.resolve() == before
    for shown in (home.entrepot("status").stdout, home.entrepot("audit", "--run", stopped_run(home)).stdout):
        assert "of the year before: 2 cases (macro_scale_over_time)." in " ".join(shown.split())
        assert "--rows CHN/gdp_usd/2001 --rows CHN/gdp_usd/2002 --until" in shown

    accept(home, "CHN/gdp_usd/2001")
    again = home.entrepot("run")
    assert again.returncode == 2, "another row still fails"
    assert "of the year before: 1 case, and 1 accepted (macro_scale_over_time)." in " ".join(again.stderr.split())

    accept(home, "all")
    done = home.entrepot("run")
    assert done.returncode == 0, done.stdout + done.stderr
    for run in (again, done):
        assert "its candidate is judged again" in run.stdout
        assert "build:" not in run.stdout, "what the gate stopped need not be built anew"
    release = home.settings.published.resolve()
    assert release != before
    assert f"Published release {release.parent.name}" in done.stdout
    assert "printed so" in done.stdout
    rows = home.entrepot(
        "sql", "--csv", "select row_key, signature_state, reason from meta.accepted_row where accepted_by = 'an editor'"
    ).stdout
    assert rows.split("\n")[1:3] == ["CHN/gdp_usd/2001,accepted,printed so", "CHN/gdp_usd/2002,accepted,printed so"]
    assert "printed so" in home.entrepot("status").stdout
    assert "Nothing to do" in home.entrepot("run").stdout

    ids = re.findall(r"\d{8}-[0-9a-f]{6}", home.entrepot("accepted").stdout)
    assert len(ids) == 2
    assert home.entrepot("withdraw", ids[0]).returncode == 0
    judged = home.entrepot("audit")
    assert judged.returncode == 2
    assert "1 case, and 1 accepted (macro_scale_over_time)." in " ".join(judged.stdout.split())


def stopped_run(home: Home) -> str:
    found = re.search(r"(\S+) \(gate failed\)", home.entrepot("status").stdout)
    assert found
    return found[1]


def accept(home: Home, rows: str) -> None:
    day = "2099-12-31"
    check = "macro_scale_over_time"
    done = home.entrepot("accept", check, "--rows", rows, "--until", day, "--why", "printed so", "--by", "an editor")
    assert done.returncode == 0, done.stderr
    assert "Accepted 1 row of macro_scale_over_time until 2099-12-31" in done.stdout
