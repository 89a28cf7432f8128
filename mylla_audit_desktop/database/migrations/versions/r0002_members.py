"""Team members behind logins, and the functions that append (PostgreSQL)."""

from alembic import op

from mylla_audit_desktop.database.member_functions import APPEND, EXPORTS, MEMBERS, MONTHS

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create them; SQLite knows no logins and needs nothing."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for part in (MEMBERS, APPEND, MONTHS, EXPORTS):
            connection.exec_driver_sql(part)
