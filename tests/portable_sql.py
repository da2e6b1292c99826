"""Whether the SQL of heavy models holds only what was proven to mean the same on DuckDB and on Spark.

The list is portable_sql.yml. What a model says is looked at as dbt compiles it for Spark, token by token; what is not
on the list is named with the model, the line, and the macro that wrote it. It knows no types, so it can not see a sum
of fractions that depends on the order of its rows: the comparison of all tables (bench/engines.py) is the proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from bench.engines import is_heavy
from flows.settings import ROOT

LIST = Path(__file__).with_suffix(".yml")
TOKEN = re.compile(
    r"--[^\n]*|\s+|(?P<text>'(?:[^']|'')*')|(?P<relation>\"\w+\"\.\"\w+\"\.\"\w+\")|(?P<number>\d[\d.]*(?:e[+-]?\d+)?d?)"
    r"|(?P<word>[a-zA-Z_]\w*)|(?P<operator>::|<>|<=|>=|\|\||->>|->|=>|//|!=|==|\*\*|\"[^\"]*\"|.)",
    re.DOTALL,
)
NOT_SQL = re.compile(r"{#.*?#}|--[^\n]*", re.DOTALL)
TEXT_OR_JINJA = re.compile(r"{[{%].*?[%}]}|'[^']*'", re.DOTALL)


@dataclass(frozen=True)
class Token:
    """A word, text, number, relation or operator of SQL, and its line."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Finding:
    """A construct of a model that is not on the list, and where it is written: its own file, or a macro it calls."""

    model: str
    construct: str
    line: int
    reason: str
    places: tuple[str, ...]

    def __str__(self) -> str:
        written = ", ".join(self.places) or "a place that was not found"
        where = f"{self.model}, line {self.line} of its SQL for Spark"
        return f"{where}: {self.construct}: {self.reason}. It comes from {written}."


@dataclass(frozen=True)
class Allowed:
    """The list: words by what they are; what only some macros or models may write, by construct."""

    functions: frozenset[str]
    types: frozenset[str]
    keywords: frozenset[str]
    operators: frozenset[str]
    only_in: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls) -> Allowed:
        """The list of the project."""
        found = yaml.safe_load(LIST.read_text(encoding="utf-8"))
        only_in = {str(construct): frozenset(names) for construct, names in found.pop("only_in").items()}
        return cls(**{kind: frozenset(map(str, names)) for kind, names in found.items()}, only_in=only_in)


def findings(node: Mapping[str, Any], manifest: Mapping[str, Any], allowed: Allowed) -> Iterator[Finding]:
    """What a heavy model of dbt's manifest says that is not on the list."""
    for token, construct, reason in _unlisted(_tokens(node["compiled_code"]), allowed):
        places = _places(node, manifest, construct)
        if construct in allowed.only_in:
            reason = f"only {', '.join(sorted(allowed.only_in[construct]))} may say that"
            if places and {name for name, _ in places} <= allowed.only_in[construct]:
                continue
        yield Finding(node["name"], construct, token.line, reason, tuple(place for _, place in places))


def heavy_models(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The heavy models of a manifest that are written in SQL."""
    found = [node for node in manifest["nodes"].values() if is_heavy(node) and node["language"] == "sql"]
    return sorted(found, key=lambda node: str(node["name"]))


def _tokens(sql: str) -> list[Token]:
    found, line = [], 1
    for match in TOKEN.finditer(sql):
        if match.lastgroup:
            text = match[0].lower() if match.lastgroup == "word" else match[0]
            found.append(Token(match.lastgroup, text, line))
        line += match[0].count("\n")
    return found


def _unlisted(tokens: list[Token], allowed: Allowed) -> Iterator[tuple[Token, str, str]]:
    """Each token that is not on the list: the token, the construct it is told by, and why."""
    end = Token("operator", "", 0)
    opened: list[str] = []
    for before, (token, after) in zip([end, *tokens], pairwise([*tokens, end]), strict=False):
        if token.text == "(":
            opened.append(before.text)
        elif token.text == ")" and opened:
            opened.pop()
        is_cast = bool(opened) and opened[-1] in ("cast", "try_cast")
        if token.kind == "word":
            is_type = before.text == "::" or (is_cast and before.text == "as")
            yield from ((token, construct, why) for construct, why in _of_word(before, token, after, is_type, allowed))
        elif token.kind == "text" and "\\" in token.text:
            yield token, "\\", "a backslash in a text means itself in DuckDB alone"
        elif token.kind == "operator" and token.text not in allowed.operators:
            yield token, token.text, "this operator is not on the list"
    yield from _sorts(tokens)
    yield from _rows_in_no_list(tokens, allowed)


def _of_word(before: Token, token: Token, after: Token, is_type: bool, allowed: Allowed) -> Iterator[tuple[str, str]]:
    word = token.text
    if "." in (before.text, after.text):
        return
    if is_type:
        if word not in allowed.types:
            yield word, "this type is not on the list"
    elif before.kind == "word" and (before.text, word) in (("all", "by"), ("distinct", "on")):
        yield f"{before.text} {word}", "Spark has no such clause"
    elif word in allowed.keywords:
        return
    elif after.text == "(" and before.text not in ("as", "with"):
        if word not in allowed.functions:
            yield word, "this function is not on the list"
    else:
        yield from (
            (clause, "no clause on the list is written so") for clause in _beside(before, token, after, allowed)
        )


def _beside(before: Token, token: Token, after: Token, allowed: Allowed) -> Iterator[str]:
    """A name with what stands beside it, where only a keyword or an operator may."""
    follows_word = before.kind == "word" and before.text not in allowed.keywords
    if follows_word or before.text == ")" or before.kind in ("text", "number", "relation"):
        yield f"{before.text} {token.text}"
    elif after.kind in ("text", "number"):
        yield f"{token.text} {after.text}"


def _sorts(tokens: list[Token]) -> Iterator[tuple[Token, str, str]]:
    """Each `order by` with a key that does not say where its NULLs go."""
    for place, (token, after) in enumerate(pairwise(tokens)):
        if (token.text, after.text) != ("order", "by"):
            continue
        depth, key = 0, [after]
        for other in [*tokens[place + 2 :], Token("operator", ")", 0)]:
            depth += (other.text == "(") - (other.text == ")")
            if depth < 0 or (depth == 0 and other.text in (",", "rows", "range", "limit", "union")):
                if [each.text for each in key[-2:]] not in (["nulls", "last"], ["nulls", "first"]):
                    yield token, "order by", "a key does not say where its NULLs go, and the engines differ in it"
                    break
                if depth < 0 or other.text != ",":
                    break
                key = []
            key.append(other)


def _rows_in_no_list(tokens: list[Token], allowed: Allowed) -> Iterator[tuple[Token, str, str]]:
    """Each `not in` of several columns and a query: right on both engines, and for hours on one."""
    opened: list[tuple[str, int]] = []  # what stands before an open parenthesis, and the columns in it
    for place, token in enumerate(tokens):
        if token.text == "(":
            opened.append((tokens[place - 1].text if place else "", 1))
        elif token.text == "," and opened:
            before, n_columns = opened.pop()
            opened.append((before, n_columns + 1))
        elif token.text == ")" and opened:
            before, n_columns = opened.pop()
            is_row = n_columns > 1 and before not in allowed.functions | allowed.types
            if is_row and [each.text for each in tokens[place + 1 : place + 5]] == ["not", "in", "(", "select"]:
                reason = "Spark compares every row with every one listed; is_not_among() says it by a join"
                yield tokens[place + 1], "not in", reason


def _places(node: Mapping[str, Any], manifest: Mapping[str, Any], construct: str) -> list[tuple[str, str]]:
    """Where a construct stands in the model, those it reads in place and the macros they call."""
    sought = re.compile(_pattern(construct), re.IGNORECASE)
    found = []
    for name, what, path, code, first in _written(node, manifest):
        blanked = TEXT_OR_JINJA.sub(_without_text, NOT_SQL.sub(_blank, code))
        if hit := sought.search(blanked):
            found.append((name, f"{what} ({path}:{first + blanked.count(chr(10), 0, hit.start())})"))
    return found


def _written(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, int]]:
    """All a model is written in: the name, what that is, its file, its text and the line that begins with."""
    nodes, macros = manifest["nodes"], manifest["macros"]
    seen, waiting = set(), [node["unique_id"]]
    while waiting:
        key = waiting.pop()
        each = node if key == node["unique_id"] else nodes.get(key) or macros.get(key)
        if key in seen or each is None or each["package_name"] != node["package_name"]:
            continue
        seen.add(key)
        waiting += each["depends_on"]["macros"]
        if key in macros:
            yield (
                each["name"],
                f"the macro {each['name']}",
                each["original_file_path"],
                each["macro_sql"],
                _first_line(each),
            )
        elif each is node or each["config"]["materialized"] == "ephemeral":
            waiting += each["depends_on"]["nodes"]
            what = "the model itself" if each is node else f"the model {each['name']}"
            yield each["name"], what, each["original_file_path"], each["raw_code"], 1


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _without_text(match: re.Match[str]) -> str:
    """Jinja as it is, since what it quotes is often SQL; a text of SQL blank, but for a backslash."""
    return match[0] if match[0].startswith("{") else re.sub(r"[^\n\\]", " ", match[0])


def _pattern(construct: str) -> str:
    words = r"\s+".join(re.escape(word) for word in construct.split())
    start, stop = (r"\b" if re.match(r"\w", construct) else ""), (r"\b" if re.search(r"\w$", construct) else "")
    return f"{start}{words}{stop}"


def _first_line(macro: Mapping[str, Any]) -> int:
    """The line of its file in which a macro of this project begins; 1 for one of dbt's own."""
    path = ROOT / "dbt_project" / macro["original_file_path"]
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return text.count("\n", 0, max(0, text.find(macro["macro_sql"].strip()[:200]))) + 1
