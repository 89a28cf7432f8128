"""The databases themselves refuse what the program would never ask for."""

import json
import sqlite3
from collections.abc import Iterator

import psycopg
import pytest

from mylla_audit_desktop.database.review_period import read_population
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.decision import NewSignOff, SignedFinding, Verdict
from mylla_audit_desktop.review.finding import Rule, finding_id
from tests.database.reviewing import QUIET, Office, decision, with_login

MARCH = (Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-04-01T00:00:00Z"))
TABLES = ("policies", "decisions", "sign_offs")


def write_one_of_each(office: Office) -> NewSignOff:
    """A policy version, a decision and a sign-off, by Ana; what the last one says."""
    office.ana.append_policy("# The first\n", 0, QUIET)
    [made] = office.ana.append_decisions([decision(1)], QUIET)
    population = read_population(office.database, *MARCH, QUIET)
    content = NewSignOff(
        *MARCH,
        "UTC",
        1,
        population.count,
        population.sha256,
        (SignedFinding(made.finding_id, made.verdict, made.id),),
    )
    office.ana.append_sign_off(content, QUIET)
    return content


# -- PostgreSQL ------------------------------------------------------------------


@pytest.fixture
def url(postgresql_office: Office, postgresql_server: object) -> str:
    label = postgresql_office.database.label
    return f"postgresql://postgres@127.0.0.1:{label.port}/{label.name}"


def state_of(url: str, login: str, statement: str, *values: object) -> str | None:
    """The SQLSTATE with which a login's own statement fails; None where it works."""
    with psycopg.connect(with_login(url, login), autocommit=True) as connection:
        try:
            connection.execute(statement.encode(), values)
        except psycopg.Error as error:
            return error.sqlstate
    return None


def written(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return [
            row
            for table in TABLES
            for row in connection.execute(f"SELECT t::text FROM review.{table} t".encode())
        ]


CHANGES = [
    "UPDATE review.{0} SET login = 'x'",
    "UPDATE review.{0} SET login = 'x' WHERE false",
    "DELETE FROM review.{0}",
    "TRUNCATE review.{0} CASCADE",
    "INSERT INTO review.{0} OVERRIDING SYSTEM VALUE SELECT * FROM review.{0}",
    "COPY review.{0} FROM PROGRAM 'true'",
    "ALTER TABLE review.{0} DISABLE TRIGGER ALL",
    "ALTER TABLE review.{0} ALTER login DROP NOT NULL",
    "DROP TRIGGER append_only ON review.{0}",
    "DROP TABLE review.{0} CASCADE",
    "CREATE TRIGGER mine BEFORE INSERT ON review.{0} EXECUTE FUNCTION review.refuse_change()",
    "CREATE RULE mine AS ON INSERT TO review.{0} DO INSTEAD NOTHING",
    "DO $$ BEGIN LOCK TABLE review.{0} IN SHARE MODE; END $$",
]


@pytest.mark.postgresql
def test_no_role_changes_what_was_written(postgresql_office: Office, url: str) -> None:
    write_one_of_each(postgresql_office)
    before = written(url)
    with psycopg.connect(url, autocommit=True) as connection:
        for login, role in (("a_writer", "writer"), ("a_purger", "retention")):
            connection.execute(
                f"DO $$ BEGIN CREATE ROLE {login} LOGIN; EXCEPTION WHEN duplicate_object THEN"
                f" NULL; END $$; GRANT mylla_audit_{role} TO {login}".encode()
            )
    for login in ("ana", "ben", "mia", "nobody", "a_writer", "a_purger"):
        for table in TABLES:
            for change in CHANGES:
                state = state_of(url, login, change.format(table))
                assert state == "42501", (login, table, change)
    for login in ("mia", "nobody", "a_writer", "a_purger"):
        state = state_of(url, login, "SELECT review.append_policy('# x', 1)")
        # They may not even look, where they can sign in at all.
        assert state == "42501", login
    assert written(url) == before


@pytest.mark.postgresql
def test_not_even_a_superuser_changes_it_by_accident(postgresql_office: Office, url: str) -> None:
    write_one_of_each(postgresql_office)
    before = written(url)
    for table in TABLES:
        for change in CHANGES[:4]:
            assert state_of(url, "postgres", change.format(table)) == "MR099", change
    assert written(url) == before


@pytest.mark.postgresql
def test_inner_functions_are_nobodys(postgresql_office: Office, url: str) -> None:
    for call in (
        "review.require_reviewer()",
        "review.require_policy(0)",
        "review.finding_id('off-hours', '{1}')",
    ):
        assert state_of(url, "ben", f"SELECT {call}") == "42501"


def call(url: str, who: str, **values: object) -> str | None:
    """A decision without this program."""
    fields: dict[str, object] = {
        "finding_id": decision(1).finding_id,
        "rule": "integration-disconnect",
        "entry_ids": [1],
        "verdict": "expected",
        "note": "",
        "policy_version": 0,
        "seen": 0,
    }
    given = json.dumps([fields | values])
    return state_of(url, who, "SELECT review.append_decisions(%s::json)", given)


def on(*entry_ids: int, rule: Rule = Rule.INTEGRATION_DISCONNECT) -> dict[str, object]:
    return {
        "finding_id": finding_id(rule, entry_ids),
        "rule": rule.value,
        "entry_ids": list(entry_ids),
    }


@pytest.mark.postgresql
def test_the_server_checks_what_is_claimed(postgresql_office: Office, url: str) -> None:
    # Nobody decides on themselves: Ana did entry 3, entry 4 was done to Ben.
    assert call(url, "ana", **on(3)) == "MR005"
    assert call(url, "ana", **on(1, 2, 3, rule=Rule.OFF_HOURS)) == "MR005"
    assert call(url, "ben", **on(4)) == "MR005"
    # Nor under the name of somebody else's finding.
    assert call(url, "ana", entry_ids=[3]) == "MR003"
    assert call(url, "ana", rule="off-hours") == "MR003"
    assert call(url, "ana", entry_ids=[]) == "MR003"
    assert call(url, "ana", entry_ids=None) == "MR003"
    assert call(url, "ana", finding_id=None) == "MR003"
    assert call(url, "ana", **on(1, 99)) == "MR004"
    assert call(url, "ana", **on(1, 1)) == "MR004"
    assert call(url, "ana", seen=1) == "MR001"
    assert call(url, "ana", seen=None) == "MR001"
    assert call(url, "ana", policy_version=1) == "MR006"
    assert call(url, "ana", policy_version=None) == "MR006"
    for note in ("", "  \n", "\u00a0\u200b\ufeff", None):
        assert call(url, "ana", verdict="follow_up", note=note) == "23514"
    assert call(url, "ana", verdict="fine") == "23514"
    # Ids that hash as they should, and are written in another shape.
    assert call(url, "ana", entry_ids=[[1]]) == "MR003"
    assert written(url) == []


@pytest.mark.postgresql
def test_reviewer_and_time_are_the_servers(postgresql_office: Office, url: str) -> None:
    lies = {
        "reviewer_id": "usr_ben",
        "reviewer_name": "Ben",
        "login": "ben",
        "decided_at": "2020-01-01T00:00:00Z",
        "number": 7,
        "id": 7,
    }
    assert call(url, "ana", **lies) is None
    [[made]] = postgresql_office.ben.read_decisions(None, QUIET).values()
    assert (made.reviewer.actor_id, made.login, made.number) == ("usr_ana", "ana", 1)
    assert made.decided_at > Instant.parse("2026-01-01T00:00:00Z")


@pytest.mark.postgresql
def test_an_unmapped_login_decides_nothing(postgresql_office: Office, url: str) -> None:
    # Given the role behind the program's back, and nobody's login.
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS stranger")
        connection.execute("CREATE ROLE stranger LOGIN IN ROLE mylla_audit_super_admin")
    try:
        assert call(url, "stranger") == "MR010"
        assert state_of(url, "stranger", "SELECT review.append_policy('# x', 0)") == "MR010"
        assert state_of(url, "stranger", "SELECT review.append_sign_off('{}')") == "MR010"
        # The owner's own login and a superuser are nobody's either.
        assert call(url, "postgres") == "MR010"
        # Another role for a moment changes nothing: the session's login counts.
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET ROLE ana")
            with pytest.raises(psycopg.Error) as caught:
                connection.execute("SELECT review.append_policy('# x', 0)")
            assert caught.value.sqlstate == "MR010"
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP ROLE stranger")


@pytest.mark.postgresql
def test_a_mapped_member_decides_nothing(postgresql_office: Office) -> None:
    with pytest.raises(DatabaseError):
        postgresql_office.store("mia").append_decisions([decision(1)], QUIET)


@pytest.mark.postgresql
def test_the_server_checks_a_sign_off(postgresql_office: Office, url: str) -> None:
    signed = write_one_of_each(postgresql_office)
    [first] = postgresql_office.ana.read_sign_offs(QUIET)

    def sign(login: str, **values: object) -> str | None:
        fields: dict[str, object] = {
            "period_start": "2026-03-01 00:00:00+00",
            "period_end": "2026-04-01 00:00:00+00",
            "zone": "UTC",
            "policy_version": 1,
            "population": signed.population,
            "population_hash": signed.population_hash,
            "findings": signed.findings_text,
            "countersigns": None,
        }
        given = json.dumps(fields | values)
        return state_of(url, login, "SELECT review.append_sign_off(%s::json)", given)

    def says(**values: object) -> str:
        [one] = json.loads(signed.findings_text)
        return json.dumps([one | values])

    assert sign("ben") == "23505"  # Signed already, word by word.
    assert sign("ben", population=signed.population + 1) == "MR021"
    assert sign("ben", population=None) == "MR021"
    assert sign("ben", findings=says(verdict="escalated")) == "MR020"
    assert sign("ben", findings=says(decision_id=99)) == "MR020"
    assert sign("ben", findings=says(finding_id=decision(2).finding_id)) == "MR020"
    assert sign("ben", findings=json.dumps(json.loads(signed.findings_text) * 2)) == "MR020"
    assert sign("ben", policy_version=2) == "MR006"
    assert sign("ana", countersigns=first.id) == "MR023"
    assert sign("ben", countersigns=first.id + 99) == "MR022"
    assert sign("ben", countersigns=first.id, population_hash="0" * 64) == "MR022"
    assert sign("ben", countersigns=first.id, findings="[]") == "MR022"
    assert sign("ben", countersigns=first.id) is None
    assert sign("ben", countersigns=first.id) == "23505"
    # Reopened since: what it rested on is not the newest any more.
    reopened = decision(1, verdict=Verdict.REOPENED, seen=1)
    postgresql_office.ben.append_decisions([reopened], QUIET)
    assert sign("ben", zone="Europe/Berlin", population_hash="0" * 64) == "MR020"


# -- SQLite ----------------------------------------------------------------------


@pytest.fixture
def raw(sqlite_office: Office) -> Iterator[sqlite3.Connection]:
    """Somebody's own tool on the file."""
    connection = sqlite3.connect(sqlite_office.database.label.name, isolation_level=None)
    yield connection
    connection.close()


def test_sqlite_changes_nothing_that_was_written(
    sqlite_office: Office, raw: sqlite3.Connection
) -> None:
    write_one_of_each(sqlite_office)
    before = list(raw.iterdump())
    for name in TABLES:
        table = f"review_{name}"
        for change in (
            f"UPDATE {table} SET login = 'x'",
            f"DELETE FROM {table}",
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
            f"REPLACE INTO {table} SELECT * FROM {table}",
            f"INSERT INTO {table} SELECT * FROM {table} WHERE 1 ON CONFLICT DO UPDATE SET login=1",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                raw.execute(change)
    # Under a new key, in the place of the old ones.
    for name in ("decisions", "sign_offs"):
        columns = [row[1] for row in raw.execute(f"PRAGMA table_info(review_{name})")][1:]
        listed = ", ".join(columns)
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(f"REPLACE INTO review_{name} ({listed}) SELECT {listed} FROM review_{name}")
    assert list(raw.iterdump()) == before


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"entry_ids": "3", "reviewer_id": "usr_ana"}, "nobody decides on what they did"),
        ({"entry_ids": "1,4", "reviewer_id": "usr_ben"}, "nobody decides on what they did"),
        ({"entry_ids": "1,99"}, "does not hold these entries"),
        ({"entry_ids": ""}, "does not hold these entries"),
        ({"entry_ids": "1,1"}, "does not hold these entries"),
        ({"number": 2}, "somebody else decided"),
        ({"number": 0}, "somebody else decided"),
        ({"verdict": "fine"}, "decisions_verdict"),
        ({"rule": "x"}, "decisions_rule"),
        ({"verdict": "escalated", "note": "\u00a0 \n"}, "decisions_note"),
        ({"reviewer_id": None}, "reviewer_id"),
    ],
)
def test_sqlite_checks_what_is_claimed(
    raw: sqlite3.Connection, values: dict[str, object], words: str
) -> None:
    fields = {
        "finding_id": "x",
        "rule": "off-hours",
        "entry_ids": "1",
        "number": 1,
        "verdict": "expected",
        "note": "",
        "policy_version": 0,
        "reviewer_id": "usr_x",
        "reviewer_name": "",
        "login": "",
        "decided_at": "2026-03-01T00:00:00.000000+00:00",
    } | values
    with pytest.raises(sqlite3.IntegrityError, match=words):
        raw.execute(
            f"INSERT INTO review_decisions ({', '.join(fields)})"
            f" VALUES ({', '.join('?' * len(fields))})",
            list(fields.values()),
        )
    assert raw.execute("SELECT count(*) FROM review_decisions").fetchone() == (0,)


def test_sqlite_checks_a_sign_off(sqlite_office: Office, raw: sqlite3.Connection) -> None:
    write_one_of_each(sqlite_office)
    columns = [row[1] for row in raw.execute("PRAGMA table_info(review_sign_offs)")][1:]

    def sign(**values: object) -> None:
        [row] = raw.execute(f"SELECT {', '.join(columns)} FROM review_sign_offs WHERE id = 1")
        fields = dict(zip(columns, row, strict=True)) | values
        raw.execute(
            f"INSERT INTO review_sign_offs ({', '.join(fields)})"
            f" VALUES ({', '.join('?' * len(fields))})",
            list(fields.values()),
        )

    other = [{"finding_id": decision(1).finding_id, "verdict": "escalated", "decision_id": 1}]
    bad: list[tuple[dict[str, object], str]] = [
        ({}, "signed already"),
        ({"findings": json.dumps(other), "findings_hash": "0" * 64}, "not decided as it says"),
        ({"countersigns": 1}, "countersigns what they signed"),
        ({"countersigns": 1, "reviewer_id": "usr_ben", "population": 9}, "countersigns what"),
        ({"countersigns": 7, "reviewer_id": "usr_ben"}, "countersigns what"),
        ({"period_end": "2026-01-01", "findings_hash": "0" * 64}, "sign_offs_period"),
    ]
    for values, words in bad:
        with pytest.raises(sqlite3.IntegrityError, match=words):
            sign(**values)
    sign(countersigns=1, reviewer_id="usr_ben")
    with pytest.raises(sqlite3.IntegrityError):
        sign(countersigns=1, reviewer_id="usr_ben")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE review_decisions SET verdict = 'fine'",
        "UPDATE review_decisions SET entry_ids = '2'",
        "UPDATE review_decisions SET entry_ids = 'x'",
        "UPDATE review_sign_offs SET findings = replace(findings, 'expected', 'escalated')",
        "UPDATE review_sign_offs SET findings = '{'",
        "UPDATE review_sign_offs SET findings = '[]'",
    ],
)
def test_what_somebody_changed_after_all_is_not_shown_as_sound(
    sqlite_office: Office, raw: sqlite3.Connection, change: str
) -> None:
    """Whoever may write the file can take the triggers away."""
    write_one_of_each(sqlite_office)
    raw.execute("DROP TRIGGER review_decisions_no_update")
    raw.execute("DROP TRIGGER review_sign_offs_no_update")
    raw.execute("PRAGMA ignore_check_constraints = ON")
    raw.execute(change)
    store = sqlite_office.ana
    with pytest.raises(DatabaseError, match="changed by something else"):
        _ = store.read_decisions(None, QUIET), store.read_sign_offs(QUIET)
