"""marts.claim_check: every statement judged, and every judgement with its evidence."""

from __future__ import annotations

from expectations.release.rule import Rule, error, warning

TABLE = "marts.claim_check"

_STATEMENT = "statement.statement_id, statement.subject_text, verdict.verdict, statement.file_id, statement.line"
_FROM = """
from core.fct_statement as statement
left join judged as verdict on verdict.statement_id = statement.statement_id"""

RULES: list[Rule] = [
    error(
        TABLE,
        "claim_has_verdict",
        "Every statement on record has a verdict",
        "A statement has no verdict",
        f"select {_STATEMENT} {_FROM} where nullif(trim(verdict.verdict), '') is null order by all",
        "a verdict for every statement",
        key="statement_id",
    ),
    error(
        TABLE,
        "claim_has_evidence",
        "Every verdict comes with its evidence in words, and with a reason where nothing could be tested",
        "A verdict comes without its evidence",
        f"""
        select {_STATEMENT}, verdict.evidence, verdict.reason {_FROM}
        where
            verdict.verdict is not null
            and (
                nullif(trim(verdict.evidence), '') is null
                or (verdict.verdict = 'not testable' and nullif(trim(verdict.reason), '') is null)
            )
        order by all
        """,
        "evidence for every verdict",
        key="statement_id",
    ),
    error(
        TABLE,
        "claim_supported_by_figure",
        "Every supported statement names the figure that supports it",
        "A statement is called supported, but no figure supports it",
        f"""
        select {_STATEMENT}, verdict.found_value {_FROM}
        where
            verdict.verdict in ('supported', 'right figure, wrong period')
            and coalesce(verdict.found_value, verdict.found_low, verdict.found_high) is null
        order by all
        """,
        "a found value for every supported statement",
        key="statement_id",
    ),
    warning(
        TABLE,
        "claim_verdict_unchanged",
        "No statement has another verdict than in the last release",
        "The verdict on a statement has changed since the last release",
        """
        select
            before.statement_id, before.verdict as verdict_before, verdict.verdict, verdict.evidence,
            verdict.file_id, verdict.line
        from {earlier} as before
        left join judged as verdict using (statement_id)
        where verdict.verdict is distinct from before.verdict
        order by all
        """,
        "the verdict of the last release",
        earlier="select statement_id, verdict from previous.marts.claim_check",
        key="statement_id",
    ),
]
