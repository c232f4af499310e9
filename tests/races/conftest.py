"""A clinic for a crowd, and the crowd itself, which is made once for a worker of the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from booking.store.engine import Database
from tests.races.crowd import Crowd
from tests.services.deeds import add_service
from tests.support import Clinic, Time
from tests.templates import KINDS, Stage, Templates

HOURS = {"step_minutes": 15, "notice_minutes": 0}


@pytest.fixture(scope="session")
def crowd() -> Iterator[Crowd]:
    with Crowd(processes=3, threads=11) as crowd:
        yield crowd


@pytest.fixture(params=KINDS)
def database_url(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: Path
) -> Iterator[str]:
    """A database of each kind for one test alone: the crowd stays connected to it."""
    with templates.copy(request.param, Stage.WITH_CLINIC, tmp_path, to_oneself=True) as url:
        yield url


@pytest.fixture
def clinic(database: Database, time: Time) -> Clinic:
    """The demo clinic with two more services of the same doctor, of other lengths."""
    clinic = Clinic(database, time)
    add_service(clinic, "long", minutes=60, **HOURS)
    add_service(clinic, "careful", minutes=20, **HOURS, buffer_before_minutes=10)
    return clinic
