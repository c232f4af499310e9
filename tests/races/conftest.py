"""A clinic for a crowd, and the crowd itself, which is made once for a worker of the tests."""

from collections.abc import Iterator

import pytest

from booking.store.engine import Database
from tests.races.crowd import Crowd
from tests.services.deeds import add_service
from tests.support import Clinic, Time
from tests.templates import Stage

HOURS = {"step_minutes": 15, "notice_minutes": 0}


@pytest.fixture(scope="session")
def crowd() -> Iterator[Crowd]:
    with Crowd(processes=3, threads=11) as crowd:
        yield crowd


@pytest.fixture
def stage() -> Stage:
    return Stage.WITH_CLINIC


@pytest.fixture
def clinic(database: Database, time: Time) -> Clinic:
    """The demo clinic with two more services of the same doctor, of other lengths."""
    clinic = Clinic(database, time)
    add_service(clinic, "long", minutes=60, **HOURS)
    add_service(clinic, "careful", minutes=20, **HOURS, buffer_before_minutes=10)
    return clinic
