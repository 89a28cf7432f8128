"""Alembic's entry: runs the revisions on the connection that `setup` hands over."""

from alembic import context

connection = context.config.attributes["connection"]
is_postgresql = connection.dialect.name == "postgresql"
context.configure(
    connection=connection,
    version_table="schema_version",
    version_table_schema="audit" if is_postgresql else None,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
