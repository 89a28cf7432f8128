"""The policy that comes with a log: nobody's decision, so no reviewer stands behind it."""

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.review_schema import review_tables
from mylla_audit_desktop.log.instant import Instant


def append_first_policy(
    database: Database, text: str, saved_by: str, cancellation: Cancellation
) -> bool:
    """Save a policy (TOML) as version 1, by the owner of the schema; False where there is one.

    For a log that this program makes up; a reviewer saves policies through the review store.
    """
    policies = review_tables(is_postgresql=database.is_postgresql).policies
    with database.writing(cancellation) as connection:
        if connection.scalar(sa.select(sa.func.count()).select_from(policies)):
            return False
        connection.execute(
            sa.insert(policies).values(
                number=1,
                text=text,
                reviewer_id=saved_by,
                reviewer_name=saved_by,
                reviewer_role="" if database.is_postgresql else None,
                login=database.login,
                saved_at=Instant.now(),
            )
        )
    return True
