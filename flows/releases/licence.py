"""What is redistributable: the gate before every public place, and the sources a public build does without.

A source is taken for restricted when its contract says so today, when it said so when the release was built, or
when nobody knows it. A filter on finished tables would not do: a share or a rank keeps what it was computed from.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict

from flows.contracts import load_contracts
from flows.errors import LicenceRefused
from flows.read.invented import told
from flows.read.wording.names import sentence_case
from flows.read.wording.numbers import day, plural
from flows.redaction import as_text, legible
from flows.settings import Settings

EXPORTED_SCHEMAS = ("core", "marts")
_SHOWN = 5

# Columns that say where a row comes from. The catalogue of sources and files names them without their figures.
_ORIGIN_COLUMNS = """
select schema_name, table_name, column_name, column_name like '%file_id' as is_file
from duckdb_columns()
where schema_name in (?, ?)
    and (column_name like '%source_code' or column_name like '%file_id')
    and table_name not in ('dim_source', 'dim_raw_file')
order by all
"""


class Holding(BaseModel):
    """What a release holds of one restricted source: landed records, rows by table, tables computed from them."""

    model_config = ConfigDict(frozen=True)

    source: str
    licence: str
    landed_rows: int
    rows: dict[str, int]
    computed: list[str]

    @property
    def sentence(self) -> str:
        """Source, licence, tables and counts: the facts first, then what repeats them."""
        ordered = sorted(self.rows.items(), key=lambda item: (not item[0].startswith("core.fct_trade"), -item[1]))
        direct = [f"{plural(count, 'row')} of {table}" for table, count in ordered]
        text = f"{self.source} ({self.licence}): {plural(self.landed_rows, 'landed row')}, "
        text += f"in published tables {_some(direct) or 'no row by name'}"
        return text + (f"; tables computed from it: {_some(self.computed)}." if self.computed else ".")


def _some(words: list[str]) -> str:
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more


def restricted_sources(settings: Settings) -> list[str]:
    """Sources whose contract says that their records are not redistributable."""
    contracts = load_contracts(settings.contracts)
    return sorted(name for name, source in contracts.items() if not source.redistributable)


def holdings(settings: Settings, release: Path) -> list[Holding]:
    """What `release` holds of restricted sources: nothing if all of it is redistributable."""
    with duckdb.connect(str(release), read_only=True, config=settings.duckdb_config) as con:
        landed = dict(
            con.execute("select source_code, sum(row_count)::bigint from core.dim_raw_file group by 1").fetchall()
        )
        rows: dict[str, dict[str, int]] = {}
        for schema, table, column, is_file in con.execute(_ORIGIN_COLUMNS, list(EXPORTED_SCHEMAS)).fetchall():
            origin = f"[split_part({column}, '/', 1)]" if is_file else f"string_split({column}, '+')"  # 'a+b': of both
            origins = f"select unnest({origin}) as origin from {schema}.{table}"
            counts = f"select origin, count(*) from ({origins}) where origin is not null group by all"
            for source, count in con.execute(counts).fetchall():
                named = rows.setdefault(source, {})
                named[f"{schema}.{table}"] = max(count, named.get(f"{schema}.{table}", 0))
        found = {source for source, count in landed.items() if count} | set(rows)
        terms = _terms(settings, con)
        held = sorted(source for source in found if not terms.get(source, ("unknown", False))[1])
        return [
            Holding(
                source=source,
                licence=terms.get(source, ("licence unknown", False))[0],
                landed_rows=landed.get(source, 0),
                rows=rows.get(source, {}),
                computed=_computed(con, source, rows.get(source, {})),
            )
            for source in held
        ]


def _terms(settings: Settings, con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, bool]]:
    """Licence by source, and whether both the release and today's contract allow passing on."""
    contracts = load_contracts(settings.contracts)
    known = con.execute("select source_code, licence, is_redistributable from core.dim_source").fetchall()
    return {
        name: (licence, bool(allowed) and (name not in contracts or contracts[name].redistributable))
        for name, licence, allowed in known
    }


def _computed(con: duckdb.DuckDBPyConnection, source: str, named: Iterable[str]) -> list[str]:
    """Exported tables with rows whose lineage leads to `source`, other than those that name it."""
    tables = con.execute(
        "select schema_name || '.' || table_name from meta.table_source "
        "where source_code = ? and schema_name in (?, ?) order by schema_name desc, table_name",
        [source, *EXPORTED_SCHEMAS],
    ).fetchall()
    filled = [name for (name,) in tables if name not in set(named) and con.execute(f"from {name} limit 1").fetchone()]
    return [name for name in filled if name not in ("core.dim_source", "core.dim_raw_file")]


def require_redistributable(settings: Settings, release: Path, target: Path) -> None:
    """Raise LicenceRefused, naming sources, tables and counts, when `release` may not go to the public `target`."""
    held = holdings(settings, release)
    if held:
        raise LicenceRefused(
            f"{target} is a public place and this release holds figures that are not redistributable, "
            f"so nothing was written there. {' '.join(holding.sentence for holding in held)} "
            "`--only-redistributable` builds the release again without them."
        )


def attribution(release: Path) -> str:
    """Text for readers of an export: whose figures these are, on which terms, as of when."""
    with duckdb.connect(str(release), read_only=True) as con:
        used = con.execute(
            "select source.source_code, source.publisher, source.licence, source.landing_page, "
            "max(file.known_from)::date from core.dim_source as source "
            "join core.dim_raw_file as file using (source_code) where file.row_count > 0 group by all order by 1"
        ).fetchall()
        warning = told(con)
    lines = [
        f"- {_shown(publisher)} (`{code}`), {_shown(page) or 'no page'}; loaded here on {day(loaded)}. "
        f"{_shown(sentence_case(terms))}."
        for code, publisher, terms, page, loaded in used
    ]
    return "\n".join(
        [
            "# Sources and terms",
            "",
            *([warning, ""] if warning else []),
            "These tables were computed from:",
            "",
            *lines,
            "",
        ]
    )


def _shown(text: str | None) -> str:
    """A text of a contract, which may be anybody's, in Markdown that people also read on a terminal."""
    return as_text(legible(text or ""))
