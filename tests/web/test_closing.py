"""Reception closes a day: who is affected is seen first, and how far they are stays in sight."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.lifecycle import Stranding
from booking.domain.roles import Role
from booking.store.clinic import Closure
from booking.store.disruptions import Disruption
from tests.services.deeds import TUESDAY_9, TUESDAY_930, is_offered, messages, now_is, wall
from tests.services.sick_days import BY_PHONE
from tests.support import Clinic
from tests.web.journeys import count, on_one_engine
from tests.web.site import add_practitioner
from tests.web.test_answers_at_the_desk import sits_down
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine
CLOSING = "/desk/closing"
ALL_DAY = {
    "day": "2026-01-13",
    "who": "1",
    "span": "day",
    "why": "ill",
    "note": "Fever",
    "go": "save",
}


@pytest.fixture
def reception(app: Flask, clinic: Clinic) -> Visitor:
    visitor = sits_down(app, clinic, Role.RECEPTION)
    visitor.get("/desk")
    return visitor


def save(visitor: Visitor, page: Page, **values: str) -> Page:
    """Press the button of the list of those who are affected, as it was shown."""
    (panel,) = (
        one for one in page.document.all("form") if "stranded" in one.attrs.get("class", "")
    )
    fields = [e for e in panel.walk() if e.attrs.get("name")]
    sent: dict[str, list[str]] = {}
    for one in fields:
        if one.attrs.get("type") != "radio" or "checked" in one.attrs:
            sent.setdefault(one.attrs["name"], []).append(
                one.words if one.tag == "textarea" else one.attrs.get("value", "")
            )
    return visitor.post(CLOSING, sent | values)


def test_nobody_is_told_before_reception_has_seen_whom_it_hits(reception: Visitor, clinic: Clinic):
    mailed, _ = clinic.book(TUESDAY_9), clinic.book(TUESDAY_930, BY_PHONE)
    form = reception.get(f"{CLOSING}?day=2026-01-13")
    assert (form.heading, form.value("who"), form.value("span")) == (
        "Doctor ill or closed",
        "1",
        "day",
    )
    page = reception.post(CLOSING, ALL_DAY)
    assert "2 bookings do not fit any more" in page.words
    assert "1 patient can be told by e-mail, 1 must be called" in page.words
    assert "Monday 12 January, 1:00 pm" in page.words
    assert "please call (202) 555-0143" in page.words
    assert "Fever" not in page.value("reason")
    assert count(clinic, Closure) == count(clinic, Disruption) == 0
    done = save(reception, page)
    assert done.location == f"{CLOSING}/1"
    assert not is_offered(clinic, wall("01-13 11:00"))
    assert now_is(clinic, mailed).stranding is Stranding.TO_MOVE
    after = reception.follow(done)
    assert after.heading == "Dr. Ahmed: Ill: Fever"
    assert "1 to call 1 waiting for an answer" in " ".join(
        one.words for one in after.document.all("li")
    )
    board = reception.get("/desk")
    assert "Dr. Ahmed: Ill: Fever" in board.words
    assert "1 to call · 1 waiting for an answer" in board.words
    # Each patient is named once, on the page behind that line.
    assert "have to choose a new time" not in board.words


def test_a_block_that_hits_nobody_is_two_presses(reception: Visitor, clinic: Clinic):
    board = reception.get("/desk?day=2026-01-14")
    (link,) = (a for a in board.document.all("a") if a.words == "Block time")
    form = reception.get(link.attrs["href"].replace("&amp;", "&"))
    assert form.heading == "Block time"
    done = reception.fill(form, CLOSING)
    assert done.location == "/desk?day=2026-01-14"
    assert "Dr. Ahmed: Blocked" in reception.follow(done).words
    assert not is_offered(clinic, wall("01-14 10:00"))
    assert is_offered(clinic, wall("01-14 11:00"))
    # And back.
    page = reception.get(f"{CLOSING}/1")
    assert reception.fill(page, f"{CLOSING}/1", deed="reopen").status == 303
    assert is_offered(clinic, wall("01-14 10:00"))
    assert "Taken away" in reception.get(f"{CLOSING}/1").words
    assert "Blocked" not in reception.get("/desk?day=2026-01-14").words


def test_the_rest_of_today_begins_now_and_stays_what_was_shown(reception: Visitor, clinic: Clinic):
    clinic.book(wall("01-12 14:00"))
    clinic.time.now = wall("01-12 10:07")
    reception.sign_in(clinic, Role.RECEPTION)
    today = ALL_DAY | {"day": "2026-01-12", "span": "rest"}
    page = reception.post(CLOSING, today)
    clinic.time.pass_(minutes=3)
    assert save(reception, page).status == 303
    closure = clinic.read(lambda session, _: session.scalars(select(Closure)).one())
    assert (closure.begins, closure.ends) == (10 * 60 + 7, 1440)
    week = reception.post(CLOSING, ALL_DAY | {"day": "2026-01-21", "span": "week"})
    assert week.status == 303
    closure = clinic.read(lambda session, _: session.query(Closure).all()[-1])
    assert f"{closure.first_day} {closure.last_day}" == "2026-01-21 2026-01-25"


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    app: Flask, reception: Visitor, clinic: Clinic
):
    add_practitioner(clinic)
    wrong = {"day": "2026-01-13", "who": "", "span": "other", "first": "", "why": "x"}
    page = reception.post(CLOSING, wrong | {"note": "n" * 81})
    assert page.status == 422
    assert set(page.summary()) == {"why", "note", "first", "who"}
    assert page.value("note") == "n" * 81
    past = reception.post(CLOSING, ALL_DAY | {"day": "2026-01-09"})
    assert past.why("first") == "These days have passed"
    assert count(clinic, Closure) == 0
    column = reception.get("/desk?day=2026-01-13&view=beside")
    hrefs = [a.attrs["href"] for a in column.document.all("a")]
    assert f"{CLOSING}?day=2026-01-13&why=block&practitioner=dr-weber" in hrefs
    asked = reception.get(f"{CLOSING}?day=2026-01-13&practitioner=dr-weber")
    assert asked.value("who") == "2"


def test_a_time_that_was_taken_meanwhile_is_not_promised(reception: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    page = reception.post(CLOSING, ALL_DAY)
    clinic.book(wall("01-12 13:00"))
    again = save(reception, page)
    assert again.status == 422
    assert "Some of the new times were just taken" in again.why("stranded")
    assert now_is(clinic, booking).stranding is None
    assert save(reception, again).status == 303
    assert now_is(clinic, booking).stranding is Stranding.TO_MOVE


@pytest.fixture
def called(reception: Visitor, clinic: Clinic) -> int:
    """Somebody without an address whose day is closed, so that they must be called."""
    booking = clinic.book(TUESDAY_9, BY_PHONE)
    assert save(reception, reception.post(CLOSING, ALL_DAY)).status == 303
    return booking.id


def press(visitor: Visitor, booking: int, deed: str, **more: str) -> Page:
    return visitor.post(f"{CLOSING}/1", {"id": str(booking), "deed": deed} | more)


def test_calls_are_counted_until_a_time_is_taken(reception: Visitor, clinic: Clinic, called: int):
    page = reception.get(f"{CLOSING}/1")
    assert "tel:+12025550143" in page.text
    held = [b for b in page.document.all("button", name="deed") if "Takes" in b.words]
    assert len(held) == 3
    etag = reception.get("/desk/board").headers["ETag"]
    assert press(reception, called, "no_answer").status == 303
    assert reception.get("/desk/board").headers["ETag"] != etag
    assert press(reception, called, "calls_back").location == f"{CLOSING}/1#booking-{called}"
    assert "Called 2 times" in (after := reception.get(f"{CLOSING}/1")).words
    assert "will call back" in after.words
    start = held[1].attrs["value"]
    assert press(reception, called, start).status == 303
    assert "Nobody is left to call" in (done := reception.get(f"{CLOSING}/1")).words
    assert "1 rebooked" in done.words
    # Pressed once more on an old page.
    late = press(reception, called, start)
    assert (late.status, "Please look again" in late.words) == (422, True)
    card = reception.get(f"/desk/bookings/{called}")
    assert "Called: no answer" in card.words


def test_cancelling_on_the_phone_says_why(reception: Visitor, clinic: Clinic, called: int):
    refused = press(reception, called, "cancel", reason=" ")
    assert refused.why(f"reason-{called}") == "Say why, so that colleagues know"
    assert press(reception, called, "cancel", reason="Wants no other time").status == 303
    assert "1 cancelled" in reception.get(f"{CLOSING}/1").words
    for nonsense in ("", "2026-01-13", "open"):
        assert press(reception, called, nonsense).status == 404
    assert press(reception, 999, "no_answer").status == 404
    assert reception.get(f"{CLOSING}/99").status == 404


@pytest.mark.parametrize("deed", ["takes", "cancel"])
def test_what_is_done_on_a_call_is_told_after_the_grace(
    reception: Visitor, clinic: Clinic, deed: str
):
    booking = clinic.book(TUESDAY_9)
    assert save(reception, reception.post(CLOSING, ALL_DAY)).status == 303
    page = reception.get(f"{CLOSING}/1")
    held = [b for b in page.document.all("button", name="deed") if "Takes" in b.words]
    pressed = held[0].attrs["value"] if deed == "takes" else deed
    assert press(reception, booking.id, pressed, reason="On the phone").status == 303
    kind = "moved" if deed == "takes" else "cancelled"
    (word,) = (one for one in messages(clinic, booking) if one.kind.value == kind)
    assert word.next_try_at == clinic.time.now + timedelta(minutes=2)


def test_a_doctor_sees_how_far_their_own_patients_are_and_decides_nothing(
    app: Flask, reception: Visitor, clinic: Clinic, called: int
):
    doctor = sits_down(app, clinic, Role.DOCTOR)
    board = doctor.get("/desk")
    assert "1 to call" in board.words
    assert CLOSING not in board.text
    assert doctor.get(f"{CLOSING}/1").status == 403
