"""Alembic's environment; it stands here because only web imports every package that owns tables."""

from alembic import context

from web.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=False)
context.run_migrations()
