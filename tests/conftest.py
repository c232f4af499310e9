"""Fixtures of the whole suite: a migrated database of each kind, and the demo clinic in it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from booking.services.admin import demo
from booking.store import schema
from booking.store.engine import Database, make_engine
from tests import routes
from tests.postgres import PostgresServer
from tests.support import Clinic, Time

pytest_plugins = ["tests.needs"]

_numbers = count()
routes.compile_once()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    # Imported late: as a plugin it wants to be loaded by pytest first.
    from tests.needs import require_postgres

    server = PostgresServer(require_postgres()).start()
    engine = make_engine(server.create_database("template"))
    schema.upgrade(engine)
    engine.dispose()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database; every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "booking.db"
        path.write_bytes(template.read_bytes())
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"test_{next(_numbers)}"
    yield server.create_database(name, template="template")
    server.drop_database(name)


@pytest.fixture
def database(database_url: str, time: Time) -> Iterator[Database]:
    database = Database(database_url, clock=time)
    yield database
    database.dispose()


@pytest.fixture
def clinic(database: Database, time: Time) -> Clinic:
    database.write(lambda session, now: demo.set_up(session, now=now))
    return Clinic(database, time)
