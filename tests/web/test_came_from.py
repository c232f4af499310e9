"""Where a patient came from: handed from page to page, kept on the booking, shown at the desk."""

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.roles import Role
from booking.domain.slots import slot_id
from booking.store.bookings import Booking, Draft
from tests.services.deeds import add_service
from tests.support import Clinic, at
from tests.web.api.client import Api, booking_body, wrong
from tests.web.journeys import confirm, count, fill_in, on_one_engine
from tests.web.site import add_practitioner
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine
FROM = "source=finder.example&booking-referral=8f0c-77aa"
SLOT = slot_id("consultation", "dr-ahmed", at("2026-01-14T10:00-05:00"))


def came_from(clinic: Clinic) -> tuple[str | None, str | None]:
    booking = clinic.read(lambda session, _: session.scalars(select(Booking)).one())
    return booking.came_from, booking.referral


def finish(visitor: Visitor) -> None:
    assert fill_in(visitor).location == "/book/questions/cause"
    assert confirm(visitor).status == 303


def press(visitor: Visitor, page: Page, slot: str) -> Page:
    return visitor.fill(page, "/book/take", slot=slot)


def test_it_is_handed_on_from_the_days_to_the_booking(visitor: Visitor, clinic: Clinic):
    days = visitor.get(f"/book?{FROM}")
    link = next(a for a in days.document.all("a") if "/times?day=2026-01-13" in a.attrs["href"])
    times = visitor.get(link.attrs["href"])
    # Nobody is remembered before they take a time.
    assert visitor.cookie("draft") is None
    assert press(visitor, times, times.slots[0]).location == "/book/details"
    finish(visitor)
    assert came_from(clinic) == ("finder.example", "8f0c-77aa")


def test_a_link_to_one_time_keeps_it_and_opening_it_writes_nothing(
    visitor: Visitor, clinic: Clinic
):
    page = visitor.get(f"/book?slot={SLOT}&{FROM}")
    assert (page.status, page.heading) == (200, "This time is free")
    assert count(clinic, Draft) == 0
    assert visitor.cookie("draft") is None
    assert press(visitor, page, SLOT).location == "/book/details"
    finish(visitor)
    assert came_from(clinic) == ("finder.example", "8f0c-77aa")


def test_it_is_kept_when_the_time_was_taken_and_when_another_is_chosen(
    app: Flask, visitor: Visitor, clinic: Clinic
):
    page = visitor.get(f"/book?slot={SLOT}&{FROM}")
    clinic.book(at("2026-01-14T10:00-05:00"))
    gone = press(visitor, page, SLOT)
    assert gone.status == 409
    press(visitor, gone, gone.slots[0])
    # Choosing again, from a page that no longer knows, does not forget it.
    visitor.take(visitor.get("/book/times?day=2026-01-15").slots[0])
    finish(visitor)
    theirs = clinic.read(
        lambda session, _: session.scalars(select(Booking).order_by(Booking.id.desc())).first()
    )
    assert theirs is not None
    assert theirs.came_from == "finder.example"


@pytest.mark.parametrize("bad", ["two%20words", "%3Cb%3E", "a" * 101, "", "=1"])
def test_what_cannot_be_kept_is_passed_over(visitor: Visitor, clinic: Clinic, bad: str):
    page = visitor.get(f"/book?slot={SLOT}&source={bad}&booking-referral={bad}")
    assert page.status == 200
    press(visitor, page, SLOT)
    finish(visitor)
    assert came_from(clinic) == (None, None)


def test_service_and_practitioner_are_kept_beside_a_time(
    app: Flask, visitor: Visitor, clinic: Clinic
):
    add_practitioner(clinic)
    add_service(clinic, "follow-up", minutes=30)
    page = visitor.get(f"/book?slot={SLOT}&practitioner=dr-ahmed&{FROM}")
    (link,) = (a for a in page.document.all("a") if a.words == "See all free days")
    assert link.attrs["href"] == f"/book?service=consultation&practitioner=dr-ahmed&{FROM}"
    assert visitor.get(f"/book?slot={SLOT}&practitioner=nobody").status == 404


def test_the_nearest_other_times_are_with_whom_the_link_named(visitor: Visitor, clinic: Clinic):
    add_practitioner(clinic)
    clinic.book(at("2026-01-14T10:00-05:00"))
    page = visitor.get(f"/book?slot={SLOT}&practitioner=dr-ahmed")
    assert page.status == 409
    starts = {at(t) for t in ("2026-01-14T09:30-05:00", "2026-01-14T10:30-05:00")}
    ours = {slot_id("consultation", "dr-ahmed", start) for start in starts}
    assert ours <= set(page.slots)


def test_the_desk_sees_where_a_patient_came_from(app: Flask, visitor: Visitor, clinic: Clinic):
    press(visitor, visitor.get(f"/book?slot={SLOT}&{FROM}"), SLOT)
    finish(visitor)
    desk = Visitor(app)
    desk.sign_in(clinic, Role.RECEPTION)
    assert "Came from finder.example referral 8f0c-77aa" in desk.get("/desk/bookings/1").words
    clinic.book(at("2026-01-15T10:00-05:00"))
    assert "Came from" not in desk.get("/desk/bookings/2").words


def test_the_api_takes_it_and_refuses_what_cannot_be_kept(app: Flask, clinic: Clinic):
    api = Api(app)
    body = booking_body(source="two words", referral="x" * 101)
    refused = wrong(api.post("/bookings", body))
    assert refused == [("source", "impossible"), ("referral", "impossible")]
    body = booking_body(source="finder.example", referral="8f0c-77aa")
    assert api.post("/bookings", body).status_code == 201
    assert came_from(clinic) == ("finder.example", "8f0c-77aa")
