"""Putting `GRANTS` in force on a PostgreSQL server: roles, owner and rights."""

from collections.abc import Sequence

import sqlalchemy as sa
from psycopg import errors, sql

from mylla_audit_desktop.database.drivers import postgresql_driver
from mylla_audit_desktop.database.grant_catalog import (
    MAY_GRANT,
    read_held,
    read_not_owned_by,
    read_owned,
)
from mylla_audit_desktop.database.grants import GRANTS, GROUP_ROLES, OWNER
from mylla_audit_desktop.log.errors import DatabaseError


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


# A procedure is a function in the catalogue, and none in GRANT and ALTER.
_WORDS = {"FUNCTION": "ROUTINE"}


def _give_to_owner(connection: sa.Connection) -> None:
    """Whatever lies in our schemas belongs to the owner, whoever created it."""
    driver = postgresql_driver(connection)
    for kind, quoted in read_not_owned_by(connection, OWNER):
        # A sequence of a column follows its table.
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
    owned = read_owned(connection, is_superuser=is_superuser)
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
        surplus = {one.removesuffix(MAY_GRANT) for one in have - want}
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
