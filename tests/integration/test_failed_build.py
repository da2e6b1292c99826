"""A build that dbt stops is told as the gate tells it: what was promised, the rows and their lines, what to do."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from flows.settings import ROOT
from tests.conftest import Home

pytestmark = pytest.mark.e2e  # two runs from nothing, the second to the release: a minute and more

A_YEAR = """t,i,j,k,v,q
2023,250,156,010121,10.5,1.5
2023,276,156,010121,11.5,2.5
2023,842,156,010121,7.5,2.5
"""


def give_france_twice(home: Home) -> None:
    """What no file lands with: Germany's record has the other code of France."""
    assert home.entrepot("ingest").returncode == 0
    with duckdb.connect(str(home.settings.landed)) as con:
        con.execute("update raw.baci__trade_year set i = 251 where i = 276")


def test_two_codes_of_one_economy_are_named_with_their_lines(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "warehouse" / "bundled" / "hs_correlation", tmp_path / "bundled" / "hs_correlation")
    home = Home(tmp_path, follows=False)
    home.settings.inbox.mkdir(parents=True)
    (home.settings.inbox / "BACI_HS92_Y2023_V202501.csv").write_text(A_YEAR, encoding="utf-8")
    give_france_twice(home)
    stopped = home.entrepot("run")
    assert stopped.returncode == 1
    assert "Got" not in stopped.stderr
    assert "Nothing was published: 1 check failed." in stopped.stderr
    run_id = re.search(r"\d{8}T\d{9}-[0-9a-f]{4}", home.entrepot("status").stdout)
    assert run_id
    for shown in (stopped.stderr, home.entrepot("status").stdout, home.entrepot("audit", "--run", run_id[0]).stdout):
        said = " ".join(shown.split())
        assert "A rule is broken by 1 key in more than one row of core.trade_cell: No two rows have the same" in said
        assert "source_code, reporter_code" in said
        assert "(grain_of_trade_cell)" in said
        for value, line in (("10,500", 2), ("11,500", 3)):
            row = rf"baci .*FRA .*CHN .*{value} .* raw/baci/trade_year/HS92-202501-2023/\w+\.csv .* {line} "
            assert re.search(row, shown), row
        assert "Refuse one of them (`entrepot refuse`), or correct its codes" in said
        assert "entrepot accept" not in shown
    assert home.entrepot("refuse", "BACI_HS92_Y2023_V202501.csv", "--why", "France twice", "--by", "me").returncode == 0
    done = home.entrepot("run")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "is refused by me on 20" in " ".join(done.stderr.split())
    assert "Published release" in done.stdout
