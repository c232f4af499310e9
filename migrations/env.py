"""Runs migrations on the connection that the program hands over, inside its transaction."""

from alembic import context

from booking.store.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_as_batch=True,
    # The caller holds the transaction, so that a failed migration leaves nothing behind.
    transaction_per_migration=False,
)
context.run_migrations()
