"""Run by Alembic, within the transaction that `cs_nlp.store.migrate` or a developer's command opened."""

from __future__ import annotations

from alembic import context

from cs_nlp.store.tables import metadata

connection = context.config.attributes["connection"]
is_sqlite = connection.dialect.name == "sqlite"
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=is_sqlite)
with context.begin_transaction():
    context.run_migrations()
