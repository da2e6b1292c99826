"""Every published table: filled where a source feeds it, and not shrunk since the last release."""

from __future__ import annotations

from expectations.release.rule import Rule, error, warning

_MAX_SHRINK = 0.20

_LIVE_TRADE = ("census", "comtrade_api", "comtrade_bulk", "imf_imts", "gacc", "gacc_bulletin")
_TRADE = (
    *("gacc_quoted", "fcs_quoted", "partner_quoted", "imf_dots", "comtrade_extract", "comtrade_csv", "baci"),
    *_LIVE_TRADE,
)
# A download of a few products or exporters, as BACI's may be, fills no total.
_TOTALS = tuple(source for source in _TRADE if source != "baci")
_QUOTED = ("gacc_quoted", "fcs_quoted", "partner_quoted", "imf_dots", "comtrade_extract")
_PRESS = ("press_record",)
_MACRO = ("macro_extract",)

# Which sources fill which table: any one of them is enough.
FED_BY: dict[str, tuple[str, ...]] = {
    "core.dim_publication": (*_QUOTED, *_PRESS, *_MACRO),
    "core.dim_event": _PRESS,
    "core.fct_event": _PRESS,
    "core.fct_exchange_rate": (*_MACRO, "ecb", "cbr"),
    "core.fct_macro": (*_MACRO, "world_bank"),
    "core.fct_settlement_share": _PRESS,
    "core.fct_statement": _PRESS,
    "core.fct_trade": _TRADE,
    "core.fct_trade_growth": ("gacc_quoted", "fcs_quoted", "gacc", "gacc_bulletin"),
    "core.fct_trade_report": _QUOTED,
    "core.fct_trade_target": _PRESS,
    "core.fct_trade_total": (*_QUOTED, "gacc", "gacc_bulletin"),
    "marts.bilateral_month": ("gacc_quoted", "gacc", "gacc_bulletin"),
    "marts.bilateral_year": _TOTALS,
    "marts.bulletin_revision": ("gacc", "gacc_bulletin"),
    "marts.claim_check": _PRESS,
    "marts.claim_evidence": _PRESS,
    "marts.commodity_mix": ("gacc_quoted", "fcs_quoted", "comtrade_extract"),
    "marts.month_from_cumulative": ("gacc_quoted",),
    "marts.partner_rank": _TOTALS,
    "marts.printed_growth": ("gacc_quoted", "fcs_quoted", "gacc", "gacc_bulletin"),
    "marts.settlement_currency": _PRESS,
    "marts.target_progress": _PRESS,
    "meta.coverage": _TRADE,
}


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _filled(table: str, sources: tuple[str, ...]) -> Rule:
    name = table.split(".")[1]
    return error(
        table,
        f"{name}_filled",
        "The table has rows, since a source that fills it has landed",
        f"""
        select source_code, file_id, row_count as landed_rows
        from core.dim_release
        where
            is_current and row_count > 0 and source_code in ({_quoted(sources)})
            and not exists (select 1 from judged)
        order by all
        """,
        "at least one row",
    )


def _kept(table: str) -> Rule:
    name = table.split(".")[1]
    return error(
        table,
        f"{name}_not_shrunk",
        f"The table lost no more than {_MAX_SHRINK:.0%} of its rows since the last release",
        f"""
        select before.n_rows as n_rows_before, now.n_rows
        from {{earlier}} as before
        cross join (select count(*) as n_rows from judged) as now
        where now.n_rows < {1 - _MAX_SHRINK} * before.n_rows
        """,
        f"at least {1 - _MAX_SHRINK:.0%} of the last release's rows",
        earlier=f"select count(*) as n_rows from previous.{table}",
    )


RULES: list[Rule] = [
    *(_filled(table, sources) for table, sources in FED_BY.items()),
    *(_kept(table) for table in FED_BY),
    warning(
        "meta.dictionary",
        "dictionary_keeps_columns",
        "No published table or column of the last release has gone",
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
            and table_name <> 'check_result'  -- the gate's own report joins a release after it was judged
        """,
    ),
]
