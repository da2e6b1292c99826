"""What the maintainers have accepted of the figures that ship with the project: `accepted_rows.csv`.

The same as a person does with `entrepot accept`, and for a time likewise: a test fails when a date has passed.
"""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from expectations.acceptance import Acceptance, SignedRow

PATH = Path(__file__).with_name("accepted_rows.csv")
COLUMNS = ("check_name", "row_key", "row_json", "accepted_until", "reason", "accepted_by", "accepted_on")


_SIGNED_ALIKE = itemgetter("check_name", "reason", "accepted_until", "accepted_by", "accepted_on")


def shipped(path: Path = PATH) -> list[Acceptance]:
    """The acceptances in the file, one for rows of one check that one person accepted alike, which stand together."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = []
    for number, (_, group) in enumerate(groupby(rows, key=_SIGNED_ALIKE), start=1):
        members = list(group)
        first = members[0]
        found.append(
            Acceptance(
                acceptance_id=f"shipped-{number}",
                check=first["check_name"],
                rows=[SignedRow(key=row["row_key"], row=json.loads(row["row_json"])) for row in members],
                until=date.fromisoformat(first["accepted_until"]),
                reason=first["reason"],
                accepted_by=first["accepted_by"],
                accepted_at=datetime.fromisoformat(first["accepted_on"]).replace(tzinfo=UTC),
                is_shipped=True,
            )
        )
    return found
