"""Fixtures of the whole suite: a migrated database of each kind, and the demo clinic in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from booking.services.admin import demo
from booking.store.engine import Database
from tests import routes
from tests.postgres import PostgresServer
from tests.support import Clinic, Time
from tests.templates import KINDS, Stage, Templates

pytest_plugins = ["tests.needs"]

routes.compile_once()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    # Imported late: as a plugin it wants to be loaded by pytest first.
    from tests.needs import require_postgres

    server = PostgresServer(require_postgres()).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def templates(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"), request)


@pytest.fixture
def begins_with() -> Stage:
    """How far the databases of a folder of tests are when a test begins."""
    return Stage.MIGRATED


@pytest.fixture(params=KINDS)
def database_url(
    request: pytest.FixtureRequest, templates: Templates, begins_with: Stage, tmp_path: Path
) -> Iterator[str]:
    """The address of a database at that stage; every test that asks for it runs on both kinds."""
    with templates.copy(request.param, begins_with, tmp_path) as url:
        yield url


@pytest.fixture
def database(database_url: str, time: Time) -> Iterator[Database]:
    database = Database(database_url, clock=time)
    yield database
    database.dispose()


@pytest.fixture
def clinic(database: Database, time: Time) -> Clinic:
    """The demo clinic; what is there already stays as it is."""
    database.write(lambda session, now: demo.set_up(session, now=now))
    return Clinic(database, time)
