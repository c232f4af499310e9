"""Reception's day: the board, the steps, booking for somebody on the phone, cancelling."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.domain.lifecycle import State
from booking.domain.messages import MessageKind, MessageState
from booking.domain.people import Person
from booking.domain.roles import Role
from booking.services import versions
from booking.store.bookings import Booking, Consent
from booking.store.claims import Claim
from booking.store.records import AuditEntry, Message
from tests.support import ANN, Clinic, at
from tests.web.journeys import CALLER, count, first_slots, on_one_engine
from tests.web.visitor import Page, Visitor

NINE = at("2026-01-13T09:00-05:00")
# Ann is known from her booking at nine.
STRANGER = {"name": "Carla Roy", "phone": "(202) 555-0187"}


@pytest.fixture
def desk(app: Flask, clinic: Clinic) -> Visitor:
    """Reception, on Tuesday morning at ten past nine."""
    clinic.book(NINE)
    clinic.time.now = at("2026-01-13T09:10-05:00")
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.RECEPTION)
    visitor.get("/desk")
    return visitor


def the(clinic: Clinic, start=NINE) -> Booking:
    return clinic.read(
        lambda session, _: session.scalars(select(Booking).where(Booking.start == start)).one()
    )


def rows(page: Page) -> list[str]:
    (body,) = page.document.all("tbody")
    return [row.words for row in body.all("tr")]


def advance(desk: Visitor, clinic: Clinic, to: str, **more: str) -> Page:
    booking = the(clinic)
    return desk.post(f"/desk/bookings/{booking.id}/advance", {"to": to} | more)


def test_the_board_shows_the_day_in_the_order_of_time(desk: Visitor, clinic: Clinic):
    clinic.book(
        at("2026-01-13T15:00-05:00"), Person("Bob", ANN.date_of_birth, None, "+12025550143")
    )
    board = rows(desk.get("/desk"))
    assert board[0].startswith("9:00 am Ann O’Brien")
    assert "Confirmed" in board[0]
    assert "ann@patient.example" in board[0]
    (bob,) = [row for row in board if "Bob" in row]
    assert bob.startswith("3:00 pm")
    assert "(202) 555-0143" in bob
    # Free times stand between, from now on and without the notice that patients need.
    assert board[1].startswith("9:30 am Free")


@on_one_engine
def test_any_other_day_can_be_opened(desk: Visitor):
    assert desk.get("/desk?day=2026-01-14").heading == "Wednesday 14 January"
    assert desk.get("/desk?day=2026-01-17").status == 200
    assert "Nothing on this day" in desk.get("/desk?day=2026-01-17").words
    for garbled in ("2026-02-31", "x", "", "2026-1-1"):
        assert desk.get(f"/desk?day={garbled}").heading.startswith("Tuesday 13 January")


@pytest.mark.parametrize(
    "steps",
    [
        ("arrived", "in_room", "completed"),
        ("arrived", "left"),
        ("completed",),
        ("no_show", "arrived"),
    ],
)
def test_the_steps_of_a_visit_are_one_press_each(
    desk: Visitor, clinic: Clinic, steps: tuple[str, ...]
):
    for step in steps:
        answer = advance(desk, clinic, step)
        assert answer.status == 303
        assert answer.location.endswith(f"#booking-{the(clinic).id}")
        assert the(clinic).state == step
    trail = clinic.read(
        lambda session, _: session.scalars(
            select(AuditEntry.to_value)
            .where(AuditEntry.action == "state", AuditEntry.staff_id.is_not(None))
            .order_by(AuditEntry.id)
        ).all()
    )
    assert tuple(trail) == steps


@on_one_engine
@pytest.mark.parametrize("to", ["", "nonsense", "Arrived", "' OR 1=1"])
def test_a_step_that_there_is_not_is_no_page(desk: Visitor, clinic: Clinic, to: str):
    assert advance(desk, clinic, to).status == 404
    assert the(clinic).state is State.CONFIRMED


@on_one_engine
@pytest.mark.parametrize("to", ["left", "requested", "expired", "confirmed"])
def test_a_step_that_is_not_possible_now_is_refused_on_the_card(
    desk: Visitor, clinic: Clinic, to: str
):
    answer = advance(desk, clinic, to)
    assert answer.status == 409
    assert answer.heading == "Ann O’Brien"
    assert "not possible in the booking's present state" in answer.words
    assert the(clinic).state is State.CONFIRMED


def test_a_step_is_taken_back_the_same_day(desk: Visitor, clinic: Clinic):
    advance(desk, clinic, "no_show")
    assert desk.post(f"/desk/bookings/{the(clinic).id}/undo").status == 303
    assert the(clinic).state is State.CONFIRMED


def test_two_receptionists_do_not_overwrite_each_other(desk: Visitor, clinic: Clinic):
    card = desk.get(f"/desk/bookings/{the(clinic).id}")
    version = card.value("version")
    clinic.time.pass_(seconds=5)
    assert advance(desk, clinic, "arrived", version=version).status == 303
    late = advance(desk, clinic, "no_show", version=version)
    assert late.status == 409
    assert "Somebody changed this booking in the meantime" in late.words
    assert the(clinic).state is State.ARRIVED


def test_reception_cancels_with_a_reason_and_the_patient_is_told(desk: Visitor, clinic: Clinic):
    clinic.book(at("2026-01-14T09:00-05:00"))
    booking = the(clinic, at("2026-01-14T09:00-05:00"))
    path = f"/desk/bookings/{booking.id}/cancel"
    refused = desk.post(path, {"reason": "  "})
    assert refused.status == 422
    assert refused.why("reason").startswith("Say why")
    assert desk.post(path, {"reason": "Dr. Ahmed is ill"}).status == 303
    assert the(clinic, booking.start).state is State.CANCELLED
    told = clinic.read(
        lambda session, _: session.scalars(
            select(Message).where(Message.kind == MessageKind.CANCELLED)
        ).one()
    )
    assert (told.recipient, told.reason) == ("ann@patient.example", "Dr. Ahmed is ill")


def test_a_mistaken_cancellation_is_undone_where_it_is_said_and_tells_nobody(
    desk: Visitor, clinic: Clinic
):
    wednesday = at("2026-01-14T09:00-05:00")
    booking = clinic.book(wednesday)
    clinic.write(lambda session, _: session.execute(update(Message).values(state="sent")) and None)
    done = desk.post(f"/desk/bookings/{booking.id}/cancel", {"reason": "wrong line"})
    page = desk.get(done.location)
    assert "it was cancelled. The message leaves in 2 minutes, at 9:12 am. Undo" in page.words
    undone = desk.fill(page, f"/desk/bookings/{booking.id}/undo")
    assert "No message leaves: it has been told to nobody." in desk.get(undone.location).words
    assert the(clinic, wednesday).state is State.CONFIRMED
    # Who is told by reception needs no mail; the card says so before, the board after.
    desk.post(f"/desk/bookings/{booking.id}/cancel", {"reason": "ill", "notify": "0"})
    assert "No message leaves, as you chose." in desk.get(done.location).words


@on_one_engine
def test_a_reason_that_is_too_long_is_kept(desk: Visitor, clinic: Clinic):
    answer = desk.post(f"/desk/bookings/{the(clinic).id}/cancel", {"reason": "r" * 501})
    assert answer.status == 422
    assert answer.value("reason") == "r" * 501


def test_reception_books_for_somebody_on_the_phone(desk: Visitor, clinic: Clinic):
    page = desk.get("/desk/book")
    slots = [i.attrs["value"] for i in page.document.all("input", name="slot")]
    answer = desk.fill(page, "/desk/book?day=2026-01-13", slot=slots[0], **(CALLER | STRANGER))
    assert answer.status == 303
    booking = the(clinic, at("2026-01-13T09:30-05:00"))
    assert answer.location == f"/desk?day=2026-01-13&done={booking.id}"
    # What the caller wants to hear stands where the page opens.
    reference = f"{booking.reference[:4]}-{booking.reference[4:]}"
    board = desk.get(answer.location)
    assert f"is booked for Tuesday 13 January, 9:30 am, reference {reference}." in board.words
    assert (booking.source, booking.state) == ("phone", State.CONFIRMED)
    # Nobody on the phone ticked a box.
    assert count(clinic, Consent) == 1
    assert "phone" in next(row for row in rows(desk.get("/desk")) if "9:30 am" in row)


@on_one_engine
def test_what_was_typed_on_the_phone_is_kept_with_its_errors(desk: Visitor, clinic: Clinic):
    page = desk.get("/desk/book")
    typed = CALLER | {"day": "31", "month": "2", "email": "x@", "name": "Ann\x0b"}
    answer = desk.fill(page, "/desk/book?day=2026-01-13", **typed)
    assert answer.status == 422
    assert list(answer.summary()) == ["slot", "name", "date_of_birth", "email"]
    (form,) = (form for form in answer.forms if "name" in form.values)
    assert form.values.items() >= typed.items()
    assert count(clinic, Booking) == 1


def test_a_time_that_a_patient_took_meanwhile_is_told_beside_the_times(
    app: Flask, desk: Visitor, clinic: Clinic
):
    patient = Visitor(app)
    slot = first_slots(patient, "2026-01-14")[0]
    page = desk.get("/desk/book?day=2026-01-14")
    patient.take(slot)
    answer = desk.fill(page, "/desk/book?day=2026-01-14", slot=slot, **(CALLER | STRANGER))
    assert answer.status == 422
    assert "just been taken" in answer.why("slot")
    assert answer.value("phone") == STRANGER["phone"]
    assert count(clinic, Claim) == 2


def test_a_mail_that_failed_is_seen_on_the_board_and_on_the_card(desk: Visitor, clinic: Clinic):
    def fail(session, _):
        message = session.scalars(select(Message)).first()
        message.state, message.error = MessageState.FAILED, "the mail server refused (550)"
        versions.raise_for(session, message.booking_id)

    clinic.write(fail)
    assert "Mail failed" in rows(desk.get("/desk"))[0]
    card = desk.get(f"/desk/bookings/{the(clinic).id}")
    assert "Failed" in card.words
    assert "the mail server refused (550)" in card.words


def test_the_card_tells_who_did_what_when_and_why(desk: Visitor, clinic: Clinic):
    advance(desk, clinic, "arrived")
    words = desk.get(f"/desk/bookings/{the(clinic).id}").words
    for fact in ("Booked by the patient", "Arrived by reception@clinic.example", "14 March 1990"):
        assert fact in words


def test_earlier_visits_without_an_outcome_are_listed(desk: Visitor, clinic: Clinic):
    clinic.time.now = at("2026-01-14T08:00-05:00")
    desk.sign_in(clinic, Role.RECEPTION)
    assert "1 earlier visit has no outcome yet" in desk.get("/desk").words
