"""Bookings and patients come in from a table: all or nothing, and never twice."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound
from booking.domain.importing import Becomes, Field, Layout, Outcome, Remark, Stage
from booking.services.imports import files
from booking.store.access import Staff
from booking.store.imports import Import
from tests.services.deeds import count
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
    outcomes = [Outcome(2, Becomes.TAKEN, (Remark("off_step"), Remark("busy", "x")))]

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
        assert (done.stage, done.layout, done.outcomes) == (Stage.DONE, None, tuple(outcomes))
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
