"""An index by actor, address and time, with which the review finds new networks."""

from alembic import op

from mylla_audit_desktop.database.schema import REVIEW_INDEXES

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create it on the entries, on every partition on PostgreSQL."""
    schema = "audit" if op.get_bind().dialect.name == "postgresql" else None
    for name, columns in REVIEW_INDEXES.items():
        op.create_index(name, "entries", list(columns), schema=schema)
