"""What was said of a pair in public, against the warehouse: verdict and evidence for each statement."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from flows.exports.site.parts import Origin, Row
from flows.exports.site.release import Release
from flows.read.wording.codes import in_words
from flows.read.wording.names import sentence_case
from flows.read.wording.numbers import MINUS, THIN, claimed_when, counted, days_in_words, printed_on, stated

# A statement that names one economy alone belongs to the pair that the article is about.
_STATEMENTS = """
with pair_of_article as (
    select least(subject_code, counterpart_code) as first_code, greatest(subject_code, counterpart_code) as second_code
    from core.fct_statement
    where is_article and counterpart_code is not null
    group by all
    order by count(*) desc, 1, 2
    limit 1
)
select
    claim.*, statement.claimed_value_text, statement.claimed_unit_text, statement.said_on_text,
    publication.title as publication_title, publication.publisher as publication_publisher,
    publication.url as publication_url, publication.published_on::varchar as publication_on,
    case
        when statement.counterpart_code is null then pair_of_article.first_code || '-' || pair_of_article.second_code
        else
            least(statement.subject_code, statement.counterpart_code)
            || '-' || greatest(statement.subject_code, statement.counterpart_code)
    end as pair_key
from marts.claim_check as claim
inner join core.fct_statement as statement on claim.statement_id = statement.statement_id
left join core.dim_publication as publication on statement.publication_id = publication.publication_id
left join pair_of_article on true
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


# What is said of one statement with a verdict, and of several.
_COUNTED = {
    "possible, not proven": ("is possible and not proven", "are possible and not proven"),
    "right figure, wrong period": (
        "has the right figure for the wrong period",
        "have the right figure for the wrong period",
    ),
    "not testable": ("cannot be tested", "cannot be tested"),
}


@dataclass(frozen=True)
class Statement:
    """One statement, what the warehouse says to it, and where both stand."""

    name: str
    subject: str
    claimed: str
    stated: str
    said: str
    verdict: str
    evidence: str
    would_change: str
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


@dataclass(frozen=True)
class Article:
    """The news article the warehouse starts from: what it is and who printed it when; `url` is empty if not known."""

    title: str
    publisher: str
    printed_on: str
    url: str


@dataclass(frozen=True)
class Said:
    """What was said of a pair: the statements of the article, if it is about the two, and those of others."""

    article: Article | None = None
    of_article: tuple[Statement, ...] = ()
    of_others: tuple[Statement, ...] = ()

    @property
    def in_short(self) -> str:
        """`Nine statements: four are supported; ...`, of the article, or of the others where there is none."""
        return in_short(self.of_article or self.of_others)


def statements_by_pair(release: Release) -> dict[str, Said]:
    """What was said of each pair, by its key; pairs nobody spoke of are left out."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in release.rows(_STATEMENTS):
        rows[row["pair_key"]].append(row)
    return {key: _said(release, of_pair) for key, of_pair in rows.items()}


def _said(release: Release, rows: list[Row]) -> Said:
    of_article = [row for row in rows if row["is_article"]]
    return Said(
        _article(of_article[0]) if of_article else None,
        tuple(_statement(release, row) for row in of_article),
        tuple(_statement(release, row) for row in rows if not row["is_article"]),
    )


def _article(row: Row) -> Article:
    url = row["publication_url"] or ""
    return Article(
        row["publication_title"] or "",
        row["publication_publisher"] or "",
        printed_on(row["publication_on"] or ""),
        url if url.startswith(("https://", "http://")) else "",
    )


def _statement(release: Release, row: Row) -> Statement:
    measured = {
        "publication_id": row["found_publication_id"],
        "file_id": row["found_file_id"],
        "line": row["found_line"],
    }
    origins = (
        *release.origins_of_file("The statement", row, period=row["said_on_text"] or ""),
        *release.origins(
            "What it is measured by",
            row["found_source_code"] or str(row["found_file_id"] or "").split("/")[0],
            measured,
            rule=row["found_rule"] or "",
            period=row["found_period_code"] or "",
        ),
    )
    subject, when = row["subject_text"], claimed_when(row)
    return Statement(
        name=row["statement_id"],
        subject=_typeset(subject.removesuffix(" since")),
        claimed=_typeset(f"since {when}" if subject.endswith(" since") else when),
        stated=_typeset(stated(row)),
        said=_typeset(row["said_by"] or ""),
        verdict=row["verdict"],
        evidence=_typeset(row["evidence"]),
        would_change=in_words("verdict_change", row.get("change_code")),
        origins=origins,
    )


def _typeset(text: str) -> str:
    """A sentence with true minus signs and apostrophes, days in words, and numbers kept with their percent signs."""
    signed = re.sub(r"(?<=\s)-(?=\d)", MINUS, text).replace(" %", f"{THIN}%")
    return days_in_words(re.sub(r"(?<=\w)'(?=\w|\s|$)", "\u2019", signed))


def in_short(found: tuple[Statement, ...]) -> str:
    """`Nine statements: four are supported; ...`, in the order of the verdicts."""
    counts = Counter(statement.verdict for statement in found)
    ordered = [name for name in MARKS if name in counts] + sorted(set(counts) - set(MARKS))
    all_of_them = f"{sentence_case(counted(len(found)))} {'statement' if len(found) == 1 else 'statements'}"
    return f"{all_of_them}: {'; '.join(counted_verdict(name, counts[name]) for name in ordered)}."


def counted_verdict(verdict: str, n: int) -> str:
    """`three have the right figure for the wrong period`."""
    one, many = _COUNTED.get(verdict, (f"is {verdict}", f"are {verdict}"))
    return f"{counted(n)} {one if n == 1 else many}"
