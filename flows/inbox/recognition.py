"""Recognition: which table of which contract a dropped file is.

Delimited text and workbooks are known by their columns. Any other format is shown to the source modules that have a
`recognise`.
Every table of a source that comes only through the inbox may be brought, and those of other sources whose contract
says `inbox: true`. A dropped file of such a source is a partition of its own, with a key that begins with `inbox-`:
it never replaces a live answer or is replaced by one. Where both hold a cell, the file fetched last counts.
"""

from __future__ import annotations

import hashlib
import re
import shlex
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict

from flows.contracts import Source, Table
from flows.errors import FileRefused, refusing
from flows.formats import layouts, workbook
from flows.formats.dropped import Dropped, kind_of
from flows.formats.text_table import encoding_problem, header_in, packing_problem, repeated
from flows.formats.workbook import SheetMissing
from flows.inbox.own.column_names import source_called
from flows.inbox.unread_layouts import why_actions, why_old_comext
from flows.redaction import legible, legible_name, shown
from flows.sources import load_source
from flows.sources.base import Partition, Recogniser

INBOX_PREFIX = "inbox-"
_LONGEST_KEY = 100  # letters; file systems take 255 bytes

_KINDS = {"json": "JSON", "html": "a web page", "xml": "XML"}


_SPREADSHEETS = (".xls", ".xlsx")


class Unrecognised(BaseModel):
    """A dropped file that no contract fits, with the sentence a person needs."""

    model_config = ConfigDict(frozen=True)

    name: str
    reason: str


class _Fit(BaseModel):
    """A table a dropped file can be, its partition key and labels; no key where only the file's name is wrong."""

    model_config = ConfigDict(frozen=True)

    table: Table
    key: str | None
    labels: dict[str, str] = {}


def inbox_tables(contracts: Mapping[str, Source]) -> list[Table]:
    """The tables whose files a person may bring."""
    return [
        table for source in contracts.values() for table in source.tables if source.origin == "drop_box" or table.inbox
    ]


def recognise(dropped: Dropped, contracts: Mapping[str, Source]) -> Partition | Unrecognised:
    """The partition a dropped file is, or why it is none: the closest contract and what differs.

    A file that fits several contracts is a question, unless the folder it lies in names one of them, or the file itself
    is called as the source of one: so the draft of a contract calls it.
    """
    tables = inbox_tables(contracts)
    try:
        with refusing(f"{dropped.name} cannot be read; get the file again"):
            return _recognised(dropped, contracts, tables)
    except (FileRefused, OSError) as error:
        said = str(error)
        said = said if said.startswith(dropped.name) else f"{dropped.name} cannot be read. {said}"
        return Unrecognised(name=dropped.name, reason=legible(said))


def _recognised(dropped: Dropped, contracts: Mapping[str, Source], tables: list[Table]) -> Partition | Unrecognised:
    """The same; raises whatever its bytes make a reader raise."""
    look = _Look(dropped)
    named = [table for table in tables if dropped.folder in (table.source, f"{table.source}.{table.name}")]
    fits = list(_fits(look, named or tables))
    proper = [fit for fit in fits if fit.key is not None]
    called = [fit for fit in proper if fit.table.source == source_called(dropped.stem)]
    if len(called) == 1:
        proper = called
    if len(proper) != 1:
        fetched = "" if fits else _only_fetched(look, contracts)
        return Unrecognised(name=dropped.name, reason=legible(fetched or _why_not(look, proper or fits, tables)))
    if said := look.problem(proper[0].table):
        return Unrecognised(name=dropped.name, reason=legible(said))
    return _partition(dropped, proper[0], contracts[proper[0].table.source].origin)


class _Look:
    """A look at a dropped file: its first bytes, its kind, and its column names as a contract would read them."""

    def __init__(self, dropped: Dropped) -> None:
        self.dropped = dropped
        self.start = dropped.start()
        self.kind = kind_of(self.start)
        self._known: dict[tuple[object, ...], list[str]] = {}

    def header(self, table: Table) -> list[str]:
        """Column names; none where the file is of another kind than the contract."""
        key = (table.separator, table.encoding, table.sheet, table.header_row, table.layout)
        if key not in self._known:
            try:
                self._known[key] = self._header(table)
            except UnicodeError:  # written otherwise than this contract says, so it is another's
                self._known[key] = []
        return self._known[key]

    def _header(self, table: Table) -> list[str]:
        if table.layout:
            fits = (table.format == "xlsx") == (self.kind == "xlsx") and self.kind in ("xlsx", "text")
            return layouts.header(self.dropped, table) if fits else []
        if table.format == "xlsx" and self.kind == "xlsx":
            try:
                return workbook.header(self.dropped, table.sheet, table.header_row)
            except SheetMissing:  # then it is not this contract's workbook
                return []
        if table.separator and self.kind != "xlsx":
            return header_in(self.start, table.separator, table.encoding, table.header_row)
        return []

    def problem(self, table: Table) -> str | None:
        """What keeps a file with the columns of `table` from being read as it."""
        name = self.dropped.name
        if table.separator and (said := encoding_problem(self.start, table.encoding, name)):
            return said
        if table.separator and (what := self._elsewhere(table)):
            return f"{name} holds {what}; this warehouse takes trade in goods. Move it out of the inbox."
        known = {header for column in table.columns for header in column.headers}
        if "action" not in known and (said := why_actions(self.header(table), name)):
            return f"{said}."
        if twice := repeated(self.header(table), [name for column in table.columns for name in column.headers]):
            said = ", ".join(map(repr, shown(twice)))
            return f"{name}: the header has {said} more than once; rename or delete the others."
        return None

    def _elsewhere(self, table: Table) -> str | None:
        """What the file holds, by a value in its first row, that its contract says is taken nowhere."""
        first = header_in(self.start, table.separator or ",", table.encoding, table.header_row + 1)
        row = dict(zip((name.casefold() for name in self.header(table)), first, strict=False))
        said = (dict(column.elsewhere).get(row.get(name, "")) for column in table.columns for name in column.headers)
        return next((what for what in said if what), None)


def _fits(look: _Look, tables: list[Table]) -> Iterator[_Fit]:
    dropped = look.dropped
    for table in (table for table in tables if table.is_tabular):
        names = {name.casefold() for name in look.header(table)}
        if names and all(names & set(column.headers) for column in table.columns):
            labels = _labels(dropped, table)
            key = (
                table.partition_key.format_map(defaultdict(str, labels))
                if labels and table.partition_key
                else dropped.stem
            )
            yield _Fit(table=table, key=None if labels is None else key, labels=labels or {})
    for source in {table.source: table for table in tables if not table.is_tabular}:
        module = load_source(source)
        found = module.recognise(dropped.name, look.start) if isinstance(module, Recogniser) else None
        if found is not None:
            table = next(table for table in tables if (table.source, table.name) == (source, found.table))
            yield _Fit(table=table, key=found.key, labels=found.labels)


def _labels(dropped: Dropped, table: Table) -> dict[str, str] | None:
    if table.name_pattern is None:
        return {}
    match = re.match(table.name_pattern, dropped.stem)
    return {k: v for k, v in match.groupdict().items() if v} if match else None


def _partition(dropped: Dropped, fit: _Fit, origin: str) -> Partition:
    key = _plain(fit.key or "")
    packing = ".7z" if dropped.is_7z else ".gz" if dropped.member is not None or dropped.is_gzip else ""
    return Partition(
        source=fit.table.source,
        table=fit.table.name,
        key=key if origin == "drop_box" else f"{INBOX_PREFIX}{key}",
        revision=dropped.revision,
        url=f"inbox/{dropped.name}",
        location=dropped.location,
        suffix=f"{fit.table.format}{packing}",
        labels=fit.labels,
        is_dropped=True,
    )


def _plain(key: str) -> str:
    """The key as the name of a folder; where that loses letters, of another script or of a long name, a few digits tell
    them apart.
    """
    key = unicodedata.normalize("NFC", key)  # some systems write é as e and its accent
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", key).strip("._")
    is_foreign = any(character.isalnum() and not character.isascii() for character in key)
    if not plain or is_foreign or len(plain) > _LONGEST_KEY:
        digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        return f"{plain[:_LONGEST_KEY]}-{digest}".lstrip("-")
    return plain


def _only_fetched(look: _Look, contracts: Mapping[str, Source]) -> str:
    """What is said of a table of a source that is asked over the network alone; empty where it is none."""
    for source in (source for source in contracts.values() if source.origin == "live"):
        for table in source.tables:
            if table.is_tabular and not table.inbox and _has_all(look.header(table), table):
                what = f"has the columns of {source.name}.{table.name}, which the inbox does not take"
                how = f"`entrepot ingest --source {source.name}` fetches it"
                return f"{look.dropped.name} {what}; {how}. Move it out of the inbox."
    return ""


def _why_not(look: _Look, fits: list[_Fit], tables: list[Table]) -> str:
    name = look.dropped.name
    contracts = sorted(f"{fit.table.source}.{fit.table.name}" for fit in fits)
    if len(contracts) > 1:
        choice = f"the folder inbox/{contracts[0]}/ or inbox/{contracts[1]}/"
        return f"{name} fits the contracts {' and '.join(contracts)}; put it into {choice} to say which it is."
    if contracts:
        return f"{name} has the columns of {contracts[0]} but not its name; rename it like {fits[0].table.name_hint}."
    if said := workbook.problem(look.start, look.dropped) or packing_problem(look.start, name):
        return said
    if not look.start:
        return f"{name} is empty; get the file again."
    if look.kind == "zip" and look.dropped.is_damaged_zip:
        return f"{name} is an archive that is cut off or damaged; get the file again."
    if look.kind == "zip":
        what = "a document or archive no source recognises"
        return f"{name} is {what}; save a table as .xlsx or .csv, unpack an archive, or move it out."
    if look.start.startswith(b"%PDF-"):
        return f"{name} is a PDF; save its table as .xlsx or .csv, or move it out of the inbox."
    if look.kind in ("html", "xml") and look.dropped.path.suffix.lower() in _SPREADSHEETS:
        return (
            f"{name} is {_KINDS[look.kind]} and no workbook, whatever its name; open it in Excel and save it as .xlsx."
        )
    if look.kind in _KINDS:
        return f"{name} is {_KINDS[look.kind]} that no source recognises; move it out of the inbox."
    return _closest(look, [table for table in tables if table.is_tabular])


def _closest(look: _Look, tables: list[Table]) -> str:
    name, own = look.dropped.name, _how_to_draft(look.dropped)
    for header in [header_in(look.start, sign, "utf-8", 1) for sign in ",;\t" if look.kind == "text"]:
        if old_layout := why_old_comext(header, name):
            return old_layout
        if actions := why_actions(header, name):
            return f"{actions}; {own}."
    likeness = [(_overlap(look.header(table), table), table) for table in tables]
    score, closest = max(likeness, key=lambda pair: pair[0], default=(0.0, None))
    if look.kind == "xlsx" and not workbook.header(look.dropped, None, 1) and score == 0:
        return f"{name}: the first row of its first sheet is empty, so it has no header; {own}."
    if score == 0 and look.kind == "text" and (said := encoding_problem(look.start, "utf-8", name)):
        return said
    if score == 0 and (said := _parted_otherwise(look, tables)):
        return said
    if closest is None or score == 0:
        return f"{name} has no column of any contract; {own}, else move it out of the inbox."
    if score == 1 and look.dropped.folder:
        contract = f"{closest.source}.{closest.name}"
        return f"{name} has the columns of {contract}, which its folder does not name; move it to inbox/{contract}/."
    difference = _difference(look.header(closest), closest)
    return f"{name} fits no contract; closest is {closest.source}.{closest.name}: {difference}; {own}."


def _how_to_draft(dropped: Dropped) -> str:
    """What to type for a contract of a file; where its name cannot be typed, that it needs another one.

    A table in an archive is to be unpacked first: a contract is drafted from the table itself.
    """
    name = PurePosixPath(dropped.member).name if dropped.member else dropped.path.name
    place = f"{dropped.folder}/{name}" if dropped.folder and not dropped.member else name
    if legible_name(place) != place:
        return "if it is your table, give it a name of plain letters; `entrepot sources new` then writes its contract"
    typed = shlex.quote(f"./{place}" if place.startswith("-") else place)  # or it would be an option
    if dropped.is_7z:
        return "if it is your table, unpack it; `entrepot sources new` then writes its contract"
    if dropped.member:
        return f"if it is your table, unpack it; `entrepot sources new {typed}` then writes its contract"
    return f"if it is your table, `entrepot sources new {typed}` writes its contract"


def _overlap(names: list[str], table: Table) -> float:
    theirs = {name.casefold() for name in names}
    alike = sum(bool(theirs & set(column.headers)) for column in table.columns)
    return alike / (len(table.columns) + len(theirs) - alike)


def _has_all(names: list[str], table: Table) -> bool:
    """Whether every column of the contract is there; a file of a publisher may have more."""
    theirs = {name.casefold() for name in names}
    return all(theirs & set(column.headers) for column in table.columns)


def _parted_otherwise(look: _Look, tables: list[Table]) -> str:
    """What is said of a table of a known contract whose values another sign parts; empty where it is none."""
    for table in (table for table in tables if table.separator and look.kind == "text"):
        for sign, word in ((";", "semicolons"), ("\t", "tabs"), (",", "commas")):
            names = header_in(look.start, sign, table.encoding, table.header_row) if sign != table.separator else []
            if names and _has_all(names, table):
                saved = f"parted by {word}, as a spreadsheet saves them; put in the file as it was downloaded."
                return f"{look.dropped.name} has the columns of {table.source}.{table.name} {saved}"
    return ""


def _difference(names: list[str], table: Table) -> str:
    theirs = {name.casefold(): name for name in names}
    missing = [column.header for column in table.columns if not theirs.keys() & set(column.headers)][:8]
    known = {name for column in table.columns for name in column.headers}
    extra = shown(theirs[name] for name in theirs if name not in known)
    return f"missing {missing or 'nothing'}, not known there {extra or 'nothing'}"
