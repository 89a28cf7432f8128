"""What guards policy versions, decisions and sign-offs in the database itself.

They are only ever added: triggers refuse every other change, whoever asks. On PostgreSQL
they are added by functions that take the reviewer from the session and the time from the
server, and check what is claimed; no role may write the tables (`grants` says who may call
the functions). SQLite knows no logins; there triggers check as much as SQL can.

The functions raise SQLSTATE `MR…`, which `review_postgresql` turns into words.
"""

import sqlalchemy as sa

from mylla_audit_desktop.database.review_schema import review_tables

_TABLES = ("policies", "decisions", "sign_offs")


def create_review_tables(connection: sa.Connection, *, has_entries: bool = True) -> None:
    """Create tables and guards; `has_entries`: the entries are in the same database.

    PostgreSQL: the schema is there already.
    """
    is_postgresql = connection.dialect.name == "postgresql"
    review_tables(is_postgresql=is_postgresql).metadata.create_all(connection, checkfirst=False)
    if is_postgresql:
        statements = [*_POSTGRESQL_FUNCTIONS, *map(_postgresql_triggers, _TABLES), _REVOKES]
    else:
        statements = [
            *(one for name in _TABLES for one in _sqlite_append_only(name)),
            *_SQLITE_CHECKS,
            *(_SQLITE_ENTRY_CHECKS if has_entries else ()),
        ]
    for statement in statements:
        connection.execute(sa.text(statement))


# -- PostgreSQL ------------------------------------------------------------------


def _postgresql_triggers(name: str) -> str:
    # For each statement, so that one that meets no row is refused as well.
    return f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON review.{name}
    FOR EACH STATEMENT EXECUTE FUNCTION review.refuse_change()
"""


_POSTGRESQL_FUNCTIONS = (
    """
CREATE FUNCTION review.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what was written for the review is never changed or deleted'
        USING ERRCODE = 'MR099';
END $$
""",
    # The hash of `review.finding.finding_id`.
    """
CREATE FUNCTION review.finding_id(rule text, entry_ids bigint[]) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT rule || '-' || left(encode(sha256(convert_to(
        rule || ':' || array_to_string(entry_ids, ','), 'UTF8')), 'hex'), 16)
$$
""",
    """
CREATE FUNCTION review.require_reviewer(
    OUT actor_id text, OUT actor_name text, OUT role text
) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT m.actor_id, m.actor_name, m.role INTO actor_id, actor_name, role
    FROM audit.current_member() m;
    IF actor_id IS NULL OR actor_id = '' THEN
        RAISE EXCEPTION 'the login % is mapped to no team member', session_user
            USING ERRCODE = 'MR010';
    END IF;
    IF role IS NULL OR role NOT IN ('admin', 'super_admin') THEN
        RAISE EXCEPTION 'only an Admin or a Super Admin reviews' USING ERRCODE = 'MR011';
    END IF;
END $$
""",
    """
CREATE FUNCTION review.require_policy(version integer) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF version IS NULL OR version <> 0
        AND NOT EXISTS (SELECT FROM review.policies p WHERE p.number = version)
    THEN
        RAISE EXCEPTION 'there is no such policy version'
            USING ERRCODE = 'MR006', DETAIL = coalesce(version::text, '');
    END IF;
END $$
""",
    """
CREATE FUNCTION review.append_policy(new_text text, based_on integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member record;
    newest integer;
BEGIN
    SELECT * INTO member FROM review.require_reviewer();
    SELECT coalesce(max(p.number), 0) INTO newest FROM review.policies p;
    IF based_on IS DISTINCT FROM newest THEN
        RAISE EXCEPTION 'another policy was saved meanwhile' USING ERRCODE = 'MR001';
    END IF;
    INSERT INTO review.policies
        (number, text, reviewer_id, reviewer_name, reviewer_role, login, saved_at)
    VALUES (newest + 1, new_text, member.actor_id, member.actor_name, member.role,
        session_user, clock_timestamp());
    RETURN newest + 1;
END $$
""",
    """
CREATE FUNCTION review.append_decisions(given json) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member record;
    one record;
    present bigint;
    is_own boolean;
    newest integer;
BEGIN
    SELECT * INTO member FROM review.require_reviewer();
    FOR one IN
        SELECT * FROM json_to_recordset(given) AS d(finding_id text, rule text,
            entry_ids bigint[], verdict text, note text, policy_version integer, seen integer)
        -- In one order for everybody, so that two never wait for each other crosswise.
        ORDER BY d.finding_id COLLATE "C"
    LOOP
        IF array_ndims(one.entry_ids) IS DISTINCT FROM 1
            OR one.finding_id IS DISTINCT FROM review.finding_id(one.rule, one.entry_ids)
        THEN
            RAISE EXCEPTION 'the ID is not that of the rule and the entries'
                USING ERRCODE = 'MR003', DETAIL = coalesce(one.finding_id, '');
        END IF;
        SELECT count(*), coalesce(bool_or(e.actor_id = member.actor_id
                OR e.target_id = member.actor_id), false)
        INTO present, is_own
        FROM audit.entries e WHERE e.id = ANY (one.entry_ids);
        IF present <> cardinality(one.entry_ids) OR present = 0 THEN
            RAISE EXCEPTION 'the log does not hold these entries'
                USING ERRCODE = 'MR004', DETAIL = one.finding_id;
        END IF;
        IF is_own THEN
            RAISE EXCEPTION 'nobody decides on what they did or what was done to them'
                USING ERRCODE = 'MR005', DETAIL = one.finding_id;
        END IF;
        PERFORM review.require_policy(one.policy_version);
        SELECT coalesce(max(d.number), 0) INTO newest
        FROM review.decisions d WHERE d.finding_id = one.finding_id;
        IF one.seen IS DISTINCT FROM newest THEN
            RAISE EXCEPTION 'somebody else decided meanwhile'
                USING ERRCODE = 'MR001', DETAIL = one.finding_id;
        END IF;
        -- Where two came this far, the unique key lets one through.
        RETURN QUERY
            INSERT INTO review.decisions (finding_id, rule, entry_ids, number, verdict, note,
                policy_version, reviewer_id, reviewer_name, reviewer_role, login, decided_at)
            VALUES (one.finding_id, one.rule, one.entry_ids, newest + 1, one.verdict,
                coalesce(one.note, ''), one.policy_version, member.actor_id, member.actor_name,
                member.role, session_user, clock_timestamp())
            RETURNING id;
    END LOOP;
END $$
""",
    """
CREATE FUNCTION review.append_sign_off(given json) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member record;
    one record;
    confirmed review.sign_offs;
    amiss text;
    present bigint;
    made bigint;
BEGIN
    SELECT * INTO member FROM review.require_reviewer();
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'a sign-off must see what was decided just now'
            USING ERRCODE = 'MR098';
    END IF;
    -- From here on nobody decides until this has been signed.
    LOCK TABLE review.decisions IN SHARE MODE;
    SELECT * INTO STRICT one FROM json_to_record(given) AS s(period_start timestamptz,
        period_end timestamptz, zone text, policy_version integer, population bigint,
        population_hash text, findings text, countersigns bigint);
    PERFORM review.require_policy(one.policy_version);
    SELECT string_agg(f.finding_id, ', ') INTO amiss
    FROM (
        SELECT finding_id, verdict, decision_id, count(*) OVER (PARTITION BY finding_id) AS times
        FROM json_to_recordset(one.findings::json)
            AS r(finding_id text, verdict text, decision_id bigint)
    ) f
    LEFT JOIN review.decisions d ON d.id = f.decision_id AND d.finding_id = f.finding_id
        AND d.verdict = f.verdict AND d.verdict <> 'reopened'
        AND NOT EXISTS (SELECT FROM review.decisions later
            WHERE later.finding_id = d.finding_id AND later.number > d.number)
    WHERE d.id IS NULL OR f.times > 1;
    IF amiss IS NOT NULL THEN
        RAISE EXCEPTION 'a finding is not decided as it says' USING ERRCODE = 'MR020',
            DETAIL = amiss;
    END IF;
    SELECT count(*) INTO present FROM audit.entries e
    WHERE e.occurred_at >= one.period_start AND e.occurred_at < one.period_end;
    IF present IS DISTINCT FROM one.population THEN
        RAISE EXCEPTION 'the period holds other entries' USING ERRCODE = 'MR021',
            DETAIL = present;
    END IF;
    IF one.countersigns IS NOT NULL THEN
        SELECT * INTO confirmed FROM review.sign_offs s
        WHERE s.id = one.countersigns AND s.countersigns IS NULL;
        IF confirmed.id IS NULL OR (confirmed.period_start, confirmed.period_end,
                confirmed.policy_version, confirmed.population, confirmed.population_hash,
                confirmed.findings)
            IS DISTINCT FROM (one.period_start, one.period_end, one.policy_version,
                one.population, one.population_hash, one.findings)
        THEN
            RAISE EXCEPTION 'that sign-off says something else' USING ERRCODE = 'MR022';
        END IF;
        IF confirmed.reviewer_id = member.actor_id THEN
            RAISE EXCEPTION 'nobody countersigns what they signed' USING ERRCODE = 'MR023';
        END IF;
    END IF;
    INSERT INTO review.sign_offs (period_start, period_end, zone, policy_version, population,
        population_hash, findings, findings_hash, countersigns, reviewer_id, reviewer_name,
        reviewer_role, login, signed_at)
    VALUES (one.period_start, one.period_end, one.zone, one.policy_version, one.population,
        one.population_hash, one.findings,
        encode(sha256(convert_to(one.findings, 'UTF8')), 'hex'), one.countersigns,
        member.actor_id, member.actor_name, member.role, session_user, clock_timestamp())
    RETURNING id INTO made;
    RETURN made;
END $$
""",
)

_REVOKES = "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA review FROM PUBLIC"

# -- SQLite ----------------------------------------------------------------------


def _sqlite_append_only(name: str) -> list[str]:
    message = "what was written for the review is never changed or deleted"
    key = "number" if name == "policies" else "id"
    events = {
        "update": "UPDATE",
        "delete": "DELETE",
        # INSERT OR REPLACE deletes without asking the trigger above.
        "replace": "INSERT",
    }
    conditions = {
        "replace": f"WHEN EXISTS (SELECT 1 FROM review_{name} WHERE {key} = NEW.{key})"  # noqa: S608 - our own names
    }
    return [
        f"CREATE TRIGGER review_{name}_no_{what} BEFORE {event} ON review_{name}"
        f" {conditions.get(what, '')} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for what, event in events.items()
    ]


_SQLITE_CHECKS = (
    """
CREATE TRIGGER review_policies_in_order BEFORE INSERT ON review_policies
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM review_policies)
BEGIN SELECT RAISE(ABORT, 'another policy was saved meanwhile'); END
""",
    """
CREATE TRIGGER review_decisions_in_order BEFORE INSERT ON review_decisions
WHEN NEW.number IS NOT (
    SELECT coalesce(max(number), 0) + 1 FROM review_decisions WHERE finding_id = NEW.finding_id)
BEGIN SELECT RAISE(ABORT, 'somebody else decided meanwhile'); END
""",
    """
CREATE TRIGGER review_sign_offs_decided BEFORE INSERT ON review_sign_offs
WHEN EXISTS (
    SELECT 1 FROM json_each(NEW.findings) f WHERE NOT EXISTS (
        SELECT 1 FROM review_decisions d
        WHERE d.id = json_extract(f.value, '$.decision_id')
            AND d.finding_id = json_extract(f.value, '$.finding_id')
            AND d.verdict = json_extract(f.value, '$.verdict') AND d.verdict <> 'reopened'
            AND NOT EXISTS (SELECT 1 FROM review_decisions later
                WHERE later.finding_id = d.finding_id AND later.number > d.number)))
BEGIN SELECT RAISE(ABORT, 'a finding is not decided as it says'); END
""",
    """
CREATE TRIGGER review_sign_offs_same_content BEFORE INSERT ON review_sign_offs
WHEN NEW.countersigns IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM review_sign_offs s
    WHERE s.id = NEW.countersigns AND s.countersigns IS NULL
        AND s.reviewer_id <> NEW.reviewer_id
        AND s.period_start = NEW.period_start AND s.period_end = NEW.period_end
        AND s.policy_version = NEW.policy_version AND s.population = NEW.population
        AND s.population_hash = NEW.population_hash AND s.findings = NEW.findings)
BEGIN SELECT RAISE(ABORT, 'nobody countersigns what they signed, or something else'); END
""",
    # What would take the place of a row under another key is refused, not replaced.
    """
CREATE TRIGGER review_sign_offs_once BEFORE INSERT ON review_sign_offs
WHEN EXISTS (
    SELECT 1 FROM review_sign_offs s
    WHERE (NEW.countersigns IS NULL AND s.countersigns IS NULL
            AND s.period_start = NEW.period_start AND s.period_end = NEW.period_end
            AND s.policy_version = NEW.policy_version
            AND s.population_hash = NEW.population_hash AND s.findings_hash = NEW.findings_hash)
        OR (s.countersigns = NEW.countersigns AND s.reviewer_id = NEW.reviewer_id))
BEGIN SELECT RAISE(ABORT, 'this is signed already'); END
""",
)

_SQLITE_ENTRY_CHECKS = (
    """
CREATE TRIGGER review_decisions_of_others BEFORE INSERT ON review_decisions
WHEN EXISTS (
    SELECT 1 FROM entries
    WHERE id IN (SELECT value FROM json_each('[' || NEW.entry_ids || ']'))
        AND (actor_id = NEW.reviewer_id OR target_id = NEW.reviewer_id))
BEGIN SELECT RAISE(ABORT, 'nobody decides on what they did or what was done to them'); END
""",
    """
CREATE TRIGGER review_decisions_of_entries BEFORE INSERT ON review_decisions
WHEN (SELECT count(*) FROM entries
        WHERE id IN (SELECT value FROM json_each('[' || NEW.entry_ids || ']')))
    IS NOT json_array_length('[' || NEW.entry_ids || ']') OR NEW.entry_ids = ''
BEGIN SELECT RAISE(ABORT, 'the log does not hold these entries'); END
""",
)
