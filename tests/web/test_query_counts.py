"""However full the clinic is, a page asks the database as often as for an empty one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from booking.domain.intake import Intake
from booking.domain.questions import HEALTH_QUESTIONS
from booking.domain.slots import Slot
from booking.services import past
from booking.services.bookings.intakes import Given
from booking.store.bookings import Booking
from tests.services import sick_days, waiting
from tests.services.deeds import TUESDAY_9, new_rules
from tests.support import Clinic
from tests.web.journeys import fill_in, take
from tests.web.site import add_practitioner
from tests.web.visitor import Visitor

DAY = "2026-01-13"
PUBLIC = (
    "/",
    "/book",
    f"/book/times?day={DAY}",
    f"/api/v1/slots?service=consultation&from={DAY}&to=2026-01-19",
)
STAFF = (
    f"/desk?day={DAY}",
    f"/desk?day={DAY}&view=beside",
    f"/desk/board?day={DAY}",
    f"/desk/week?day={DAY}",
    f"/desk/week/grid?day={DAY}",
    "/desk/month?month=2026-01",
    "/desk/late/dr-ahmed",
    "/desk/bookings/1",
    "/desk/bookings/1/series",
    "/desk/bookings/1/slip",
    "/desk/bookings/1/slip.pdf",
    f"/desk/bookings/1/move?day={DAY}",
    f"/desk/bookings/1/move?to={DAY}T15:00",
    f"/desk/bookings/1/free?day={DAY}",
    f"/desk?day={DAY}&done=1",
    f"/desk/book?day={DAY}",
    "/desk/waitlist",
    "/desk/calls",
    "/desk/search?q=ann",
    "/desk/patients/1",
    "/desk/patients/1/contact",
    "/desk/patients/1/merge",
    "/desk/patients/1/erase",
    "/desk/patients/1/export",
    "/desk/messages",
    f"/desk/sheet?day={DAY}",
    f"/desk/sheet.pdf?day={DAY}",
    f"/desk/week.pdf?day={DAY}",
    "/admin/hours/dr-ahmed",
    "/admin/hours/dr-ahmed/busy",
    "/admin/holidays",
    "/admin/closures",
    "/admin/services/consultation",
    "/admin/practitioners/dr-ahmed",
    "/admin/staff",
    "/admin/audit",
    "/admin/reports",
    "/admin/reports/lateness?period=90",
    "/admin/reports/utilisation?period=this-year",
    "/admin/export",
    "/admin/import",
)


@contextmanager
def counted(clinic: Clinic) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    event.listen(clinic.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(clinic.database.engine, "before_cursor_execute", note)


def counts(visitor: Visitor, clinic: Clinic, pages: tuple[str, ...]) -> dict[str, int]:
    found = {}
    for page in pages:
        new_rules(clinic)
        with counted(clinic) as asked:
            assert visitor.get(page).status == 200, page
        found[page] = len(asked)
    return found


def fill(clinic: Clinic) -> None:
    """A day that is nearly full, for two, and a history."""
    add_practitioner(clinic)
    for number in range(1, 6):
        start = TUESDAY_9 + number * timedelta(minutes=30)
        clinic.book(start)
        clinic.book(start, practitioner="dr-weber")
    clinic.write(lambda session, now: past.fill(session, 500, now=now))


@pytest.fixture
def booked(clinic: Clinic) -> Clinic:
    clinic.book(TUESDAY_9)
    return clinic


def test_public_pages_ask_as_often_as_before(app: Flask, booked: Clinic):
    before = counts(Visitor(app), booked, PUBLIC)
    fill(booked)
    after = counts(Visitor(app), booked, PUBLIC)
    assert after == before
    assert max(after.values()) < 20


def test_what_is_for_other_sites_asks_as_often_as_before(
    make_app: Callable[..., Flask], booked: Clinic
):
    visitor = Visitor(make_app(ALLOWED_ORIGINS="https://clinic.example"))
    pages = ("/embed", "/embed.js", "/sitemap.xml", "/share.png")
    before = counts(visitor, booked, pages)
    fill(booked)
    after = counts(visitor, booked, pages)
    assert after == before
    assert max(after.values()) < 20


def test_the_own_booking_and_the_way_back_ask_as_often_as_before(app: Flask, booked: Clinic):
    visitor = Visitor(app)
    own = f"/manage/{booked.links.keys.new(booked.read(_first_uid), 0)}"
    pages = ("/find", own, f"{own}/details")
    before = counts(visitor, booked, pages)
    fill(booked)
    assert counts(visitor, booked, pages) == before


def _first_uid(session: Session, _: object) -> str:
    return session.scalars(select(Booking.uid).order_by(Booking.id)).first() or ""


def test_pages_for_staff_ask_as_often_as_before(app: Flask, booked: Clinic):
    visitor = Visitor(app)
    visitor.sign_in(booked, "admin")
    add_practitioner(booked, "dr-lee")
    waiting.join(booked)
    before = counts(visitor, booked, STAFF)
    waiting.wish(booked, booked.book(TUESDAY_9 + timedelta(days=2)))
    for number in range(3):
        entry = waiting.join(booked, f"Waiter{number}")
        start = TUESDAY_9 + timedelta(days=1, minutes=30 * number)
        slot = Slot("consultation", "dr-ahmed", "main", start, start + timedelta(minutes=30))
        waiting.by_hand(booked, entry, slot)
    call = Given(Intake({"health": ("active_infection",)}))
    for number in range(1, 6):
        booked.book(TUESDAY_9 + number * timedelta(minutes=30), given=call)
    booked.write(lambda session, now: past.fill(session, 500, now=now))
    assert counts(visitor, booked, STAFF) == before
    assert max(before.values()) < 40


def test_a_sick_day_asks_as_often_for_many_as_for_one(app: Flask, booked: Clinic):
    visitor = Visitor(app)
    visitor.sign_in(booked, "reception")
    sick_days.close_day(booked, TUESDAY_9.date())
    pages = ("/desk", f"/desk?day={DAY}", "/desk/closing", "/desk/closing/1")
    before = counts(visitor, booked, pages)
    for number in range(5):
        booked.book(TUESDAY_9 + timedelta(days=2, minutes=30 * number))
    sick_days.close_day(booked, TUESDAY_9.date() + timedelta(days=2))
    pages = ("/desk", "/desk?day=2026-01-15", "/desk/closing", "/desk/closing/2")
    assert list(counts(visitor, booked, pages).values()) == list(before.values())
    assert max(before.values()) < 30


def test_the_doctors_pages_ask_as_often_as_before(app: Flask, booked: Clinic):
    visitor = Visitor(app)
    visitor.sign_in(booked, "doctor")
    pages = (f"/doctor?day={DAY}", "/doctor/bookings/1", "/doctor/absences", "/doctor/hours")
    before = counts(visitor, booked, pages)
    fill(booked)
    assert counts(visitor, booked, pages) == before
    assert max(before.values()) < 36


def test_answers_cost_a_page_no_more_than_their_absence(app: Flask, booked: Clinic):
    visitor, doctor = Visitor(app), Visitor(app)
    take(visitor)
    fill_in(visitor)
    pages = ("/book/questions/cause", "/book/questions/health", "/book/check")
    before = counts(visitor, booked, pages)
    everything = [one.key for one in HEALTH_QUESTIONS]
    visitor.post("/book/questions/cause", {"cause": "acne"})
    visitor.post("/book/questions/health", {"health": everything})
    assert counts(visitor, booked, pages) == before
    assert max(before.values()) < 20

    few, many = (Intake({"health": tuple(keys)}) for keys in (everything[:1], everything))
    for number, intake in enumerate((few, many), start=2):
        booked.book(TUESDAY_9 + number * timedelta(minutes=30), given=Given(intake))
    doctor.sign_in(booked, "doctor")
    cards = counts(doctor, booked, ("/desk/bookings/2", "/desk/bookings/3"))
    assert len(set(cards.values())) == 1


def test_what_is_remembered_asks_once(app: Flask, booked: Clinic):
    visitor = Visitor(app)
    for page in PUBLIC[:3]:
        visitor.get(page)
        with counted(booked) as asked:
            visitor.get(page)
        assert len(asked) <= 3, (page, asked)
