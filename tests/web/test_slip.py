"""The slip that a patient takes home: what stands on it, in which language, and for whom."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.roles import Role
from booking.formats import qr
from booking.store.bookings import Booking
from booking.store.records import AuditEntry
from tests.services.deeds import TUESDAY_9, cancel
from tests.support import ANN, Clinic
from tests.web.journeys import CALLER, on_one_engine
from tests.web.page import Element
from tests.web.site import add_practitioner, add_staff
from tests.web.visitor import Visitor

pytestmark = on_one_engine


@pytest.fixture
def booked(clinic: Clinic) -> Booking:
    return clinic.book(TUESDAY_9, replace(ANN, locale="ar"))


@pytest.fixture
def desk(app: Flask, clinic: Clinic) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.RECEPTION)
    return visitor


def slip_of(visitor: Visitor, booking: Booking) -> Element:
    page = visitor.get(f"/desk/bookings/{booking.id}/slip")
    assert page.status == 200
    (slip,) = page.document.all("article")
    return slip


def test_it_says_when_and_where_and_not_for_what(desk: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    card = desk.get(f"/desk/bookings/{booking.id}")
    assert f"/desk/bookings/{booking.id}/slip" in {a.attrs["href"] for a in card.document.all("a")}
    slip = slip_of(desk, booking)
    reference = f"{booking.reference[:4]}-{booking.reference[4:]}"
    for words in ("Tuesday 13 January 2026", "9:00 am", "Dr. Ahmed", reference, "(202)"):
        assert words in slip.words, words
    # The paper lies about: no name, no kind of visit, and no zone where everybody is in it.
    for words in ("Ann", "Consultation with", "consultation", "eedling", "Eastern"):
        assert words not in slip.words, words


def test_the_form_for_the_phone_leads_to_it_where_somebody_wants_one(desk: Visitor, clinic: Clinic):
    page = desk.get("/desk/book?day=2026-01-13")
    slot = page.document.all("input", name="slot")[0].attrs["value"]
    answer = desk.fill(page, "/desk/book?day=2026-01-13", slot=slot, **CALLER, slip="1")
    assert answer.status == 303
    (booking,) = clinic.read(lambda session, _: list(session.scalars(select(Booking))))
    assert answer.location == f"/desk/bookings/{booking.id}/slip"
    assert desk.follow(answer).heading == "Slip for the patient"


def test_its_code_leads_to_the_patients_own_page(desk: Visitor, clinic: Clinic, booked: Booking):
    slip = slip_of(desk, booked)
    address = clinic.links.manage(clinic.links.keys.new(booked.uid, 0), language="ar")
    (path,) = (
        one.attrs["d"] for one in slip.all("path") if "d" in one.attrs and "stroke" in one.attrs
    )
    assert f'd="{path}"' in qr.svg(address)
    assert not [one for one in slip.walk() if "style" in one.attrs]
    assert desk.get(address.removeprefix("http://127.0.0.1:8000")).status == 200


def test_it_speaks_the_patients_language(desk: Visitor, booked: Booking):
    slip = slip_of(desk, booked)
    assert (slip.attrs["lang"], slip.attrs["dir"]) == ("ar", "rtl")
    assert "الثلاثاء" in slip.words
    assert "Reference" not in slip.words


def test_looking_at_it_is_recorded_and_only_for_whose_patient_it_is(
    app: Flask, clinic: Clinic, desk: Visitor, booked: Booking
):
    slip_of(desk, booked)
    query = select(AuditEntry.booking_id).where(AuditEntry.action == "viewed")
    assert clinic.read(lambda session, _: list(session.scalars(query))) == [booked.id]
    add_staff(clinic, "w@clinic.example", Role.DOCTOR, practitioner_id=add_practitioner(clinic))
    other = Visitor(app)
    other.sign_in(clinic, "w@clinic.example")
    assert other.get(f"/desk/bookings/{booked.id}/slip").status == 404


def test_there_is_none_for_a_visit_that_nobody_comes_to(
    desk: Visitor, clinic: Clinic, booked: Booking
):
    cancel(clinic, booked)
    answer = desk.get(f"/desk/bookings/{booked.id}/slip")
    assert (answer.status, answer.location) == (303, f"/desk/bookings/{booked.id}")
    assert "/slip" not in desk.follow(answer).text
