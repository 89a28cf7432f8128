"""The review: policy versions, decisions, sign-offs."""

import sqlalchemy as sa
from alembic import op

from mylla_audit_desktop.database.review_guards import create_review_tables

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables and what guards them."""
    connection = op.get_bind()
    # Asked first: an administrator may have made it for a login that may not.
    if connection.dialect.name == "postgresql" and not connection.scalar(
        sa.text("SELECT to_regnamespace('review') IS NOT NULL")
    ):
        connection.execute(sa.text("CREATE SCHEMA review"))
    create_review_tables(connection)
