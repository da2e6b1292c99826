"""docs/explanation/verdicts.md says what each statement is called in a release of the bundled figures."""

from __future__ import annotations

import re
from collections import Counter

import duckdb

from flows.read.published import claims
from flows.read.wording.numbers import stated
from flows.settings import ROOT
from tests.conftest import Home


def test_the_page_has_every_verdict_as_it_is(published: Home) -> None:
    text = (ROOT / "docs" / "explanation" / "verdicts.md").read_text(encoding="utf-8")
    changed, statements, counts = text.split("## ")[1:]
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        found = claims(con, everything=True).records()
    now = {row["statement_id"]: row["verdict"] for row in found}
    rows = [re.split(r" \| ", line.strip("| ")) for line in statements.splitlines() if line.startswith("| c")]
    assert {row[0]: row[-1] for row in rows} == now
    said = {row[0]: " | ".join(row[1:-2]) for row in rows}
    assert {row["statement_id"]: said[row["statement_id"]] for row in found} == {
        row["statement_id"]: f"{stated(row)} ({row['said_by']})" for row in found
    }
    moved = [(row[0], row[-2], row[-1]) for row in rows if row[-2] != row[-1]]
    told = [re.split(r" \| ", line.strip("| ")) for line in changed.splitlines() if line.startswith("| c")]
    assert [(row[0], row[2], row[3]) for row in told] == moved
    assert all(row[4].endswith(".") for row in told), "each with its reason"
    table = [re.split(r" \| ", line.strip("| ")) for line in counts.splitlines() if line.startswith("| ")]
    was, are = Counter(row[-2] for row in rows), Counter(now.values())
    assert {row[0]: (int(row[1]), int(row[2])) for row in table[1:]} == {
        verdict: (was[verdict], are[verdict]) for verdict in {*was, *are}
    }
