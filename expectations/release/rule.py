"""A rule of the release gate: a check and the SQL of the rows that break it. No rule is code; the runner judges all."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from pydantic import BaseModel, ConfigDict

from expectations.checks import Check, Severity
from flows.contracts.relations import quote

SAMPLE_ROWS = 20  # that a report shows of those that break a rule

# The columns that name a trade cell, and those that lead back to the line it came from.
CELL_KEY = "source_code, reporter_code, partner_code, flow_code, product_key, period_code"
CELL = f"{CELL_KEY}, value_usd, publication_id, file_id, line"

CORRECT_OR_ACCEPT = (
    "Look at the raw lines. Correct a figure that is misread in corrections.csv (docs/how-to/correct.md), refuse a "
    "file that is wrong (`entrepot refuse`), or accept rows that are right as published"
)


class Rule(BaseModel):
    """Rows of `check.table` returned by `breaking` break the check.

    `breaking` calls the judged table `judged`. Where it names `{earlier}`, that is the query `earlier` over the
    attached last release (alias `previous`); without a last release, or with one of another layout, there is
    nothing to compare and the check passes, saying so. `note` is SQL for one line of text worth knowing either way.
    `key_columns` tell the rows apart and stay the same over builds; without any, the row is the table itself.
    """

    model_config = ConfigDict(frozen=True)

    check: Check
    breaking: str
    expected: str
    key_columns: tuple[str, ...] = ()
    earlier: str | None = None
    note: str | None = None

    @property
    def key(self) -> str:
        """The name of the check within its table."""
        return f"{self.check.table}: {self.check.name}"

    @property
    def row_key(self) -> str:
        """SQL for the key of an offending row: the values of its key columns with a slash between them.

        A slash in a value would be taken for that, but in the last one, so it is written %2F.
        """
        if not self.key_columns:
            return quote(self.check.table)
        texts = [f"coalesce(cast({name} as varchar), '')" for name in self.key_columns]
        escaped = [f"replace(replace({text}, '%', '%25'), '/', '%2F')" for text in texts[:-1]]
        return f"concat_ws('/', {', '.join([*escaped, texts[-1]])})"

    @property
    def query(self) -> str:
        """The query Great Expectations runs, where nothing is accepted."""
        return self.query_without(())

    def query_without(self, accepted: Collection[str]) -> str:
        """The query Great Expectations runs, which puts the judged table in for `{batch}`; rows of `accepted` keys are
        left out.

        Each row becomes one JSON text under the name `offending`: Great Expectations converts decimals one by one,
        at about two milliseconds each. `offending_rows` is how many there are, of which SAMPLE_ROWS come back.
        """
        others = f"where row_key not in ({_listed(accepted)})\n" if accepted else ""
        return (
            f"{self._offenders}\n"
            f"select offending, row_key, count(*) over () as offending_rows\nfrom keyed\n{others}limit {SAMPLE_ROWS}"
        )

    def query_of(self, keys: Collection[str] | None = None, most: int | None = None) -> str:
        """A query for offending rows and their keys: of these `keys`, or all, and no more than `most`."""
        some = f"where row_key in ({_listed(keys)})\n" if keys is not None else ""
        limit = f"limit {most}" if most is not None else ""
        return f"{self._offenders}\nselect offending, row_key from keyed\n{some}{limit}"

    @property
    def _offenders(self) -> str:
        rows = self.breaking.replace("{earlier}", f"({self.earlier})") if self.earlier else self.breaking
        return (
            "with judged as not materialized (select * from {batch}),\n"
            f"offender as not materialized (\n{rows}\n),\n"
            "keyed as not materialized (\n"
            f"select cast(to_json(offender) as varchar) as offending, {self.row_key} as row_key from offender\n)"
        )


def _listed(keys: Collection[str]) -> str:
    return ", ".join(quote(key) for key in sorted(keys))


def _rule(
    severity: Severity,
    table: str,
    name: str,
    description: str,
    fault: str,
    breaking: str,
    expected: str,
    earlier: str | None = None,
    note: str | None = None,
    key: str = "",
    remedy: str = CORRECT_OR_ACCEPT,
) -> Rule:
    check = Check(name=name, table=table, description=description, fault=fault, severity=severity, remedy=remedy)
    key_columns = tuple(column.strip() for column in key.split(",") if column.strip())
    return Rule(
        check=check, breaking=breaking.strip(), expected=expected, earlier=earlier, note=note, key_columns=key_columns
    )


# A rule that forbids publishing when it is broken, and one that is published with a warning when it is.
error = partial(_rule, "error")
warning = partial(_rule, "warning")
