"""UN Comtrade: what the value of a record says of its valuation.

Method: Comtrade gives imports at their CIF value, exports at their FOB value, and imports of economies that report no
CIF value at FOB; the metadata of a dataset say which. A value that is neither of the two its record gives was read or
changed wrongly. One that is valued otherwise than the note on its dataset says is counted as what the record gives.
"""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import Rule, error, warning

_COUNTED_TWICE = f"""
with total as materialized (
    select
        reporter_code, partner_code, flow_code, period, source_code, table_name,
        max(value_usd) as value_usd, arg_max(file_id, value_usd) as file_id, arg_max(line, value_usd) as line
    from judged
    where is_whole and commodity_code = 'TOTAL' and value_usd > 0
    group by all
)
select
    pinned.source_code, pinned.table_name, pinned.reporter_code, pinned.partner_code, pinned.flow_code, pinned.period,
    pinned.value_usd, classic.value_usd as classic_value_usd, pinned.file_id, pinned.line,
    classic.file_id as classic_file_id, classic.line as classic_line
from total as pinned
join total as classic using (reporter_code, partner_code, flow_code, period)
where
    classic.table_name = 'legacy_trade' and pinned.table_name <> 'legacy_trade'
    and greatest(pinned.value_usd, classic.value_usd) >= {thresholds.COUNTED_TWICE_FLOOR_USD}
    and greatest(pinned.value_usd, classic.value_usd) / least(pinned.value_usd, classic.value_usd)
        >= {thresholds.COUNTED_TWICE_FACTOR}
order by all
"""

RULES: list[Rule] = [
    error(
        "intermediate.int_comtrade_record_unioned",
        "comtrade_classic_is_pinned",
        "A total of UN Comtrade's newer layout, with second partner, procedure and transport all together, is that of "
        "the classic one",
        "A total in UN Comtrade's newer layout differs from the same total in the classic layout",
        _COUNTED_TWICE,
        f"a factor below {thresholds.COUNTED_TWICE_FACTOR}, for {thresholds.COUNTED_TWICE_FLOOR_USD:,} USD or more",
        key="source_code, table_name, reporter_code, partner_code, flow_code, period",
    ),
    error(
        "intermediate.int_comtrade_record_unioned",
        "comtrade_value_is_cif_or_fob",
        "The value of a UN Comtrade record is the CIF or the FOB value the record gives",
        "The value of a UN Comtrade record is neither its CIF nor its FOB value",
        f"""
        select
            source_code, table_name, reporter_code, partner_code, flow_code, commodity_code, period, value_usd,
            cif_value_usd, fob_value_usd, file_id, line
        from judged
        where
            greatest(cif_value_usd, fob_value_usd) > 0
            and least(abs(value_usd - cif_value_usd), abs(value_usd - fob_value_usd))
                >= {thresholds.COMTRADE_ROUNDING_USD}
        order by all
        """,
        "one of the two, to the dollar",
        key="source_code, table_name, reporter_code, partner_code, flow_code, commodity_code, period",
    ),
    warning(
        "intermediate.int_comtrade_record_classified",
        "comtrade_valued_as_noted",
        "A UN Comtrade record is valued CIF or FOB as the note on its dataset says",
        "A UN Comtrade record is not valued as the note on its dataset says",
        """
        select
            record.source_code, record.table_name, record.reporter_code, record.partner_code, record.flow_code,
            record.product_key, record.period_code, record.value_usd, record.valuation_code,
            note.valuation_code as noted_valuation_code, record.file_id, record.line
        from judged as record
        join intermediate.int_comtrade_valuation_noted as note
            on note.reporter_code = record.reporter_code
            and note.period_code = record.period_code
            and note.flow_code = right(record.flow_code, 1)
        where note.valuation_code <> 'CIF/FOB' and record.valuation_code <> note.valuation_code
        order by record.value_usd desc, record.file_id, record.line
        """,
        "the valuation of the note, where it names one",
        key="source_code, table_name, reporter_code, partner_code, flow_code, product_key, period_code",
    ),
]
