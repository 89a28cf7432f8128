"""The entries: table, partitions, indexes."""

import sqlalchemy as sa
from alembic import op

from mylla_audit_desktop.database.schema import (
    POSTGRESQL_ID_FUNCTION,
    POSTGRESQL_ID_TRIGGER,
    SQLITE_TIME_TRIGGER,
    entries_table,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the table as `schema.py` describes it."""
    connection = op.get_bind()
    is_postgresql = connection.dialect.name == "postgresql"
    metadata = sa.MetaData()
    entries_table(metadata, is_postgresql=is_postgresql)
    metadata.create_all(connection, checkfirst=False)
    if is_postgresql:
        connection.exec_driver_sql(
            "CREATE TABLE audit.entries_default PARTITION OF audit.entries DEFAULT"
        )
        connection.exec_driver_sql(POSTGRESQL_ID_FUNCTION)
        connection.exec_driver_sql(POSTGRESQL_ID_TRIGGER)
    else:
        connection.exec_driver_sql(SQLITE_TIME_TRIGGER)
