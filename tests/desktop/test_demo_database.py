"""The demo of an older version of the program."""

import sqlite3
from pathlib import Path

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.setup import has_newest_schema, upgrade_schema
from mylla_audit_desktop.desktop.demo_database import open_demo


def test_an_older_demo_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "demo.sqlite"
    made = open_database(f"sqlite:///{path}", create=True)
    upgrade_schema(made)
    assert has_newest_schema(made)
    made.close()
    # As the first version of this program left it.
    connection = sqlite3.connect(path)
    kept = {"entries", "schema_version"}
    names = "SELECT type, name FROM sqlite_master WHERE tbl_name NOT LIKE 'sqlite%' AND sql <> ''"
    for kind, name in connection.execute(names).fetchall():
        if kind == "table" and name not in kept:
            connection.execute(f"DROP TABLE {name}")
    connection.execute("DROP INDEX entries_by_network")
    connection.execute("UPDATE schema_version SET version_num = '0001'")
    connection.commit()
    connection.close()
    opened = open_demo(tmp_path, Cancellation(), lambda _: None)
    assert has_newest_schema(opened)
    opened.close()
