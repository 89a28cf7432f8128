"""A log of somebody else behind a view: django-auditlog's table, filled by really using it."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.evidence.verify import verify_file
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.log.query import LogQuery, Sort, SortColumn
from tests.servers import Server

# A Django project in one file: a user renames a telephone agent and removes it.
_PROJECT = """
import sys, django
from django.conf import settings
port, name = sys.argv[1:]
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "auditlog"],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1",
                           "PORT": port, "NAME": name, "USER": "postgres"}},
    USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()
from auditlog.context import set_actor
from auditlog.registry import auditlog
from django.contrib.auth.models import Group, User
from django.core.management import call_command
call_command("migrate", verbosity=0)
auditlog.register(Group)
user = User.objects.create_user("ada", first_name="Ada", last_name="Lovelace")
with set_actor(user, remote_addr="192.0.2.7"):
    group = Group.objects.create(name="Reception")
    group.name = "Front <b>desk</b>"
    group.save()
Group.objects.create(name="=made by a job")
with set_actor(user, remote_addr="2001:db8::7"):
    group.delete()
"""

_VIEW = """
CREATE SCHEMA audit;
CREATE VIEW audit.entries AS
SELECT l.id::bigint AS id,
       l.timestamp AS occurred_at,
       CASE WHEN u.id IS NULL THEN 'system' ELSE 'member' END AS actor_type,
       coalesce('usr_' || u.id, 'system') AS actor_id,
       coalesce(u.first_name || ' ' || u.last_name, 'system') AS actor_name,
       c.model || '.' || (ARRAY['create', 'update', 'delete', 'access'])[l.action + 1] AS action,
       c.model::text AS target_type,
       l.object_pk::text AS target_id,
       l.object_repr AS target_name,
       (SELECT jsonb_object_agg(key, value -> 0) FROM jsonb_each(l.changes)) AS before,
       (SELECT jsonb_object_agg(key, value -> 1) FROM jsonb_each(l.changes)) AS after,
       l.remote_addr AS ip_address
FROM auditlog_logentry l
JOIN django_content_type c ON c.id = l.content_type_id
LEFT JOIN auth_user u ON u.id = l.actor_id
"""


@pytest.fixture
def foreign_url(postgresql_url: str, postgresql_server: Server) -> str:
    name = postgresql_url.rpartition("/")[2]
    words = [sys.executable, "-c", _PROJECT, str(postgresql_server.port), name]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(_VIEW)
    return postgresql_url


def read(database: Database, query: LogQuery) -> list[tuple[str, str]]:
    entries = LogReader(database).iterate_entries(query, None, Cancellation())
    return [(entry.actor_id, entry.action) for entry in entries]


def test_a_foreign_log_is_read_filtered_sorted_and_counted(foreign_url: str) -> None:
    database = open_database(foreign_url)
    oldest_first = Sort(SortColumn.TIMESTAMP, ascending=True)
    assert read(database, LogQuery(sort=oldest_first)) == [
        ("usr_1", "group.create"),
        ("usr_1", "group.update"),
        ("system", "group.create"),
        ("usr_1", "group.delete"),
    ]
    assert len(read(database, LogQuery(actions=("*.create",)))) == 2
    assert read(database, LogQuery(actors=("system",))) == [("system", "group.create")]
    assert len(read(database, LogQuery(actors=("Ada Lovelace",), targets=("1",)))) == 3
    reader = LogReader(database)
    for column in SortColumn:
        snapshot = reader.read_snapshot(LogQuery(sort=Sort(column)), Cancellation())
        assert reader.read_waypoints(snapshot, Cancellation()).count == 4
        page = reader.read_page(snapshot, 1, 2, None, Cancellation())
        assert len(page.entries) == 2
    [update] = reader.iterate_entries(LogQuery(actions=("*.update",)), None, Cancellation())
    assert json.loads(update.after or "") == {"name": "Front <b>desk</b>"}
    assert update.ip_address == "192.0.2.7"
    assert [one.actor_name for one in reader.read_actors(Cancellation())] == [
        "Ada Lovelace",
        "system",
    ]
    database.close()


def test_a_foreign_log_is_exported_and_left_alone(foreign_url: str, tmp_path: Path) -> None:
    output = tmp_path / "foreign.csv"
    words = ["export", "--database", foreign_url, "--output", str(output), "--for", "siem"]
    assert main(words) == 0
    assert verify_file(output).is_intact
    with output.open(newline="") as file:
        targets = [row["target"] for row in csv.DictReader(file)]
    assert sorted(targets) == [
        "=made by a job",
        "Front <b>desk</b>",
        "Front <b>desk</b>",
        "Reception",
    ]
    assert main(["init", "--database", foreign_url]) == DatabaseError.exit_code
