"""PDFs of the day, the week and the slip: whose patients stand on them, and what is recorded."""

from dataclasses import replace
from io import BytesIO

from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from booking.domain.roles import Role
from booking.store.records import AuditEntry
from tests.services.deeds import TUESDAY_9, cancel
from tests.support import ANN, Clinic
from tests.web.journeys import on_one_engine
from tests.web.site import add_practitioner, add_staff
from tests.web.visitor import Visitor

pytestmark = on_one_engine
DAY, WEEK = "/desk/sheet.pdf?day=2026-01-13", "/desk/week.pdf?day=2026-01-15"


def words(visitor: Visitor, address: str) -> str:
    answer = visitor.get(address)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    # Shown and forgotten: no copy among the downloads, none in the cache.
    assert answer.headers["Content-Disposition"].startswith("inline; filename=")
    assert "no-store" in answer.headers["Cache-Control"]
    read = PdfReader(BytesIO(answer.response.data))
    assert "Ann" not in str(read.metadata)
    return "\n".join(page.extract_text() for page in read.pages)


def test_they_show_a_doctor_the_own_patients_only_and_each_look_is_recorded(
    app: Flask, clinic: Clinic
):
    booking = clinic.book(TUESDAY_9, replace(ANN, name="Ann Ángström"))
    slip = f"/desk/bookings/{booking.id}/slip.pdf"
    desk, other = Visitor(app), Visitor(app)
    desk.sign_in(clinic, Role.RECEPTION)
    assert "Ann Ángström" in words(desk, DAY)
    week = words(desk, WEEK)
    assert "Monday 12 January to Friday 16 January 2026" in week
    assert "Ann Ángström" in week
    assert "9:00 am" in words(desk, slip)
    query = select(AuditEntry.subject, AuditEntry.booking_id).where(AuditEntry.action == "viewed")
    looks = clinic.read(lambda session, _: [tuple(one) for one in session.execute(query)])
    assert looks == [("sheet 2026-01-13", None), ("week 2026-01-12", None), (None, booking.id)]

    add_staff(clinic, "w@clinic.example", Role.DOCTOR, practitioner_id=add_practitioner(clinic))
    other.sign_in(clinic, "w@clinic.example")
    assert "Ann" not in words(other, DAY) + words(other, WEEK)
    assert other.get(slip).status == 404


def test_a_slip_of_what_was_cancelled_leads_to_the_card(app: Flask, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    cancel(clinic, booking)
    desk = Visitor(app)
    desk.sign_in(clinic, Role.RECEPTION)
    answer = desk.get(f"/desk/bookings/{booking.id}/slip.pdf")
    assert (answer.status, answer.location) == (303, f"/desk/bookings/{booking.id}")
