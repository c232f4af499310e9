"""A database without a table, for what makes them."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine

from booking.store.engine import make_engine

_numbers = count()


@pytest.fixture
def empty(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database without a table, of the same kind as `database`."""
    if database_url.startswith("sqlite"):
        engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    server = request.getfixturevalue("postgres")
    name = f"empty_{next(_numbers)}"
    engine = make_engine(server.create_database(name))
    yield engine
    engine.dispose()
    server.drop_database(name)
