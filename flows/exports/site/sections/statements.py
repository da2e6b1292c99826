"""The article's statements against the warehouse: verdict and evidence for each."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from flows.exports.site.parts import Origin
from flows.exports.site.release import Release
from flows.read.wording.numbers import MINUS, claimed, plural

_STATEMENTS = """
select
    claim.*, statement.claimed_value_text, statement.claimed_unit_text, statement.said_on_text
from marts.claim_check as claim
inner join core.fct_statement as statement on claim.statement_id = statement.statement_id
where claim.is_article
order by claim.statement_id
"""

# Verdict: the mark before it, read out as the verdict itself.
MARKS = {
    "supported": "\N{CHECK MARK}",
    "possible, not proven": "~",
    "right figure, wrong period": "\N{CLOCKWISE GAPPED CIRCLE ARROW}",
    "close": "\N{ALMOST EQUAL TO}",
    "not supported": "\N{MULTIPLICATION X}",
    "not testable": "?",
}


@dataclass(frozen=True)
class Statement:
    """One statement of the article, what the warehouse says to it, and where both stand."""

    name: str
    subject: str
    claimed: str
    said: str
    verdict: str
    evidence: str
    origins: tuple[Origin, ...]

    @property
    def mark(self) -> str:
        """A sign for the verdict, beside its words."""
        return MARKS.get(self.verdict, "?")

    @property
    def tone(self) -> str:
        """Class name of the verdict; `close` is the class of the page's buttons."""
        name = self.verdict.split(",")[0].replace(" ", "-")
        return "nearly" if name == "close" else name


def statements(release: Release) -> tuple[Statement, ...]:
    """The statements of the article the warehouse starts from; none in a warehouse without it."""
    found = []
    for row in release.rows(_STATEMENTS):
        period = row["claimed_period_text"] or ""
        origins = (
            *release.origins_of_file("The statement", row, period=row["said_on_text"] or ""),
            *release.origins(
                "What it is measured by",
                row["found_source_code"] or str(row["found_file_id"] or "").split("/")[0],
                {
                    "publication_id": row["found_publication_id"],
                    "file_id": row["found_file_id"],
                    "line": row["found_line"],
                },
                rule=row["found_rule"] or "",
                period=row["found_period_code"] or "",
            ),
        )
        claim = claimed(row)
        found.append(
            Statement(
                name=row["statement_id"],
                subject=row["subject_text"][:1].upper() + row["subject_text"][1:],
                claimed=f"{claim}, {period}" if period and period != claim else claim,
                said=row["said_by"],
                verdict=row["verdict"],
                evidence=re.sub(r"(?<=\s)-(?=\d)", MINUS, row["evidence"]),
                origins=origins,
            )
        )
    return tuple(found)


def in_short(found: tuple[Statement, ...]) -> str:
    """`9 statements: 4 supported, ...`, in the order of the verdicts."""
    counts = Counter(statement.verdict for statement in found)
    ordered = [name for name in MARKS if name in counts] + sorted(set(counts) - set(MARKS))
    return f"{plural(len(found), 'statement')}: {'; '.join(f'{counts[name]} {name}' for name in ordered)}."
