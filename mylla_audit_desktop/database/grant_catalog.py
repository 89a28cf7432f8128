"""PostgreSQL's catalogue: which objects there are, whose they are, and who has which right."""

from dataclasses import dataclass

import sqlalchemy as sa

from mylla_audit_desktop.database.grants import SCHEMAS

# What stands behind a right that its holder may pass on.
MAY_GRANT = " WITH GRANT OPTION"

# Every object that can carry rights, named as `Grant.name`; row types of tables and
# arrays carry none of their own.
_OBJECTS = """
SELECT 'DATABASE' AS kind, '' AS name, d.datdba AS owner,
       coalesce(d.datacl, acldefault('d', d.datdba)) AS acl, quote_ident(d.datname) AS quoted
FROM pg_catalog.pg_database d WHERE d.datname = current_database()
UNION ALL
SELECT 'SCHEMA', n.nspname::text, n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner)),
       quote_ident(n.nspname)
FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY(:schemas) OR n.nspname = 'public'
UNION ALL
SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname || '.' || c.relname,
       c.relowner,
       coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char",
                                     c.relowner)),
       format('%I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
UNION ALL
SELECT 'FUNCTION', format('%s.%s(%s)', n.nspname, p.proname, types.list), p.proowner,
       coalesce(p.proacl, acldefault('f', p.proowner)),
       format('%I.%I(%s)', n.nspname, p.proname, types.list)
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace,
     LATERAL (SELECT coalesce(string_agg(format_type(t.type, NULL), ', ' ORDER BY t.nth), '')
              AS list FROM unnest(p.proargtypes) WITH ORDINALITY AS t (type, nth)) AS types
WHERE n.nspname = ANY(:schemas)
UNION ALL
SELECT 'TYPE', n.nspname || '.' || t.typname, t.typowner,
       coalesce(t.typacl, acldefault('T', t.typowner)), format('%I.%I', n.nspname, t.typname)
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
WHERE n.nspname = ANY(:schemas) AND t.typcategory <> 'A' AND coalesce(c.relkind, 'c') = 'c'
"""


@dataclass(frozen=True, slots=True)
class Held:
    """Rights that the catalogue holds on one object for one role ("PUBLIC" for everybody).

    One that the role may pass on ends in " WITH GRANT OPTION".
    """

    kind: str
    name: str
    quoted: str
    role: str
    privileges: frozenset[str]


def read_held(connection: sa.Connection) -> tuple[Held, ...]:
    """Every right on what this project created, on the database and the schema public.

    The rights of each object's owner are left out.
    """
    rows = connection.execute(
        sa.text(
            "SELECT o.kind, o.name, o.quoted, coalesce(r.rolname, 'PUBLIC') AS role,"  # noqa: S608 - our own text
            " array_agg(DISTINCT a.privilege_type"
            " || CASE WHEN a.is_grantable THEN :may_grant ELSE '' END) AS privileges"
            f" FROM ({_OBJECTS}) AS o, LATERAL aclexplode(o.acl) AS a"
            " LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee"
            " WHERE a.grantee <> o.owner GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4"
        ),
        {"schemas": list(SCHEMAS), "may_grant": MAY_GRANT},
    )
    return tuple(
        Held(row.kind, row.name, row.quoted, row.role, frozenset(row.privileges)) for row in rows
    )


def read_owned(connection: sa.Connection, *, is_superuser: bool) -> dict[tuple[str, str], str]:
    """The objects on which this login may grant, as SQL names them."""
    rows = connection.execute(
        sa.text(
            f"SELECT o.kind, o.name, o.quoted FROM ({_OBJECTS}) AS o"  # noqa: S608 - our own text
            " WHERE :is_superuser OR pg_has_role(current_user, o.owner, 'USAGE')"
        ),
        {"schemas": list(SCHEMAS), "is_superuser": is_superuser},
    )
    return {(row.kind, row.name): row.quoted for row in rows}


def read_not_owned_by(connection: sa.Connection, owner: str) -> list[tuple[str, str]]:
    """Kind and name, as SQL writes it, of what lies in our schemas and is somebody else's.

    Sequences come last.
    """
    rows = connection.execute(
        sa.text(
            f"SELECT o.kind, o.quoted FROM ({_OBJECTS}) AS o"  # noqa: S608 - our own text
            " JOIN pg_catalog.pg_roles r ON r.oid = o.owner"
            " WHERE o.kind <> 'DATABASE' AND o.name <> 'public' AND r.rolname <> :owner"
            " ORDER BY o.kind = 'SEQUENCE', 1, 2"
        ),
        {"schemas": list(SCHEMAS), "owner": owner},
    )
    return [(row.kind, row.quoted) for row in rows]
