"""No id of an entry comes twice on PostgreSQL, in whatever months the two are."""

from alembic import op

from mylla_audit_desktop.database.schema import POSTGRESQL_ID_FUNCTION

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Replace the function that watches over the ids."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(POSTGRESQL_ID_FUNCTION)
