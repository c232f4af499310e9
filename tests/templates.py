"""
Databases to copy: a test gets a copy in the state that it begins with, instead of making it.

Each worker of the tests makes each of them once, when it is first asked for.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from itertools import count
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from booking.services.admin import demo
from booking.store import schema
from booking.store.access import Staff
from booking.store.clinic import Practitioner
from booking.store.engine import Database, make_engine
from tests.postgres import PostgresServer
from tests.support import Time, set_up_clinic
from tests.tidy import Beginning, bring_back, remember

KINDS = ("sqlite", "postgresql")
# The rows of earlier tests stay in its files.
_MOST_USES = 100
PASSWORD = "correct horse battery staple"


class Stage(IntEnum):
    """How far a database is: each builds on the one before."""

    MIGRATED = 0
    WITH_CLINIC = 1
    WITH_STAFF = 2


class Templates:
    """The templates of this run, of both kinds."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self._folder, self._request = folder, request
        self._numbers = count()
        self._files: dict[Stage, bytes] = {}
        self._names: dict[Stage, str] = {}
        self._beginnings: dict[Stage, Beginning] = {}
        self._uses: Counter[str] = Counter()
        self._free: dict[Stage, list[str]] = {stage: [] for stage in Stage}

    @contextmanager
    def copy(
        self, kind: str, stage: Stage, folder: Path, *, to_oneself: bool = False
    ) -> Iterator[str]:
        """
        The address of a database in this state, which is gone afterwards.

        `to_oneself`: nobody had it before or gets it later, since somebody outside of the test
        stays connected to it.
        """
        if kind == "sqlite":
            path = folder / "booking.db"
            path.write_bytes(self.file(stage))
            yield f"sqlite:///{path}"
            return
        name = self._one(stage, is_new=to_oneself)
        url = self._server.url(name)
        yield url
        self._uses[name] += 1
        is_worn = to_oneself or self._uses[name] >= _MOST_USES
        if not is_worn and bring_back(url, self._beginnings[stage]):
            self._free[stage].append(name)
        else:
            self._server.drop_database(name)

    def _one(self, stage: Stage, *, is_new: bool) -> str:
        """One that another test has left as it was, or a new one."""
        template = self.name(stage)
        if self._free[stage] and not is_new:
            return self._free[stage].pop()
        name = f"test_{next(self._numbers)}"
        self._server.create_database(name, template=template)
        return name

    def file(self, stage: Stage) -> bytes:
        """What a SQLite file in this state holds."""
        if stage not in self._files:
            path = self._folder / f"{stage.name}.db"
            if stage:
                path.write_bytes(self.file(Stage(stage - 1)))
            _advance(f"sqlite:///{path}", stage)
            self._files[stage] = path.read_bytes()
        return self._files[stage]

    def name(self, stage: Stage) -> str:
        """The database on the tests' own server that is in this state."""
        if stage not in self._names:
            before = self.name(Stage(stage - 1)) if stage else None
            name = f"template_{stage.name.lower()}"
            url = self._server.create_database(name, template=before)
            _advance(url, stage)
            self._beginnings[stage] = remember(url)
            self._names[stage] = name
        return self._names[stage]

    @property
    def _server(self) -> PostgresServer:
        server: PostgresServer = self._request.getfixturevalue("postgres")
        return server


def _advance(url: str, stage: Stage) -> None:
    """Bring a database that is one stage behind into this one."""
    if stage is Stage.MIGRATED:
        engine = make_engine(url)
        schema.upgrade(engine)
        engine.dispose()
    database = Database(url, clock=Time())
    if stage is Stage.WITH_CLINIC:
        set_up_clinic(database)
    elif stage is Stage.WITH_STAFF:
        _employ(database)
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()


def furnish(url: str) -> None:
    """Put the demo clinic with its staff into a migrated, empty database."""
    for stage in (Stage.WITH_CLINIC, Stage.WITH_STAFF):
        _advance(url, stage)


def _employ(database: Database) -> None:
    """
    The demo clinic's accounts.

    Passwords are made to be slow to check. Here one serves all accounts, and its hash is a weak
    one, so that guessing at it costs a test nothing.
    """
    known = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    doctor = database.read(lambda session, _: session.scalars(select(Practitioner.id)).one())
    database.write(lambda session, now: demo._accounts(session, doctor, now=now))
    database.write(lambda session, _: session.execute(update(Staff).values(password_hash=known)))
