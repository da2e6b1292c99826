"""A rule of the release gate: a check and the SQL of the rows that break it. No rule is code; the runner judges all."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from expectations.checks import Check, Severity

# Every warning of the gate belongs to them and lapses then: renew it, make it an error, or drop it.
WARNING_OWNER = "warehouse maintainers"
WARNING_EXPIRES_ON = date(2027, 6, 30)

SAMPLE_ROWS = 20  # that a report shows of those that break a rule

# The columns that name a trade cell and lead back to the line it came from.
CELL = (
    "source_code, reporter_code, partner_code, flow_code, product_key, period_code, value_usd, "
    "publication_id, file_id, line"
)


class Rule(BaseModel):
    """Rows of `check.table` returned by `breaking` break the check.

    `breaking` calls the judged table `judged`. Where it names `{earlier}`, that is the query `earlier` over the
    attached last release (alias `previous`); without a last release, or with one of another layout, there is
    nothing to compare and the check passes, saying so. `note` is SQL for one line of text worth knowing either way.
    """

    model_config = ConfigDict(frozen=True)

    check: Check
    breaking: str
    expected: str
    earlier: str | None = None
    note: str | None = None

    @property
    def key(self) -> str:
        """The name of the check within its table."""
        return f"{self.check.table}: {self.check.name}"

    @property
    def query(self) -> str:
        """The query Great Expectations runs, which puts the judged table in for `{batch}`.

        Each row becomes one JSON text under the name `offending`: Great Expectations converts decimals one by one,
        at about two milliseconds each. `offending_rows` is how many there are, of which SAMPLE_ROWS come back.
        """
        rows = self.breaking.replace("{earlier}", f"({self.earlier})") if self.earlier else self.breaking
        return (
            "with judged as not materialized (select * from {batch})\n"
            "select cast(to_json(offender) as varchar) as offending, count(*) over () as offending_rows\n"
            f"from (\n{rows}\n) as offender\nlimit {SAMPLE_ROWS}"
        )


def _rule(
    severity: Severity,
    table: str,
    name: str,
    description: str,
    breaking: str,
    expected: str,
    earlier: str | None,
    note: str | None,
) -> Rule:
    is_warning = severity == "warning"
    check = Check(
        name=name,
        table=table,
        description=description,
        severity=severity,
        owner=WARNING_OWNER if is_warning else None,
        expires_on=WARNING_EXPIRES_ON if is_warning else None,
    )
    return Rule(check=check, breaking=breaking.strip(), expected=expected, earlier=earlier, note=note)


def error(
    table: str,
    name: str,
    description: str,
    breaking: str,
    expected: str = "no such row",
    earlier: str | None = None,
    note: str | None = None,
) -> Rule:
    """A rule that forbids publishing when it is broken."""
    return _rule("error", table, name, description, breaking, expected, earlier, note)


def warning(
    table: str,
    name: str,
    description: str,
    breaking: str,
    expected: str = "no such row",
    earlier: str | None = None,
    note: str | None = None,
) -> Rule:
    """A rule whose breach is published, with an owner and an expiry date."""
    return _rule("warning", table, name, description, breaking, expected, earlier, note)
