"""Team members and the functions through which PostgreSQL's roles append entries.

Nobody but the owner may write a table. Every function runs with the owner's rights
(SECURITY DEFINER), finds names in `pg_catalog` alone, is executed by the roles that
`grants.py` lists, and records who is signed in (`session_user`, which SET ROLE does not
change) with the server's clock.
"""

MEMBERS = """
CREATE TABLE audit.members (
    login name PRIMARY KEY,
    actor_id text COLLATE "C" NOT NULL CHECK (actor_id NOT IN ('', 'system')),
    actor_name text COLLATE "C" NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    granted_by name NOT NULL DEFAULT session_user
);

-- The team member of the one who is signed in: no row where the login is mapped to none.
-- Membership is looked up and not asked of pg_has_role, which a superuser always passes.
CREATE FUNCTION audit.current_member(OUT actor_id text, OUT actor_name text, OUT role text)
RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE held (oid, rolname) AS (
        SELECT r.oid, r.rolname FROM pg_catalog.pg_roles r WHERE r.rolname = session_user
        UNION
        SELECT r.oid, r.rolname FROM held h
        JOIN pg_catalog.pg_auth_members m ON m.member = h.oid
        JOIN pg_catalog.pg_roles r ON r.oid = m.roleid
    )
    SELECT m.actor_id, m.actor_name, CASE
        WHEN EXISTS (SELECT FROM held WHERE rolname = 'mylla_audit_super_admin') THEN 'super_admin'
        WHEN EXISTS (SELECT FROM held WHERE rolname = 'mylla_audit_admin') THEN 'admin'
        ELSE 'member' END
    FROM audit.members m WHERE m.login = session_user
$$;

-- For use inside other functions of the owner: an entry under the current member.
CREATE FUNCTION audit.record(
    action text, target_type text, target_id text, target_name text, before json, after json
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member record;
    entry_id bigint;
BEGIN
    SELECT * INTO member FROM audit.current_member();
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE =
            'the login ' || session_user || ' is mapped to no team member';
    END IF;
    INSERT INTO audit.entries (occurred_at, actor_type, actor_id, actor_name, action,
        target_type, target_id, target_name, before, after, ip_address)
    VALUES (clock_timestamp(), 'member', member.actor_id, member.actor_name, $1,
        $2, $3, $4, $5, $6, inet_client_addr())
    RETURNING id INTO entry_id;
    RETURN entry_id;
END $$;
"""

# How the service writes the log: it says who did what, never when, nor under which id.
APPEND = """
CREATE FUNCTION audit.append_entry(
    actor_type text, actor_id text, actor_name text, action text,
    target_type text DEFAULT NULL, target_id text DEFAULT NULL, target_name text DEFAULT NULL,
    before json DEFAULT NULL, after json DEFAULT NULL, ip_address inet DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entry_id bigint;
BEGIN
    INSERT INTO audit.entries (occurred_at, actor_type, actor_id, actor_name, action,
        target_type, target_id, target_name, before, after, ip_address)
    VALUES (clock_timestamp(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    RETURNING id INTO entry_id;
    RETURN entry_id;
END $$;
"""

# The months to come, as `init` makes them; the daily job calls it. A month that the default
# partition already holds entries of stays there. Making one locks the log for a moment:
# where somebody reads it for longer, the next day will do.
MONTHS = """
CREATE FUNCTION audit.add_months() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' SET timezone = 'UTC' AS $$
DECLARE
    start_at timestamptz;
    end_at timestamptz;
    name text;
    made integer := 0;
BEGIN
    FOR ahead IN 0..3 LOOP
        start_at := date_trunc('month', clock_timestamp()) + make_interval(months => ahead);
        end_at := start_at + interval '1 month';
        name := 'audit.entries_' || to_char(start_at, 'YYYY_MM');
        CONTINUE WHEN to_regclass(name) IS NOT NULL OR EXISTS (
            SELECT FROM audit.entries_default e
            WHERE e.occurred_at >= start_at AND e.occurred_at < end_at);
        EXECUTE 'CREATE TABLE ' || name || ' PARTITION OF audit.entries FOR VALUES FROM ('
            || quote_literal(start_at) || ') TO (' || quote_literal(end_at) || ')';
        made := made + 1;
    END LOOP;
    RETURN made;
EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
END $$;
"""

# An export is recorded before its first byte leaves, and its outcome afterwards. A login
# that is mapped to no team member (the owner's) is recorded by its own name. Only known
# keys are kept, so that nobody writes what they like under an export.
EXPORTS = """
CREATE FUNCTION audit.begin_export(
    details json, OUT entry_id bigint, OUT export_id text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member record;
BEGIN
    IF octet_length(details::text) > 1048576 THEN
        RAISE program_limit_exceeded USING MESSAGE = 'the filters are too long to be recorded';
    END IF;
    SELECT * INTO member FROM audit.current_member();
    entry_id := nextval('audit.entries_id_seq');
    export_id := 'exp_' || replace(gen_random_uuid()::text, '-', '');
    INSERT INTO audit.entries (id, occurred_at, actor_type, actor_id, actor_name, action,
        target_type, target_id, target_name, after, ip_address)
    VALUES (entry_id, clock_timestamp(), 'member',
        coalesce(member.actor_id, session_user), coalesce(member.actor_name, session_user),
        'data.request_export', 'export', export_id, details ->> 'file',
        json_build_object(
            'state', 'started', 'login', session_user, 'filters', details -> 'filters',
            'time_zone', details -> 'time_zone', 'sort', details -> 'sort',
            'profile', details -> 'profile',
            'snapshot', least((details ->> 'snapshot')::bigint, entry_id - 1)),
        inet_client_addr());
END $$;

CREATE FUNCTION audit.end_export(export_id text, outcome json) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    begun record;
    entry_id bigint;
BEGIN
    IF coalesce(outcome ->> 'state', '') NOT IN ('completed', 'cancelled', 'failed')
        OR octet_length(outcome::text) > 8192
    THEN
        RAISE invalid_parameter_value USING MESSAGE = 'this is no outcome of an export';
    END IF;
    -- Two outcomes at once wait for each other, so that only one is recorded.
    PERFORM pg_advisory_xact_lock(hashtextextended($1, 7355608002));
    SELECT e.actor_id, e.actor_name, e.target_name INTO begun FROM audit.entries e
    WHERE e.target_id = $1 AND e.action = 'data.request_export' AND e.target_type = 'export'
        AND e.after ->> 'state' = 'started' AND e.after ->> 'login' = session_user;
    IF NOT FOUND OR EXISTS (
        SELECT FROM audit.entries e WHERE e.target_id = $1
            AND e.action = 'data.request_export' AND e.after ->> 'state' <> 'started')
    THEN
        RAISE insufficient_privilege USING MESSAGE = 'this login has no such export under way';
    END IF;
    INSERT INTO audit.entries (occurred_at, actor_type, actor_id, actor_name, action,
        target_type, target_id, target_name, before, after, ip_address)
    VALUES (clock_timestamp(), 'member', begun.actor_id, begun.actor_name,
        'data.request_export', 'export', $1, begun.target_name,
        json_build_object('state', 'started'),
        json_strip_nulls(json_build_object(
            'state', outcome -> 'state', 'login', session_user,
            'row_count', outcome -> 'row_count', 'bytes', outcome -> 'bytes',
            'sha256', outcome -> 'sha256', 'reason', outcome -> 'reason')),
        inet_client_addr())
    RETURNING id INTO entry_id;
    RETURN entry_id;
END $$;
"""
