"""The desk's calls: who is to be called, a button for how it went, and taking that back."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.lifecycle import State
from booking.domain.roles import Role
from booking.store.bookings import Booking
from booking.store.calls import Call
from booking.store.records import AuditEntry, Message
from tests.services.deeds import TUESDAY_9, WEDNESDAY_9
from tests.services.test_calls import BOB, missed, to_call
from tests.support import Clinic
from tests.web.journeys import count, on_one_engine
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine
PAGE = "/desk/calls"


@pytest.fixture
def desk(app: Flask, clinic: Clinic) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.RECEPTION)
    visitor.get(PAGE)
    return visitor


def press(
    desk: Visitor, booking: Booking, outcome: str, cause: str = "caution", **changes: str
) -> Page:
    values = {"cause": cause, "booking": str(booking.id), "seen": "0", "outcome": outcome}
    return desk.post(PAGE, values | changes)


def nav(page: Page) -> str:
    (link,) = (a for a in page.document.all("a", href=PAGE) if a.words.startswith("Calls"))
    return link.words


def test_nobody_to_call_is_said_kindly(desk: Visitor):
    page = desk.get(PAGE)
    assert "Nobody to call" in page.words
    assert nav(page) == "Calls"


def test_reception_sees_the_number_and_never_the_answer(desk: Visitor, clinic: Clinic):
    to_call(clinic, person=BOB)
    page = desk.get(PAGE)
    assert "+1 202-555-0143" in page.words or "(202) 555-0143" in page.words
    assert "infect" not in page.words
    assert nav(page) == "Calls 1 open"
    looked = clinic.read(
        lambda session, _: [one.subject for one in session.scalars(select(AuditEntry))]
    )
    assert "calls" in looked


def test_a_try_is_kept_shown_and_taken_back(desk: Visitor, clinic: Clinic):
    booking = to_call(clinic)
    field = f"note-caution-{booking.id}"
    page = desk.follow(press(desk, booking, "no_answer", **{field: "Rang off"}))
    assert "No answer" in page.words
    assert "Rang off" in page.words
    assert "To call · called once" in desk.get("/desk?day=2026-01-13").words
    assert "Rang off" in desk.get(f"/desk/bookings/{booking.id}").words
    # The second click of a double click says what the first did.
    again = desk.follow(press(desk, booking, "no_answer"))
    assert "Nothing was changed" in again.words
    assert count(clinic, Call) == 1
    page = desk.follow(desk.post(f"{PAGE}/1/undo"))
    assert "It is taken back" in page.words
    assert count(clinic, Call) == 0


def test_reached_on_the_list_or_on_the_card_closes_it(desk: Visitor, clinic: Clinic):
    first, second = to_call(clinic), to_call(clinic, WEDNESDAY_9, BOB)
    assert "Reached" in desk.follow(press(desk, first, "reached")).words
    desk.post(f"/desk/bookings/{second.id}/called")
    page = desk.get(PAGE)
    assert nav(page) == "Calls"
    assert "Done today" in page.words
    assert count(clinic, Call) == 2


def test_who_calls_back_later_is_out_of_sight_and_still_counted(desk: Visitor, clinic: Clinic):
    booking = to_call(clinic)
    page = desk.follow(
        press(desk, booking, "call_again", **{f"on-caution-{booking.id}": "2026-01-13"})
    )
    assert "1 waits for a later day" in page.words
    assert nav(page) == "Calls 1 open"
    row = clinic.read(lambda session, _: session.scalars(select(Call)).one())
    assert row.call_again_on == date(2026, 1, 13)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("on", "tomorrow", "Enter a day that exists"),
        ("on", "2026-01-11", "between today and a year from now"),
        ("note", "x" * 501, "Use 500 characters or fewer"),
        ("note", "a\x07b", "letters, digits and punctuation"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_stays(
    desk: Visitor, clinic: Clinic, field: str, typed: str, words: str
):
    booking = to_call(clinic)
    name = f"{field}-caution-{booking.id}"
    page = press(desk, booking, "call_again", **{name: typed})
    assert page.status == 422
    assert words in page.why(name)
    assert name in page.summary()
    assert count(clinic, Call) == 0


def test_enter_in_a_field_keeps_what_was_typed_and_no_outcome(desk: Visitor, clinic: Clinic):
    booking = to_call(clinic)
    page = press(desk, booking, "none", **{f"on-caution-{booking.id}": "2026-01-13"})
    assert page.status == 422
    assert f"caution-{booking.id}" in page.summary()
    assert page.value(f"on-caution-{booking.id}") == "2026-01-13"
    assert count(clinic, Call) == 0


def test_the_message_is_sent_by_choice_and_once(desk: Visitor, clinic: Clinic):
    booking = missed(clinic)
    desk.sign_in(clinic, Role.RECEPTION)
    assert "Send the message" in desk.get(PAGE).words
    kinds = select(Message.kind).where(Message.kind == "missed")
    assert clinic.read(lambda session, _: session.scalars(kinds).all()) == []
    page = desk.follow(press(desk, booking, "sent", "no_show"))
    assert "Asked by e-mail" in page.words
    assert "Send the message" not in page.words
    assert len(clinic.read(lambda session, _: session.scalars(kinds).all())) == 1


def test_who_wants_another_time_is_booked_for_on_the_phone_form(desk: Visitor, clinic: Clinic):
    booking = missed(clinic)
    desk.sign_in(clinic, Role.RECEPTION)
    page = desk.follow(press(desk, booking, "rebooks", "no_show"))
    assert page.value("name") == "Ann O’Brien"
    assert page.value("patient") == str(booking.patient_id)


def test_odd_requests_are_refused(desk: Visitor, clinic: Clinic):
    booking = to_call(clinic)
    assert press(desk, booking, "sent").status == 404
    assert press(desk, booking, "nonsense").status == 404
    assert press(desk, booking, "reached", seen="-1").status == 404
    assert desk.post(PAGE, {"cause": "caution", "outcome": "reached"}).status == 404
    assert "could not be taken back" in desk.follow(desk.post(f"{PAGE}/99/undo")).words
    assert booking.start == TUESDAY_9
    assert booking.state is State.CONFIRMED
