"""Run by Alembic: migrates over the connection that it is given, as a part of its transaction."""

from alembic import context

from dialler_mcp.state.schema import revision

context.configure(connection=context.config.attributes["connection"], version_table=revision.name)
with context.begin_transaction():
    context.run_migrations()
