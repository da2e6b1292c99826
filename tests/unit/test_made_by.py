"""By what a release is told from the one before: its code, and the contracts of one's own tables."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.ledger import Run
from flows.steps.building import ledger_tables


def test_another_contract_of_ones_own_reads_files_otherwise_as_other_code_does() -> None:
    began = datetime(2024, 1, 1, tzinfo=UTC)
    plain = Run(run_id="a", started_at=began, code_fingerprint="code")
    with_table, changed = (plain.model_copy(update={"contracts_fingerprint": [name]}) for name in ("one", "other"))
    assert ledger_tables.made_by(plain) == "code"
    assert len({ledger_tables.made_by(run) for run in (plain, with_table, changed)}) == 3
    assert ledger_tables.made_by(with_table) == ledger_tables.made_by(with_table.model_copy(update={"run_id": "b"}))
