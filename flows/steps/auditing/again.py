"""A candidate the gate stopped, to be judged again when nothing changed but what people have accepted."""

from __future__ import annotations

from flows.ledger import Ledger, Run
from flows.machine import file_sha256
from flows.steps import audit, build


def stopped(ledger: Ledger, run: Run) -> Run | None:
    """The newest run the gate stopped whose candidate is what a build of `run` would make; None where there is none.

    It was made from the same files by the same code, is measured by the same release, and is as the audit left it.
    """
    compared = audit.comparable(ledger, run)
    wanted = (run.code_fingerprint, run.input_fingerprint, run.left_out, compared)
    for past in ledger.newest():
        made = (past.code_fingerprint, past.input_fingerprint, past.left_out, past.compared_with)
        if (past.kind, past.state) != (run.kind, "gate_failed") or made != wanted:
            continue
        candidate = build.candidate_path(ledger.settings, past)
        if candidate.is_file() and file_sha256(candidate) == past.candidate_sha256:
            return ledger.run(past.run_id)
    return None
