"""The demo clinic on both kinds of database; without its accounts, which take their time."""

from collections.abc import Iterator
from itertools import count

import pytest

from booking.store.engine import Database
from tests.postgres import PostgresServer
from tests.support import Clinic, Time, set_up_clinic

_numbers = count()


@pytest.fixture
def clinic(database: Database, time: Time) -> Clinic:
    set_up_clinic(database)
    return Clinic(database, time)


@pytest.fixture
def served(postgres: PostgresServer, time: Time) -> Iterator[Clinic]:
    """The clinic on a server: where two transactions really run at once."""
    name = f"served_{next(_numbers)}"
    database = Database(postgres.create_database(name, template="template"), clock=time)
    set_up_clinic(database)
    yield Clinic(database, time)
    database.dispose()
    postgres.drop_database(name)
