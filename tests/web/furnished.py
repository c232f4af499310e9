"""
The demo clinic as a template, so that a test gets a copy instead of furnishing one.

Passwords are made to be slow to check. Here one serves all accounts, and its hash is a weak one,
so that guessing at it costs a test nothing.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from booking.services.admin import demo
from booking.store.access import Staff
from booking.store.engine import Database
from tests.postgres import PostgresServer
from tests.support import Time

PASSWORD = "correct horse battery staple"
_numbers = count()


def furnish(url: str) -> None:
    """Put the clinic into a migrated, empty database."""
    database = Database(url, clock=Time())
    known = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    database.write(lambda session, now: demo.set_up(session, now=now))
    database.write(lambda session, _: session.execute(update(Staff).values(password_hash=known)))
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()


@pytest.fixture(scope="session")
def furnished_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("furnished") / "clinic.db"
    path.write_bytes(sqlite_template.read_bytes())
    furnish(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture(scope="session")
def furnished_postgres(postgres: PostgresServer) -> str:
    # A number: each folder of tests that takes this fixture over makes its own.
    name = f"furnished_template_{next(_numbers)}"
    furnish(postgres.create_database(name, template="template"))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """As the suite's own, with the clinic in it already."""
    if request.param == "sqlite":
        path = tmp_path / "booking.db"
        path.write_bytes(request.getfixturevalue("furnished_sqlite"))
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("furnished_postgres")
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"furnished_{next(_numbers)}"
    yield server.create_database(name, template=template)
    server.drop_database(name)
