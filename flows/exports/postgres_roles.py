"""Who may read the serving copy: what was granted on the old tables is granted on the new ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg.sql import SQL, Composable, Identifier

# The owner's own rights come with the new tables. Grants on single columns are not among these and are lost.
_GRANTED: LiteralString = """
select
    namespace.nspname, class.relname, case when acl.grantee <> 0 then pg_get_userbyid(acl.grantee) end,
    acl.privilege_type
from pg_class as class
inner join pg_namespace as namespace on class.relnamespace = namespace.oid,
    aclexplode(class.relacl) as acl
where namespace.nspname = any(%(schemas)s) and class.relkind = 'r' and acl.grantee <> class.relowner
union all
select
    namespace.nspname, null, case when acl.grantee <> 0 then pg_get_userbyid(acl.grantee) end,
    acl.privilege_type
from pg_namespace as namespace, aclexplode(namespace.nspacl) as acl
where namespace.nspname = any(%(schemas)s) and acl.grantee <> namespace.nspowner
"""

# What the owner has said that tables to come shall grant: it hangs on the schema and goes with it.
_DEFAULT: LiteralString = """
select
    namespace.nspname, null, case when acl.grantee <> 0 then pg_get_userbyid(acl.grantee) end,
    acl.privilege_type
from pg_default_acl as defaults
inner join pg_namespace as namespace on defaults.defaclnamespace = namespace.oid,
    aclexplode(defaults.defaclacl) as acl
where namespace.nspname = any(%(schemas)s) and defaults.defaclobjtype = 'r' and acl.grantee <> defaults.defaclrole
    and pg_get_userbyid(defaults.defaclrole) = current_user
"""

_TABLES: LiteralString = "select schemaname, tablename from pg_tables where schemaname = any(%(schemas)s)"


class Right(NamedTuple):
    """One privilege of one role, or of everybody if None, on a table, or on the schema if None."""

    schema: str
    table: str | None
    role: str | None
    privilege: str


@dataclass(frozen=True)
class Grants:
    """Rights on schemas and tables, rights on tables to come, and the tables there were."""

    schemas: list[str]
    given: list[Right]
    default: list[Right]
    tables: set[tuple[str, str]]


def grants_of(server: psycopg.Connection[Any], schemas: list[str]) -> Grants:
    """What others than the owner may do with these schemas and their tables."""
    return Grants(
        schemas, _rights(server, _GRANTED, schemas), _rights(server, _DEFAULT, schemas), _tables(server, schemas)
    )


def renew_grants(server: psycopg.Connection[Any], grants: Grants) -> None:
    """Grant the same again. A table that was not there gets what all others had, and what tables to come should."""
    tables = _tables(server, grants.schemas)
    for right in grants.given:
        if right.table is None:
            _grant(server, "grant {privilege} on schema {schema} to {role}", right)
        elif (right.schema, right.table) in tables:
            _grant(server, "grant {privilege} on {schema}.{table} to {role}", right)
    held = set(grants.given)
    old = {schema: [name for s, name in grants.tables if s == schema] for schema in grants.schemas}
    general = {right for right in held if all(right._replace(table=name) in held for name in old[right.schema])}
    for right in {*general, *grants.default}:
        for schema, table in tables - grants.tables:
            if schema == right.schema and (right.table is not None or right in grants.default):
                _grant(server, "grant {privilege} on {schema}.{table} to {role}", right._replace(table=table))
    for right in grants.default:
        _grant(server, "alter default privileges in schema {schema} grant {privilege} on tables to {role}", right)


def _rights(server: psycopg.Connection[Any], query: LiteralString, schemas: list[str]) -> list[Right]:
    return [Right(*row) for row in server.execute(query, {"schemas": schemas}).fetchall()]


def _tables(server: psycopg.Connection[Any], schemas: list[str]) -> set[tuple[str, str]]:
    return set(server.execute(_TABLES, {"schemas": schemas}).fetchall())


def _grant(server: psycopg.Connection[Any], statement: LiteralString, right: Right) -> None:
    named: dict[str, Composable] = {
        "privilege": SQL(right.privilege),  # a word of PostgreSQL's own
        "schema": Identifier(right.schema),
        "table": Identifier(right.table or ""),
        "role": SQL("public") if right.role is None else Identifier(right.role),
    }
    server.execute(SQL(statement).format(**named))
