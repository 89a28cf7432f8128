"""What a login may try with its own tools, as each role, and what comes of it: nothing."""

from collections.abc import Iterator

import psycopg
import pytest

from mylla_audit_desktop.database.grants import GROUP_ROLES, OWNER
from tests.database.world import World, login_of, make_world, unmake_world
from tests.secure_server import SecureServer

pytestmark = pytest.mark.postgresql
_INSERT = (
    "INTO audit.entries (occurred_at, actor_type, actor_id, actor_name, action)"
    " VALUES (now(), 'member', 'x', 'X', 'agent.update')"
)
_FORGED = (
    "CREATE OR REPLACE FUNCTION audit.current_member(OUT actor_id text, OUT actor_name text,"
    " OUT role text) RETURNS SETOF record LANGUAGE sql AS $$ SELECT 'x', 'x', 'super_admin' $$"
)
_TRIGGER = (
    "CREATE TRIGGER mine BEFORE UPDATE ON audit.entries"
    " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
)

# Each must be refused, whichever role tries it.
ATTACKS = [
    # Becoming somebody else.
    f"SET ROLE {OWNER}",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    f"SET SESSION AUTHORIZATION {OWNER}",
    f"GRANT {OWNER} TO CURRENT_USER",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER CREATEROLE",
    "CREATE ROLE walk_friend SUPERUSER",
    f"ALTER ROLE {OWNER} LOGIN",
    # Writing where entries are kept.
    f"INSERT {_INSERT}",
    f"EXPLAIN ANALYZE INSERT {_INSERT}",
    "INSERT INTO audit.entries_default SELECT * FROM audit.entries_default",
    "UPDATE audit.entries SET actor_id = 'x'",
    "DELETE FROM audit.entries",
    "TRUNCATE audit.entries",
    "TRUNCATE audit.entries_default",
    "WITH gone AS (DELETE FROM audit.entries RETURNING *) SELECT count(*) FROM gone",
    "SELECT * FROM audit.entries FOR UPDATE",
    "DO $$ BEGIN LOCK TABLE audit.entries IN ACCESS EXCLUSIVE MODE; END $$",
    "COPY audit.entries (occurred_at, actor_type, actor_id, actor_name, action) FROM STDIN",
    "UPDATE audit.members SET actor_id = 'usr_9'",
    "INSERT INTO audit.members (login, actor_id, actor_name) VALUES ('x', 'y', 'z')",
    "SELECT * FROM audit.members",
    "DELETE FROM review.decisions",
    "UPDATE review.decisions SET note = ''",
    "INSERT INTO review.sign_offs DEFAULT VALUES",
    "DELETE FROM audit.retention_settings",
    "DELETE FROM audit.schema_version",
    "SELECT setval('audit.entries_id_seq', 1)",
    "SELECT nextval('audit.entries_id_seq')",
    "SELECT audit.record('a.b', NULL, NULL, NULL, NULL, NULL)",
    # Changing the walls.
    "ALTER TABLE audit.entries DISABLE TRIGGER ALL",
    "ALTER TABLE audit.entries DISABLE TRIGGER keep_ids_growing",
    "ALTER TABLE audit.entries ADD COLUMN x int",
    "ALTER TABLE audit.entries OWNER TO CURRENT_USER",
    "ALTER TABLE audit.entries DETACH PARTITION audit.entries_default",
    "ALTER TABLE audit.entries ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY mine ON audit.entries USING (false)",
    "CREATE RULE mine AS ON INSERT TO audit.entries DO INSTEAD NOTHING",
    _TRIGGER,
    "CREATE INDEX ON audit.entries (actor_id)",
    "DROP TABLE audit.entries",
    "DROP SCHEMA audit CASCADE",
    "DROP FUNCTION audit.begin_export(json)",
    "ALTER FUNCTION audit.begin_export(json) SECURITY INVOKER",
    _FORGED,
    "GRANT ALL ON ALL TABLES IN SCHEMA audit TO PUBLIC",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT ALL ON TABLES TO PUBLIC",
    "COMMENT ON TABLE audit.entries IS 'x'",
    "REINDEX TABLE audit.entries",
    # Making things that the owner's functions could be led to.
    "CREATE TABLE public.entries (id int)",
    "CREATE TABLE audit.mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE TEMPORARY TABLE entries (id int)",
    "CREATE TEMPORARY VIEW entries AS SELECT 1",
    "SELECT 1 AS id INTO TEMPORARY members",
    "CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT NULL $$",
    "CREATE FUNCTION pg_temp.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT NULL $$",
    "CREATE FUNCTION pg_catalog.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$",
    "CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = namene)",
    "CREATE TYPE public.mine AS (a int)",
    "CREATE CAST (text AS bigint) WITH INOUT AS IMPLICIT",
    "CREATE EXTENSION pg_trgm SCHEMA public",
    "CREATE EXTENSION dblink SCHEMA public",
    "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION pg_catalog.now()",
    "CREATE PUBLICATION mine FOR TABLE audit.entries",
    "CREATE STATISTICS mine ON actor_id, action FROM audit.entries",
    "CREATE DATABASE mine",
    "CREATE TABLESPACE mine LOCATION '/tmp'",
    # Files, programs, large objects.
    "COPY audit.entries TO PROGRAM 'cat'",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "COPY (SELECT 1) TO '/tmp/mylla-attack'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('/etc/passwd')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_stat_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_creat(-1)",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT lo_export(1, '/tmp/mylla-attack')",
    # The server's settings, its catalogues, other sessions.
    "SET session_replication_role = replica",
    "SET lo_compat_privileges = on",
    "ALTER SYSTEM SET fsync = off",
    "ALTER DATABASE world_of_attacks SET search_path = mine",
    "ALTER DATABASE world_of_attacks OWNER TO CURRENT_USER",
    f"ALTER ROLE {OWNER} SET search_path = mine",
    "SELECT * FROM pg_authid",
    "SELECT rolpassword FROM pg_authid",
    "UPDATE pg_class SET relowner = 1",
    "DELETE FROM pg_auth_members",
    "SELECT pg_reload_conf()",
    "SELECT pg_switch_wal()",
    "SELECT pg_create_logical_replication_slot('x', 'pgoutput')",
    "SELECT set_config('session_replication_role', 'replica', false)",
    "LOAD 'dblink'",
    "CHECKPOINT",
]
# Tried as well: becoming any other group.
ROLE_OF = dict(zip(("admin", "super_admin", "writer", "retention"), GROUP_ROLES, strict=True))


@pytest.fixture(scope="module")
def world(secure_server: SecureServer) -> Iterator[World]:
    made = make_world(secure_server, "world_of_attacks")
    yield made
    unmake_world(made)


@pytest.mark.parametrize("role", ROLE_OF)
def test_every_attack_is_refused(world: World, role: str) -> None:
    others = [f"SET ROLE {group}" for group in GROUP_ROLES if group != ROLE_OF[role]]
    others += [f"GRANT {group} TO CURRENT_USER" for group in GROUP_ROLES]
    before = world.log()
    succeeded, odd = [], {}
    with world.connect(role) as connection:
        for attack in [*others, *ATTACKS]:
            try:
                connection.execute(attack.encode())
            except (
                psycopg.errors.InsufficientPrivilege,
                psycopg.errors.ReadOnlySqlTransaction,
                psycopg.errors.InvalidGrantOperation,
            ):
                continue
            except psycopg.Error as error:
                odd[attack] = f"{error.sqlstate} {error.diag.message_primary}"
            else:
                succeeded.append(attack)
    assert succeeded == []
    assert odd == {}, "refused for another reason than a missing right: nothing was tried"
    assert world.log() == before


@pytest.mark.parametrize("role", ROLE_OF)
def test_other_sessions_are_out_of_reach(world: World, role: str) -> None:
    with world.superuser() as mine, world.connect(role) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT pg_terminate_backend(%s)", [mine.info.backend_pid])
        seen = connection.execute(
            "SELECT query FROM pg_stat_activity WHERE pid = %s", [mine.info.backend_pid]
        ).fetchone()
    assert seen == ("<insufficient privilege>",)


_SHADOWS = """
CREATE TABLE {0}.members (login name, actor_id text, actor_name text);
INSERT INTO {0}.members VALUES ('walk_admin', 'usr_forged', 'Forged');
CREATE TABLE {0}.entries (LIKE audit.entries);
CREATE TABLE {0}.pg_roles (oid oid, rolname name);
CREATE FUNCTION {0}.clock_timestamp() RETURNS timestamptz LANGUAGE sql
    AS $$ SELECT '1999-01-01Z'::timestamptz $$;
CREATE FUNCTION {0}.inet_client_addr() RETURNS inet LANGUAGE sql AS $$ SELECT '6.6.6.6'::inet $$;
CREATE FUNCTION {0}.gen_random_uuid() RETURNS uuid LANGUAGE sql
    AS $$ SELECT '00000000-0000-0000-0000-000000000000'::uuid $$;
CREATE FUNCTION {0}.nextval(regclass) RETURNS bigint LANGUAGE sql AS $$ SELECT 1::bigint $$;
CREATE FUNCTION {0}.always(name, name) RETURNS bool LANGUAGE sql AS $$ SELECT true $$;
CREATE OPERATOR {0}.= (LEFTARG = name, RIGHTARG = name, FUNCTION = {0}.always);
"""


@pytest.mark.parametrize("place", ["a schema that may be used", "temporary objects"])
def test_shadows_are_never_looked_at(world: World, place: str) -> None:
    """Even where an administrator went too far and gave what `init` takes away."""
    with world.superuser() as connection:
        if place == "temporary objects":
            connection.execute(f"GRANT TEMPORARY ON DATABASE {world.name} TO {login_of('admin')}")
            schema = "pg_temp"
        else:
            connection.execute("CREATE SCHEMA evil")
            connection.execute(_SHADOWS.format("evil").encode())
            connection.execute("GRANT ALL ON SCHEMA evil TO PUBLIC")
            connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA evil TO PUBLIC")
            schema = "evil"
    try:
        with world.connect("admin") as connection:
            if schema == "pg_temp":
                shadows = _SHADOWS.format("pg_temp").replace("LIKE audit.entries", "id bigint")
                connection.execute(shadows.encode())
            connection.execute(f"SET search_path = {schema}, pg_catalog, audit")
            connection.execute("SET ROLE mylla_audit_admin")
            row = connection.execute("SELECT entry_id FROM audit.begin_export('{}')").fetchone()
            assert row is not None
            member = connection.execute("SELECT actor_id FROM audit.current_member()").fetchall()
        assert member == [("usr_admin",)]
        with world.superuser() as connection:
            assert connection.execute(
                "SELECT actor_id, host(ip_address) IN ('127.0.0.1', '::1'),"
                " now() - occurred_at < '1 min',"
                " after ->> 'login' FROM audit.entries WHERE id = %s AND target_id !~ '0{10}'",
                [row[0]],
            ).fetchone() == ("usr_admin", True, True, login_of("admin"))
    finally:
        with world.superuser() as connection:
            connection.execute("DROP SCHEMA IF EXISTS evil CASCADE")
            connection.execute(f"REVOKE ALL ON DATABASE {world.name} FROM {login_of('admin')}")


def test_a_login_without_a_mapping_is_nobody(world: World) -> None:
    """A role given by hand is not enough to act under somebody's name."""
    world.server.execute("CREATE ROLE walk_nobody LOGIN PASSWORD 'x'")
    world.server.execute("GRANT mylla_audit_super_admin TO walk_nobody")
    try:
        parameters = world.server.parameters("walk_nobody", "x", world.name)
        with psycopg.connect(**parameters, autocommit=True) as connection:
            assert connection.execute("SELECT * FROM audit.current_member()").fetchall() == []
            for statement in (
                "SELECT audit.set_retention(1095, 1095, 'Policy 4.2', 0)",
                "SELECT review.append_policy('', 0)",
            ):
                with pytest.raises(psycopg.Error, match=r"no team member|only a Super Admin"):
                    connection.execute(statement.encode())
    finally:
        world.server.execute("DROP ROLE walk_nobody")
