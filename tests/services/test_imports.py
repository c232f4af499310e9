"""Bookings and patients come in from a table: all or nothing, and never twice."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound
from booking.domain.importing import Becomes, Field, Layout, Outcome, Remark, Stage
from booking.services import audit
from booking.services.imports import files
from booking.store.access import Staff
from booking.store.bookings import Booking
from booking.store.imports import Import
from booking.store.records import AuditEntry
from booking.worker import Worker
from tests.services.deeds import TUESDAY_9, count
from tests.support import MONDAY, Clinic

LAYOUT = Layout(
    (Field.NAME, None, Field.EMAIL), "ymd", "24", "America/New_York", words={"state": {"x": "gone"}}
)


def _staff(session: Session) -> int:
    account = session.query(Staff).first()
    if account is None:
        account = Staff(email="a@clinic.example", password_hash="-", active=True, created_at=MONDAY)
        session.add(account)
        session.flush()
    return account.id


def start(clinic: Clinic, text: str = "Name,x,Email\nAnn,,ann@patient.example\n") -> int:
    total = text.count("\n") - 1
    return clinic.write(
        lambda session, now: files.start(
            session, "old.csv", text, total=total, staff_id=_staff(session), now=now
        )
    )


def test_a_file_goes_from_stage_to_stage_and_never_twice(clinic: Clinic) -> None:
    number = start(clinic)
    outcomes = [Outcome(2, Becomes.TAKEN, (Remark("off_step"), Remark("bad_birth", "a secret")))]

    def work(session: Session, now: datetime) -> None:
        assert not files.bring_in(session, number, tells=True, now=now)
        assert files.understand(session, number, LAYOUT, Stage.CHECKING, now=now)
        assert files.due(session) == [number]
        assert not files.understand(session, number, None, Stage.COLUMNS, now=now)
        assert files.progress(session, number, 1, now=now)
        files.report(session, number, outcomes, now=now)
        assert files.get(session, number).outcomes == tuple(outcomes)
        assert files.get(session, number).layout == LAYOUT
        assert files.bring_in(session, number, tells=True, now=now)
        assert not files.bring_in(session, number, tells=True, now=now)
        assert files.finish(session, number, outcomes, now=now)
        assert not files.finish(session, number, outcomes, now=now)
        assert not files.progress(session, number, 1, now=now)
        done = files.get(session, number)
        kept = (Remark("off_step"), Remark("bad_birth", "…"))
        assert (done.stage, done.layout) == (Stage.DONE, None)
        assert done.outcomes == (Outcome(2, Becomes.TAKEN, kept),)
        assert files.due(session) == []
        with pytest.raises(NotFound):
            files.table(session, number)

    clinic.write(work)


def test_what_nobody_brings_in_is_forgotten_within_a_day(clinic: Clinic) -> None:
    start(clinic)
    clinic.time.pass_(hours=23)
    clinic.write(lambda session, now: files.sweep(session, now=now))
    assert count(clinic, Import) == 1
    clinic.time.pass_(hours=1)
    clinic.write(lambda session, now: files.sweep(session, now=now))
    assert count(clinic, Import) == 0


LINES = (
    "Name,Email,Start\n"
    "Ann,ann@patient.example,2026-01-13 09:00\n"
    "Ben,ben@patient.example,2026-01-13 09:00\n"
)
BOOKINGS = Layout(
    (Field.NAME, Field.EMAIL, Field.START),
    *("ymd", "24", "America/New_York", "consultation", "dr-ahmed"),
)


def work(clinic: Clinic) -> None:
    Worker(clinic.database, clinic.links, None, sender="a@b.example", timeout=1).bring_in_tables()


def checked(clinic: Clinic, text: str = LINES, layout: Layout = BOOKINGS) -> int:
    """A file that a worker has checked; its number."""
    number = start(clinic, text)
    clinic.write(
        lambda session, now: files.understand(session, number, layout, Stage.CHECKING, now=now)
    )
    work(clinic)
    return number


def seen(clinic: Clinic, number: int) -> tuple[Stage, int, list[str]]:
    file = clinic.read(lambda session, _: files.get(session, number))
    return file.stage, file.done, [one.becomes.value for one in file.outcomes]


def go(clinic: Clinic, number: int) -> None:
    clinic.write(lambda session, now: files.bring_in(session, number, tells=False, now=now))
    work(clinic)


def test_a_worker_checks_a_file_and_then_brings_it_in(clinic: Clinic) -> None:
    number = checked(clinic)
    assert seen(clinic, number) == (Stage.CHECKED, 2, ["taken", "refused"])
    assert count(clinic, Booking, AuditEntry) == 0
    go(clinic, number)
    assert seen(clinic, number) == (Stage.DONE, 2, ["taken", "refused"])
    assert count(clinic, Booking) == 1
    wanted = audit.Search(action="imported")
    (entry,) = clinic.read(lambda session, _: audit.search(session, wanted, limit=9))
    assert entry.reason == "1 lines taken, 1 patients new, 0 here already, 1 left out"
    assert clinic.read(lambda session, _: session.get_one(Import, number).content) is None


def test_a_time_that_was_taken_meanwhile_brings_nothing_in(clinic: Clinic) -> None:
    text = LINES + "Cem,cem@patient.example,2026-01-13 10:00\n"
    number = checked(clinic, text)
    clinic.book(TUESDAY_9)
    go(clinic, number)
    assert seen(clinic, number) == (Stage.CHECKED, 3, ["refused", "refused", "taken"])
    assert clinic.read(lambda session, _: files.get(session, number).is_overtaken)
    assert count(clinic, Booking) == 1
    go(clinic, number)
    assert count(clinic, Booking) == 2


def test_what_cannot_be_worked_on_is_given_back(clinic: Clinic) -> None:
    number = checked(clinic, layout=replace(BOOKINGS, order="nonsense"))
    assert seen(clinic, number) == (Stage.COLUMNS, 0, [])
    assert clinic.read(lambda session, _: files.get(session, number).is_overtaken)
