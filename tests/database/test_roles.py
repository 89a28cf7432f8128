"""What each role may do: the table of the roles, over TLS and with a password, as that role."""

from collections.abc import Iterator

import psycopg
import pytest

from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.grants import GRANTS, GROUP_ROLES, OWNER, SCHEMAS
from mylla_audit_desktop.log.errors import DatabaseError
from tests.database.world import PASSWORD, ROLES, World, login_of, make_world, unmake_world
from tests.secure_server import SecureServer

pytestmark = pytest.mark.postgresql

# What is tried for each column of the table; each is refused with "permission denied for"
# where the role may not, and works or is refused for what it asks where it may.
DEEDS = {
    "read": "SELECT count(*) FROM audit.entries",
    "append": "SELECT audit.append_entry('member', 'usr_1', 'Olga', 'agent.update')",
    "record an export": "SELECT audit.begin_export('{}')",
    "decide": "SELECT review.append_decisions('[]')",
    "sign off": "SELECT review.append_sign_off('{}')",
    "change the policy": "SELECT review.append_policy('', 0)",
    "change retention": "SELECT audit.set_retention(1095, 1095, 'Policy 4.2', 0)",
    "purge": "SELECT audit.begin_retention(1095, now())",
}
REVIEWS = {"read", "record an export", "decide", "sign off", "change the policy"}
TABLE = {
    "super_admin": REVIEWS | {"change retention"},
    "admin": REVIEWS,
    "writer": {"append"},
    "retention": {"purge"},
}


@pytest.fixture(scope="module")
def world(secure_server: SecureServer) -> Iterator[World]:
    made = make_world(secure_server, "world_of_roles")
    yield made
    unmake_world(made)


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("role", TABLE)
def test_the_table_of_the_roles(world: World, role: str, deed: str) -> None:
    with world.connect(role) as connection:
        assert connection.pgconn.used_password
        assert connection.execute(
            "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ).fetchone() == (True,)
        said = ""
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(DEEDS[deed])
        except psycopg.Error as error:
            said = error.diag.message_primary or ""
    assert said.startswith("permission denied for") == (deed not in TABLE[role]), said


def test_a_member_is_not_even_let_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        world.connect("member")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with pytest.raises(DatabaseError, match="role Admin or Super Admin") as caught:
        open_database(world.server.url(login_of("member"), world.name))
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("role", "title", "may_change"),
    [("super_admin", "Super_Admin · Super Admin", True), ("admin", "Admin · Admin", False)],
)
def test_the_window_is_told_what_the_database_allows(
    world: World, monkeypatch: pytest.MonkeyPatch, role: str, title: str, may_change: bool
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    database = open_database(world.server.url(login_of(role), world.name))
    access = read_access(database, Cancellation())
    database.close()
    assert access.title == title
    assert (access.no_export, access.no_decision) == ("", "")
    wanted = "" if may_change else "Changing retention needs the role Super Admin."
    assert access.no_retention_change == wanted


def test_the_service_says_who_and_what_and_never_when(world: World) -> None:
    with world.connect("writer") as connection:
        connection.execute(
            "SELECT audit.append_entry(actor_type => 'member', actor_id => 'usr_9',"
            " actor_name => 'Nia', action => 'agent.create', target_type => 'agent',"
            " target_id => 'agt_9', after => '{\"name\": 1.0}', ip_address => '192.0.2.1')"
        )
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("SELECT audit.append_entry('robot', 'r', 'R', 'agent.create')")
    with world.superuser() as connection:
        row = connection.execute(
            "SELECT actor_id, after::text, host(ip_address), now() - occurred_at < '1 min',"
            " id = (SELECT max(id) FROM audit.entries)"
            " FROM audit.entries WHERE target_id = 'agt_9'"
        ).fetchone()
    assert row == ("usr_9", '{"name": 1.0}', "192.0.2.1", True, True)


def test_the_daily_job_makes_the_months_to_come(world: World) -> None:
    count = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit.entries'::regclass"
    drop = (
        "DO $$ BEGIN EXECUTE 'DROP TABLE audit.entries_' || to_char(date_trunc('month',"
        " now() AT TIME ZONE 'UTC') + interval '{0} months', 'YYYY_MM'); END $$"
    )
    add = "SELECT audit.add_months()"
    with world.superuser() as connection, world.connect("retention") as job:
        before = connection.execute(count).fetchone()
        assert job.execute(add).fetchone() == (0,)
        for ahead in (1, 3):
            connection.execute(drop.format(ahead).encode())
        assert job.execute(add).fetchone() == (2,)
        assert connection.execute(count).fetchone() == before
        connection.execute(drop.format(2).encode())
        with connection.transaction():
            connection.execute("SELECT count(*) FROM audit.entries")
            assert job.execute(add).fetchone() == (0,), "somebody reads: the next day will do"
        assert job.execute(add).fetchone() == (1,)
        bounds = connection.execute(
            "SELECT DISTINCT pg_get_expr(relpartbound, oid) FROM pg_class"
            " WHERE relispartition AND relkind = 'r'"
        ).fetchall()
    assert all(bound.count("-01 00:00:00+00'") == 2 for (bound,) in bounds if bound != "DEFAULT")


# -- the catalogue -----------------------------------------------------------------

# Every right that anybody but its owner holds, of whatever lies in a database.
_WALK = """
WITH objects (kind, name, owner, acl) AS (
    SELECT 'DATABASE', ''::text, d.datdba, coalesce(d.datacl, acldefault('d', d.datdba))
    FROM pg_database d WHERE d.datname = current_database()
    UNION ALL
    SELECT 'SCHEMA', n.nspname, n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner))
    FROM pg_namespace n
    UNION ALL
    SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
        n.nspname || '.' || c.relname, c.relowner,
        coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char",
            c.relowner))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT 'COLUMN', format('%s.%s.%s', n.nspname, c.relname, a.attname), c.relowner, a.attacl
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attacl IS NOT NULL
    UNION ALL
    SELECT 'FUNCTION', format('%s.%s(%s)', n.nspname, p.proname, (
            SELECT string_agg(format_type(t, NULL), ', ' ORDER BY nth)
            FROM unnest(p.proargtypes) WITH ORDINALITY AS u (t, nth))),
        p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    UNION ALL
    -- The row type of a table goes with the table, an array with its element.
    SELECT 'TYPE', n.nspname || '.' || t.typname, t.typowner,
        coalesce(t.typacl, acldefault('T', t.typowner))
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typcategory <> 'A' AND coalesce(c.relkind, 'c') = 'c'
    UNION ALL
    SELECT 'LANGUAGE', l.lanname, l.lanowner, coalesce(l.lanacl, acldefault('l', l.lanowner))
    FROM pg_language l
    UNION ALL
    SELECT 'LARGE OBJECT', m.oid::text, m.lomowner, coalesce(m.lomacl, acldefault('L', m.lomowner))
    FROM pg_largeobject_metadata m
    UNION ALL
    SELECT 'TABLESPACE', s.spcname, s.spcowner, s.spcacl FROM pg_tablespace s
    UNION ALL
    SELECT 'FOREIGN DATA WRAPPER', w.fdwname, w.fdwowner, w.fdwacl FROM pg_foreign_data_wrapper w
    UNION ALL
    SELECT 'FOREIGN SERVER', f.srvname, f.srvowner, f.srvacl FROM pg_foreign_server f
    UNION ALL
    SELECT 'DEFAULT ' || d.defaclobjtype::text, coalesce(d.defaclnamespace::regnamespace::text, ''),
        d.defaclrole, d.defaclacl
    FROM pg_default_acl d
)
SELECT o.kind, o.name, coalesce(r.rolname, 'PUBLIC') AS role,
    a.privilege_type || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
FROM objects o, LATERAL aclexplode(o.acl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> o.owner
"""
_SYSTEM = ("pg_catalog", "information_schema")

Right = tuple[str, str, str, str]


def walk(connection: psycopg.Connection) -> set[Right]:
    return {(row[0], row[1], row[2], row[3]) for row in connection.execute(_WALK).fetchall()}


@pytest.fixture(scope="module")
def pristine(world: World) -> set[Right]:
    """What PostgreSQL gives of its own objects in a database that nobody has touched."""
    world.server.execute("CREATE DATABASE untouched TEMPLATE template0")
    with world.server.connect("untouched") as connection:
        found = walk(connection)
    world.server.execute("DROP DATABASE untouched")
    return {
        right for right in found if right[0] == "LANGUAGE" or right[1].partition(".")[0] in _SYSTEM
    }


def listed() -> set[Right]:
    """What the checked-in list gives: `GRANTS` in database/grants.py."""
    return {
        (grant.kind, grant.name, role, grant.privilege) for grant in GRANTS for role in grant.roles
    }


def test_every_right_in_the_catalogue_is_on_the_list(world: World, pristine: set[Right]) -> None:
    with world.superuser() as connection:
        found = walk(connection) - pristine
    assert found - listed() == set(), "rights that database/grants.py does not list"
    assert listed() - found == set(), "listed, and not given"


@pytest.mark.parametrize(
    "grant",
    [
        "GRANT INSERT ON audit.entries TO mylla_audit_admin",
        "GRANT SELECT ON audit.entries_default TO mylla_audit_admin",
        "GRANT SELECT (actor_id) ON audit.members TO mylla_audit_writer",
        "GRANT SELECT ON audit.entries TO mylla_audit_admin WITH GRANT OPTION",
        "GRANT USAGE ON SEQUENCE audit.entries_id_seq TO mylla_audit_writer",
        "GRANT EXECUTE ON FUNCTION audit.current_member() TO PUBLIC",
        "GRANT TEMPORARY ON DATABASE world_of_roles TO mylla_audit_admin",
        "GRANT CREATE ON SCHEMA public TO PUBLIC",
        "GRANT SELECT ON pg_catalog.pg_authid TO mylla_audit_admin",
        "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO mylla_audit_admin",
        "GRANT CREATE ON TABLESPACE pg_default TO mylla_audit_admin",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO mylla_audit_writer",
        "SELECT lo_create(4711); GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC",
        "CREATE TYPE audit.colour AS ENUM ('red')",
        "CREATE FUNCTION review.hello() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_the_walk_sees_what_is_not_on_the_list(
    world: World, pristine: set[Right], grant: str
) -> None:
    with world.superuser() as connection, connection.transaction(force_rollback=True):
        connection.execute(grant.encode())
        found = walk(connection) - pristine
    assert len(found - listed()) == 1


def test_the_list_itself_gives_nobody_a_table_to_write() -> None:
    kinds = {(grant.kind, grant.privilege) for grant in GRANTS}
    assert kinds == {
        ("DATABASE", "CONNECT"),
        ("SCHEMA", "USAGE"),
        ("TABLE", "SELECT"),
        ("FUNCTION", "EXECUTE"),
    }


def test_what_each_role_may_in_effect(world: World) -> None:
    """Whatever the way a right came: through PUBLIC, a role or a membership."""
    may = """
    SELECT r.rolname, n.nspname || '.' || c.relname, p
    FROM pg_roles r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
        AS p
    WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p', 'v', 'm') AND r.rolname = ANY(%s)
        AND has_table_privilege(r.oid, c.oid, p)
    """
    logins = [login_of(role) for role in ROLES]
    tables = {grant.name for grant in GRANTS if grant.kind == "TABLE"}
    with world.superuser() as connection:
        found = connection.execute(may, [list(SCHEMAS), logins]).fetchall()
        assert {tuple(row) for row in found} == {
            (login_of(role), table, "SELECT")
            for role in ("super_admin", "admin")
            for table in tables
        }
        sequences = connection.execute(
            "SELECT c.relname FROM pg_class c, pg_roles r WHERE c.relkind = 'S'"
            " AND r.rolname = ANY(%s) AND (has_sequence_privilege(r.oid, c.oid, 'USAGE')"
            " OR has_sequence_privilege(r.oid, c.oid, 'UPDATE'))",
            [logins],
        ).fetchall()
        assert sequences == []


def test_every_function_that_a_role_may_execute_is_safe(world: World) -> None:
    """With the owner's rights, with names from pg_catalog alone."""
    with world.superuser() as connection:
        functions = connection.execute(
            "SELECT p.oid::regprocedure::text, p.prosecdef, p.proconfig,"
            " pg_get_userbyid(p.proowner), EXISTS (SELECT FROM aclexplode(p.proacl) AS a"
            " WHERE a.grantee <> p.proowner), p.proacl IS NULL FROM pg_proc p"
            " WHERE p.pronamespace = ANY(ARRAY['audit'::regnamespace, 'review'::regnamespace])"
        ).fetchall()
        owners = connection.execute(
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace"
            " = ANY(ARRAY['audit'::regnamespace, 'review'::regnamespace])"
            " UNION SELECT pg_get_userbyid(nspowner) FROM pg_namespace"
            " WHERE nspname IN ('audit', 'review')"
        ).fetchall()
        members = connection.execute(
            "SELECT rolcanlogin, (SELECT count(*) FROM pg_auth_members WHERE roleid = r.oid)"
            " FROM pg_roles r WHERE rolname = %s",
            [OWNER],
        ).fetchall()
    assert functions
    for name, is_definer, settings, owner, is_granted, is_default in functions:
        assert owner == OWNER, name
        assert not is_default, f"{name}: PUBLIC may execute it"
        assert "search_path=pg_catalog, pg_temp" in (settings or []), name
        assert is_definer or not is_granted, name
    assert owners == [(OWNER,)]
    assert members == [(False, 0)], "nobody signs in as the owner, or becomes it"


def test_the_group_roles_are_groups_and_nothing_else(world: World) -> None:
    with world.superuser() as connection:
        rows = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND NOT (rolcanlogin OR rolsuper"
            " OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)",
            [[*GROUP_ROLES, OWNER]],
        ).fetchall()
    assert {row[0] for row in rows} == {*GROUP_ROLES, OWNER}
