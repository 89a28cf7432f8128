"""Who may do what on PostgreSQL: the roles, and every right that they have.

`GRANTS` is the whole list. `mylla-audit init` puts it in force, and a test walks the
catalogue and fails on any right that is not on it. Whoever adds a function for a role adds
a line here; what has no line is the owner's alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from psycopg import errors, sql

from mylla_audit_desktop.database.drivers import postgresql_driver
from mylla_audit_desktop.log.errors import DatabaseError

ADMIN = "mylla_audit_admin"
SUPER_ADMIN = "mylla_audit_super_admin"
WRITER = "mylla_audit_writer"
RETENTION = "mylla_audit_retention"
GROUP_ROLES = (ADMIN, SUPER_ADMIN, WRITER, RETENTION)
# Owns the schemas; nobody can sign in as it, and nobody is a member of it.
OWNER = "mylla_audit_owner"
# What this project creates lies in these.
SCHEMAS = ("audit", "review")

_REVIEWERS = (ADMIN, SUPER_ADMIN)


@dataclass(frozen=True, slots=True)
class Grant:
    """One right. `name` as the catalogue walk writes it: functions with their types."""

    kind: str
    name: str
    privilege: str
    roles: tuple[str, ...]


# "DATABASE" is the one that `init` is run in.
GRANTS = (
    Grant("DATABASE", "", "CONNECT", GROUP_ROLES),
    Grant("SCHEMA", "audit", "USAGE", GROUP_ROLES),
    Grant("TABLE", "audit.entries", "SELECT", _REVIEWERS),
    Grant("FUNCTION", "audit.current_member()", "EXECUTE", _REVIEWERS),
    Grant("FUNCTION", "audit.begin_export(json)", "EXECUTE", _REVIEWERS),
    Grant("FUNCTION", "audit.end_export(text, json)", "EXECUTE", _REVIEWERS),
    Grant(
        "FUNCTION",
        "audit.append_entry(text, text, text, text, text, text, text, json, json, inet)",
        "EXECUTE",
        (WRITER,),
    ),
    Grant("SCHEMA", "review", "USAGE", _REVIEWERS),
    Grant("TABLE", "review.policies", "SELECT", _REVIEWERS),
    Grant("TABLE", "review.decisions", "SELECT", _REVIEWERS),
    Grant("TABLE", "review.sign_offs", "SELECT", _REVIEWERS),
    Grant("FUNCTION", "review.append_policy(text, integer)", "EXECUTE", _REVIEWERS),
    Grant("FUNCTION", "review.append_decisions(json)", "EXECUTE", _REVIEWERS),
    Grant("FUNCTION", "review.append_sign_off(json)", "EXECUTE", _REVIEWERS),
    Grant("TABLE", "audit.retention_settings", "SELECT", _REVIEWERS),
    Grant("TABLE", "audit.retention_runs", "SELECT", _REVIEWERS),
    Grant(
        "FUNCTION",
        "audit.set_retention(integer, integer, text, bigint)",
        "EXECUTE",
        (SUPER_ADMIN,),
    ),
    Grant(
        "FUNCTION",
        "audit.preview_retention(integer, timestamp with time zone)",
        "EXECUTE",
        (RETENTION,),
    ),
    Grant(
        "FUNCTION",
        "audit.begin_retention(integer, timestamp with time zone)",
        "EXECUTE",
        (RETENTION,),
    ),
    Grant("FUNCTION", "audit.retention_step(bigint, integer, boolean)", "EXECUTE", (RETENTION,)),
    Grant("FUNCTION", "audit.end_retention(bigint, text)", "EXECUTE", (RETENTION,)),
    Grant("FUNCTION", "audit.add_months()", "EXECUTE", (RETENTION,)),
)

# What `read_access` asks for: a role may do it where it may execute all of these. Empty
# until there is such a function.
EXPORT_FUNCTIONS = ("audit.begin_export(json)", "audit.end_export(text, json)")
DECISION_FUNCTIONS = (
    "review.append_policy(text, integer)",
    "review.append_decisions(json)",
    "review.append_sign_off(json)",
)
RETENTION_CHANGE_FUNCTIONS = ("audit.set_retention(integer, integer, text, bigint)",)


def apply_grants(connection: sa.Connection) -> tuple[str, ...]:
    """Make the roles, and give them what `GRANTS` lists and nothing else.

    Also hands what this project created to its owner, and takes all rights on database
    and schemas from PUBLIC. What is so already is left alone. Returns sentences for the
    one who ran it: what this login may not do, and who must run it again.
    """
    notes = []
    login = connection.execute(
        sa.text(
            "SELECT rolname, rolsuper, rolsuper OR rolcreaterole AS may_create_roles"
            " FROM pg_catalog.pg_roles WHERE rolname = current_user"
        )
    ).one()
    missing = _missing_roles(connection, GROUP_ROLES)
    if login.may_create_roles:
        _create_roles(connection, missing)
    elif missing:
        notes.append(
            f"The login {login.rolname} may not create roles, so nobody but it can use this log."
            " Have a superuser run mylla-audit init on this database again."
        )
    if login.rolsuper:
        _create_roles(connection, _missing_roles(connection, [OWNER]))
    else:
        notes.append(
            f"The log belongs to the login {login.rolname}, which can change its entries."
            f" Once a superuser has run mylla-audit init, it belongs to {OWNER}, as which"
            " nobody can sign in."
        )
    _check_roles(connection)
    if login.rolsuper:
        _give_to_owner(connection)
        _keep_large_objects_out(connection)
    notes += _apply(connection, is_superuser=login.rolsuper)
    return tuple(notes)


def _missing_roles(connection: sa.Connection, names: Sequence[str]) -> list[str]:
    statement = sa.text("SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = ANY(:names)")
    present = set(connection.scalars(statement, {"names": list(names)}))
    return [name for name in names if name not in present]


def _create_roles(connection: sa.Connection, names: Sequence[str]) -> None:
    """Roles belong to all databases of a server: another `init` may be making the same."""
    driver = postgresql_driver(connection)
    for name in names:
        try:
            with driver.transaction():
                driver.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
        except (errors.DuplicateObject, errors.UniqueViolation):
            continue


def _check_roles(connection: sa.Connection) -> None:
    """Raise DatabaseError where somebody made one of the roles more than a group."""
    row = connection.execute(
        sa.text(
            "SELECT r.rolname, m.rolname AS member FROM pg_catalog.pg_roles r"
            " LEFT JOIN pg_catalog.pg_auth_members a ON a.roleid = r.oid AND r.rolname = :owner"
            " LEFT JOIN pg_catalog.pg_roles m ON m.oid = a.member"
            " WHERE r.rolname = ANY(:names) AND (m.rolname IS NOT NULL OR r.rolcanlogin"
            " OR r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication"
            " OR r.rolbypassrls) ORDER BY 1 LIMIT 1"
        ),
        {"owner": OWNER, "names": [*GROUP_ROLES, OWNER]},
    ).first()
    if row is not None:
        what = "has rights of its own" if row.member is None else f"is granted to {row.member}"
        raise DatabaseError(
            f"The role {row.rolname} {what}, so the log would not be protected.",
            "Take that away (ALTER ROLE, REVOKE), then run mylla-audit init again.",
        )


# -- objects -----------------------------------------------------------------------

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


_MAY_GRANT = " WITH GRANT OPTION"


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
        {"schemas": list(SCHEMAS), "may_grant": _MAY_GRANT},
    )
    return tuple(
        Held(row.kind, row.name, row.quoted, row.role, frozenset(row.privileges)) for row in rows
    )


# A procedure is a function in the catalogue, and none in GRANT and ALTER.
_WORDS = {"FUNCTION": "ROUTINE"}


def _give_to_owner(connection: sa.Connection) -> None:
    """Whatever lies in our schemas belongs to the owner, whoever created it."""
    driver = postgresql_driver(connection)
    rows = connection.execute(
        sa.text(
            f"SELECT o.kind, o.quoted FROM ({_OBJECTS}) AS o"  # noqa: S608 - our own text
            " JOIN pg_catalog.pg_roles r ON r.oid = o.owner"
            " WHERE o.kind <> 'DATABASE' AND o.name <> 'public' AND r.rolname <> :owner"
            # A sequence of a column follows its table.
            " ORDER BY o.kind = 'SEQUENCE', 1, 2"
        ),
        {"schemas": list(SCHEMAS), "owner": OWNER},
    ).all()
    for kind, quoted in rows:
        if kind == "SEQUENCE" and not _is_free_sequence(connection, quoted):
            continue
        target = sql.SQL(f"{_WORDS.get(kind, kind)} {quoted}")
        driver.execute(sql.SQL("ALTER {} OWNER TO {}").format(target, sql.Identifier(OWNER)))


def _keep_large_objects_out(connection: sa.Connection) -> None:
    """Nobody but a superuser makes large objects: PostgreSQL lets everybody."""
    names = connection.scalars(
        sa.text(
            "SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc p,"
            " LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a"
            " WHERE p.pronamespace = 'pg_catalog'::regnamespace AND a.grantee = 0"
            " AND p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea')"
        )
    )
    for name in names.all():
        connection.exec_driver_sql(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{name} FROM PUBLIC")


def _is_free_sequence(connection: sa.Connection, quoted: str) -> bool:
    return not connection.scalar(
        sa.text(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_depend"
            " WHERE classid = 'pg_catalog.pg_class'::regclass AND deptype IN ('a', 'i')"
            " AND refclassid = 'pg_catalog.pg_class'::regclass"
            " AND objid = to_regclass(:name))"
        ),
        {"name": quoted},
    )


def _apply(connection: sa.Connection, *, is_superuser: bool) -> list[str]:
    """Take away and give until our roles and PUBLIC hold exactly what `GRANTS` lists."""
    driver = postgresql_driver(connection)
    absent = set(_missing_roles(connection, GROUP_ROLES))
    wanted: dict[tuple[str, str, str], set[str]] = {}
    for grant in GRANTS:
        for role in grant.roles:
            if role not in absent:
                wanted.setdefault((grant.kind, grant.name, role), set()).add(grant.privilege)
    owned = _read_owned(connection, is_superuser=is_superuser)
    others: list[str] = []
    held: dict[tuple[str, str, str], frozenset[str]] = {}
    for one in read_held(connection):
        if one.role in {"PUBLIC", *GROUP_ROLES}:
            held[one.kind, one.name, one.role] = one.privileges
        elif (one.kind, one.name) != ("SCHEMA", "public"):
            others.append(f"{', '.join(sorted(one.privileges))} on {one.quoted} for {one.role}")
    not_ours: set[str] = set()
    for kind, name, role in sorted(wanted.keys() | held.keys()):
        have = held.get((kind, name, role), frozenset())
        want = wanted.get((kind, name, role), set())
        if have == want:
            continue
        if (kind, name) not in owned:
            not_ours.add(f"the {kind.lower()} {name}".rstrip())
            continue
        grantee = sql.SQL("PUBLIC") if role == "PUBLIC" else sql.Identifier(role)
        target = sql.SQL(f"{_WORDS.get(kind, kind)} {owned[kind, name]}")
        surplus = {one.removesuffix(_MAY_GRANT) for one in have - want}
        for verb, word, privileges in (("REVOKE", "FROM", surplus), ("GRANT", "TO", want - have)):
            if privileges:
                rights = sql.SQL(", ".join(sorted(privileges)))
                driver.execute(
                    sql.SQL(f"{verb} {{}} ON {{}} {word} {{}}").format(rights, target, grantee)
                )
    notes = []
    if not_ours:
        notes.append(
            f"This login may not change the rights on {' and '.join(sorted(not_ours))}."
            " Have its owner or a superuser run mylla-audit init on this database again."
        )
    if others:
        notes.append(f"Rights that init did not give and left as they are: {'; '.join(others)}.")
    return notes


def _read_owned(connection: sa.Connection, *, is_superuser: bool) -> dict[tuple[str, str], str]:
    """The objects on which this login may grant, as SQL names them."""
    rows = connection.execute(
        sa.text(
            f"SELECT o.kind, o.name, o.quoted FROM ({_OBJECTS}) AS o"  # noqa: S608 - our own text
            " WHERE :is_superuser OR pg_has_role(current_user, o.owner, 'USAGE')"
        ),
        {"schemas": list(SCHEMAS), "is_superuser": is_superuser},
    )
    return {(row.kind, row.name): row.quoted for row in rows}
