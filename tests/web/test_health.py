"""Health: the process answers, the database decides, worker and mail are only reported."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from booking.app import create_app
from booking.services import health
from booking.store import schema
from booking.store.clinic import Resource
from booking.store.engine import Database
from booking.store.records import Message
from config import Settings
from tests.needs import require_postgres
from tests.postgres import PostgresServer
from tests.support import SECRET, Clinic, Time, at
from tests.templates import furnish
from tests.web.journeys import on_one_engine
from tests.web.visitor import Page, Visitor


def ready(visitor: Visitor) -> tuple[int, dict]:
    page = visitor.get("/readyz")
    return page.status, page.response.get_json()


def beat(clinic: Clinic) -> None:
    clinic.write(lambda session, now: health.beat(session, "a worker", now=now))


def test_all_is_well(visitor: Visitor, clinic: Clinic):
    beat(clinic)
    clinic.time.pass_(seconds=12)
    assert ready(visitor) == (
        200,
        {
            "status": "ok",
            "database": "ok",
            "migrations": "current",
            "worker": "ok",
            "worker_seen_seconds_ago": 12,
            "oldest_unsent_message_seconds": None,
            "unsent_messages": 0,
            "failed_messages": 0,
        },
    )


@on_one_engine
def test_a_worker_that_was_never_seen_is_late_but_pages_are_served(visitor: Visitor):
    status, found = ready(visitor)
    assert (status, found["status"], found["worker"]) == (200, "degraded", "late")
    assert found["worker_seen_seconds_ago"] is None


def test_a_worker_is_late_after_a_minute(visitor: Visitor, clinic: Clinic):
    beat(clinic)
    clinic.time.pass_(seconds=60)
    assert ready(visitor)[1]["worker"] == "ok"
    clinic.time.pass_(seconds=1)
    status, found = ready(visitor)
    assert (status, found["worker"], found["status"]) == (200, "late", "degraded")


def test_mail_that_waits_or_failed_is_reported(visitor: Visitor, clinic: Clinic):
    clinic.book(at("2026-01-13T09:00-05:00"))
    clinic.time.pass_(minutes=3)
    clinic.book(at("2026-01-13T10:00-05:00"))
    clinic.time.pass_(minutes=1)
    status, found = ready(visitor)
    assert (status, found["unsent_messages"]) == (200, 2)
    assert found["oldest_unsent_message_seconds"] == 240
    clinic.write(lambda session, _: session.execute(update(Message).values(state="failed")))
    status, found = ready(visitor)
    assert (status, found["unsent_messages"], found["failed_messages"]) == (200, 0, 2)
    assert found["oldest_unsent_message_seconds"] is None


@pytest.mark.parametrize("version", ["0000", None])
def test_another_schema_is_unavailable_until_it_is_current_again(
    visitor: Visitor, clinic: Clinic, version: str | None
):
    def set_version(session, value):
        session.execute(text("DELETE FROM alembic_version"))
        if value:
            session.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": value})

    current = clinic.read(
        lambda session, _: session.scalar(text("SELECT version_num FROM alembic_version"))
    )
    clinic.write(lambda session, _: set_version(session, version))
    assert ready(visitor) == (
        503,
        {"status": "unavailable", "database": "ok", "migrations": "outdated"},
    )
    assert visitor.get("/healthz").status == 200
    clinic.write(lambda session, _: set_version(session, current))
    assert ready(visitor)[0] == 200


@on_one_engine
def test_the_process_answers_whatever_else_is_wrong(visitor: Visitor, clinic: Clinic):
    clinic.write(lambda session, _: session.execute(text("DROP TABLE alembic_version")))
    page = visitor.get("/healthz")
    assert (page.status, page.response.get_json()) == (200, {"status": "ok"})


@on_one_engine
def test_health_tells_no_names(visitor: Visitor, clinic: Clinic):
    clinic.book(at("2026-01-13T09:00-05:00"))
    beat(clinic)
    text_ = visitor.get("/readyz").text + visitor.get("/healthz").text
    for secret in ("Ann", "patient", "a worker", "sqlite", "postgres", "/tmp"):
        assert secret not in text_


# -- the database goes away, and comes back -----------------------------------------------


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server of this test's own, which it may stop."""
    # Durable: what was committed before the crash must be there after it.
    found = PostgresServer(require_postgres(), durable=True).start()
    yield found
    found.stop()


def test_when_the_database_goes_away_pages_say_so_and_recover_by_themselves(
    server: PostgresServer, tmp_path: Path
):
    clock = Time()
    database = Database(server.create_database("clinic"), clock=clock)
    schema.upgrade(database.engine)
    furnish(server.url("clinic"))
    settings = Settings.from_environment({"SECRET_KEY": SECRET, "INSTANCE_PATH": str(tmp_path)})
    visitor = Visitor(create_app(settings, database=database, clock=clock))
    assert ready(visitor)[0] == 200
    slot = visitor.get("/book").slots[0]

    server.crash()
    assert ready(visitor) == (503, {"status": "unavailable", "database": "unreachable"})
    assert visitor.get("/healthz").status == 200
    for answer in (
        visitor.get("/"),
        visitor.get("/book"),
        visitor.get("/desk"),
        visitor.take(slot),
        visitor.get("/api/v1/slots?service=consultation&from=2026-01-13&to=2026-01-13"),
        visitor.post("/login", {"email": "a@b.example", "password": "x"}),
    ):
        assert answer.status in {503, 303}
        if answer.status == 503:
            assert int(answer.headers["Retry-After"]) > 0
            assert "Content-Security-Policy" in answer.headers
            assert "Traceback" not in answer.text
    # What needs no database is served as ever, in a plainer dress.
    assert visitor.get("/nothing").status == 404

    server.start()
    # A connection from before the crash may be found broken once; after that all is as it was.
    visitor.get("/readyz")
    assert ready(visitor)[0] == 200
    assert visitor.take(visitor.get("/book").slots[0]).status == 303
    database.dispose()


@pytest.fixture
def lost(tmp_path: Path) -> Visitor:
    """A program whose database file cannot be opened: its folder is gone."""
    folder = tmp_path / "there"
    database = Database(f"sqlite:///{folder}/booking.db", clock=Time())
    folder.rmdir()
    settings = Settings.from_environment({"SECRET_KEY": SECRET, "INSTANCE_PATH": str(tmp_path)})
    return Visitor(create_app(settings, database=database, clock=Time()))


@pytest.mark.parametrize("path", ["/", "/book", "/readyz", "/api/v1/services"])
def test_a_file_that_cannot_be_opened_is_a_database_that_is_away(lost: Visitor, path: str):
    answer = lost.get(path)
    assert answer.status == 503
    assert "Content-Security-Policy" in answer.headers


def test_an_error_page_needs_no_database(lost: Visitor):
    assert lost.get("/nothing").status == 404


@pytest.mark.parametrize("path", ["/", "/readyz", "/nothing"])
def test_a_file_that_is_no_database_is_a_database_that_is_away(tmp_path: Path, path: str):
    (tmp_path / "booking.db").write_bytes(b"not a database at all" * 1000)
    database = Database(f"sqlite:///{tmp_path}/booking.db", clock=Time())
    settings = Settings.from_environment({"SECRET_KEY": SECRET, "INSTANCE_PATH": str(tmp_path)})
    answer = Visitor(create_app(settings, database=database, clock=Time())).get(path)
    assert answer.status == (404 if path == "/nothing" else 503)
    assert "Content-Security-Policy" in answer.headers


def test_a_database_that_stays_locked_delays_a_deed_and_no_look(
    visitor: Visitor, clinic: Clinic, database_url: str
):
    slot = visitor.get("/book").slots[0]
    other = Database(database_url, clock=clinic.time)

    def lock_and_try(session: Session, now: object) -> tuple[Page, Page, float]:
        # The whole file on SQLite; on PostgreSQL what every booking of this practitioner needs.
        session.execute(update(Resource).values(version=Resource.version))
        began = time.monotonic()
        looked, done = visitor.get("/book/times?day=2026-01-13"), visitor.take(slot)
        return looked, done, time.monotonic() - began

    looked, done, took = other.write(lock_and_try)
    other.dispose()
    assert (looked.status, len(looked.slots)) == (200, 14)
    assert done.status == 503
    assert int(done.headers["Retry-After"]) > 0
    assert "nothing was lost" in done.words
    assert took < 10
    assert visitor.take(slot).status == 303
