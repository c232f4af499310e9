"""The patient's own page: see the booking, download it, move it, cancel it."""

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.lifecycle import State
from booking.domain.messages import MessageKind
from booking.domain.slots import slot_id
from booking.formats.tokens import random_token, token_hash
from booking.store.bookings import Booking
from booking.store.claims import Claim
from booking.store.records import AuditEntry, Message
from tests.support import Clinic, at
from tests.web.journeys import CALLER, book, count, first_slots, on_one_engine
from tests.web.visitor import Page, Visitor

NINE, TEN = at("2026-01-13T09:00-05:00"), at("2026-01-13T10:00-05:00")


def the(clinic: Clinic) -> Booking:
    return clinic.read(lambda session, _: session.scalars(select(Booking)).one())


def messages(clinic: Clinic) -> list[tuple[MessageKind, int]]:
    return clinic.read(
        lambda session, _: [
            (m.kind, m.sequence) for m in session.scalars(select(Message).order_by(Message.id))
        ]
    )


@pytest.fixture
def token(visitor: Visitor) -> str:
    return book(visitor)


def move(visitor: Visitor, token: str, number: int = 1) -> Page:
    """Choose the n-th free time of Tuesday and press the button."""
    day = visitor.get(f"/manage/{token}/move?day=2026-01-13")
    links = [a.attrs["href"] for a in day.document.all("a") if "slot=" in a.attrs["href"]]
    return visitor.fill(visitor.get(links[number]), f"/manage/{token}/move")


def cancel(visitor: Visitor, token: str, reason: str = "") -> Page:
    page = visitor.get(f"/manage/{token}/cancel")
    return visitor.fill(page, f"/manage/{token}/cancel", reason=reason)


def test_the_link_shows_what_when_and_where(visitor: Visitor, token: str):
    page = visitor.get(f"/manage/{token}")
    assert (page.status, page.heading) == (200, "Your appointment")
    for fact in ("Tuesday 13 January 2026, 9:00 am", "Dr. Ahmed", "12 Elm Street", "Confirmed"):
        assert fact in page.words


def test_the_page_shows_the_minimum(visitor: Visitor, token: str):
    text = visitor.get(f"/manage/{token}").text
    for secret in ("Ann", "Brien", "ann@patient.example", "1990", "March"):
        assert secret not in text


def test_a_booking_is_moved(visitor: Visitor, clinic: Clinic, token: str):
    before = the(clinic)
    answer = move(visitor, token)
    assert answer.status == 303
    page = visitor.follow(answer)
    assert page.heading == "Your appointment is moved"
    assert "Tuesday 13 January 2026, 10:00 am" in page.words
    after = the(clinic)
    assert (after.start, after.state) == (TEN, State.CONFIRMED)
    assert (after.uid, after.reference) == (before.uid, before.reference)
    assert after.sequence == before.sequence + 1
    assert messages(clinic) == [(MessageKind.CONFIRMED, 0), (MessageKind.MOVED, 1)]
    (claim,) = clinic.read(lambda session, _: session.scalars(select(Claim)).all())
    assert claim.start == TEN


def test_the_old_time_is_free_again_and_the_new_one_is_not(
    app: Flask, visitor: Visitor, token: str
):
    move(visitor, token)
    free = first_slots(Visitor(app))
    assert slot_id("consultation", "dr-ahmed", NINE) in free
    assert slot_id("consultation", "dr-ahmed", TEN) not in free


@on_one_engine
def test_choosing_a_new_time_asks_before_it_changes_anything(
    visitor: Visitor, clinic: Clinic, token: str
):
    slot = slot_id("consultation", "dr-ahmed", TEN)
    page = visitor.get(f"/manage/{token}/move?slot={slot}")
    assert page.heading == "Move your appointment?"
    assert "9:00 am" in page.words
    assert "10:00 am" in page.words
    assert the(clinic).start == NINE


def test_pressing_move_twice_moves_once(visitor: Visitor, clinic: Clinic, token: str):
    slot = {"slot": slot_id("consultation", "dr-ahmed", TEN)}
    visitor.get(f"/manage/{token}/cancel")
    first = visitor.post(f"/manage/{token}/move", slot)
    second = visitor.post(f"/manage/{token}/move", slot)
    assert (first.status, first.location) == (second.status, second.location)
    assert the(clinic).sequence == 1
    assert count(clinic, Message) == 2


def test_moving_to_a_time_that_was_taken_keeps_the_old_one(
    app: Flask, visitor: Visitor, clinic: Clinic, token: str
):
    slot = slot_id("consultation", "dr-ahmed", TEN)
    asked = visitor.get(f"/manage/{token}/move?slot={slot}")
    other = Visitor(app)
    first_slots(other)
    assert other.take(slot).location == "/book/details"
    answer = visitor.fill(asked, f"/manage/{token}/move")
    assert (answer.status, answer.heading) == (409, "That time has just been taken")
    assert "you still have Tuesday 13 January, 9:00 am" in answer.words
    links = [a.attrs["href"] for a in answer.document.all("a") if "slot=" in a.attrs["href"]]
    assert len(links) == 3
    assert slot not in "".join(links)
    assert (the(clinic).start, the(clinic).sequence) == (NINE, 0)
    assert count(clinic, Message) == 1


@pytest.mark.parametrize("slot", ["", "nonsense", "x" * 400])
@on_one_engine
def test_moving_to_nonsense_is_no_page(visitor: Visitor, clinic: Clinic, token: str, slot: str):
    visitor.get(f"/manage/{token}/cancel")
    assert visitor.post(f"/manage/{token}/move", {"slot": slot}).status == 404
    assert the(clinic).start == NINE


def test_a_booking_is_cancelled(app: Flask, visitor: Visitor, clinic: Clinic, token: str):
    page = visitor.follow(cancel(visitor, token, "I caught a cold"))
    assert page.heading == "Your appointment is cancelled"
    assert (the(clinic).state, the(clinic).sequence) == (State.CANCELLED, 1)
    assert messages(clinic) == [(MessageKind.CONFIRMED, 0), (MessageKind.CANCELLED, 1)]
    assert count(clinic, Claim) == 0
    assert slot_id("consultation", "dr-ahmed", NINE) in first_slots(Visitor(app))
    entries = clinic.read(
        lambda session, _: session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    )
    last = entries[-1]
    assert (last.actor_kind, last.from_value, last.to_value) == (
        "patient",
        "confirmed",
        "cancelled",
    )
    assert last.reason == "I caught a cold"


@on_one_engine
def test_the_reason_stays_with_the_clinic(visitor: Visitor, clinic: Clinic, token: str):
    cancel(visitor, token, "My acne")
    reasons = clinic.read(lambda session, _: session.scalars(select(Message.reason)).all())
    assert set(reasons) == {""}


@pytest.mark.parametrize("reason", ["r" * 501, "a\x0bb", "a\x1bb"])
@on_one_engine
def test_a_reason_that_cannot_be_is_kept_to_be_mended(
    visitor: Visitor, clinic: Clinic, token: str, reason: str
):
    answer = cancel(visitor, token, reason)
    assert answer.status == 422
    assert answer.why("reason")
    assert answer.value("reason") == reason
    assert the(clinic).state is State.CONFIRMED


def test_a_confirmed_cancellation_beats_a_late_move(visitor: Visitor, clinic: Clinic, token: str):
    slot = slot_id("consultation", "dr-ahmed", TEN)
    asked = visitor.get(f"/manage/{token}/move?slot={slot}")
    cancel(visitor, token)
    answer = visitor.fill(asked, f"/manage/{token}/move")
    assert answer.status == 409
    assert "Nothing was changed just now" in answer.words
    assert (the(clinic).state, the(clinic).start) == (State.CANCELLED, NINE)
    assert count(clinic, Message) == 2


def test_after_the_visit_the_page_works_and_changes_are_refused(
    visitor: Visitor, clinic: Clinic, token: str
):
    asked = visitor.get(f"/manage/{token}/cancel")
    clinic.time.now = at("2026-01-13T09:31-05:00")
    page = visitor.get(f"/manage/{token}")
    assert page.status == 200
    assert "This time has passed" in page.words
    assert f"/manage/{token}/cancel" not in page.text
    for path in ("move", "cancel"):
        assert visitor.get(f"/manage/{token}/{path}").status == 409
    slot = {"slot": slot_id("consultation", "dr-ahmed", at("2026-01-14T09:00-05:00"))}
    assert visitor.post(f"/manage/{token}/move", slot).status == 409
    assert visitor.fill(asked, f"/manage/{token}/cancel").status == 409
    assert (the(clinic).state, the(clinic).start) == (State.CONFIRMED, NINE)
    assert count(clinic, Message) == 1


def test_a_visit_that_has_begun_can_no_longer_be_changed(
    visitor: Visitor, clinic: Clinic, token: str
):
    asked = visitor.get(f"/manage/{token}/cancel")
    clinic.time.now = NINE
    assert visitor.fill(asked, f"/manage/{token}/cancel").status == 409
    assert the(clinic).state is State.CONFIRMED


@on_one_engine
def test_a_late_cancellation_is_marked(visitor: Visitor, clinic: Clinic, token: str):
    clinic.time.now = at("2026-01-12T10:00-05:00")
    cancel(visitor, token)
    assert the(clinic).cancelled_late


def test_tokens_that_open_nothing_all_look_alike(visitor: Visitor, clinic: Clinic, token: str):
    revoked = token

    def revoke(session, _):
        booking = session.scalars(select(Booking)).one()
        booking.manage_generation += 1
        new = clinic.links.keys.new(booking.uid, booking.manage_generation)
        booking.manage_token_hash = token_hash(new)

    clinic.write(revoke)
    strange = [
        revoked,
        random_token(),
        "x",
        "a" * 43,
        "0",
        "%F0%9F%92%89",
        "' OR 1=1 --",
        "%25%25%25",
        "../desk",
        "x" * 3000,
        token_hash(revoked),
    ]
    for path in ("", "/move", "/cancel", "/appointment.ics"):
        bodies = set()
        for name in strange:
            answer = visitor.get(f"/manage/{name}{path}")
            assert answer.status == 404, name[:50]
            bodies.add((answer.text, tuple(sorted(answer.headers.items()))))
        assert len(bodies) == 1, path
    visitor.get("/login")
    posted = {
        (answer.status, answer.text)
        for name in (revoked, random_token(), "x")
        for path in ("/move", "/cancel")
        for answer in [visitor.post(f"/manage/{name}{path}", {"slot": "MQ"})]
    }
    assert len(posted) == 1
    assert {status for status, _ in posted} == {404}


def test_a_token_opens_its_own_booking_only(app: Flask, clinic: Clinic):
    first, second = book(Visitor(app)), book(Visitor(app), number=1)
    assert first != second
    cancel(Visitor(app), first)
    page = Visitor(app).get(f"/manage/{second}")
    assert "Confirmed" in page.words


@on_one_engine
def test_a_token_of_one_purpose_fits_no_other(app: Flask, visitor: Visitor, token: str):
    draft = visitor.cookie("draft") or ""
    for path in (f"/manage/{draft}", f"/calendar/{token}.ics", f"/book/confirmed/{draft}"):
        assert visitor.get(path).status == 404
    burglar = Visitor(app)
    burglar.set_cookie("draft", token)
    burglar.set_cookie("staff", token)
    assert burglar.get("/book/details").location == "/book"
    assert burglar.get("/desk").status == 303


@on_one_engine
def test_only_the_hash_of_a_token_is_stored(clinic: Clinic, token: str):
    stored = the(clinic).manage_token_hash
    assert stored == token_hash(token)
    assert len(token) == 43


def test_the_calendar_file_is_the_booking(visitor: Visitor, clinic: Clinic, token: str):
    answer = visitor.get(f"/manage/{token}/appointment.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    lines = answer.text.split("\r\n")
    assert f"UID:{the(clinic).uid}" in answer.text.replace("\r\n ", "")
    assert "DTSTART:20260113T140000Z" in lines
    assert "DTEND:20260113T143000Z" in lines
    assert not [line for line in lines if line.startswith(("METHOD", "ATTENDEE", "BEGIN:VALARM"))]
    assert "Ann" not in answer.text
    assert max(len(line.encode()) for line in lines) <= 75


def test_a_cancelled_booking_has_no_calendar_file(visitor: Visitor, token: str):
    cancel(visitor, token)
    assert visitor.get(f"/manage/{token}/appointment.ics").status == 404


@on_one_engine
def test_a_booking_by_phone_can_be_managed_too(visitor: Visitor, clinic: Clinic):
    token = book(visitor, **CALLER)
    assert visitor.follow(cancel(visitor, token)).heading == "Your appointment is cancelled"
    assert count(clinic, Message) == 0


@on_one_engine
def test_a_notice_in_the_address_says_nothing_untrue(visitor: Visitor, token: str):
    for notice in ("cancelled", "nonsense", "<script>"):
        page = visitor.get(f"/manage/{token}?notice={notice}")
        assert (page.status, page.heading) == (200, "Your appointment")
        assert "<script>" not in page.text.replace("<script src", "")
