"""The demo clinic on both kinds of database; without its accounts, which services do without."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from booking.store.engine import Database
from tests.support import Clinic, Time
from tests.templates import Stage, Templates


@pytest.fixture
def begins_with() -> Stage:
    return Stage.WITH_CLINIC


@pytest.fixture
def served(templates: Templates, tmp_path: Path, time: Time) -> Iterator[Clinic]:
    """The clinic on a server: where two transactions really run at once."""
    with templates.copy("postgresql", Stage.WITH_CLINIC, tmp_path) as url:
        database = Database(url, clock=time)
        yield Clinic(database, time)
        database.dispose()
