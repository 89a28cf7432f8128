"""Retention: the settings, the runs, and the functions of the purge."""

import sqlalchemy as sa
from alembic import op

from mylla_audit_desktop.database.retention_schema import POSTGRESQL_FUNCTIONS, retention_tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create what `retention_schema.py` describes."""
    connection = op.get_bind()
    is_postgresql = connection.dialect.name == "postgresql"
    metadata = sa.MetaData()
    retention_tables(metadata, is_postgresql=is_postgresql)
    metadata.create_all(connection, checkfirst=False)
    if is_postgresql:
        # The functions format names themselves: no parameters, so that % stands for itself.
        connection.exec_driver_sql(POSTGRESQL_FUNCTIONS, execution_options={"no_parameters": True})
