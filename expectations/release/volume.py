"""Every published table: filled where a source feeds it, and not shrunk since the last release."""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import Rule, error, warning
from flows.contracts import load_contracts
from flows.settings import get_settings


def _fed_by() -> dict[str, tuple[str, ...]]:
    """Which sources fill which table, by the contracts of the project: any one of them is enough."""
    found: dict[str, list[str]] = {}
    for source in load_contracts(get_settings().contracts[0]).values():
        for table in source.fills:
            found.setdefault(table, []).append(source.name)
    return {table: tuple(found[table]) for table in sorted(found)}


FED_BY = _fed_by()


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _filled(table: str, sources: tuple[str, ...]) -> Rule:
    name = table.split(".")[1]
    return error(
        table,
        f"{name}_filled",
        "The table has rows, since a source that fills it has landed",
        f"{table} is empty, although a source that fills it has landed",
        f"""
        select source_code, file_id, row_count as landed_rows
        from core.dim_raw_file
        where
            is_current and row_count > 0 and source_code in ({_quoted(sources)})
            and not exists (select 1 from judged)
        order by all
        """,
        "at least one row",
        key="source_code, file_id",
    )


def _kept(table: str) -> Rule:
    name = table.split(".")[1]
    return error(
        table,
        f"{name}_not_shrunk",
        f"The table lost no more than {thresholds.ROWS_LOST_SHARE:.0%} of its rows since the last release",
        f"{table} has lost more than {thresholds.ROWS_LOST_SHARE:.0%} of its rows since the last release",
        f"""
        select before.n_rows as n_rows_before, now.n_rows
        from {{earlier}} as before
        cross join (select count(*) as n_rows from judged) as now
        where now.n_rows < {1 - thresholds.ROWS_LOST_SHARE} * before.n_rows
        """,
        f"at least {1 - thresholds.ROWS_LOST_SHARE:.0%} of the last release's rows",
        earlier=f"select count(*) as n_rows from previous.{table}",
    )


RULES: list[Rule] = [
    *(_filled(table, sources) for table, sources in FED_BY.items()),
    *(_kept(table) for table in FED_BY),
    warning(
        "meta.dictionary",
        "dictionary_keeps_columns",
        "No published table or column of the last release has gone",
        "A published table or column of the last release has gone",
        """
        select before.*
        from {earlier} as before
        left join judged as now using (schema_name, table_name, column_name)
        where now.column_name is null
        order by all
        """,
        "every table and column of the last release",
        earlier="""
        select schema_name, table_name, column_name
        from previous.meta.dictionary
        where schema_name in ('core', 'marts', 'meta')
            and table_name not in ('check_result', 'accepted_row')  -- the gate's own, which join a judged release
        """,
        key="schema_name, table_name, column_name",
    ),
]
