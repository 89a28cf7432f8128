"""What retention keeps in the database: the settings, the runs, and on PostgreSQL who may what.

Both tables are only ever added to: a new setting is a new version, a run is a line of its own.
"""

import sqlalchemy as sa

from mylla_audit_desktop.database.instants import InstantType
from mylla_audit_desktop.log.retention import DEFAULT_DAYS, LONGEST_REFERENCE, MOST_DAYS

# SQLSTATEs of our own, which no other error of a server has.
CHANGED_MEANWHILE = "MT001"
TAKEN_OVER = "MT002"

_OUTCOMES = "outcome IN ('running', 'done', 'cancelled', 'failed', 'interrupted')"
_DAYS = f"BETWEEN 1 AND {MOST_DAYS}"


def retention_tables(metadata: sa.MetaData, *, is_postgresql: bool) -> tuple[sa.Table, sa.Table]:
    """Settings and runs, for `CREATE TABLE` and for reading."""
    schema = "audit" if is_postgresql else None
    number = sa.BigInteger if is_postgresql else sa.Integer
    settings = sa.Table(
        "retention_settings",
        metadata,
        sa.Column("number", number, primary_key=True, autoincrement=False),
        sa.Column("days", sa.Integer, sa.CheckConstraint(f"days {_DAYS}"), nullable=False),
        sa.Column(
            "documented_days",
            sa.Integer,
            sa.CheckConstraint(f"documented_days {_DAYS}"),
            nullable=False,
        ),
        sa.Column(
            "documented_in",
            sa.Text,
            sa.CheckConstraint(f"length(documented_in) BETWEEN 1 AND {LONGEST_REFERENCE}"),
            nullable=False,
        ),
        sa.Column("set_at", InstantType(), nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("actor_name", sa.Text, nullable=False),
        schema=schema,
    )
    runs = sa.Table(
        "retention_runs",
        metadata,
        sa.Column("number", number, primary_key=True, autoincrement=False),
        sa.Column("started_at", InstantType(), nullable=False),
        sa.Column("finished_at", InstantType()),
        sa.Column("cutoff", InstantType(), nullable=False),
        sa.Column("days", sa.Integer, sa.CheckConstraint(f"days {_DAYS}"), nullable=False),
        sa.Column(
            "source",
            sa.Text,
            sa.CheckConstraint("source IN ('environment', 'setting')"),
            nullable=False,
        ),
        sa.Column("deleted", number, nullable=False),
        sa.Column("months", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Text, sa.CheckConstraint(_OUTCOMES), nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        schema=schema,
    )
    return settings, runs


# Who may change the retention, and who may purge, is a matter of EXECUTE (the grants), and of
# `current_member` where a person acts. Nobody but the owner touches the tables.
POSTGRESQL_FUNCTIONS = f"""
CREATE FUNCTION audit.set_retention(
    new_days integer, new_documented_days integer, new_documented_in text, based_on bigint
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member record;
    former record;
BEGIN
    SELECT * INTO member FROM audit.current_member();
    IF NOT FOUND OR member.role IS DISTINCT FROM 'super_admin' THEN
        RAISE EXCEPTION 'only a Super Admin changes the retention'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    LOCK TABLE audit.retention_settings IN EXCLUSIVE MODE;
    SELECT s.number, s.days, s.documented_days, s.documented_in INTO former
        FROM audit.retention_settings s ORDER BY s.number DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT 0::bigint AS number, {DEFAULT_DAYS} AS days, NULL::integer AS documented_days,
            NULL::text AS documented_in INTO former;
    END IF;
    IF based_on IS DISTINCT FROM former.number THEN
        RAISE EXCEPTION 'the retention was changed meanwhile'
            USING ERRCODE = '{CHANGED_MEANWHILE}';
    END IF;
    IF former.days = new_days AND former.documented_days = new_documented_days
        AND former.documented_in = new_documented_in THEN
        RETURN former.number;
    END IF;
    INSERT INTO audit.retention_settings (
        number, days, documented_days, documented_in, set_at, login, actor_id, actor_name
    ) VALUES (
        former.number + 1, new_days, new_documented_days, new_documented_in,
        clock_timestamp(), session_user, member.actor_id, member.actor_name
    );
    PERFORM audit.record(
        'settings.change_retention', 'settings', 'retention', 'Retention',
        json_strip_nulls(json_build_object(
            'retention_days', CASE WHEN former.days <> new_days THEN former.days END,
            'documented_days', CASE WHEN former.documented_days <> new_documented_days
                THEN former.documented_days END,
            'documented_in', CASE WHEN former.documented_in <> new_documented_in
                THEN former.documented_in END
        )),
        json_strip_nulls(json_build_object(
            'retention_days', CASE WHEN former.days <> new_days THEN new_days END,
            'documented_days', CASE WHEN former.documented_days IS DISTINCT FROM
                new_documented_days THEN new_documented_days END,
            'documented_in', CASE WHEN former.documented_in IS DISTINCT FROM
                new_documented_in THEN new_documented_in END
        ))
    );
    RETURN former.number + 1;
END $$;

-- The months of which every possible entry lies before the cutoff, oldest first.
CREATE FUNCTION audit.retention_months(cutoff timestamptz) RETURNS TABLE (month regclass)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
    SELECT bounds.month FROM (
        SELECT c.oid::regclass AS month,
            substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \\(''([^'']+)''\\)$') AS upper
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'audit.entries'::regclass AND c.relkind = 'r'
            AND NOT i.inhdetachpending
    ) AS bounds
    WHERE bounds.upper::timestamptz <= cutoff ORDER BY bounds.upper::timestamptz
$$;

-- The period and the cutoff of a run that starts now. Of two clocks that disagree, the one
-- that is behind counts: nothing goes early because a clock runs ahead.
CREATE FUNCTION audit.retention_terms(asked_days integer, caller_clock timestamptz)
RETURNS TABLE (days integer, source text, cutoff timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    days := coalesce(
        asked_days,
        (SELECT s.days FROM audit.retention_settings s ORDER BY s.number DESC LIMIT 1),
        {DEFAULT_DAYS}
    );
    IF days NOT {_DAYS} THEN
        RAISE EXCEPTION 'the retention is no number of days from 1 to {MOST_DAYS}'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    source := CASE WHEN asked_days IS NULL THEN 'setting' ELSE 'environment' END;
    cutoff := least(clock_timestamp(), caller_clock) - make_interval(hours => days * 24);
    RETURN NEXT;
END $$;

CREATE FUNCTION audit.preview_retention(asked_days integer, caller_clock timestamptz)
RETURNS TABLE (days integer, source text, cutoff timestamptz, gone bigint, months integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT t.days, t.source, t.cutoff INTO days, source, cutoff
        FROM audit.retention_terms(asked_days, caller_clock) t;
    SELECT count(*) INTO gone FROM audit.entries e
        WHERE e.occurred_at < preview_retention.cutoff;
    SELECT count(*) INTO months FROM audit.retention_months(preview_retention.cutoff) m;
    RETURN NEXT;
END $$;

CREATE FUNCTION audit.begin_retention(asked_days integer, caller_clock timestamptz)
RETURNS TABLE (
    number bigint, started_at timestamptz, days integer, source text, cutoff timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT t.days, t.source, t.cutoff INTO days, source, cutoff
        FROM audit.retention_terms(asked_days, caller_clock) t;
    LOCK TABLE audit.retention_runs IN SHARE ROW EXCLUSIVE MODE;
    -- Whoever comes here holds the lock of the purge: what still runs was killed.
    UPDATE audit.retention_runs r SET outcome = 'interrupted' WHERE r.outcome = 'running';
    number := coalesce((SELECT max(r.number) FROM audit.retention_runs r), 0) + 1;
    started_at := clock_timestamp();
    INSERT INTO audit.retention_runs VALUES (
        begin_retention.number, begin_retention.started_at, NULL, begin_retention.cutoff,
        begin_retention.days, begin_retention.source, 0, 0, 'running', session_user
    );
    RETURN NEXT;
END $$;

-- One month, or one batch. `is_busy`: somebody reads, so that no month could be dropped; its
-- entries are deleted one by one then, and the empty month goes with a later run.
CREATE FUNCTION audit.retention_step(run bigint, batch integer, drops_months boolean)
RETURNS TABLE (gone bigint, is_busy boolean, is_over boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = 0 AS $$
DECLARE
    until timestamptz;
    oldest regclass;
    dropped integer := 0;
BEGIN
    SELECT r.cutoff INTO until FROM audit.retention_runs r
        WHERE r.number = run AND r.outcome = 'running' FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another run has taken over'
            USING ERRCODE = '{TAKEN_OVER}';
    END IF;
    gone := 0;
    is_busy := false;
    IF drops_months THEN
        SELECT m.month INTO oldest FROM audit.retention_months(until) m LIMIT 1;
    END IF;
    IF oldest IS NOT NULL THEN
        BEGIN
            -- Whoever opens the log waits for us while we wait, so not for long.
            PERFORM set_config('lock_timeout', '1s', true);
            LOCK TABLE ONLY audit.entries IN ACCESS EXCLUSIVE MODE;
            EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', oldest);
            EXECUTE format('SELECT count(*) FROM ONLY %s', oldest) INTO gone;
            EXECUTE format('DROP TABLE %s', oldest);
            dropped := 1;
        EXCEPTION
            WHEN lock_not_available OR deadlock_detected OR dependent_objects_still_exist
                OR object_in_use THEN
            gone := 0;
            is_busy := true;
        END;
    END IF;
    IF dropped = 0 THEN
        DELETE FROM audit.entries e USING (
            SELECT o.id, o.occurred_at FROM audit.entries o WHERE o.occurred_at < until
            ORDER BY o.occurred_at, o.id LIMIT batch
        ) AS old
        WHERE e.id = old.id AND e.occurred_at = old.occurred_at AND e.occurred_at < until;
        GET DIAGNOSTICS gone = ROW_COUNT;
    END IF;
    is_over := dropped = 0 AND gone < batch;
    UPDATE audit.retention_runs r SET deleted = r.deleted + gone, months = r.months + dropped
        WHERE r.number = run;
    RETURN NEXT;
END $$;

CREATE FUNCTION audit.end_retention(run bigint, how text)
RETURNS TABLE (finished_at timestamptz, deleted bigint, months integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    finished_at := clock_timestamp();
    UPDATE audit.retention_runs r SET outcome = how, finished_at = end_retention.finished_at
        WHERE r.number = run AND r.outcome = 'running'
        RETURNING r.deleted, r.months INTO deleted, months;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another run has taken over'
            USING ERRCODE = '{TAKEN_OVER}';
    END IF;
    RETURN NEXT;
END $$;

REVOKE ALL ON FUNCTION
    audit.set_retention(integer, integer, text, bigint),
    audit.retention_months(timestamptz),
    audit.retention_terms(integer, timestamptz),
    audit.preview_retention(integer, timestamptz),
    audit.begin_retention(integer, timestamptz),
    audit.retention_step(bigint, integer, boolean),
    audit.end_retention(bigint, text)
FROM PUBLIC;
"""  # noqa: S608 - our own numbers
