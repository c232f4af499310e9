"""Transactions: one instant each, all or nothing, and never a wait without an end."""

import sqlite3
import threading
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, event, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking.domain.errors import Busy
from booking.store.bookings import Draft
from booking.store.clinic import Resource
from booking.store.engine import Database
from booking.store.records import Heartbeat
from tests.support import MONDAY, Time
from tests.templates import Stage, Templates


def beat(session: Session, now: datetime, worker: str = "worker") -> None:
    session.execute(insert(Heartbeat), [{"worker": worker, "at": now}])


def beats(database: Database) -> int:
    return database.read(
        lambda session, now: session.scalars(select(func.count()).select_from(Heartbeat)).one()
    )


def be_impatient(database: Database) -> None:
    """Wait for locks 50 milliseconds at most, on connections made from now on."""
    statement = "PRAGMA busy_timeout = 50" if database.is_sqlite else "SET lock_timeout = 50"

    @event.listens_for(database.engine, "connect")
    def shorten(connection: object, record: object) -> None:
        connection.execute(statement)  # type: ignore[attr-defined]
        if not database.is_sqlite:
            connection.commit()  # type: ignore[attr-defined]


@pytest.fixture
def sqlite(templates: Templates, tmp_path: Path, time: Time) -> Database:
    path = tmp_path / "booking.db"
    path.write_bytes(templates.file(Stage.MIGRATED))
    return Database(f"sqlite:///{path}", clock=time)


def test_what_a_write_does_is_kept_as_a_whole(database: Database) -> None:
    assert database.write(lambda session, now: beat(session, now) or "done") == "done"
    assert beats(database) == 1


def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    def work(session: Session, now: datetime) -> None:
        beat(session, now)
        raise LookupError

    with pytest.raises(LookupError):
        database.write(work)
    assert beats(database) == 0


def test_a_read_keeps_nothing(database: Database) -> None:
    database.read(beat)
    assert beats(database) == 0


def test_the_clock_is_asked_once_for_each_transaction(database_url: str) -> None:
    asked = []

    def clock(session: Session) -> datetime:
        asked.append(session)
        return MONDAY

    database = Database(database_url, clock=clock)
    assert database.read(lambda session, now: now) == MONDAY
    assert database.write(lambda session, now: now) == MONDAY
    assert len(asked) == 2
    database.dispose()


def test_a_reference_to_what_does_not_exist_is_refused(database: Database) -> None:
    draft = {"token_hash": "x", "answers": {}, "hold_id": 7, "expires_at": MONDAY}
    with pytest.raises(IntegrityError):
        database.write(lambda session, now: session.execute(insert(Draft), [draft]))


def test_every_sqlite_connection_is_durable_and_checks_references(sqlite: Database) -> None:
    with sqlite.engine.connect() as one, sqlite.engine.connect() as other:
        for connection in (one, other):
            settings = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
            }
            assert settings == {
                "journal_mode": "wal",
                "foreign_keys": 1,
                "synchronous": 2,
                "busy_timeout": 2000,
            }
    sqlite.dispose()


def test_a_sqlite_write_has_the_lock_from_its_beginning_and_a_read_does_not(
    sqlite: Database,
) -> None:
    path = sqlite.engine.url.database
    assert path

    def others_can_write(session: Session, now: datetime) -> bool:
        session.execute(select(Heartbeat)).all()
        other = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        finally:
            other.close()
        return True

    assert sqlite.read(others_can_write)
    assert not sqlite.write(others_can_write)
    sqlite.dispose()


def test_reading_goes_on_while_somebody_writes(database: Database) -> None:
    def work(session: Session, now: datetime) -> int:
        beat(session, now)
        return beats(database)

    assert database.write(work) == 0


def test_who_waits_too_long_for_a_lock_is_told_busy_and_nothing_is_written(
    database: Database,
) -> None:
    database.write(lambda session, now: session.add(Resource(id=1, kind="room", calendar_second=0)))
    impatient = Database(
        database.engine.url.render_as_string(hide_password=False), clock=lambda session: MONDAY
    )
    be_impatient(impatient)
    raise_version = update(Resource).values(version=Resource.version + 1)

    def second(session: Session, now: datetime) -> None:
        beat(session, now)
        session.execute(raise_version)

    def first(session: Session, now: datetime) -> None:
        session.execute(raise_version)
        with pytest.raises(Busy):
            impatient.write(second)

    database.write(first)
    impatient.dispose()
    assert beats(database) == 0


def test_an_unreachable_server_is_busy_not_broken(tmp_path: Path) -> None:
    nowhere = Database(f"postgresql://postgres@/none?host={tmp_path}", clock=lambda s: MONDAY)
    for work in (nowhere.read, nowhere.write):
        with pytest.raises(Busy):
            work(lambda session, now: session.scalar(select(Heartbeat.at)))


def test_connections_that_died_are_replaced(database: Database) -> None:
    if database.is_sqlite:
        return
    beats(database)
    end_others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    other = Database(
        database.engine.url.render_as_string(hide_password=False), clock=lambda session: MONDAY
    )
    other.read(lambda session, now: session.execute(end_others).all())
    other.dispose()
    with pytest.raises(Busy):
        beats(database)
    assert beats(database) == 0


def test_two_writes_that_block_each_other_both_succeed_in_the_end(database: Database) -> None:
    if database.is_sqlite:
        return
    for number in (1, 2):
        database.write(
            lambda session, now, n=number: session.add(
                Resource(id=n, kind="room", calendar_second=0)
            )
        )
    met = threading.Barrier(2)
    tries: list[str] = []

    def work(session: Session, order: tuple[int, int]) -> None:
        tries.append("another")
        for step, number in enumerate(order):
            session.execute(
                update(Resource).where(Resource.id == number).values(version=Resource.version + 1)
            )
            if step == 0 and len(tries) <= 2:
                met.wait(5)

    threads = [
        threading.Thread(
            target=lambda order=order: database.write(lambda session, now: work(session, order))
        )
        for order in ((1, 2), (2, 1))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    versions = database.read(lambda session, now: list(session.scalars(select(Resource.version))))
    assert versions == [3, 3]
    assert len(tries) == 3


def test_a_mistake_in_the_program_is_not_taken_for_a_busy_database(database: Database) -> None:
    database.write(beat)
    with pytest.raises(IntegrityError):
        database.write(beat)
    database.write(lambda session, now: session.execute(delete(Heartbeat)) and None)
