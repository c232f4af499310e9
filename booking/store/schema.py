"""The schema's version: bring it up to date, and tell whether it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic.command import upgrade as alembic_upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# Any number will do, as long as all installations of this program use the same.
_MIGRATION_LOCK = 7_301_544
_WAIT_MILLISECONDS = 120_000


class SchemaIsNewer(Exception):
    """The database was migrated by a newer program; the message says what to do."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> None:
    """
    Bring the schema to the newest version, in one transaction.

    Two machines that start at once do not meet: the second waits and finds nothing to do.

    Raises:
        SchemaIsNewer: a newer program was here before.
    """
    with _patient(engine) as connection, connection.begin():
        _refuse_newer(connection)
        if connection.dialect.name == "postgresql":
            # A large table may take longer than a page may.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        with _foreign_keys_checked(connection):
            alembic_upgrade(_config(connection), "head")


@contextmanager
def _patient(engine: Engine) -> Iterator[Connection]:
    """A connection that waits for another's migration longer than a page may wait for a write."""
    with engine.execution_options(writing=True).connect() as connection:
        if connection.dialect.name == "sqlite":
            raw = connection.connection.driver_connection
            assert raw is not None  # noqa: S101 - it is connected
            (usual,) = raw.execute("PRAGMA busy_timeout").fetchone()
            raw.execute(f"PRAGMA busy_timeout = {_WAIT_MILLISECONDS}")
            try:
                yield connection
            finally:
                raw.execute(f"PRAGMA busy_timeout = {usual}")
        else:
            yield connection


def _refuse_newer(connection: Connection) -> None:
    version = current_version(connection)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if version is not None and version not in known:
        raise SchemaIsNewer(
            f"The database has schema {version}, which this program does not know. "
            "Install the newer program again, or restore a backup made with this one."
        )


@contextmanager
def _foreign_keys_checked(connection: Connection) -> Iterator[None]:
    """On SQLite, tables are rebuilt to alter them: check references at the end, not meanwhile."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    yield
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        raise RuntimeError(f"the migration would leave {len(broken)} references without a target")


@cache
def newest_version() -> str | None:
    """The version that this program was written for."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current_version(connection: Connection) -> str | None:
    """The version that the database has; None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()
