"""Moving at the desk: another time is chosen, all that follows is said before, saving, undoing."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.domain.messages import MessageKind
from booking.domain.people import Person
from booking.domain.roles import Role
from booking.store.bookings import Booking
from booking.store.records import AuditEntry, Message
from tests.services.deeds import cancel, change_service, hold, now_is, told
from tests.support import ANN, Clinic, at
from tests.web.journeys import on_one_engine
from tests.web.visitor import Page, Visitor

NINE, TEN, HALF_PAST_TEN = (
    at(f"2026-01-13T{clock}-05:00") for clock in ("09:00", "10:00", "10:30")
)


@pytest.fixture
def booking(clinic: Clinic) -> Booking:
    booking = clinic.book(NINE)
    sent = update(Message).values(state="sent")
    clinic.write(lambda session, _: session.execute(sent) and None)
    return booking


@pytest.fixture
def desk(app: Flask, clinic: Clinic, booking: Booking) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.RECEPTION)
    visitor.get("/desk")
    return visitor


def path(booking: Booking, **asked: str) -> str:
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return f"/desk/bookings/{booking.id}/move?{query}"


def links(page: Page) -> list[str]:
    return [one.attrs.get("href", "") for one in page.document.all("a")]


def test_another_time_is_chosen_looked_at_and_saved(
    desk: Visitor, clinic: Clinic, booking: Booking
):
    choose = desk.get(path(booking, day="2026-01-13"))
    assert choose.heading == "Move Ann O’Brien"
    (link,) = {one for one in links(choose) if "to=2026-01-13T10:00:00-05:00" in one}
    check = desk.get(link)
    assert check.heading == "Move Ann O’Brien?"
    assert "“New time” to ann@patient.example" in check.words
    assert "2 minutes after saving" in check.words
    assert now_is(clinic, booking).start == NINE
    done = desk.fill(check, f"/desk/bookings/{booking.id}/move")
    assert done.location == f"/desk?day=2026-01-13&done={booking.id}"
    assert now_is(clinic, booking).start == TEN
    board = desk.get(done.location)
    assert (
        "was moved to Tuesday 13 January, 10:00 am. The message leaves in 2 minutes" in board.words
    )
    back = desk.fill(board, f"/desk/bookings/{booking.id}/undo-move")
    assert (
        "has Tuesday 13 January, 9:00 am again. No message leaves" in desk.get(back.location).words
    )
    assert now_is(clinic, booking).start == NINE
    assert told(clinic, booking)[1:] == [("moved", 1, "dropped")]


def test_whoever_is_told_by_reception_gets_no_mail(desk: Visitor, clinic: Clinic, booking: Booking):
    check = desk.get(path(booking, to="2026-01-13T10:00", back="card"))
    done = desk.fill(check, f"/desk/bookings/{booking.id}/move", notify="0")
    assert done.location == f"/desk/bookings/{booking.id}?done={booking.id}"
    card = desk.get(done.location)
    assert "No message leaves, as you chose." in card.words
    assert [kind for kind, _, _ in told(clinic, booking)] == [MessageKind.CONFIRMED]
    assert "The patient was not told by e-mail" in card.words


def test_without_an_address_the_phone_number_stands_there(desk: Visitor, clinic: Clinic):
    bob = Person("Bob", ANN.date_of_birth, None, "+12025550143")
    booking = clinic.book(HALF_PAST_TEN, bob)
    check = desk.get(path(booking, to="2026-01-13T10:00"))
    assert "There is no e-mail address: please call Bob, (202) 555-0143" in check.words
    done = desk.fill(check, f"/desk/bookings/{booking.id}/move")
    assert (
        "There is no e-mail address: please call (202) 555-0143." in desk.get(done.location).words
    )


def test_what_stands_in_the_way_is_named_before_anything_is_saved(
    desk: Visitor, clinic: Clinic, booking: Booking
):
    change_service(clinic, length_minutes=60)
    carla = Person("Carla Roy", ANN.date_of_birth, None, "+12025550143")
    other = clinic.book(HALF_PAST_TEN, carla)
    taken = desk.get(path(booking, to="2026-01-13T11:00:00-05:00"))
    assert taken.status == 409
    assert taken.heading == "That time is not free"
    reference = f"{other.reference[:4]}-{other.reference[4:]}"
    assert f"10:30 am – 11:30 am is taken by Carla Roy, {reference}." in taken.words
    assert "The visit will be marked “Overbooked”." in taken.words
    # Its own time does not stand in its own way.
    nearest = [one for one in links(taken) if "to=" in one]
    assert any("to=2026-01-13T09:30:00-05:00" in one for one in nearest)
    hold(clinic, at("2026-01-13T14:00-05:00"))
    held = desk.get(path(booking, to="2026-01-13T14:00"))
    assert "is held until 8:10 am for somebody who is booking just now" in held.words
    # A reason wins no time that somebody chooses just now, nor one that is past.
    past = desk.get(path(booking, to="2026-01-12T07:00"))
    for never in (held, past):
        assert not [form for form in never.forms if form.action.endswith("/move")]
    closed = desk.get(path(booking, to="2026-01-17T10:00"))
    assert "outside of the opening hours" in closed.words
    soon = desk.get(path(booking, to="2026-01-12T09:00"))
    assert "closer than patients may book online" in soon.words
    assert "“To the doctor: moved”" in soon.words


def test_outside_of_hours_it_goes_with_a_reason_and_not_without(
    desk: Visitor, clinic: Clinic, booking: Booking
):
    action = f"/desk/bookings/{booking.id}/move"
    check = desk.get(path(booking, to="2026-01-17T10:00"))
    assert "The visit will be marked “Outside hours”." in check.words
    unsaid = desk.fill(check, action, notify="0", reason=" ")
    assert unsaid.status == 422
    assert "Say why, so that colleagues know" in unsaid.words
    assert now_is(clinic, booking).start == NINE
    endless = desk.fill(check, action, reason="so " * 400)
    assert endless.status == 422
    assert "so so so" in endless.text
    done = desk.fill(unsaid, action, reason="The doctor comes in for her")
    board = desk.get(done.location)
    assert "No message leaves, as you chose." in board.words
    assert "Outside hours" in board.words
    card = desk.get(f"/desk/bookings/{booking.id}")
    assert "Outside hours: “The doctor comes in for her”" in card.words
    desk.fill(card, f"/desk/bookings/{booking.id}/undo-move")
    assert now_is(clinic, booking).exceptional is None


def test_between_the_usual_starts_it_goes_without_a_reason(
    desk: Visitor, clinic: Clinic, booking: Booking
):
    check = desk.get(path(booking, to="2026-01-13T10:07"))
    assert check.status == 409
    assert "nobody else has this time" in check.words
    desk.fill(check, f"/desk/bookings/{booking.id}/move")
    moved = now_is(clinic, booking)
    assert (moved.start, moved.exceptional) == (at("2026-01-13T10:07-05:00"), None)


def test_a_time_that_goes_or_a_booking_that_changes_meanwhile_is_said(
    desk: Visitor, clinic: Clinic, booking: Booking
):
    check = desk.get(path(booking, to="2026-01-13T10:00"))
    action = f"/desk/bookings/{booking.id}/move"
    other = clinic.book(TEN)
    assert "is taken by" in desk.fill(check, action).words
    cancel(clinic, other)
    clinic.time.pass_(seconds=1)
    desk.fill(desk.get(path(booking, to="2026-01-13T10:30")), action)
    late = desk.fill(check, action)
    assert late.status == 409
    assert "Somebody changed this booking in the meantime" in late.words
    assert now_is(clinic, booking).start == HALF_PAST_TEN
    cancel(clinic, booking)
    assert desk.get(path(booking)).status == 409
    assert desk.fill(check, action).status == 409


@on_one_engine
@pytest.mark.parametrize(
    "garbled", ["x", "2026-13-01", "0001-01-01T00:00", "2026-03-08T02:30", "9" * 50]
)
def test_what_is_no_time_is_said_beside_the_field(desk: Visitor, booking: Booking, garbled: str):
    page = desk.get(path(booking, to=garbled))
    assert page.status == 422
    assert page.why("clock")


def test_where_it_can_be_dropped_is_told_by_the_wall_clock(
    desk: Visitor, clinic: Clinic, booking: Booking
):
    clinic.book(TEN)
    free = desk.get(f"/desk/bookings/{booking.id}/free?day=2026-01-12").response.json
    assert free["step"] == 30
    starts = {one["at"]: one["to"] for one in free["free"]}
    assert starts["2026-01-13T10:30"] == HALF_PAST_TEN.isoformat()
    assert "2026-01-13T10:00" not in starts
    assert max(starts) < "2026-01-19"


def test_looking_at_a_move_is_recorded_and_changes_nothing_else(
    desk: Visitor, clinic: Clinic, booking: Booking
):
    desk.get(path(booking, to="2026-01-13T10:00"))
    actions = clinic.read(
        lambda session, _: session.scalars(
            select(AuditEntry.action).where(AuditEntry.booking_id == booking.id)
        ).all()
    )
    assert actions == ["state", "viewed"]
