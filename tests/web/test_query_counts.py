"""However full the clinic is, a page asks the database as often as for an empty one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from booking.domain.slots import Slot
from booking.services import past
from tests.services import waiting
from tests.services.deeds import TUESDAY_9, new_rules
from tests.support import Clinic
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
    "/desk/bookings/1",
    f"/desk/book?day={DAY}",
    "/desk/waitlist",
    "/admin/hours/dr-ahmed",
    "/admin/hours/dr-ahmed/busy",
    "/admin/holidays",
    "/admin/closures",
    "/admin/services/consultation",
    "/admin/practitioners/dr-ahmed",
    "/admin/staff",
    "/admin/audit",
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
    # A second practitioner's claims and busy time are two more questions, a hundred bookings none.
    assert {page: after[page] - before[page] for page in PUBLIC} == dict.fromkeys(PUBLIC, 2)
    assert max(after.values()) < 20


def test_what_is_for_other_sites_asks_as_often_as_before(
    make_app: Callable[..., Flask], booked: Clinic
):
    visitor = Visitor(make_app(ALLOWED_ORIGINS="https://clinic.example"))
    pages = ("/embed", "/embed.js", "/sitemap.xml", "/share.png")
    before = counts(visitor, booked, pages)
    fill(booked)
    after = counts(visitor, booked, pages)
    assert after == before | {"/embed": before["/embed"] + 1}
    assert max(after.values()) < 20


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
    for number in range(1, 6):
        booked.book(TUESDAY_9 + number * timedelta(minutes=30))
    booked.write(lambda session, now: past.fill(session, 500, now=now))
    assert counts(visitor, booked, STAFF) == before
    assert max(before.values()) < 40


def test_what_is_remembered_asks_once(app: Flask, booked: Clinic):
    visitor = Visitor(app)
    for page in PUBLIC[:3]:
        visitor.get(page)
        with counted(booked) as asked:
            visitor.get(page)
        assert len(asked) <= 3, (page, asked)
